#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Resolve KERNEL= and PATCHES= into a source tree or a built image.
set -u
here=$(cd "$(dirname "$0")" && pwd) || exit 3
. "$here/lib.sh"

help() {
	cat <<EOF
usage: kernel.sh [--tree | --update]
Print what KERNEL= and PATCHES= mean, as key=value lines:
  kind     tree or image
  path     the source tree (never the user's own when that was built in-tree or
           is patched, but a copy in the cache) or the image file
  key      names the content, or for a live tree its place
  live     1: may change from one call to the next
  source   KERNEL, for people
  patches  how many were applied, on the tree named by
  base, basekey  (empty without patches)
--tree prints just a source tree: for a built image that is the default one.
--update asks Debian again whether there is a newer kernel.

environment:
  KERNEL   empty: Debian's newest linux-source; a source tree, clean or built
           in-tree; a tarball of one; a built kernel (vmlinux, bzImage, Image)
  PATCHES  patches, mboxes and directories of *.patch, *.mbox, *.diff; separated
           by blanks; applied in this order, in directories in that of the names
EOF
}

only_tree=
case ${1-} in
-h | --help) help && exit 0 ;;
--tree) only_tree=1 ;;
--update) update=1 ;;
'') ;;
*) bad "kernel.sh: unknown argument '$1' (see --help)" ;;
esac

is_tree() {
	[ -f "$1/Makefile" ] && [ -f "$1/Kconfig" ] && [ -f "$1/kernel/bpf/core.c" ]
}

# what Kbuild's O= refuses
is_unclean() {
	[ -e "$1/.config" ] || [ -d "$1/include/config" ] ||
		[ -n "$(find "$1"/arch/*/include/generated -maxdepth 0 2>/dev/null | head -n 1)" ]
}

is_image() {
	_magic=$(od -An -tx1 -N4 "$1" | tr -d ' ')
	[ "$_magic" != 7f454c46 ] || return 0				# vmlinux
	[ "$(dd if="$1" bs=1 skip=514 count=4 2>/dev/null)" != HdrS ] || return 0	# x86 bzImage
	case $(od -An -tx1 -j56 -N4 "$1" | tr -d ' ') in
	41524d64 | 52534305) return 0 ;;				# arm64, riscv Image
	esac
	[ "$(dd if="$1" bs=1 skip=65544 count=6 2>/dev/null)" = S390EP ]	# s390 bzImage
}

default_tree() {
	path=$(find "$CACHE/src" -maxdepth 1 -type d -name 'linux-source-*' ! -name '*.tmp' 2>/dev/null | sort -V | tail -n 1)
	if [ -z "$path" ] || [ -n "${update-}" ]; then
		path=$("$here/debian-source.sh" linux-source) || exit
	fi
	key=${path##*/} live=0
}

# The sources of a tree that was built in-tree: what its .gitignore files do not
# ignore. An empty repository in the cache does the listing, whether the tree
# has a .git of its own or not: nothing is written there.
overlay() {
	from=$1 to=$CACHE/overlay/$2
	need_cmd git build
	need_cmd rsync build
	lock "$to.lock"
	make_cache "$to"
	git init -q --bare "$to.git" || die "git init failed in $to.git"
	GIT_DIR=$to.git GIT_WORK_TREE=$from git -c core.quotePath=false -C "$from" ls-files --others \
		--exclude-per-directory=.gitignore >"$to.new" || die "cannot list the sources in $from"
	[ -f "$to.list" ] || say "copying the sources of $from, which was built in-tree"
	rsync -a --files-from="$to.new" "$from/" "$to/" >"$to.log" 2>&1 || TAIL=5 fail_log "$to.log" "copying $from"
	if [ -f "$to.list" ]; then
		# gone from the tree since the last time
		LC_ALL=C sort "$to.new" >"$to.a" && LC_ALL=C sort "$to.list" | LC_ALL=C comm -13 "$to.a" - |
			while IFS= read -r f; do rm -f "$to/$f"; done
	fi
	mv "$to.new" "$to.list"
	path=$to
	exec 9>&-
}

user_tree() {
	is_tree "$1" || {
		[ ! -e "$1/source/Kconfig" ] || bad "KERNEL=$KERNEL is an object directory (expected its source tree, $(readlink -f "$1/source"))"
		bad "KERNEL=$KERNEL is not a kernel source tree (expected Makefile, Kconfig and kernel/bpf/core.c in it)"
	}
	path=$(cd "$1" && pwd -P) live=1
	key=tree-$(echo "$path" | short_hash)
	if is_unclean "$path"; then overlay "$path" "$key"; fi
}

tarball() {
	key=tar-$(file_hash "$1") live=0
	path=$CACHE/src/$key
	[ -d "$path" ] || "$here/unpack.sh" "$1" "$path" || exit
	is_tree "$path" || {
		rm -rf "$path"
		bad "KERNEL=$KERNEL holds no kernel source tree (expected Makefile, Kconfig and kernel/bpf/core.c at its top)"
	}
}

KERNEL=${KERNEL-} PATCHES=${PATCHES-}
kind=tree patches=0 base= basekey=
if [ -z "$KERNEL" ]; then
	default_tree
elif [ -d "$KERNEL" ]; then
	user_tree "$KERNEL"
elif [ ! -e "$KERNEL" ]; then
	bad "KERNEL=$KERNEL does not exist (expected a source tree, a tarball or a built kernel)"
else
	case $KERNEL in
	*.tar | *.tar.* | *.tgz | *.txz) tarball "$KERNEL" ;;
	*)
		is_image "$KERNEL" ||
			bad "KERNEL=$KERNEL is neither a source tree, a tarball (*.tar*) nor a built kernel (vmlinux, bzImage, Image)"
		kind=image path=$(absolute "$KERNEL") live=0
		key=image-$(file_hash "$KERNEL")
		;;
	esac
fi

if [ -n "$PATCHES" ]; then
	[ $kind = tree ] || bad "PATCHES= needs a source tree (KERNEL=$KERNEL is a built kernel)"
	base=$path basekey=$key
	out=$("$here/patch.sh" "$path" "$key" "$live") || exit
	path=${out#* } patches=${out%% *}
	key=${path##*/}
fi
if [ -n "$only_tree" ]; then
	[ $kind = tree ] || default_tree
	echo "$path"
	exit
fi
cat <<EOF
kind=$kind
path=$path
key=$key
live=$live
source=${KERNEL:-$key}
patches=$patches
base=$base
basekey=$basekey
EOF
