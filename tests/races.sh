#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# In a guest with two CPUs, the program beside main runs at the same time: a sum that is not made by
# atomics loses some of what is added. What is conserved is there on every engine.
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
finish
