#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Sweeps of generated cases in real guests: every planned case has a verdict, whether the sweep
# runs whole, in shards or interrupted; of a broken operation a few cases get records of their
# own, and the rest is counted.
set -u
top=$(cd "$(dirname "$0")/.." && pwd) || exit 3
cd "$top" || exit 3

case ${1-} in -h | --help) echo "usage: tests/sweep.sh" && exit 0 ;; esac
# shellcheck source=tests/lib.sh
. tests/lib.sh

# job NAME VARIABLE=VALUE...: a run into $work/NAME
job() {
	name=$1
	shift
	env "$@" RUN="$work/$name" runners/run.sh run >"$work/$name.log" 2>&1
}

# swept NAME VERDICT ENGINE: generated cases of that run with that verdict
swept() {
	count "$work/$1" 'id=gen/.*' verdict="$2" engine="$3"
}

job whole ARCH=m68k CASES='gen/alu_x gen/unary' ENGINES=interp
result $? whole/exit "$(tail -n 3 "$work/whole.log")"
want=$("$O/checkjit" list 'gen/alu_x' gen/unary | wc -l)
got=$(swept whole PASS interp)
equals "$want" "$got"
result $? whole/all "$got of $want pass"
nr=$(records "$work/whole" 'id=gen/.*' | wc -l)
[ "$nr" -gt 0 ] && [ "$nr" -lt 100 ]
result $? whole/counted "$nr records: cases that pass are counted by operation"

job shard1 ARCH=m68k CASES='gen/alu_x gen/unary' ENGINES=interp SHARD=1/2
job shard2 ARCH=m68k CASES='gen/alu_x gen/unary' ENGINES=interp SHARD=2/2
one=$(swept shard1 PASS interp) two=$(swept shard2 PASS interp)
[ "$one" -gt 0 ] && [ "$two" -gt 0 ] && [ $((one + two)) -eq "$want" ]
result $? shards "$one and $two are not $want"

# interrupted after a family, or in the middle of one; the resumed run is whole
env ARCH=m68k CASES='gen/unary gen/alu_x gen/jmp_x' ENGINES=interp RUN="$work/cut" runners/run.sh \
	run >"$work/cut.log" 2>&1 &
pid=$!
n=0
until [ -n "$(records "$work/cut" 'id=gen/.*' | head -n 1)" ] || [ $n -ge 600 ]; do
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
got=$(swept cut '(PASS|NOT_TESTED)' interp)
equals "$want" "$got"
result $? cut/whole "$got of $want"

# one bug in 64-bit AND with a negative mask: six records of cases, a count of the rest, and no
# other operation
job planted ARCH=arm64 CASES='gen/alu_k/and64_k gen/alu_k/or64_k' ENGINES='jit raw_jit' \
	PATCHES=tests/planted APPEND=checkjit_plant=arm64_and_w
[ $? -eq 1 ]
result $? planted/exit "$(tail -n 3 "$work/planted.log")"
named=$(records "$work/planted" 'id=gen/alu_k/and64_k/[-0-9]*_r[0-9]' engine=jit verdict=FAIL |
	wc -l)
[ "$named" -eq 6 ]
result $? planted/named "$named cases by name, wanted 6"
[ "$(swept planted FAIL jit)" -gt 50 ] && [ "$(swept planted FAIL raw_jit)" -gt 50 ]
result $? planted/counted "$(swept planted FAIL jit) on jit"
# the sweep ran the other operation, and nothing of it fails
for engine in jit raw_jit; do
	or64=$(count "$work/planted" 'id=gen/alu_k/or64_k/.*' engine=$engine)
	passed=$(count "$work/planted" 'id=gen/alu_k/or64_k/.*' engine=$engine \
		'verdict=(PASS|NOT_TESTED)')
	[ "$or64" -gt 50 ] && equals "$or64" "$passed"
	result $? "planted/others/$engine" "not all of $or64 cases of or64_k pass"
done
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
