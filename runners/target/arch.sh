#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The architecture of the machine that TARGET= names.
set -u
here=$(cd "$(dirname "$0")" && pwd) || exit 3
me=target
. "$here/../lib.sh"
. "$here/ssh-options.sh"

help() {
	cat <<EOT
usage: TARGET=ssh:USER@HOST|local [ARCH=...] [I_KNOW=1] arch.sh
Print this project's name of the machine's architecture: ARCH, or what the
machine itself says. Refuses what must not be: TARGET=local without I_KNOW=1.
EOT
}

case ${1-} in -h | --help) help && exit 0 ;; esac
TARGET=${TARGET-}
case $TARGET in
ssh:-* | ssh:*[!A-Za-z0-9@._:%-]*) die "TARGET=$TARGET: no name of a machine" 2 ;;
ssh:?*) command -v ssh >/dev/null || die "ssh is missing (Debian: openssh-client)" ;;
local)
	[ "${I_KNOW-}" = 1 ] ||
		die "TARGET=local runs the cases in the kernel of this very machine \
($(uname -n)). Where its JIT is
wrong it can overwrite any memory: the machine may hang, crash or lose data. \
Set I_KNOW=1 if that is what you want." 2
	;;
*) die "TARGET=$TARGET (expected ssh:USER@HOST, or local)" 2 ;;
esac

name=${ARCH-}
# shellcheck disable=SC2086 # a list
set -- $name
[ $# -le 1 ] || die "TARGET=$TARGET is one machine, ARCH=$name are several" 2
if [ -z "$name" ]; then
	case $TARGET in
	local) name=$(uname -m) ;;
	*)
		name=$(remote "${TARGET#ssh:}" 'uname -m' </dev/null) ||
			die "${TARGET#ssh:} does not say what it is \
(a login without a password is needed; ARCH= spares the question)"
		;;
	esac
fi
exec "$here/../qemu/arch.sh" "$name"
