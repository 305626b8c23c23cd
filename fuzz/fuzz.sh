#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The jobs around the fuzzer: `make fuzz`, fuzz-report, fuzz-replay, bench-fuzz.
set -u
top=$(cd "$(dirname "$0")/.." && pwd) || exit 3
[ -n "${CHECKJIT-}" ] || cd "$top" || exit 3
me=fuzz
. "$top/runners/lib.sh"

# what fuzzes where the host has no KVM: um verifies at native speed, the others run
COMBINED='um arm64 riscv32 s390x x86_64'

help() {
	cat <<EOT
usage: fuzz.sh JOB
  run     AFL++ on the verifier and the JIT of ARCH, for TIME (10m; 0: until Ctrl-C), with \
INSTANCES (1) guests.
          With several words in ARCH, User-Mode Linux (um) verifies, and each of the others \
runs what um accepted.
          No ARCH: x86_64 where KVM works, else ARCH="$COMBINED".
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

# prepare ARCH KCOV: kernel, agent; leaves WORK, and the image and agent in it
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
	${EXEC-} "$checkjit" guest --work "$WORK" --run "$FUZZ_DIR/$_arch" --program "$_program" \
		fuzz-target "$_arch" --finds "$FUZZ_DIR/$_arch/finds" \
		--known "$top/results/known/$_arch.txt" "$@"
}

# Does a guest of x86_64 run natively? /dev/kvm may be there and not work.
have_kvm() {
	[ "$(uname -m)" = x86_64 ] || return
	case ${KVM-} in 0 | 1) return $((1 - KVM)) ;; esac
	[ -w /dev/kvm ] || return
	"$top/images/deps.sh" build x86_64 || exit
	# any kernel will do: this one need not be built
	prepare x86_64 0
	[ "$("$top/runners/qemu/kvm.sh" x86_64 "$image" | cut -c1-3)" = yes ]
}

# Which guest verifies, and which ones run what it accepts: sets arch, dir and followers.
share_out() {
	followers=''
	if [ -z "${ARCH-}" ] && [ "$(uname -m)" = x86_64 ] && ! have_kvm; then ARCH=$COMBINED; fi
	# shellcheck disable=SC2086 # a list
	_arches=$("$top/runners/qemu/arch.sh" --list ${ARCH:-x86_64}) || exit
	# shellcheck disable=SC2086 # a list
	set -- $_arches
	arch=um
	for _a; do
		if [ $# -eq 1 ]; then arch=$_a; fi
		[ "$_a" = "$arch" ] || followers="$followers $_a"
	done
	dir=$FUZZ_DIR/$arch
}

corpus() {
	if [ -n "${FUZZ_CORPUS-}" ]; then
		[ -d "$FUZZ_CORPUS" ] || die "FUZZ_CORPUS=$FUZZ_CORPUS is no directory" 2
		corpus=$FUZZ_CORPUS
	else
		corpus=$dir/corpus
		"$checkjit" fuzz-corpus -o "$corpus" --known "$top/results/known/$arch.txt" >&2 ||
			exit
	fi
	[ -n "$(ls "$corpus")" ] || die "no inputs in $corpus" 2
}

# ---- run ----

# number NAME [ARCH]: of all instances
number() {
	awk -v name="$1" '$1 == name { sum += $2 } END { print sum + 0 }' \
		"$FUZZ_DIR/${2:-$arch}"/*.stats 2>/dev/null
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
	for _a in $followers; do follower_line "$_a"; done
}

# follower_line ARCH: what it ran, and the share of what was accepted
follower_line() {
	awk -v arch="$1" -v raw="$(number spool_raw)" '
	{ n[$1] += $2 }
	$1 == "seconds" && $2 > seconds { seconds = $2 }
	$1 == "edges" && $2 > edges { edges = $2 }
	END {
		share = raw ? 100 * n["raw"] / raw : 0
		printf "fuzz:   %s: %.0f programs (%.0f/s, %.0f %% of them), ", arch, n["raw"],
			seconds ? n["raw"] / seconds : 0, (share > 100 ? 100 : share)
		printf "%.0f variants of them, %.0f through its verifier, ", n["variants"],
			n["verified"]
		printf "%s edges of the JIT, %d finds, %d known\n",
			edges ? edges : "-", n["new"], n["known"]
	}' "$FUZZ_DIR/$1"/*.stats 2>/dev/null
}

# instance NAME MODE: one afl-fuzz and its guest
instance() {
	AFL_ROLE="$2 $1"
	export AFL_ROLE
	_name=$1
	WORK=$work/$arch.kcov1
	set --
	for _a in $followers; do set -- "$@" --spool "$FUZZ_DIR/$_a/spool"; done
	target "$arch" "$top/fuzz/afl.sh" --instance "$_name" --stats "$dir/$_name.stats" \
		--log "$dir/$_name.log" --console "$dir/$_name.console" "$@"
}

# follow NAME: guests that run what that instance, and all others, accept; adds to pids. They take
# what it leaves of the cores: what it does not accept, nobody runs.
follow() {
	for _a in $followers; do
		_d=$FUZZ_DIR/$_a
		WORK=$work/$_a.kcov1
		EXEC='exec nice' target "$_a" "$checkjit" --instance "$1" --stats "$_d/$1.stats" \
			--log "$_d/$1.log" --console "$_d/$1.console" --follow "$_d/spool" \
			--kept "$_d/kept" </dev/null >"$_d/$1.out" 2>&1 &
		pids="$pids $!"
	done
}

# remove the files that stdin names, one a line
remove_listed() {
	while read -r input; do rm -f "$input"; done
}

# buckets ARCH...: how many they have
buckets() {
	for _a; do find "$FUZZ_DIR/$_a/finds" -name '*.text' 2>/dev/null; done | wc -l
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
	share_out
	# shellcheck disable=SC2086 # a list
	"$top/images/deps.sh" build fuzz $arch $followers || exit
	command -v afl-fuzz >/dev/null || die "afl-fuzz is missing (Debian's afl++)"
	for a in $followers $arch; do
		prepare "$a" 1
		mkdir -p "$FUZZ_DIR/$a/finds" || die "cannot make $FUZZ_DIR/$a"
		rm -f "$FUZZ_DIR/$a"/*.stats "$FUZZ_DIR/$a"/*.log
	done
	need_kcov "$arch"
	# shellcheck disable=SC2086 # a list
	before=$(buckets $arch $followers)
	corpus
	target "$arch" "$checkjit" --check "$corpus" >"$dir/check" || exit
	say "$(head -n 1 "$dir/check"); state in $dir"
	[ -n "${FUZZ_CORPUS-}" ] || sed -n 's/^skipped //p' "$dir/check" | remove_listed
	queue=''
	[ ! -d "$dir/afl/$main/queue" ] || queue=', and the queue of the run before'
	say "$(ls "$corpus" | wc -l) inputs to start with$queue; finds go to $dir/finds"
	CORPUS=$corpus AFL_OUT=$dir/afl LIMIT=$limit CHECKJIT_KEPT=''
	for a in $followers; do CHECKJIT_KEPT="$CHECKJIT_KEPT $FUZZ_DIR/$a/kept"; done
	export CORPUS AFL_OUT LIMIT CHECKJIT_KEPT
	stopped=''
	trap 'stopped=1' INT TERM
	pids=''
	i=1
	while [ $i -lt "$count" ]; do
		second=${MACHINE:+$MACHINE-}s$i
		EXEC='exec' instance "$second" -S >"$dir/$second.afl" 2>&1 &
		pids="$pids $!"
		follow "$second"
		i=$((i + 1))
	done
	follow "$main"
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
	# afl-fuzz ends by itself, those that follow do not
	# shellcheck disable=SC2086 # a list
	[ -z "$pids" ] || {
		[ -z "$stopped$followers" ] || kill -TERM $pids 2>/dev/null
		wait $pids
	}
	trap - INT TERM
	for a in $followers; do
		[ ! -s "$FUZZ_DIR/$a/$main.log" ] || say "$a: $(tail -n 1 "$FUZZ_DIR/$a/$main.log")"
	done
	if [ "$rc" -ne 0 ] && [ -z "$stopped" ]; then
		tail -n 3 "$dir/$main.log" >&2 2>/dev/null
		grep -a -A 3 'PROGRAM ABORT' "$dir/$main.afl" >&2 2>/dev/null
		die "afl-fuzz ended with code $rc (see $dir/$main.afl, $dir/$main.log)"
	fi
	status_line $(($(date +%s) - start))
	[ -n "$stopped" ] || [ "$(number fine)" -gt 0 ] || [ "$(number new)" -gt 0 ] ||
		die "no program was accepted and run (see $dir)"
	[ -z "$stopped" ] || say "stopped; the same command goes on from there"
	# shellcheck disable=SC2086 # a list
	[ "$(buckets $arch $followers)" -ne "$before" ] || {
		say 'nothing new'
		exit 0
	}
	for arch in $arch $followers; do
		[ "$(buckets "$arch")" -gt 0 ] || continue
		dir=$FUZZ_DIR/$arch WORK=$work/$arch.kcov1
		[ -n "$stopped" ] || reduce
		print_report "$arch"
	done
	exit 1
}

# ---- report ----

# Reduce each case once. Cases that fail only sometimes cannot be reduced and stay as they are.
reduce() {
	for c in "$dir"/finds/state.*.case "$dir"/finds/kernel.*jit*.case \
		"$dir"/finds/kernel.*interp*.case "$dir"/finds/kernel.state_freq.*.case; do
		[ -f "$c" ] && [ ! -f "${c%.case}.reduced" ] || continue
		say "reducing ${c##*/}"
		TIME='' "$checkjit" guest --work "$WORK" --run "$dir" reduce "$arch" --case "$c" \
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
	for _later in later later_raw; do
		set -- "$dir/finds/$_later"/*
		[ -f "$1" ] || continue
		say "$arch: looking into $# inputs that were put aside" \
			"(Ctrl-C leaves the rest for another time)"
		_route=''
		[ $_later = later ] || _route=--raw
		target "$arch" "$checkjit" --instance later $_route "$dir/finds/$_later" \
			>"$dir/later.txt"
		sed -n 's/: [a-z]*$//p' "$dir/later.txt" | remove_listed
	done
}

# put_aside DIR: how many inputs wait in that directory of finds
put_aside() {
	find "$1/later" "$1/later_raw" -type f 2>/dev/null | wc -l
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
	later=$(put_aside "$d")
	[ "$later" -eq 0 ] ||
		echo "$later more inputs were wrong and not looked into for lack of time:" \
			"\`make fuzz-report\` does that"
}

# Is it among ARCH=, or is there none?
asked_for() {
	[ -n "${ARCH-}" ] || return 0
	# shellcheck disable=SC2086 # a list
	"$top/runners/qemu/arch.sh" --list $ARCH | grep -qx "$1"
}

report() {
	found=0
	for d in "$FUZZ_DIR"/*/; do
		arch=$(basename "$d") dir=$FUZZ_DIR/$arch
		asked_for "$arch" || continue
		# finds of a replay come from a kernel without KCOV
		kcov=0
		[ ! -d "$dir/afl" ] && [ ! -d "$dir/spool" ] || kcov=1
		[ "$(put_aside "$dir/finds")" -eq 0 ] ||
			{ prepare "$arch" $kcov && look_into_later; }
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
	# shellcheck disable=SC2086 # a list
	arches=$("$top/runners/qemu/arch.sh" --list ${ARCH-}) || exit
	for arch in $arches; do
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

bench_one() {
	arch=$1 dir=$FUZZ_DIR/$1
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
	target "$arch" "$checkjit" --instance bench --bench "$@" || exit
}

bench() {
	share_out
	for a in $arch $followers; do bench_one "$a"; done
}

$job
