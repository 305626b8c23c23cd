# SPDX-License-Identifier: GPL-2.0
# Functions that scripts share. A script sets me, the prefix of its messages, before it sources
# this file, and may set fail, the exit code of die (otherwise 3).
# shellcheck shell=sh disable=SC2034,SC2154 # used, and set, by those who source this

CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/checkjit
# `checkjit job` calls a script where the results belong, and says which program calls and which O
# it uses. A script that is called by hand works in its checkout.
O=${O:-build}
checkjit=${CHECKJIT:-$O/checkjit}

# say WORDS...: on stderr
say() {
	echo "$me: $*" >&2
}

# die WHY [STATUS]
die() {
	say "$1"
	exit "${2-${fail-3}}"
}

# absolute FILE
absolute() {
	case $1 in
	/*) printf '%s\n' "$1" ;;
	*) printf '%s\n' "$PWD/$1" ;;
	esac
}

# hash of stdin, short enough for the name of a file
short_hash() {
	sha256sum | cut -c1-16
}

# qemu_version BINARY: as 7.2.22; nothing where it does not run
qemu_version() {
	"$1" --version 2>/dev/null | sed -n '1s/.*version \([^ ]*\).*/\1/p'
}

# need_space DIR MEGABYTES WHAT: stop early if the disk lacks the space
need_space() {
	_free=$(df -Pm "$1" 2>/dev/null | awk 'NR == 2 { print $4 }')
	[ "${_free:-$2}" -ge "$2" ] ||
		die "no space left in $1: $3 needs about $2 MB, $_free MB are free"
}
