#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Translate any name of an architecture to the one that checkjit uses.
set -u
here=$(cd "$(dirname "$0")" && pwd) || exit 3
me=arch fail=2
. "$here/../lib.sh"

help() {
	cat <<EOF
usage: arch.sh NAME | --list
Print this project's name for the architecture NAME (aarch64: arm64, s390:
s390x ...), or one line per architecture that a run has when it asks for none in
particular (ONLY_ASKED=1 in the conf of the others). What an architecture is,
is data: runners/qemu/arch/<name>.conf.
EOF
}

names() {
	for c in "$here"/arch/*.conf; do
		c=${c##*/}
		echo "${c%.conf}"
	done
}

case ${1-} in
-h | --help) help && exit 0 ;;
--list)
	for a in $(names); do
		grep -q '^ONLY_ASKED=1' "$here/arch/$a.conf" || echo "$a"
	done
	exit 0
	;;
'') die "no architecture given (one of: $(names | xargs))" ;;
*[!A-Za-z0-9_-]*) die "'$1' is no architecture (one of: $(names | xargs))" ;;
esac
[ $# -eq 1 ] || die "one name at a time, got: $*"

want=$(printf %s "$1" | tr '[:upper:]' '[:lower:]')
candidates=
for a in $(names); do
	ALIASES=''
	# shellcheck disable=SC1090 # data
	. "$here/arch/$a.conf"
	case " $a $ALIASES " in *" $want "*)
		echo "$a"
		exit 0
		;;
	esac
	case " $ALIASES " in *" $want"'? '*) candidates="$candidates $a" ;; esac
done
[ -z "$candidates" ] || die "'$1' is ambiguous (candidates:$candidates)"
die "'$1' is unknown (one of: $(names | xargs))"
