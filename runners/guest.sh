#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# One architecture of a job: its accelerator, its CPU, checkjit COMMAND (run). Called by run.sh with CHECKJIT, WORK, RUNDIR set.
set -u
here=$(cd "$(dirname "$0")" && pwd) || exit 3

case ${1-} in -h | --help) echo "usage: [COMMAND=run] guest.sh ARCH [ARGUMENT of checkjit COMMAND...]" && exit 0 ;; esac
[ $# -ge 1 ] || { echo "usage: guest.sh ARCH [ARGUMENT...]" >&2 && exit 2; }
arch=$1
shift
image=$(cat "$WORK/$arch.image") || exit 3

CPU2='' CPU3='' CPU3_APPEND='' CPU3_ARGS=''
. "$here/qemu/arch/$arch.conf"
cpu=${QEMU_CPU:-$CPU}
# CPUS=all asks for the models by number
case ${CPU_MODEL:-1} in
2) cpu=$CPU2 ;;
3)
	cpu=$CPU3 APPEND="${APPEND-} $CPU3_APPEND" QEMU_ARGS="${QEMU_ARGS-} $CPU3_ARGS"
	export APPEND QEMU_ARGS
	;;
esac
[ "${CPU_MODEL:-1}" = 1 ] || QEMU_CPU=$cpu
if [ -z "${KVM-}" ]; then
	proof=$("$here/qemu/kvm.sh" "$arch" "$image" 2>/dev/null)
	case $proof in
	yes*) KVM=1 ;;
	*) KVM=0 ;;
	esac
	export KVM
	case $proof in
	'no: the host is'*) ;;
	no*) echo "run: $arch: emulated, not KVM: ${proof#no: }" >&2 ;;
	esac
fi
COMMAND=${COMMAND:-run}
if [ "$COMMAND" = run ] && [ $# -eq 0 ]; then
	set -f
	# shellcheck disable=SC2086 # a list of patterns
	set -- ${PATTERNS-}
	set +f
fi
# a failure on one model only is a suspect of emulation
[ -n "${QEMU_CPU-}" ] || [ "$KVM" = 1 ] || [ -z "$CPU2" ] || set -- --cpu2 "$CPU2" "$@"
[ -z "${ENGINES-}" ] || set -- --engines "$ENGINES" "$@"
if [ "$COMMAND" = run ]; then
	set -- --out "$RUNDIR" "$@"
	if [ -n "${COVERAGE-}" ]; then
		mkdir -p "$RUNDIR/$arch.gcda" && echo "$image" >"$RUNDIR/$arch.gcda/image" || exit 3
		set -- --gcov "$RUNDIR/$arch.gcda" "$@"
	fi
	[ -z "${RESUME-}" ] || set -- --resume "$@"
	[ -z "${REQUIRE_JIT-}" ] || set -- --require-jit "$@"
	[ -z "${MAX_CRASHES-}" ] || set -- --max-crashes "$MAX_CRASHES" "$@"
else
	set -- --console "$RUNDIR/$arch.console" "$@"
fi
[ -z "${BOOT-}" ] || set -- --boot "$BOOT" "$@"
[ -z "${TIMEOUT-}" ] || set -- --timeout "$TIMEOUT" "$@"
[ -z "${DEBUG-}" ] || [ -n "${TIMEOUT-}" ] || set -- --timeout 120 --boot-timeout 180 "$@"
version=$(${QEMU%% *} --version | sed -n '1s/.*version \([^ ]*\).*/\1/p')
exec "$CHECKJIT" "$COMMAND" --arch "$arch" --image "$image" --initrd "$WORK/$arch.cpio" \
	--cpu "$cpu" --qemu "$version" "$@"
