#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Attribution on real guests. Whom it suspects in which constellation:
# tests/unit/report_attribute.c.
set -u
top=$(cd "$(dirname "$0")/.." && pwd) || exit 3
cd "$top" || exit 3

case ${1-} in -h | --help) echo "usage: attribute.sh [quick] [planted] (quick)" && exit 0 ;; esac
# shellcheck source=tests/lib.sh
. tests/lib.sh

quick() {
	expect help 0 '^usage' "$O/checkjit" job attribute --help
	expect no-id 2 'ID= is needed' "$O/checkjit" job attribute
	expect unknown-id 2 'no case' env ID=alu/nonsense/r9 "$O/checkjit" job attribute
	expect two-ids 2 'more than one' env ID='alu/neg*' "$O/checkjit" job attribute
	expect bad-qemu2 2 'neither a QEMU nor' env QEMU2=/nothing ID=alu/neg64/r3 "$O/checkjit" \
		job attribute
	expect passes 0 'nothing fails' env ID=alu/sub64/r3_r4 ARCH='riscv32 m68k' J=1 make \
		--no-print-directory attribute
	says rows 'riscv32 +PASS +PASS +PASS'
	says no-jit 'm68k +PASS +SKIP +SKIP'
	ARCH=m68k CASES='alu/sub64/r3_r4 alu/sub64/r3_r5' RUN=$work/run runners/run.sh run \
		>/dev/null 2>&1
	expect of-a-run 0 'm68k +PASS +SKIP' env ID=alu/sub64/r3_r4.1 RUN="$work/run" \
		"$O/checkjit" job attribute
	expect not-in-the-run 2 'did you mean' env ID=alu/sub64/r3_r6 RUN="$work/run" \
		"$O/checkjit" job attribute
	expect no-run 2 'no such run' env ID=alu/sub64/r3_r4 RUN="$work/nothing" "$O/checkjit" job \
		attribute
}

# a planted bug of the JIT, which no emulation is to blame for
planted() {
	awk '$2 == "riscv32" && $6 == "FAIL" && $7 ~ /^[a-z]*\// {
		split($7, ids, ",")
		print $1, ids[1]
		exit
	}' tests/planted/list >"$work/plant"
	read -r plant id <"$work/plant"
	id=$("$O/checkjit" list "$id" | head -n 1)
	expect planted 1 'suspect: the riscv32 JIT' env ARCH='riscv32 m68k' PATCHES=tests/planted \
		APPEND="checkjit_plant=$plant" ID="$id" J=1 \
		QEMU2="$(dirname "$(command -v qemu-system-riscv32)")" "$O/checkjit" job attribute
	sed 's/^/# /' "$log"
	says words 'riscv32 jit.* differ.* from model, interp \(2 arches\)'
	says one-insn 'emulation: riscv32 jit fails the same way with one instruction at a time'
	says qemu2 'emulation: riscv32 jit fails the same way with /'
	says cpu2 'emulation: riscv32 jit .*fails on -cpu .* too'
}

parts=${*:-quick}
for part in $parts; do
	case $part in
	quick | planted) $part ;;
	*) echo "attribute.sh: no part '$part'" >&2 && exit 2 ;;
	esac
done
finish
