#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# `make arches` writes its document from records and keeps the rows of other arches. docs/arches.md
# has each conf. The table itself: tests/unit/report_arches.c.
set -u
top=$(cd "$(dirname "$0")/.." && pwd) || exit 3
cd "$top" || exit 3

case ${1-} in -h | --help) echo "usage: tests/arches.sh" && exit 0 ;; esac
# shellcheck source=tests/lib.sh
. tests/lib.sh

# ---- the job ----

mkdir "$work/run" || exit 3
{
	# the header is one line
	tr -d '\n' <<-'END'
	{"run":{"arch":"riscv64","kernel":"7.9.0","word_bits":64,"order":"little",
	"start":"2026-01-02T00:00:00Z","version":"v9","engines":["jit"],
	"caps":{"jit":{"have":true,"errno":0}},"planned":1}}
	END
	cat <<-'END'

	{"id":"alu/neg64/r3","arch":"riscv64","engine":"jit","verdict":"PASS","jited":40}
	{"totals":{"records":1,"pass":1}}
	END
} >"$work/run/riscv64.jsonl"
cat >"$work/out.md" <<'END'
## Architectures

| m68k | kept |
| riscv64 | replaced |
END
arches() {
	_name=$1 _status=$2 _pattern=$3
	shift 3
	expect "$_name" "$_status" "$_pattern" env OUT="$work/out.md" "$@" runners/run.sh arches
}
arches job 0 '' RUN="$work/run"
cp "$work/out.md" "$log"
says row '^\| riscv64 \| 64 \| little \| 7.9.0 \| 1 of 9 \| 1 \| 0 \|.* 2026-01-02, v9 \|$'
says kept '^\| m68k \| kept \|$'
! grep -q replaced "$work/out.md"
result $? replaced 'the old row is still there'
says absent '^\| sparc32 \|'
cp "$work/out.md" "$work/before"
arches again 0 '' RUN="$work/run"
cmp "$work/before" "$work/out.md" >"$log" 2>&1
result $? same 'a second time gives another document'
arches no-run 2 'no/such' RUN="$work/no/such"
cmp "$work/before" "$work/out.md" >"$log" 2>&1
result $? untouched 'a run that is not there changed the document'
expect no-arguments 2 'arches: no runs' "$checkjit" arches
expect no-coverage 2 'no/such: No such file' "$checkjit" arches --coverage "$work/no/such" \
	"$work/run"

# ---- docs/arches.md ----

for a in $(runners/qemu/arch.sh --list all); do
	grep -qE "^\\| (.*, )?$a(, .*)? \\| .* \\|\$" docs/arches.md || echo "$a"
done >"$log"
[ ! -s "$log" ]
result $? doc/every-conf 'no row of these: make arches RUN=..., or runners/qemu/absent.txt'
sed -n '/^## Not here/,$p' docs/arches.md | grep -c '^| [a-z]' >"$log"
equals "$(($(grep -c "$tab" runners/qemu/absent.txt) + 1))" "$(cat "$log")"
result $? doc/absent 'not the rows of runners/qemu/absent.txt'
awk -F'\t' '!/^#/ && (NF != 3 || $3 == "") { print FILENAME ":" FNR ": expected 3 columns" }' \
	runners/qemu/absent.txt >"$log"
[ ! -s "$log" ]
result $? absent/columns
finish
