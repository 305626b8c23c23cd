#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Make what guests are made of while checkjit itself is compiled.
set -u
here=$(cd "$(dirname "$0")" && pwd) || exit 3
images=$here/../images

help() {
	cat <<EOF
usage: [ARCH=NAMES] prefetch.sh WORKDIR
Make the images, agents and initramfs of those of ARCH (default: those of
\`make run\`) whose kernel is built already. What fails here is left to the job
itself, which says why.
EOF
}

case ${1-} in -h | --help) help && exit 0 ;; esac
[ $# -eq 1 ] || { help >&2 && exit 2; }
[ -z "${TARGET-}" ] || exit 0

archs=
for name in ${ARCH:-$("$here/qemu/arch.sh" --list)}; do
	a=$("$here/qemu/arch.sh" "$name" 2>/dev/null) || continue
	[ "$("$images/kernel.sh" --kind "$a" 2>/dev/null)" != binary ] || archs="$archs $a"
done
[ -n "$archs" ] || exit 0

# shellcheck disable=SC2086 # a list
"$images/deps.sh" $archs >/dev/null || exit 0
mkdir -p "$1" || exit 0

# agents need no kernel and kernels need no agent, so both are made at once
agents() {
	tree=$("$images/kernel.sh" --tree) || exit
	for a in $archs; do "$here/agent.sh" "$a" "$tree" - "$1"; done
}

"$images/tools.sh" --if-old >/dev/null 2>&1 &
agents "$1" &
for a in $archs; do "$images/build.sh" "$a" >/dev/null; done
wait
exit 0
