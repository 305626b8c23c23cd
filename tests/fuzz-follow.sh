#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# A guest that follows: programs that User-Mode Linux accepted run on the JIT of a kernel with a
# planted bug. It must be found by the raw route, in buckets of its own, and fail again.
set -u
top=$(cd "$(dirname "$0")/.." && pwd) || exit 3
cd "$top" || exit 3

help() {
	cat <<EOT
usage: tests/fuzz-follow.sh
Some programs of the starting corpus go through User-Mode Linux into a spool, and from there to
arm64 with arm64_and_w awake. The reader is stopped once in between.
environment: O, V
EOT
}

case ${1-} in -h | --help) help && exit 0 ;; esac
# shellcheck source=tests/lib.sh
. tests/lib.sh
if [ "$(uname -m)" != x86_64 ]; then
	skip all "a User-Mode Linux for x86_64 does not run on $(uname -m)"
	finish
fi
plant=arm64_and_w
out=$O/fuzz-follow
spool=$out/spool
rm -rf "$out"
mkdir -p "$out/um" "$out/arm64" || exit 3
tree=$(images/kernel.sh --tree) || exit 3

# guest ARCH: its kernel and agent
guest() {
	image=$(images/build.sh "$1") && runners/agent.sh "$1" "$tree" "$image" "$out/$1" &&
		echo "$image" >"$out/$1/$1.image"
}

# target ARCH ARGUMENT...: checkjit fuzz-target on the guest of ARCH
target() {
	_arch=$1
	shift
	${EXEC-} "$checkjit" guest --work "$out/$_arch" --run "$out/$_arch" fuzz-target "$_arch" \
		--known "results/known/$_arch.txt" --stats "$out/$_arch/stats" "$@"
}

# number ARCH NAME: of its statistics
number() {
	sed -n "s/^$2 //p" "$out/$1/stats"
}

{ guest um && PATCHES=tests/planted guest arm64; } >"$log" 2>&1
result $? images

"$checkjit" fuzz-corpus -o "$out/corpus" --known results/known/um.txt >"$log" 2>&1
result $? corpus
target um --finds "$out/um/finds" --spool "$spool" "$out/corpus"/gen.alu_* \
	"$out/corpus"/gen.jmp_* "$out/corpus"/gen.call_* >"$out/um/judged" 2>"$log"
result $? verified 'the starting inputs show something'
fine=$(number um fine) raw=$(number um spool_raw) rest=$(number um spool_rest)
[ $((raw + rest)) -ge "$fine" ] && [ "$raw" -gt $((fine / 2)) ] && [ "$rest" -gt 0 ]
result $? spool "$fine fine, $raw raw, $rest of the rest"

# it is stopped while it runs, and the next one goes on
APPEND=checkjit_plant=$plant
export APPEND

# follow CONDITION: until it holds. The statistics say that the follower has begun.
follow() {
	rm -f "$out/arm64/stats"
	EXEC='exec' target arm64 --finds "$out/arm64/finds" --follow "$spool" >"$log" 2>&1 &
	pid=$!
	_i=0
	while kill -0 $pid 2>/dev/null && [ $_i -lt 600 ]; do
		[ ! -f "$out/arm64/stats" ] || ! "$@" || break
		sleep 0.2
		_i=$((_i + 1))
	done
	kill $pid 2>/dev/null
	wait $pid
}

# it may have ended, too: a guest runs all of this in a second
begun() {
	[ -n "$(find "$spool" -name 'taken.*')" ] || [ "$(number arm64 execs)" -gt 0 ]
}

# the raw programs are done, and the bug is found
found() {
	[ -n "$(find "$out/arm64/finds" -name 'state.raw_jit.and64_k.*.case' 2>/dev/null)" ] &&
		[ -z "$(find "$spool" -name '*raw*')" ]
}

follow begun
result $? stopped
first=$(number arm64 raw)
follow found
result $? followed
[ $((${first:-0} + $(number arm64 raw))) -ge "$raw" ]
result $? nothing-lost "${first:-?} and $(number arm64 raw) of $raw programs ran"
find "$out/arm64/finds" -name '*.text' | sed 's|.*/||' >"$out/buckets"
grep -q '^state\.raw_jit\.and64_k\.' "$out/buckets"
result $? plant 'no bucket of it'
grep -v '^state\.[a-z_+]*jit[a-z_+]*\.and64_k\.' "$out/buckets" >"$log"
none=$?
[ $none -eq 1 ]
result $? nothing-else 'a bucket that the plant does not explain'
case=$(find "$out/arm64/finds" -name 'state.raw_jit.and64_k.*.case' | head -n 1)
"$checkjit" guest --work "$out/arm64" --run "$out/arm64" verdict arm64 --case "$case" \
	>"$out/verdict" 2>"$log"
grep -q '^raw_jit FAIL' "$out/verdict" && grep -q '^raw_interp PASS' "$out/verdict"
result $? again 'it does not fail when it runs again'
finish
