#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The front door: jobs and settings come from cmd/*.def, arrive as they were given, and are declared
# nowhere else.
set -u
top=$(cd "$(dirname "$0")/.." && pwd) || exit 3
cd "$top" || exit 3

case ${1-} in -h | --help) echo "usage: tests/jobs.sh" && exit 0 ;; esac
# shellcheck source=tests/lib.sh
. tests/lib.sh
names=$("$checkjit" settings --unset)
nr=$(echo "$names" | wc -l)

# run_make ARGUMENT...: without the noise of a build, stdout alone
run_make() {
	make -s --no-print-directory O="$O" "$@" 2>"$work/err"
}

# ---- declared in one place ----

[ "$nr" -gt 40 ]
result $? many "$nr settings"
again=$(echo "$names" | while read -r name; do
	grep -nE "\<${name} *[?:+]?=|[$][({]${name}[)}]" Makefile
done | grep -vE '\$\((or \$\(J|if \$\(V|V)\)')
[ -z "$again" ]
result $? makefile/declares-none "$again"
# a list of settings that is unset anywhere but in tests/settings.sh would have to be kept like the
# table
again=$(echo "$names" | while read -r name; do
	grep -n "unset .*\\<$name\\>" tests/*.sh
done | sort | uniq -d)
[ -z "$again" ]
result $? scripts/unset-none "$again"

# ---- help ----

run_make help STOP_AFTER=3 >"$log"
says help/setting '^  STOP_AFTER +\[3\] findings'
says help/job '^  make attribute +which engine'
[ "$(grep -c '^  [A-Z_0-9]* *\[' "$log")" -eq $((nr + 2)) ]
result $? help/all "not a line for each of $nr settings, and for J and O"
expect help/of-a-job 0 '^  REQUIRE_JIT ' "$checkjit" job compare --help
! grep -q STOP_AFTER "$log"
result $? help/of-a-job/only-its-own "compare does not take STOP_AFTER"
expect unknown-job 2 'the name of one job' "$checkjit" job walk
run_make O="$work/empty" help >"$log" && [ ! -e "$work/empty/checkjit" ]
result $? help/needs-no-build 'help compiles everything, or nothing'

# ---- as they were given ----

# there is a folder gen/ with files dist*
run_make list CASES='gen/dist/ja*' >"$log" || run_make list CASES='gen/dist*' >"$log"
says list/glob '^gen/dist/'
run_make list ID='alu/neg64/r[3]' >"$log"
says list/id '^alu/neg64/r3$'
CASES=alu/neg32 run_make list >"$log"
says list/environment '^alu/neg32/r3$'
expect compare/no-runs 2 'A= and B= are needed' make -s compare O="$O"
run_make export ID=alu/neg64/r3 FORMAT=case ARCH=s390x OUT="$work/it s.case"
[ -s "$work/it s.case" ]
result $? export/out "$(cat "$work/err")"
expect rerun 0 "^KERNEL=/a CC='x y'$" env KERNEL=/a CC='x y' STOP_AFTER=1 "$checkjit" settings \
	--rerun

# ---- refused before anything is installed or built ----

# refused NAME PATTERN ARGUMENT...
refused() {
	_name=$1 _pattern=$2
	shift 2
	rm -rf "$work/fresh"
	expect "refused/$_name" 2 "$_pattern" make -s O="$work/fresh" "$@"
	[ ! -e "$work/fresh/bpf" ] && [ ! -e "$work/fresh/guests" ]
	result $? "refused/$_name/first" 'something was built before'
}

refused typing-error 'ARHC. \(did you mean ARCH' run ARHC=m68k
refused not-of-this-job 'ENGINE is not a setting of run \(expected with: repro' run ENGINE=jit
refused arch 'm69k. is unknown' run ARCH=m69k
refused arch-of-several 'm69k. is unknown' run ARCH='all m69k'
expect refused/all-for-one 2 'reduce needs one ARCH=' env ARCH=all ID=alu/neg64/r3 "$checkjit" \
	job reduce
refused word 'SWEEP=all \(expected one of: quick nightly none' run SWEEP=all
refused words 'ENGINES=jit,native \(expected some of: interp' run ENGINES=jit,native
refused number 'TIMEOUT=soon \(expected a number from 1' run TIMEOUT=soon
refused shard 'SHARD=3/2 \(expected I/N' run SHARD=3/2
refused kernel 'KERNEL=/no/such does not exist \(expected debian' run KERNEL=/no/such
refused patches 'PATCHES=/no/such.patch does not exist \(expected a file' \
	run PATCHES='Makefile /no/such.patch'
refused case 'CASE=/no/such.case does not exist \(expected a file' repro CASE=/no/such.case
expect refused/not-its-own 0 '^alu/neg64/r3$' make -s list O="$O" ID=alu/neg64/r3 TIMEOUT=soon

expect old-make 2 'GNU make 3.82 is too old' make MAKE_VERSION=3.82 help
expect bare/says-what-next 0 'is built. Next: .make run' make -s O="$O"

# ---- what is in the environment of `make check` ----

TARGET=local SWEEP=none ARCH=vax V=1 sh -c \
	'. tests/settings.sh && echo "($TARGET$SWEEP$ARCH$V)" && echo "$O"' sh >"$log" 2>&1
grep -qx "()" "$log"
result $? tests/unset "$(cat "$log")"
finish
