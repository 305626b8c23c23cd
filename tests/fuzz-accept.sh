#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The starting corpus, and how many of the mutator's programs a real verifier takes.
set -u
top=$(cd "$(dirname "$0")/.." && pwd) || exit 3
cd "$top" || exit 3

case ${1-} in
-h | --help)
	echo 'usage: tests/fuzz-accept.sh [ARCH [COUNT]]'
	echo 'Boot ARCH (arm64) once and load COUNT (600) mutated programs: most are accepted.'
	echo 'environment: O'
	exit 0
	;;
esac
# shellcheck source=tests/lib.sh
. tests/lib.sh
arch=${1:-arm64} count=${2:-600}

# ---- the corpus ----

expect corpus 0 '^.*: ([6-9][0-9][0-9]|[0-9]{4,}) inputs: ' "$checkjit" fuzz-corpus -o \
	"$work/corpus"
n=$(find "$work/corpus" -type f | wc -l)
[ "$(find "$work/corpus" -type f -exec sha256sum {} + | cut -c1-64 | sort -u | wc -l)" -eq "$n" ]
result $? corpus/once 'two files are the same'
one=$work/corpus/gen.random.straight.s5000
cp "$one" "$work/kept"
echo >>"$one"
head -c 100 /dev/urandom >"$work/corpus/strange"
expect corpus/again 0 " 0 new, $n of this corpus were there" "$checkjit" fuzz-corpus -o \
	"$work/corpus"
says corpus/strange "2 of $((n + 1)) files are no inputs and are skipped"
! cmp -s "$one" "$work/kept"
result $? corpus/kept 'a file that was there was written anew'
expect show 0 '^	prog$' "$checkjit" fuzz-corpus --show "$work/kept"
cp "$log" "$work/kept.case"
expect show/parses 0 '^' "$checkjit" model "$work/kept.case"
expect show/strange 2 'no input of the fuzzer: ' "$checkjit" fuzz-corpus --show \
	"$work/corpus/strange"
expect corpus/known 0 ', [1-9][0-9]* are known to fail' "$checkjit" fuzz-corpus -o "$work/unknown" \
	--known results/known/riscv32.txt
[ -z "$(find "$work/unknown" -name 'regress.verifier_recursion.*')" ] &&
	[ -n "$(find "$work/corpus" -name 'regress.verifier_recursion.*')" ]
result $? corpus/known/left-out 'a listed case is a start, or verifier_recursion never was'
expect corpus/known/missing 2 '/nonexistent' "$checkjit" fuzz-corpus -o "$work/unknown" --known \
	/nonexistent
expect corpus/cases 2 . "$checkjit" fuzz-corpus -o "$work/none" --cases /nonexistent

# ---- what is made of it ----

ARCH=$arch runners/run.sh images >"$log" 2>&1 </dev/null
result $? images
"$checkjit" guest --run "$work" fuzz-accept "$arch" --count "$count" --floor 70 --reasons >"$log" \
	2>&1 </dev/null
result $? 'seven of ten accepted'
grep ' programs: ' "$log" | sed 's/^/# /'
speed=$(sed -n 's/^\([0-9]*\) mutated inputs a second.*/\1/p' "$log")
# a guest takes a few hundred; most of a busy machine may be another's
[ "${speed:-0}" -ge 10000 ]
result $? 'fast beside any guest' "${speed:-no} inputs a second"
finish
