#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Two minutes of `make fuzz` on a kernel with a planted bug that no input of the start shows; and what is no input at all.
set -u
top=$(cd "$(dirname "$0")/.." && pwd) || exit 3
cd "$top" || exit 3

help() {
	cat <<EOT
usage: tests/fuzz.sh [PLANT [SECONDS]]
Fuzz a KCOV kernel with PLANT (arm64_smod32_unsigned) awake for SECONDS (110): it must be found and reduced, in its own bucket
and no other; coverage must grow beyond that of the inputs of the start; afl-fuzz must call the target stable.
A mistake of the verifier (verifier_tnum_add) is looked for on User-Mode Linux, from the inputs that \`make fuzz\` starts with.
environment: O, V
EOT
}

case ${1-} in -h | --help) help && exit 0 ;; esac
. tests/settings.sh
plant=${1:-arm64_smod32_unsigned} seconds=${2:-110}
case $plant in x86_*) arch=x86_64 ;; verifier_*) arch=um ;; *) arch=${plant%%_*} ;; esac
case $plant in
verifier_tnum_add) form='add64_[kx]' text='' ;;
arm64_smod32_unsigned) form='smod32_[kx]' text='s%=' ;;
arm64_and_w) form='and64_k' text='&=' ;;
x86_imm64_sext) form='ld_imm64' text='ll' ;;
*) echo "fuzz: the test does not know $plant" >&2 && exit 2 ;;
esac
out=$O/fuzz-test/$plant
rm -rf "$out"
mkdir -p "$out/seeds" "$out/garbage" || exit 3
rc=0

ok() {
	if [ "$1" -eq 0 ]; then
		echo "ok fuzz/$plant: $2"
	else
		echo "not ok fuzz/$plant: $2"
		tail -n 20 "$out/log" | sed 's/^/#   /'
		rc=1
	fi
}

PATCHES=tests/planted ARCH=$arch FUZZ_DIR=$out/state TIME=$seconds AFL_NO_UI=1
export PATCHES ARCH FUZZ_DIR TIME AFL_NO_UI O
dir=$FUZZ_DIR/$arch

# fuzz: afl-fuzz has found something
fuzz() {
	APPEND=checkjit_plant=$plant fuzz/fuzz.sh run >"$out/log" 2>&1 </dev/null
	found=$?
	grep -E '^fuzz: .*executions' "$out/log" | tail -n 1 | sed 's/^/# /'
	ok $((found != 1)) "afl-fuzz found something (exit code $found)"
	find "$dir/finds" -name '*.text' 2>/dev/null | sed 's|.*/||' | sort >"$out/buckets"
}

# once_more COMMAND [ARGUMENT...]: on the kernel with the bug awake
once_more() {
	_command=$1
	shift
	APPEND=checkjit_plant=$plant "$O/checkjit" guest --work "$O/fuzz/$arch.kcov1" --run "$out" "$_command" "$arch" "$@" 2>>"$out/log"
}

if [ "$arch" = um ]; then
	fuzz
	grep -Eq "^soundness\.verifier\.$form\." "$out/buckets"
	ok $? "the planted mistake, as $(grep -m 1 '^soundness' "$out/buckets")"
	# wrong ranges make wrong code, and checks of the verifier's own: but all is its doing
	! grep -Evq '^(soundness|verifier)\.|^kernel\..*reg_bounds|^state\.interp\.' "$out/buckets"
	ok $? 'and what comes of it'
	case=$(find "$dir/finds" -name 'soundness.*.case' | head -n 1)
	(once_more soundness --case "$case") >"$out/verdict"
	[ $? -eq 1 ] && grep -q 'the verifier states' "$out/verdict"
	ok $? 'the case fails when it is run again'
	exit $rc
fi
FUZZ_CORPUS=$out/seeds
export FUZZ_CORPUS

# a few dozen inputs, without those that have what is planted
"$O/checkjit" fuzz-corpus -o "$out/all" >"$out/log" 2>&1 || { ok 1 'a corpus' && exit $rc; }
i=0
for f in "$out"/all/[acjms]* "$out"/all/gen.*; do
	i=$((i + 1))
	[ $((i % 14)) -eq 0 ] || continue
	"$O/checkjit" fuzz-corpus --show "$f" | grep -qF "$text" || cp "$f" "$out/seeds/"
done

fuzz
grep -Eq "^state\.jit.*\.$form\." "$out/buckets"
ok $? "the planted bug, as $(grep -m 1 "^state" "$out/buckets")"
! grep -Evq "^state\.jit.*\.$form\." "$out/buckets"
ok $? 'and nothing else'
cat "$dir"/finds/state.*.case >"$out/cases" 2>/dev/null
grep -q 'reduced from' "$out/cases" && grep -qF "$text" "$out/cases"
ok $? 'reduced'
stability=$(sed -n 's/^stability *: \([0-9]*\).*/\1/p' "$dir/afl/main/fuzzer_stats" 2>/dev/null)
ok $((${stability:-0} < 99)) "stability ${stability:-?} %"

# what the inputs of the start reach alone, on a kernel in which the bug sleeps
edges=$(sed -n 's/^edges //p' "$dir/main.stats" 2>/dev/null)
target() {
	"$O/checkjit" guest --work "$O/fuzz/$arch.kcov1" --run "$out" fuzz-target "$arch" --finds "$out/none" "$@" 2>>"$out/log"
}
target --stats "$out/seeds.stats" "$out/seeds" >"$out/seeds.out"
ok $? 'nothing in the inputs of the start while the bug sleeps'
start=$(sed -n 's/^edges //p' "$out/seeds.stats" 2>/dev/null)
ok $((${edges:-0} <= ${start:-0})) "coverage grew from ${start:-?} to ${edges:-?} edges"
# what was found fails again
case=$(find "$dir/finds" -name 'state.*.case' | head -n 1)
(once_more verdict --case "$case") >"$out/verdict"
grep -q '^jit.* FAIL' "$out/verdict"
ok $? 'the case fails when it is run again'

# garbage of every kind
one=$(find "$out/seeds" -name 'alu*' | head -n 1)
: >"$out/garbage/empty"
head -c 5000 /dev/urandom >"$out/garbage/random"
head -c 60 "$one" >"$out/garbage/cut"
{ head -c 8 "$one" && head -c 600 /dev/urandom; } >"$out/garbage/head-only"
cat "$one" "$one" >"$out/garbage/twice"
head -c 2000000 /dev/zero >"$out/garbage/zeros"
echo 'case a' >"$out/garbage/text"
target --stats "$out/garbage.stats" "$out/garbage" "$out/nothing-there" "$one" >"$out/garbage.out"
ok $? 'garbage is survived'
[ "$(grep -c ': garbage$' "$out/garbage.out")" -eq 8 ] && [ "$(grep -c ': fine$' "$out/garbage.out")" -eq 1 ]
ok $? 'garbage is counted and skipped, what comes behind it is run'

# usage
for bad in 'TIME=soon' 'INSTANCES=0' 'ARCH=vax' 'FUZZ_CORPUS=/nonexistent'; do
	env "$bad" fuzz/fuzz.sh run >"$out/log" 2>&1 </dev/null
	code=$?
	[ $code -eq 2 ] && [ "$(wc -l <"$out/log")" -le 4 ]
	ok $? "$bad is refused (exit code $code)"
done
exit $rc
