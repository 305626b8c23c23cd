#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Report which lines of a JIT a run reaches.
set -u
top=$(cd "$(dirname "$0")/.." && pwd) || exit 3
[ -n "${CHECKJIT-}" ] || cd "$top" || exit 3
me=coverage
. "$top/runners/lib.sh"

help() {
	cat <<EOT
usage: coverage.sh
       coverage.sh --report RUNDIR ARCH...
Build kernels that count (COVERAGE=1, BTF=1), run cases and SWEEP on the JITs under each CPU model
of the arch, and report which lines of arch/*/net/bpf_jit*.c were compiled through.
The variables of \`make help\` come in the environment. The whole report, with excluded
lines and those counted apart, goes to RUNDIR/ARCH.coverage. Why lines are not reached
is in runners/coverage/ARCH.txt.
Exit code: 1 if a line is missed and no row there says why (not where CASES or ID narrow).
--report makes the reports of a run again, without running.
EOT
}

# the reports of one arch: its .gcda files under RUNDIR*/ARCH.gcda/BOOT/
report() {
	arch=$1
	image=$(cat "$run/$arch.gcda/image" 2>/dev/null) || die "$run has no counters of $arch"
	field() { sed -n "s/^$1=//p" "$image/meta"; }
	gcov=$(field gcov)
	command -v "$gcov" >/dev/null || die "$gcov is missing (it comes with the compiler)"
	tmp=$(mktemp -d) || die 'no space left for a temporary directory'
	trap 'rm -rf "$tmp"' EXIT
	n=0
	for boot in "$run/$arch.gcda"/*/ "$run"-cpu*/"$arch.gcda"/*/; do
		[ -d "$boot" ] || continue
		n=$((n + 1))
		mkdir "$tmp/$n" && cp "$boot"*.gcda "$image"/*.gcno "$tmp/$n/" ||
			die "cannot copy to $tmp/$n"
		(cd "$tmp/$n" && "$gcov" ./*.gcda) >"$tmp/log" 2>&1 || {
			cat "$tmp/log" >&2
			die "$gcov cannot read the counters in $boot"
		}
	done
	[ "$n" -gt 0 ] || die "$arch: no guest left its counters in $run"
	models=$(for d in "$run" "$run"-cpu*; do
		"$checkjit" results "$d" --arch "$arch" --columns cpu 2>/dev/null
	done | sort -u | xargs)
	rows=$top/runners/coverage/$arch.txt
	[ -f "$rows" ] || rows=/dev/null
	set --
	for f in "$tmp"/*/bpf_jit*.c.gcov; do
		set -- "$@" "$f"
	done
	for all in 1 ''; do
		title="$arch, kernel $(field release), on ${models:-one CPU model}, $n boots"
		awk -v all="$all" -v rows="$rows" -f "$top/runners/coverage.awk" -v title="$title" \
			"$rows" "$image"/bpf_jit*.c "$@" >"$tmp/report"
		rc=$?
		[ -z "$all" ] || mv "$tmp/report" "$run/$arch.coverage" ||
			die "cannot write $run/$arch.coverage"
	done
	cat "$tmp/report"
	echo "(all lines: $run/$arch.coverage)"
	rm -rf "$tmp"
	return $rc
}

has_jit() {
	karch=$(sed -n 's/^KARCH=//p' "$top/runners/qemu/arch/$1.conf")
	[ -n "$(find "$tree/arch/$karch/net" -name 'bpf_jit*.c' 2>/dev/null | head -n 1)" ]
}

case ${1-} in
-h | --help) help && exit 0 ;;
--report)
	[ $# -ge 3 ] || { help >&2 && exit 2; }
	run=$2
	shift 2
	for a; do [ -d "$run/$a.gcda" ] || die "$run has no counters of $a" 2; done
	reported=$*
	;;
'')
	reported=''
	tree=$("$top/images/kernel.sh" | sed -n 's/^path=//p') || exit
	# shellcheck disable=SC2086 # a list
	arches=$("$top/runners/qemu/arch.sh" --list ${ARCH-}) || exit
	for a in $arches; do
		if has_jit "$a"; then
			reported="$reported $a"
		else
			say "$a has no JIT in this tree"
		fi
	done
	[ -n "$reported" ] || exit 0
	COVERAGE=1 BTF=${BTF-1} ARCH=$reported CPUS=${CPUS:-all}
	ENGINES=${ENGINES:-jit jit_hardened raw_jit jit_unpriv}
	RUN=${RUN:-results/coverage-$(date -u +%Y%m%d-%H%M%S)}
	export COVERAGE BTF ARCH CPUS ENGINES RUN
	run=$RUN
	"$checkjit" job run >"$O/coverage.log"
	rc=$?
	tail -n 3 "$O/coverage.log"
	# failing cases do not matter here, but a failed run does
	case $rc in 0 | 1 | 3) ;; *) exit $rc ;; esac
	;;
*) help >&2 && exit 2 ;;
esac

worst=0
for a in $reported; do
	echo
	# instructions that no case has on this JIT come first
	echo "$a: instructions, registers and edges that ran on the JIT"
	"$checkjit" grid --run "$run" --arch "$a" --sweep "${SWEEP:-quick}" || exit
	echo
	(report "$a")
	rc=$?
	[ $rc -ne 1 ] || [ -z "${CASES-}${ID-}" ] || rc=0
	[ $rc -le $worst ] || worst=$rc
done
exit $worst
