#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Kernels that are built already: their forms, packages of them, and Debian's. Nothing is booted.
set -u
top=$(cd "$(dirname "$0")/.." && pwd) || exit 3
cd "$top" || exit 3

[ "${1-}" != --help ] || { echo "usage: tests/kernels.sh" && exit 0; }
# shellcheck source=tests/lib.sh
. tests/lib.sh
# Debian's lists are shared with the jobs; all else that is fetched or made goes away.
lists=${XDG_CACHE_HOME:-$HOME/.cache}/checkjit/apt
export XDG_CACHE_HOME="$work/cache"
mkdir -p "$XDG_CACHE_HOME/checkjit"

# ---- forms of a kernel file ----

# form NAME OFFSET BYTES: a file with these bytes there, as printf writes them
form() {
	head -c 70000 /dev/zero >"$work/$1"
	printf "$3" | dd of="$work/$1" bs=1 seek="$2" conv=notrunc 2>/dev/null
}
form elf 0 '\177ELF'
form gzip 0 '\037\213'
form bzimage 514 'HdrS'
form zboot 4 'zimg'
form arm-zimage 36 '\030\050\157\001'
form arm64-image 56 'ARM\144'
form riscv-image 56 'RSC\005'
form s390 65544 'S390EP'
for f in elf gzip bzimage zboot arm-zimage arm64-image riscv-image s390; do
	images/vmlinuz.sh --is "$work/$f"
	result $? "form/$f"
done
form nothing 0 'hello'
! images/vmlinuz.sh --is "$work/nothing"
result $? form/nothing
expect form/unpack-nothing 2 'is no kernel' images/vmlinuz.sh "$work/nothing" "$work/out"

# an EFI zboot image: magic, where its payload is, how it is compressed
echo 'Linux version 9.8.7-test (a@b)' | gzip >"$work/payload"
size=$(wc -c <"$work/payload")
{
	printf 'MZ\0\0zimg'
	printf "\\$(printf %o 64)\\0\\0\\0\\$(printf %o "$size")"
	printf '\0\0\0\0\0\0\0\0\0\0\0gzip\0\0\0\0'
	head -c 32 /dev/zero
	cat "$work/payload"
} >"$work/zboot"
images/vmlinuz.sh "$work/zboot" "$work/plain" &&
	[ "$(images/vmlinuz.sh --release "$work/plain")" = 9.8.7-test ]
result $? form/zboot-payload "the payload is not what was put in"
gzip -c "$work/elf" | head -c 40 >"$work/cut.gz"
expect form/half-a-gzip 3 'cannot unpack' images/vmlinuz.sh "$work/cut.gz" "$work/out"
expect file/not-a-kernel 2 'neither a source tree' env KERNEL="$work/nothing" images/kernel.sh \
	x86_64

# ---- packages ----

# config NAME OPTION...: a configuration that a guest can have, with these options more or other
config() {
	_to=$work/$1
	shift
	{
		for o in BPF_SYSCALL NET BLK_DEV_INITRD BINFMT_ELF PROC_FS SYSFS DEVTMPFS \
			HAVE_EBPF_JIT BPF_JIT \
			VIRTIO VIRTIO_PCI VIRTIO_CONSOLE DEBUG_INFO_BTF; do
			case " $* " in *" $o="*) ;; *) echo "CONFIG_$o=y" ;; esac
		done
		for o; do echo "CONFIG_$o"; done
	} | grep -v '=n$' >"$_to"
}

# package FILE ARCHITECTURE CONFIG: a kernel in a .deb, as distributions lay it out
package() {
	rm -rf "$work/pack"
	mkdir -p "$work/pack/DEBIAN" "$work/pack/boot" \
		"$work/pack/lib/modules/9.8.7-test/kernel/drivers"
	printf 'Package: linux-image-9.8.7-test\nVersion: 1\n' >"$work/pack/DEBIAN/control"
	printf 'Architecture: %s\nMaintainer: A <a@example.org>\nDescription: x\n' \
		"$2" >>"$work/pack/DEBIAN/control"
	cp "$work/elf" "$work/pack/boot/vmlinuz-9.8.7-test"
	cp "$work/$3" "$work/pack/boot/config-9.8.7-test"
	for m in virtio:'' virtio_ring:virtio virtio_pci:virtio,virtio_ring \
		virtio_console:virtio_ring; do
		printf 'depends=%s\0' "${m#*:}" |
			xz -c >"$work/pack/lib/modules/9.8.7-test/kernel/drivers/${m%%:*}.ko.xz"
	done
	dpkg-deb --root-owner-group -Znone --build "$work/pack" "$work/$1" >/dev/null
}

# the modules of a .deb are not built here: there are no headers in it
build() {
	KERNEL=$work/$1 images/build.sh x86_64
}

config good.config
package good.deb amd64 good.config
expect deb/good 0 "checkjit/images/x86_64-" build good.deb
says deb/no-headers 'no headers of this kernel'
image=$(tail -n 1 "$log")
grep -qx 'release=9.8.7-test' "$image/meta" && grep -qx 'bus=pci' "$image/meta" &&
	grep -qx "source=$work/good.deb" "$image/meta"
result $? deb/meta "$(cat "$image/meta")"
[ ! -s "$image/order" ]
result $? deb/no-modules-needed "$(cat "$image/order")"

config modular.config VIRTIO=m VIRTIO_PCI=m VIRTIO_CONSOLE=m
package modular.deb amd64 modular.config
expect deb/modular 0 "checkjit/images/x86_64-" build modular.deb
image=$(tail -n 1 "$log")
[ "$(xargs <"$image/order")" = 'virtio.ko virtio_ring.ko virtio_console.ko virtio_pci.ko' ] ||
	[ "$(xargs <"$image/order")" = 'virtio.ko virtio_ring.ko virtio_pci.ko virtio_console.ko' ]
result $? deb/modules-in-order "$(cat "$image/order")"
[ "$(tr -d '\0' <"$image/virtio_pci.ko")" = depends=virtio,virtio_ring ]
result $? deb/modules-unpacked

config mmio.config VIRTIO_MMIO=y VIRTIO_MMIO_CMDLINE_DEVICES=y
package mmio.deb amd64 mmio.config
expect deb/microvm 0 "checkjit/images/x86_64-" build mmio.deb
! grep -q '^bus=' "$(tail -n 1 "$log")/meta"
result $? deb/microvm-bus

config nojit.config BPF_JIT=n
package nojit.deb amd64 nojit.config
expect deb/no-jit 2 'without CONFIG_BPF_JIT' build nojit.deb
config noconsole.config VIRTIO_CONSOLE=n
package noconsole.deb amd64 noconsole.config
expect deb/no-virtio-console 3 'no CONFIG_VIRTIO_CONSOLE' build noconsole.deb
config nobus.config VIRTIO_PCI=n
package nobus.deb amd64 nobus.config
expect deb/no-bus 3 'no bus for virtio' build nobus.deb
config nobpf.config BPF_SYSCALL=n
package nobpf.deb amd64 nobpf.config
expect deb/no-bpf 3 'without CONFIG_BPF_SYSCALL' build nobpf.deb
config nobtf.config DEBUG_INFO_BTF=n
package nobtf.deb amd64 nobtf.config
expect deb/no-btf 0 'has no BTF' build nobtf.deb
expect deb/wants-btf 2 'BTF=1.*without CONFIG_DEBUG_INFO_BTF' env BTF=1 KERNEL="$work/nobtf.deb" \
	images/build.sh x86_64
expect deb/wants-a-build 2 'DEBUG=1 wants a source tree' env DEBUG=1 KERNEL="$work/good.deb" \
	images/build.sh x86_64
expect deb/patches 2 'needs a source tree' env PATCHES="$work/good.deb" KERNEL="$work/good.deb" \
	images/kernel.sh x86_64

package other.deb s390x good.config
expect deb/other-arch 2 'is for s390x, not for x86_64' build other.deb
head -c 3000 "$work/good.deb" >"$work/half.deb"
expect deb/half 2 'not a whole .deb' build half.deb
expect deb/missing 2 'cannot be read' build missing.deb
[ -z "$(find "$XDG_CACHE_HOME/checkjit" -name '*.tmp' -o -name '.x86_64.*')" ]
result $? deb/nothing-half-written \
	"$(find "$XDG_CACHE_HOME/checkjit" -name '*.tmp' -o -name '.x86_64.*')"

# ---- Debian's archive ----

# machine_apt LINE: this machine's apt has that source only
machine_apt() {
	mkdir -p "$work/apt/lists/partial"
	echo "$1" >"$work/apt/sources.list"
	cat >"$work/apt.conf" <<-EOC
	Dir::State "$work/apt";
	Dir::State::status "/dev/null";
	Dir::Etc::sourcelist "$work/apt/sources.list";
	Dir::Etc::sourceparts "-";
	EOC
}

# a mirror that answers nothing, and one without signatures
machine_apt 'deb http://127.0.0.1:9/debian trixie main'
expect debian/no-network 3 'no network' env APT_CONFIG="$work/apt.conf" images/debian-kernel.sh \
	find x86_64
mkdir -p "$work/mirror/dists/trixie-backports/main/binary-amd64"
: >"$work/mirror/dists/trixie-backports/main/binary-amd64/Packages"
(cd "$work/mirror/dists/trixie-backports" && {
	printf 'Origin: Debian\nSuite: trixie-backports\nCodename: trixie-backports\n'
	printf 'Date: %s\nArchitectures: amd64\nComponents: main\nSHA256:\n' \
		"$(date -R -u)"
	sha256sum main/binary-amd64/Packages |
		sed 's/^\([0-9a-f]*\).*/ \1 0 main\/binary-amd64\/Packages/'
} >Release)
machine_apt "deb [trusted=yes] file:$work/mirror trixie-backports main"
expect debian/unsigned 3 'not signed' env APT_CONFIG="$work/apt.conf" images/debian-kernel.sh find \
	x86_64
machine_apt '# none'
expect debian/no-mirror 3 'no Debian mirror' env APT_CONFIG="$work/apt.conf" \
	images/debian-kernel.sh find x86_64
expect debian/no-such-arch 2 'Debian has no kernel for m68k' images/debian-kernel.sh find m68k
expect debian/odd-version 2 'is no version' images/debian-kernel.sh find x86_64 '6.*'

rm -rf "$XDG_CACHE_HOME/checkjit/apt"
mkdir -p "$lists" && ln -s "$lists" "$XDG_CACHE_HOME/checkjit/apt"
if images/debian-kernel.sh list x86_64 >"$work/list" 2>"$log"; then
	[ "$(grep -cE '^[0-9][^ ]*-amd64 [0-9][^ ]* [a-z]' "$work/list")" -ge 5 ] &&
		! grep -vE '^[0-9][^ ]*-amd64 [0-9][^ ]* [a-z]' "$work/list"
	result $? debian/list "$(head -n 3 "$work/list")"
	cut -d ' ' -f 2 "$work/list" | sort -c -V
	result $? debian/oldest-first
	newest=$(tail -n 1 "$work/list" | cut -d ' ' -f 1)
	expect debian/find-prefix 0 '^6\.12\.[0-9]+.*-amd64$' images/debian-kernel.sh find x86_64 \
		6.12
	expect debian/find-release 0 "^$(echo "$newest" | sed 's/[.+]/\\&/g')\$" \
		images/debian-kernel.sh find x86_64 "${newest%-amd64}"
	expect debian/no-such-version 2 'nearest: [0-9]' images/debian-kernel.sh find x86_64 6.13
	expect debian/job 0 "^x86_64 +$(echo "$newest" | sed 's/[.+]/\\&/g') " env ARCH=x86_64 \
		images/kernels.sh
	expect debian/job-without 0 'm68k: Debian has no kernel' env ARCH=m68k images/kernels.sh
else
	echo "ok $test_name/debian # SKIP no answer from Debian: $(tail -n 1 "$log")"
fi
finish
