#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# An initramfs with the agent as /init.
set -u
here=$(cd "$(dirname "$0")" && pwd) || exit 3
. "$here/lib.sh"

help() {
	cat <<EOF
usage: initramfs.sh IMAGEDIR INIT OUT.cpio
Pack INIT as /init, and the modules that IMAGEDIR has, with empty /proc,
/sys, /dev (with console) and /tmp. The modules that IMAGEDIR/order names go to
/modules, with that list; the agent loads them first. Needs no root: the kernel's gen_init_cpio,
built once into the cache, writes the device node.
EOF
}

case ${1-} in -h | --help) help && exit 0 ;; esac
[ $# -eq 3 ] || { help >&2 && exit 2; }
image=$1 init=$2 out=$3
[ -r "$init" ] || bad "$init is missing (expected the agent's binary)"
[ -d "$image" ] || bad "$image is missing (expected a directory from images/build.sh)"

gen=$CACHE/bin/gen_init_cpio
if [ ! -x "$gen" ]; then
	need_cmd gcc
	tree=$("$here/kernel.sh" --tree) || exit
	make_cache "$CACHE/bin"
	gcc -O2 -w -o "$gen.$$" "$tree/usr/gen_init_cpio.c" && mv "$gen.$$" "$gen" ||
		die "cannot compile $tree/usr/gen_init_cpio.c"
fi

list=$(mktemp) || die "no space left for a temporary file"
trap 'rm -f "$list" "$out.$$"' EXIT
{
	for d in dev proc sys tmp; do echo "dir /$d 0755 0 0"; done
	echo "nod /dev/console 0600 0 0 c 5 1"
	echo "file /init $(absolute "$init") 0755 0 0"
	for ko in test_bpf checkjit_raw checkjit_kfunc checkjit_fd; do
		[ ! -f "$image/$ko.ko" ] || echo "file /$ko.ko $(absolute "$image")/$ko.ko 0644 0 0"
	done
	if [ -s "$image/order" ]; then
		echo "dir /modules 0755 0 0"
		echo "file /modules/order $(absolute "$image")/order 0644 0 0"
		while read -r ko; do
			echo "file /modules/$ko $(absolute "$image")/$ko 0644 0 0"
		done <"$image/order"
	fi
} >"$list"
"$gen" -t 0 "$list" >"$out.$$" && mv "$out.$$" "$out" || die "cannot write $out (no space left?)"
