#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The disassembler: capstone 5, the first with RISC-V. The system's library if it is new enough,
# else the static one of Debian's next release, else the system's older one.
set -u
here=$(cd "$(dirname "$0")" && pwd) || exit 3
. "$here/lib.sh"
. "$here/apt.sh"

RETRY=60 # minutes until a library that could not be had is tried again

help() {
	cat <<EOF
usage: capstone.sh PREFIX
Leave what compiler and linker need in PREFIX.cflags and PREFIX.libs (for @FILE
on gcc's command line), written only where they change.
EOF
}

case ${1-} in -h | --help) help && exit 0 ;; esac
[ $# -eq 1 ] || { help >&2 && exit 2; }

dir=$CACHE/capstone

# Does a program link with the unpacked library? It was compiled for a newer C library.
links() {
	echo '#include <capstone/capstone.h>
	int main(void)
	{
		csh h;

		return cs_open(CS_ARCH_RISCV, CS_MODE_RISCV32, &h) != CS_ERR_OK;
	}' |
		${HOSTCC:-gcc} -x c -I"$1/include" -o "$1/try" - \
			-x none "$1/libcapstone.a" 2>"$1/log" &&
		"$1/try" 2>>"$1/log"
}

# Its helpers may exit: run it in a subshell.
fetch_static() {
	lock "$dir.lock"
	[ ! -d "$dir" ] || return 0
	[ -z "$(find "$dir.failed" -mmin -$RETRY 2>/dev/null)" ] || return 1
	: >"$dir.failed"
	apt_use "$(dpkg --print-architecture)" tools || :
	deb=$(apt_fetch "$CACHE/debs/capstone" libcapstone-dev) || return 1
	rm -rf "$dir.new" && mkdir "$dir.new" && dpkg-deb -x "$deb" "$dir.new/root" ||
		die "cannot unpack $deb"
	mv "$dir.new/root/usr/include" "$dir.new/root"/usr/lib/*/libcapstone.a "$dir.new/" ||
		die "$deb has no static library"
	links "$dir.new" || fail_log "$dir.new/log" "linking with $SOURCES's capstone"
	rm -rf "$dir.new/root" "$dir.new/try" "$dir.failed" "$CACHE/debs/capstone"
	mv "$dir.new" "$dir" || die "cannot make $dir"
}

# set_file FILE TEXT
set_file() {
	[ ! -e "$1" ] || [ "$(cat "$1")" != "$2" ] || return 0
	mkdir -p "$(dirname "$1")" && printf '%s\n' "$2" >"$1.tmp.$$" && mv "$1.tmp.$$" "$1" ||
		die "cannot write $1"
}

cflags='' libs=-lcapstone
if ! pkg-config --atleast-version=5 capstone 2>/dev/null; then
	if [ -d "$dir" ] || (fetch_static); then
		cflags="\"-I$dir/include\"" libs="\"$dir/libcapstone.a\""
	elif [ ! -e "$1.libs" ]; then
		say "no capstone 5: RISC-V code will not be disassembled"
	fi
fi
set_file "$1.cflags" "$cflags"
set_file "$1.libs" "$libs"
