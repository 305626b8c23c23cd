#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The jobs around the fuzzer: `make fuzz`, fuzz-report, fuzz-replay, bench-fuzz.
set -u
top=$(cd "$(dirname "$0")/.." && pwd) || exit 3
[ -n "${CHECKJIT-}" ] || cd "$top" || exit 3
me=fuzz
. "$top/runners/lib.sh"

help() {
	cat <<EOT
usage: fuzz.sh JOB
  run     AFL++ on the verifier and the JIT of ARCH (x86_64), for TIME (10m; 0: until Ctrl-C), \
with INSTANCES (1) guests.
          State is in results/fuzz/ARCH: the next run goes on where this one ended, \
however it ended.
  report  what was found there, one line a bucket, made smaller where that was not done yet; \
exit code 1 if there is anything
  replay  what any run found interesting, on the engines of each of ARCH (all)
  bench   executions a second on ARCH, where the time goes, and beside it the rate of \
loading the same programs only
The variables of \`make help\` come in the environment; FUZZ_DIR: instead of results/fuzz; \
FUZZ_CORPUS: inputs to start with
instead of cases and samples of generated ones.
EOT
}

case ${1-} in
-h | --help) help && exit 0 ;;
run | report | replay | bench) job=$1 ;;
*) help >&2 && exit 2 ;;
esac

FUZZ_DIR=${FUZZ_DIR:-results/fuzz}
work=$O/fuzz
# name of the main instance here; queues of other machines may be beside it (fuzz/sync.sh)
main=${MACHINE:+$MACHINE-}main
export O FUZZ_DIR

# 90, 90s, 10m, 2h, 1d
seconds() {
	case $1 in
	*[!0-9smhd]* | *[smhd]?* | '' | [smhd])
		die "TIME=$1 (expected seconds, or a number with m, h or d; 0: until Ctrl-C)" 2
		;;
	*m) echo $((${1%m} * 60)) ;;
	*h) echo $((${1%h} * 3600)) ;;
	*d) echo $((${1%d} * 86400)) ;;
	*) echo "${1%s}" ;;
	esac
}

# prepare ARCH KCOV: packages, kernel, agent; leaves WORK, and the image and agent in it
prepare() {
	WORK=$work/$1.kcov$2
	mkdir -p "$WORK" || die "cannot make $WORK"
	image=$(KCOV=$2 "$top/images/build.sh" "$1") || exit
	"$top/runners/agent.sh" "$1" "$("$top/images/kernel.sh" --tree)" "$image" "$WORK" || exit
	echo "$image" >"$WORK/$1.image"
	export WORK
}

# A prebuilt kernel tells what it has when it boots.
need_kcov() {
	[ ! -f "$image/config" ] || grep -q '^CONFIG_KCOV=y' "$image/config" ||
		die "the kernel for $1 has no KCOV (m68k has none in any kernel; \
\`make fuzz-replay\` runs what the others found)"
}

# target ARCH PROGRAM [ARGUMENT...]: run PROGRAM in place of checkjit, as `checkjit fuzz-target` on
# the guest of ARCH
target() {
	_arch=$1 _program=$2
	shift 2
	# in the background, its pid must be that of PROGRAM
	${EXEC-} "$checkjit" guest --work "$WORK" --run "$dir" --program "$_program" \
		fuzz-target "$_arch" --finds "$dir/finds" \
		--known "$top/results/known/$_arch.txt" "$@"
}

one_arch() {
	# shellcheck disable=SC2086 # a list
	set -- ${ARCH:-x86_64}
	[ $# -eq 1 ] || die "$job wants one ARCH=" 2
	arch=$("$top/runners/qemu/arch.sh" "$1") || exit
	dir=$FUZZ_DIR/$arch
}

corpus() {
	if [ -n "${FUZZ_CORPUS-}" ]; then
		[ -d "$FUZZ_CORPUS" ] || die "FUZZ_CORPUS=$FUZZ_CORPUS is no directory" 2
		corpus=$FUZZ_CORPUS
	else
		corpus=$dir/corpus
		set -- -o "$corpus"
		known=$top/results/known/$arch.txt
		[ ! -e "$known" ] || set -- "$@" --known "$known"
		"$checkjit" fuzz-corpus "$@" >&2 || exit
	fi
	[ -n "$(ls "$corpus")" ] || die "no inputs in $corpus" 2
}

# ---- run ----

number() {
	awk -v name="$1" '$1 == name { sum += $2 } END { print sum + 0 }' "$dir"/*.stats 2>/dev/null
}

afl_number() {
	sed -n "s/^$1 *: //p" "$dir/afl/$main/fuzzer_stats" 2>/dev/null
}

status_line() {
	awk -v time="$1" -v corpus="$(afl_number corpus_count)" \
		-v stability="$(afl_number stability)" '
	{ n[$1] += $2 }
	$1 == "seconds" && $2 > seconds { seconds = $2 }
	$1 == "edges" && $2 > edges { edges = $2 }
	END {
		loaded = n["execs"] - n["garbage"] - n["skipped"]
		printf "fuzz: %d s: %d executions (%.1f/s), %.0f %% accepted, ", time, loaded,
			seconds ? loaded / seconds : 0,
			loaded ? 100 - 100 * n["refused"] / loaded : 0
		printf "%d edges, corpus %s, stability %s, %d finds, %d known\n", edges,
			corpus == "" ? "-" : corpus, stability == "" ? "-" : stability,
			n["new"], n["known"]
	}' "$dir"/*.stats 2>/dev/null
}

# instance NAME MODE: one afl-fuzz and its guest
instance() {
	AFL_ROLE="$2 $1"
	export AFL_ROLE
	target "$arch" "$top/fuzz/afl.sh" --instance "$1" --stats "$dir/$1.stats" \
		--log "$dir/$1.log" --console "$dir/$1.console"
}

# remove the files that stdin names, one a line
remove_listed() {
	while read -r input; do rm -f "$input"; done
}

buckets() {
	set -- "$dir"/finds/*.text
	if [ -f "$1" ]; then echo $#; else echo 0; fi
}

run() {
	limit=$(seconds "${TIME:-10m}") || exit
	count=${INSTANCES:-1}
	case ${MACHINE-} in
	*[!a-z0-9]*) die "MACHINE=$MACHINE (expected a name of a-z and 0-9)" 2 ;;
	esac
	case $count in
	'' | *[!0-9]* | 0) die "INSTANCES=$count (expected a number from 1)" 2 ;;
	esac
	one_arch
	# shellcheck disable=SC2086 # a list
	"$top/images/deps.sh" build fuzz $arch || exit
	command -v afl-fuzz >/dev/null || die "afl-fuzz is missing (Debian's afl++)"
	prepare "$arch" 1
	need_kcov "$arch"
	mkdir -p "$dir/finds" || die "cannot make $dir"
	rm -f "$dir"/*.stats
	before=$(buckets)
	corpus
	target "$arch" "$checkjit" --check "$corpus" >"$dir/check" || exit
	say "$(head -n 1 "$dir/check"); state in $dir"
	[ -n "${FUZZ_CORPUS-}" ] || sed -n 's/^skipped //p' "$dir/check" | remove_listed
	queue=''
	[ ! -d "$dir/afl/$main/queue" ] || queue=', and the queue of the run before'
	say "$(ls "$corpus" | wc -l) inputs to start with$queue; finds go to $dir/finds"
	CORPUS=$corpus AFL_OUT=$dir/afl LIMIT=$limit
	export CORPUS AFL_OUT LIMIT
	stopped=''
	trap 'stopped=1' INT TERM
	pids=''
	i=1
	while [ $i -lt "$count" ]; do
		second=${MACHINE:+$MACHINE-}s$i
		EXEC='exec' instance "$second" -S >"$dir/$second.afl" 2>&1 &
		pids="$pids $!"
		i=$((i + 1))
	done
	start=$(date +%s)
	if [ -t 1 ] && [ -z "${AFL_NO_UI-}" ]; then
		instance "$main" -M
		rc=$?
	else
		AFL_NO_UI=1 AFL_NO_COLOR=1
		export AFL_NO_UI AFL_NO_COLOR
		EXEC='exec' instance "$main" -M >"$dir/$main.afl" 2>&1 &
		pids="$pids $!"
		leader=$!
		while kill -0 "$leader" 2>/dev/null; do
			sleep "${FUZZ_PROGRESS:-10}" &
			wait $!
			kill $! 2>/dev/null
			[ -z "$stopped" ] || break
			status_line $(($(date +%s) - start))
		done
		# afl-fuzz writes its state and ends; background jobs of a shell ignore SIGINT
		[ -z "$stopped" ] || kill -TERM $pids 2>/dev/null
		wait "$leader"
		rc=$?
	fi
	# shellcheck disable=SC2086 # a list
	[ -z "$pids" ] || { [ -z "$stopped" ] || kill -TERM $pids 2>/dev/null; wait $pids; }
	trap - INT TERM
	if [ "$rc" -ne 0 ] && [ -z "$stopped" ]; then
		tail -n 3 "$dir/$main.log" >&2 2>/dev/null
		grep -a -A 3 'PROGRAM ABORT' "$dir/$main.afl" >&2 2>/dev/null
		die "afl-fuzz ended with code $rc (see $dir/$main.afl, $dir/$main.log)"
	fi
	status_line $(($(date +%s) - start))
	[ -n "$stopped" ] || [ "$(number fine)" -gt 0 ] || [ "$(number new)" -gt 0 ] ||
		die "no program was accepted and run (see $dir)"
	[ -z "$stopped" ] || say "stopped; the same command goes on from there"
	[ "$(buckets)" -ne "$before" ] || {
		say 'nothing new'
		exit 0
	}
	[ -n "$stopped" ] || reduce
	print_report "$arch"
	exit 1
}

# ---- report ----

# Reduce each case once. Cases that fail only sometimes cannot be reduced and stay as they are.
reduce() {
	for c in "$dir"/finds/state.*.case "$dir"/finds/kernel.jit*.case \
		"$dir"/finds/kernel.interp*.case; do
		[ -f "$c" ] && [ ! -f "${c%.case}.reduced" ] || continue
		say "reducing ${c##*/}"
		"$checkjit" guest --work "$WORK" --run "$dir" reduce "$arch" --case "$c" \
			--out "$c.new" --time 120 >"${c%.case}.reduction" 2>&1
		rc=$?
		if [ $rc -eq 1 ] && [ -f "$c.new" ]; then
			mv "$c.new" "$c" && mv "${c%.case}.reduction" "${c%.case}.reduced"
		elif [ $rc -eq 2 ]; then
			mv "${c%.case}.reduction" "${c%.case}.reduced"
			say "${c##*/} stays as it is: $(tail -n 1 "${c%.case}.reduced")"
		fi
	done
}

# Examine the inputs that were put aside. After an interruption the rest is left for the next time.
look_into_later() {
	set -- "$dir"/finds/later/*
	[ -f "$1" ] || return 0
	say "$arch: looking into $# inputs that were put aside" \
		"(Ctrl-C leaves the rest for another time)"
	target "$arch" "$checkjit" --instance later "$dir/finds/later" >"$dir/later.txt"
	sed -n 's/: [a-z]*$//p' "$dir/later.txt" | remove_listed
}

print_report() {
	d=$FUZZ_DIR/$1/finds
	for t in "$d"/*.text; do
		[ -f "$t" ] || continue
		b=${t%.text}
		n=$(awk -v name="${b##*/}" '
			$2 == name { n += $1 }
			END { print n + 0 }' "$d"/*.counts)
		printf '%s: %u times: %s\n' "${b##*/}" "$n" "$(head -n 1 "$t")"
		for f in "$b.case" "$b.console" "$b.input"; do
			[ ! -f "$f" ] || printf '    %s' "$f"
		done
		echo
	done
	later=$(find "$d/later" -type f 2>/dev/null | wc -l)
	[ "$later" -eq 0 ] ||
		echo "$later more inputs were wrong and not looked into for lack of time:" \
			"\`make fuzz-report\` does that"
}

report() {
	found=0
	for d in "$FUZZ_DIR"/*/; do
		arch=$(basename "$d") dir=$FUZZ_DIR/$arch
		[ -z "${ARCH-}" ] || [ "$("$top/runners/qemu/arch.sh" "$ARCH")" = "$arch" ] ||
			continue
		set -- "$dir"/finds/later/*
		# finds of a replay come from a kernel without KCOV
		kcov=0
		[ ! -d "$dir/afl" ] || kcov=1
		[ ! -f "$1" ] || { prepare "$arch" $kcov && look_into_later; }
		set -- "$dir"/finds/*.text
		[ -f "$1" ] || continue
		found=1
		for c in "$dir"/finds/*.case; do
			[ -f "$c" ] && [ ! -f "${c%.case}.reduced" ] || continue
			prepare "$arch" $kcov
			reduce
			break
		done
		echo "== $arch: $# buckets"
		print_report "$arch"
	done
	[ $found -eq 1 ] || echo 'nothing was found'
	exit $found
}

# ---- replay and bench ----

replay() {
	set -- "$FUZZ_DIR"/*/afl/*/queue
	[ -d "$1" ] || die "no run has left a queue in $FUZZ_DIR (\`make fuzz\` makes one)" 2
	queues=$*
	worst=0
	for name in ${ARCH:-$("$top/runners/qemu/arch.sh" --list)}; do
		arch=$("$top/runners/qemu/arch.sh" "$name") || exit
		dir=$FUZZ_DIR/$arch
		"$top/images/deps.sh" build "$arch" || exit
		prepare "$arch" 0
		mkdir -p "$dir" || die "cannot make $dir"
		say "$arch: replaying"
		# shellcheck disable=SC2086 # a list
		target "$arch" "$checkjit" --instance replay --stats "$dir/replay.numbers" \
			$queues >"$dir/replay.txt"
		rc=$?
		# PATH: JUDGED, PATH: skipped: WHY
		awk -F ': ' -v arch="$arch" '
		{ n[$2]++ }
		sub(/.*: skipped: /, "") { why[$0]++ }
		END {
			printf "%s: %d inputs:", arch, NR
			for (k in n) printf " %s %d", k, n[k]
			print ""
			for (k in why) printf "%s:   %d: %s\n", arch, why[k], k
		}' "$dir/replay.txt"
		case $rc in
		0) ;;
		1) [ $worst -eq 3 ] || worst=1 ;;
		*) worst=3 ;;
		esac
	done
	[ $worst -ne 1 ] || say '`make fuzz-report` shows what is new'
	exit $worst
}

bench() {
	one_arch
	"$top/images/deps.sh" build "$arch" || exit
	prepare "$arch" 1
	need_kcov "$arch"
	mkdir -p "$dir" || die "cannot make $dir"
	corpus
	# an evenly spaced sample
	set --
	step=$(($(ls "$corpus" | wc -l) / 150 + 1)) i=0
	for f in "$corpus"/*; do
		[ $((i % step)) -ne 0 ] || set -- "$@" "$f"
		i=$((i + 1))
	done
	target "$arch" "$checkjit" --instance bench --bench "$@"
	exit
}

$job
