#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The main job: all architectures, all engines, all cases. It finds nothing new, and loses nothing.
set -u
top=$(cd "$(dirname "$0")/.." && pwd) || exit 3
cd "$top" || exit 3

case ${1-} in -h | --help) echo "usage: tests/run-all.sh [ARCH...]   (default: all)" &&
	exit 0 ;; esac
# shellcheck source=tests/lib.sh
. tests/lib.sh
run=$O/check-run
rm -rf "$run"
# shellcheck disable=SC2046 # a list
[ $# -gt 0 ] || set -- $(runners/qemu/arch.sh --list)

# written and generated COLUMN=ERE...: how many such cases of $arch have a verdict like that
written() {
	count "$run" arch="$arch" 'id=([^g]|g[^e]|ge[^n]|gen[^/]).*' "$@"
}

generated() {
	count "$run" arch="$arch" 'id=gen/.*' "$@"
}

ARCH=$* RUN=$run runners/run.sh run >"$O/check-run.log" 2>&1
status=$?
tail -n 40 "$O/check-run.log" | sed 's/^/# /'
[ $status -eq 0 ]
result $? exit \
	"exit status $status: findings that results/known does not list, or a run that is not whole"

# and the null block
cases=$(($("$checkjit" list | wc -l) + 1))
for arch; do
	"$checkjit" results "$run" --arch "$arch" --columns id >/dev/null 2>"$log"
	result $? "$arch/complete" "$(cat "$log")"
	# the raw engines have all cases, the others a part of what these run
	all_on=raw_jit
	[ "$arch" != m68k ] || all_on=raw_interp
	equals "$cases" "$(written engine=$all_on)"
	result $? "$arch/raw/all" "$(written engine=$all_on) of $cases cases have a verdict"
	jit=$(written engine=jit) ran=$(written engine=interp)
	[ "$jit" -gt $((cases / 2)) ] && { [ "$arch" = m68k ] || [ "$jit" -lt "$cases" ]; } &&
		[ "$ran" -gt $((cases / 8)) ]
	result $? "$arch/shares" "$jit on jit and $ran on interp of $cases cases have a verdict"
	# raw cases, and what the interpreter, the kernel or the machine does not have, are skipped
	passed=$(written engine=interp verdict=PASS)
	why='raw engines only:|only native code|the interpreter has no|needs|known to kill'
	skipped=$(written engine=interp verdict=SKIP "reason=($why) .*")
	other=$(written engine=interp 'verdict=(XFAIL|NOT_TESTED)')
	equals "$ran" $((passed + skipped + other)) && [ "$passed" -gt $((ran / 3)) ] &&
		[ "$other" -lt 100 ]
	result $? "$arch/interp/pass" \
		"$passed of $ran pass, $skipped are skipped, $other are known or not tested"
	n=$(generated engine=jit) interp=$(generated engine=interp) raw=$(generated engine=raw_jit)
	[ "$n" -gt 450 ] && [ "$interp" -ge $((n / 5)) ] && [ "$raw" -gt 20000 ]
	result $? "$arch/generated" "$n on jit, $interp on interp, $raw on raw_jit"
	gunzip -c "$run/$arch.ktap.gz" >"$work/ktap"
	expect "$arch/ktap" 0 '' awk -f tests/ktap.awk "$work/ktap"
	case $arch in
	m68k)
		equals "$jit" "$(written engine=jit verdict=SKIP 'reason=no JIT in this kernel.*')"
		result $? "$arch/no-jit" 'not every record says so'
		continue
		;;
	esac
	passed=$(written engine=jit verdict=PASS)
	[ "$passed" -gt $((jit / 2)) ]
	result $? "$arch/jit/pass" "$passed of $jit pass"
	# what passed on the JIT, and was loaded at all, was native code
	interpreted=$(written engine=jit verdict=PASS jited=0 'vectors=[1-9].*')
	equals 0 "$interpreted"
	result $? "$arch/jit/native" "$interpreted passed without native code"
done
for f in junit.xml kcidb.json.gz; do
	[ -s "$run/$f" ]
	result $? "$f"
done

# with everything cached, no kernel is built again
start=$(date +%s)
ARCH=$* runners/run.sh images >"$log" 2>&1
status=$?
[ $status -eq 0 ] && ! grep -qi building "$log"
result $? cached "exit status $status, or a kernel is built again"
echo "# images: $(($(date +%s) - start)) s"
finish
