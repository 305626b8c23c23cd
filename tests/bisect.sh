#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Bisection: every exit code and the whole way on a history whose builds and guests are faked, and
# for real on Debian's kernel source with a dozen commits on top.
set -u
top=$(cd "$(dirname "$0")/.." && pwd) || exit 3
cd "$top" || exit 3

case ${1-} in -h | --help) echo "usage: bisect.sh [PART...]: steps range real (steps and range)" &&
	exit 0 ;; esac
# shellcheck source=tests/lib.sh
. tests/lib.sh
unset GIT_DIR GIT_WORK_TREE
# the fakes keep a log of their own
log=$work/out
parts=${*:-steps range}
export GIT_AUTHOR_DATE="2026-01-01 12:00 +0000" GIT_COMMITTER_DATE="2026-01-01 12:00 +0000"
export GIT_AUTHOR_NAME='A Person' GIT_AUTHOR_EMAIL=person@example.org \
	GIT_COMMITTER_NAME='A Person' \
	GIT_COMMITTER_EMAIL=person@example.org GIT_CONFIG_GLOBAL=/dev/null
cache=${XDG_CACHE_HOME:-$HOME/.cache}/checkjit

# what git knows in the user's repository, and what lies in the work tree
footprint() {
	(cd "$1" && git for-each-ref && git worktree list && git status --porcelain &&
		git stash list && ls -A .git && git rev-parse HEAD)
}

# ---- checkjit without kernels: what a commit's file `word` says becomes of its build, its boot and
# its case ----

fake_top() {
	mkdir -p "$work/top/runners/qemu/arch" "$work/top/images" "$work/top/build"
	cp runners/lib.sh runners/bisect.sh runners/bisect_range.sh "$work/top/runners"
	cp runners/qemu/arch.sh "$work/top/runners/qemu" &&
		cp runners/qemu/arch/*.conf "$work/top/runners/qemu/arch"
	sed -i 's/^QEMU=.*/QEMU=true/' "$work/top/runners/qemu/arch/riscv32.conf"
	sed -i 's/^QEMU=.*/QEMU=qemu-system-none/' "$work/top/runners/qemu/arch/m68k.conf"
	cat >"$work/top/images/build.sh" <<-'EOT'
	#!/bin/sh
	word=$(cat "$KERNEL/word")
	echo "$word" >>"$LOG"
	# interrupted in the middle of a build; not by INT, which a background shell ignores
	if [ -e "$LOG.left" ] && [ "$(wc -l <"$LOG")" -gt "$(cat "$LOG.left")" ]; then
		rm "$LOG.left" && kill -TERM "$(cat "$LOG.pid")" && exit 130
	fi
	case $word in
	nobuild) exit 4 ;;
	nospace) echo 'images: no space left' >&2 && exit 3 ;;
	nokernel) echo 'images: no source tree' >&2 && exit 2 ;;
	esac
	mkdir -p "$LOG.image" && : >"$LOG.image/kernel" && echo "$word" >"$LOG.image/word" &&
		echo "$LOG.image"
	EOT
	printf '#!/bin/sh\n' | tee "$work/top/runners/agent.sh" "$work/top/images/deps.sh" \
		>"$work/top/images/kernel.sh"
	cat >"$work/top/build/checkjit" <<-'EOT'
	#!/bin/sh
	case $* in
	*list-engines*) printf 'interp\njit\njit_hardened\n' ;;
	guest*repro*) ;;
	guest*verdict*)
		case $(cat "$LOG.image/word") in
		noboot) echo 'Kernel panic - not syncing' >&2 && exit 4 ;;
		noqemu) echo 'the boot script failed' >&2 && exit 3 ;;
		error) echo 'jit ERROR no space' && exit 3 ;;
		esac
		want=$(printf %s "${ENGINES-}" | tr ', ' '||')
		sed 's/, /\n/g' "$LOG.image/word" | grep -E "^(${want:-.*}) "
		;;
	settings*) ;;
	'list a/b/c') ;;
	*) echo "checkjit: no case is called '$2'" >&2 && exit 2 ;;
	esac
	EOT
	chmod +x "$work"/top/*/*.sh "$work/top/build/checkjit"
	export LOG="$work/log" XDG_CACHE_HOME="$work/cache"
}

# history DIR WORD...: a commit for each
history() {
	_dir=$1 _n=0
	shift
	rm -rf "$_dir"
	git init -q "$_dir"
	for _word; do
		_n=$((_n + 1))
		echo "$_word" >"$_dir/word"
		echo $_n >"$_dir/number"
		git -C "$_dir" add -A
		git -C "$_dir" commit -q -m "change $_n"
		git -C "$_dir" tag "v$_n"
	done
}

steps() {
	step="$work/top/runners/bisect.sh --arch riscv32 --id a/b/c --kernel $work/tree"
	mkdir -p "$work/tree"
	while IFS='|' read -r name status pattern word options; do
		echo "$word" >"$work/tree/word"
		# shellcheck disable=SC2086 # lists of words
		expect "step/$name" "$status" "$pattern" $step $options
	done <<-EOT
	pass|0|good: interp, jit PASS|interp PASS, jit PASS|
	fail|1|bad: jit FAIL vector 0|interp PASS, jit FAIL vector 0|
	crash|1|bad: jit CRASH|jit CRASH|
	interp-is-enough|1|bad: interp FAIL|interp FAIL, jit PASS|
	not-my-engine|0|good|interp FAIL, jit PASS|--engines jit
	fallback|125|skipped: jit FALLBACK|interp PASS, jit FALLBACK|
	fallback-is-bad|1|bad: jit FALLBACK|interp PASS, jit FALLBACK|--require-jit
	skip|125|skipped: jit SKIP|interp PASS, jit SKIP no JIT|
	interp-skips|0|good|interp SKIP, jit PASS|
	named-interp-skips|125|skipped: interp SKIP|interp SKIP, jit PASS|--engines interp,jit
	untested|125|skipped: jit NOT_TESTED|interp PASS, jit NOT_TESTED|
	same-verdict|1|bad|jit FAIL|--verdict FAIL
	other-verdict|125|another finding: jit REJECT|jit REJECT|--verdict FAIL
	hang-for-crash|1|bad|jit TIMEOUT|--verdict CRASH
	no-build|125|skipped: does not build|nobuild|
	no-boot|125|skipped: does not boot: Kernel panic|noboot|
	no-space|131|no space left|nospace|
	no-tree|130|no source tree|nokernel|
	no-qemu|131|the boot script failed|noqemu|
	error|131|jit ERROR|error|
	EOT
	echo 'jit PASS' >"$work/tree/word"
	expect step/unknown-id 130 'no case is called' "$work/top/runners/bisect.sh" --arch \
		riscv32 --id x --kernel "$work/tree"
	expect step/unknown-arch 130 'unknown' "$work/top/runners/bisect.sh" --arch vax --id a/b/c \
		--kernel "$work/tree"
	expect step/unknown-engine 130 "no engine is called 'x'" "$work/top/runners/bisect.sh" \
		--arch riscv32 --id a/b/c --kernel "$work/tree" --engines x
	expect step/unknown-option 130 "unknown argument" "$work/top/runners/bisect.sh" --what
	expect step/no-case 130 "needed" "$work/top/runners/bisect.sh" --arch riscv32
	expect step/two-cases 130 "one of them" "$work/top/runners/bisect.sh" --arch riscv32 --id \
		a/b/c --case x
	expect step/qemu-missing 131 'qemu-system-none is not installed' \
		"$work/top/runners/bisect.sh" --arch m68k --id a/b/c --kernel "$work/tree"

	# under git bisect run, in the user's own tree
	history "$work/run" 'jit PASS' 'jit PASS' nobuild 'jit PASS' 'jit FAIL' 'jit FAIL' \
		'jit FAIL'
	git -C "$work/run" bisect start v7 v1 >/dev/null
	expect step/git-bisect-run 0 "$(git -C "$work/run" rev-parse v5) is the first bad commit" \
		git -C "$work/run" bisect run "$work/top/runners/bisect.sh" --arch riscv32 --id \
		a/b/c
	history "$work/run" 'jit PASS' 'jit PASS' noqemu 'jit FAIL' 'jit FAIL'
	git -C "$work/run" bisect start v5 v1 >/dev/null
	"$work/top/runners/bisect.sh" --help >"$log"
	says step/help '^usage: git bisect run'
	git -C "$work/run" bisect run "$work/top/runners/bisect.sh" --arch riscv32 --id a/b/c \
		>"$log" 2>&1
	[ $? -ne 0 ] && ! grep -q 'is the first bad' "$log"
	result $? step/harness-failure-stops-git
}

# range GOOD BAD: the whole bisection of $work/repo
range() {
	rm -f "$work/log"
	env KERNEL="$work/repo" GOOD="$1" BAD="$2" ARCH=riscv32 ID="${id:-a/b/c}" \
		RUN="$work/result" \
		sh -c 'echo $$ >"$LOG.pid" && exec "$0"' "$work/top/runners/bisect_range.sh"
}

# as many builds as that
builds() {
	[ "$(wc -l <"$work/log")" -le "$2" ]
	result $? "$1" "$(wc -l <"$work/log") builds, not $2"
}

range_all() {
	ok='interp PASS, jit PASS' bad='interp PASS, jit FAIL vector 0'
	history "$work/repo" "$ok" "$ok" "$ok" "$ok" nobuild "$ok" 'interp PASS, jit FALLBACK' \
		"$ok" "$bad" "$bad" noboot "$bad"
	git -C "$work/repo" checkout -q v3
	echo dirty >"$work/repo/number"
	footprint "$work/repo" >"$work/before"
	expect range/found 0 'first bad commit: [0-9a-f]* change 9' range v1 v12
	builds range/builds 7
	says range/author 'author: A Person <person@example.org>'
	says range/progress 'step 1 of ~[34]: [0-9a-f]* change [0-9]*: [a-z]*: .* \([0-9]* s\)'
	says range/bad-evidence 'jit FAIL vector 0'
	says range/good-evidence '^good [0-9a-f]* change 8'
	[ -s "$work/result/bisect.log" ] && [ -s "$work/result/report.txt" ]
	result $? range/kept
	footprint "$work/repo" >"$work/after"
	cmp -s "$work/before" "$work/after"
	result $? range/the-user-s-repository-is-as-it-was

	expect range/bad-is-not-bad 2 'BAD=v8 is not bad: interp, jit PASS' range v1 v8
	expect range/good-is-not-good 2 'GOOD=v9 is not good: jit FAIL' range v9 v12
	expect range/good-does-not-build 2 'GOOD=v5 is not good: does not build' range v5 v12
	expect range/turned-round 2 'the other way round' range v12 v9
	expect range/no-commit 2 'GOOD=v99 is no commit' range v99 v9
	expect range/same 2 'the same commit' range v9 v9
	id=x expect range/unknown-id 2 'no case is called' range v1 v12

	# an interruption: the same command goes on
	for at in 1 2 4; do
		rm -f "$work/log"
		echo $at >"$work/log.left"
		expect "range/interrupted-$at" 130 'interrupted; the same command goes on' range \
			v1 v12
		expect "range/resumed-$at" 0 'first bad commit: [0-9a-f]* change 9' range v1 v12
		builds "range/resumed-$at-builds" $((8 - at))
	done

	# nothing but skipped commits between good and bad
	history "$work/repo" "$ok" nobuild noboot "$bad"
	expect range/only-skipped 1 'cannot be judged' range v1 v4
	says range/only-skipped-lists 'change 2: does not build'
	history "$work/repo" "$ok" nospace "$bad"
	expect range/harness-fails 3 'the harness failed; the same command goes on' range v1 v3
	# what is bad is what BAD shows: another finding is another bug
	history "$work/repo" "$ok" "$ok" 'jit REJECT errno 22' "$ok" "$bad" "$bad" "$bad"
	expect range/another-finding 0 'first bad commit: [0-9a-f]* change 5' range v1 v7
	# a side branch
	history "$work/repo" "$ok" "$ok" "$ok"
	git -C "$work/repo" checkout -q -b side v1
	echo "$bad" >"$work/repo/word" && git -C "$work/repo" commit -q -a -m 'the side is wrong'
	expect range/side-branch 0 'first bad commit: [0-9a-f]* the side is wrong' range v3 side
	# a merge
	history "$work/repo" "$ok"
	git -C "$work/repo" checkout -q -b side
	echo side >"$work/repo/side" && git -C "$work/repo" add -A &&
		git -C "$work/repo" commit -q -m 'the side is right'
	echo "$bad" >"$work/repo/word" && git -C "$work/repo" commit -q -a -m 'the side is wrong'
	git -C "$work/repo" checkout -q -b main2 v1
	echo 2 >"$work/repo/number" && git -C "$work/repo" commit -q -a -m 'main goes on'
	git -C "$work/repo" merge -q -m 'merge of the side' side
	expect range/merge 0 'first bad commit: [0-9a-f]* the side is wrong' range v1 main2
}

# ---- for real ----

# Debian's source as one commit, kept in the cache: the files are shared with the unpacked source
imported() {
	base=$(KERNEL='' images/kernel.sh --tree) || exit 3
	import=$cache/test/${base##*/}.git
	[ ! -f "$import/done" ] || return 0
	rm -rf "$import"
	mkdir -p "$import" || exit 3
	git init -q --bare "$import" || exit 3
	g="git --git-dir=$import --work-tree=$base -c core.compression=1"
	g="$g -c core.looseCompression=1 -c gc.auto=0"
	# -f: Debian's .gitignore leaves nothing
	$g add -A -f . && $g commit -q -m 'Debian source' && : >"$import/done" || exit 3
}

# change SUBJECT FILE SED: one commit
change() {
	sed -i "$3" "$linux/arch/riscv/net/$2"
	git -C "$linux" diff --quiet && echo "# '$1' changes nothing" && exit 3
	git -C "$linux" commit -q -a -m "$1" || exit 3
}

real() {
	imported
	# always in the same place, so that the objects of the last time serve again
	linux=${import%/*}/linux
	rm -rf "$linux"
	# a person's repository, of which only the directory that matters is checked out
	git clone -q --shared --no-checkout "$import" "$linux" || exit 3
	git -C "$linux" sparse-checkout set arch/riscv/net && git -C "$linux" checkout -q || exit 3
	git -C "$linux" tag v-good
	change 'riscv, bpf: Say what emit_alu_r64 takes' bpf_jit_comp32.c \
		's|^static void emit_alu_r64(|/* dst op= src */\n&|'
	change 'riscv, bpf: The upper half first in and' bpf_jit_comp32.c \
		'/^static void emit_alu_r64/,/^}/{/case BPF_AND/{n;h;d};/rv_and(hi/G}'
	change 'riscv, bpf: The upper half first in or' bpf_jit_comp32.c \
		'/^static void emit_alu_r64/,/^}/{/case BPF_OR/{n;h;d};/rv_or(hi/G}'
	change 'riscv, bpf: The upper half first in xor' bpf_jit_comp32.c \
		'/^static void emit_alu_r64/,/^}/{/case BPF_XOR/{n;h;d};/rv_xor(hi/G}'
	change 'riscv, bpf: A word on passes' bpf_jit_core.c \
		'0,/^struct bpf_prog \*bpf_int_jit_compile/s//\/* until nothing shrinks *\/\n&/'
	change 'riscv, bpf: Name the borrow' bpf_jit_comp32.c \
		'/^static void emit_alu_r64/,/^}/'\
's|emit(rv_sltu(RV_REG_T0, lo(rd), lo(rs)), ctx);|emit(rv_borrow(RV_REG_T0, rd, rs), ctx);|'
	change 'riscv, bpf: Define the borrow' bpf_jit_comp32.c \
		's|^/\* dst op= src \*/|#define rv_borrow(to, a, b) rv_sltu(to, lo(a), lo(b))\n\n&|'
	change 'riscv, bpf: One constant less' bpf_jit.h \
		'0,/^#define _BPF_JIT_H/s//&\n\/* shared by 32 and 64 bits *\//'
	change 'riscv, bpf: Simplify the borrow' bpf_jit_comp32.c \
		's|rv_sltu(to, lo(a), lo(b))|rv_sltu(to, lo(b), lo(a))|'
	first=$(git -C "$linux" rev-parse HEAD)
	change 'riscv, bpf: Say what emit_alu_r32 takes' bpf_jit_comp32.c \
		's|^static void emit_alu_r32(|/* dst op= src, 32 bits */\n&|'
	change 'riscv, bpf: Say what emit_alu_i64 takes' bpf_jit_comp32.c \
		's|^static void emit_alu_i64(|/* dst op= imm */\n&|'
	change 'riscv, bpf: Say what emit_alu_i32 takes' bpf_jit_comp32.c \
		's|^static void emit_alu_i32(|/* dst op= imm, 32 bits */\n&|'
	echo 'not committed' >>"$linux/arch/riscv/net/Makefile"
	footprint "$linux" >"$work/before"
	run=$O/bisect-test
	rm -rf "$run"
	start=$(date +%s)
	expect real/found 0 'first bad commit: [0-9a-f]* riscv, bpf: Simplify the borrow' \
		env KERNEL="$linux" GOOD=v-good BAD=HEAD ARCH=riscv32 ID=alu/sub64/r3_r4 \
		RUN="$run" O="$O" \
		make --no-print-directory bisect
	grep '^bisect:' "$log" | sed 's/^/# /'
	echo "# $(($(date +%s) - start)) s"
	says real/sha "$first"
	says real/not-compiling 'Name the borrow: skipped: does not build'
	says real/bad-side 'jit FAIL vector .* r3 expected .* observed'
	says real/good-side '^     jit PASS'
	grep -q 'r3 -= r4' "$run/$first.repro" &&
		grep -q 'r3 .* fffffffffffffffe .*00000000fffffffe' "$run/$first.repro"
	result $? real/repro-of-the-bad-side
	footprint "$linux" >"$work/after"
	cmp -s "$work/before" "$work/after"
	result $? real/the-user-s-repository-is-as-it-was
}

fake_top
for part in $parts; do
	case $part in
	steps) steps ;;
	range) range_all ;;
	real) XDG_CACHE_HOME=${cache%/checkjit} && real ;;
	*) echo "bisect.sh: no part '$part'" >&2 && exit 2 ;;
	esac
done
finish
