#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Runs units on many machines with GNU parallel.
set -u
here=$(cd "$(dirname "$0")" && pwd) || exit 3
me=hosts
. "$here/lib.sh"

help() {
	cat <<EOT
usage: hosts.sh DIR HOSTS VERSION SETTINGS   (environment: CHECKJIT)
Run the units of DIR/list, lines "ARCH SHARD NSHARDS", on the machines of HOSTS
(a file as parallel --sshloginfile reads it). Results go to
DIR/ARCH-SHARDofNSHARDS. What is done there already is not done again
(DIR/joblog). A unit that fails runs again, on another machine if there is one.
Exit codes: 0, 3 a unit has no whole results.
EOT
}
case ${1-} in -h | --help) help && exit 0 ;; esac
[ $# -eq 4 ] || { help >&2 && exit 2; }
dir=$1 hosts=$2
# shellcheck disable=SC2016 # for the other side
unit="env $4 CHECKJIT='$checkjit' '$here/unit.sh' '$3'"
machines=$(grep -c '^[^#]' "$hosts")

# A machine that is gone does not say so. A line may name ssh with options of its own.
ssh="ssh -o BatchMode=yes -o ConnectTimeout=10 -o ServerAliveInterval=10 -o ServerAliveCountMax=3"
sed -E "s#(^|/)ssh #\\1$ssh #" "$hosts" >"$dir/hosts" || die "cannot write to $dir"
export PARALLEL_SSH="$ssh"
parallel --will-cite --sshloginfile "$dir/hosts" --sshdelay 0.1 --joblog "$dir/joblog" \
	--resume-failed --retries $((machines + 1)) --colsep ' ' \
	--results "$dir/{1}-{2}of{3}/" "$unit {1} {2} {3}" :::: "$dir/list" >/dev/null
status=$?

for tar in "$dir"/*/stdout; do
	[ -s "$tar" ] || continue
	tar -xzf "$tar" -C "${tar%/*}" || die "$tar is damaged"
	rm -f "$tar"
done
[ $status -eq 0 ] || die "a unit has no whole results: $dir/joblog and $dir/*/stderr say more"
