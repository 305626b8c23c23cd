#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The documents name only what exists: files, make targets, subcommands, settings, functions, links.
# Their lines and tables keep to the format, and the examples of the case language are cases.
set -u
top=$(cd "$(dirname "$0")/.." && pwd) || exit 3
cd "$top" || exit 3

case ${1-} in -h | --help) echo "usage: tests/docs.sh" && exit 0 ;; esac
# shellcheck source=tests/lib.sh
. tests/lib.sh
docs=$(git ls-files '*.md')
# characters, not bytes
LC_ALL=C.UTF-8
export LC_ALL

# nothing NAME: ok if $log is empty
nothing() {
	[ ! -s "$log" ]
	result $? "$1"
}

# each WHAT COMMAND: for lines "FILE WORD" on stdin, say those for which COMMAND WORD fails
each() {
	_what=$1
	shift
	while read -r _file _word; do
		"$@" "$_word" || echo "$_file: no $_what '$_word'"
	done >"$log"
}

# words PATTERN: "FILE WORD" for each match in the documents, each once
words() {
	# shellcheck disable=SC2086 # a list
	grep -oE -- "$1" $docs | sort -u | sed 's/:/ /'
}

# ---- format ----

[ "$(wc -l <README.md)" -le 150 ]
result $? 'README.md has at most 150 lines'

# shellcheck disable=SC2086 # a list
grep -nE '^[^|].{100,}' $docs >"$log"
nothing 'lines have at most 100 columns'

# shellcheck disable=SC2086 # a list
grep -nE '^\|.*\|[^|]{123,}\|' $docs >"$log"
nothing 'table cells have at most 120 characters'

[ "$(sed -n '/^## Glossary/,/^## Add/p' HACKING.md | grep -c '^| ')" -le 41 ]
result $? 'the glossary has at most 40 terms'

# ---- what they name ----

# a path, in which <…> and NAME stand for any name
path_exists() {
	case $1 in
	# ids of generated cases and of finds, and the kernel's lib/test_bpf
	gen/*.[ch] | fuzz/*.*) ;;
	gen/?* | fuzz/*[!/]* | lib/test_bpf*) return 0 ;;
	esac
	# shellcheck disable=SC2086 # a glob
	# shellcheck disable=SC2046 # words
	set -- $(printf %s "$1" | sed 's/<[a-z]*>/*/g; s/NAME/*/; s/\.$//; s/^\([^[]*\)]$/\1/')
	[ -e "$1" ]
}

folders=$(git ls-files | sed -n 's,^\([a-z]*\)/.*,\1,p' | sort -u | paste -s -d '|' -)
words "(^|[^A-Za-z0-9_./~-])($folders)/[][A-Za-z0-9_./*<>-]*" | sed 's/ [^a-z]*/ /' |
	grep -v ' results/[^k]' | each path path_exists
nothing 'paths exist'

# links: to files beside the document, and to headings in them
anchors() {
	sed -n 's/^#\{1,6\} //p' "$1" | tr 'A-Z' 'a-z' | sed 's/[^a-z0-9 _-]//g; s/ /-/g'
}
for doc in $docs; do
	grep -oE '\]\([^)]*\)' "$doc" | sed 's/^](//; s/)$//' | grep -v '^https\{0,1\}:' |
		while read -r link; do
		file=${link%%#*} heading=${link#"${link%%#*}"}
		target=$doc
		[ -z "$file" ] || target=$(dirname "$doc")/$file
		if [ ! -e "$target" ]; then
			echo "$doc: no file for link '$link'"
		elif [ -n "$heading" ] && ! anchors "$target" | grep -qx -- "${heading#\#}"; then
			echo "$doc: no heading for link '$link'"
		fi
	done
done >"$log"
nothing 'links lead somewhere'

make -s help >"$work/help" 2>&1
{
	sed -n 's/^\.PHONY://p' Makefile
	sed -n 's/^  make \([a-z-]*\).*/\1/p' "$work/help"
} | tr ' ' '\n' | grep . >"$work/targets"
target_exists() {
	grep -qx -- "$1" "$work/targets"
}
words '(`|^    (\$ )?)make [a-z][a-z-]*' | sed 's/ .*make / /' | each target target_exists
nothing 'make targets exist'

"$checkjit" --help >"$work/commands"
command_exists() {
	grep -q "^  $1 " "$work/commands"
}
words '(build/|`)checkjit [a-z][a-z-]*' | sed 's/ .*checkjit / /' | each subcommand command_exists
nothing 'subcommands exist'

# a setting of make help, or a variable of a script
setting_exists() {
	grep -q "^  $1 " "$work/help" || git grep -qwF -- "$1" -- '*.sh' '*.conf' Makefile
}
words '(make|sh) [^|`]*[ `][A-Z][A-Z0-9_]+=' | sed 's/ .*[ `]/ /; s/=$//' |
	each setting setting_exists
nothing 'settings exist'

"$checkjit" settings --markdown >"$work/settings"
sed -n '/^## Settings/,$p' docs/usage.md | grep '^|' | diff "$work/settings" - >"$log"
nothing 'docs/usage.md has the table of settings'

function_exists() {
	git grep -qw -- "${1%()}" -- '*.c' '*.h'
}
words '`[a-z_0-9]+\(\)`' | tr -d '`' | each function function_exists
nothing 'functions exist'

# ---- completeness ----

# named README PREFIX FILE...: README names each FILE, without PREFIX
named() {
	_readme=$1 _prefix=$2
	shift 2
	for _file; do
		grep -qwF -- "${_file#"$_prefix"}" "$_readme" ||
			echo "$_readme does not name $_file"
	done
}
{
	# shellcheck disable=SC2046 # lists of names without blanks
	named agent/README.md agent/ $(git ls-files 'agent/*.c')
	# shellcheck disable=SC2046
	named images/README.md images/ $(git ls-files 'images/*.sh')
	# shellcheck disable=SC2046
	named runners/qemu/README.md '' \
		$(sed -n 's/^\([A-Z0-9_]*\)=.*/\1/p' runners/qemu/arch/*.conf | sort -u)
	# shellcheck disable=SC2046
	named HACKING.md '' $(git ls-files | sed -n 's,^\([a-z]*/\).*,\1,p' | sort -u)
} >"$log"
nothing 'folder READMEs name every file'

# ---- the case language ----

grep -oE '\[KW_[A-Z_]+\] = "[a-z]+"' bpf/case_parse.c | sed 's/.*"\(.*\)"/\1/' |
	while read -r keyword; do
	sed -n '/^## /s/^## /### /p; /^### /p' cases/README.md | grep -qw -- "$keyword" ||
		echo "cases/README.md has no heading for $keyword"
done >"$log"
nothing 'every kind of line has a heading'

awk -v dir="$work" \
	'/^```case$/ { name = dir "/" ++n ".case"; next }
	/^```/ { name = "" }
	name { print >name }' cases/README.md
for example in "$work"/*.case; do
	# shellcheck disable=SC2069 # stderr alone
	"$checkjit" model "$example" 2>&1 >/dev/null
done >"$log"
[ -f "$work/2.case" ] && [ ! -s "$log" ]
result $? 'examples of the case language are cases'

finish
