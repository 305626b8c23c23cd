#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Run the project's tests, one after the other, and count their lines.
set -u
top=$(cd "$(dirname "$0")/.." && pwd) || exit 3
cd "$top" || exit 3

case ${1-} in
check) tier=$(cat tests/check.list) ;;
check-full) tier=$(cat tests/check.list tests/full.list) ;;
*)
	cat <<EOT
usage: tests/run.sh check|check-full
Runs the unit tests and the scripts of tests/check.list (and tests/full.list). Each prints
lines "ok NAME" and "not ok NAME"; what fails is shown whole. The last line is "N passed, N failed".
EOT
	[ "${1-}" = --help ] && exit 0
	exit 2
	;;
esac

. tests/settings.sh
logs=$O/check
rm -rf "$logs"
mkdir -p "$logs" || exit 3
passed=0 failed=0 skipped=0
start=$(date +%s)

# A test that ends badly without a "not ok" line has failed all the same.
one() {
	name=$1
	shift
	log=$logs/$(echo "$name" | tr '/ ' '__').log
	t=$(date +%s)
	"$@" >"$log" 2>&1 </dev/null
	rc=$?
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
	printf '%-28s %4d passed %3d failed %3d skipped  %4d s\n' "$name" $((p - s)) "$f" "$s" $(($(date +%s) - t))
	[ "$f" -eq 0 ] || tail -n 60 "$log" | sed 's/^/    /'
	[ "$s" -eq 0 ] || grep '^ok .*# SKIP' "$log" | sed 's/^/    /'
}

for t in "$O"/unit/*; do
	case $t in *.d) continue ;; esac
	one "unit/${t##*/}" "$t"
done
# names without blanks; # begins a comment
echo "$tier" | sed 's/#.*//' | grep . >"$logs/tier"
while read -r script args <&9; do
	# shellcheck disable=SC2086 # a list
	one "$script${args:+ $args}" sh "tests/$script.sh" $args
done 9<"$logs/tier"

echo "logs in $logs, $(($(date +%s) - start)) s; $skipped skipped"
# CI reads the last line
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
