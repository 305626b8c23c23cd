#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# A newer QEMU than this machine's, from the backports of its Debian release.
set -u
here=$(cd "$(dirname "$0")" && pwd) || exit 3
. "$here/lib.sh"
. "$here/apt.sh"

help() {
	cat <<EOF
usage: qemu.sh [--if-old] ARCH
Unpack the QEMU for ARCH of the backports of this Debian release, once, and print the
directory of its binary (for QEMU_BIN=). --if-old does nothing where this machine's own
is as new as the conf of ARCH demands (QEMU_SINCE).
EOF
}

case ${1-} in -h | --help) help && exit 0 ;; esac
if_old=
[ "${1-}" != --if-old ] || { if_old=1 && shift; }
[ $# -eq 1 ] || { help >&2 && exit 2; }
load_arch "$1"
binary=${QEMU%% *}

# is_new BINARY: is it there, and of the version that the conf demands?
is_new() {
	_version=$("$1" --version 2>/dev/null | sed -n '1s/.*version \([0-9.]*\).*/\1/p')
	[ -n "$_version" ] && dpkg --compare-versions "$_version" ge "${QEMU_SINCE:-0}"
}

[ -z "$if_old" ] || ! is_new "$binary" || exit 0
to=$CACHE/tools/$binary
[ -x "$to/bin/$binary" ] || {
	make_cache "$CACHE/tools"
	lock "$to.lock"
}
[ ! -x "$to/bin/$binary" ] || { echo "$to/bin" && exit; }
apt_use "$(dpkg --print-architecture)" backports || :
wants=$(awk -v arch="$ARCH" -v binary="$binary" '$1 == arch && $2 == binary { print $3 }' \
	"$here/packages" | tr '|' '\n')
work=$(mktemp -d "$CACHE/tools/.qemu.XXXXXX") && cd "$work" || die "no space left in $CACHE"
trap 'rm -rf "$work"' EXIT
for package in $wants; do
	private apt-get download "$package" qemu-system-data >"$log" 2>&1 && break
done
for deb in *.deb; do
	[ -e "$deb" ] || TAIL=4 fail_log "$log" "fetching a newer $binary"
	dpkg-deb -x "$deb" root || die "cannot unpack $deb (no space left?)"
done
mkdir -p new/bin new/share && mv root/usr/share/qemu new/share/ &&
	mv "root/usr/bin/$binary" new/bin/ || die "$(echo *.deb) has no $binary"
ldd "new/bin/$binary" | grep 'not found' >"$log" &&
	fail_log "$log" "the newer $binary lacks libraries that images/deps.sh $ARCH installs; it"
is_new "new/bin/$binary" ||
	die "$ARCH wants QEMU $QEMU_SINCE; the backports have ${_version:-none}"
mv new "$to" || die "no space left in $CACHE/tools"
echo "$to/bin"
