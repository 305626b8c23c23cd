#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What kbuild's programs need where this machine is older than the kernel.
set -u
here=$(cd "$(dirname "$0")" && pwd) || exit 3
. "$here/lib.sh"
. "$here/apt.sh"

help() {
	cat <<EOF
usage: tools.sh [--if-old]
Unpack the C library and pahole of Debian's $SOURCES, once, and print the directory.
--if-old does nothing where this machine's own serve the headers of the newest kernel.
EOF
}

case ${1-} in -h | --help) help && exit 0 ;; esac
case $# in 0) ;; 1) [ "$1" = --if-old ] || { help >&2 && exit 2; } ;; *) help >&2 && exit 2 ;; esac

# The programs in Debian's linux-kbuild-7.3 want glibc 2.38, its flags for BTF pahole 1.26.
serves() {
	_libc=$(getconf GNU_LIBC_VERSION 2>/dev/null)
	dpkg --compare-versions "${_libc#glibc }" ge 2.38 || return
	_pahole=$(pahole --version 2>/dev/null)
	dpkg --compare-versions "${_pahole#v}" ge 1.26
}

to=$CACHE/tools/libc
[ "${1-}" != --if-old ] || ! serves || exit 0
[ ! -d "$to" ] || { echo "$to" && exit; }
make_cache "$CACHE/tools"
lock "$to.lock"
[ ! -d "$to" ] || { echo "$to" && exit; }
apt_use "$(dpkg --print-architecture)" tools || :
work=$(mktemp -d "$CACHE/tools/.libc.XXXXXX") && cd "$work" || die "no space left in $CACHE"
trap 'rm -rf "$work"' EXIT
apt_unpack libc6 pahole libdw1t64 libelf1t64 libbpf1 ||
	TAIL=4 fail_log "$log" "fetching a newer C library and pahole"
mkdir new && find root \( -path '*-linux-gnu*/*.so*' -o -path '*/bin/pahole' \) \
	! -path '*/gconv/*' ! -type d -exec cp -a {} new/ \; && mv new "$to" ||
	die "no space left in $CACHE/tools"
echo "$to"
