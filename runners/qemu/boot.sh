#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Become the QEMU of one guest.
set -u
here=$(cd "$(dirname "$0")" && pwd) || exit 3
me=boot
. "$here/../lib.sh"

help() {
	cat <<EOF
usage: boot.sh ARCH IMAGEDIR INITRD
       boot.sh --qemu ARCH
Boot IMAGEDIR/kernel (made by images/build.sh) with INITRD. This process becomes
QEMU: its pid is the one to wait for and to kill. The serial console is written
to stdout; stdin is not read. If file descriptor 3 is open it must be a connected
socket, and is the guest's virtio-serial port org.checkjit.0.
The guest ends QEMU by rebooting, powering off or panicking.
--qemu prints the version of the QEMU that would boot ARCH.

environment:
  APPEND     more kernel command line
  QEMU_CPU   another CPU model ("primary" and "second" are the conf's two)
  QEMU_ARGS  more QEMU arguments, split at blanks
  KVM=1      use KVM, once kvm.sh has proven it
  QEMU_BIN   another QEMU: the binary, or the directory that has it
  ONE_INSN=1 TCG translates instruction by instruction: what its optimizer does wrong goes away
  MEM=256    guest memory in MiB
  SMP=1      CPUs of the guest, if the conf's machine can have several
EOF
}

# load_conf NAME: what the conf leaves out has its default
load_conf() {
	arch=$("$here/arch.sh" "$1") || exit
	FIRMWARE='' CPU2='' LAUNCH='' PCI_QEMU='' ONE_CPU='' PANIC=-1 QEMU_SINCE='' QEMU=''
	# shellcheck disable=SC1090 # data
	. "$here/arch/$arch.conf"
}

# Put QEMU_BIN, or a QEMU that is new enough, into $QEMU.
choose_qemu() {
	newer=
	[ -z "$QEMU_SINCE" ] || newer=$("$here/../../images/qemu.sh" --if-old "$arch") || exit
	QEMU_BIN=${QEMU_BIN:-$newer}
	if [ -n "${QEMU_BIN-}" ]; then
		[ ! -d "$QEMU_BIN" ] || QEMU_BIN=$QEMU_BIN/${QEMU%% *}
		QEMU=$QEMU_BIN${QEMU#"${QEMU%% *}"}
		# that of images/qemu.sh would look for firmware where this machine's has its own
		share=${QEMU_BIN%/*}/../share/qemu
		[ ! -d "$share" ] || QEMU="$QEMU -L $share"
	fi
	command -v "${QEMU%% *}" >/dev/null ||
		die "${QEMU%% *} is not installed (images/deps.sh $arch installs it)"
}

case ${1-} in
-h | --help) help && exit 0 ;;
--qemu)
	[ $# -eq 2 ] || { help >&2 && exit 2; }
	load_conf "$2"
	[ -n "$QEMU" ] || exit 0
	choose_qemu
	qemu_version "${QEMU%% *}"
	exit
	;;
esac
[ $# -eq 3 ] || { help >&2 && exit 2; }
load_conf "$1"
image=$2 initrd=$3
[ -r "$image/kernel" ] ||
	die "$image/kernel is missing (expected a directory from images/build.sh)" 2
[ -r "$initrd" ] || die "$initrd is missing (expected an initramfs from images/initramfs.sh)" 2
# a kernel that was not built for the conf's machine
if grep -qx bus=pci "$image/meta" 2>/dev/null; then
	QEMU=${PCI_QEMU:-$QEMU} SERIAL=virtio-serial-pci
fi
[ -z "$LAUNCH" ] || exec "$here/../target/$LAUNCH.sh" "$arch" "$image" "$initrd"
choose_qemu

cpu=${QEMU_CPU:-primary}
case $cpu in
primary) cpu=$CPU ;;
second) cpu=$CPU2 ;;
esac
[ -n "$cpu" ] || die "$arch has no second CPU model" 2
accel='-accel tcg'
if [ -n "${ONE_INSN-}" ]; then
	# the option's name since 8.1, and before
	if ${QEMU%% *} -help | grep -q one-insn-per-tb; then
		accel="$accel,one-insn-per-tb=on"
	else
		accel="$accel -singlestep"
	fi
fi
if [ "${KVM:-0}" = 1 ]; then
	accel='-accel kvm'
	[ -n "${QEMU_CPU-}" ] || cpu=host
fi

# shellcheck disable=SC2086 # QEMU, $accel and QEMU_ARGS are lists
set -- $QEMU $accel -cpu "$cpu" -m "${MEM:-256}" -nodefaults -no-user-config \
	-display none -no-reboot -kernel "$image/kernel" -initrd "$initrd" \
	-append "$CMDLINE panic=$PANIC oops=panic loglevel=5 ${APPEND-}" \
	-chardev stdio,id=console,signal=off -serial chardev:console
[ "${SMP:-1}" = 1 ] || [ -n "$ONE_CPU" ] || set -- "$@" -smp "$SMP"
[ -z "$FIRMWARE" ] || set -- "$@" -bios "$image/firmware"
if [ -S /dev/fd/3 ]; then
	set -- "$@" -chardev socket,id=data,fd=3 -device "$SERIAL" \
		-device virtserialport,chardev=data,name=org.checkjit.0
fi
# shellcheck disable=SC2086
exec "$@" ${QEMU_ARGS-} </dev/null
