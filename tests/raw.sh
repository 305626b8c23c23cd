#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The raw route in one guest: cases on its engines, and what its device answers to requests that make no sense.
set -u
top=$(cd "$(dirname "$0")/.." && pwd) || exit 3
cd "$top" || exit 3

case ${1-} in -h | --help) echo "usage: tests/raw.sh [ARCH]   (default: arm64)" && exit 0 ;; esac
# shellcheck source=tests/lib.sh
. tests/lib.sh
arch=${1:-arm64}
out=$O/raw
rm -rf "$out"
mkdir -p "$out" || exit 3

export SWEEP=none

# count ENGINE VERDICT ID: records of the last run
count() {
	grep '^{"id":"'"$3" "$out/run/$arch.jsonl" | grep -c '"engine":"'"$1"'","verdict":"'"$2"'"'
}

ARCH=$arch RUN=$out/run ENGINES='jit raw_interp raw_jit' CASES='raw/* alu/neg64/* mem/ldx64/* calls/args alu/sdiv64/r3_r4' \
	runners/run.sh run >"$log" 2>&1
status=$?
[ $status -eq 0 ]
result $? "the run finds nothing new (exit status $status)"
raw=$("$O/checkjit" list 'raw/*' | wc -l) unguarded=$(grep -c '"id":"raw/.*needs raw_unguarded' "$out/run/$arch.jsonl")
[ "$(count raw_interp PASS raw/)" -eq $((raw - unguarded / 2)) ]
result $? 'raw_interp passes all of cases/raw but what is unguarded'
[ "$(count raw_jit PASS raw/)" -gt 0 ]
result $? 'raw_jit runs cases/raw'
[ "$(count jit SKIP raw/)" -eq "$raw" ]
result $? 'with the verifier cases/raw is skipped'
[ "$(count raw_jit SKIP alu/sdiv64/r3_r4)" -eq 1 ] && grep -q 'keeps it from a JIT' "$out/run/$arch.jsonl"
result $? 'a division by 0 is not put to a JIT'
[ "$(count raw_jit SKIP calls/args)" -eq 1 ]
result $? 'subprograms are skipped'

# the device: a guest whose /init is tests/raw_device.c
image=$(images/build.sh "$arch") && tree=$(images/kernel.sh --tree) &&
	SOURCES=tests/raw_device.c agent/build.sh "$arch" "$tree" "$out/init" >"$log" 2>&1 &&
	images/initramfs.sh "$image" "$out/init" "$out/init.cpio" >>"$log" 2>&1
result $? 'the program that asks for nonsense compiles'
timeout 60 runners/qemu/boot.sh "$arch" "$image" "$out/init.cpio" </dev/null >"$out/console" 2>&1
tr -d '\r' <"$out/console" | sed -n 's/^raw: //p' >"$out/said"
cp "$out/said" "$log"
grep -q '^end$' "$out/said"
result $? 'the guest lives to the end of it'
sed -n '/^not ok\|^ok/p' "$out/said"
! grep -q '^not ok' "$out/said" || failures=$((failures + 1))
! grep -q 'Oops\|BUG:\|WARNING:' "$out/console"
result $? 'its kernel complains of nothing'
finish
