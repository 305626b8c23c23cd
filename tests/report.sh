#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# checkjit results from outside: forms, selections, exit codes, damaged files.
set -u
top=$(cd "$(dirname "$0")/.." && pwd) || exit 3
cd "$top" || exit 3

case ${1-} in -h | --help) echo "usage: tests/report.sh (environment: CHECKJIT, O)" &&
	exit 0 ;; esac
# shellcheck source=tests/lib.sh
. tests/lib.sh
unset NO_COLOR
case $checkjit in /*) ;; *) checkjit=$top/$checkjit ;; esac

# query NAME STATUS PATTERN ARGUMENT...
query() {
	_query=$1 _status=$2 _text=$3
	shift 3
	expect "$_query" "$_status" "$_text" "$checkjit" results "$@"
}

# output NAME ARGUMENT...: exit status 0 and the text on stdin
output() {
	_output=$1
	shift
	"$checkjit" results "$@" >"$work/got" 2>&1
	_rc=$?
	cat >"$work/want"
	diff -u "$work/want" "$work/got" >"$log" && [ $_rc -eq 0 ]
	result $? "$_output"
}

# header ARCH PLANNED
header() {
	printf '{"run":{"arch":"%s","kernel":"7.3.4","config_hash":"c0ffee",' "$1"
	echo '"start":"2026-01-02T03:04:05Z","planned":'"$2"'}}'
}

# record ID ENGINE VERDICT [MEMBERS]
record() {
	printf '%s\n' "{\"id\":\"$1\",\"engine\":\"$2\",\"verdict\":\"$3\"${4-}}"
}

diff_r3=',"vector":211,"file":"cases/alu/sdiv.case","line":41,"insn":"r3 s/= r4","inputs":"r4=-1",
"rerun":"make repro ARCH=s390x ID=alu/sdiv64/r3_r4.211",
"expected":{"r3":"8000000000000000"},"observed":{"r3":"7fffffffffffffff"}'
diff_r3=$(echo "$diff_r3" | tr -d '\n')

mkdir -p "$work/results/known" "$work/results/old" "$work/results/good" "$work/results/bad"
cd "$work" || exit 3
{
	header x86_64 2
	record alu/sdiv64/r3_r4 interp PASS
	record alu/sdiv64/r3_r4 jit PASS ',"jited":120'
	echo '{"totals":{"records":2,"pass":2}}'
} >results/good/x86_64.jsonl
{
	header s390x 3
	record alu/sdiv64/r3_r4 interp PASS
	record alu/sdiv64/r3_r4 jit FAIL "$diff_r3"
	record alu/add64/r0_r0 jit PASS ',"jited":88'
	echo '{"totals":{"records":3,"pass":2,"fail":1}}'
} >results/bad/s390x.jsonl
cp results/good/x86_64.jsonl results/bad/
touch -d '2001-01-01' results/good results/old

# ---- what is asked for, and how ----

query help 0 'usage: checkjit results RUN' --help
query no-run 2 'expected RUN'
query unknown-option 2 'bad option' last --frobnicate
query two-forms 2 'expected one' last --junit --kcidb
query too-many-arguments 2 'expected RUN' last a b
query no-such-run 2 'no such run' nowhere
query no-results 2 'no results in it' results/old
query newest-run 0 '"arch":"s390x"' last
query run-by-name 0 '"arch":"x86_64"' good
query no-such-id 2 'no record matches' bad 'mem/*'
query no-such-arch 2 'no record matches' bad --arch m68k
output no-failures good --failures </dev/null

query one-failure 0 '"rerun":"make repro ARCH=s390x ID=alu/sdiv64/r3_r4.211"' bad --failures
[ "$(wc -l <"$log")" -eq 1 ]
result $? one-failure/alone
for key in id family arch engine verdict jited kernel expected observed rerun; do
	says "one-failure/$key" "\"$key\":"
done
query glob 0 '"verdict":"PASS"' bad 'alu/add*'
[ "$(wc -l <"$log")" -eq 1 ]
result $? glob/alone
query id-with-vector 0 '"verdict":"FAIL"' bad alu/sdiv64/r3_r4.211
query arch-and-engine 0 '"engine":"interp"' bad --arch=s390x --engine=interp
[ "$(wc -l <"$log")" -eq 1 ]
result $? arch-and-engine/alone

# ---- the other forms ----

query text 0 '^#   r3     : expected 8000000000000000   jit 7fffffffffffffff$' bad --text
query matrix 0 '^family  engine  s390x  x86_64$' bad --matrix
! grep -q "$(printf '\033')" "$log"
result $? matrix/no-colours 'escape sequences without a terminal'
query junit 0 '<testsuite name="s390x"' bad --junit
if command -v xmllint >/dev/null; then
	cp "$log" junit.xml
	expect junit/schema 0 '' xmllint --noout --schema "$top/tests/data/junit.xsd" junit.xml
	sed 's/ failures=/ fails=/' junit.xml >junit-bad.xml
	expect junit/schema-can-fail 3 fails xmllint --noout --schema "$top/tests/data/junit.xsd" \
		junit-bad.xml
else
	skip junit/schema 'xmllint is not installed'
fi
query kcidb 0 '"minor":3' bad --kcidb
if command -v jq >/dev/null; then
	[ "$(jq -r '[.tests[] | select(.status == "FAIL").path] | join(" ")' <"$log")" = \
		checkjit.jit.alu.sdiv64.r3_r4 ]
	result $? kcidb/one-failure
else
	skip kcidb/one-failure 'jq is not installed'
fi
query ktap 0 '^not ok 2 alu/sdiv64/r3_r4 jit$' bad --ktap --arch s390x
query ktap-of-two-arches 2 'expected --arch' bad --ktap
query lava 0 '^<LAVA_SIGNAL_TESTSET START s390x>$' bad --lava
says lava/family '^<LAVA_SIGNAL_TESTCASE TEST_CASE_ID=alu.jit RESULT=fail .*=1>$'
says lava/case '^<.*TEST_CASE_ID=alu.sdiv64.r3_r4.jit RESULT=fail UNITS=cases MEASUREMENT=1>$'
says lava/pass '^<LAVA_SIGNAL_TESTCASE TEST_CASE_ID=alu.interp RESULT=pass '
equals 2 "$(grep -c 'TESTSET STOP>$' "$log")"
result $? lava/sets
query github 0 '^::error file=cases/alu/sdiv.case,line=41,title=alu/sdiv64%3A 1 cases::' \
	bad --github
says github/rerun '%0ARun it again: make repro ARCH=s390x ID=alu/sdiv64/r3_r4.211$'
equals 1 "$(grep -c . "$log")"
result $? github/one-line
output github/none good --github </dev/null

query summary 1 'pass:4 fail:1 .* new:1 changed:0 fixed:0' --summary bad
[ -s results/bad/junit.xml ] && [ -s results/bad/kcidb.json.gz ]
result $? summary/writes-both-reports
query summary-good 0 'pass:2 fail:0' --summary good --expect x86_64
query summary-arch-missing 3 '# riscv32: no results' --summary good --expect 'x86_64 riscv32'
query summary-of-a-part 2 'expected no selection' --summary good --engine jit

# ---- counts ----

# operation NAME OPERANDS
operation() {
	echo "{\"operation\":\"$1\",\"operands\":\"$2\"}"
}

mkdir results/counted results/bad-operation
{
	header arm64 4
	operation alu/sdiv64 'r3_r4 r3_r5 r3_r6'
	record 'alu/sdiv64/*' jit PASS ',"cases":2,"jited":2,"vectors":60'
	record alu/sdiv64/r3_r6 jit FAIL "$diff_r3"
	record jmp/ja/one jit PASS
	echo '{"totals":{"records":3,"pass":3,"fail":1}}'
} >results/counted/arm64.jsonl
output counts/id counted 'alu/sdiv64/r3_r5' --columns id,verdict,cases <<EOT
alu/sdiv64/*${tab}PASS${tab}2
EOT
query counts/no-such-case 2 'no record matches' counted alu/sdiv64/r3_r7
query counts/ktap 0 '^ok 1 alu/sdiv64/\* jit 2 cases$' counted --ktap
query counts/junit 0 'tests="3" failures="1"' counted --junit
query counts/summary 1 'pass:3 fail:1' --summary counted
expect counts/attribute 0 'nothing fails' "$checkjit" attribute counted alu/sdiv64/r3_r4
expect counts/attribute-fails 0 'arm64 jit differs' "$checkjit" attribute counted alu/sdiv64/r3_r6
expect counts/attribute-none 2 "no 'alu/sdiv64/r3_r7'" "$checkjit" attribute counted \
	alu/sdiv64/r3_r7
{
	header arm64 0
	echo '{"operation":"alu/sdiv64","operands":7}'
} >results/bad-operation/arm64.jsonl
query counts/damaged 3 'arm64.jsonl:2: "operation" without' bad-operation

# ---- columns ----

output columns bad --columns arch,id,engine,verdict,raw,cases,jited,vector,kernel <<EOT
s390x${tab}alu/sdiv64/r3_r4${tab}interp${tab}PASS${tab}PASS${tab}1${tab}0${tab}${tab}7.3.4
s390x${tab}alu/sdiv64/r3_r4${tab}jit${tab}FAIL${tab}FAIL${tab}1${tab}0${tab}211${tab}7.3.4
s390x${tab}alu/add64/r0_r0${tab}jit${tab}PASS${tab}PASS${tab}1${tab}88${tab}${tab}7.3.4
x86_64${tab}alu/sdiv64/r3_r4${tab}interp${tab}PASS${tab}PASS${tab}1${tab}0${tab}${tab}7.3.4
x86_64${tab}alu/sdiv64/r3_r4${tab}jit${tab}PASS${tab}PASS${tab}1${tab}120${tab}${tab}7.3.4
EOT
output columns/selected bad --columns id --failures <<EOT
alu/sdiv64/r3_r4
EOT
output columns/none-selected good --columns id --failures </dev/null
query columns/unknown 2 "no column 'idd'.*--help" bad --columns id,idd
query columns/prefix 2 "no column 'i'" bad --columns i
query columns/empty 2 "no column ''" bad --columns ''
query columns/trailing-comma 2 "no column ''" bad --columns id,
query columns/two-forms 2 'expected one' bad --columns id --ktap
# every column of the help exists, and the help has all that the scripts use
"$checkjit" results --help >"$log"
names=$(sed -n '/^Columns:/,/^$/s/^  \([a-z_]*\) .*/\1/p' "$log")
nr=$("$checkjit" results bad --columns "$(echo "$names" | xargs | tr ' ' ,)" |
	awk -F'\t' '{ print NF }' | sort -u)
equals "$(echo "$names" | wc -l)" "$nr"
result $? columns/help

# what a guest says, and ids of a folder of cases, cannot end a field or a line, nor look like an
# escape
mkdir results/hostile
{
	header m68k 3
	record 'a\tb/c\\d/e\nf' jit FAIL \
		',"reason":"x\ty\nz\\t\u001b[2J\r","log":"one\ttwo\nthree\\n\r\nfour"'
	record 'gen/alu_x/add64/*' jit PASS ',"cases":4000000000,"jited":7'
	record 'gen/alu_x/sub64/*' jit XFAIL ',"raw":"FAIL","cases":6'
	echo '{"totals":{"records":3,"pass":4000000000,"fail":1,"xfail":6}}'
} >results/hostile/m68k.jsonl
output columns/hostile hostile --columns id,engine,reason,log,verdict 'a*' <<'EOT'
a b/c\\d/e f	jit	x y z\\t\\x1b[2J\\x0d	one\ttwo\nthree\\n\nfour	FAIL
EOT
output columns/groups hostile --columns cases,raw,verdict,id 'gen/*' <<EOT
4000000000${tab}PASS${tab}PASS${tab}gen/alu_x/add64/*
6${tab}FAIL${tab}XFAIL${tab}gen/alu_x/sub64/*
EOT
equals 4000000006 "$(count hostile "id=gen/.*")" &&
	equals 6 "$(count hostile raw=FAIL "id=gen/alu_x/.*")"
result $? columns/count 'count of tests/lib.sh'
[ "$(count nowhere)" = 'no records' ] && ! equals 0 "$(count nowhere)" &&
	equals 0 "$(count hostile verdict=CRASH)"
result $? columns/count-of-no-run 'no records are not 0 records'

# nor does it give orders to the CI system that reads the log
mkdir results/orders
orders='<LAVA_SIGNAL_TESTCASE TEST_CASE_ID=z RESULT=pass>\n::error::z\n##[error]z'
{
	header m68k 1
	record a/b/c jit CRASH ",\"reason\":\"x\\n::error::y\",\"console\":\"$orders\",
		\"file\":\"a:b,c%d\",\"line\":3" | tr -d '\n'
	echo
	echo '{"totals":{"records":1,"crash":1}}'
} >results/orders/m68k.jsonl
for form in text summary lava github json; do
	case $form in
	summary) query orders/$form 1 . --summary orders ;;
	json) query orders/$form 0 . orders ;;
	*) query orders/$form 0 . orders --$form ;;
	esac
	grep -v '^::error file=a%3Ab%2Cc%25d,line=3,title=a/b%3A 1 cases::' "$log" |
		grep -E '^ *::|##\[|LAVA_SIGNAL.*=z' >"$work/obeyed"
	[ ! -s "$work/obeyed" ]
	result $? orders/$form/none "$(head -n 1 "$work/obeyed")"
done

# ---- damaged files name file and line ----

mkdir -p results/cut results/corrupt results/lies results/skips results/empty results/written
head -c 300 results/bad/s390x.jsonl >results/cut/s390x.jsonl
query cut-short 3 '"engine":"interp"' cut
says cut-short/where 'results/cut/s390x.jsonl:3: cut short'
query cut-short/summary 3 '# s390x: partial, 1 verdicts of 3' --summary cut
query cut-short/columns 3 "^alu/sdiv64/r3_r4${tab}interp${tab}PASS\$" cut --columns \
	id,engine,verdict
# while a run goes on, and after Ctrl-C
for form in .s390x.jsonl.part s390x.partial.jsonl; do
	rm -f results/written/* results/written/.s390x*
	head -n 3 results/bad/s390x.jsonl >"results/written/$form"
	query "partial/$form" 3 "^alu/sdiv64/r3_r4${tab}jit${tab}FAIL\$" written --columns \
		id,engine,verdict
	equals 2 "$(count written)"
	result $? "partial/$form/count"
done
sed '3s/PASS\|FAIL/MAYBE/' results/bad/s390x.jsonl >results/corrupt/s390x.jsonl
query corrupt 3 'results/corrupt/s390x.jsonl:3: "verdict" is no verdict' corrupt
query corrupt/summary 3 'results/corrupt/s390x.jsonl:3:' --summary corrupt
sed '3d' results/bad/s390x.jsonl >results/lies/s390x.jsonl
query totals-that-do-not-agree 3 's390x.jsonl:4: totals of 3 records behind 2' lies
: >results/empty/s390x.jsonl
query empty-file 3 'results/empty/s390x.jsonl: empty' empty
{
	header m68k 1
	record alu/sdiv64/r3_r4 jit SKIP ',"reason":"no JIT in this kernel"'
	echo '{"totals":{"records":1,"skip":1}}'
} >results/skips/m68k.jsonl
query nothing-executed 3 'nothing was executed' --summary skips
query nothing-executed/reason 3 '1 skip: no JIT in this kernel \(m68k jit\)' --summary skips

# ---- the table of verdicts, as the documentation has it ----

query verdicts 0 '^\| XPASS \| .* \| `not ok` \| `<failure>` \| PASS \| 1 \| fail \|$' --verdicts
cp "$log" verdicts
head -n 1 "$log" >header
published=$(cd "$top" && grep -lxFf "$work/header" ./*.md docs/*.md 2>/dev/null | head -n 1)
[ -n "$published" ] && sed -n "/^$(cat header)/,/^\$/p" "$top/$published" | grep '^|' |
	diff verdicts - >"$log"
result $? verdicts/documented "${published:-no file} has another table"
finish
