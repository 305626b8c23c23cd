#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# WATCH=1: another round after each change of a source file, and only then.
set -u
top=$(cd "$(dirname "$0")/.." && pwd) || exit 3
cd "$top" || exit 3

case ${1-} in -h | --help) echo "usage: tests/watch.sh" && exit 0 ;; esac
# shellcheck source=tests/lib.sh
. tests/lib.sh
export XDG_CACHE_HOME="$work/cache"

# a tree whose build fails at once, so that a round takes seconds
tree=$work/tree
mkdir -p "$tree/arch/x86/net" "$tree/kernel/bpf" || exit 3
touch "$tree/Kconfig" "$tree/kernel/bpf/core.c"
printf 'VERSION = 7\nPATCHLEVEL = 3\nallnoconfig:\n\tfalse\n' >"$tree/Makefile"

expect no-tree 2 'WATCH=1 needs KERNEL= and a source tree' "$checkjit" job run WATCH=1
expect no-jit 2 'has no arch/\*/net' \
	"$checkjit" job run WATCH=1 ARCH=x86_64 KERNEL="$top/docs" RUN="$work/none"
expect patches 2 'PATCHES= and RESUME= do not' \
	"$checkjit" job run WATCH=1 KERNEL="$tree" PATCHES="$top/README.md"

# rounds N: until the Nth round waits for a change
rounds() {
	for _ in $(seq 120); do
		[ "$(grep -c 'waiting for a change' "$log")" -lt "$1" ] || return 0
		sleep 1
	done
	return 1
}

"$checkjit" job run WATCH=1 ARCH=x86_64 KERNEL="$tree" RUN="$work/run" >"$log" 2>&1 </dev/null &
pid=$!
rounds 1
result $? first-round 'it does not wait for a change'
touch "$tree/arch/x86/net/.jit.c.swp" "$tree/arch/x86/net/jit.o"
sleep 2
[ "$(grep -c 'results go to' "$log")" -eq 1 ]
result $? other-files 'an editor file or an object starts a round'
touch "$tree/arch/x86/net/jit.c" "$tree/kernel/bpf/core.c" "$tree/kernel/bpf/core.c"
rounds 2
result $? second-round 'no round after a change'
[ "$(grep -c 'changed: arch/x86/net/jit.c$' "$log")" -eq 1 ] &&
	[ "$(grep -c 'changed: kernel/bpf/core.c$' "$log")" -eq 1 ]
result $? changed 'the files that changed are not said once each'
says directory "results go to $work/run-2"
kill -TERM $pid
wait $pid
result $(($? == 3 ? 0 : 1)) exit-code 'expected that of the last round, 3'
finish
