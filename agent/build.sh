#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The agent for one architecture, from its one source.
set -u
here=$(cd "$(dirname "$0")" && pwd) || exit 3
# shellcheck disable=SC2034 # lib.sh reads it
me=agent
. "$here/../runners/lib.sh"

help() {
	cat <<EOT
usage: build.sh ARCH TREE OUT
Compile the agent for ARCH with nolibc and the uapi headers of the kernel source
TREE, and write the static program (the guest's /init) to OUT.

environment:
  CC             the compiler (default: the cross compiler of ARCH)
  HEADERS        uapi include directory (default: images/headers.sh makes it)
  CROSS_COMPILE  as in the kernel's make
  SOURCES        C files of another /init than the agent (tests)
EOT
}

case ${1-} in -h | --help) help && exit 0 ;; esac
[ $# -eq 3 ] || { help >&2 && exit 2; }
arch=$("$here/../runners/qemu/arch.sh" "$1") || exit
tree=$2 out=$3
nolibc=$tree/tools/include/nolibc
[ -r "$nolibc/nolibc.h" ] ||
	die "$tree has no tools/include/nolibc (expected a kernel source tree)" 2

AGENT_CFLAGS='' AGENT_LIBS='' AGENT_CROSS='' CLANG=''
. "$here/../runners/qemu/arch/$arch.conf"
CROSS=${CROSS_COMPILE-${AGENT_CROSS:-$CROSS}}
cc=${CROSS}gcc loops=-fno-tree-loop-distribute-patterns
if [ -n "$CLANG" ]; then
	# keeps the loops of freestanding code by itself
	cc="clang$CLANG --target=${CROSS%-} -fuse-ld=lld -Wno-unused-command-line-argument"
	loops=
fi
cc=${CC:-$cc}
command -v "${cc%% *}" >/dev/null || die "${cc%% *} is missing (images/deps.sh $arch installs it)"
headers=${HEADERS-}
[ -n "$headers" ] || headers=$("$here/../images/headers.sh" "$tree" "$arch") || exit

# One file for the compiler, since nolibc is all headers, which each file would compile anew.
# Below -O2, rv32 and m68k call 64-bit shifts of libgcc, and rv32 has none.
# The loops of words.c must stay loops: nolibc's memcpy() goes byte by byte, and TCG is slow at
# vectors.
# shellcheck disable=SC2086 # lists
printf '#include "%s"\n' ${SOURCES:-"$here"/*.c} |
	$cc -O2 -std=gnu11 -Wall -Wextra -Werror -static -nostdlib -nostdinc -ffreestanding \
	-fno-stack-protector -fno-asynchronous-unwind-tables -fno-strict-aliasing \
	$loops -fno-tree-vectorize -fno-pie -no-pie \
	-s -Wl,--build-id=none -Wl,-z,noexecstack -I"$here/.." $AGENT_CFLAGS \
	-isystem "$nolibc" -isystem "$headers" -include nolibc.h \
	-o "$out.tmp$$" -x c - -x none $AGENT_LIBS 2>"$out.log$$"
rc=$?
if [ $rc -ne 0 ]; then
	undefined=$(sed -n 's/.*undefined reference to .\(__[a-z]*[ds]i[0-9]\).*/\1/p' \
		"$out.log$$" | sort -u | xargs)
	[ -z "$undefined" ] || say "$arch has no libgcc here, but the code needs $undefined"
	cat "$out.log$$" >&2
	rm -f "$out.tmp$$" "$out.log$$"
	die "compiling for $arch failed"
fi
rm -f "$out.log$$"
mv "$out.tmp$$" "$out"
