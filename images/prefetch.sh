#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Fetch what a job needs from the network while checkjit is compiled.
set -u
here=$(cd "$(dirname "$0")" && pwd) || exit 3
. "$here/lib.sh"

help() {
	cat <<EOF
usage: [ARCH=NAMES] prefetch.sh
Make the images of those of ARCH (default: those of \`make run\`) whose kernel is
built already. What fails here is left to the job itself, which says why.
EOF
}

case ${1-} in -h | --help) help && exit 0 ;; esac
[ -z "${TARGET-}" ] || exit 0
for name in ${ARCH:-$("$QEMU_DIR/arch.sh" --list)}; do
	a=$("$QEMU_DIR/arch.sh" "$name" 2>/dev/null) || continue
	[ "$("$here/kernel.sh" --kind "$a" 2>/dev/null)" = binary ] || continue
	"$here/deps.sh" "$a" >/dev/null && "$here/build.sh" "$a" >/dev/null && "$here/kernel.sh" --tree >/dev/null
done
exit 0
