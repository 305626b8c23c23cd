#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# checkjit results from outside: forms, selections, exit codes, damaged files. CHECKJIT= overrides the program.

set -u
checkjit=${CHECKJIT:-${O:-build}/checkjit}
case $checkjit in /*) ;; *) checkjit=$(pwd)/$checkjit ;; esac
top=$(pwd)
tmp=$(mktemp -d) || exit 3
trap 'rm -rf "$tmp"' EXIT
nr=0
failed=0
unset NO_COLOR

verdict()
{
	nr=$((nr + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $nr $2"
	else
		sed 's/^/# /' "$tmp/out" "$tmp/err" | head -n 40
		echo "not ok $nr $2"
		failed=1
	fi
}

# expect CODE NAME PATTERN ARGUMENT...: exit code, and PATTERN (of grep; empty: none) in stdout or stderr
expect()
{
	code=$1 name=$2 pattern=$3
	shift 3
	"$checkjit" results "$@" > "$tmp/out" 2> "$tmp/err"
	rc=$?
	ok=0
	if [ $rc -ne "$code" ]; then
		echo "# exit $rc, expected $code"
		ok=1
	fi
	if [ -n "$pattern" ] && ! cat "$tmp/out" "$tmp/err" | grep -q -- "$pattern"; then
		echo "# no line with $pattern"
		ok=1
	fi
	verdict $ok "$name"
}

# header ARCH PLANNED
header()
{
	echo '{"run":{"arch":"'"$1"'","kernel":"7.3.4","config_hash":"c0ffee","start":"2026-01-02T03:04:05Z","planned":'"$2"'}}'
}

# record ID ENGINE VERDICT [MEMBERS]
record()
{
	echo '{"id":"'"$1"'","engine":"'"$2"'","verdict":"'"$3"'"'"${4-}"'}'
}

diff_r3=',"vector":211,"file":"cases/alu/sdiv.case","line":41,"insn":"r3 s/= r4","inputs":"r4=-1",
"expected":{"r3":"8000000000000000"},"observed":{"r3":"7fffffffffffffff"}'
diff_r3=$(echo "$diff_r3" | tr -d '\n')

mkdir -p "$tmp/results/known" "$tmp/results/old" "$tmp/results/good" "$tmp/results/bad"
cd "$tmp" || exit 3
{
	header x86_64 2
	record alu/sdiv64/r3_r4 interp PASS
	record alu/sdiv64/r3_r4 jit PASS ',"jited":120'
	echo '{"totals":{"records":2,"pass":2}}'
} > results/good/x86_64.jsonl
{
	header s390x 3
	record alu/sdiv64/r3_r4 interp PASS
	record alu/sdiv64/r3_r4 jit FAIL "$diff_r3"
	record alu/add64/r0_r0 jit PASS ',"jited":88'
	echo '{"totals":{"records":3,"pass":2,"fail":1}}'
} > results/bad/s390x.jsonl
cp results/good/x86_64.jsonl results/bad/
touch -d '2001-01-01' results/good results/old

expect 0 'help' 'usage: checkjit results RUN' --help
expect 2 'no run' 'expected RUN'
expect 2 'unknown option' 'bad option' last --frobnicate
expect 2 'two forms' 'expected one' last --junit --kcidb
expect 2 'too many arguments' 'expected RUN' last a b
expect 2 'no such run' 'no such run' nowhere
expect 2 'a directory without results' 'no results in it' results/old
expect 0 'newest run' '"arch":"s390x"' last
expect 0 'a run by its name' '"arch":"x86_64"' good
expect 2 'no such id' 'no record matches' bad 'mem/*'
expect 2 'no such arch' 'no record matches' bad --arch m68k
expect 0 'no failures among the good' '' good --failures
[ ! -s out ]
verdict $? 'and nothing printed'

expect 0 'one failure' '"rerun":"make repro ARCH=s390x ID=alu/sdiv64/r3_r4.211"' bad --failures
for key in id family arch engine verdict jited kernel expected observed rerun; do
	grep -q "\"$key\":" out || echo "# no $key"
done > missing
cat missing
[ "$(wc -l < out)" -eq 1 ] && [ ! -s missing ]
verdict $? 'a failure has every key'
expect 0 'a glob' '"verdict":"PASS"' bad 'alu/add*'
[ "$(wc -l < out)" -eq 1 ]
verdict $? 'only what the glob names'
expect 0 'an id with its vector' '"verdict":"FAIL"' bad alu/sdiv64/r3_r4.211
expect 0 'arch and engine' '"engine":"interp"' bad --arch=s390x --engine=interp
[ "$(wc -l < out)" -eq 1 ]
verdict $? 'only that engine'

expect 0 'text' '^#   r3     : expected 8000000000000000   jit 7fffffffffffffff$' bad --text
expect 0 'matrix' '^family  engine  s390x  x86_64$' bad --matrix
! grep -q "$(printf '\033')" out
verdict $? 'no colours without a terminal'
expect 0 'JUnit' '<testsuite name="s390x"' bad --junit
if command -v xmllint > /dev/null; then
	xmllint --noout out 2> err
	verdict $? 'JUnit is well-formed'
fi
expect 0 'KCIDB' '"minor":3' bad --kcidb
if command -v jq > /dev/null; then
	[ "$(jq -r '[.tests[] | select(.status == "FAIL").path] | join(" ")' < out)" = checkjit.jit.alu.sdiv64.r3_r4 ]
	verdict $? 'KCIDB has one failure'
fi
expect 0 'KTAP' '^not ok 2 alu/sdiv64/r3_r4 jit$' bad --ktap --arch s390x
expect 2 'KTAP of two arches' 'expected --arch' bad --ktap

expect 1 'summary of findings' 'pass:4 fail:1 .* new:1 changed:0 fixed:0' --summary bad
[ -s results/bad/junit.xml ] && [ -s results/bad/kcidb.json ]
verdict $? 'the summary writes both reports'
expect 0 'summary of the good' 'pass:2 fail:0' --summary good --expect x86_64
expect 3 'an arch is missing' '# riscv32: no results' --summary good --expect 'x86_64 riscv32'
expect 2 'summary of a part' 'expected no selection' --summary good --engine jit

# damaged files name file and line
mkdir -p results/cut results/corrupt results/lies results/skips results/empty
head -c 300 results/bad/s390x.jsonl > results/cut/s390x.jsonl
expect 3 'cut short: what is there is shown' '"engine":"interp"' cut
expect 3 'cut short: says where' 'results/cut/s390x.jsonl:3: cut short' cut
expect 3 'cut short: summary' '# s390x: partial, 1 verdicts of 3' --summary cut
sed '3s/PASS\|FAIL/MAYBE/' results/bad/s390x.jsonl > results/corrupt/s390x.jsonl
expect 3 'corrupt: says where' 'results/corrupt/s390x.jsonl:3: "verdict" is no verdict' corrupt
expect 3 'corrupt: summary' 'results/corrupt/s390x.jsonl:3:' --summary corrupt
sed '3d' results/bad/s390x.jsonl > results/lies/s390x.jsonl
expect 3 'totals that do not agree' 's390x.jsonl:4: totals of 3 records behind 2' lies
: > results/empty/s390x.jsonl
expect 3 'empty file' 'results/empty/s390x.jsonl: empty' empty
{
	header m68k 1
	record alu/sdiv64/r3_r4 jit SKIP ',"reason":"no JIT in this kernel"'
	echo '{"totals":{"records":1,"skip":1}}'
} > results/skips/m68k.jsonl
expect 3 'nothing executed' 'nothing was executed' --summary skips
expect 3 'nothing executed: the reason' '1 skip: no JIT in this kernel (m68k jit)' --summary skips

# the table of verdicts, in the words of HACKING.md
expect 0 'table of verdicts' '^| XPASS | .* | `not ok` | `<failure>` | PASS | 1 | fail |$' --verdicts
if grep -q '^| verdict |' "$top/HACKING.md" 2> /dev/null; then
	sed -n '/^| verdict |/,/^$/p' "$top/HACKING.md" | grep '^|' > published
	cmp -s out published
	verdict $? 'HACKING.md has the same table'
else
	nr=$((nr + 1))
	echo "ok $nr HACKING.md has the same table # SKIP no table in HACKING.md yet"
fi

echo "1..$nr"
exit $failed
