#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The raw engines in one guest: cases on them, and what the module's device answers to malformed
# requests.
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

# ---- cases ----

expect run 0 '' env ARCH="$arch" RUN="$out/run" SWEEP=none ENGINES='jit raw_interp raw_jit' \
	CASES='raw/* alu/neg64/* mem/ldx64/* calls/args alu/sdiv64/r3_r4' runners/run.sh run
all=$("$checkjit" list 'raw/*' | wc -l)
# These crash an engine that does not guard against them. Both raw engines must skip the same ones.
unguarded='reason=needs raw_unguarded.*'
for engine in raw_interp raw_jit; do
	records "$out/run" id='raw/.*' engine=$engine "$unguarded" | cut -f 1 |
		sort >"$work/unguarded.$engine"
done
cmp "$work/unguarded.raw_interp" "$work/unguarded.raw_jit" >"$log" 2>&1
result $? unguarded/same
[ -s "$work/unguarded.raw_interp" ]
result $? unguarded/some 'no such case is skipped'
passed=$(count "$out/run" id='raw/.*' engine=raw_jit 'verdict=(PASS|XFAIL)')
skipped=$(count "$out/run" id='raw/.*' engine=raw_jit verdict=SKIP)
equals "$all" $((passed + skipped)) && [ "$passed" -ge $((all * 3 / 4)) ]
result $? raw_jit/pass "$passed pass and $skipped are skipped, of $all"
equals $((all - $(wc -l <"$work/unguarded.raw_interp"))) \
	"$(count "$out/run" id='raw/.*' engine=raw_interp verdict=PASS)"
result $? raw_interp/pass "$(count "$out/run" id='raw/.*' engine=raw_interp verdict=PASS) of $all"
equals "$all" "$(count "$out/run" id='raw/.*' engine=jit verdict=SKIP)"
result $? jit/skip 'the verifier accepts, or loses, some of cases/raw'
skipped=$(count "$out/run" id=alu/sdiv64/r3_r4 engine=raw_jit verdict=SKIP \
	'reason=.*: the verifier guards against it')
equals 1 "$skipped"
result $? division-by-zero 'a JIT was given a division by 0'
equals 1 "$(count "$out/run" id='calls/args.*' engine=raw_jit verdict=PASS)"
result $? subprograms 'they do not run on the JIT'
equals 1 "$(count "$out/run" id='calls/args.*' engine=raw_interp verdict=SKIP)"
result $? subprograms/interp 'they are not skipped'

# ---- the device: a guest whose /init is tests/raw_device.c ----

image=$(images/build.sh "$arch") && tree=$(images/kernel.sh --tree) &&
	SOURCES=tests/raw_device.c agent/build.sh "$arch" "$tree" "$out/init" >"$log" 2>&1 &&
	images/initramfs.sh "$image" "$out/init" "$out/init.cpio" >>"$log" 2>&1
result $? device/builds
timeout 60 runners/qemu/boot.sh "$arch" "$image" "$out/init.cpio" </dev/null >"$out/console" 2>&1
tr -d '\r' <"$out/console" | sed -n 's/^raw: //p' >"$log"
says device/end '^end$'
sed -n 's/^\(ok\|not ok\) /&raw\/device\//p' "$log"
failures=$((failures + $(grep -c '^not ok' "$log")))
[ "$(grep -cE '^(not )?ok ' "$log")" -gt 0 ]
result $? device/requests 'it tested nothing'
! grep -q 'Oops\|BUG:\|WARNING:' "$out/console"
result $? device/kernel 'its kernel complains'
finish
