#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Sweeps of generated cases in real guests: all that was planned has a verdict, whole, in shards, and interrupted; a broken
# operation is shown by a few cases, and the rest of it is counted.
set -u
top=$(cd "$(dirname "$0")/.." && pwd) || exit 3
cd "$top" || exit 3

[ "${1-}" != --help ] || { echo "usage: tests/sweep.sh" && exit 0; }
# shellcheck source=tests/lib.sh
. tests/lib.sh
export WARM=0 O

# job NAME VARIABLE=VALUE...: a run into $work/NAME
job() {
	name=$1
	shift
	env "$@" RUN="$work/$name" runners/run.sh run >"$work/$name.log" 2>&1
}

# generated cases of run $1, arch $2, that have verdict $3 on engine $4
count() {
	cat "$work/$1/$2".jsonl "$work/$1/$2".partial.jsonl 2>/dev/null |
		grep "^{\"id\":\"gen/.*\"engine\":\"$4\",\"verdict\":\"$3\"" |
		awk '{ n += match($0, /"cases":[0-9]+/) ? substr($0, RSTART + 8, RLENGTH - 8) : 1 } END { print n + 0 }'
}

job whole ARCH=m68k CASES='gen/alu_x gen/unary' ENGINES=interp
result $? whole/exit "$(tail -n 3 "$work/whole.log")"
want=$("$O/checkjit" list 'gen/alu_x' gen/unary | wc -l)
got=$(count whole m68k PASS interp)
[ "$got" -eq "$want" ]
result $? whole/all "$got of $want pass"
[ "$(grep -c '"id":"gen/' "$work/whole/m68k.jsonl")" -lt 100 ]
result $? whole/counted "what is well is counted by operation"

job shard1 ARCH=m68k CASES='gen/alu_x gen/unary' ENGINES=interp SHARD=1/2
job shard2 ARCH=m68k CASES='gen/alu_x gen/unary' ENGINES=interp SHARD=2/2
one=$(count shard1 m68k PASS interp) two=$(count shard2 m68k PASS interp)
[ "$one" -gt 0 ] && [ "$two" -gt 0 ] && [ $((one + two)) -eq "$want" ]
result $? shards "$one and $two are not $want"

# interrupted once a family is through, or in the middle of one: going on makes it whole
env ARCH=m68k CASES='gen/unary gen/alu_x gen/jmp_x' ENGINES=interp RUN="$work/cut" runners/run.sh run >"$work/cut.log" 2>&1 &
pid=$!
n=0
until grep -qs '"id":"gen/' "$work/cut/.m68k.jsonl.part" || [ $n -ge 600 ]; do
	n=$((n + 1))
	sleep 0.1
done
child=$(pgrep -f -- "--out $work/cut" | head -n 1)
[ -z "$child" ] || kill -TERM "$child"
wait $pid
grep -q 'partial' "$work/cut.log"
result $? cut/partial "the interrupted run is not called so"
job cut RESUME=1 ARCH=m68k CASES='gen/unary gen/alu_x gen/jmp_x' ENGINES=interp
result $? cut/goes-on "$(tail -n 3 "$work/cut.log")"
want=$("$O/checkjit" list gen/unary gen/alu_x gen/jmp_x | wc -l)
got=$(($(count cut m68k PASS interp) + $(count cut m68k NOT_TESTED interp)))
[ "$got" -eq "$want" ]
result $? cut/whole "$got of $want"

# one bug in 64-bit AND with a negative mask: some cases by name, the rest as a number, and no other operation
job planted ARCH=arm64 CASES='gen/alu_k/and64_k gen/alu_k/or64_k' ENGINES='jit raw_jit' PATCHES=tests/planted APPEND=checkjit_plant=arm64_and_w
[ $? -eq 1 ]
result $? planted/exit "$(tail -n 3 "$work/planted.log")"
named=$(grep -c '"id":"gen/alu_k/and64_k/[-0-9]*_r[0-9]".*"engine":"jit","verdict":"FAIL"' "$work/planted/arm64.jsonl")
[ "$named" -eq 6 ]
result $? planted/named "$named cases by name, wanted 6"
[ "$(count planted arm64 FAIL jit)" -gt 50 ] && [ "$(count planted arm64 FAIL raw_jit)" -gt 50 ]
result $? planted/counted "$(count planted arm64 FAIL jit) on jit"
! grep '"id":"gen/alu_k/or64_k' "$work/planted/arm64.jsonl" | grep -q '"verdict":"FAIL"'
result $? planted/others 'another operation fails, too'
grep -q 'rerun.*make repro ARCH=arm64 ID=gen/alu_k/and64_k/.*PATCHES=' "$work/planted.log"
result $? planted/rerun 'no rerun line'

env CASES=gen/alux ARCH=m68k runners/run.sh run >"$work/bad.log" 2>&1
[ $? -eq 2 ] && grep -q 'did you mean alu_x' "$work/bad.log"
result $? bad-family "$(tail -n 1 "$work/bad.log")"
for bad in SWEEP=all SHARD=3/2 SEED=x; do
	env CASES=gen "$bad" ARCH=m68k runners/run.sh run >"$work/bad.log" 2>&1
	grep -q "expected" "$work/bad.log"
	result $? "bad-${bad%%=*}" "$(tail -n 1 "$work/bad.log")"
done
finish
