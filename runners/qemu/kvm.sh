#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Can this machine run guests of the architecture with KVM? Tested by booting one.
set -u
here=$(cd "$(dirname "$0")" && pwd) || exit 3
me=kvm
. "$here/../lib.sh"

LIMIT=10

help() {
	cat <<EOF
usage: kvm.sh ARCH IMAGEDIR
Print "yes" or "no", and the reason. /dev/kvm may exist, open and create guests
that never execute an instruction; so IMAGEDIR is booted, with an initramfs in
which nothing is, and must print its first lines within $LIMIT seconds. The answer
is kept in the cache until the host is booted again.
EOF
}

case ${1-} in -h | --help) help && exit 0 ;; esac
[ $# -eq 2 ] || { help >&2 && exit 2; }
arch=$("$here/arch.sh" "$1") || exit
[ -r "$2/kernel" ] || die "$2/kernel is missing (expected a directory from images/build.sh)" 2

cache=$CACHE/kvm
boot_id=$(cat /proc/sys/kernel/random/boot_id 2>/dev/null || echo unknown)
known=$cache/$arch-$boot_id
[ ! -s "$known" ] || exec cat "$known"

prove() {
	# shellcheck disable=SC1090 # data
	. "$here/arch/$arch.conf"
	case $arch in
	"$(uname -m)" | "$("$here/arch.sh" "$(uname -m)" 2>/dev/null)") ;;
	*) echo "no: the host is $(uname -m)" && return ;;
	esac
	[ -e /dev/kvm ] || { echo "no: there is no /dev/kvm" && return; }
	[ -w /dev/kvm ] || { echo "no: /dev/kvm is not writable for $(id -un)" && return; }
	: >"$work/empty"
	APPEND=loglevel=7 KVM=1 timeout -s KILL "$LIMIT" \
		"$here/boot.sh" "$arch" "$2" "$work/empty" \
		>"$work/console" 2>"$work/errors" 3>&- &
	qemu=$!
	for _ in $(seq $((LIMIT * 5))); do
		if grep -qE 'Run /init|Kernel panic' "$work/console"; then
			kill $qemu 2>/dev/null
			echo "yes: a guest booted"
			return
		fi
		kill -0 $qemu 2>/dev/null || break
		sleep 0.2
	done
	if [ -s "$work/errors" ] && ! kill -0 $qemu 2>/dev/null; then
		echo "no: $(head -n 1 "$work/errors" | cut -c1-120)"
	else
		kill $qemu 2>/dev/null
		echo "no: a guest did not boot within $LIMIT s"
	fi
}

mkdir -p "$cache" || die "cannot create $cache"
work=$(mktemp -d) || die "no space left for temporary files"
trap 'rm -rf "$work"' EXIT
prove "$@" >"$work/answer"
cp "$work/answer" "$known.$$" && mv "$known.$$" "$known"
cat "$known"
