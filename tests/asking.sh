#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The manual page, and completion in bash: both come from the tables of jobs, settings and
# subcommands.
set -u
top=$(cd "$(dirname "$0")/.." && pwd) || exit 3
cd "$top" || exit 3

case ${1-} in -h | --help) echo "usage: tests/asking.sh" && exit 0 ;; esac
# shellcheck source=tests/lib.sh
. tests/lib.sh

# ---- checkjit.1 ----

page=$work/checkjit.1
"$checkjit" manual >"$page"
if command -v mandoc >/dev/null; then
	expect manual/lint 0 '' mandoc -T lint -W warning "$page"
elif command -v man >/dev/null; then
	man --warnings -E UTF-8 -l "$page" >"$work/text" 2>"$log"
	[ ! -s "$log" ]
	result $? manual/lint 'man --warnings'
else
	skip manual/lint 'neither mandoc nor man is installed'
fi
# roff's escapes undone
sed 's/^\.B //; s/\\-/-/g' "$page" >"$work/plain"
{
	"$checkjit" --help | sed -n 's/^  \([a-z][a-z-]*\) .*/\1/p'
	"$checkjit" job --help | sed -n 's/^  \([a-z][a-z-]*\) .*/\1/p'
	"$checkjit" settings | sed -n 's/^  \([A-Z][A-Z_0-9]*\) *\[.*/\1/p'
} >"$work/names"
[ "$(wc -l <"$work/names")" -gt 90 ]
result $? manual/names "only $(wc -l <"$work/names") names"
while read -r name; do
	grep -qx -- "$name" "$work/plain" || echo "no entry for $name"
done <"$work/names" >"$log"
[ ! -s "$log" ]
result $? manual/complete

# ---- completion ----

if ! command -v bash >/dev/null; then
	skip completion 'bash is not installed'
	finish
fi

# completes NAME LINE REPLY: what bash offers for LINE, as words
completes() {
	PATH=$(dirname "$(readlink -f "$checkjit")"):$PATH O=$O LINE=$2 bash -c '
		. runners/completion.bash
		COMP_LINE=$LINE COMP_POINT=${#LINE}
		door=${LINE%% *}
		function=$(complete -p "$door" | sed "s/.* -F \([^ ]*\) .*/\1/")
		"$function" "$door" "" ""
		echo "${COMPREPLY[@]}"' >"$log" 2>&1
	[ "$(cat "$log")" = "$3" ]
	result $? "completion/$1" "expected: $3"
}

completes nothing 'make boo' ''
completes job 'make att' 'attribute'
completes check 'make chec' 'check check-full'
completes setting 'make run SWE' 'SWEEP='
completes setting/of-the-job 'make compare SWE' ''
completes value 'make run SWEEP=n' 'nightly none'
completes arch 'make run ARCH=riscv' 'riscv32 riscv64'
completes engine 'make repro ENGINE=raw_' 'raw_interp raw_jit'
completes family 'make run CASES=excep' 'exceptions/'
completes operation 'make run CASES=alu/sdiv64_' 'alu/sdiv64_imm/'
completes id 'make repro ARCH=arm64 ID=alu/neg64/r1' 'alu/neg64/r1'
completes quoted "make run CASES='alu/neg6" 'alu/neg64/'
completes generated/family 'make run CASES=gen/alu_' 'gen/alu_x/ gen/alu_k/'
completes generated/operation 'make list CASES=gen/alu_x/sdiv64' 'gen/alu_x/sdiv64_x/'
completes file 'make run PATCHES=fi' ''
completes command 'checkjit att' 'attribute'
completes option 'checkjit list --v' '--vectors'
completes list 'checkjit list alu/neg64/r1' 'alu/neg64/r1'
completes checkjit/job 'checkjit job so' 'soundness'
completes checkjit/setting 'checkjit job compare A' 'A='
completes checkjit/value 'checkjit job run ARCH=s3' 's390x'
completes no-such-id 'make run CASES=nosuch' ''

# elsewhere make completes as before
cat >"$work/elsewhere.sh" <<'EOT'
before() { COMPREPLY=(theirs); }
complete -F before make
. "$1"/runners/completion.bash
cd /
COMP_LINE='make x' COMP_POINT=6
_checkjit_make make x make
echo "${COMPREPLY[@]}"
EOT
expect completion/elsewhere 0 '^theirs$' bash "$work/elsewhere.sh" "$top"
finish
