#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Oracle (d), the verifier's soundness: planted mistakes in the verifier's ranges are found, a kernel without raises nothing.
set -u
top=$(cd "$(dirname "$0")/.." && pwd) || exit 3
cd "$top" || exit 3

help() {
	cat <<EOT
usage: tests/soundness.sh [planted|clean|all]...  (default: planted clean)
  planted  four one-line bugs, each on the kernel in which it is awake, and asleep
  clean    some cases and a part of the quick sweep on a kernel without
  all      all written cases and the quick sweep on a kernel without

environment: ARCH (arm64), O, V as for make run
EOT
}

case ${1-} in -h | --help) help && exit 0 ;; esac
[ $# -gt 0 ] || set -- planted clean
O=${O:-build}
arch=${ARCH:-arm64}
out=$O/soundness-test
failed=0
rm -rf "$out"
mkdir -p "$out" || exit 3

not_ok() {
	echo "not ok soundness/$arch/$1: $2"
	sed 's/^/#   /' "$out/$1.log" | tail -n 20
	failed=1
}

# ask NAME VARIABLE...: exit code in $rc, the totals in $totals
ask() {
	name=$1
	shift
	env ARCH="$arch" KERNEL='' PATCHES='' APPEND='' SHARD='' SEED='' STOP_AFTER='' CASE='' ID='' CASES='' ENGINES='' WARM=0 O="$O" RUN="$out/$name" \
		"$@" runners/run.sh soundness >"$out/$name.log" 2>&1 </dev/null
	rc=$?
	totals=$(grep "^# soundness: $arch:" "$out/$name.log")
}

# total NAME: the number behind it
total() {
	printf '%s\n' "$totals" | sed -n "s/.* $1:\([0-9]*\).*/\1/p"
}

# A case that the bug strikes, what is stated of which register, and the case that is written of it must be found again.
planted() {
	while read -r plant id what broken; do
		ask "$plant" PATCHES=tests/planted APPEND="checkjit_plant=$plant" CASES="$id" SWEEP=none STOP_AFTER=1
		found=$(find "$out/$plant" -name 'soundness-*.case' 2>/dev/null | head -n 1)
		if [ $rc -ne 1 ] || [ -z "$found" ]; then
			not_ok "$plant" "exit code $rc, expected a finding"
		elif ! grep -q "but $what .* and not: $broken" "$out/$plant.log"; then
			not_ok "$plant" "found is not: $what outside of $broken"
		elif ! grep -q "checkjit_plant: $plant" "$out/$plant/$arch.console"; then
			not_ok "$plant" "the kernel did not say that it is awake"
		else
			echo "ok soundness/$arch/$plant"
		fi
		rerun=${rerun-}${found:+ $found}
	done <<-EOT
	verifier_tnum_add jmp/loop/ne R3 smax=0xf
	verifier_arsh32 alu/arsh32_imm/r0_1 R0 smax=0x3fffffff
	verifier_64_from_32 jmp/jmp32_imm8/jgt R0 smin=0
	verifier_jle jmp/jmp64_imm8/jle R0 smax=0x7e
	EOT
	for case in $rerun; do
		[ "${case#*verifier_jle/}" != "$case" ] || continue
		plant=$(basename "$(dirname "$case")")
		ask "$plant.awake" PATCHES=tests/planted APPEND="checkjit_plant=$plant" CASE="$case"
		if [ $rc -eq 1 ]; then echo "ok soundness/$arch/$plant.awake"; else not_ok "$plant.awake" "the case finds nothing, exit code $rc"; fi
		ask "$plant.asleep" PATCHES=tests/planted CASE="$case"
		if [ $rc -eq 0 ]; then echo "ok soundness/$arch/$plant.asleep"; else not_ok "$plant.asleep" "exit code $rc"; fi
	done
}

# clean NAME AT-LEAST VARIABLE...: nothing is found in at least so many comparisons
clean() {
	least=$2
	name=$1
	shift 2
	ask "$name" "$@"
	if [ $rc -ne 0 ] || [ -z "$totals" ]; then
		not_ok "$name" "exit code $rc"
	elif [ "$(total malformed)" -ne 0 ] || [ "$(total found)" -ne 0 ]; then
		not_ok "$name" "states that do not read, or findings: $totals"
	elif [ "$(total compared)" -lt "$least" ]; then
		not_ok "$name" "fewer than $least comparisons: $totals"
	else
		echo "ok soundness/$arch/$name ($(total compared) comparisons, $(total vectors) runs)"
	fi
}

for part; do
	case $part in
	planted) planted ;;
	clean)
		clean clean 100000 CASES='jmp/jmp64_imm8 jmp/jmp32_imm8 jmp/loop calls mem/stack_ldx* regress' SWEEP=none
		clean gen 20000 CASES=gen SWEEP=quick SHARD=1/80
		;;
	all) clean all 3000000 SWEEP=quick ;;
	*) help >&2 && exit 2 ;;
	esac
done
exit $failed
