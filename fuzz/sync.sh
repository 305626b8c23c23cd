#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Exchange the queues of several machines that fuzz the same arch: each afl-fuzz takes over the
# interesting inputs of the others.
set -u
top=$(cd "$(dirname "$0")/.." && pwd) || exit 3
[ -n "${CHECKJIT-}" ] || cd "$top" || exit 3
me=sync
. "$top/runners/lib.sh"

help() {
	cat <<EOT
usage: fuzz/sync.sh PEER...     (make fuzz-sync PEERS=…)
Give each PEER this machine's queues and finds, and take its own: HOST:DIR or DIR, \
a checkout's results/fuzz, as rsync has it.
Every machine has a name of its own, MACHINE=, with which \`make fuzz\` runs there.

environment: MACHINE; EVERY: seconds after which it is done again, until Ctrl-C; \
FUZZ_DIR: instead of results/fuzz
Exit codes: 0, 2 usage, 3 a peer that cannot be reached: the others were served.
EOT
}

case ${1-} in -h | --help) help && exit 0 ;; esac
# shellcheck disable=SC2086 # a list
[ $# -gt 0 ] || set -- ${PEERS-}
[ $# -gt 0 ] || die 'PEERS= wants one at least (fuzz/sync.sh --help)' 2
case ${MACHINE-} in
'' | *[!a-z0-9]*)
	die "MACHINE=${MACHINE-} (expected this machine's name, of a-z and 0-9, \
under which \`make fuzz\` runs here)" 2
	;;
esac
case ${EVERY-1} in *[!0-9]* | '' | 0) die "EVERY=$EVERY (expected seconds)" 2 ;; esac
command -v rsync >/dev/null || die 'rsync is missing' 3
FUZZ_DIR=${FUZZ_DIR:-results/fuzz}

# copy FROM TO: queues of all instances, finds and their counts. Only one machine writes each file,
# so the newer one is right.
copy() {
	rsync -rtu --prune-empty-dirs --include='/*/' \
		--include='/*/afl/' --include='/*/afl/*/' \
		--include='/*/afl/*/queue/' --include='/*/afl/*/queue/id:*' \
		--include='/*/finds/' --include='/*/finds/*.*' --exclude='*' "$1/" "$2/"
}

mkdir -p "$FUZZ_DIR" || exit 3
while :; do
	failed=0
	for peer; do
		copy "$FUZZ_DIR" "$peer" && copy "$peer" "$FUZZ_DIR" || {
			say "$peer could not be served" && failed=3
		}
	done
	[ -n "${EVERY-}" ] || break
	echo "sync: $(date +%T): $(find "$FUZZ_DIR" -path '*/queue/*' -type f | wc -l) inputs here"
	sleep "$EVERY"
done
exit $failed
