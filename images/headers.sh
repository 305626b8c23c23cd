#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The uapi headers that the agent is compiled with.
set -u
here=$(cd "$(dirname "$0")" && pwd) || exit 3
. "$here/lib.sh"

help() {
	cat <<EOF
usage: headers.sh TREE ARCH
Install the user-space headers of the kernel source TREE (see kernel.sh --tree)
for ARCH into the cache, and print the include directory. Done again only when
one of the tree's uapi headers has changed.
EOF
}

case ${1-} in -h | --help) help && exit 0 ;; esac
[ $# -eq 2 ] || { help >&2 && exit 2; }
if [ -d "$1/uapi" ]; then
	# a partial tree (debian-source.sh linux-parts) has them already
	load_arch "$2"
	echo "$1/uapi/${UAPI:-$KARCH}"
	exit
fi
[ -d "$1/include/uapi" ] || bad "$1 is not a kernel source tree (expected include/uapi in it)"
tree=$(cd "$1" && pwd -P)
load_arch "$2"

karch=${UAPI:-$KARCH}
to=$CACHE/headers/$karch-$(echo "$tree" | short_hash)
fresh() {
	[ -f "$to/stamp" ] &&
		[ -z "$(find "$tree/include/uapi" "$tree/arch/$karch/include/uapi" \
			-newer "$to/stamp" | head -n 1)" ]
}

if ! fresh; then
	lock "$to.lock"
	if ! fresh; then
		need_cmd make
		need_cmd rsync build
		make_cache "$to"
		: >"$to/stamp.new"
		make -C "$tree" O="$to/obj" ARCH="$karch" INSTALL_HDR_PATH="$to" \
			-j"${J:-$(nproc)}" headers_install >"$to/log" 2>&1 </dev/null ||
			fail_log "$to/log" "installing $ARCH headers"
		mv "$to/stamp.new" "$to/stamp"
	fi
fi
echo "$to/include"
