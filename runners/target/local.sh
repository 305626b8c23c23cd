#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# A boot script: the agent as a program on this machine, in its own kernel.
set -u
here=$(cd "$(dirname "$0")" && pwd) || exit 3

case ${1-} in
-h | --help)
	echo "usage: I_KNOW=1 local.sh ARCH local AGENT:" \
		"run AGENT here, its stdin and stdout on file descriptor 3" && exit 0
	;;
esac
[ $# -eq 3 ] || { echo "usage: I_KNOW=1 local.sh ARCH local AGENT" >&2 && exit 2; }
TARGET=local ARCH=$1 "$here/arch.sh" >/dev/null || exit
exec "$3" --stdio <&3 >&3 3>&-
