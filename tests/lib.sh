# SPDX-License-Identifier: GPL-2.0
# What test scripts share: `. tests/lib.sh` in the checkout's top directory. $work is a directory that goes away;
# tests/settings.sh was sourced; lines of results are named after the script.
# shellcheck shell=sh
test_name=${0##*/} test_name=${test_name%.sh}
. tests/settings.sh
work=$(mktemp -d) || exit 3
# what is shown of a test that failed
log=$work/log
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
failures=0

# result STATUS NAME [WHY]: ok where STATUS is 0
result() {
	if [ "$1" -eq 0 ]; then
		echo "ok $test_name/$2"
		return
	fi
	[ ! -s "$log" ] || tail -n 20 "$log" | tr -d '\r' | sed 's/^/#   /'
	echo "not ok $test_name/$2${3:+: $3}"
	failures=$((failures + 1))
}

# expect NAME STATUS PATTERN COMMAND...: its exit status, and what it prints
expect() {
	_name=$1 _want=$2 _pattern=$3
	shift 3
	"$@" >"$log" 2>&1 </dev/null
	_rc=$?
	[ $_rc -eq "$_want" ] && grep -qE -- "$_pattern" "$log"
	result $? "$_name" "exit $_rc, wanted $_want and /$_pattern/"
}

# says NAME PATTERN: the last command printed it
says() {
	grep -qE -- "$2" "$log"
	result $? "$1" "it does not say /$2/"
}

# The last line of a test.
finish() {
	exit $((failures > 0))
}
