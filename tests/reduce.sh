#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# `make trace` and `make reduce` against kernels with a planted bug: random programs of 200
# instructions, of which one is wrong.
set -u
top=$(cd "$(dirname "$0")/.." && pwd) || exit 3
cd "$top" || exit 3

help() {
	cat <<EOT
usage: tests/reduce.sh [--seed N] [PLANT...]
For each PLANT (default: arm64_and_w) make a random program in which it shows
(tests/random_case.c), trace it, reduce it, and run the result on the kernel
with the plant awake and asleep. N (1) is the seed of the random program.
environment: O, V
EOT
}

seed=1
case ${1-} in
-h | --help) help && exit 0 ;;
--seed) seed=${2:?tests/reduce.sh: a number is missing behind --seed} && shift 2 ;;
esac
[ $# -gt 0 ] || set -- arm64_and_w
# shellcheck source=tests/lib.sh
. tests/lib.sh
out=$O/reduce
rm -rf "$out"
mkdir -p "$out" || exit 3
${HOSTCC:-gcc} -std=gnu11 -O1 -Wall -Wextra -Werror -I. -o "$out/random_case" tests/random_case.c ||
	exit 3
log=$out/log

# job JOB PLANT FILE awake|asleep: the plant's arch from its name; what it prints is in $log
job() {
	case $2 in x86_*) _arch=x86_64 ;; *) _arch=${2%%_*} ;; esac
	_append=''
	[ "$4" = asleep ] || _append=checkjit_plant=$2
	env PATCHES=tests/planted ARCH="$_arch" ENGINES=jit APPEND="$_append" CASE="$3" \
		OUT="$out/$2.reduced.case" \
		runners/run.sh "$1" >"$log" 2>&1 </dev/null
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
	if ! "$out/random_case" "$plant" "$seed" 200 >"$file"; then
		result 1 "$plant" 'tests/random_case.c does not know it'
		continue
	fi

	job trace "$plant" "$file" awake
	rc=$?
	[ $rc -eq 1 ] && grep -q "^  $(wrong "$plant")" "$log"
	result $? "$plant/trace" "exit status $rc; expected 1, and the insn $(wrong "$plant")"

	job reduce "$plant" "$file" awake
	rc=$?
	insns=$(sed -n 's/^.*: \([0-9]*\) instructions of .* written$/\1/p' "$log")
	[ $rc -eq 1 ] && [ "${insns:-99}" -le 5 ] && [ -r "$small" ]
	result $? "$plant/small" \
		"exit status $rc, ${insns:-no} instructions; expected 1, and at most 5"
	[ -r "$small" ] || continue
	echo "# $(tail -n 1 "$log")"

	job repro "$plant" "$small" awake
	rc=$?
	[ $rc -eq 1 ] && [ ! -e "$small.tmp" ]
	result $? "$plant/fails" "exit status $rc of repro, expected 1; or a temporary file is left"

	cp "$small" "$out/passing.case"
	rm "$small"
	job reduce "$plant" "$out/passing.case" asleep
	rc=$?
	[ $rc -eq 2 ] && grep -q 'nothing to reduce: it does not fail' "$log" && [ ! -e "$small" ]
	result $? "$plant/passes" \
		"exit status $rc without the bug; expected 2, a message and no file"
done
finish
