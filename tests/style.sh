#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The written rules of style, where a machine can tell: columns, format, words, modes, --help.
set -u
top=$(cd "$(dirname "$0")/.." && pwd) || exit 3
cd "$top" || exit 3

case ${1-} in
-h | --help)
	echo "usage: tests/style.sh [FOLDER...]   (default: all)"
	exit 0
	;;
esac
# shellcheck source=tests/lib.sh
. tests/lib.sh

# Folders, and . for the files beside them.
folders=${*:-. agent bpf campaign cases cmd convert docs explain fuzz gen history html images lib \
	native proto reduce report results runners session tests verifier}
# Not clean yet: paths that a check leaves out.
later_words='^tests/unit/'

# files PATTERN...: of $folders, by the ends of their names
files() {
	for _folder in $folders; do
		for _pattern; do
			case $_folder in
			.) find . -maxdepth 1 -type f -name "$_pattern" ;;
			*) find "./$_folder" -type f -name "$_pattern" ;;
			esac
		done
	done | sed 's|^\./||' | grep -v '^results/[^k]' | sort
}

# none NAME WHY: ok where $log, the list of offences, is empty
none() {
	[ ! -s "$log" ]
	result $? "$1" "$(wc -l <"$log") times: $2"
}

# ---- columns and format ----

# A tab goes to the next multiple of 8, a character of UTF-8 is one column. Addresses and rows of
# tables cannot be wrapped.
files '*.c' '*.h' '*.sh' '*.md' | LC_ALL=C xargs awk '
	function columns(s,   parts, n, i, at) {
		gsub(/[\200-\277]/, "", s)
		n = split(s, parts, "\t")
		at = length(parts[1])
		for (i = 2; i <= n; i++)
			at = at - at % 8 + 8 + length(parts[i])
		return at
	}
	/https?:\/\// || /^\|/ { next }
	columns($0) > 100 { print FILENAME ":" FNR ": " columns($0) " columns" }' >"$log"
none columns 'more than 100'

if command -v clang-format >/dev/null; then
	files '*.c' '*.h' | xargs -r -n 20 -P "$(nproc)" clang-format --dry-run -Werror 2>&1 |
		sed -n 's/^\([^:]*\):.* error: .*/\1/p' | sort | uniq -c >"$log"
	none clang-format 'clang-format -i puts it right'
else
	skip clang-format 'clang-format is not installed'
fi

# ---- words ----

# what HACKING.md's glossary has other words for
old='lab|labs|shot|shots|doubt|doubts|excuse|excuses|excused|company|wish|wishes|starved|witness'
files '*.c' '*.h' '*.sh' '*.md' Makefile | grep -vE "$later_words|^tests/style.sh$" |
	xargs grep -nwE "$old" |
	grep -E -e '^[^:]*\.md:' -e '^[^:]*\.[ch]:[0-9]+:(.*/\*|.*//|[[:blank:]]*\*)' \
		-e '^[^:]*(\.sh|Makefile):[0-9]+:(.*[[:blank:]])?#' >"$log"
none glossary "say what HACKING.md's glossary says"

files '*' | xargs grep -niE '(hash|title|cited|quoted).*from m[e]mory' >"$log"
none from-memory 'look it up, or leave it out'
files '*.c' '*.h' '*.sh' '*.awk' Makefile | grep -v '^tests/style.sh$' |
	xargs grep -nE '(/\*|//|^[[:blank:]]*\*|#).*\<(TODO|FIXME|XXX)\>' >"$log"
none todo 'an issue, or the work itself'
{
	files '*.py'
	files '*.sh' Makefile | grep -v '^tests/style.sh$' | xargs grep -niE '\<python[0-9.]*\>'
} >"$log"
none python 'no Python anywhere'

# ---- scripts ----

files '*.sh' | xargs grep -L '^#!/bin/sh$' | xargs -r grep -L '^# shellcheck shell=sh' >"$log"
none sourced 'neither a program nor marked as sourced (# shellcheck shell=sh)'
programs=$(files '*.sh' | xargs grep -l '^#!')
for f in $programs; do
	[ -x "$f" ] || echo "$f"
done >"$log"
none modes 'not executable'
for f in $programs; do
	timeout 20 "$f" --help 2>&1 </dev/null | head -n 1 | grep -qi '^usage' || echo "$f"
done >"$log"
none help 'no usage line for --help'

if command -v shellcheck >/dev/null; then
	# shellcheck disable=SC2046 # a list
	shellcheck -x -S warning -e SC1090 $(files '*.sh') 2>&1 | grep '^In ' >"$log"
	none shellcheck 'shellcheck -x -S warning'
else
	skip shellcheck 'shellcheck is not installed'
fi
finish
