#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Build the agent and initramfs of one architecture, unless nothing in them changed.
set -u
here=$(cd "$(dirname "$0")" && pwd) || exit 3

case ${1-} in
-h | --help)
	echo "usage: agent.sh ARCH TREE IMAGEDIR|- WORKDIR:" \
		"make WORKDIR/ARCH.agent, and ARCH.cpio for IMAGEDIR" && exit 0
	;;
esac
[ $# -eq 4 ] || { echo "usage: agent.sh ARCH TREE IMAGEDIR WORKDIR" >&2 && exit 2; }
arch=$1 tree=$2 image=$3 work=$4

newer() {
	[ ! -f "$2" ] || [ -n "$(find "$1" -newer "$2" 2>/dev/null | head -n 1)" ]
}

# CC=, LLVM= and CROSS_COMPILE= apply to the kernel under test only
unset CC LLVM CROSS_COMPILE
if newer "$here/../agent" "$work/$arch.agent" || newer "$here/../proto" "$work/$arch.agent" ||
	newer "$here/qemu/arch/$arch.conf" "$work/$arch.agent"; then
	"$here/../agent/build.sh" "$arch" "$tree" "$work/$arch.agent" || exit
fi
[ "$image" != - ] || exit 0
key=$(printf '%s %s' "$image" "$(cksum <"$work/$arch.agent")")
if [ ! -f "$work/$arch.cpio" ] || [ "$(cat "$work/$arch.key" 2>/dev/null)" != "$key" ]; then
	"$here/../images/initramfs.sh" "$image" "$work/$arch.agent" "$work/$arch.cpio" || exit
	echo "$key" >"$work/$arch.key"
fi
