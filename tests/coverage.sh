#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The report of `make coverage`, on counts made by hand; `coverage.sh ARCH`: on a kernel that counts.
set -u
top=$(cd "$(dirname "$0")/.." && pwd) || exit 3
cd "$top" || exit 3
tmp=$(mktemp -d) || exit 3
trap 'rm -rf "$tmp"' EXIT
nr=0
failed=0

# verdict RC NAME: ok where RC is 0
verdict() {
	nr=$((nr + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $nr $2"
	else
		sed 's/^/# /' "$tmp/out"
		echo "not ok $nr $2"
		failed=1
	fi
}

# says TEXT NAME: a line of the last report is just that, blanks aside
says() {
	sed 's/[[:blank:]][[:blank:]]*/ /g; s/^ //' "$tmp/out" | grep -qxF -e "$1"
	verdict $? "$2"
}

# report CODE NAME: makes $tmp/out
report() {
	awk -v title=here -v rows="$tmp/rows.txt" -v all="${3-}" -f runners/coverage.awk \
		"$tmp/rows.txt" "$tmp/bpf_jit.c" "$tmp/1/bpf_jit.c.gcov" "$tmp/2/bpf_jit.c.gcov" >"$tmp/out" 2>&1
	rc=$?
	[ $rc -eq "$1" ]
	verdict $? "$2: exit $rc, expected $1"
}

# ---- a kernel: make coverage, from the build to the report ----

if [ $# -gt 0 ]; then
	images/deps.sh build "$1" || exit
	RUN=$tmp/run O=${O:-build} ARCH=$1 CASES='alu/add*' CPUS=all runners/coverage.sh >"$tmp/out" 2>&1
	verdict $? "$1: make coverage of some cases"
	lines=$(sed -n 's/^ *that compile programs *\([0-9]*\) *\([0-9]*\) .*/\1 \2/p' "$tmp/out")
	# shellcheck disable=SC2086 # two numbers
	set -- "$1" ${lines:-0 0}
	[ "$2" -gt 500 ] && [ "$3" -gt 200 ] && [ "$3" -lt "$2" ]
	verdict $? "$1: $3 of $2 lines: additions reach some, not all"
	grep -q "^$1, kernel .* [23] boots\$" "$tmp/out"
	verdict $? "$1: under every CPU model"
	! grep -q 'this kernel has no such line' "$tmp/out"
	verdict $? "$1: no row of runners/coverage/$1.txt is out of date"
	echo "1..$nr"
	exit $failed
fi

# ---- counts made by hand ----

mkdir "$tmp/1" "$tmp/2"
cat >"$tmp/bpf_jit.c" <<'EOT'
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
cat >"$tmp/1/bpf_jit.c.gcov" <<'EOT'
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
sed 's/^    #####:   20:/       12:   20:/; s/^        5:   26:/    =====:   26:/' "$tmp/1/bpf_jit.c.gcov" >"$tmp/2/bpf_jit.c.gcov"

: >"$tmp/rows.txt"
report 1 'no rows: what is missed has no reason'
says 'that compile programs 14 7 50.0 %' 'the counts of two boots add up'
says 'bpf_jit.c:1-3 poke, 2 lines: static int poke(int a)' 'a region: file, lines, function, first line'
says 'bpf_jit.c:10-13 emit, 2 lines: first(a);' 'a line that was compiled out does not part a region'
says 'bpf_jit.c:23-24 emit, 2 lines: never(b);' 'a region ends where a line is reached'
says "not reached, 7 lines without a reason in $tmp/rows.txt:" 'they are counted'

printf '%s\t%s\t%s\t%s\n' 'poke' '*' text-poke 'apart' 'emi*' 'if (a) {' feature 'wants an a' 'main_part,emit' 'default:' error 'no other b' >"$tmp/rows.txt"
report 1 'one line without a row is left'
says 'that compile programs 12 7 58.3 %' 'what is apart is not counted'
says 'apart: text-poke 2 0 0.0 %' 'but shown'
says 'excluded with a reason 2 error 2' 'what is indented under a line is excluded with it'
says 'to be reached 10 7 70.0 %' 'of what remains'
says 'not reached, 2 lines that no case can make yet:' 'a missing feature counts as missed'
says 'feature: wants an a' 'and has its reason'
says 'bpf_jit.c:28 emit, 1 line: return 0;' 'the else and the label are not under the if'

printf '%s\t\t%s\t%s\t%s\n' '# a comment' x error y 'emit' 'out:' dead 'nobody jumps' 'emit' 'once(b);' cpu 'reached by now' 'emit' 'gone' error 'gone' >>"$tmp/rows.txt"
report 0 'every line has a reason'
says "$tmp/rows.txt:6: no line needs this row: emit: once(b);" 'a row for a line that is reached'
says "$tmp/rows.txt:7: this kernel has no such line: emit: gone" 'a row for a line that is not there'
report 0 'with all lines' 1
says 'bpf_jit.c:23-24 emit, 2 lines: never(b);' 'the excluded are listed on demand'
says 'text-poke: apart' 'and those apart'

for bad in 'emit	x	error' 'emit	x	nonsense	why' 'emit	x	trampoline	a part of a function'; do
	echo "$bad" >"$tmp/rows.txt"
	report 2 "a bad row: $bad"
	grep -q "rows.txt:1: " "$tmp/out"
	verdict $? 'with its place'
done

# ---- what make says without a kernel ----

COVERAGE=1 LLVM=1 images/build.sh arm64 >"$tmp/out" 2>&1
[ $? -eq 2 ] && grep -q 'COVERAGE=1 wants gcc' "$tmp/out"
verdict $? 'LLVM=1 is refused'
runners/coverage.sh --report "$tmp" arm64 >"$tmp/out" 2>&1
[ $? -eq 2 ] && grep -q 'has no counters of arm64' "$tmp/out"
verdict $? 'a run without counters'
CPUS=some runners/run.sh run >"$tmp/out" 2>&1
[ $? -eq 2 ] && grep -q 'expected all' "$tmp/out"
verdict $? 'CPUS=some'
bad=0
for f in runners/coverage/*.txt; do
	awk -v rows="$f" -v title=x -f runners/coverage.awk "$f" >"$tmp/out" 2>&1 || bad=1
done
verdict $bad 'the rows of every arch are well formed'
echo "1..$nr"
exit $failed
