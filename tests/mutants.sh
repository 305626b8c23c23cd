#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Which of the planted bugs do the cases and the sweeps find, and which does lib/test_bpf?
set -u
top=$(cd "$(dirname "$0")/.." && pwd) || exit 3
cd "$top" || exit 3

help() {
	cat <<EOT
usage: tests/mutants.sh [ARCH...]
Boot the kernels with tests/planted, wake one bug after the other, and look who notices:
  run       make run: a part of the written cases and of the sweep
  cases     the written cases, all of them
  quick     the sweep of make run, without written cases
  nightly   the whole sweep; asked only where the phases before it find nothing
  test_bpf  lib/test_bpf in the same kernel
Each stops at its first finding; where the arch's first CPU model shows none, its others are asked.
The crashes and hangs among the plants are left out.

environment: PLANTS (globs over names: 'arm64_*'), PHASES (some of the five; without: run nightly
test_bpf), O, J, BTF as for make run; with BTF=1 those of trampolines show, too
Exit code: 0 if every bug is found by cases or sweeps, 1 if not.
EOT
}

case ${1-} in -h | --help) help && exit 0 ;; esac
O=${O:-build}
PHASES=${PHASES:-run nightly test_bpf}
out=$O/mutants
WORK=$O/guests
export STOP_AFTER=1 WARM=0 SEED='' SHARD=''

# the plants of the arch, and what the list has of it, without those that only kill or hang
plants() {
	case $1 in
	x86_64) prefix=x86 ;;
	riscv32) prefix=rv32 ;;
	riscv64) prefix=rv64 ;;
	s390x) prefix=s390 ;;
	m68k) prefix=interp ;;
	*) prefix=$1 ;;
	esac
	{
		cat tests/planted/0*.patch |
			sed -n "s/^+	P(\(${prefix}_[a-z0-9_]*\)).*/\1/p"
		awk -v arch="$1" '/^[a-z]/ && $2 == arch { print $1 }' tests/planted/list
	} | sort -u | grep -v -e '_crash$' -e '_hang$'
}

# the engines that may show PLANT of ARCH: those that compile it, and those of its row
engines_for() {
	[ "$1" != m68k ] || { echo interp && return; }
	awk -v plant="$2" '
	BEGIN { found = "jit jit_hardened raw_jit" }
	$1 == plant {
		n = split($5, more, ",")
		for (i = 1; i <= n; i++)
			if (index(" " found " ", " " more[i] " ") == 0) found = found " " more[i]
	}
	END { print found }' tests/planted/list
}

wanted() {
	[ -n "${PLANTS-}" ] || return 0
	set -f
	# shellcheck disable=SC2086 # a list of globs
	set -- "$1" $PLANTS
	set +f
	name=$1
	shift
	for g; do
		# shellcheck disable=SC2254 # globs
		case $name in $g) return 0 ;; esac
	done
	return 1
}

# the first finding of PLANT in the records of DIR: one that names a case, if any does; what the
# verifier refuses says nothing of a JIT, but where the list says so
finding() {
	bad='^(FAIL|CRASH|TIMEOUT)$'
	! grep -q "^$2 .*>REJECT " tests/planted/list || bad='^REJECT$'
	"$O/checkjit" results "$1" --columns id,engine,verdict 2>/dev/null |
		awk -F"\t" -v bad="$bad" '$3 !~ bad { next }
		$1 ~ /\*fail|^session/ { first = first ? first : $1 " " $2; next }
		{ first = $1 " " $2; exit }
		END { if (first) print first }'
}

# has ARCH MODEL: is there a CPU model of that number?
has() {
	[ "$2" = 1 ] || grep -q "^CPU$2=" "runners/qemu/arch/$1.conf"
}

# phase NAME ARCH PLANT ARGUMENT...: leaves "ID ENGINE" or nothing in $found, seconds in $took
phase() {
	began=$(date +%s)
	for model in 1 2 3; do
		! has "$2" $model || on_model "$@"
		[ -z "$found" ] || break
	done
	[ -z "$found" ] || [ "$model" = 1 ] || found="$found, CPU model $model"
	took=$(($(date +%s) - began))
}

on_model() {
	dir=$out/$2/$3.$1
	rm -rf "$dir"
	mkdir -p "$dir" || exit 3
	sweep=$4
	a=$2 plant=$3
	shift 4
	SWEEP=$sweep APPEND=checkjit_plant=$plant \
		"$O/checkjit" guest --run "$dir" --cpu-model "$model" run "$a" --quiet "$@" \
		>"$dir/log" 2>&1 </dev/null
	rc=$?
	found=$(finding "$dir" "$plant")
	[ $rc -ne 2 ] || { cat "$dir/log" >&2 && exit 2; }
	# without its words on the console the plant was asleep, and nothing that passed means
	# anything
	grep -q "checkjit_plant: $plant" "$dir/$a.console" || found='(asleep!)'
}

# test_bpf ARCH PLANT: leaves the first complaint in $found
peer() {
	dir=$out/$1/$2.test_bpf
	mkdir -p "$dir" || exit 3
	t=$(date +%s)
	jit=1
	[ "$1" != m68k ] || jit=0
	APPEND="checkjit=test_bpf checkjit.jit=$jit checkjit_plant=$2" KVM=0 timeout 900 \
		runners/qemu/boot.sh "$1" \
		"$(cat "$WORK/$1.image")" "$WORK/$1.cpio" >"$dir/console" 2>&1 3<&-
	took=$(($(date +%s) - t))
	found=$(tr -d '\r' <"$dir/console" |
		sed -n 's/.*test_bpf: \(#[0-9]* [^ ]*\).*FAIL.*/\1/p' | tr ' ' : | head -n 1)
	# a kernel that does not live to sum up has noticed, too
	grep -q 'test_bpf: Summary' "$dir/console" || found=${found:-died}
}

say() {
	printf '%-24s %-8s %s\n' "$1" "$2" "$3"
}

one() {
	arch=$1 plant=$2 caught='' asked=''
	for p in $PHASES; do
		engines=$(engines_for "$arch" "$plant")
		case $p in
		run) phase run "$arch" "$plant" quick ;;
		cases) ENGINES=$engines phase cases "$arch" "$plant" none ;;
		quick) ENGINES=$engines phase quick "$arch" "$plant" quick gen ;;
		nightly)
			[ -z "$caught" ] || continue
			ENGINES=${engines#*hardened } phase nightly "$arch" "$plant" nightly gen
			;;
		test_bpf) peer "$arch" "$plant" ;;
		*) echo "mutants: PHASES: '$p'" \
			"(expected some of run cases quick nightly test_bpf)" >&2 && exit 2 ;;
		esac
		case $found in
		'(asleep!)') echo "mutants: $plant did not wake (see $dir)" >&2 && exit 3 ;;
		esac
		say "$plant" "$p" "${found:--}  ($took s)"
		echo "$arch $plant $p ${found:+1}" >>"$out/table"
		[ "$p" = test_bpf ] || asked=1 caught=${found:-$caught}
	done
	[ -z "$asked" ] || [ -n "$caught" ] || survivors="$survivors $plant"
}

# shellcheck disable=SC2048,SC2086 # a list of names
arches=$(runners/qemu/arch.sh --list ${*:-${ARCH-}}) || exit
ARCH=$arches PATCHES=tests/planted runners/run.sh images >/dev/null || exit
rm -rf "$out" && mkdir -p "$out" || exit 3
survivors=''
for a in $arches; do
	for plant in $(plants "$a"); do
		! wanted "$plant" || one "$a" "$plant"
	done
done
[ -s "$out/table" ] || { echo "mutants: no plant is called so (PLANTS=${PLANTS-})" >&2 && exit 2; }

echo
awk '
{
	if (!(($1, $3) in n)) { key[++keys] = $1 SUBSEP $3 }
	n[$1, $3]++
	hit[$1, $3] += $4
}
END {
	printf "%-8s %-9s %s\n", "arch", "", "found"
	for (i = 1; i <= keys; i++) {
		split(key[i], k, SUBSEP)
		printf "%-8s %-9s %d of %d\n", k[1], k[2], hit[key[i]], n[key[i]]
	}
}' "$out/table"
[ -z "$survivors" ] || echo "survivors:$survivors"
[ -z "$survivors" ]
