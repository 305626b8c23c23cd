#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What a terminal shows while a run lasts: a line for its guest, which changes. Elsewhere no
# escape sequences are written.
set -u
top=$(cd "$(dirname "$0")/.." && pwd) || exit 3
cd "$top" || exit 3

help() {
	echo "usage: tests/live.sh (environment: O)"
	echo "Runs of a few cases in guests of m68k, on a terminal made by script(1)."
}
case ${1-} in -h | --help) help && exit 0 ;; esac
# shellcheck source=tests/lib.sh
. tests/lib.sh
export ARCH=m68k ENGINES=interp CASES='alu/neg64 alu/sdiv64'
command -v script >/dev/null || {
	skip terminal 'script is not installed (package bsdutils)'
	finish
}
esc=$(printf '\033')

# on_terminal NAME COLUMNS COMMAND: its output goes to $log
on_terminal() {
	TERM=${TERM_TYPE:-xterm} script -qec "stty cols $2 rows 10; $3" "$work/$1.terminal" \
		>/dev/null 2>&1 </dev/null
	_status=$?
	tr -d '\r' <"$work/$1.terminal" | sed '1d; /^Script done/d' >"$log"
	result $_status "$1" "exit status $_status"
}

# plain FILE: no escape sequences in it
plain() {
	! grep -q "$esc" "$1"
}

on_terminal wide 100 "RUN=$work/wide '$checkjit' job run"
says wide/boots '^m68k     booting$'
says wide/runs \
	"^$esc\\[1A$esc\\[Jm68k     interp: [0-9]+/[0-9]+, 0 findings, [0-9]+ checks, [0-9]+/s"
says wide/goes "^$esc\\[1A$esc\\[Jm68k     1 boot, "
says wide/report '^m68k      [0-9.]+ .* 0 +0 +0 +0$'

on_terminal narrow 30 "RUN=$work/narrow '$checkjit' job run"
grep "interp: " "$log" >"$work/lines"
[ -s "$work/lines" ] && ! sed "s/.*$esc\\[J//" "$work/lines" | grep -q '.\{30\}'
result $? narrow/width

TERM_TYPE=dumb
on_terminal dumb 100 "RUN=$work/dumb '$checkjit' job run"
plain "$log"
result $? dumb/plain
TERM_TYPE=xterm

on_terminal no-colour 100 "NO_COLOR=1 RUN=$work/no-colour V=1 '$checkjit' job run"
! grep -q "$esc\\[[0-9;]*m" "$log"
result $? no-colour/none

expect pipe 0 '^m68k     1 boot, ' env RUN="$work/pipe" "$checkjit" job run
plain "$log"
result $? pipe/plain
finish
