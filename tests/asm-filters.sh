#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# checkjit asm and dis as filters: pipes, messages, exit codes, big input.
set -u
top=$(cd "$(dirname "$0")/.." && pwd) || exit 3
cd "$top" || exit 3

case ${1-} in -h | --help) echo "usage: tests/asm-filters.sh (environment: CHECKJIT, O)" &&
	exit 0 ;; esac
# shellcheck source=tests/lib.sh
. tests/lib.sh

# filter STATUS COMMAND INPUT: the exit status; stdout is in $work/out, and both outputs in $log
filter() {
	# shellcheck disable=SC2059,SC2086 # the input is a format, the command a list of words
	printf "$3" | "$checkjit" $2 >"$work/out" 2>"$work/err"
	_rc=$?
	cat "$work/err" "$work/out" >"$log"
	[ $_rc -eq "$1" ]
}

# prints TEXT: that is the whole stdout of the last filter
prints() {
	[ "$(cat "$work/out")" = "$1" ]
}

# refuses NAME COMMAND INPUT MESSAGE: exit status 2, nothing on stdout, the message first on stderr
refuses() {
	filter 2 "$2" "$3" && [ ! -s "$work/out" ] && head -n 1 "$work/err" | grep -qF "$4"
	result $? "$1" "expected $4"
}

filter 0 asm 'r1 s/= r2\nr1 = 1 ll; exit\n' && prints '3f21010000000000
1801000001000000
0000000000000000
9500000000000000'
result $? asm
filter 0 dis '# two\n\n 3F21010000000000 # one\r\n9500000000000000' && prints 'r1 s/= r2
exit'
result $? dis
filter 0 asm '' && prints '' && filter 0 dis '' && prints ''
result $? nothing
refuses asm/line-and-column asm 'exit\n r1 += r12\n' \
	"<stdin>:2:8: unknown register 'r12' (expected r0 to r10)"
refuses dis/digit-missing dis '9500000000000000\n\n 950000000000000\n' \
	'<stdin>:3:17: 15 hex digits (expected 16: one slot)'
refuses dis/two-slots dis '9500000000000000 0\n' \
	"<stdin>:1:18: unexpected '0' (expected the end of the line)"
# e is a hex digit
refuses dis/assembly dis 'exit\n' "<stdin>:1:2: 1 hex digits (expected 16: one slot)"
refuses asm/binary asm 'exit\0exit' 'NUL byte at offset 4'
refuses asm/option 'asm --what' '' "bad option '--what'"
refuses dis/file 'dis file' '' "unexpected argument 'file'"
for command in asm dis; do
	filter 0 "$command --help" '' && head -n 1 "$work/out" | grep -q "^usage: checkjit $command"
	result $? "$command/help"
done

"$checkjit" asm --table >"$work/table" 2>"$log" && cut -f 4 "$work/table" |
	"$checkjit" asm >"$work/out" 2>>"$log" &&
	[ "$(wc -l <"$work/table")" -gt 180 ]
result $? asm/table
awk 'BEGIN {
	for (i = 0; i < 100000; i++)
		printf "l%d: if r1 > %d goto l%d\n", i, i, i < 1000 ? i + 1000 : i - 1000
}' | timeout 20 "$checkjit" asm >"$work/hex" 2>"$log" &&
	timeout 20 "$checkjit" dis <"$work/hex" >"$work/text" &&
	"$checkjit" asm <"$work/text" >"$work/hex2" && [ "$(wc -l <"$work/hex")" -eq 100000 ] &&
	cmp "$work/hex" "$work/hex2"
result $? 100000-lines
finish
