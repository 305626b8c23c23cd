#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# `make trace` and `make reduce` against kernels with a planted bug: random programs of 200 instructions, of which one is wrong.
set -u
top=$(cd "$(dirname "$0")/.." && pwd) || exit 3
cd "$top" || exit 3

help() {
	cat <<EOT
usage: tests/reduce.sh [PLANT...]
For each PLANT (default: arm64_and_w) make a random program in which it shows
(tests/random_case.c), trace it, reduce it, and run the result on the kernel
with the plant awake and asleep.
environment: SEED (1), O, V
EOT
}

case ${1-} in -h | --help) help && exit 0 ;; esac
[ $# -gt 0 ] || set -- arm64_and_w

O=${O:-build}
SEED=${SEED:-1}
out=$O/reduce
rm -rf "$out"
mkdir -p "$out" || exit 3
${CC:-cc} -std=gnu11 -O1 -Wall -Wextra -Werror -I. -o "$out/random_case" tests/random_case.c || exit 3
failed=0

not_ok() {
	echo "not ok reduce/$1: $2"
	[ ! -r "$out/log" ] || tail -n 20 "$out/log" | sed 's/^/#   /'
	failed=1
}

# job JOB PLANT FILE awake|asleep: the plant's arch from its name; what it prints is in $out/log
job() {
	case $2 in x86_*) _arch=x86_64 ;; *) _arch=${2%%_*} ;; esac
	_append=
	[ "$4" = asleep ] || _append=checkjit_plant=$2
	env -u ID -u CASES -u KERNEL -u DEBUG -u KCONFIG_ADD -u TARGET \
		O="$O" PATCHES=tests/planted ARCH="$_arch" ENGINES=jit APPEND="$_append" CASE="$3" OUT="$out/$2.reduced.case" WARM=0 \
		runners/run.sh "$1" >"$out/log" 2>&1 </dev/null
}

# what the first wrong instruction is, in the dialect of the assembler
wrong() {
	case $1 in
	arm64_cmn_4096) echo 'if r6 == -4096 goto' ;;
	arm64_and_w) echo 'r6 &= -256' ;;
	arm64_crash) echo 'w6 ^= w8' ;;
	x86_imm64_sext) echo 'r6 = 0x98d7abcd ll' ;;
	x86_fetch_r0) echo 'r0 = atomic_fetch_xor((u64 \*)(r3 + 48), r0)' ;;
	esac
}

for plant; do
	file=$out/$plant.case small=$out/$plant.reduced.case
	if ! "$out/random_case" "$plant" "$SEED" 200 >"$file"; then
		not_ok "$plant" "tests/random_case.c does not know it"
		continue
	fi

	job trace "$plant" "$file" awake
	rc=$?
	if [ $rc -eq 1 ] && grep -q "^  $(wrong "$plant")" "$out/log"; then
		echo "ok reduce/$plant/trace"
	else
		not_ok "$plant/trace" "exit code $rc; expected 1, and the instruction $(wrong "$plant")"
	fi

	job reduce "$plant" "$file" awake
	rc=$?
	insns=$(sed -n 's/^.*: \([0-9]*\) instructions of .* written$/\1/p' "$out/log")
	if [ $rc -eq 1 ] && [ "${insns:-99}" -le 5 ] && [ -r "$small" ]; then
		echo "ok reduce/$plant/small: $(tail -n 1 "$out/log" | sed 's/^[^:]*: //')"
	else
		not_ok "$plant/small" "exit code $rc, ${insns:-no} instructions; expected 1, and at most 5"
		continue
	fi

	job repro "$plant" "$small" awake
	rc=$?
	if [ $rc -eq 1 ]; then echo "ok reduce/$plant/fails"; else not_ok "$plant/fails" "exit code $rc of repro, expected 1"; fi
	rm "$small.tmp" 2>/dev/null && not_ok "$plant/fails" "a temporary file was left"

	cp "$small" "$out/passing.case"
	rm "$small"
	job reduce "$plant" "$out/passing.case" asleep
	rc=$?
	if [ $rc -eq 2 ] && grep -q 'nothing to reduce: it does not fail' "$out/log" && [ ! -e "$small" ]; then
		echo "ok reduce/$plant/passes"
	else
		not_ok "$plant/passes" "exit code $rc without the bug, expected 2, a message and no file"
	fi
done
exit $failed
