#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Build our kernel modules for a prebuilt kernel.
set -u
here=$(cd "$(dirname "$0")" && pwd) || exit 3
. "$here/lib.sh"

help() {
	cat <<EOF
usage: binary-module.sh ARCH DIR
Build images/module against the headers that DIR (see binary.sh) names, once, and
print the directory with checkjit_raw.ko and, where the kernel has BTF,
checkjit_kfunc.ko. Where that cannot be done, \`why\` in it says so in one line; the
engines and cases that need a module are then SKIP.
Headers come with programs of kbuild. Where this machine's C library is too old for
them, they run with Debian's newer one, unpacked in the cache; so does pahole.
EOF
}

case ${1-} in -h | --help) help && exit 0 ;; esac
[ $# -eq 2 ] || { help >&2 && exit 2; }
load_arch "$1"
dir=$2
cc=${CROSS}gcc
key=$(cat "$here/$MODULE"/* "$here/../proto"/checkjit_*.h "$dir/headers" 2>/dev/null | short_hash)
to=$dir/module-$key
[ ! -d "$to" ] || { echo "$to" && exit; }
lock "$dir/module.lock"
[ ! -d "$to" ] || { echo "$to" && exit; }

work=$(mktemp -d "$dir/.module.XXXXXX") || die "no space left in $dir"
trap 'rm -rf "$work"' EXIT
log=$dir/module.log
mkdir "$work/out" "$work/src" || die "no space left in $dir"

# publish [WHY]: the modules that could be built, and why others could not
publish() {
	[ -z "${1-}" ] || echo "$1" >"$work/out/why"
	rm -rf "$dir"/module-*
	mv "$work/out" "$to" || die "cannot make $to"
	echo "$to"
	exit 0
}

# unpack_headers DEB: without the marks of single options and the device trees, half of its files,
# which only a rebuild and drivers look at
unpack_headers() {
	mkdir -p "$work/root" &&
		dpkg-deb --fsys-tarfile "$1" >"$work/tar" &&
		tar -xf "$work/tar" -C "$work/root" --exclude='*/include/config/[A-Z]*' \
			--exclude='*/include/dt-bindings' && rm "$work/tar"
}

# sets libs, the directory with Debian's newer C library and pahole
newer_libc() {
	libs=$("$here/tools.sh") || exit
}

# run_with_libs FILE NAME: a script NAME that runs FILE, a program, with the newer C library
run_with_libs() {
	_path=$libs:/usr/lib/$(uname -m)-linux-gnu
	cat >"$2" <<-EOF
	#!/bin/sh
	exec $libs/ld-linux-*.so.* --argv0 "\$0" --library-path $_path "$1" "\$@"
	EOF
	chmod +x "$2"
}

is_elf() {
	[ "$(od -An -tx1 -N4 "$1" | tr -d ' ')" = 7f454c46 ]
}

# adapt_tools DIR: let the programs of kbuild run with the newer C library, if this machine's is too
# old for them
adapt_tools() {
	fixdep=$(find -L "$1" -path '*/scripts/basic/fixdep' | head -n 1)
	[ -n "$fixdep" ] || return 1
	case $("$fixdep" 2>&1) in *Usage*) ;; *) needs_libc=1 ;; esac
	modpost=$(find "$1" -path '*/scripts/mod/modpost*' ! -name '*.sh' | sort | tail -n 1)
	case $("$modpost" --help 2>&1) in *GLIBC_*) needs_libc=1 ;; esac
	[ -n "$needs_libc" ] || return 0
	newer_libc
	find "$1" -path '*linux-kbuild*' -type f | while read -r f; do
		is_elf "$f" || continue
		mv "$f" "$f.elf" && run_with_libs "$f.elf" "$f" || exit
	done
	case $("$fixdep" 2>&1) in *Usage*) ;; *) return 1 ;; esac
}

# Sets pahole. kbuild passes flags that old ones refuse.
find_pahole() {
	pahole=pahole
	have=$(pahole --version 2>/dev/null | sed -n 's/^v1\.\([0-9]*\).*/\1/p')
	[ "${have:-0}" -lt 26 ] || return 0
	newer_libc
	[ -f "$libs/pahole" ] || return 0
	run_with_libs "$libs/pahole" "$work/pahole"
	pahole=$work/pahole
}

# Does the compiler put the nops of -fpatchable-function-entry before the code that makes the TOC
# pointer from the function's address, and not count them? gcc before 13 does on 64-bit powerpc.
nops_shift_toc() {
	[ "$KARCH" = powerpc ] && echo 'int x; int f(void) { return x; }' |
		$cc -O2 -mcmodel=medium -fpatchable-function-entry=2 -S -o - -x c - 2>/dev/null |
		awk '/^f:/ { f = 1 } f && /nop/ { found = 1; exit } f && /\.localentry/ { exit }
			END { exit !found }'
}

# what make needs to know beside the tree
module_make() {
	# gcc before 13 has no -fmin-function-alignment
	overrides=
	$cc -fmin-function-alignment=16 -E -x c /dev/null >/dev/null 2>&1 ||
		overrides=CONFIG_CC_HAS_MIN_FUNCTION_ALIGNMENT=
	! nops_shift_toc || overrides="$overrides CC_FLAGS_FTRACE="
	# shellcheck disable=SC2086 # lists
	make -j"${J:-$(nproc)}" -C "$tree" ${objects:+O="$objects"} ARCH="$KARCH" \
		CROSS_COMPILE="$CROSS" CC="$cc" $overrides \
		M="$work/src" "$@" modules </dev/null >"$log" 2>&1
}

say "compiling our modules for $ARCH $(cat "$dir/release")"
command -v "$cc" >/dev/null || die "$cc is missing (images/deps.sh $ARCH installs it)"
needs_libc=
objects=
if [ ! -s "$dir/headers" ]; then
	publish "no headers of this kernel were found to build modules against"
elif [ -d "$(head -n 1 "$dir/headers")" ]; then
	tree=$(head -n 1 "$dir/headers")
else
	while read -r deb; do
		[ -r "$deb" ] || publish "$deb, which has the headers, is gone"
		unpack_headers "$deb" || publish "cannot unpack $deb"
	done <"$dir/headers"
	adapt_tools "$work/root" ||
		publish "the programs of kbuild in this kernel's headers do not run here"
	objects=$(find "$work/root/usr/src" -maxdepth 2 -name .config | head -n 1)
	objects=${objects%/.config}
	tree=$(find "$work/root/usr/src" -maxdepth 1 -name 'linux-headers-*-common' | head -n 1)
	[ -n "$objects" ] || publish "this kernel's headers have no .config"
	[ -n "$tree" ] || { tree=$objects && objects=; }
fi
cp "$here/$MODULE"/* "$here/../proto"/checkjit_*.h "$work/src/" || die "no space left in $dir"

why=
btf=
[ ! -f "$dir/config" ] || ! grep -q '^CONFIG_DEBUG_INFO_BTF_MODULES=y' "$dir/config" || btf=1
[ -z "$btf" ] || find_pahole
if [ -z "$btf" ] || ! module_make PAHOLE="$pahole"; then
	# without type information kfunc.c is left out
	[ -z "$btf" ] || why="checkjit_kfunc does not compile for this kernel (see $log.btf)"
	[ -z "$btf" ] || cp "$log" "$log.btf"
	module_make CONFIG_DEBUG_INFO_BTF_MODULES= ||
		publish "our modules do not compile for this kernel (see $log)"
fi
for ko in "$work/src"/checkjit_*.ko; do
	"${CROSS}objcopy" --strip-debug "$ko" "$work/out/${ko##*/}" ||
		die "cannot copy ${ko##*/} (no space left?)"
done
publish "$why"
