#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Resolve KERNEL= and PATCHES= into a source tree or a prebuilt kernel.
set -u
here=$(cd "$(dirname "$0")" && pwd) || exit 3
. "$here/lib.sh"

help() {
	cat <<EOF
usage: kernel.sh [ARCH]
       kernel.sh --kind ARCH
       kernel.sh --tree | --source-version | --update
Print what KERNEL= and PATCHES= mean for ARCH, as key=value lines:
  kind     tree, or binary: built already
  path     the source tree (never the user's own when that was built in-tree or
           is patched, but a copy in the cache), or a directory of binary.sh
  key      names the content, or for a live tree its place
  live     1: may change from one call to the next
  source   what KERNEL= would name it by
  patches  how many were applied, on the tree named by
  base, basekey  (empty without patches)
--kind prints just the kind, and fetches no kernel. Exit code 2: it cannot be as
PATCHES=, DEBUG= and the like demand, which need a build.
--tree prints a tree for the agent: that of KERNEL= where it names one, else the
default one if it is unpacked, else its parts (debian-source.sh linux-parts).
--source-version prints the version of the default source, unpacked or not.
--update asks Debian again whether there is a newer source.

environment:
  KERNEL   empty: Debian's newest binary kernel for ARCH where it has a BPF JIT and
           is as new as the source, unless something below needs a build; else
           source, Debian's newest linux-source; debian or debian:VERSION, a binary
           kernel of Debian; .deb files; a source tree, clean or built in-tree;
           git:URL#BRANCH, a branch of a repository; a tarball of a tree; a built
           kernel (vmlinux, vmlinuz, bzImage, zImage, Image)
  PATCHES  patches, mboxes and directories of *.patch, *.mbox, *.mbx, *.diff;
           separated by blanks; applied in this order, in directories in that of the names
  CC LLVM CROSS_COMPILE KCONFIG_ADD DEBUG COVERAGE KCOV  need a build
EOF
}

job=resolve arch=
case ${1-} in
-h | --help) help && exit 0 ;;
--tree | --source-version) job=${1#--} ;;
--update) update=1 ;;
--kind) job=kind arch=${2-} ;;
-*) bad "kernel.sh: unknown argument '$1' (see --help)" ;;
*) arch=${1-} ;;
esac

is_tree() {
	[ -f "$1/Makefile" ] && [ -f "$1/Kconfig" ] && [ -f "$1/kernel/bpf/core.c" ]
}

# what Kbuild's O= refuses
is_unclean() {
	[ -e "$1/.config" ] || [ -d "$1/include/config" ] ||
		[ -n "$(find "$1"/arch/*/include/generated -maxdepth 0 2>/dev/null | head -n 1)" ]
}

unpacked_tree() {
	find "$CACHE/src" -maxdepth 1 -type d -name 'linux-source-*' ! -name '*.tmp' 2>/dev/null |
		sort -V | tail -n 1
}

default_tree() {
	path=$(unpacked_tree)
	if [ -z "$path" ] || [ -n "${update-}" ]; then
		path=$("$here/debian-source.sh" linux-source) || exit
	fi
	key=${path##*/} live=0
}

# The sources of a tree that was built in-tree: all files that its .gitignore files do not match. An
# empty repository in the cache lists them, whether or not the tree has a .git of its own: the tree
# is never written to.
overlay() {
	from=$1 to=$CACHE/overlay/$2
	need_cmd git build
	need_cmd rsync build
	lock "$to.lock"
	make_cache "$to"
	git init -q --bare "$to.git" || die "git init failed in $to.git"
	GIT_DIR=$to.git GIT_WORK_TREE=$from git -c core.quotePath=false -C "$from" \
		ls-files --others --exclude-per-directory=.gitignore >"$to.new" ||
		die "cannot list the sources in $from"
	[ -f "$to.list" ] || say "copying the sources of $from, which was built in-tree"
	rsync -a --files-from="$to.new" "$from/" "$to/" >"$to.log" 2>&1 ||
		TAIL=5 fail_log "$to.log" "copying $from"
	if [ -f "$to.list" ]; then
		# removed from the tree since the last time
		LC_ALL=C sort "$to.new" >"$to.a" &&
			LC_ALL=C sort "$to.list" | LC_ALL=C comm -13 "$to.a" - |
			while IFS= read -r f; do rm -f "$to/$f"; done
	fi
	mv "$to.new" "$to.list"
	path=$to
	exec 9>&-
}

user_tree() {
	is_tree "$1" || {
		[ ! -e "$1/source/Kconfig" ] || bad "KERNEL=$KERNEL is an object directory \
(expected its source tree, $(readlink -f "$1/source"))"
		bad "KERNEL=$KERNEL is not a kernel source tree \
(expected Makefile, Kconfig and kernel/bpf/core.c in it)"
	}
	path=$(cd "$1" && pwd -P) live=1
	key=tree-$(echo "$path" | short_hash)
	if is_unclean "$path"; then overlay "$path" "$key"; fi
}

# The place of the tree stays the same from commit to commit.
git_tree() {
	[ $job != kind ] || return 0
	out=$("$here/git-tree.sh" "$KERNEL") || exit
	source=${out%% *} path=${out#* } live=1
	is_tree "$path" || bad "KERNEL=$KERNEL is not a kernel source tree \
(expected Makefile, Kconfig and kernel/bpf/core.c in it)"
	key=tree-$(echo "$path" | short_hash)
}

tarball() {
	key=tar-$(file_hash "$1") live=0
	path=$CACHE/src/$key
	[ -d "$path" ] || "$here/unpack.sh" "$1" "$path" || exit
	is_tree "$path" || {
		rm -rf "$path"
		bad "KERNEL=$KERNEL holds no kernel source tree \
(expected Makefile, Kconfig and kernel/bpf/core.c at its top)"
	}
}

# Only for kernels that are built here
wants_build() {
	[ -z "${PATCHES-}${CC-}${LLVM-}${CROSS_COMPILE-}${KCONFIG_ADD-}" ] || return 0
	[ "${DEBUG:-0}${COVERAGE:-0}${KCOV:-0}" != 000 ]
}

# binary DIRECTORY SOURCE
binary() {
	kind=binary path=$1 live=0 key=${1##*/} source=$2
}

# debian_kernel RELEASE: a kernel that Debian built. KERNEL= does not include the architecture at
# the end of its name.
debian_kernel() {
	kind=binary
	[ $job != kind ] || return 0
	path=$("$here/debian-kernel.sh" get "$arch" "$1") || exit
	binary "$path" "debian:${1%-*}"
}

# built_files FILE...: a kernel, or packages of one
built_files() {
	kind=binary
	[ $job != kind ] || return 0
	[ -n "$arch" ] || bad "KERNEL=$KERNEL wants an architecture"
	for f; do
		[ -r "$f" ] || bad "KERNEL=$f cannot be read (expected a .deb file)"
	done
	path=$CACHE/binary/$arch-file-$(for f; do file_hash "$f"; done | short_hash)
	if [ ! -d "$path" ]; then
		make_cache "$CACHE/binary"
		"$here/binary.sh" "$arch" "$path" "$@" || exit
	fi
	binary "$path" "$KERNEL"
}

a_file() {
	case $1 in
	*.tar | *.tar.* | *.tgz | *.txz) tarball "$1" ;;
	*)
		"$here/vmlinuz.sh" --is "$1" ||
			bad "KERNEL=$1 is neither a source tree, a tarball (*.tar*), .deb files \
nor a built kernel (vmlinux, vmlinuz, bzImage, zImage, Image)"
		built_files "$(absolute "$1")"
		;;
	esac
}

resolve() {
	case $KERNEL in
	'' | source)
		release=
		if [ -n "$arch" ] && [ -z "$KERNEL" ] && ! wants_build; then
			release=$("$here/debian-kernel.sh" default "$arch") || [ $? -eq 3 ] || exit
		fi
		if [ -n "$release" ]; then
			debian_kernel "$release"
		elif [ $job != kind ]; then
			default_tree
			source=$key
		fi
		;;
	debian | debian:*)
		[ -n "$arch" ] || bad "KERNEL=$KERNEL wants an architecture"
		version=${KERNEL#debian}
		release=$("$here/debian-kernel.sh" find "$arch" "${version#:}") || exit
		debian_kernel "$release"
		;;
	git:*) git_tree ;;
	*.deb)
		# shellcheck disable=SC2086 # a list
		built_files $KERNEL
		;;
	*)
		if [ -d "$KERNEL" ]; then
			user_tree "$KERNEL"
		elif [ -e "$KERNEL" ]; then
			a_file "$KERNEL"
		else
			bad "KERNEL=$KERNEL does not exist (expected debian, debian:VERSION, \
source, a source tree, git:URL#BRANCH, a tarball or a built kernel)"
		fi
		;;
	esac
}

patched() {
	[ $kind = tree ] || bad "PATCHES= needs a source tree (KERNEL=$KERNEL is built already)"
	base=$path basekey=$key
	out=$("$here/patch.sh" "$path" "$key" "$live") || exit
	path=${out#* } patches=${out%% *}
	key=${path##*/}
}

# KERNEL= names a tree, so that the agent is compiled with what belongs to it
names_tree() {
	[ -z "${PATCHES-}" ] || return 0
	[ -d "$KERNEL" ] && return
	case $KERNEL in git:* | *.tar | *.tar.* | *.tgz | *.txz) return 0 ;; esac
	return 1
}

KERNEL=${KERNEL-} PATCHES=${PATCHES-}
kind=tree patches=0 base='' basekey='' source=$KERNEL
case $job in
source-version)
	path=$(unpacked_tree)
	[ -n "$path" ] || exec "$here/debian-source.sh" --version
	path=${path##*/linux-source-}
	echo "${path#*-}"
	exit
	;;
tree)
	if names_tree; then
		resolve
		[ -z "$PATCHES" ] || patched
	else
		path=$(unpacked_tree)
		[ -n "$path" ] || path=$("$here/debian-source.sh" linux-parts) || exit
	fi
	echo "$path"
	exit
	;;
kind)
	resolve
	if [ $kind = binary ]; then
		for v in PATCHES COVERAGE KCOV DEBUG; do
			eval "[ \"\${$v:-0}\" = 0 ]" ||
				bad "$v= needs a build (KERNEL=$KERNEL is built already)"
		done
	fi
	echo $kind
	exit
	;;
esac
resolve
[ -z "$PATCHES" ] || patched
cat <<EOF
kind=$kind
path=$path
key=$key
live=$live
source=$source
patches=$patches
base=$base
basekey=$basekey
EOF
