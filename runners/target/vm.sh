#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# A boot script: the guest that `make vm` keeps warm.
set -u
here=$(cd "$(dirname "$0")" && pwd) || exit 3

help() {
	cat <<EOT
usage: vm.sh ARCH IMAGEDIR INITRD
Lend the guest that is kept warm at \$VM_SOCKET, with its byte stream on file
descriptor 3 and its console on stdout, as runners/qemu/boot.sh has them. Where
it is another guest than this one would be, or is in use, this becomes boot.sh.
EOT
}

case ${1-} in -h | --help) help && exit 0 ;; esac
[ $# -eq 3 ] || { help >&2 && exit 2; }
exec "$CHECKJIT" vm --socket "$VM_SOCKET" --join --else "$here/../qemu/boot.sh" "$@"
