#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Two minutes of `make fuzz` with a planted bug that no starting input shows: User-Mode Linux
# verifies, an emulated guest follows. And files that are no inputs.
set -u
top=$(cd "$(dirname "$0")/.." && pwd) || exit 3
cd "$top" || exit 3

help() {
	cat <<EOT
usage: tests/fuzz.sh [PLANT [SECONDS]]
Fuzz with PLANT (arm64_smod32_unsigned) awake for SECONDS (60), on User-Mode Linux and the arch
that has it: it must be found there and reduced, in buckets of its own and no other; coverage must
grow beyond that of the starting inputs; afl-fuzz must call the target stable. A mistake of the
verifier (verifier_tnum_add) is looked for on User-Mode Linux alone, from the inputs that
\`make fuzz\` starts with.
environment: O, V
EOT
}

case ${1-} in -h | --help) help && exit 0 ;; esac
# shellcheck source=tests/lib.sh
. tests/lib.sh
plant=${1:-arm64_smod32_unsigned} seconds=${2:-60}
case $plant in x86_*) arch=x86_64 ;; verifier_*) arch=um ;; *) arch=${plant%%_*} ;; esac
case $plant in
verifier_tnum_add) form='add64_[kx]' text='' ;;
arm64_smod32_unsigned) form='smod32_[kx]' text='s%=' ;;
arm64_and_w) form='and64_k' text='&=' ;;
x86_imm64_sext) form='ld_imm64' text=' ll' ;;
*) echo "fuzz: the test does not know $plant" >&2 && exit 2 ;;
esac
test_name=fuzz/$plant
out=$O/fuzz-test/$plant
rm -rf "$out"
mkdir -p "$out/seeds" "$out/garbage" || exit 3
log=$out/log

PATCHES=tests/planted ARCH=um FUZZ_DIR=$out/state TIME=$seconds AFL_NO_UI=1
[ "$arch" = um ] || ARCH="um $arch"
export PATCHES ARCH FUZZ_DIR TIME AFL_NO_UI
dir=$FUZZ_DIR/$arch

# Chance finds a bug of the kernel itself in a minute, or not: its own complaints, what its
# verifier decides otherwise with states at other places, and what it states wrongly where no
# mistake of it is planted. No test may hang on it; what is found so is shown.
chance='^(kernel\.|verifier\.[^ ]*_with_state_freq)'
[ "$arch" = um ] || chance="$chance|^soundness\."
# buckets ARCH: what was found on ARCH, but for what chance finds
buckets() {
	find "$FUZZ_DIR/$1/finds" -name '*.text' 2>/dev/null | sed 's|.*/||' | sort >"$out/found"
	grep -E "$chance" "$out/found" | sed "s/^/# by chance, on $1: /" >&2
	grep -Ev "$chance" "$out/found"
}

# fuzz: something was found on ARCH. On a busy machine it goes on where it stopped.
fuzz() {
	for _round in 1 2 3 4; do
		APPEND=checkjit_plant=$plant fuzz/fuzz.sh run >"$log" 2>&1 </dev/null
		found=$?
		buckets "$arch" >"$out/buckets"
		[ $found -le 1 ] && [ ! -s "$out/buckets" ] || break
	done
	grep -E '^fuzz: .*(executions|programs)' "$log" | tail -n $(($(echo "$ARCH" | wc -w))) |
		sed 's/^/# /'
	[ $found -eq 1 ]
	result $? found "exit status $found: nothing was found"
}

# once_more COMMAND [ARGUMENT...]: checkjit COMMAND on the kernel with the bug awake
once_more() {
	_command=$1
	shift
	APPEND=checkjit_plant=$plant "$checkjit" guest --work "$O/fuzz/$arch.kcov1" --run "$out" \
		"$_command" "$arch" "$@" 2>>"$log"
}

if [ "$arch" = um ]; then
	fuzz
	grep -Eq "^soundness\.verifier\.$form\." "$out/buckets"
	result $? plant "no bucket of it"
	# wrong ranges make wrong code, and trigger checks of the verifier itself: every bucket is a
	# result of the plant
	grep -Ev '^(soundness|verifier)\.|^state\.interp\.' "$out/buckets" >"$log"
	[ -s "$out/buckets" ] && [ ! -s "$log" ]
	result $? nothing-else 'a bucket that the plant does not explain'
	case=$(find "$dir/finds" -name 'soundness.*.case' | head -n 1)
	(once_more soundness --case "$case") >"$out/verdict"
	[ $? -eq 1 ] && grep -q 'the verifier states' "$out/verdict"
	result $? again 'the case does not fail when it is run again'
	finish
fi
FUZZ_CORPUS=$out/seeds
export FUZZ_CORPUS

# a few dozen inputs, without those that have what is planted
"$checkjit" fuzz-corpus -o "$out/all" >"$log" 2>&1 || { result 1 corpus && finish; }
i=0
for f in "$out"/all/[acjms]* "$out"/all/gen.*; do
	i=$((i + 1))
	[ $((i % 14)) -eq 0 ] || continue
	"$checkjit" fuzz-corpus --show "$f" | grep -qF "$text" || cp "$f" "$out/seeds/"
done

fuzz
buckets um >"$log"
[ ! -s "$log" ]
result $? native-finds 'User-Mode Linux has finds, but not the bug'
grep -Eq "^state\..*jit.*\.$form\." "$out/buckets"
result $? plant "no bucket of it"
# a bucket may name another insn, such as the call of the function that has the planted one
grep -Ev "^state\..*jit.*\.$form\." "$out/buckets" | while read -r bucket; do
	grep -qF "$text" "$dir/finds/${bucket%.*}.case" || echo "$bucket"
done >"$log" 2>&1
[ -s "$out/buckets" ] && [ ! -s "$log" ]
result $? nothing-else 'no bucket, or one that the plant does not explain'
cat "$dir"/finds/state.*.case >"$out/cases" 2>/dev/null
grep -q 'reduced from' "$out/cases" && grep -qF "$text" "$out/cases"
result $? reduced
stability=$(sed -n 's/^stability *: \([0-9]*\).*/\1/p' "$FUZZ_DIR/um/afl/main/fuzzer_stats" \
	2>/dev/null)
[ "${stability:-0}" -ge 99 ]
result $? stability "${stability:-?} %"

# what the starting inputs reach, on the kernel with the bug asleep
edges=$(sed -n 's/^edges //p' "$FUZZ_DIR/um/main.stats" 2>/dev/null)
target() {
	"$checkjit" guest --work "$O/fuzz/um.kcov1" --run "$out" fuzz-target um --finds \
		"$out/none" "$@" 2>>"$log"
}
target --stats "$out/seeds.stats" "$out/seeds" >"$out/seeds.out"
result $? asleep 'the starting inputs show something while the bug is asleep'
start=$(sed -n 's/^edges //p' "$out/seeds.stats" 2>/dev/null)
[ "${start:-0}" -gt 0 ] && [ "${edges:-0}" -gt "$start" ]
result $? coverage "from ${start:-?} to ${edges:-?} edges"
for name in edges raw verified; do
	[ "$(sed -n "s/^$name //p" "$dir/main.stats" 2>/dev/null)" -gt 0 ] 2>/dev/null
	result $? "follows/$name" 'none'
done
# what was found fails again
case=$(find "$dir/finds" -name 'state.*.case' | head -n 1)
(once_more verdict --case "$case") >"$out/verdict"
grep -q 'jit.* FAIL' "$out/verdict"
result $? again 'the case does not fail when it is run again'

# refused or accepted as states are kept, and no find
mkdir -p "$out/open-cases/local" && cp tests/data/fuzz/*.case "$out/open-cases/local/"
"$checkjit" fuzz-corpus -o "$out/open" --cases "$out/open-cases" --samples 0 >>"$log" 2>&1
target "$out/open" >"$out/open.out"
result $? open 'a find'
[ "$(grep -c ': refused$' "$out/open.out")" -eq "$(find tests/data/fuzz -name '*.case' | wc -l)" ]
result $? open/judged "$(cat "$out/open.out")"

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
result $? garbage/survived
[ "$(grep -c ': garbage$' "$out/garbage.out")" -eq 8 ] &&
	[ "$(grep -c ': fine$' "$out/garbage.out")" -eq 1 ]
result $? garbage/counted 'not counted and skipped, or the input behind it did not run'

# usage
for bad in 'TIME=soon' 'INSTANCES=0' 'ARCH=vax' 'FUZZ_CORPUS=/nonexistent'; do
	env "$bad" fuzz/fuzz.sh run >"$log" 2>&1 </dev/null
	code=$?
	[ $code -eq 2 ] && [ "$(wc -l <"$log")" -le 4 ]
	result $? "usage/$bad" "exit status $code, expected 2"
done
finish
