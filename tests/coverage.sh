#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The report of `make coverage`, on counts made by hand; `coverage.sh ARCH`: on a kernel that
# counts.
set -u
top=$(cd "$(dirname "$0")/.." && pwd) || exit 3
cd "$top" || exit 3

case ${1-} in -h | --help) echo "usage: tests/coverage.sh [ARCH]" && exit 0 ;; esac
# shellcheck source=tests/lib.sh
. tests/lib.sh

# line NAME TEXT: a line of the last report is just that, blanks aside
line() {
	sed 's/[[:blank:]][[:blank:]]*/ /g; s/^ //' "$log" | grep -qxF -e "$2"
	result $? "$1" "no line '$2'"
}

# report NAME STATUS [ALL]: what runners/coverage.awk makes of the counts
report() {
	expect "$1" "$2" '' awk -v title=here -v rows="$work/rows.txt" -v all="${3-}" -f \
		runners/coverage.awk \
		"$work/rows.txt" "$work/bpf_jit.c" "$work/1/bpf_jit.c.gcov" "$work/2/bpf_jit.c.gcov"
}

# ---- a kernel: make coverage, from the build to the report ----

if [ $# -gt 0 ]; then
	images/deps.sh build "$1" || exit
	expect "$1/job" 0 '' env RUN="$work/run" ARCH="$1" CASES='alu/add*' CPUS=all \
		runners/coverage.sh
	lines=$(sed -n 's/^ *that compile programs *\([0-9]*\) *\([0-9]*\) .*/\1 \2/p' "$log")
	says "$1/every-cpu-model" "^$1, kernel .* [23] boots\$"
	! grep -q 'this kernel has no such line' "$log"
	result $? "$1/rows" "a row of runners/coverage/$1.txt is out of date"
	# additions reach some lines, not all
	# shellcheck disable=SC2086 # two numbers
	set -- "$1" ${lines:-0 0}
	[ "$2" -gt 500 ] && [ "$3" -gt 200 ] && [ "$3" -lt "$2" ]
	result $? "$1/lines" "$3 of $2 lines"
	finish
fi

# ---- counts made by hand ----

mkdir "$work/1" "$work/2"
cat >"$work/bpf_jit.c" <<'EOT'
static int poke(int a)
{
	return a;
}

static int emit(int a,
		int b)
{
	if (a) {
		first(a);

#ifdef CONFIG_X
		second(a);
#endif
	} else {
		third(a);
	}
	switch (b) {
	case 1:
		once(b);
		break;
	default:
		never(b);
		return -1;
	}
	return again(b);
out:
	return 0;
}

int main_part(void)
{
	return emit(1, 2);
}
EOT
cat >"$work/1/bpf_jit.c.gcov" <<'EOT'
        -:    0:Source:/x/y/bpf_jit.c
        -:    0:Graph:bpf_jit.gcno
    #####:    1:x
    #####:    3:x
        5:    6:x
        5:    9:x
    #####:   10:x
    #####:   13:x
       5*:   16:x
        -:   17:x
    #####:   20:x
    #####:   23:x
    #####:   24:x
        5:   26:x
    #####:   28:x
        1:   31:x
        1:   33:x
EOT
sed 's/^    #####:   20:/       12:   20:/; s/^        5:   26:/    =====:   26:/' \
	"$work/1/bpf_jit.c.gcov" >"$work/2/bpf_jit.c.gcov"

: >"$work/rows.txt"
report no-rows-what-is-missed-has-no-reason 1
line the-counts-of-two-boots-add-up 'that compile programs 14 7 50.0 %'
line a-region-file-lines-function-first-line 'bpf_jit.c:1-3 poke, 2 lines: static int poke(int a)'
line a-line-that-was-compiled-out-does-not-part-a-region 'bpf_jit.c:10-13 emit, 2 lines: first(a);'
line a-region-ends-where-a-line-is-reached 'bpf_jit.c:23-24 emit, 2 lines: never(b);'
line counted "not reached, 7 lines without a reason in $work/rows.txt:"

printf '%s\t%s\t%s\t%s\n' 'poke' '*' text-poke 'apart' 'emi*' 'if (a) {' feature 'wants an a' \
	'main_part,emit' 'default:' error 'no other b' >"$work/rows.txt"
report one-line-without-a-row-is-left 1
line apart/not-counted 'that compile programs 12 7 58.3 %'
line apart/shown 'apart: text-poke 2 0 0.0 %'
line excluded/indented-lines 'excluded with a reason 2 error 2'
line remaining 'to be reached 10 7 70.0 %'
line feature/missed 'not reached, 2 lines that no case can make yet:'
line feature/reason 'feature: wants an a'
line excluded/not-else-nor-label 'bpf_jit.c:28 emit, 1 line: return 0;'

printf '%s\t\t%s\t%s\t%s\n' '# a comment' x error y 'emit' 'out:' dead 'nobody jumps' 'emit' \
	'once(b);' cpu 'reached by now' 'emit' 'gone' error 'gone' >>"$work/rows.txt"
report every-line-has-a-reason 0
line rows/line-is-reached "$work/rows.txt:6: no line needs this row: emit: once(b);"
line rows/no-such-line "$work/rows.txt:7: this kernel has no such line: emit: gone"
report with-all-lines 0 1
line with-all-lines/excluded 'bpf_jit.c:23-24 emit, 2 lines: never(b);'
line with-all-lines/apart 'text-poke: apart'

nr=0
for bad in 'emit	x	error' 'emit	x	nonsense	why' \
	'emit	x	trampoline	a part of a function'; do
	nr=$((nr + 1))
	echo "$bad" >"$work/rows.txt"
	report "bad-row/$nr" 2
	says "bad-row/$nr/place" "rows.txt:1: "
done

# ---- what make says without a kernel ----

expect llvm 2 'COVERAGE=1 wants gcc' env COVERAGE=1 LLVM=1 images/build.sh arm64
expect run-without-counters 2 'has no counters of arm64' runners/coverage.sh --report "$work" arm64
expect cpus-some 2 'expected all' env CPUS=some runners/run.sh run
for f in runners/coverage/*.txt; do
	expect "rows/$(basename "$f" .txt)" 0 '' awk -v rows="$f" -v title=x -f \
		runners/coverage.awk "$f"
done
finish
