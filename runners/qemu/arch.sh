#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Translate any name of an architecture to the one that checkjit uses.
set -u
here=$(cd "$(dirname "$0")" && pwd) || exit 3
me=arch fail=2
. "$here/../lib.sh"

help() {
	cat <<EOF
usage: arch.sh NAME
       arch.sh --list [NAME...]
Print this project's name for the architecture NAME (aarch64: arm64, s390:
s390x ...). --list takes what ARCH= may hold and prints one line per architecture,
each once: those of the NAMEs, where "all" is every one; without a NAME, those
that a run has when it asks for none in particular (ONLY_ASKED=1 in the conf of
the others). What an architecture is, is data: runners/qemu/arch/<name>.conf.
EOF
}

names() {
	for c in "$here"/arch/*.conf; do
		c=${c##*/}
		echo "${c%.conf}"
	done
}

# of a run that asks for none
defaults() {
	for a in $(names); do
		grep -q '^ONLY_ASKED=1' "$here/arch/$a.conf" || echo "$a"
	done
}

# our_name NAME
our_name() {
	case $1 in
	'') die "no architecture given (one of: $(names | xargs))" ;;
	*[!A-Za-z0-9_-]*) die "'$1' is no architecture (one of: $(names | xargs))" ;;
	esac
	want=$(printf %s "$1" | tr '[:upper:]' '[:lower:]')
	candidates=
	for a in $(names); do
		ALIASES=''
		# shellcheck disable=SC1090 # data
		. "$here/arch/$a.conf"
		case " $a $ALIASES " in *" $want "*)
			echo "$a"
			return
			;;
		esac
		case " $ALIASES " in *" $want"'? '*) candidates="$candidates $a" ;; esac
	done
	[ -z "$candidates" ] || die "'$1' is ambiguous (candidates:$candidates)"
	[ "$want" != all ] || die "'all' is several (one of: $(names | xargs))"
	die "'$1' is unknown (one of: $(names | xargs))"
}

# list NAME...
list() {
	found=
	for name; do
		if [ "$name" = all ]; then
			more=$(names)
		else
			more=$(our_name "$name") || exit
		fi
		for a in $more; do
			case " $found " in *" $a "*) ;; *) found="$found $a" && echo "$a" ;; esac
		done
	done
}

case ${1-} in
-h | --help) help ;;
--list)
	shift
	if [ $# -eq 0 ]; then defaults; else list "$@"; fi
	;;
*)
	[ $# -le 1 ] || die "one name at a time, got: $*"
	our_name "${1-}"
	;;
esac
