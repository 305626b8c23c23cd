#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# checkjit list and checkjit model from outside: selections, messages, exit codes.
set -u
top=$(cd "$(dirname "$0")/.." && pwd) || exit 3
cd "$top" || exit 3

case ${1-} in -h | --help) echo "usage: tests/cases.sh (environment: CHECKJIT, O)" && exit 0 ;; esac
# shellcheck source=tests/lib.sh
. tests/lib.sh

mkdir -p "$work/cases/one/deep" "$work/cases/two" "$work/none"
cat >"$work/cases/one/a.case" <<-EOF
	case add
		sweep D in regs
		prog
			r{D} += 1
		end
		vec r{D}=7 -> r{D}=8
		vec r{D} in few64
EOF
cat >"$work/cases/one/deep/b.case" <<-EOF
	case st
		mem 16
		ptr r1 = mem+8
		prog
			*(u32 *)(r1 + 0) = 1
		end
		vec mem+0=u64 0
EOF
cat >"$work/cases/two/wrong.case" <<-EOF
	case wrong
		prog
			r1 += 1
		end
		vec r1=7 -> r1=9
EOF

expect list/an-id 0 '^one/add/r3$' "$checkjit" list --cases "$work/cases"
expect list/a-folder-in-a-folder 0 '^one/deep/st/one$' "$checkjit" list --cases "$work/cases"
expect list/vectors 0 '^one/add/r9.8$' "$checkjit" list --cases "$work/cases" --vectors
expect list/leading-parts 0 '^one/add/r0$' "$checkjit" list --cases "$work/cases" one/add
expect list/a-glob 0 '^one/add/r4$' "$checkjit" list --cases "$work/cases" '*/add/r[45]'
expect list/one-vector 0 '^one/add/r1.5$' "$checkjit" list --cases "$work/cases" one/add/r1.5
expect list/nothing-matches 2 'did you mean one/add' "$checkjit" list --cases "$work/cases" one/adb
expect list/no-such-vector 2 "matches 'one/add/r1.9'" "$checkjit" list --cases "$work/cases" \
	one/add/r1.9
expect list/no-folder 2 'No such file' "$checkjit" list --cases "$work/nowhere"
expect list/an-empty-folder 2 'expected files' "$checkjit" list --cases "$work/none"
expect list/unknown-option 2 "bad option '--vetcors'" "$checkjit" list --vetcors
expect model/a-register 0 '^r2 0x0000000000000008$' "$checkjit" model "$work/cases/one/a.case"
expect model/little-endian 0 '^mem[+]0 0000000000000000 01000000' "$checkjit" model \
	"$work/cases/one/deep/b.case"
expect model/big-endian 0 '^mem[+]0 0000000000000000 00000001' "$checkjit" model --order be --word \
	32 "$work/cases/one/deep/b.case"
expect model/an-expectation-that-is-not-met 1 \
	'wrong.case:5: r1 is 0x0000000000000008, expected 0x0000000000000009' \
	"$checkjit" model "$work/cases/two/wrong.case"
expect model/a-malformed-case 2 'unknown-keyword.case:4:2: .*did you mean needs' \
	"$checkjit" model tests/data/bad-cases/unknown-keyword.case
cp "$work/cases/one/a.case" "$work/cases/one/c.case"
expect list/an-id-in-two-files 2 "c.case:1: id 'one/add/r0' is taken" "$checkjit" list --cases \
	"$work/cases"
finish
