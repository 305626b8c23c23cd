#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# checkjit asm and dis as filters: pipes, messages, exit codes, big input. CHECKJIT= overrides the program.

set -u
checkjit=${CHECKJIT:-${O:-build}/checkjit}
tmp=$(mktemp -d) || exit 3
trap 'rm -rf "$tmp"' EXIT
n=0 failed=0

# report NAME: by the exit status of what came before
report()
{
	if [ $? -eq 0 ]; then
		ok=ok
	else
		ok='not ok'
		failed=1
		sed 's/^/# /' "$tmp/out" "$tmp/err" | head -n 20
	fi
	n=$((n + 1))
	echo "$ok $n $1"
}

# filter EXIT COMMAND INPUT: run it, and compare its exit code
filter()
{
	want=$1
	shift
	# shellcheck disable=SC2059 # the input is a format on purpose
	printf "$2" | "$checkjit" $1 > "$tmp/out" 2> "$tmp/err"
	[ $? -eq "$want" ]
}

# refuses COMMAND INPUT MESSAGE: exit 2, the message first on stderr, nothing on stdout
refuses()
{
	filter 2 "$1" "$2" && [ ! -s "$tmp/out" ] && head -n 1 "$tmp/err" | grep -qF "$3"
}

echo "KTAP version 1"
echo "1..12"
[ -x "$checkjit" ] || { echo "asm-filters: no $checkjit (expected make to have built it)" >&2; exit 3; }

filter 0 asm 'r1 s/= r2\nr1 = 1 ll; exit\n' &&
	[ "$(tr '\n' ' ' < "$tmp/out")" = '3f21010000000000 1801000001000000 0000000000000000 9500000000000000 ' ]
report "assembly to slots"
filter 0 dis '# two\n\n 3F21010000000000 # one\r\n9500000000000000' &&
	[ "$(cat "$tmp/out")" = 'r1 s/= r2
exit' ]
report "slots to assembly"
filter 0 asm '' && [ ! -s "$tmp/out" ] && filter 0 dis '' && [ ! -s "$tmp/out" ]
report "nothing in, nothing out"
refuses asm 'exit\n r1 += r12\n' "<stdin>:2:8: unknown register 'r12' (expected r0 to r10)"
report "asm names line and column"
refuses dis '9500000000000000\n\n 950000000000000\n' '<stdin>:3:17: 15 hex digits (expected 16: one slot)'
report "dis: a digit short"
refuses dis '9500000000000000 0\n' "<stdin>:1:18: unexpected '0' (expected the end of the line)"
report "dis: something behind the slot"
refuses dis 'exit\n' "<stdin>:1:1: unexpected 'x' (expected 16 hex digits)" ||
	refuses dis 'exit\n' "<stdin>:1:2: 1 hex digits (expected 16: one slot)"
report "dis: assembly instead of slots"
refuses asm 'exit\0exit' 'NUL byte at offset 4'
report "binary input"
refuses 'asm --what' '' "bad option '--what'" && refuses 'dis file' '' "unexpected argument 'file'"
report "unknown arguments"
filter 0 'asm --help' '' && grep -q '^usage: checkjit asm' "$tmp/out" && filter 0 'dis --help' '' &&
	grep -q '^usage: checkjit dis' "$tmp/out"
report "--help"
"$checkjit" asm --table > "$tmp/table" 2> "$tmp/err" && cut -f 4 "$tmp/table" | "$checkjit" asm > "$tmp/out" 2>> "$tmp/err" &&
	[ "$(wc -l < "$tmp/table")" -gt 180 ]
report "--table is assembly"
awk 'BEGIN {
	for (i = 0; i < 100000; i++)
		printf "l%d: if r1 > %d goto l%d\n", i, i, i < 1000 ? i + 1000 : i - 1000
}' | timeout 20 "$checkjit" asm > "$tmp/hex" 2> "$tmp/err" && timeout 20 "$checkjit" dis < "$tmp/hex" > "$tmp/text" &&
	"$checkjit" asm < "$tmp/text" > "$tmp/hex2" && [ "$(wc -l < "$tmp/hex")" -eq 100000 ] && cmp "$tmp/hex" "$tmp/hex2"
report "100,000 lines there and back"
exit $failed
