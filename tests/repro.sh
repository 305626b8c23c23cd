#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# make repro: verdicts, states, and the native code beside the insns that it comes from.
set -u
top=$(cd "$(dirname "$0")/.." && pwd) || exit 3
cd "$top" || exit 3

case ${1-} in -h | --help) echo "usage: tests/repro.sh" && exit 0 ;; esac
# shellcheck source=tests/lib.sh
. tests/lib.sh
out=$O/check-repro
rm -rf "$out"
mkdir -p "$out" || exit 3

# repro NAME STATUS VARIABLE=VALUE...: stdout goes to $out/NAME
repro() {
	_to=$out/$1 _want=$2
	shift 2
	env "$@" runners/run.sh repro >"$_to" 2>"$_to.err" </dev/null
	_rc=$?
	cat "$_to.err" "$_to" >"$log"
	equals "$_want" $_rc
	result $? "${_to##*/}/exit" "exit status $_rc, expected $_want"
}

# beside NAME BPF NATIVE: does native code with that text come with the line of the BPF instruction,
# before the next one?
beside() {
	awk -v bpf="$2" -v native="$3" '
	/^>/ { under = index($0, bpf) }
	/^ *[0-9]+  …/ || /^ +[+] / { under = 0 }
	under && /^ +~? *[0-9a-f]+  [0-9a-f][0-9a-f] / && index($0, native) { found = 1 }
	END { exit !found }' "$out/$1"
	result $? "$1/native/$2" "$3 is not beside it"
}

has() {
	grep -q -e "$2" "$out/$1"
	result $? "$1/has/$2" "no such line"
}

# The listing of the insns under test, without the marks of inferred boundaries
body() {
	sed -n '/^-- jit:/,/^-- jit_hardened:/p' "$out/$1" | grep -v '^--' | tr -d '~' | tr -s ' '
}

# has this kernel's JIT the bug? results/known lists it up to a release
image=$(images/build.sh riscv32) || exit 3
release=$(sed -n 's/^release=//p' "$image/meta")
last=$(awk '$1 == "subprog_r1_zext" { print $3 }' results/known/riscv32.txt)
known=0
[ "$(printf '%s\n' "${last#*..}.999" "$release" | sort -V | head -n 1)" != "$release" ] || known=1
repro riscv32 $known ARCH=riscv32 ID=regress/riscv32_subprog_r1/one
has riscv32 '^  interp        PASS'
case $known in
1) has riscv32 '^  jit           FAIL' ;;
0) has riscv32 '^  jit           PASS' ;;
esac
has riscv32 '^  r0 .* 123456789abcdef0'
beside riscv32 'call first' 'jalr    ra'
beside riscv32 'r0 = r1' 'mv      s1, a0'
beside riscv32 'exit' 'ret'

repro x86_64 0 ARCH=x86_64 ID=jmp/jsgt64/r5_r3
has x86_64 '^  jit           PASS'
beside x86_64 'if r5 s> r3 goto +1' 'cmpq    %rdx, %r8'
beside x86_64 'r5 ^= 90' "xorq    \$0x5a, %r8"
has x86_64 '+  ax = '

# a program that the standard leaves undefined is loaded and does not run
accepts() {
	printf 'case a\n\tprog\n\t\t%s\n\tend\n\taccept\n' "$2" >"$out/$1.case"
	repro "$1" "$3" ARCH=x86_64 CASE="$out/$1.case" ENGINES='interp jit'
	has "$1" 'expected: accepted; nothing runs'
	has "$1" "^  interp        $4"
}
accepts accept 'r0 = *(u64 *)(r10 - 8)' 0 PASS
accepts refused 'r0 = *(u64 *)(r10 + 8)' 1 REJECT

"$checkjit" guest --run "$out" repro x86_64 --id jmp/jsgt64/r5_r3 --infer >"$out/inferred" 2>&1
has inferred '~ boundaries inferred'
[ -n "$(body x86_64)" ] && [ "$(body x86_64)" = "$(body inferred)" ]
result $? inferred/boundaries 'they are not those that the JIT reports'

repro s390x 0 ARCH=s390 ID=alu/lsh64_wide/one.0 ENGINES=jit V=1
beside s390x 'r3 <<= r4' 'eb 44 50 00 00 0d  sllg    %r4, %r4, 0(%r5)'
has s390x '^ *0  r9 = &mem '
has s390x '^  r9 '

repro nearest 2 ARCH=riscv32 ID=alu/lsh64_wode/one
says nearest/id 'did you mean alu/lsh64_wide/one'
finish
