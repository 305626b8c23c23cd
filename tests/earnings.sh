#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What the written cases of each folder cost on each engine, and which planted bugs they find.
set -u
top=$(cd "$(dirname "$0")/.." && pwd) || exit 3

help() {
	cat <<EOT
usage: tests/earnings.sh STATS...
STATS are <arch>.stats of runs. Prints a line for each folder of cases and each engine that cost a
second or more: the seconds, how many bugs of tests/planted/list show there, and how many show in
this folder alone. An engine with load flags finds what jit finds.
EOT
}

case ${1-} in -h | --help) help && exit 0 ;; esac
[ $# -gt 0 ] || { help >&2 && exit 2; }
for f; do
	grep -q '^part=' "$f" ||
		{ echo "$f: no costs of folders in it (expected lines part=…)" >&2 && exit 2; }
done

# FOLDER ENGINE PLANT: where each bug shows
shows() {
	awk '!/^#/ && NF {
		n = split($7, ids, ",")
		for (i = 1; i <= n; i++) {
			if (ids[i] ~ /^!/)
				continue
			on = $5
			if (split(ids[i], two, ":") == 2) { on = two[1]; ids[i] = two[2] }
			folder = ids[i]
			sub("/.*", "", folder)
			k = split(on, engines, ",")
			for (e = 1; e <= k; e++) print folder, engines[e], $1
		}
	}' "$top/tests/planted/list" | sort -u
}

shows | awk '
	FNR == NR {
		found[$1 " " $2]++
		if (!seen[$1 " " $3]++) folders[$3]++
		where[$1 " " $2 " " $3] = 1
		next
	}
	/^part=/ {
		split($1, part, /[=\/]/)
		split($2, s, "=")
		seconds[part[2] " " part[3]] += s[2]
	}
	END {
		for (w in where) {
			split(w, f, " ")
			if (folders[f[3]] == 1) alone[f[1] " " f[2]]++
		}
		for (p in seconds) {
			if (seconds[p] < 1) continue
			split(p, f, " ")
			printf "%-14s %-14s %8.1f s %4d found %4d only here\n", f[1], f[2],
				seconds[p], found[p], alone[p]
		}
	}' - "$@" | sort -k3,3 -rn
