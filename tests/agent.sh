#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The agent in real guests, driven by tests/agent_drive.c instead of the project's own session.
set -u
top=$(cd "$(dirname "$0")/.." && pwd) || exit 3
cd "$top" || exit 3

if [ $# -lt 2 ] || [ "$1" = --help ]; then
	cat <<EOT
usage: tests/agent.sh talk|malformed|soak|bench ARCH...
talk        every engine on hand-encoded null blocks: hashes, dump, log, survivors, pipelining, the end
malformed   what is not a request, each in a fresh guest: WIRE_ERROR, and the guest ends
soak        10,000 loads in one guest
bench       costs of loading and running
EOT
	[ "${1-}" = --help ] && exit 0
	exit 2
fi
what=$1
shift

work=$(mktemp -d) || exit 3
trap 'rm -rf "$work"' EXIT
tree=$(images/kernel.sh --tree) || exit 3
gcc -std=gnu11 -D_GNU_SOURCE -O1 -g -Wall -Wextra -Werror -fsanitize=address,undefined -I. \
	-o "$work/drive" tests/agent_drive.c || exit 3

rc=0
for arch; do
	image=$(images/build.sh "$arch") && agent/build.sh "$arch" "$tree" "$work/init" &&
		images/initramfs.sh "$image" "$work/init" "$work/$arch.cpio" || exit 3
	if ! CONSOLE_LOG=$work/console "$work/drive" "$arch" "$image" "$work/$arch.cpio" "$what" >"$work/out"; then
		rc=1
		tail -n 20 "$work/console" | tr -d '\r' | sed "s/^/# $arch console: /"
	fi
	sed "s/^\(not ok\|ok\) [0-9]* /&$arch: /; s/^\(not ok\|ok\) [0-9]* /\1 /; /^1\.\./d; /^KTAP/d" "$work/out"
done
exit $rc
