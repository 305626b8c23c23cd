#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The job behind `make bench`: the speed of checkjit, compared with lib/test_bpf in the same guests.
set -u
top=$(cd "$(dirname "$0")/.." && pwd) || exit 3
[ -n "${CHECKJIT-}" ] || cd "$top" || exit 3
me=bench
. "$top/runners/lib.sh"

case ${1-} in -h | --help)
	cat <<EOT
usage: bench.sh
For each architecture of ARCH (all): run the cases once, with the other guests idle, \
and then lib/test_bpf in
the same kernel, JIT and interpreter. A check is one instruction under test \
on one operand vector, whole state compared.
EOT
	exit 0
	;;
esac

# the package of a binary kernel has no test_bpf.ko
KERNEL=${KERNEL:-source}
export KERNEL
out=$O/bench
rm -rf "$out"
mkdir -p "$out" || exit 3
# shellcheck disable=SC2086 # a list
arches=$("$top/runners/qemu/arch.sh" --list ${ARCH-}) || exit

say "all architectures at once, as \`make run\` does it, images cached"
start=$(date +%s.%N)
ARCH=$arches RUN=$out/all "$checkjit" job run >"$out/all.log" 2>&1
rc=$?
[ $rc -le 1 ] || { tail -n 20 "$out/all.log" >&2 && exit 3; }
wall=$(date +%s.%N | awk -v s="$start" '{ printf "%.1f", $1 - s }')

# the numbers of one line of key=value words
value() {
	awk -v e="$2" -v k="$3" '
		$1 == "engine=" e {
			for (i = 1; i <= NF; i++)
				if (index($i, k "=") == 1)
					print substr($i, length(k) + 2)
		}' "$1"
}

# lib/test_bpf in the guest: "ms passed failed jited"
yardstick() {
	APPEND="checkjit=test_bpf checkjit.jit=$2" KVM=0 \
		timeout 900 "$top/runners/qemu/boot.sh" "$1" "$(cat "$O/guests/$1.image")" \
		"$O/guests/$1.cpio" >"$out/$1.test_bpf.$2" 2>&1 3<&-
	tr -d '\r' <"$out/$1.test_bpf.$2" | awk '
		/test_bpf: Summary:/ && !seen++ {
			match($0, /[0-9]+ PASSED/); p = substr($0, RSTART, RLENGTH) + 0
			match($0, /[0-9]+ FAILED/); f = substr($0, RSTART, RLENGTH) + 0
			if (match($0, /\[[0-9]+\/[0-9]+/)) j = substr($0, RSTART + 1, RLENGTH - 1)
		}
		/checkjit-agent: bench: test_bpf took/ {
			for (i = 1; i < NF; i++) if ($i == "took") ms = $(i + 1)
		}
		END { if (ms == "") print "- - - -"; else print ms, p, f, j }'
}

say "one architecture at a time, beside lib/test_bpf"
printf '\n%-8s %-13s %8s %8s %10s %10s | %s\n' arch engine seconds cases checks checks/s \
	'lib/test_bpf: seconds, passed, failed, JITed'
for a in $arches; do
	say "$a"
	WARM=0 "$checkjit" guest --run "$out/$a" run "$a" --quiet >/dev/null 2>"$out/$a.log" ||
		[ $? -eq 1 ] || tail -n 5 "$out/$a.log" >&2
	stats=$out/$a/$a.stats
	for e in $("$checkjit" run --list-engines); do
		seconds=$(value "$stats" "$e" seconds) checks=$(value "$stats" "$e" checks)
		case $e in
		interp) peer=$(yardstick "$a" 0) ;;
		jit) peer=$(yardstick "$a" 1) ;;
		*) peer='' ;;
		esac
		echo "$a $e ${seconds:-0} $(value "$stats" "$e" cases) ${checks:-0} $peer" | awk '{
			printf "%-8s %-13s %8.1f %8d %10d %10d | ", $1, $2, $3, $4, $5,
				($3 > 0 ? $5 / $3 : 0)
			if ($6 != "" && $6 != "-")
				printf "%.1f s, %d, %d, %s", $6 / 1000, $7, $8, $9
			print ""
		}'
	done
done
# for awk: the key=value words of a line, as v[key]
words='
	function words(v, i, k) {
		for (i = 1; i <= NF; i++) {
			k = $i
			sub(/=.*/, "", k)
			v[k] = substr($i, length(k) + 2)
		}
	}'

# A form is an operation with its registers and immediate. "loading" counts only the time that the
# guest takes to load the programs.
printf '\n%-8s %-13s %8s %8s %10s %10s %12s %8s\n' arch 'the sweep on' seconds forms forms/s \
	checks/s 'loading/s' 'share'
for a in $arches; do
	sed -n 's/^sweep=/arch='"$a"' engine=/p' "$out/$a/$a.stats" | awk "$words"'
	{
		words(v)
		if (v["checks"] > 0 && v["load_s"] > 0)
			printf "%-8s %-13s %8.1f %8d %10d %10d %12d %7.0f%%\n",
				v["arch"], v["engine"], v["seconds"], v["cases"],
				v["cases"] / v["seconds"], v["checks"] / v["seconds"],
				v["cases"] / v["load_s"], 100 * v["load_s"] / v["seconds"]
	}'
done
# The rate of families whose cases fail as results/known predicts, as a ratio of the rate of alu_k.
printf '\n%-8s %-13s %8s %10s %10s %14s\n' arch 'known bugs in' cases predicted checks/s \
	'share of alu_k'
for a in $arches; do
	awk -v arch="$a" "$words"'
		/^family=/ {
			words(v)
			if (!(v["checks"] > 0 && v["seconds"] > 0))
				next
			rate = v["checks"] / v["seconds"]
			if (v["family"] == "alu_k")
				clean = rate
			if (v["predicted"] > 0 && clean > 0)
				printf "%-8s %-13s %8d %10d %10d %14.2f\n", arch,
					v["family"], v["cases"], v["predicted"], rate,
					rate / clean
		}' "$out/$a/$a.stats"
done
printf '\n%-8s %10s %16s %14s %22s\n' arch 'hello s' 'first verdict s' 'run s' \
	'host CPU / guest time'
for a in $arches; do
	stats=$out/$a/$a.stats
	echo "$a $(value "$stats" all hello_s) $(value "$stats" all first_s)" \
		"$(value "$stats" all seconds) $(value "$stats" all host_cpu_s)" \
		"$(value "$stats" all load_s) $(value "$stats" all run_s)" | awk '{
			printf "%-8s %10.1f %16.1f %14.1f %22.2f\n", $1, $2, $3, $4,
				($6 + $7 > 0 ? $5 / ($6 + $7) : 0)
		}'
done
printf '\nmake run, all of%s together, images cached: %s s\n' "$arches" "$wall"
