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
directory of its binary (for QEMU_BIN=). --if-old does nothing where QEMU_BIN= names one,
or this machine's own is as new as the conf of ARCH demands (QEMU_SINCE).
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
	_version=$(qemu_version "$1")
	[ -n "$_version" ] && dpkg --compare-versions "$_version" ge "${QEMU_SINCE:-0}"
}

to=$CACHE/tools/$binary
[ -z "$if_old" ] || { [ -z "${QEMU_BIN-}" ] && ! is_new "$binary"; } || exit 0
[ ! -d "$to" ] || { echo "$to/bin" && exit; }
make_cache "$CACHE/tools"
lock "$to.lock"
[ ! -d "$to" ] || { echo "$to/bin" && exit; }
apt_use "$(dpkg --print-architecture)" backports || :
work=$(mktemp -d "$CACHE/tools/.qemu.XXXXXX") && cd "$work" || die "no space left in $CACHE"
trap 'rm -rf "$work"' EXIT
# a|b: the first that these packages have
for package in $(awk -v arch="$ARCH" -v binary="$binary" \
	'$1 == arch && $2 == binary { print $3 }' "$here/packages" | tr '|' ' '); do
	apt_unpack "$package" qemu-system-data && break
done
[ -d root ] || TAIL=4 fail_log "$log" "fetching a newer $binary"
mkdir -p new/bin new/share && mv root/usr/share/qemu new/share/ &&
	mv "root/usr/bin/$binary" new/bin/ || die "$(echo *.deb) has no $binary"
ldd "new/bin/$binary" | grep 'not found' >"$log" &&
	fail_log "$log" "the newer $binary lacks libraries that images/deps.sh $ARCH installs; it"
is_new "new/bin/$binary" ||
	die "$ARCH wants QEMU $QEMU_SINCE; the backports have ${_version:-none}"
mv new "$to" || die "no space left in $CACHE/tools"
echo "$to/bin"
