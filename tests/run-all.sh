#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The main job itself: all architectures, all engines, all cases; nothing new may be found, nothing may be lost.
set -u
top=$(cd "$(dirname "$0")/.." && pwd) || exit 3
cd "$top" || exit 3

[ "${1-}" != --help ] || { echo "usage: tests/run-all.sh" && exit 0; }
. tests/settings.sh
run=$O/check-run
rm -rf "$run"
rc=0

result() {
	if [ "$1" -eq 0 ]; then
		echo "ok run-all: $2"
	else
		echo "not ok run-all: $2"
		rc=1
	fi
}

# how many records of written cases of architecture $1 match the pattern $2
records() {
	grep -v '^{"id":"gen/' "$run/$1.jsonl" 2>/dev/null | grep -c "$2"
}

# how many generated cases of architecture $1 have a verdict on engine $2
generated() {
	grep "^{\"id\":\"gen/.*\"engine\":\"$2\"" "$run/$1.jsonl" 2>/dev/null |
		awk '{ n += match($0, /"cases":[0-9]+/) ? substr($0, RSTART + 8, RLENGTH - 8) : 1 } END { print n + 0 }'
}

RUN=$run runners/run.sh run >"$O/check-run.log" 2>&1
status=$?
tail -n 40 "$O/check-run.log" | sed 's/^/# /'
[ $status -eq 0 ]
result $? "exit status $status, expected 0: nothing that results/known does not know"

cases=$("$O/checkjit" list | wc -l)
for a in $(runners/qemu/arch.sh --list); do
	[ "$(tail -n 1 "$run/$a.jsonl" 2>/dev/null | cut -c 1-9)" = '{"totals"' ]
	result $? "$a: the records are complete"
	[ "$(records "$a" '"engine":"interp"')" -eq $((cases + 1)) ]
	result $? "$a: every case has a verdict on the interpreter"
	[ "$(records "$a" '"engine":"interp","verdict":"PASS"')" -gt $((cases / 2)) ]
	result $? "$a: most pass on the interpreter"
	n=$(generated "$a" jit)
	[ "$n" -gt 900 ] && [ "$(generated "$a" interp)" -ge $((n / 4)) ] && [ "$(generated "$a" raw_jit)" -gt 20000 ]
	result $? "$a: $n generated cases have a verdict on the JIT, a quarter of them on the interpreter, and many more on the raw engines"
	awk -f tests/ktap.awk "$run/$a.ktap"
	result $? "$a: the KTAP is valid"
	if grep -q '"jit":{"have":true' "$run/$a.jsonl"; then
		[ "$(records "$a" '"engine":"jit","verdict":"PASS"')" -gt $((cases / 4)) ]
		result $? "$a: the JIT ran"
		proven=$(grep '"engine":"jit","verdict":"PASS"' "$run/$a.jsonl" | grep '"vectors":[1-9]' | grep -c '"jited":0')
		[ "$proven" -eq 0 ]
		result $? "$a: what passed on the JIT was native code"
	else
		[ "$(records "$a" 'no JIT in this kernel')" -gt "$cases" ]
		result $? "$a: there is no JIT, and every record says so"
	fi
done
for f in junit.xml kcidb.json; do
	[ -s "$run/$f" ]
	result $? "$f was written"
done

# with everything cached, no kernel is built again
start=$(date +%s)
runners/run.sh images >/dev/null 2>"$O/check-images.log"
status=$?
[ $status -eq 0 ] && ! grep -qi 'building' "$O/check-images.log"
result $? "a second time nothing is built ($(($(date +%s) - start)) s)"
exit $rc
