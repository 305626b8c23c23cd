#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# A kernel built with BTF=1 runs what needs type information; one without skips it.
set -u
top=$(cd "$(dirname "$0")/.." && pwd) || exit 3
cd "$top" || exit 3

case ${1-} in -h | --help) echo "usage: tests/btf.sh [ARCH]   (default: arm64)" && exit 0 ;; esac
arch=${1:-arm64}
# shellcheck source=tests/lib.sh
. tests/lib.sh
test_name=btf/$arch
out=$O/btf-$arch
rm -rf "$out"
mkdir -p "$out" || exit 3

# run NAME VARIABLE=VALUE...: its results go to $out/NAME
run() {
	_run=$1
	shift
	expect "$_run" 0 '' env ARCH="$arch" RUN="$out/$_run" "$@" runners/run.sh run
}

topics=''
for topic in cases/*/; do
	! grep -qE '^[[:space:]]needs.*(kfunc|probe_mem|exceptions|trace_kernel)' "$topic"/*.case ||
		topics="$topics $(basename "$topic")"
done

# ---- with BTF: written cases ----

run written CASES="$topics" SWEEP=none BTF=1 ENGINES='jit jit_hardened'
for t in $topics; do
	instances=$("$checkjit" list "$t/*" | wc -l)
	for engine in jit jit_hardened; do
		equals "$instances" \
			"$(count "$out/written" id="$t/.*" engine=$engine 'verdict=(PASS|XFAIL)')"
		result $? "written/$t/$engine" "not all of $instances pass, but for known failures"
	done
done
equals 0 "$(count "$out/written" verdict=NOT_TESTED)"
result $? written/survival 'the verifier has removed insns under test'

# ---- with BTF: generated cases ----

families='kfunc_args kfunc_ret kfunc_saved throw tramp_kernel tramp_prog tramp_many tramp_nest'
selected='gen/kfunc_* gen/throw gen/tramp_kernel/s8'
selected="$selected gen/tramp_prog/both gen/tramp_many/mixed gen/tramp_nest/both"
run generated CASES="$selected" SWEEP=nightly BTF=1 ENGINES=jit
set -f
# shellcheck disable=SC2086 # a list of globs
"$checkjit" list $selected >"$work/selected"
set +f
for f in $families; do
	want=$(grep -c "^gen/$f/" "$work/selected")
	passed=$(count "$out/generated" id="gen/$f/.*" 'verdict=(PASS|XFAIL)')
	[ "$want" -gt 0 ] && equals "$want" "$passed"
	result $? "generated/$f" "$passed of $want pass"
done

# ---- without ----

run without CASES="$topics" SWEEP=none ENGINES='interp jit'
for t in $topics; do
	skipped=$(count "$out/without" id="$t/.*" engine=jit verdict=SKIP)
	case $t in
	# a part of these needs no BTF
	tailcalls | trampolines) [ "$skipped" -gt 0 ] &&
		[ "$(count "$out/without" id="$t/.*" engine=jit verdict=PASS)" -gt 0 ] ;;
	*) equals "$("$checkjit" list "$t/*" | wc -l)" "$skipped" ;;
	esac
	result $? "without/$t" "$skipped skipped"
done
finish
