#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Oracle (d), the verifier's soundness: planted mistakes in the verifier's ranges are found, a
# kernel without raises nothing.
set -u
top=$(cd "$(dirname "$0")/.." && pwd) || exit 3
cd "$top" || exit 3

case ${1-} in
-h | --help)
	cat <<EOT
usage: tests/soundness.sh [planted|clean|all]...  (default: planted clean)
  planted  four one-line bugs, each on the kernel in which it is awake, and asleep
  clean    some cases and a part of the quick sweep on a kernel without
  all      all written cases and the quick sweep on a kernel without
environment: ON (the architecture: arm64), O
EOT
	exit 0
	;;
esac
[ $# -gt 0 ] || set -- planted clean
# shellcheck source=tests/lib.sh
. tests/lib.sh
export O ARCH="${ON:-arm64}" SWEEP=none

# ask NAME STATUS PATTERN VARIABLE...
ask() {
	_ask=$1 _status=$2 _text=$3
	shift 3
	expect "$_ask" "$_status" "$_text" env RUN="$work/$_ask" "$@" runners/run.sh soundness
}

# The case that is written of a finding finds it again, and nothing where the bug is asleep.
rerun() {
	case=$(find "$work/$1" -name 'soundness-*.case' | head -n 1)
	[ -n "$case" ] || { result 1 "$1.case" "no case was written" && return; }
	ask "$1.again" 1 'found:1' PATCHES=tests/planted APPEND="checkjit_plant=$1" CASE="$case"
	ask "$1.asleep" 0 'found:0' PATCHES=tests/planted CASE="$case"
}

# A case that the bug strikes, and what is stated of which register.
planted() {
	while read -r plant id what broken; do
		ask "$plant" 1 "but $what .* and not: $broken" PATCHES=tests/planted \
			APPEND="checkjit_plant=$plant" CASES="$id" STOP_AFTER=1
		grep -q "checkjit_plant: $plant" "$work/$plant/$ARCH.console"
		result $? "$plant.awake" "the kernel did not say so"
	done <<-EOT
	verifier_tnum_add jmp/loop/ne R3 smax=0xf
	verifier_arsh32 alu/arsh32_imm/r0_1 R0 smax=0x3fffffff
	verifier_64_from_32 jmp/jmp32_imm8/jgt R0 smin=0
	verifier_jle jmp/jmp64_imm8/jle R0 smax=0x7e
	EOT
	rerun verifier_jle
}

# clean NAME AT-LEAST VARIABLE...: every state is read, and nothing found in so many comparisons
clean() {
	_name=$1 _least=$2
	shift 2
	ask "$_name" 0 'malformed:0 .*found:0' "$@"
	_compared=$(sed -n 's/.* compared:\([0-9]*\) .*/\1/p' "$log")
	[ "${_compared:-0}" -ge "$_least" ]
	result $? "$_name.compared" "${_compared:-0} statements, fewer than $_least"
}

for part; do
	case $part in
	planted) planted ;;
	clean)
		clean written 100000 \
			CASES='jmp/jmp64_imm8 jmp/jmp32_imm8 jmp/loop calls mem/stack_ldx* regress'
		clean generated 20000 CASES=gen SWEEP=quick SHARD=2/40
		ask empty 3 'no case was compared' CASES=gen SWEEP=quick SHARD=90000/90000
		;;
	all) clean all 3000000 SWEEP=quick ;;
	*) echo "soundness: no part is called '$part' (expected planted, clean or all)" >&2 &&
		exit 2 ;;
	esac
done
finish
