#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Take what a guest needs from a prebuilt kernel: Debian packages, or a file.
set -u
here=$(cd "$(dirname "$0")" && pwd) || exit 3
. "$here/lib.sh"

help() {
	cat <<EOF
usage: [CONFIG=FILE] binary.sh ARCH DIR DEB...
       binary.sh ARCH DIR VMLINUZ
       binary.sh --config ARCH DEB...
Make DIR, which appears only when it is complete:
  kernel    in the form in which QEMU boots it (vmlinuz.sh)
  config    its .config, where one was found
  release   as uname -r says
  modules/  virtio's and test_bpf, unpacked; with their file names in \`order\`, in
            which those that virtio needs can be loaded
  headers   what modules can be built against: .deb files, or a directory
DEB are packages of one kernel: image, modules and headers, of Debian, Ubuntu or
\`make bindeb-pkg\`. A VMLINUZ's config and modules are looked for in it, beside it,
above it (a build tree), and where distributions put them.
--config prints the .config that is in the packages. CONFIG is that, where it was
printed before.
EOF
}

only_config=
case ${1-} in
-h | --help) help && exit 0 ;;
--config) only_config=1 && shift ;;
esac
[ $# -ge 2 ] || { help >&2 && exit 2; }
load_arch "$1"
shift
[ -n "$only_config" ] || { to=$1 && shift; }
[ $# -ge 1 ] || { help >&2 && exit 2; }
host=$(dpkg --print-architecture 2>/dev/null)

work=$(mktemp -d) || die "no space left for temporary files"
trap 'rm -rf "$work" ${to:+"$to.tmp"}' EXIT

is_deb() {
	[ "$(head -c 7 "$1" 2>/dev/null)" = '!<arch>' ]
}

# whole DEB: are all bytes there? apt has verified those in the cache.
whole() {
	case $1 in "$CACHE"/debs/*) return 0 ;; esac
	dpkg-deb --fsys-tarfile "$1" 2>/dev/null >/dev/null
}

# a whole .deb, for ARCH
check_deb() {
	need_cmd dpkg-deb
	[ -r "$1" ] || bad "KERNEL: $1 cannot be read"
	_arch=$(dpkg-deb -f "$1" Architecture 2>/dev/null) && whole "$1" ||
		bad "KERNEL: $1 is not a whole .deb file"
	case $(dpkg-deb -f "$1" Package) in
	linux-kbuild-*) [ "$_arch" != "$host" ] || return 0 ;;
	esac
	case $_arch in
	all | "${DEBIAN% *}") ;;
	*) bad "KERNEL: $1 is for $_arch, not for $ARCH${DEBIAN:+ (${DEBIAN% *})}" ;;
	esac
}

# take DEB PATTERN...: these files of it, below $work/root
take() {
	_deb=$1
	shift
	mkdir -p "$work/root"
	dpkg-deb --fsys-tarfile "$_deb" | tar -xf - -C "$work/root" --wildcards "$@" 2>/dev/null
	return 0
}

find_in_root() {
	find "$work/root" -path "$work/root/$1" ! -type d 2>/dev/null | sort | head -n 1
}

first_in_root() {
	for _pattern; do
		_found=$(find_in_root "$_pattern")
		[ -z "$_found" ] || break
	done
	echo "$_found"
}

config_in_root() {
	first_in_root 'boot/config-*' '*lib/modules/*/config' 'usr/src/linux-headers-*/.config'
}

if [ -n "$only_config" ]; then
	for deb; do
		check_deb "$deb"
		take "$deb" './boot/config-*' '*lib/modules/*/config' './usr/src/*/.config'
		config=$(config_in_root)
		[ -z "$config" ] || break
	done
	[ -n "$config" ] || bad "no kernel configuration in $*"
	cat "$config"
	exit
fi

unpack_module() {
	case $1 in
	*.ko) cp "$1" "$new/modules/" ;;
	*.ko.xz) xz -dc "$1" >"$new/modules/$(basename "$1" .xz)" ;;
	*.ko.zst) zstd -q -dc "$1" >"$new/modules/$(basename "$1" .zst)" ;;
	*.ko.gz) gzip -dc "$1" >"$new/modules/$(basename "$1" .gz)" ;;
	esac || die "cannot unpack $1 (no space left?)"
}

# depends MODULE.ko: the names of the modules that it needs
depends() {
	LC_ALL=C tr '\0' '\n' <"$1" | LC_ALL=C grep -a -m 1 '^depends=' |
		cut -d = -f 2 | tr ',-' ' _'
}

# load_order NAME...: print the files of these modules, each after the modules that it needs
load_order() {
	for _name; do
		_file=$(find "$new/modules" -name "$(echo "$_name" | sed 's/_/[_-]/g').ko" |
			head -n 1)
		[ -n "$_file" ] || continue
		for _needed in $(depends "$_file"); do (load_order "$_needed"); done
		echo "${_file##*/}"
	done
}

# The virtio drivers that are modules of the kernel
virtio_modules() {
	[ ! -f "$new/config" ] || sed -n 's/^CONFIG_\(VIRTIO[A-Z_]*\)=m$/\1/p' "$new/config" |
		grep -xE 'VIRTIO|VIRTIO_PCI|VIRTIO_MMIO|VIRTIO_CONSOLE' | tr '[:upper:]' '[:lower:]'
}

finish() {
	# shellcheck disable=SC2046 # a list
	load_order $(virtio_modules) | awk '!seen[$0]++' >"$new/order"
	mv "$new" "$to" || die "cannot make $to"
	exit 0
}

new=$to.tmp
rm -rf "$new"
mkdir -p "$new/modules" || die "cannot write $new"

from_debs() {
	: >"$new/headers"
	[ -z "${CONFIG-}" ] || cp "$CONFIG" "$new/config" || die "no space left in $new"
	for deb; do
		check_deb "$deb"
		case $(dpkg-deb -f "$deb" Package) in
		linux-headers-* | linux-kbuild-*)
			absolute "$deb" >>"$new/headers"
			[ -s "$new/config" ] || take "$deb" './usr/src/*/.config'
			;;
		*)
			take "$deb" './boot/vmlinu*' './boot/config-*' \
				'*lib/modules/*/vmlinuz' '*lib/modules/*/config' \
				'*/virtio*.ko*' '*/test_bpf.ko*'
			;;
		esac
	done
	kernel=$(first_in_root 'boot/vmlinu*' '*lib/modules/*/vmlinuz')
	[ -n "$kernel" ] || bad "no kernel in $* \
(expected boot/vmlinuz-* or usr/lib/modules/*/vmlinuz; is the image's package missing?)"
	config=$(config_in_root)
	[ -z "$config" ] || cp "$config" "$new/config" || die "no space left in $new"
	case $kernel in
	*/boot/*) echo "${kernel##*/vmlinu[zx]-}" ;;
	*) basename "${kernel%/*}" ;;
	esac >"$new/release"
	find "$work/root" -name '*.ko*' >"$work/modules"
}

# The configuration and modules of a kernel file
from_file() {
	file=$1 kernel=$1
	dir=$(dirname "$file")
	release=$("$here/vmlinuz.sh" --release "$file")
	[ -n "$release" ] || {
		"$here/vmlinuz.sh" "$file" "$work/plain" &&
			release=$("$here/vmlinuz.sh" --release "$work/plain")
	}
	tree=$("$here/kernel.sh" --tree) || exit
	if ! "$tree/scripts/extract-ikconfig" "$file" >"$new/config" 2>/dev/null; then
		rm -f "$new/config"
		base=${file##*/}
		for c in "$dir/config" "$dir/config-$release" "$dir/config-${base#*-}" \
			"$dir/.config" "$dir/../.config" "$dir/../../.config" \
			"$dir/../../../.config"; do
			[ -f "$c" ] && cp "$c" "$new/config" && break
		done
	fi
	[ -f "$new/config" ] ||
		say "no config found for $file: whether it can be a guest will show when it boots"
	: >"$work/modules"
	: >"$new/headers"
	echo "$release" >"$new/release"
	[ -n "$release" ] || return 0
	for lib in "$dir" "$dir/../lib/modules/$release" "$dir/../usr/lib/modules/$release"; do
		[ -d "$lib/kernel" ] || continue
		find "$lib/kernel" \( -name 'virtio*.ko*' -o -name 'test_bpf.ko*' \) \
			>"$work/modules"
		[ ! -e "$lib/build/Makefile" ] || absolute "$lib/build" >"$new/headers"
		break
	done
}

if is_deb "$1"; then from_debs "$@"; else
	[ $# -eq 1 ] || bad "KERNEL names several files (expected one kernel, or .deb files only)"
	from_file "$1"
fi
while read -r m; do unpack_module "$m"; done <"$work/modules"
if [ -f "$new/config" ]; then
	"$here/vmlinuz.sh" "$kernel" "$new/kernel" "$new/config" || exit
else
	"$here/vmlinuz.sh" "$kernel" "$new/kernel" || exit
fi
finish
