#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# In a guest with two CPUs, the program beside main runs at the same time: a sum that is not made by
# atomics loses some of what is added. What is conserved is there on every engine.
# Programs that the other CPU attaches and detaches meanwhile are met by some calls.
set -u
top=$(cd "$(dirname "$0")/.." && pwd) || exit 3
cd "$top" || exit 3

case ${1-} in -h | --help) echo "usage: tests/races.sh [ARCH]   (default: x86_64)" && exit 0 ;; esac
arch=${1:-x86_64}
# shellcheck source=tests/lib.sh
. tests/lib.sh
test_name=races/$arch
out=$O/races-$arch
rm -rf "$out"
mkdir -p "$out/cases/races" || exit 3

# ---- a load, an add and a store are no atomic add ----

loop='	again:
		may_goto out
		r3 = *(u64 *)(r1 + 0)
		r3 += r2
		*(u64 *)(r1 + 0) = r3
		r6 += -1
		if r6 != 0 goto again
	out:
		r3 = 0'
cat >"$out/cases/races/plain.case" <<EOT
case plain
	needs   smp may_goto
	mem     24
	ptr     r1 = mem
	prog
$loop
	end
	prog other
		r1 = &mem + 0 ll
		r2 = *(u64 *)(r1 + 8)
		r6 = *(u64 *)(r1 + 16)
$loop
		r0 = 0
		exit
	end
	attach  other beside main
	vec     mem+0=u64 in (0..20) r2=1 r6=60000 mem+8=u64 1 mem+16=u64 60000
EOT
expect plain/run 1 '' env ARCH="$arch" SMP=2 CASES_DIR="$out/cases" CASES='races' SWEEP=none \
	ENGINES='interp jit' RUN="$out/plain" runners/run.sh run
for engine in interp jit; do
	[ "$(count "$out/plain" engine=$engine verdict=FAIL)" -gt 0 ]
	result $? "plain/$engine" 'no sum is wrong: the two programs did not run at the same time'
done

# ---- cases/races ----

expect conserved/run 0 '' env ARCH="$arch" SMP=2 CASES=races SWEEP=none ENGINES='interp jit' \
	RUN="$out/conserved" runners/run.sh run
for engine in interp jit; do
	equals "$("$checkjit" list 'races/*' | wc -l)" \
		"$(count "$out/conserved" engine=$engine 'id=races/.*' verdict=PASS)"
	result $? "conserved/$engine" 'not all pass'
done
# ---- what another CPU attaches and detaches, a loop finds now and then ----
# not where QEMU translates x86 (agent/beside.h)

case $arch in x86_64 | i386) arch=arm64 ;; esac
mkdir -p "$out/cases/trampolines" || exit 3
cat >"$out/cases/trampolines/met.case" <<EOF
case met
	needs   smp_text may_goto calls btf trace_prog
	sweep   K in fentry fexit
	mem     8
	prog
		call sub
		r1 = &mem + 0 ll
		r9 = *(u64 *)(r1 + 0)
	again:
		may_goto out
		r1 = &mem + 0 ll
		*(u64 *)(r1 + 0) = 0
		call sub
		r1 = &mem + 0 ll
		r2 = *(u64 *)(r1 + 0)
		r6 += -1
		if r6 == 0 goto out
		if r2 == r9 goto again
		r9 = r2
		r8 += -1
		if r8 != 0 goto again
	out:
		r1 = &mem + 0 ll
		*(u64 *)(r1 + 0) = 0
		r2 = 0
		r6 = 0
		r9 = 0
		func sub args 0:
		r0 = 0
		exit
	end
	prog P
		r6 = &mem + 0 ll
		*(u64 *)(r6 + 0) = 1
		r0 = 0
		exit
	end
	attach  P {K} sub changing
	vec     r6=60000 r8 in (500..507) r9=0 mem+0=u64 0
EOF
expect met/run 1 '' env ARCH="$arch" SMP=2 CASES_DIR="$out/cases" CASES='trampolines' SWEEP=none \
	ENGINES=jit RUN="$out/met" runners/run.sh run
[ "$(count "$out/met" engine=jit verdict=FAIL)" -gt 0 ]
result $? met/jit 'no call met a change: the programs did not come and go while main ran'

expect changing/run 0 '' env ARCH="$arch" SMP=2 CASES='trampolines/changing*' SWEEP=none \
	ENGINES=jit RUN="$out/changing" runners/run.sh run
[ "$(count "$out/changing" 'id=trampolines/changing.*' verdict=PASS)" -gt 0 ]
result $? changing/jit 'nothing passed'
finish
