#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# OpenSBI for 32-bit RISC-V, which Debian does not ship, from Debian's source.
set -u
here=$(cd "$(dirname "$0")" && pwd) || exit 3
. "$here/lib.sh"

help() {
	cat <<EOF
usage: opensbi.sh
Print the path of a fw_dynamic.bin for QEMU's 32-bit virt machine (built once).
EOF
}

case ${1-} in
-h | --help) help && exit 0 ;;
?*) bad "opensbi.sh: unknown argument '$1' (see --help)" ;;
esac

out=$CACHE/firmware/opensbi-rv32.bin
if [ ! -s "$out" ]; then
	cross=riscv64-linux-gnu-
	need_cmd ${cross}gcc riscv32
	lock "$CACHE/firmware/lock"
	src=$("$here/debian-source.sh" opensbi) || exit
	build=$CACHE/firmware/build
	log=$CACHE/firmware/log
	make_cache "$build"
	say "building OpenSBI for riscv32"
	make -C "$src" O="$build" -j"${J:-$(nproc)}" CROSS_COMPILE=$cross PLATFORM=generic \
		PLATFORM_RISCV_XLEN=32 PLATFORM_RISCV_ABI=ilp32d \
		PLATFORM_RISCV_ISA=rv32imafdc_zicsr_zifencei >"$log" 2>&1 || fail_log "$log" OpenSBI
	cp "$build/platform/generic/firmware/fw_dynamic.bin" "$out.tmp" && mv "$out.tmp" "$out" ||
		die "OpenSBI made no fw_dynamic.bin (log: $log)"
	rm -rf "$build"
fi
echo "$out"
