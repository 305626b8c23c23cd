#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Become a User-Mode Linux: replaces runners/qemu/boot.sh if the conf has LAUNCH=um.
set -u
here=$(cd "$(dirname "$0")" && pwd) || exit 3
me=boot
. "$here/../lib.sh"

help() {
	cat <<EOF
usage: um.sh ARCH IMAGEDIR INITRD
Run IMAGEDIR/kernel, which is a program, with INITRD. Its console is written to
stdout. File descriptor 3, a connected socket, is /dev/checkjit_fd to the
agent, by images/module_um.

environment:
  APPEND     more kernel command line
  MEM=256    guest memory in MiB
EOF
}

case ${1-} in -h | --help) help && exit 0 ;; esac
[ $# -eq 3 ] || { help >&2 && exit 2; }
image=$2 initrd=$3
[ "$(uname -m)" = x86_64 ] || die "a User-Mode Linux for x86_64 does not run on $(uname -m)"
[ -x "$image/kernel" ] ||
	die "$image/kernel is missing (expected a directory from images/build.sh)" 2
[ -r "$initrd" ] || die "$initrd is missing (expected an initramfs from images/initramfs.sh)" 2

# shellcheck disable=SC1090 # data
. "$here/../qemu/arch/$1.conf"
port=''
[ ! -S /dev/fd/3 ] || port=checkjit.port=/dev/checkjit_fd
# shellcheck disable=SC2086 # lists
exec "$image/kernel" mem="${MEM:-256}M" initrd="$initrd" $CMDLINE panic=-1 oops=panic loglevel=5 \
	$port ${APPEND-} </dev/null
