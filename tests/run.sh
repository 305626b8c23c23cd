#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Run the project's tests and count their lines.
set -u
top=$(cd "$(dirname "$0")/.." && pwd) || exit 3
cd "$top" || exit 3

help() {
	cat <<EOT
usage: tests/run.sh unit|check|check-full
  unit        the unit tests; prints a line for each that fails, and how many passed
  check       the unit tests and the scripts of tests/check.list, one after the other
  check-full  those of tests/full.list, too
A test prints lines "ok NAME" and "not ok NAME"; the output of one that fails is shown. The last
line is "N passed, N failed". Tests that take long say so on stderr every 30 seconds.
environment: J (number of unit tests at once), O
EOT
}

case ${1-} in
-h | --help) help && exit 0 ;;
unit | check | check-full) job=$1 ;;
*) help >&2 && exit 2 ;;
esac

# shellcheck source=tests/settings.sh
. tests/settings.sh
logs=$O/check
rm -rf "$logs"
mkdir -p "$logs" || exit 3
passed=0 failed=0 skipped=0
start=$(date +%s)

# From the sources: binaries of tests that were deleted are not run.
unit_tests() {
	for c in tests/unit/*.c; do
		basename "$c" .c
	done
}

if [ "$job" = unit ]; then
	unit_tests | O=$O LOGS=$logs xargs -P "${J:-$(nproc)}" -I NAME sh -c '
		"$O/unit/NAME" >"$LOGS/NAME.log" 2>&1 </dev/null
		rc=$?
		sed -n "s|^not ok [0-9]*|not ok unit/NAME:|p" "$LOGS/NAME.log"
		[ $rc -eq 0 ] || grep -q "^not ok" "$LOGS/NAME.log" ||
			echo "not ok unit/NAME: exit status $rc"
		[ $rc -ne 0 ] || grep -q "^ok" "$LOGS/NAME.log" ||
			echo "not ok unit/NAME: it tested nothing"' |
		tee "$logs/failures"
	passed=$(cat "$logs"/*.log | grep -c '^ok ')
	failed=$(grep -c . "$logs/failures")
	[ "$failed" -eq 0 ] || echo "logs in $logs"
	echo "$passed passed, $failed failed"
	[ "$failed" -eq 0 ]
	exit
fi

# Build the kernels of tests/kernels.list while the first tests run. A test that wants one waits for
# it, and reports what goes wrong.
build_ahead() {
	sed 's/#.*//' tests/kernels.list | grep . | while read -r arch settings; do
		# shellcheck disable=SC2086 # words
		env $settings nice -n 10 images/build.sh "$arch" </dev/null
	done >"$logs/build-ahead.log" 2>&1
}

# progress NAME LOG: until it is killed, what the test is at
progress() {
	trap 'kill $! 2>/dev/null; exit' TERM
	_seconds=0
	while :; do
		sleep 30 &
		wait $!
		_seconds=$((_seconds + 30))
		_last=$(grep -E '^(not )?ok ' "$2" | tail -n 1 | cut -c 1-90)
		echo "$1: $_seconds s, after: $_last" >&2
	done
}

# A test that ends badly without a "not ok" line has failed all the same.
one() {
	name=$1
	shift
	log=$logs/$(echo "$name" | tr '/ ' '__').log
	t=$(date +%s)
	: >"$log"
	progress "$name" "$log" &
	watch=$!
	"$@" >"$log" 2>&1 </dev/null
	rc=$?
	kill $watch 2>/dev/null
	wait $watch 2>/dev/null
	p=$(grep -c '^ok ' "$log")
	s=$(grep -c '^ok .*# SKIP' "$log")
	f=$(grep -c '^not ok ' "$log")
	if [ $rc -ne 0 ] && [ "$f" -eq 0 ]; then
		f=1
		echo "not ok $name: exit status $rc" >>"$log"
	fi
	if [ $((p + f)) -eq 0 ]; then
		f=1
		echo "not ok $name: it tested nothing" >>"$log"
	fi
	passed=$((passed + p - s)) failed=$((failed + f)) skipped=$((skipped + s))
	printf '%-28s %4d passed %3d failed %3d skipped  %4d s\n' "$name" $((p - s)) "$f" "$s" \
		$(($(date +%s) - t))
	[ "$f" -eq 0 ] || tail -n 60 "$log" | sed 's/^/    /'
	[ "$s" -eq 0 ] || grep '^ok .*# SKIP' "$log" | sed 's/^/    /'
}

build_ahead &
for unit in $(unit_tests); do
	one "unit/$unit" "$O/unit/$unit"
done
# names without blanks; # begins a comment
lists=tests/check.list
[ "$job" = check ] || lists="$lists tests/full.list"
# shellcheck disable=SC2086 # a list
sed 's/#.*//' $lists | grep . >"$logs/tier"
while read -r script args <&9; do
	# shellcheck disable=SC2086 # a list
	one "$script${args:+ $args}" "tests/$script.sh" $args
done 9<"$logs/tier"

echo "logs in $logs, $(($(date +%s) - start)) s; $skipped skipped"
# CI reads the last line
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
