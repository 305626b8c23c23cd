#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The newest Debian source of a package.
set -u
here=$(cd "$(dirname "$0")" && pwd) || exit 3
. "$here/lib.sh"
. "$here/apt.sh"

help() {
	cat <<EOF
usage: debian-source.sh linux-source | linux-parts | SOURCE_PACKAGE
       debian-source.sh --version
Fetch and unpack into the cache, once, and print the directory:
  linux-source    the newest linux-source-X.Y of $NEWEST, or of the machine's
                  own suites if theirs is newer
  linux-parts     of the same only what the agent and the initramfs are made of
                  (nolibc, gen_init_cpio), and the headers of linux-libc-dev
  SOURCE_PACKAGE  upstream's part of this source package of $SOURCES
--version prints the version of the newest linux-source, and fetches nothing.
The mirror is the one that the machine's apt uses; apt's lists live in the cache;
the debian-archive-keyring verifies them.
EOF
}

case ${1-} in -h | --help) help && exit 0 ;; esac
[ $# -eq 1 ] || { help >&2 && exit 2; }
what=$1
need_cmd dpkg
host=$(dpkg --print-architecture)

# version and package of the newest linux-source-X.Y that $1 (private or env) sees
newest() {
	"$1" apt-cache search --names-only --full '^linux-source-[0-9.]+$' 2>/dev/null | awk '
	/^Package:/ { package = $2 }
	/^Version:/ { print $2, package }' | sort -V | tail -n 1
}

# sets via, package and version; the answer holds until the lists are fetched again
find_linux() {
	apt_use "$host" newest
	memo=$state/linux-source
	if ! memo_holds "$memo"; then
		via=private
		best=$(newest private)
		# nothing in another suite of $RELEASES is newer than $NEWEST
		own=
		! other_releases || own=$(newest env)
		if [ -n "$own" ] && {
			[ -z "$best" ] || dpkg --compare-versions "${own% *}" gt "${best% *}"
		}; then
			via=env best=$own
		fi
		[ -n "$best" ] ||
			die "no linux-source package in $NEWEST (give KERNEL= a source tree)"
		memo_write "$memo" "$via $best"
	fi
	read -r via version package <"$memo"
}

# The package, kept until its tree is unpacked: sets deb
linux_deb() {
	make_cache "$CACHE/debs"
	deb=$(find "$CACHE/debs" -maxdepth 1 -name "${package}_*.deb" | head -n 1)
	[ -z "$deb" ] || return 0
	say "fetching $package $version"
	make_cache "$CACHE/debs/partial"
	(cd "$CACHE/debs/partial" && "$via" apt-get download "$package" >"$log" 2>&1) ||
		TAIL=4 fail_log "$log" "fetching $package"
	mv "$CACHE/debs/partial/${package}_"*.deb "$CACHE/debs/" ||
		die "no space left in $CACHE/debs"
	deb=$(find "$CACHE/debs" -maxdepth 1 -name "${package}_*.deb" | head -n 1)
}

# the .tar.xz in it
linux_tarball() {
	dpkg-deb --fsys-tarfile "$deb" | tar -xOf - "./usr/src/$package.tar.xz"
}

linux_source() {
	find_linux
	to=$CACHE/src/$package-$version
	[ ! -d "$to" ] || return 0
	make_cache "$CACHE/src"
	lock "$to.fetch.lock"
	[ ! -d "$to" ] || return 0
	need_space "$CACHE/src" 2200 "the kernel source"
	linux_deb
	linux_tarball | "$here/unpack.sh" - "$to" || exit
	rm -f "$deb"
}

# The uapi headers: linux-libc-dev has those of all architectures, `asm` apart from the rest.
unpack_uapi() {
	private apt-get download linux-libc-dev >"$log" 2>&1 ||
		TAIL=4 fail_log "$log" "fetching linux-libc-dev"
	dpkg-deb -x linux-libc-dev_*.deb libc-dev && rm -f linux-libc-dev_*.deb ||
		die "cannot unpack linux-libc-dev"
	mkdir uapi && mv libc-dev/usr/include uapi/all || die "linux-libc-dev holds no headers"
	for asm in libc-dev/usr/lib/linux/uapi/*; do
		mkdir "uapi/${asm##*/}" && mv "$asm/asm" "uapi/${asm##*/}/asm" ||
			die "linux-libc-dev holds no asm headers"
		for d in uapi/all/*; do
			case $d in
			*-linux-*) ;;
			*) ln -s "../all/${d##*/}" "uapi/${asm##*/}/" ;;
			esac
		done
	done
	rm -rf libc-dev
}

PARTS='*/tools/include/nolibc */usr/gen_init_cpio.c */scripts/extract-ikconfig'
TAIL_BLOCKS=10

# take_parts: unpack the parts from the .tar.xz on stdin into this directory; fail if one of them is
# missing
take_parts() {
	# shellcheck disable=SC2086 # a list of patterns
	(set -f && xz -dc 2>>"$log" | tar -xf - --strip-components=1 --wildcards $PARTS 2>>"$log")
	[ -f tools/include/nolibc/nolibc.h ] && [ -f usr/gen_init_cpio.c ] &&
		[ -f scripts/extract-ikconfig ]
}

# last_blocks FILE: the header of an .xz file and its last blocks. xz unpacks these before it
# notices that others are missing. They hold the parts, since the tarball is sorted; the whole file
# takes five times as long.
last_blocks() {
	_from=$(xz --robot --list -vv "$1" 2>/dev/null | awk -v n=$TAIL_BLOCKS '
		$1 == "block" { offset[++blocks] = $5 }
		END { if (blocks > n) print offset[blocks - n + 1] }')
	[ -n "$_from" ] || return
	head -c 12 "$1"
	tail -c +$((_from + 1)) "$1"
}

linux_parts() {
	find_linux
	to=$CACHE/src/$package-$version
	[ ! -d "$to" ] || return 0
	to=$CACHE/parts/$package-$version
	[ ! -d "$to" ] || return 0
	make_cache "$CACHE/parts"
	lock "$to.lock"
	[ ! -d "$to" ] || return 0
	linux_deb
	say "taking nolibc and the uapi headers from $package"
	rm -rf "$to.tmp" && mkdir "$to.tmp" && cd "$to.tmp" || die "cannot write $to.tmp"
	: >"$log"
	linux_tarball >tar.xz || die "no space left in $PWD"
	last_blocks tar.xz | take_parts || take_parts <tar.xz ||
		TAIL=3 fail_log "$log" "unpacking parts of $package"
	rm tar.xz
	unpack_uapi
	cd "$CACHE" && mv "$to.tmp" "$to" || die "cannot make $to"
}

# Only the upstream tarball: it is what gets built, and some mirrors lack the rest.
source_package() {
	to=$(find "$CACHE/src" -maxdepth 1 -type d -name "$what-*" ! -name "*.tmp" 2>/dev/null |
		sort -V | tail -n 1)
	[ -z "$to" ] || return 0
	apt_use "$host" sources
	make_cache "$CACHE/src"
	say "fetching the source of $what"
	lock "$CACHE/src/$what.lock"
	cd "$state/archives" || die "cannot enter $state/archives"
	private apt-get source --download-only --tar-only --only-source "$what" >"$log" 2>&1 ||
		TAIL=4 fail_log "$log" "fetching $what"
	tar=$(find "$PWD" -name "${what}_*.orig.tar.*" ! -name "*.asc" | sort -V | tail -n 1)
	[ -n "$tar" ] || die "apt-get source $what gave no tarball (log: $log)"
	version=${tar##*_}
	to=$CACHE/src/$what-${version%%.orig.*}
	NEED=100 "$here/unpack.sh" "$tar" "$to" || exit
	rm -f "$tar"
}

case $what in
--version)
	find_linux
	echo "$version"
	exit
	;;
linux-source) linux_source ;;
linux-parts) linux_parts ;;
-*) bad "debian-source.sh: unknown argument '$what' (see --help)" ;;
*) source_package ;;
esac
echo "$to"
