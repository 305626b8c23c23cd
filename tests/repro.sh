#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# make repro: verdicts, states, and the right native code beside the instruction under test.
set -u
top=$(cd "$(dirname "$0")/.." && pwd) || exit 3
cd "$top" || exit 3

[ "${1-}" != --help ] || { echo "usage: tests/repro.sh" && exit 0; }
# shellcheck source=tests/lib.sh
. tests/lib.sh
out=$O/check-repro
rm -rf "$out"
mkdir -p "$out" || exit 3

# repro NAME VARIABLE=VALUE...: stdout in $out/NAME, the exit status in $status
repro() {
	_to=$out/$1
	shift
	env "$@" runners/run.sh repro >"$_to" 2>"$_to.err" </dev/null
	status=$?
	sed 's/^/# /' "$_to.err"
}

# beside NAME BPF NATIVE: does native code with that text come with the line of the BPF instruction, before the next one?
beside() {
	awk -v bpf="$2" -v native="$3" '
	/^>/ { under = index($0, bpf) }
	/^ *[0-9]+  …/ || /^ +[+] / { under = 0 }
	under && /^ +~? *[0-9a-f]+  [0-9a-f][0-9a-f] / && index($0, native) { found = 1 }
	END { exit !found }' "$out/$1"
	result $? "$1: $2 has $3 beside it"
}

has() {
	grep -q -e "$2" "$out/$1"
	result $? "$1: has '$2'"
}

# The listing of what is under test, without what tells inferred boundaries from the others
body() {
	sed -n '/^-- jit:/,/^-- jit_hardened:/p' "$out/$1" | grep -v '^--' | tr -d '~' | tr -s ' '
}

repro riscv32 ARCH=riscv32 ID=regress/riscv32_subprog_r1/one
grep -q 'FAIL' "$out/riscv32"
[ $? -eq $((1 - status)) ]
result $? "riscv32: exit status $status, as the verdicts say"
has riscv32 '^  interp        PASS'
has riscv32 '^  r0 .* 123456789abcdef0'
beside riscv32 'call first' 'jalr    ra'
beside riscv32 'r0 = r1' 'mv      s1, a0'
beside riscv32 'exit' 'ret'

repro x86_64 ARCH=x86_64 ID=jmp/jsgt64/r5_r3
[ $status -eq 0 ]
result $? "x86_64: exit status $status, expected 0"
has x86_64 '^  jit           PASS'
beside x86_64 'if r5 s> r3 goto +1' 'cmpq    %rdx, %r8'
beside x86_64 'r5 ^= 90' "xorq    \$0x5a, %r8"
has x86_64 '+  ax = '

"$O/checkjit" guest --run "$out" repro x86_64 --id jmp/jsgt64/r5_r3 --infer >"$out/inferred" 2>&1
has inferred '~ boundaries inferred'
[ -n "$(body x86_64)" ] && [ "$(body x86_64)" = "$(body inferred)" ]
result $? "x86_64: boundaries inferred from prefixes are those that the JIT tells"

repro s390x ARCH=s390 ID=alu/lsh64_wide/one.0 ENGINES=jit V=1
[ $status -eq 0 ]
result $? "s390x: exit status $status, expected 0"
beside s390x 'r3 <<= r4' 'eb 44 50 00 00 0d  sllg    %r4, %r4, 0(%r5)'
has s390x '^ *0  r9 = &mem '
has s390x '^  r9 '

repro nearest ARCH=riscv32 ID=alu/lsh64_wode/one
[ $status -eq 2 ] && grep -q 'did you mean alu/lsh64_wide/one' "$out/nearest.err"
result $? "an unknown id: exit status $status, expected 2 and the nearest"
finish
