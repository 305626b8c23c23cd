#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The disassembler: capstone 5, the first with RISC-V. The system's library if it is new enough, else
# one built once from Debian's source, else the system's older one.
set -u
here=$(cd "$(dirname "$0")" && pwd) || exit 3
. "$here/lib.sh"

ARCHS='aarch64 arm m68k riscv systemz x86'
RETRY=60 # minutes until a build that failed is tried again

help() {
	cat <<EOF
usage: capstone.sh PREFIX
Leave what compiler and linker need in PREFIX.cflags and PREFIX.libs (for @FILE
on gcc's command line), written only where they change.
EOF
}

case ${1-} in -h | --help) help && exit 0 ;; esac
[ $# -eq 1 ] || { help >&2 && exit 2; }

dir=$CACHE/capstone-$(echo "$ARCHS" | tr ' ' -)
log=$dir/log

# Its helpers may exit: run it in a subshell.
build_static() {
	lock "$dir/lock"
	[ ! -s "$dir/libcapstone.a" ] || return 0
	[ -z "$(find "$dir/failed" -mmin -$RETRY 2>/dev/null)" ] || return 1
	: >"$dir/failed"
	need_space "$dir" 60 capstone
	src=$("$here/debian-source.sh" capstone) || return 1
	say "building capstone ${src##*-}"
	rm -rf "$dir/obj" "$dir/include"
	# CFLAGS on the command line would override those of the makefile
	CFLAGS=-O2 make -s -C "$src" -j"${J:-$(nproc)}" BUILDDIR="$dir/obj" CAPSTONE_ARCHS="$ARCHS" CAPSTONE_SHARED=no \
		"$dir/obj/libcapstone.a" >"$log" 2>&1 || fail_log "$log" capstone
	cp -R "$src/include" "$dir/include" && mv "$dir/obj/libcapstone.a" "$dir/libcapstone.a" || die "cannot write to $dir"
	rm -rf "$dir/obj" "$dir/failed"
}

# set_file FILE TEXT
set_file() {
	[ ! -e "$1" ] || [ "$(cat "$1")" != "$2" ] || return 0
	mkdir -p "$(dirname "$1")" && printf '%s\n' "$2" >"$1.tmp.$$" && mv "$1.tmp.$$" "$1" || die "cannot write $1"
}

cflags='' libs=-lcapstone
if ! pkg-config --atleast-version=5 capstone 2>/dev/null; then
	if [ -s "$dir/libcapstone.a" ] || (build_static); then
		cflags="\"-I$dir/include\"" libs="\"$dir/libcapstone.a\""
	elif [ ! -e "$1.libs" ]; then
		say "no capstone 5: RISC-V code will not be disassembled"
	fi
fi
set_file "$1.cflags" "$cflags"
set_file "$1.libs" "$libs"
