#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The job behind `make run`: images, agents, guests, report.
set -u
top=$(cd "$(dirname "$0")/.." && pwd) || exit 3
cd "$top" || exit 3

help() {
	cat <<EOT
usage: run.sh JOB
Build what is missing, boot a guest for each architecture, run the cases in it,
and report. The variables of \`make help\` come in the environment.
  run     everything that CASES, ID and ENGINES select
  images  build only
  vm      keep a guest of each of ARCH warm for the jobs below, until Ctrl-C
and of the one case that ID names, or that is in the file CASE, on each of ARCH:
  repro   everything shown
  trace   the first instruction that goes wrong, on the first of ENGINES that fails
  reduce  made as small as it goes, into OUT; one architecture at a time
and, of whatever CASES and SWEEP select:
  soundness  is what the verifier takes registers to be true?
EOT
}

die() {
	echo "run: $1" >&2
	exit "${2-3}"
}

say() {
	[ -n "${QUIET-}" ] || echo "run: $1" >&2
}

case ${1-} in
-h | --help) help && exit 0 ;;
run | images | repro | trace | reduce | vm | soundness) job=$1 ;;
*) help >&2 && exit 2 ;;
esac

O=${O:-build}
case ${CPUS:-} in "" | all) ;; *) die "CPUS=$CPUS (expected all, or nothing)" 2 ;; esac
[ -z "${CPUS-}" ] || [ -z "${QEMU_CPU-}" ] || die "CPUS=all and QEMU_CPU=$QEMU_CPU exclude each other" 2
checkjit=$O/checkjit
J=${J:-$(nproc)}
export J

if [ -n "${TARGET-}" ]; then
	case $job in vm | images) die "$job is about guests, and TARGET=$TARGET is none" 2 ;; esac
	[ -z "${KERNEL-}${PATCHES-}${CPUS-}" ] || die "TARGET=$TARGET is what it is: KERNEL=, PATCHES= and CPUS= mean nothing to it" 2
	ARCH=$(runners/target/arch.sh) || exit
fi

# ARCH may name the architectures of other worlds
arches=''
for name in ${ARCH:-$(runners/qemu/arch.sh --list)}; do
	a=$(runners/qemu/arch.sh "$name") || exit
	[ "$a" = "$name" ] || say "$name is $a here"
	arches="$arches $a"
done
case $job in
run | images | vm | soundness) ;;
*)
	[ -n "${ID-}${CASE-}" ] || die "$job wants ID= (\`make list\` shows all ids), or CASE= and a .case file" 2
	[ -z "${CASE-}" ] || [ -r "$CASE" ] || die "CASE=$CASE cannot be read" 2
	# shellcheck disable=SC2086 # a list
	[ "$job" != reduce ] || [ "$(echo $arches | wc -w)" -eq 1 ] || die "reduce wants one ARCH=" 2
	;;
esac

ENGINES=${ENGINES:-${ENGINE-}}
[ -z "$ENGINES" ] || export ENGINES
for e in $(printf %s "${ENGINES-}" | tr , " "); do
	"$checkjit" run --list-engines | grep -qx -e "$e" ||
		die "ENGINES: no engine is called '$e' (expected some of: $("$checkjit" run --list-engines | xargs))" 2
done

# what to run; an id or glob that names nothing should not cost a kernel build
set --
if [ -n "${ID-}" ]; then
	set -- "$ID"
elif [ -n "${CASES-}" ]; then
	set -f
	# shellcheck disable=SC2086 # globs for checkjit, not for the shell
	set -- $CASES
	set +f
fi
if [ $# -gt 0 ] && [ "$job" != images ] && [ -z "${CASE-}" ]; then
	"$checkjit" list ${CASES_DIR:+--cases "$CASES_DIR"} "$@" >/dev/null || exit
fi

# shellcheck disable=SC2086 # a list
images/deps.sh $arches || exit

# What is built already comes first, and its guests run while kernels of the others are built.
if [ -z "${TARGET-}" ]; then
	first='' later=''
	for a in $arches; do
		kind=$(images/kernel.sh --kind "$a") || exit
		if [ "$kind" = binary ]; then first="$first $a"; else later="$later $a"; fi
	done
	arches="$first$later"
	[ -z "$later" ] || images/deps.sh build ${BTF:+btf} || exit
fi

work=$O/guests
mkdir -p "$work" || die "cannot make $work"

# make_guest ARCH: its image, agent and initramfs. 2 where the user asked for what cannot be.
make_guest() {
	if [ -n "${TARGET-}" ]; then
		image=-
	else
		image=$(images/build.sh "$1") || return
		echo "$image" >"$work/$1.image"
	fi
	tree=$(images/kernel.sh --tree) && runners/agent.sh "$1" "$tree" "$image" "$work"
}

# make_guests: prints each of $arches that can run, as soon as it can; leaves the others in a file
make_guests() {
	: >"$work/failed"
	for a in $arches; do
		make_guest "$a" && echo "$a" && continue
		rc=$?
		echo "$a" >>"$work/failed"
		if [ $rc -eq 2 ]; then
			echo 2 >"$work/usage"
			break
		fi
	done
}

# collect: what make_guests left
collect() {
	failed=$(xargs <"$work/failed")
	[ -z "$failed" ] || say "no kernel for: $failed"
	[ ! -e "$work/usage" ] || exit 2
}

rm -f "$work/usage"
failed='' ready=''
if [ "$job" != run ]; then
	ready=$(make_guests | xargs)
	collect
	[ -n "$ready" ] || exit 3
fi
if [ "$job" = images ]; then
	for a in $ready; do echo "$a $(cat "$work/$a.image")"; done
	[ -z "$failed" ] || exit 3
	exit 0
fi

now=$(date -u +%Y%m%d-%H%M%S)
case $job in
run) run=${RUN:-results/$now} ;;
soundness) run=${RUN:-results/soundness-$now} ;;
*) run=$(mktemp -d "$O/$job.XXXXXX") ;;
esac
mkdir -p "$run" || die "cannot make $run (no space left?)"
CHECKJIT=$checkjit WORK=$work RUNDIR=$run
export CHECKJIT WORK RUNDIR
stopped=''
trap 'stopped=1' INT TERM

# The jobs of one case: arguments of `checkjit $job` beyond those that guest.sh gives
case $job in
run) ;;
soundness)
	export PATTERNS="$*"
	if [ -n "${CASE-}" ]; then set -- --case "$CASE"; else set --; fi
	rc=0
	for a in $ready; do
		COMMAND=soundness runners/guest.sh "$a" "$@" || {
			a_rc=$?
			[ $rc -eq 1 ] || rc=$a_rc
		}
	done
	exit $rc
	;;
vm)
	say "\`make repro\` and the like now use these guests; Ctrl-C ends them (console: $run/ARCH.console)"
	rc=0
	# shellcheck disable=SC2086 # a list
	set -- $ready
	if [ $# -eq 1 ]; then
		COMMAND=vm runners/guest.sh "$1" || rc=$?
	else
		printf '%s\n' "$@" | COMMAND=vm xargs -n 1 -P 0 runners/guest.sh || rc=3
	fi
	rm -rf "$run"
	exit $rc
	;;
*)
	if [ -n "${CASE-}" ]; then set -- --case "$CASE"; else set -- --id "$ID"; fi
	if [ "$job" = reduce ]; then
		[ -z "${OUT-}" ] || set -- --out "$OUT" "$@"
		[ -z "${TIME-}" ] || set -- --time "$TIME" "$@"
	fi
	[ -z "${V-}" ] || [ "$job" != repro ] || set -- --verbose "$@"
	rc=0
	for a in $ready; do
		COMMAND=$job runners/guest.sh "$a" "$@" || rc=$?
	done
	rm -rf "$run"
	exit $rc
	;;
esac

# CPUS=all: this run was that of the first model; the others follow, in directories of their own.
# run_model NUMBER: the same cases on that CPU model of each arch that has it
run_model() {
	have=''
	for a in $ready; do
		# shellcheck disable=SC1090,SC2034 # data
		model=$(CPU2='' CPU3='' && . "runners/qemu/arch/$a.conf" && eval "echo \"\$CPU$1\"")
		[ -z "$model" ] || have="$have $a"
	done
	[ -n "$have" ] || return 0
	say "CPU model $1 of$have"
	CPUS='' CPU_MODEL=$1 ARCH=$have RUN=$run-cpu$1 runners/run.sh run
}

say "results go to $run"
export PATTERNS="$*"
make_guests | tee "$work/ready" | xargs -n 1 -P "$J" runners/guest.sh
collect
ready=$(xargs <"$work/ready")
[ -n "$ready" ] || exit 3
# shellcheck disable=SC2086 # a list
"$checkjit" results --summary "$run" --expect "$arches"
rc=$?
[ -z "$stopped" ] || say "interrupted; \`make run RESUME=1 RUN=$run\` goes on from there"
for model in 2 3; do
	[ "${CPUS-}" = all ] && [ -z "$stopped" ] || break
	run_model $model || {
		model_rc=$?
		[ $rc -eq 1 ] || rc=$model_rc
	}
done
[ -z "$failed" ] || [ $rc -eq 1 ] || rc=3
exit $rc
