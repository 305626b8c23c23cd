#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The job behind `make kernels`: list the available binary kernels.
set -u
here=$(cd "$(dirname "$0")" && pwd) || exit 3
. "$here/lib.sh"

help() {
	cat <<EOF
usage: [ARCH=NAMES] kernels.sh
For each of ARCH (default: those of \`make run\`) print the kernels that
KERNEL=debian:VERSION can name, oldest first: architecture, release, Debian's
version, suite, and "cached" where it was fetched already.
EOF
}

case ${1-} in -h | --help) help && exit 0 ;; esac
# shellcheck disable=SC2086 # a list
arches=$("$QEMU_DIR/arch.sh" --list ${ARCH-}) || exit
rc=0
for a in $arches; do
	load_arch "$a"
	if [ -z "$DEBIAN" ]; then
		say "$a: Debian has no kernel for it; one is built from source"
		continue
	fi
	rows=$("$here/debian-kernel.sh" list "$a") || { rc=$? && continue; }
	echo "$rows" | while read -r release version suite; do
		[ -f "$CACHE/binary/$a-$release/kernel" ] && cached=cached || cached=
		printf '%-8s %-24s %-24s %-22s %s\n' "$a" "$release" "$version" "$suite" "$cached"
	done | sed 's/ *$//'
done
exit $rc
