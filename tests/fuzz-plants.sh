#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Which planted JIT bugs does the fuzzer find, alone on one guest, and behind User-Mode Linux?
set -u
top=$(cd "$(dirname "$0")/.." && pwd) || exit 3
cd "$top" || exit 3

help() {
	cat <<EOT
usage: tests/fuzz-plants.sh [WAY...]
Fuzz a kernel of arm64 with PLANTS awake, all at once, for TIME each WAY: \`one\`, a guest that
verifies and runs (ARCH=arm64), and \`two\`, where User-Mode Linux verifies and arm64 follows
(ARCH="um arm64"); default: both, one after the other. Each find runs again, with one plant awake at
a time: a find that fails with a plant, and passes without any, is of that plant.
environment: PLANTS (names of tests/planted), TIME (10m), FUZZ_CORPUS as for make fuzz, O
Exit code: 0, or 1 if some bug was found in neither way.
EOT
}

case ${1-} in -h | --help) help && exit 0 ;; esac
# immediates, byte swaps, signed division, atomics, sign-extending loads, registers over calls, tail
# calls, arguments on the stack, comparisons, registers
PLANTS=${PLANTS:-arm64_and_w arm64_bswap32_upper arm64_smod32_unsigned arm64_fetch_and64 \
arm64_ldsx32_regoff arm64_subprog_r8 arm64_tail_empty arm64_st_below_args arm64_cmn_4096 \
arm64_neg_src}
TIME=${TIME:-10m}
O=${O:-build}
out=$O/fuzz-plants
export TIME PATCHES=tests/planted AFL_NO_UI=1 WARM=0

ways=${*:-one two}
for way in $ways; do
	case $way in
	one | two) ;;
	*) echo "fuzz-plants: '$way' (expected one or two)" >&2 && exit 2 ;;
	esac
done

# fuzz WAY: the finds, as cases with ids of their own, go to $out/WAY/cases/found
fuzz() {
	case $1 in
	one) arches=arm64 ;;
	two) arches='um arm64' ;;
	esac
	awake=$(echo "$PLANTS" | tr -s ' ' ,)
	ARCH=$arches FUZZ_DIR=$out/$1/state APPEND=checkjit_plant=$awake \
		fuzz/fuzz.sh run >"$out/$1/log" 2>&1 </dev/null
	[ $? -le 1 ] || { tail -n 5 "$out/$1/log" >&2 && exit 3; }
	grep '^fuzz: ' "$out/$1/log" | tail -n "$(echo "$arches" | wc -w)"
	n=0
	for f in "$out/$1/state/arm64/finds"/*.case; do
		[ -f "$f" ] || continue
		n=$((n + 1))
		sed "s|^\(	id *\).*|\1found/$n/one|" "$f" >"$out/$1/cases/found/$n.case"
	done
}

# failing WAY NAME PLANT: $out/WAY/NAME.failing lists the finds that fail with this plant awake
failing() {
	APPEND=${3:+checkjit_plant=$3} CASES_DIR=$out/$1/cases SWEEP=none "$O/checkjit" guest \
		--work "$O/guests" --run "$out/$1/$2" run arm64 --quiet \
		>"$out/$1/$2.log" 2>&1 </dev/null
	[ $? -le 1 ] || { tail -n 5 "$out/$1/$2.log" >&2 && exit 3; }
	[ -z "$3" ] || grep -q "checkjit_plant: $3" "$out/$1/$2/arm64.console" || {
		echo "fuzz-plants: $3 did not wake (see $out/$1/$2)" >&2 && exit 3
	}
	"$O/checkjit" results "$out/$1/$2" --columns id,verdict |
		awk -F'\t' '$2 ~ /^(FAIL|CRASH|TIMEOUT)$/ { print $1 }' | sort -u \
		>"$out/$1/$2.failing"
}

rm -rf "$out"
for way in $ways; do
	mkdir -p "$out/$way/cases/found" || exit 3
	fuzz "$way"
done
ARCH=arm64 PATCHES=tests/planted runners/run.sh images >/dev/null || exit 3
for way in $ways; do
	[ -n "$(ls "$out/$way/cases/found")" ] || continue
	failing "$way" asleep ''
	for plant in $PLANTS; do
		failing "$way" "$plant" "$plant"
		grep -vxFf "$out/$way/asleep.failing" "$out/$way/$plant.failing" |
			awk -v way="$way" -v plant="$plant" '{ print way, plant, $1 }'
	done
done >"$out/table"

awk -v ways="$ways" -v plants="$PLANTS" '
{ n[$1, $2]++ }
END {
	nways = split(ways, way, " ")
	nplants = split(plants, plant, " ")
	printf "%-24s", "finds of"
	for (w = 1; w <= nways; w++) printf " %6s", way[w]
	print ""
	for (p = 1; p <= nplants; p++) {
		any = 0
		printf "%-24s", plant[p]
		for (w = 1; w <= nways; w++) {
			found[w] += n[way[w], plant[p]] > 0
			any += n[way[w], plant[p]]
			printf " %6d", n[way[w], plant[p]]
		}
		missed += !any
		print ""
	}
	printf "%-24s", "plants found"
	for (w = 1; w <= nways; w++) printf " %6d", found[w]
	print ""
	exit missed > 0
}' "$out/table"
