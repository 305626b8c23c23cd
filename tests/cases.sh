#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# checkjit list and checkjit model from outside: selections, messages, exit codes. CHECKJIT= overrides the program.

set -u
checkjit=${CHECKJIT:-${O:-build}/checkjit}
tmp=$(mktemp -d) || exit 3
trap 'rm -rf "$tmp"' EXIT
nr=0
failed=0

# expect CODE NAME PATTERN COMMAND...: exit code, and a line of stdout or stderr that PATTERN (of grep) matches
expect()
{
	code=$1 name=$2 pattern=$3
	shift 3
	"$checkjit" "$@" >"$tmp/out" 2>&1
	got=$?
	nr=$((nr + 1))
	if [ $got -eq "$code" ] && grep -q -e "$pattern" "$tmp/out"; then
		echo "ok $nr $name"
		return
	fi
	echo "# exit code $got (expected $code), and a line like '$pattern':"
	sed 's/^/# /' "$tmp/out" | head -n 20
	echo "not ok $nr $name"
	failed=1
}

echo "KTAP version 1"
echo "1..17"

mkdir -p "$tmp/cases/one/deep" "$tmp/cases/two" "$tmp/none"
cat >"$tmp/cases/one/a.case" <<-EOF
	case add
		sweep D in regs
		prog
			r{D} += 1
		end
		vec r{D}=7 -> r{D}=8
		vec r{D} in few64
EOF
cat >"$tmp/cases/one/deep/b.case" <<-EOF
	case st
		mem 16
		ptr r1 = mem+8
		prog
			*(u32 *)(r1 + 0) = 1
		end
		vec mem+0=u64 0
EOF
cat >"$tmp/cases/two/wrong.case" <<-EOF
	case wrong
		prog
			r1 += 1
		end
		vec r1=7 -> r1=9
EOF
dir="--cases $tmp/cases"

# shellcheck disable=SC2086
{
expect 0 "list: an id" '^one/add/r3$' list $dir
expect 0 "list: a folder in a folder" '^one/deep/st/one$' list $dir
expect 0 "list: vectors" '^one/add/r9.8$' list $dir --vectors
expect 0 "list: leading parts" '^one/add/r0$' list $dir one/add
expect 0 "list: a glob" '^one/add/r4$' list $dir '*/add/r[45]'
expect 0 "list: one vector" '^one/add/r1.5$' list $dir one/add/r1.5
expect 2 "list: nothing matches" 'did you mean one/add' list $dir one/adb
expect 2 "list: no such vector" "matches 'one/add/r1.9'" list $dir one/add/r1.9
expect 2 "list: no folder" 'No such file' list --cases "$tmp/nowhere"
expect 2 "list: an empty folder" 'expected files' list --cases "$tmp/none"
expect 2 "list: unknown option" "bad option '--vetcors'" list --vetcors
expect 0 "model: a register" '^r2 0x0000000000000008$' model "$tmp/cases/one/a.case"
expect 0 "model: little endian" '^mem+0 0000000000000000 01000000' model "$tmp/cases/one/deep/b.case"
expect 0 "model: big endian" '^mem+0 0000000000000000 00000001' model --order be --word 32 "$tmp/cases/one/deep/b.case"
expect 1 "model: an expectation that is not met" 'wrong.case:5: r1 is 0x0000000000000008, expected 0x0000000000000009' \
	model "$tmp/cases/two/wrong.case"
expect 2 "model: a malformed case" 'unknown-keyword.case:4:2: .*did you mean needs' \
	model tests/data/bad-cases/unknown-keyword.case
cp "$tmp/cases/one/a.case" "$tmp/cases/one/c.case"
expect 2 "list: an id in two files" "c.case:1: id 'one/add/r0' is taken" list $dir
}
exit $failed
