#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Known bugs as predictions, on riscv32: the listed ones are XFAIL, a second bug below a listed one
# is found, and a row that no longer holds is XPASS.
set -u
top=$(cd "$(dirname "$0")/.." && pwd) || exit 3
cd "$top" || exit 3

case ${1-} in -h | --help) echo "usage: tests/known.sh" && exit 0 ;; esac
# shellcheck source=tests/lib.sh
. tests/lib.sh
out=$O/check-known
rm -rf "$out"
mkdir -p "$out" || exit 3
list=results/known/riscv32.txt

# ---- the command ----

expect list/all 0 'shown by regress/rv32_shift_self/one' "$checkjit" known
expect list/an-arch 0 's390x .*RFC 9669' "$checkjit" known s390x
expect list/no-arch 2 "no list for 'vax'" "$checkjit" known vax
expect list/no-dir 2 'no such files' "$checkjit" known --dir /nonexistent
expect list/quirks 0 'movsx_plain .*only moves' "$checkjit" known --quirks
expect model/predicts 0 '0x0000000110000000' "$checkjit" model --quirks shift64_self \
	cases/regress/rv32_shift_self.case
expect model/names 0 'quirks shift64_self' "$checkjit" model --quirks shift64_self \
	cases/regress/rv32_shift_self.case
expect model/no-quirk 2 "no quirk 'nonsense'" "$checkjit" model --quirks nonsense \
	cases/regress/rv32_shift_self.case

# ---- in a guest ----

ARCH=riscv32 runners/run.sh images >"$log" 2>&1 </dev/null
result $? images

# run NAME STATUS KNOWN CASE...: on the JIT; the records' columns go to $out/NAME.columns
run() {
	_name=$1 _want=$2 _known=$3
	shift 3
	"$checkjit" guest --run "$out" run riscv32 --out "$out/$_name" --known "$_known" \
		--engines "interp jit" --sweep none "$@" >"$log" 2>&1
	_rc=$?
	equals "$_want" $_rc
	result $? "$_name/exit" "exit status $_rc, expected $_want"
	"$checkjit" results "$out/$_name" --columns id,engine,verdict,quirks >"$out/$_name.columns"
}

has() {
	cat "$out/$1" >"$log"
	grep -q -e "$2" "$out/$1"
	result $? "$1/has/$2" "no such line"
}

shifts='alu/shift_wide64/* alu/shift_wide_self/* regress/rv32_shift_self/one'
# shellcheck disable=SC2086 # a list
run listed 0 "$list" $shifts
has listed.columns 'alu/shift_wide64/.*jit.XFAIL.*shift64_less32'
has listed.columns 'regress/rv32_shift_self/one.jit.XFAIL.shift64_self$'
has listed.columns 'regress/rv32_shift_self/one.interp.PASS'

# the row of one bug does not cover the other, though both are met in the same cases
grep -v '^shift64_self' "$list" >"$out/one.txt"
# shellcheck disable=SC2086 # a list
run second 1 "$out/one.txt" $shifts
has second.columns 'alu/shift_wide64/.*jit.XFAIL.*shift64_less32'
has second.columns 'regress/rv32_shift_self/one.jit.FAIL'

# both in one case: the report shows the standard's, the predicted and the observed value
mkdir -p "$out/cases/alu" || exit 3
cat >"$out/cases/alu/both.case" <<'CASE'
case both
	prog
		r2 >>= r2
		r3 <<= r4
	end
	vec     r2=0x100000004 r3=1 r4=64
CASE
run both 0 "$list" --cases "$out/cases"
has both.columns 'alu/both/one.jit.XFAIL.shift64_less32+shift64_self$'
run below 1 "$out/one.txt" --cases "$out/cases"
has below.columns 'alu/both/one.jit.FAIL.shift64_less32$'
gunzip -k "$out/below/riscv32.ktap.gz"
has below/riscv32.ktap 'r2 *: expected 0*10000000 .*predicted the same .*jit 0*110000000'
has below/riscv32.ktap 'r3 *: expected 0*1 .*predicted 0*100000000 .*jit 0*100000000'

# a row for an engine without the bug
sed 's/^\(shift64_self *\)jit,/\1interp,jit,/' "$list" >"$out/fixed.txt"
run fixed 1 "$out/fixed.txt" regress/rv32_shift_self/one
has fixed.columns 'regress/rv32_shift_self/one.interp.XPASS.shift64_self$'
has fixed.columns 'regress/rv32_shift_self/one.jit.XFAIL.shift64_self$'

# a bug that any program of an engine may meet: its case runs first, the others only if it passes
spoils() {
	echo "$1 interp 7.3 TIMEOUT,SKIP - verifier-bug why | link" >"$out/spoils.txt"
}
spoils regress/verifier_recursion/one
run spoiled 0 "$out/spoils.txt" regress/verifier_recursion/one alu/neg64/r1
has spoiled.columns 'regress/verifier_recursion/one.interp.XFAIL'
has spoiled.columns 'alu/neg64/r1.interp.SKIP'
has spoiled.columns 'alu/neg64/r1.jit.PASS'
spoils regress/rv32_movsx/one
run sound 0 "$out/spoils.txt" alu/neg64/r1
has sound.columns 'alu/neg64/r1.interp.PASS'

finish
