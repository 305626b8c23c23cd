#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Is a commit good or bad for one case, or must it be skipped? A command for `git bisect run`.
set -u
top=$(cd "$(dirname "$0")/.." && pwd) || exit 131
me=bisect fail=131
. "$top/runners/lib.sh"

help() {
	cat <<EOT
usage: git bisect run $top/runners/bisect.sh --arch ARCH --id ID|--case FILE [OPTION...]
Build the kernel that is checked out here, boot it, run the one case, and say what
git bisect wants to know. Only what has changed is compiled again; object files
stay in checkjit's cache. \`make bisect\` does the whole bisection with it, without
your work tree.

  --arch ARCH        the architecture
  --id ID            the case, or one vector of it (ID.N)
  --case FILE        a .case file that holds one case, instead
  --engines LIST     those that count (default: a finding on any engine is bad;
                     good takes a pass of the JIT and no fallback)
  --verdict VERDICT  only this one (FAIL, REJECT, CRASH or TIMEOUT) is bad; a commit
                     with another finding is skipped. CRASH and TIMEOUT are one
  --require-jit      a fallback to the interpreter is bad
  --kernel DIR       the source tree (default: the one around the present directory)
  --keep DIR         keep DIR/COMMIT.verdict (a line an engine), COMMIT.why, COMMIT.image
  --label TEXT       what the line on stderr begins with (default: which step of the bisection)

Exit codes:
  0    good: every engine that counts passes
  1    bad: one of them fails
  125  nothing to say: this commit does not build or boot, lacks the feature (SKIP,
       FALLBACK), or fails in another way
  128+ the harness fails, which ends the bisection: 130 usage or unknown id, or
       interrupted; 131 no QEMU, no compiler, no space left

environment: KCONFIG_ADD, CC, LLVM, CROSS_COMPILE, PATCHES, DEBUG, BTF, APPEND, QEMU_CPU,
QEMU_ARGS, TIMEOUT, J, O as for make run
EOT
}

arch=${ARCH-} id=${ID-} case=${CASE-} engines=${ENGINES-} want='' require=${REQUIRE_JIT-}
tree='' keep='' label=''

while [ $# -gt 0 ]; do
	case $1 in
	-h | --help) help && exit 0 ;;
	--require-jit) require=1 && shift && continue ;;
	--arch | --id | --case | --engines | --verdict | --kernel | --keep | --label)
		[ $# -ge 2 ] || die "$1 wants a value (see --help)" 130
		;;
	*) die "unknown argument '$1' (see --help)" 130 ;;
	esac
	case $1 in
	--arch) arch=$2 ;;
	--id) id=$2 ;;
	--case) case=$2 ;;
	--engines) engines=$2 ;;
	--verdict) want=$2 ;;
	--kernel) tree=$2 ;;
	--keep) keep=$2 ;;
	--label) label=$2 ;;
	esac
	shift 2
done
[ -n "$arch" ] || die "--arch is needed (see --help)" 130
[ -z "$id" ] || [ -z "$case" ] || die "--id and --case (expected one of them)" 130
[ -n "$id$case" ] || die "--id or --case is needed (see --help)" 130
case $want in
'' | FAIL | REJECT | CRASH | TIMEOUT) ;;
*) die "--verdict $want (expected FAIL, REJECT, CRASH or TIMEOUT)" 130 ;;
esac

[ -n "$tree" ] || tree=$(git rev-parse --show-toplevel 2>/dev/null) || tree=.
tree=$(cd "$tree" 2>/dev/null && pwd) || die "--kernel: no such directory" 130
[ -z "$case" ] || case=$(absolute "$case")
[ -z "$keep" ] || keep=$(absolute "$keep")
O=$(cd "$top" && absolute "${O:-build}")
cd "$top" || exit 131
# git tells its commands where its repository is; the kernel's build must not inherit that
unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE GIT_PREFIX MAKEFLAGS MFLAGS
unset ARCH ID CASE KERNEL RUN CASES RESUME

# ---- the harness: whatever fails here is not the commit's fault ----

arch=$(runners/qemu/arch.sh "$arch") || exit 130
CHECKJIT=${CHECKJIT:-$O/checkjit}
[ -x "$CHECKJIT" ] || make -s --no-print-directory O="$O" all >&2 ||
	die "checkjit does not build (make all)"
for e in $(printf %s "$engines" | tr , ' '); do
	"$CHECKJIT" run --list-engines | grep -qx -e "$e" || die "no engine is called '$e'" 130
done
if [ -n "$id" ]; then
	"$CHECKJIT" list "$id" >/dev/null || exit 130
	set -- --id "$id"
else
	[ -r "$case" ] || die "$case cannot be read" 130
	set -- --case "$case"
fi
QEMU=''
# shellcheck disable=SC1090 # data
. "runners/qemu/arch/$arch.conf"
command -v "${QEMU%% *}" >/dev/null ||
	die "${QEMU%% *} is not installed (images/deps.sh $arch installs it)"
WORK=$O/bisect ENGINES=$engines
export ENGINES
mkdir -p "$WORK" || exit 131

# ---- the commit ----

begin=$(date +%s)
commit=$(git -C "$tree" log -1 --format='%h %s' 2>/dev/null) || commit=$tree
[ -z "$keep" ] || keep=$keep/$(git -C "$tree" rev-parse HEAD)

# "step 3 of ~5", in the middle of a bisection
which_step() {
	_log=$(git -C "$tree" rev-parse --git-path BISECT_LOG 2>/dev/null) || return
	case $_log in /*) ;; *) _log=$tree/$_log ;; esac
	[ -f "$_log" ] || return
	_n=$(($(grep -cE '^git bisect (good|bad|skip) ' "$_log") + 1))
	_good=$(git -C "$tree" for-each-ref --format='%(refname)' 'refs/bisect/good-*')
	# shellcheck disable=SC2086 # a list
	_left=$(git -C "$tree" rev-list --bisect-vars refs/bisect/bad --not $_good |
		sed -n 's/^bisect_steps=//p')
	echo "step $_n of ~$((_n + ${_left:-0}))"
}
[ -n "$label" ] || label=$(which_step)

# finish STATUS WHY
finish() {
	case $1 in
	0) _word=good ;;
	1) _word=bad ;;
	*) _word=skipped ;;
	esac
	[ -z "$keep" ] || printf '%s\n' "$2" >"$keep.why" || exit 131
	say "${label:+$label: }$commit: $_word: $2 ($(($(date +%s) - begin)) s)"
	exit "$1"
}

# If a commit lacks what the agent needs, the agent is built with the nolibc of a later tree.
make_agent() {
	runners/agent.sh "$arch" "$tree" "$image" "$WORK" 2>"$WORK/agent.log" && return
	_other=$(images/kernel.sh --tree) &&
		runners/agent.sh "$arch" "$_other" "$image" "$WORK" && return
	cat "$WORK/agent.log" >&2
	die "the agent does not build"
}

try() {
	: >"$WORK/$arch.console"
	"$CHECKJIT" guest --work "$WORK" verdict "$arch" "$@" >"$WORK/verdict" 2>"$WORK/verdict.log"
}

image=$(KERNEL=$tree images/build.sh "$arch")
rc=$?
case $rc in
0) ;;
2) exit 130 ;;
4) finish 125 "does not build" ;;
130) exit 130 ;;
*) exit 131 ;;
esac
# from here on no other script uses $WORK
exec 9>"$WORK/lock"
flock 9
echo "$image" >"$WORK/$arch.image" || exit 131
[ -z "$keep" ] || echo "$image" >"$keep.image" || exit 131
make_agent

try "$@"
rc=$?
# a busy host may be slow: try again
if [ $rc -eq 4 ]; then
	try --boot-timeout 180 "$@"
	rc=$?
fi
[ -z "$keep" ] || cp "$WORK/verdict" "$keep.verdict" || exit 131
case $rc in
0 | 1) ;;
2)
	cat "$WORK/verdict.log" >&2
	exit 130
	;;
4)
	_why=$(grep -m 1 -oE '(Kernel panic|Oops|Unable to|BUG:|no hello|VFS:).*' \
		"$WORK/verdict.log")
	finish 125 "does not boot: $_why"
	;;
*)
	grep -qE "^[a-z_]+ (FAIL|REJECT|CRASH|TIMEOUT) " "$WORK/verdict" || {
		cat "$WORK/verdict" "$WORK/verdict.log" >&2
		die "no verdict"
	}
	;;
esac

# ---- good, bad, or neither ----

# prints STATUS and why
decide() {
	awk -v want="$want" -v require="$require" -v named="$engines" '
	function finding(v) {
		return v == "FAIL" || v == "REJECT" || v == "CRASH" || v == "TIMEOUT"
	}
	function same(v) {
		return want == "" || v == want || (v ~ /CRASH|TIMEOUT/ && want ~ /CRASH|TIMEOUT/)
	}
	# the first line of a kind is enough
	function note(kind) { if (!(kind in why)) why[kind] = $0 }
	finding($2) && same($2) { note("bad"); next }
	finding($2) { note("other"); next }
	$2 == "FALLBACK" && require != "" { note("bad"); next }
	$2 == "PASS" { pass = pass (pass == "" ? "" : ", ") $1; next }
	$2 == "ERROR" || $2 == "LOST" { note("broken"); next }
	# a missing interpreter or hardening says nothing about the JIT
	$2 == "SKIP" && named == "" && $1 != "jit" { next }
	{ note("lacks") }
	END {
		if ("bad" in why) print 1, why["bad"]
		else if ("broken" in why) print 131, why["broken"]
		else if ("other" in why) print 125, "another finding: " why["other"]
		else if ("lacks" in why)
			print 125, why["lacks"] (named == "" ? " (--engines says which count)" : "")
		else if (pass == "") print 125, "nothing ran"
		else print 0, pass " PASS"
	}' "$WORK/verdict"
}

read -r status why <<EOT
$(decide)
EOT
[ "$status" -ne 131 ] || { cat "$WORK/verdict.log" >&2 && die "$why"; }
finish "$status" "$why"
