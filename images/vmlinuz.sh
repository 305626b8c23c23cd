#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Convert a kernel file to the form that QEMU boots fastest.
set -u
here=$(cd "$(dirname "$0")" && pwd) || exit 3
. "$here/lib.sh"

help() {
	cat <<EOF
usage: vmlinuz.sh --is FILE | --release FILE | FILE OUT [CONFIG]
  FILE OUT   write FILE to OUT: unpacked where it is compressed (gzip, EFI zboot),
             and on x86, where CONFIG says CONFIG_PVH=y, the vmlinux that is in it,
             so that no guest has to decompress it
  --is       exit 0 if FILE is a kernel of any form
  --release  print its release, as uname -r would; nothing where it is not found
EOF
}

# bytes FILE OFFSET COUNT: in hexadecimal
bytes() {
	od -An -tx1 -j"$2" -N"$3" "$1" 2>/dev/null | tr -d ' \n'
}

number() {
	od -An -tu"$3" -j"$2" -N"$3" "$1" 2>/dev/null | tr -d ' \n'
}

# prints its form
form() {
	case $(bytes "$1" 0 4) in
	7f454c46) echo elf && return ;;
	1f8b*) echo gzip && return ;;
	esac
	case $(bytes "$1" 4 4) in 7a696d67) echo zboot && return ;; esac
	case $(bytes "$1" 514 4) in 48647253) echo bzimage && return ;; esac
	case $(bytes "$1" 36 4) in 18286f01 | 016f2818) echo zimage && return ;; esac
	case $(bytes "$1" 56 4) in 41524d64 | 52534305 | cd238281) echo image && return ;; esac
	case $(bytes "$1" 65544 6) in 533339304550) echo s390 && return ;; esac
	return 1
}

# unpack METHOD: stdin to stdout. METHOD is a name, or the first four bytes.
unpack() {
	case $1 in
	gzip | 1f8b*) gzip -dc ;;
	zstd* | 28b52ffd) zstd -dc ;;
	xz | fd377a58) xz -dc ;;
	5d0000*) xz -dc --format=lzma ;;
	02214c18) lz4 -dc ;;
	425a68*) bzip2 -dc ;;
	*) return 1 ;;
	esac
}

# payload BZIMAGE: the vmlinux that is compressed in it. Documentation/arch/x86/boot.rst has the
# header: payload_offset counts from the end of the setup sectors.
payload() {
	_start=$((($(number "$1" 497 1) + 1) * 512 + $(number "$1" 584 4)))
	tail -c +$((_start + 1)) "$1" | head -c "$(number "$1" 588 4)" |
		unpack "$(bytes "$1" $_start 4)" 2>/dev/null
}

case ${1-} in
-h | --help) help && exit 0 ;;
--is)
	[ $# -eq 2 ] || { help >&2 && exit 2; }
	form "$2" >/dev/null
	exit
	;;
--release)
	[ $# -eq 2 ] || { help >&2 && exit 2; }
	if [ "$(form "$2")" = bzimage ]; then
		dd if="$2" bs=1 skip=$((512 + $(number "$2" 526 2))) count=128 2>/dev/null |
			tr '\0' '\n' | head -n 1 | cut -d ' ' -f 1
	else
		LC_ALL=C grep -a -o -m 1 'Linux version [0-9][^ ]*' "$2" | head -n 1 |
			cut -d ' ' -f 3
	fi
	exit 0
	;;
esac
case $# in 2 | 3) ;; *) help >&2 && exit 2 ;; esac
from=$1 to=$2 config=${3-}

kind=$(form "$from") ||
	bad "$from is no kernel (expected a vmlinux, vmlinuz, bzImage, zImage or Image)"
case $kind in
gzip)
	gzip -dc "$from" >"$to" 2>/dev/null || die "cannot unpack $from (damaged, or no space left)"
	;;
zboot)
	start=$(number "$from" 8 4) size=$(number "$from" 12 4)
	method=$(dd if="$from" bs=1 skip=24 count=8 2>/dev/null | tr -d '\0')
	tail -c +$((start + 1)) "$from" | head -c "$size" |
		unpack "$method" >"$to" 2>/dev/null && [ -s "$to" ] ||
		die "cannot unpack $from (compressed with $method)"
	;;
bzimage)
	if [ -n "$config" ] && grep -q '^CONFIG_PVH=y' "$config"; then
		payload "$from" >"$to"
		[ "$(form "$to")" != elf ] || exit 0
	fi
	cp "$from" "$to" || die "cannot copy $from to $to (no space left?)"
	;;
*) cp "$from" "$to" || die "cannot copy $from to $to (no space left?)" ;;
esac
