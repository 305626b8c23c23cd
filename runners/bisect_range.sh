#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The job behind `make bisect`: between a good and a bad commit, find the first bad one.
set -u
top=$(cd "$(dirname "$0")/.." && pwd) || exit 3
[ -n "${CHECKJIT-}" ] || cd "$top" || exit 3
me=bisect
. "$top/runners/lib.sh"

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

case ${1-} in
-h | --help) help && exit 0 ;;
'') ;;
*) help >&2 && exit 2 ;;
esac
[ -n "${GOOD-}" ] && [ -n "${BAD-}" ] ||
	die "GOOD= and BAD= are needed: a commit that passes, and one that fails" 2
[ -n "${ARCH-}" ] || die "ARCH= is needed" 2
[ -n "${KERNEL-}" ] || die "KERNEL= is needed: a git repository of the kernel" 2
[ -z "${ID-}" ] || [ -z "${CASE-}" ] || die "ID= and CASE= (expected one of them)" 2
[ -n "${ID-}${CASE-}" ] || die "ID= or CASE= is needed (\`make list\` shows all ids)" 2
[ -z "${PATCHES-}" ] || say "PATCHES are applied to every commit"
export LC_ALL=C
unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE GIT_PREFIX

arch=$("$top/runners/qemu/arch.sh" "$ARCH") || exit 2
# bisect.sh works elsewhere
O=$(absolute "$O")
export O
if [ -n "${ID-}" ]; then
	"$checkjit" list "$ID" >/dev/null || exit 2
	what=$ID
else
	[ -r "$CASE" ] || die "CASE=$CASE cannot be read" 2
	case $CASE in /*) ;; *) CASE=$PWD/$CASE ;; esac
	what="$CASE $(cksum <"$CASE")"
fi

# compilers and QEMU
"$top/images/deps.sh" build "$arch" || exit 3

theirs=$(git -C "$KERNEL" rev-parse --git-common-dir 2>/dev/null) ||
	die "KERNEL=$KERNEL is not a git repository" 2
theirs=$(cd "$KERNEL" && cd "$theirs" && pwd -P) || exit 3
# resolve VARIABLE REV
resolve() {
	git -C "$KERNEL" rev-parse -q --verify "$2^{commit}" ||
		die "$1=$2 is no commit of KERNEL=$KERNEL" 2
}
good=$(resolve GOOD "$GOOD") && bad=$(resolve BAD "$BAD") || exit 2
[ "$good" != "$bad" ] || die "GOOD and BAD are the same commit, $good" 2
! git -C "$KERNEL" merge-base --is-ancestor "$bad" "$good" ||
	die "BAD=$BAD is an ancestor of GOOD=$GOOD: the other way round?" 2

# ---- what is kept: one repository for each of the user's, one state for each question ----

cache=$CACHE/bisect/$(echo "$theirs" | short_hash)
tree=$cache/tree
question=$({
	printf '%s\n' "$good" "$bad" "$arch" "$what" && "$checkjit" settings --key
} | short_hash)
state=$cache/$question
mkdir -p "$cache" || die "cannot make $cache"
exec 8>"$cache/lock"
flock -n 8 || die "another bisection of $KERNEL is running"

g() {
	git -C "$tree" "$@" 8>&-
}

is_shallow() {
	git -C "$1" rev-parse --is-shallow-repository
}

usable() {
	[ -d "$tree/.git" ] && [ "$(is_shallow "$tree")" = "$(is_shallow "$KERNEL")" ] &&
		g cat-file -e "$bad^{tree}" 2>/dev/null && g cat-file -e "$good^{tree}" 2>/dev/null
}

# Make a clone that borrows the user's objects, and writes no refs or work trees there. Make it
# again if objects are gone, or if the user's repository has gained the history that it lacked.
borrow() {
	if ! usable; then
		need_space "$cache" 3000 'sources and objects'
		rm -rf "$tree"
		git clone -q --shared --no-checkout -c gc.auto=0 -c advice.detachedHead=false \
			"$theirs" "$tree" 8>&- || die "cannot clone $KERNEL"
		usable || die "the objects of $KERNEL cannot be read from $tree"
	fi
	rm -f "$tree/.git/index.lock"
	# the last checked-out commit may be gone
	g cat-file -e 'HEAD^{tree}' 2>/dev/null || echo "$bad" >"$tree/.git/HEAD"
}

# put KEY VALUE, get KEY
put() {
	{ grep -v "^$1=" "$state" 2>/dev/null; echo "$1=$2"; } >"$state.tmp" &&
		mv "$state.tmp" "$state" || die "no space left in $cache"
}
get() {
	sed -n "s/^$1=//p" "$state" 2>/dev/null
}

# The repository has the steps of one question: save those of the previous one.
keep_log() {
	[ -f "$tree/.git/BISECT_LOG" ] || return 0
	cp "$tree/.git/BISECT_LOG" "$cache/$(cat "$cache/current").log" ||
		die "no space left in $cache"
}

name() {
	g log -1 --format='%h %s' "$1"
}

# ---- steps ----

# The running step is in a process group of its own, which Ctrl-C does not reach: a signal to this
# script ends the step, too.
stopped='' child=''
trap 'stopped=1; [ -z "$child" ] || kill -TERM -- "-$child"' INT TERM HUP

# attended COMMAND...: sets status
attended() {
	set -m
	"$@" 8>&- &
	child=$!
	set +m
	wait "$child"
	status=$?
	while [ -n "$stopped" ] && kill -0 "$child" 2>/dev/null; do
		wait "$child"
	done
	child=''
	[ -z "$stopped" ] || {
		keep_log
		again 'interrupted' 130
	}
}

again() {
	say "$1; the same command goes on from there"
	exit "$2"
}

refuse() {
	rm -f "$state"
	die "$1" 2
}

# one_step [OPTION...]: the commit that is checked out; ARCH, ID and CASE are in the environment
one_step() {
	ENGINES=$engines "$top/runners/bisect.sh" --kernel "$tree" --keep "$run" \
		--verdict "$want" "$@"
}

# judge LABEL COMMIT: one end; sets status and why
judge() {
	g checkout -q -f --detach "$2" || die "cannot check out $2 in $tree (no space left?)"
	attended one_step --label "$1"
	case $status in
	0 | 1 | 125) why=$(cat "$run/$2.why") ;;
	*) again "$1: $(name "$2"): the harness failed" 3 ;;
	esac
}

# Check both ends: GOOD must be good, and the failures of BAD are what to look for.
verify_ends() {
	if [ -z "$(get want)" ]; then
		engines=${ENGINES-} want=''
		judge BAD "$bad"
		[ $status -eq 1 ] || refuse "BAD=$BAD is not bad: $why"
		_bad=$(awk '$2 ~ /^(FAIL|REJECT|CRASH|TIMEOUT)$/' "$run/$bad.verdict")
		if [ -n "$_bad" ]; then
			# our module may not compile everywhere: raw engines count only if no other
			# engine fails
			_plain=$(echo "$_bad" | grep -v '^raw_')
			_engines=$(echo "${_plain:-$_bad}" | awk '{ print $1 }' | xargs)
			put engines "${ENGINES:-$_engines}"
			put want "$(echo "$_bad" | awk '{ print $2; exit }')"
		else
			_engines=$(awk '$2 == "FALLBACK" { print $1 }' "$run/$bad.verdict" | xargs)
			put engines "${ENGINES:-$_engines}"
			put want fallback
		fi
	fi
	engines=$(get engines) want=$(get want)
	# with REQUIRE_JIT a fallback is always bad
	[ "$want" != fallback ] || want=''
	[ -z "$(get good_ok)" ] || return
	judge GOOD "$good"
	[ $status -eq 0 ] || refuse "GOOD=$GOOD is not good: $why"
	put good_ok 1
}

# ---- the end ----

# evidence LABEL SHA: verdicts and output of repro for the image that was built
evidence() {
	echo "$1 $(name "$2")"
	if [ ! -f "$run/$2.verdict" ]; then
		echo "     $(cat "$run/$2.why" 2>/dev/null ||
			echo "not tried: on the way here it was not needed")"
		return
	fi
	sed 's/^/     /' "$run/$2.verdict"
	[ -f "$run/$2.image" ] && [ -f "$(cat "$run/$2.image")/kernel" ] || return
	_image=$(cat "$run/$2.image")
	cp "$run/$2.image" "$O/bisect/$arch.image" &&
		"$top/runners/agent.sh" "$arch" "$tree" "$_image" "$O/bisect" 2>/dev/null ||
		return
	ENGINES=$engines "$checkjit" guest --work "$O/bisect" repro "$arch" \
		${ID:+--id "$ID"} ${CASE:+--case "$CASE"} >"$run/$2.repro" 2>/dev/null
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

# The commits between good and bad that git could not exclude
unfound() {
	{
		echo "not found: the commits that are left cannot be judged." \
			"The first bad commit is one of:"
		_good=$(g for-each-ref --format='%(refname)' 'refs/bisect/good-*')
		# shellcheck disable=SC2086 # a list
		for c in $(g rev-list refs/bisect/bad --not $_good); do
			echo "  $(name "$c"): $(cat "$run/$c.why" 2>/dev/null || echo 'not tried')"
		done
		echo "log: $run/bisect.log"
	} >"$run/report.txt"
	cat "$run/report.txt"
}

finish() {
	g bisect reset HEAD >/dev/null 2>&1
	rm -f "$state" "$state.log"
	exit "$1"
}

# ---- the way there ----

borrow
keep_log
run=$(get run)
if [ -z "$run" ]; then
	run=$(absolute "${RUN:-results/bisect-$(date -u +%Y%m%d-%H%M%S)}")
	put run "$run"
elif [ -f "$state.log" ]; then
	say "going on with the interrupted bisection"
fi
mkdir -p "$run" || die "cannot make $run"
say "log and evidence go to $run"
engines='' want=''
verify_ends

g bisect reset HEAD >/dev/null 2>&1
echo "$question" >"$cache/current"
if [ -f "$state.log" ]; then
	g bisect replay "$state.log" >"$run/git.log" 2>&1
else
	g bisect start "$bad" "$good" >"$run/git.log" 2>&1
fi || die "git bisect: $(tail -n 3 "$run/git.log")"

# git runs the steps and chooses the next one. It writes to a log, the steps write to stderr.
exec 7>&2
run_steps() {
	ENGINES=$engines git -C "$tree" bisect run sh -c 'exec 2>&7 7>&- && exec "$@"' step \
		"$top/runners/bisect.sh" --kernel "$tree" --keep "$run" --verdict "$want" \
		>>"$run/git.log" 2>&1
}

attended run_steps
keep_log
cp "$state.log" "$run/bisect.log" || die "no space left in $run"
case $status in
0)
	found "$(g rev-parse refs/bisect/bad)"
	finish 0
	;;
# codes of git bisect: 2 where only skipped commits are left, 3 where the merge base of GOOD and BAD
# is bad itself
2)
	unfound
	finish 1
	;;
3)
	say "$(grep 'merge base' "$run/git.log")"
	finish 1
	;;
*) again "$(name HEAD): the harness failed" 3 ;;
esac
