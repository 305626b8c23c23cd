#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Two runs of a real guest compared; REQUIRE_JIT by name; what is no run. The kinds of changes:
# tests/unit/report_compare.c.
set -u
top=$(cd "$(dirname "$0")/.." && pwd) || exit 3
cd "$top" || exit 3

case ${1-} in -h | --help) echo "usage: tests/compare.sh" && exit 0 ;; esac
# shellcheck source=tests/lib.sh
. tests/lib.sh

# the riscv32 JIT takes the one and leaves the other to the interpreter
jited=alu/neg64 not_jited=alu/div64/r3_r4
run() {
	dir=$work/$1
	shift
	env ARCH=riscv32 CASES="$jited $not_jited" RUN="$dir" "$@" runners/run.sh run
}
compare() {
	"$checkjit" compare "$@"
}

expect run 0 . run a
expect run-require-other 0 . run b REQUIRE_JIT="$jited atomics"
expect run-require-name 1 'REQUIRE_JIT' run c REQUIRE_JIT='alu/di* atomics'
expect run-require-all 1 'REQUIRE_JIT' run d REQUIRE_JIT=1

expect same 0 'riscv32: .* as before' compare "$work/a" "$work/b"
expect part 0 'A ran a part of the cases' compare "$work/a" "$work/b"
# a fallback is the same thing, whether one run forbade it or not
expect fallback-is-fallback 0 'riscv32: [0-9]* as before$' compare "$work/a" "$work/d"
expect require-jit 1 'not JITed against REQUIRE_JIT' compare --require-jit="$not_jited" "$work/a" \
	"$work/b"
expect require-jit-lines 1 "riscv32 jit $not_jited FALLBACK" compare --require-jit "$work/a" \
	"$work/b"
expect require-jit-other 0 'as before' compare --require-jit="$jited" "$work/a" "$work/b"
expect require-jit-typo 2 "no case of .* matches 'alu/nog64'" compare \
	--require-jit='alu alu/nog64' "$work/a" "$work/b"
expect make 0 'as before' make --no-print-directory compare A="$work/a" B="$work/b"
expect make-needs-two 2 'A= and B= are needed' make --no-print-directory compare A="$work/a"

# a kernel that lost an instruction: the fallback of now was a pass then
mkdir "$work/then"
sed -e '/^{"totals"/d' -e \
	'\|"id":"'$not_jited'"|{/"engine":"jit"/s/"verdict":"FALLBACK"/"verdict":"PASS"/}' \
	"$work/a/riscv32.jsonl" >"$work/then/riscv32.jsonl"
equals 1 "$(count "$work/then" id="$not_jited" engine=jit verdict=PASS)"
result $? earlier-run
expect no-longer-jited 1 "No longer JITed \(worse\)" compare "$work/then" "$work/a"
expect partial 1 'A is partial' compare "$work/then" "$work/a"
sed -i 's|"movsx":{"have":true|"movsx":{"have":false|' "$work/then/riscv32.jsonl"
expect gained 1 'riscv32: gained movsx; ' compare "$work/then" "$work/a"
expect lost 1 'riscv32: lost movsx; ' compare "$work/a" "$work/then"

# arguments that name no run
expect one-run 2 '1 runs \(expected two' compare "$work/a"
expect no-such-run 2 'no such run' compare "$work/a" "$work/nothing"
mkdir "$work/empty"
expect empty-directory 2 'no results in it' compare "$work/empty" "$work/a"
mkdir "$work/damaged" && sed '3s/{/[/' "$work/a/riscv32.jsonl" >"$work/damaged/riscv32.jsonl"
expect damaged 3 'riscv32.jsonl:3' compare "$work/a" "$work/damaged"
expect help 0 '^usage' compare --help
expect option 2 'what' compare --what "$work/a" "$work/b"
finish
