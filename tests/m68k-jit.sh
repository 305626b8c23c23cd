#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# An unmerged JIT by PATCHES=: the capability is found, the engines run, what the JIT refuses falls
# back, listings have its code, and its bugs are found by state and by calling convention.
set -u
top=$(cd "$(dirname "$0")/.." && pwd) || exit 3
cd "$top" || exit 3

case ${1-} in -h | --help) echo "usage: tests/m68k-jit.sh (environment: O)" && exit 0 ;; esac
# shellcheck source=tests/lib.sh
. tests/lib.sh
export ARCH=m68k SWEEP=none
jit=$(echo tests/m68k-jit/0001-*.patch)
native='engine=(jit|jit_hardened|raw_jit)'

# ---- the JIT ----

export PATCHES="$jit"
expect run 0 '' env RUN="$work/run" runners/run.sh run
for engine in jit jit_hardened raw_jit; do
	passed=$(count "$work/run" engine=$engine verdict=PASS)
	[ "$passed" -ge 1000 ] 2>/dev/null
	result $? "pass/$engine" "$passed cases pass, fewer than 1000"
done
expect abi 0 '"raw_abi":\{"have":true' cat "$work/run/m68k.jsonl"
equals 30 "$(count "$work/run" "$native" id='alu/neg64/.*' verdict=PASS)"
result $? compiled 'the JIT did not run a negation'
equals 200 "$(count "$work/run" 'engine=(jit|jit_hardened)' id='alu/sdiv64/.*' verdict=FALLBACK)"
result $? refused/division 'no FALLBACK'
equals 0 "$(count "$work/run" 'engine=(jit|jit_hardened)' id='(calls|tailcalls)/.*' verdict=REJECT)"
result $? refused/calls 'what the JIT refuses is called a finding'

expect listing 0 '' env V=1 ID=alu/xor64/r3_r4 ENGINES=jit runners/run.sh repro
says listing/frame '4e 56 .. .. +link'
says listing/operation 'b7 81 +eor\.l +d3, d1'

# ---- its bugs ----

PATCHES="$jit $(echo tests/m68k-jit/0002-*.patch)"
expect bugs 1 'native d4: expected' env RUN="$work/bugs" ENGINES='jit raw_jit' \
	CASES='alu/neg64/r6 alu/neg64/r3 alu/xor64/r3_r4 alu/xor64/r4_r3' runners/run.sh run
equals 1 "$(count "$work/bugs" id=alu/neg64/r6 engine=raw_jit verdict=FAIL 'reason=.*convention')"
result $? bugs/convention 'raw_jit does not see d4'
equals 1 "$(count "$work/bugs" id=alu/xor64/r3_r4 engine=jit verdict=FAIL)"
result $? bugs/state 'the wrong xor is not found'
equals 0 "$(count "$work/bugs" id='alu/(neg64/r3|xor64/r4_r3)' verdict=FAIL)"
result $? bugs/others 'what is right fails'
finish
