#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# A kernel built with BTF=1: what needs it runs there, and is skipped elsewhere.
set -u
top=$(cd "$(dirname "$0")/.." && pwd) || exit 3
cd "$top" || exit 3

case ${1-} in -h | --help) echo "usage: tests/btf.sh [ARCH]   (default: arm64)" && exit 0 ;; esac
arch=${1:-arm64}
. tests/lib.sh
test_name=btf/$arch
out=$O/btf-$arch
rm -rf "$out"
mkdir -p "$out" || exit 3
log=$out/log

# run WHERE: with the variables of the call
run() {
	ARCH=$arch RUN=$out/$1 ENGINES=${ENGINES:-'jit jit_hardened'} runners/run.sh run >"$log" 2>&1
	status=$?
	[ $status -eq 0 ]
	result $? "$1: the run finds nothing new (exit status $status)"
}

# count WHERE VERDICT TOPIC ENGINE: records
count() {
	grep '"id":"'"$3/" "$out/$1/$arch.jsonl" | grep -c '"engine":"'"$4"'","verdict":"'"$2"'"'
}

for topic in cases/*/; do
	grep -qE '^[[:space:]]needs.*(kfunc|probe_mem|exceptions|trace_kernel)' "$topic"/*.case && topics="${topics-} $(basename "$topic")"
done

CASES=$topics SWEEP=none BTF=1 run written
for t in $topics; do
	members=$("$O/checkjit" list "$t/*" | wc -l)
	for engine in jit jit_hardened; do
		[ $(($(count written PASS "$t" $engine) + $(count written XFAIL "$t" $engine))) -eq "$members" ]
		result $? "all of $t passes on $engine, but for known failures"
	done
done
! grep -q '"verdict":"NOT_TESTED"' "$out/written/$arch.jsonl"
result $? 'what is under test is in the translated programs'

CASES="gen/kfunc_* gen/throw gen/tramp_kernel/s8 gen/tramp_prog/both gen/tramp_many/mixed gen/tramp_nest/both" ENGINES=jit BTF=1 run generated
for f in kfunc_args kfunc_ret kfunc_saved throw tramp_kernel tramp_prog tramp_many tramp_nest; do
	[ "$(count generated PASS "gen/$f" jit)" -gt 0 ] && [ "$(count generated SKIP "gen/$f" jit)" -eq 0 ]
	result $? "gen/$f runs"
done

CASES=$topics SWEEP=none ENGINES='interp jit' run without
for t in $topics; do
	skipped=$(count without SKIP "$t" jit)
	case $t in
	tailcalls | trampolines) [ "$skipped" -gt 0 ] && [ "$(count without PASS "$t" jit)" -gt 0 ] ;;	# not all of it wants BTF
	*) [ "$skipped" -eq "$("$O/checkjit" list "$t/*" | wc -l)" ] ;;
	esac
	result $? "without BTF what needs it of $t is skipped"
done
finish
