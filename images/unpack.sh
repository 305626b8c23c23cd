#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Unpack a tarball of one source tree.
set -u
here=$(cd "$(dirname "$0")" && pwd) || exit 3
. "$here/lib.sh"

help() {
	cat <<EOF
usage: unpack.sh TARBALL DIR
Unpack TARBALL, without its top directory if it has just one, as DIR, which
appears only when it is complete. TARBALL may be - (stdin, xz compressed).
EOF
}

case ${1-} in -h | --help) help && exit 0 ;; esac
[ $# -eq 2 ] || { help >&2 && exit 2; }
from=$1 to=$2

lock "$to.lock"
[ ! -d "$to" ] || exit 0
need_space "${to%/*}" "${NEED:-2000}" "unpacking"
tmp=$to.tmp
rm -rf "$tmp"
mkdir "$tmp" || die "cannot create $tmp"
say "unpacking ${to##*/}"
if [ "$from" = - ]; then
	tar -xJf - -C "$tmp" 2>"$to.log"
else
	tar -xf "$from" -C "$tmp" 2>"$to.log"
fi || { rm -rf "$tmp" && TAIL=3 fail_log "$to.log" "unpacking $from"; }
rm -f "$to.log"

set -- "$tmp"/*
if [ $# -eq 1 ] && [ -d "$1" ]; then
	mv "$1" "$to" && rm -rf "$tmp"
else
	mv "$tmp" "$to"
fi
