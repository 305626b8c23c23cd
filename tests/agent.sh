#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The agent in real guests, driven by tests/agent_drive.c, which shares no code with session/.
set -u
top=$(cd "$(dirname "$0")/.." && pwd) || exit 3
cd "$top" || exit 3

if [ $# -lt 2 ] || [ "$1" = --help ]; then
	cat <<EOT
usage: tests/agent.sh talk|malformed|soak ARCH...
talk        every engine on hand-encoded null blocks: hashes, dump, log, survival check,
            pipelining, the end
malformed   what is not a request, each in a fresh guest: WIRE_ERROR, and the guest ends
soak        10,000 loads in one guest
EOT
	[ "${1-}" = --help ] && exit 0
	exit 2
fi
# shellcheck source=tests/lib.sh
. tests/lib.sh
what=$1
shift

tree=$(images/kernel.sh --tree) || exit 3
${HOSTCC:-gcc} -std=gnu11 -D_GNU_SOURCE -O1 -g -Wall -Wextra -Werror -fsanitize=address,undefined \
	-I. \
	-o "$work/drive" tests/agent_drive.c || exit 3

for arch; do
	image=$(images/build.sh "$arch") && agent/build.sh "$arch" "$tree" "$work/init" &&
		images/initramfs.sh "$image" "$work/init" "$work/$arch.cpio" || exit 3
	CONSOLE_LOG=$log "$work/drive" "$arch" "$image" "$work/$arch.cpio" "$what" >"$work/out"
	status=$?
	sed -n "s/^\(ok\|not ok\) \(.*\)/\1 agent\/$arch\/\2/p; /^#/p" "$work/out"
	failures=$((failures + $(grep -c '^not ok' "$work/out")))
	# it also ends with an error where it could not test
	[ $status -eq 0 ]
	result $? "$arch/$what" "exit status $status"
done
finish
