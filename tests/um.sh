#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# User-Mode Linux as an architecture: cases run in it, nothing fails, and a run has it only when
# asked for.
set -u
top=$(cd "$(dirname "$0")/.." && pwd) || exit 3
cd "$top" || exit 3

case ${1-} in -h | --help) echo "usage: tests/um.sh (environment: O)" && exit 0 ;; esac
# shellcheck source=tests/lib.sh
. tests/lib.sh
if [ "$(uname -m)" != x86_64 ]; then
	skip all "a User-Mode Linux for x86_64 does not run on $(uname -m)"
	finish
fi
export ARCH=um SWEEP=none

! runners/qemu/arch.sh --list | grep -qx um
result $? listed "a run has it without being asked"
expect run 0 '' env RUN="$work/run" \
	CASES='alu/add64 alu/sdiv64 jmp/jmp64_imm8 calls mem/stack_ldx*' runners/run.sh run
passed=$(count "$work/run" engine=interp verdict=PASS)
[ "$passed" -ge 100 ]
result $? passed "$passed cases pass, fewer than 100"
expect soundness 0 'compared:[0-9]{4,}' env RUN="$work/soundness" \
	CASES='jmp/jmp64_imm8 jmp/jmp32_imm8 mem/stack_ldx*' runners/run.sh soundness
finish
