#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The job behind `make bisect`: between a good and a bad commit, find the first bad one.
set -u
top=$(cd "$(dirname "$0")/.." && pwd) || exit 3
cd "$top" || exit 3

help() {
	cat <<EOT
usage: KERNEL=REPOSITORY GOOD=REV BAD=REV ARCH=ARCH ID=ID|CASE=FILE bisect_range.sh
Find the first commit between GOOD and BAD on which the case fails, with
runners/bisect.sh on each step. First BAD must be bad and GOOD be good.

KERNEL is only read: the sources are checked out in a repository in the cache that
borrows KERNEL's objects. It stays there, for the next bisection to compile only
what differs; \`rm -rf\` of it is safe. An interrupted bisection goes on where it
was when the same command is given again.

environment:
  ENGINES      which count (default: those that fail on BAD)
  REQUIRE_JIT  1: a fallback to the interpreter is bad
  RUN          where the log and the evidence go (default results/bisect-…)
  and those of runners/bisect.sh --help

Exit codes: 0 found; 1 not found, because the commits that are left cannot be
judged; 2 usage, or GOOD is not good, or BAD is not bad; 3 the harness failed.
EOT
}

say() {
	echo "bisect: $*" >&2
}

# die WHY [STATUS]
die() {
	say "$1"
	exit "${2-3}"
}

case ${1-} in
-h | --help) help && exit 0 ;;
'') ;;
*) help >&2 && exit 2 ;;
esac
[ -n "${GOOD-}" ] && [ -n "${BAD-}" ] || die "GOOD= and BAD= are needed: a commit that passes, and one that fails" 2
[ -n "${ARCH-}" ] || die "ARCH= is needed" 2
[ -n "${KERNEL-}" ] || die "KERNEL= is needed: a git repository of the kernel" 2
[ -z "${ID-}" ] || [ -z "${CASE-}" ] || die "ID= and CASE= (expected one of them)" 2
[ -n "${ID-}${CASE-}" ] || die "ID= or CASE= is needed (\`make list\` shows all ids)" 2
[ -z "${PATCHES-}" ] || say "PATCHES are applied to every commit"
export LC_ALL=C
unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE GIT_PREFIX

arch=$(runners/qemu/arch.sh "$ARCH") || exit 2
O=${O:-build}
if [ -n "${ID-}" ]; then
	"$O/checkjit" list "$ID" >/dev/null || exit 2
	what=$ID
else
	[ -r "$CASE" ] || die "CASE=$CASE cannot be read" 2
	case $CASE in /*) ;; *) CASE=$PWD/$CASE ;; esac
	what="$CASE $(cksum <"$CASE")"
fi

# compilers and QEMU
images/deps.sh build "$arch" || exit 3

theirs=$(git -C "$KERNEL" rev-parse --git-common-dir 2>/dev/null) || die "KERNEL=$KERNEL is not a git repository" 2
theirs=$(cd "$KERNEL" && cd "$theirs" && pwd -P) || exit 3
# resolve VARIABLE REV
resolve() {
	git -C "$KERNEL" rev-parse -q --verify "$2^{commit}" || die "$1=$2 is no commit of KERNEL=$KERNEL" 2
}
good=$(resolve GOOD "$GOOD") && bad=$(resolve BAD "$BAD") || exit 2
[ "$good" != "$bad" ] || die "GOOD and BAD are the same commit, $good" 2
! git -C "$KERNEL" merge-base --is-ancestor "$bad" "$good" || die "BAD=$BAD is an ancestor of GOOD=$GOOD: the other way round?" 2

# ---- what is kept: one repository for each of the user's, one state for each question ----

hash() {
	sha256sum | cut -c1-16
}

cache=${XDG_CACHE_HOME:-$HOME/.cache}/checkjit/bisect/$(echo "$theirs" | hash)
tree=$cache/tree
question=$({ printf '%s\n' "$good" "$bad" "$arch" "$what" && "$O/checkjit" settings --key; } | hash)
state=$cache/$question
mkdir -p "$cache" || die "cannot make $cache"
exec 8>"$cache/lock"
flock -n 8 || die "another bisection of $KERNEL is running"

g() {
	git -C "$tree" "$@"
}

# A repository of our own that borrows the user's objects: nothing is written there, neither refs nor work trees.
borrow() {
	[ -d "$tree/.git" ] && return
	free=$(df -Pm "$cache" | awk 'NR == 2 { print $4 }')
	[ "$free" -ge 3000 ] || die "no space left in $cache: sources and objects need about 3000 MB, $free MB are free"
	rm -rf "$tree"
	git init -q --object-format="$(git -C "$KERNEL" rev-parse --show-object-format)" "$tree" || die "git init failed in $tree"
	g config gc.auto 0
	g config advice.detachedHead false
}

# again each time: the user's objects may have moved, or been fetched into a shallow repository
link_objects() {
	mkdir -p "$tree/.git/objects/info" && echo "$theirs/objects" >"$tree/.git/objects/info/alternates" || die "no space left in $tree"
	rm -f "$tree/.git/shallow" "$tree/.git/index.lock"
	[ ! -f "$theirs/shallow" ] || cp "$theirs/shallow" "$tree/.git/shallow" || die "no space left in $tree"
	g cat-file -e "$bad^{tree}" || die "the objects of $KERNEL cannot be read from $tree"
	# what was checked out the last time may be gone from there
	g cat-file -e "HEAD^{tree}" 2>/dev/null || echo "$bad" >"$tree/.git/HEAD"
}

# put KEY VALUE, get KEY
put() {
	{ grep -v "^$1=" "$state" 2>/dev/null; echo "$1=$2"; } >"$state.tmp" && mv "$state.tmp" "$state" || die "no space left in $cache"
}
get() {
	sed -n "s/^$1=//p" "$state" 2>/dev/null
}

name() {
	g log -1 --format='%h %s' "$1"
}

# ---- one step ----

stopped=''
trap 'stopped=1' INT TERM HUP

again() {
	say "$1; the same command goes on from there"
	exit "$2"
}

# step LABEL: the commit that is checked out; sets status, and why
step() {
	_sha=$(g rev-parse HEAD)
	_start=$(date +%s)
	runners/bisect.sh --kernel "$tree" --arch "$arch" ${ID:+--id "$ID"} ${CASE:+--case "$CASE"} \
		${engines:+--engines "$engines"} ${want:+--verdict "$want"} --keep "$run/$_sha" 8>&-
	status=$?
	case $status in
	0) _word=good ;;
	1) _word=bad ;;
	125) _word=skipped ;;
	*)
		[ -z "$stopped" ] || again "interrupted" 130
		again "$1: $(name HEAD): the harness failed" 3
		;;
	esac
	[ -z "$stopped" ] || again "interrupted" 130
	why=$(cat "$run/$_sha.why")
	say "$1: $(name HEAD): $_word: $why ($(($(date +%s) - _start)) s)"
}

checkout() {
	g checkout -q -f --detach "$1" 8>&- || die "cannot check out $1 in $tree (no space left?)"
}

refuse() {
	rm -f "$state"
	die "$1" 2
}

# Both ends must be what they are said to be; what fails on BAD, and how, is what is looked for.
verify_ends() {
	if [ -z "$(get want)" ]; then
		checkout "$bad"
		engines=${ENGINES-} want=''
		step "BAD"
		[ $status -eq 1 ] || refuse "BAD=$BAD is not bad: $why"
		_bad=$(awk '$2 ~ /^(FAIL|REJECT|CRASH|TIMEOUT)$/' "$run/$bad.verdict")
		if [ -n "$_bad" ]; then
			# our module may not compile everywhere: the raw engines count only where no other fails
			_plain=$(echo "$_bad" | grep -v '^raw_')
			put engines "${ENGINES:-$(echo "${_plain:-$_bad}" | awk '{ print $1 }' | xargs)}"
			put want "$(echo "$_bad" | awk '{ print $2; exit }')"
		else
			put engines "${ENGINES:-$(awk '$2 == "FALLBACK" { print $1 }' "$run/$bad.verdict" | xargs)}"
			put want fallback
		fi
	fi
	engines=$(get engines) want=$(get want)
	# a fallback is bad with REQUIRE_JIT, whatever else is
	[ "$want" != fallback ] || want=''
	[ -z "$(get good_ok)" ] || return
	checkout "$good"
	step "GOOD"
	[ $status -eq 0 ] || refuse "GOOD=$GOOD is not good: $why"
	put good_ok 1
}

# ---- the end ----

# evidence LABEL SHA: the verdicts, and all that repro shows, of the image that was built
evidence() {
	echo "$1 $(name "$2")"
	if [ ! -f "$run/$2.verdict" ]; then
		echo "     $(cat "$run/$2.why" 2>/dev/null || echo "not tried: on the way here it was not needed")"
		return
	fi
	sed 's/^/     /' "$run/$2.verdict"
	[ -f "$run/$2.image" ] && [ -f "$(cat "$run/$2.image")/kernel" ] || return
	cp "$run/$2.image" "$O/bisect/$arch.image" &&
		runners/agent.sh "$arch" "$tree" "$(cat "$run/$2.image")" "$O/bisect" 2>/dev/null || return
	CHECKJIT=$O/checkjit WORK=$O/bisect RUNDIR=$O/bisect COMMAND=repro ENGINES=$engines \
		runners/guest.sh "$arch" ${ID:+--id "$ID"} ${CASE:+--case "$CASE"} >"$run/$2.repro" 2>/dev/null
	echo "     everything: $run/$2.repro"
}

found() {
	_first=$1
	{
		echo "first bad commit: $(name "$_first")"
		g log -1 --format='author: %an <%ae>, %ad%ncommit: %H' --date=short "$_first"
		echo "case: $what on $arch, $engines"
		echo
		evidence "bad " "$_first"
		for p in $(g log -1 --format=%P "$_first"); do
			evidence "good" "$p"
		done
		echo
		echo "log: $run/bisect.log"
	} >"$run/report.txt"
	cat "$run/report.txt"
}

unfound() {
	{
		echo "not found: the commits that are left cannot be judged. The first bad commit is one of:"
		for c in $(echo "$1" | grep -oE '^[0-9a-f]{40,64}$'); do
			echo "  $(name "$c"): $(cat "$run/$c.why" 2>/dev/null || echo 'not tried')"
		done
		echo "log: $run/bisect.log"
	} >"$run/report.txt"
	cat "$run/report.txt"
}

# keep_log: what git knows, for the next time and for people
keep_log() {
	g bisect log >"$state.log.tmp" && mv "$state.log.tmp" "$state.log" && cp "$state.log" "$run/bisect.log" || die "no space left in $cache"
}

finish() {
	g bisect reset HEAD >/dev/null 2>&1
	rm -f "$state" "$state.log"
	exit "$1"
}

# ---- the way there ----

borrow
link_objects
run=$(get run)
if [ -z "$run" ]; then
	run=${RUN:-results/bisect-$(date -u +%Y%m%d-%H%M%S)}
	put run "$run"
elif [ -f "$state.log" ]; then
	say "going on with the interrupted bisection, step $(($(get step) + 1))"
fi
mkdir -p "$run" || die "cannot make $run"
say "log and evidence go to $run"
engines='' want=''
verify_ends

g bisect reset HEAD >/dev/null 2>&1
if [ -f "$state.log" ]; then
	out=$(g bisect replay "$state.log" 8>&- 2>&1) || die "git bisect replay: $out"
else
	put step 0
	out=$(g bisect start "$bad" "$good" 8>&- 2>&1) || {
		case $out in *mistook*) die "GOOD=$GOOD is no ancestor of BAD=$BAD, but the other way round?" 2 ;; esac
		die "git bisect start: $out"
	}
	keep_log
fi
while :; do
	case $out in
	*' is the first bad commit'*)
		found "$(echo "$out" | sed -n 's/^\([0-9a-f]*\) is the first bad commit$/\1/p')"
		finish 0
		;;
	*'cannot bisect more'*)
		unfound "$out"
		finish 1
		;;
	*'merge base'*' is bad'*)
		say "$out"
		finish 1
		;;
	esac
	[ -z "$stopped" ] || again "interrupted" 130
	step=$(($(get step) + 1))
	left=$(echo "$out" | sed -n 's/^Bisecting:.*roughly \([0-9]*\) step.*/\1/p' | tail -n 1)
	step "step $step of ~$((step + ${left:-0}))"
	case $status in
	0) out=$(g bisect good 8>&- 2>&1) ;;
	1) out=$(g bisect bad 8>&- 2>&1) ;;
	*) out=$(g bisect skip 8>&- 2>&1) ;;
	esac
	case $out in
	*Bisecting:* | *'first bad commit'* | *'cannot bisect more'* | *'merge base'*) ;;
	*) die "git bisect: $out" ;;
	esac
	keep_log
	put step "$step"
done
