#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# One architecture of a job: its accelerator, its CPU, checkjit COMMAND (run). Called by run.sh with CHECKJIT, WORK, RUNDIR set.
set -u
here=$(cd "$(dirname "$0")" && pwd) || exit 3

case ${1-} in -h | --help) echo "usage: [COMMAND=run] guest.sh ARCH [ARGUMENT of checkjit COMMAND...]" && exit 0 ;; esac
[ $# -ge 1 ] || { echo "usage: guest.sh ARCH [ARGUMENT...]" >&2 && exit 2; }
arch=$1
shift
COMMAND=${COMMAND:-run}
BOOT=${BOOT-}

say() {
	echo "run: $arch: $1" >&2
}

probe_kvm() {
	proof=$("$here/qemu/kvm.sh" "$arch" "$image" 2>/dev/null)
	case $proof in
	yes*) KVM=1 ;;
	*) KVM=0 ;;
	esac
	export KVM
	case $proof in
	'no: the host is'*) ;;
	no*) say "emulated, not KVM: ${proof#no: }" ;;
	esac
}

# the guest that `make vm` keeps, if it is the one that would be booted; else why not
use_warm() {
	VM_SOCKET=$WORK/$arch.vm
	[ -S "$VM_SOCKET" ] && [ "${WARM:-1}" != 0 ] && [ -z "$BOOT${COVERAGE-}" ] || return
	if why=$("$CHECKJIT" vm --socket "$VM_SOCKET" --ask --arch "$arch" --image "$image" --initrd "$initrd" --cpu "$cpu"); then
		BOOT=$here/target/vm.sh
		export VM_SOCKET
	else
		[ -z "$why" ] || say "not in the guest of \`make vm\`: $why"
	fi
}

case $COMMAND in run | soundness) sweeps=1 ;; *) sweeps= ;; esac
if [ -n "$sweeps" ] && [ $# -eq 0 ]; then
	set -f
	# shellcheck disable=SC2086 # a list of patterns
	set -- ${PATTERNS-}
	set +f
fi
if [ -n "$sweeps" ]; then
	# generated cases belong to the folder of our own
	sweep=quick
	[ -z "${CASES_DIR-}" ] || sweep=none
	set -- --sweep "${SWEEP:-$sweep}" "$@"
	[ -z "${STOP_AFTER-}" ] || set -- --stop-after "$STOP_AFTER" "$@"
	[ -z "${SEED-}" ] || set -- --seed "$SEED" "$@"
	[ -z "${SHARD-}" ] || set -- --shard "$SHARD" "$@"
fi
if [ -n "${TARGET-}" ]; then
	# the boot script puts the agent there and runs it
	image=$TARGET initrd=$WORK/$arch.agent BOOT=$here/target/${TARGET%%:*}.sh
	# where ssh.sh leaves word that the machine was there
	SEEN=$WORK/$arch.seen
	export SEEN
	rm -f "$SEEN"
	set -- --boot-timeout 180 "$@"
else
	image=$(cat "$WORK/$arch.image") || exit 3
	initrd=$WORK/$arch.cpio CPU2='' CPU2_APPEND='' CPU3='' CPU3_APPEND='' CPU3_ARGS='' QUICK_SHARE='' LAUNCH=''
	. "$here/qemu/arch/$arch.conf"
	[ -z "${QEMU_BIN-}" ] || QEMU=$([ -d "$QEMU_BIN" ] && echo "$QEMU_BIN/${QEMU%% *}" || echo "$QEMU_BIN")
	[ -z "$LAUNCH" ] || KVM=0
	[ -n "${KVM-}" ] || probe_kvm
	case ${QEMU_CPU:-primary} in
	primary) cpu=$CPU ;;
	second) cpu=${CPU2:-second} ;;
	*) cpu=$QEMU_CPU ;;
	esac
	# CPUS=all asks for the models by number
	case ${CPU_MODEL:-1} in
	2)
		cpu=$CPU2 APPEND="${APPEND-} $CPU2_APPEND"
		export APPEND
		;;
	3)
		cpu=$CPU3 APPEND="${APPEND-} $CPU3_APPEND" QEMU_ARGS="${QEMU_ARGS-} $CPU3_ARGS"
		export APPEND QEMU_ARGS
		;;
	esac
	[ "${CPU_MODEL:-1}" = 1 ] || QEMU_CPU=$cpu
	# a failure on one model only is a suspect of emulation
	[ "$COMMAND" != run ] || [ -n "${QEMU_CPU-}" ] || [ "$KVM" = 1 ] || [ -z "$CPU2" ] || set -- --cpu2 "$CPU2" "$@"
	set -- --cpu "$cpu" "$@"
	# what reduce writes has failed in guests that were booted for it
	case $COMMAND in vm | reduce | fuzz-target) ;; *) use_warm ;; esac
fi
[ -z "${ENGINES-}" ] || set -- --engines "$ENGINES" "$@"
[ -z "${CASES_DIR-}" ] || [ "$COMMAND" = vm ] || set -- --cases "$CASES_DIR" "$@"
case $COMMAND in
run)
	set -- --out "$RUNDIR" "$@"
	# a rerun names the binary kernel that was the default of the day
	[ -n "${KERNEL-}" ] || KERNEL=$(sed -n "s/^source=\(debian:.*\)/\1/p" "$image/meta" 2>/dev/null)
	args=$(KERNEL=${KERNEL-} QEMU_CPU=${QEMU_CPU-} "$CHECKJIT" settings --rerun) || exit 3
	[ -z "$args" ] || set -- --make-args "$args" "$@"
	if [ -n "${COVERAGE-}" ]; then
		mkdir -p "$RUNDIR/$arch.gcda" && echo "$image" >"$RUNDIR/$arch.gcda/image" || exit 3
		set -- --gcov "$RUNDIR/$arch.gcda" "$@"
	fi
	[ -z "${QUICK_SHARE-}" ] || set -- --share "$QUICK_SHARE" "$@"
	[ -z "${RESUME-}" ] || set -- --resume "$@"
	[ -z "${REQUIRE_JIT-}" ] || set -- --require-jit="$REQUIRE_JIT" "$@"
	[ -z "${MAX_CRASHES-}" ] || set -- --max-crashes "$MAX_CRASHES" "$@"
	[ -n "${TARGET-}${LAUNCH-}" ] || set -- --qemu "$(${QEMU%% *} --version | sed -n '1s/.*version \([^ ]*\).*/\1/p')" "$@"
	;;
soundness)
	set -- --out "$RUNDIR" --console "$RUNDIR/$arch.console" "$@"
	;;
vm)
	set -- --socket "$WORK/$arch.vm" --console "$RUNDIR/$arch.console" "$@"
	;;
*)
	set -- --console "$RUNDIR/$arch.console" "$@"
	;;
esac
[ -z "$BOOT" ] || set -- --boot "$BOOT" "$@"
[ -z "${TIMEOUT-}" ] || set -- --timeout "$TIMEOUT" "$@"
[ -z "${DEBUG-}" ] || [ -n "${TIMEOUT-}" ] || set -- --timeout 120 --boot-timeout 180 "$@"
# slow, but not hung
[ -z "${ONE_INSN-}" ] || set -- --timeout 120 --boot-timeout 300 "$@"
exec "$CHECKJIT" "$COMMAND" --arch "$arch" --image "$image" --initrd "$initrd" "$@"
