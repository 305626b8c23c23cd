#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Two machines' queues and finds, exchanged: everybody's in both places, of each file what its owner
# wrote last.
set -u
top=$(cd "$(dirname "$0")/.." && pwd) || exit 3
cd "$top" || exit 3

case ${1-} in -h | --help) echo "usage: tests/fuzz-sync.sh" && exit 0 ;; esac
# shellcheck source=tests/lib.sh
. tests/lib.sh

# machine NAME: what `make fuzz MACHINE=NAME` leaves
machine() {
	d=$work/$1/um
	mkdir -p "$d/afl/$1-main/queue/.state" "$d/afl/$1-main/crashes" "$d/finds/later" "$d/corpus"
	echo "$1 0" >"$d/afl/$1-main/queue/id:000000,orig:x"
	echo "$1 1" >"$d/afl/$1-main/queue/id:000001,src:000000"
	echo own >"$d/afl/$1-main/fuzzer_stats"
	echo own >"$d/afl/$1-main/queue/.state/own"
	echo own >"$d/$1-main.stats"
	echo "$1" >"$d/finds/state.jit.$1.case"
	echo "1 state.jit.$1" >"$d/finds/$1-main.counts"
}

machine a
machine b
# a knows an old count of b's
echo '0 state.jit.b' >"$work/a/um/finds/b-main.counts"
touch -d '1 hour ago' "$work/a/um/finds/b-main.counts"
MACHINE=a FUZZ_DIR="$work/a" fuzz/sync.sh "$work/b" >"$log" 2>&1
[ $? -eq 0 ] && [ ! -s "$log" ]
result $? served
for d in a b; do
	[ "$(cat "$work/$d"/um/afl/*/queue/id:* | sort | tr '\n' ' ')" = 'a 0 a 1 b 0 b 1 ' ]
	result $? "$d.queues"
	[ "$(cat "$work/$d"/um/finds/*.case "$work/$d"/um/finds/*.counts | tr '\n' ' ')" = \
		'a b 1 state.jit.a 1 state.jit.b ' ]
	result $? "$d.finds"
done
[ -z "$(find "$work/a" -path '*b-main*' \( -name fuzzer_stats -o -name own -o -name '*.stats' \))" ]
result $? state.own 'what belongs to one afl-fuzz was copied'

expect peer.missing 3 'nowhere.* could not be served' env MACHINE=a FUZZ_DIR="$work/a" \
	fuzz/sync.sh /proc/nowhere "$work/b"
expect peer.none 2 'PEERS= wants one' env MACHINE=a fuzz/sync.sh
expect name.none 2 'MACHINE= \(expected' env MACHINE= fuzz/sync.sh "$work/b"
expect name.bad 2 'MACHINE=a/b \(expected' env MACHINE=a/b fuzz/sync.sh "$work/b"
expect every.bad 2 'EVERY=soon \(expected' env MACHINE=a EVERY=soon fuzz/sync.sh "$work/b"
finish
