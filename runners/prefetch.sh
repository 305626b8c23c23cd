#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Make what the first guest is made of while checkjit itself is compiled.
set -u
here=$(cd "$(dirname "$0")" && pwd) || exit 3
images=$here/../images

help() {
	cat <<EOF
usage: [ARCH=NAMES] prefetch.sh WORKDIR
Make image and agent of the first of ARCH (default: those of \`make run\`) whose
kernel is built already; the job makes the others while that guest runs. What
fails here is left to the job itself, which says why.
EOF
}

case ${1-} in -h | --help) help && exit 0 ;; esac
[ $# -eq 1 ] || { help >&2 && exit 2; }
[ -z "${TARGET-}" ] || exit 0

first=
# shellcheck disable=SC2086 # a list
for a in $("$here/qemu/arch.sh" --list ${ARCH-} 2>/dev/null); do
	[ "$("$images/kernel.sh" --kind "$a" 2>/dev/null)" = binary ] || continue
	first=$a
	break
done
[ -n "$first" ] || exit 0

"$images/deps.sh" "$first" >/dev/null || exit 0
mkdir -p "$1" || exit 0

# the agent needs no kernel and the kernel no agent, so both are made at once
agent() {
	tree=$("$images/kernel.sh" --tree) && "$here/agent.sh" "$first" "$tree" - "$1"
}

"$images/tools.sh" --if-old >/dev/null 2>&1 &
agent "$1" &
"$images/build.sh" "$first" >/dev/null
wait
exit 0
