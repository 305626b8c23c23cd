#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The job behind `make ladder`: which known bug is on which release of Debian's binary kernels.
set -u
top=$(cd "$(dirname "$0")/.." && pwd) || exit 3
[ -n "${CHECKJIT-}" ] || cd "$top" || exit 3
me=ladder
. "$top/runners/lib.sh"

help() {
	cat <<EOT
usage: ladder.sh
       ladder.sh --kernels ARCH
For each of ARCH: run the cases of the rows of results/known and those of cases/regress on each of
KERNELS, releases as in KERNEL=debian:RELEASE (default: of Debian's kernels from 6.1 on the newest
of each x.y). Print a table of bugs and releases, the capabilities that each release gained and
lost, and the speed. The runs go to RUN/ARCH/RELEASE. A release that does not come up is a column
without marks, with the reason below.
--kernels prints the default of KERNELS.
Exit codes: 0; 1 a release contradicts results/known; 2 usage; 3 no release could be tested.
EOT
}

# the newest of each x.y from 6.1 on, oldest first
kernels() {
	"$top/images/debian-kernel.sh" list "$1" | awk '
	{
		split($2, v, "[.]")
		minor = v[1] "." v[2] + 0
		if (v[1] < 6 || (v[1] == 6 && v[2] + 0 < 1))
			next
		if (!(minor in release))
			order[++n] = minor
		release[minor] = $1
	}
	END { for (i = 1; i <= n; i++) print release[order[i]] }'
}

# untested DIR LOG: keep the reason for which a release gave no results
untested() {
	rm -rf "$1"
	mkdir -p "$1" || exit 3
	# the last that checkjit or a script says; behind it may be the console
	grep -E '^[a-z]+: ' "$2" | grep -vE ': (no kernel for: |results go to )' | tail -n 1 |
		sed 's/^[a-z]*: //' >"$1/why"
	[ -s "$1/why" ] || echo 'it gave no results' >"$1/why"
}

# test_release ARCH RELEASE
test_release() {
	dir=$run/$1/$2
	rm -rf "$dir"
	say "$1 $2"
	for _try in 1 2; do
		ARCH=$1 KERNEL=debian:$2 SWEEP=none CASES="regress $cases" ID='' RUN=$dir \
			"$checkjit" job run >"$dir.log" 2>&1
		rc=$?
		[ $rc -ne 130 ] || exit 130
		# a busy host can upset the timers of a guest that boots
		grep -q 'the guest does not come up' "$dir.log" || break
	done
	# a run of which some verdicts were lost still says something of the others
	if [ -f "$dir/$1.jsonl" ] || [ -f "$dir/$1.partial.jsonl" ]; then
		tested=1
	else
		untested "$dir" "$dir.log"
	fi
}

# the line of one release in the table of speeds
speed() {
	[ -f "$1/$2.stats" ] || return
	awk -v release="${1##*/}" '
	/^engine=/ {
		for (i = 1; i <= NF; i++) {
			k = $i
			sub(/=.*/, "", k)
			v[k] = substr($i, length(k) + 2)
		}
		seconds[v["engine"]] = v["seconds"]
		checks[v["engine"]] = v["checks"]
	}
	function rate(e) {
		return seconds[e] > 0 ? sprintf("%d", checks[e] / seconds[e]) : "-"
	}
	END {
		printf "| %s | %s | %s | %s | %s |\n", release, seconds["all"], rate("interp"),
			rate("jit"), rate("jit_hardened")
	}' "$1/$2.stats"
}

ladder() {
	cases=$("$checkjit" ladder --cases "$1") || return
	list=${KERNELS:-$(kernels "$1")}
	[ -n "$list" ] || { say "Debian has no kernel for $1" && return 2; }
	mkdir -p "$run/$1" || exit 3
	tested='' dirs=''
	for release in $list; do
		test_release "$1" "$release"
		dirs="$dirs $run/$1/$release"
	done
	echo "$1"
	echo
	# shellcheck disable=SC2086 # a list
	"$checkjit" ladder "$1" $dirs
	_rc=$?
	echo
	echo '| release | seconds | checks/s: interp | jit | jit_hardened |'
	echo '|---|---|---|---|---|'
	for dir in $dirs; do
		speed "$dir" "$1"
	done
	[ -n "$tested" ] || return 3
	return $_rc
}

case ${1-} in
-h | --help) help && exit 0 ;;
--kernels)
	[ $# -eq 2 ] || { help >&2 && exit 2; }
	kernels "$2"
	exit
	;;
'') ;;
*) help >&2 && exit 2 ;;
esac
set -f
run=${RUN:-results/ladder}
# shellcheck disable=SC2086 # a list
arches=$("$top/runners/qemu/arch.sh" --list ${ARCH-}) || exit
worst=0
for a in $arches; do
	ladder "$a"
	rc=$?
	[ $rc -le $worst ] || worst=$rc
done
exit $worst
