# SPDX-License-Identifier: GPL-2.0
# What the test scripts share: `. tests/lib.sh` in the top directory of the checkout, after --help.
#
# A test is a line "ok SCRIPT/NAME" or "not ok SCRIPT/NAME: WHY". It is one call of
#   expect NAME STATUS PATTERN COMMAND...    its exit status, and a line of its output (empty: any)
#   says NAME PATTERN, result STATUS NAME [WHY], skip NAME WHY
# or, where several things must hold: begin NAME, then because WHY and holds WHY COMMAND..., then
# end.
# The script ends with `finish`.
#
# The settings of the jobs are unset (tests/settings.sh), so that a test does the same everywhere.
# $work is removed at the end. $log has the output of the last command, and is shown where a test
# fails.
# shellcheck shell=sh
test_name=${0##*/} test_name=${test_name%.sh}
# shellcheck source=tests/settings.sh
. tests/settings.sh
checkjit=${CHECKJIT:-$O/checkjit}
work=$(mktemp -d) || exit 3
log=$work/log
failures=0
# shellcheck disable=SC2034 # for the scripts
tab=$(printf '\t')
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

# What the scripts of runners/, images/ and fuzz/ hand to each other, beside the settings.
unset BOOT CHECKJIT EXEC KCOV QEMU_BIN QUIET VM_SOCKET WORK

show_log() {
	[ ! -s "$log" ] || tail -n 20 "$log" | tr -d '\r' | sed 's/^/#   /'
}

# result STATUS NAME [WHY]: ok where STATUS is 0
result() {
	if [ "$1" -eq 0 ]; then
		echo "ok $test_name/$2"
		return
	fi
	show_log
	echo "not ok $test_name/$2${3:+: $3}"
	failures=$((failures + 1))
}

skip() {
	echo "ok $test_name/$1 # SKIP $2"
}

# expect NAME STATUS PATTERN COMMAND...
expect() {
	_name=$1 _want=$2 _pattern=$3
	shift 3
	"$@" >"$log" 2>&1 </dev/null
	_rc=$?
	[ $_rc -eq "$_want" ] && { [ -z "$_pattern" ] || grep -qE -e "$_pattern" "$log"; }
	result $? "$_name" "exit status $_rc, expected $_want and /$_pattern/"
}

# says NAME PATTERN: the last command printed it
says() {
	grep -qE -e "$2" "$log"
	result $? "$1" "no line with /$2/"
}

begin() {
	name=$1 why=''
}

because() {
	why="${why:+$why; }$1"
}

# holds WHY COMMAND...: where the command fails, that is why the test does
holds() {
	_why=$1
	shift
	"$@" || because "$_why"
}

end() {
	[ -z "$why" ]
	result $? "$name" "$why"
}

# records RUN [COLUMN=ERE]...: its records as lines of all columns below, those whose columns match
# wholly.
# A partial run has the records that it has.
record_columns=id,arch,engine,verdict,raw,cases,jited,vectors,file,reason
records() {
	_run=$1
	shift
	"$checkjit" results "$_run" --columns "$record_columns" 2>/dev/null |
		awk -F'\t' -v names="$record_columns" '
		BEGIN {
			n = split(names, name, ",")
			for (i = 1; i <= n; i++)
				column[name[i]] = i
			for (i = 1; i < ARGC; i++) {
				at = index(ARGV[i], "=")
				wanted = substr(ARGV[i], 1, at - 1)
				if (!(wanted in column)) {
					print "records: no column " wanted >"/dev/stderr"
					exit 1
				}
				pattern[column[wanted]] = "^(" substr(ARGV[i], at + 1) ")$"
			}
			ARGC = 1
		}
		{
			for (i in pattern)
				if ($i !~ pattern[i])
					next
			print
		}' "$@"
}

# count RUN [COLUMN=ERE]...: how many cases these records stand for. It is no number where RUN
# cannot be read.
count() {
	_sum=$(records "$@" | awk -F'\t' '{ n += $6 } END { if (NR) printf "%.0f", n }')
	if [ -n "$_sum" ]; then
		echo "$_sum"
	elif [ -n "$(records "$1")" ]; then
		echo 0
	else
		echo 'no records'
	fi
}

# equals WANT GOT: both are numbers, the same
equals() {
	[ "$2" -eq "$1" ] 2>/dev/null
}

# The last line of a script.
finish() {
	exit $((failures > 0))
}
