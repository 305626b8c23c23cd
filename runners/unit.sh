#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# One unit of a run on many machines.
set -u
here=$(cd "$(dirname "$0")" && pwd) || exit 3
me=unit
. "$here/lib.sh"

help() {
	cat <<EOT
usage: unit.sh VERSION ARCH SHARD NSHARDS   (environment: CHECKJIT, and settings)
Run that shard of the cases on ARCH and print its results, as a compressed tar.
VERSION is the checkjit that this machine must have. Exit codes: 0 they are
whole, 3 they are not, or there are none.
EOT
}
case ${1-} in -h | --help) help && exit 0 ;; esac
[ $# -eq 4 ] || { help >&2 && exit 2; }
cd "$here/.." || exit 3
# on the machine where the run was started, the settings of the run are in the environment
unset HOSTS SHARDS RESUME V LAVA GITHUB_ACTIONS
unit="$2 $3/$4 on $(hostname)"
have=$("$checkjit" --version) || die "$unit: $checkjit does not run (expected one of \`make all\`)"
[ "$have" = "$1" ] || die "$unit: $have (expected $1, as where the run was started)"

# units of one arch may run at the same time: each has its own agent and initramfs
work=$(mktemp -d) || die "$unit: no space left for a temporary file"
trap 'rm -rf "$work"' EXIT
trap 'exit 3' HUP INT TERM
mkdir "$work/run" || die "$unit: no space left"
start=$(date +%s)
O=$work/build RUN=$work/run ARCH=$2 SHARD=$3/$4 "$checkjit" job run >"$work/run/$2.log" 2>&1
status=$?
rm -f "$work/run/junit.xml" "$work/run/kcidb.json.gz" "$work/run/matrix.txt"
say "$unit: $(($(date +%s) - start)) s, exit code $status"
[ -s "$work/run/$2.jsonl" ] || tail -n 5 "$work/run/$2.log" >&2
tar -c -C "$work/run" . | gzip -c || exit 3
# findings are results like others
case $status in
0 | 1) [ -s "$work/run/$2.jsonl" ] || exit 3 ;;
*) exit 3 ;;
esac
