#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Small nights on a real guest: what they record, what they report, and what a kill leaves.
set -u
top=$(cd "$(dirname "$0")/.." && pwd) || exit 3
cd "$top" || exit 3

help() {
	cat <<EOT
usage: tests/nightly.sh [KILLS]   (default: 2)
KILLS: how often a night is killed, each time at another moment
EOT
}
case ${1-} in -h | --help) help && exit 0 ;; esac
kills=${1:-2}
# shellcheck source=tests/lib.sh
. tests/lib.sh

ARCH=x86_64 CASES='alu/neg64 gen/unary/*' TIME=10m HISTORY=$work/history.db
export ARCH CASES TIME HISTORY
# its runs go below results/, where it is called; runs must not stay there
mkdir "$work/there" || exit 3
for f in *; do
	case $f in results) ;; *) ln -s "$top/$f" "$work/there/$f" ;; esac
done
mkdir "$work/there/results" && ln -s "$top/results/known" "$work/there/results/known" || exit 3
cd "$work/there" || exit 3

nightly() {
	env "$@" "$checkjit" job nightly
}
history() {
	"$checkjit" history --db "$HISTORY"
}

# ---- bad input ----

expect time 2 'TIME=never \(expected seconds' nightly TIME=never
expect time-zero 2 'TIME=0 \(expected' nightly TIME=0
expect fuzz 2 'FUZZ=never \(expected seconds' nightly FUZZ=never
expect fuzz-all 2 'FUZZ=10m leaves nothing of the night' nightly FUZZ=10m
expect mail-header 2 'MAILTO=' nightly MAILTO='a@b
Bcc: everybody@example.org'
expect target 2 'TARGET=local is a machine' nightly TARGET=local I_KNOW=1
[ ! -e "$HISTORY" ]
result $? bad-input-makes-nothing

# ---- one night, and the next ----

mkdir "$work/bin" || exit 3
cat >"$work/bin/sendmail" <<EOT
#!/bin/sh
echo "\$*" >"$work/mail.args"
cat >"$work/mail"
EOT
chmod +x "$work/bin/sendmail"
expect first 0 'the first night' nightly MAILTO=you@example.org PATH="$work/bin:$PATH"
says first/line '^x86_64 .* 0 +0 +0 +0$'
says first/quick '^x86_64 +quick +[0-9]+ s, [1-9][0-9]* checks, 0 new'
says first/enumerated '^x86_64 +gen/unary 1/1 '
says first/round 'Enumeration of all generated cases: x86_64 round [23]: '
cp "$log" "$work/first"
expect mail 0 '^Subject: checkjit nightly: 0 new, 0 changed' cat "$work/mail"
says mail/to '^To: you@example.org$'
grep -qx -- '-t -i' "$work/mail.args" && sed '1,/^$/d' "$work/mail" |
	cmp - results/nightly/*/summary.txt >"$log" 2>&1
result $? mail/body-is-the-report
expect second 0 'compared with the night of ' nightly
expect no-sendmail 0 '^To: you@example.org' sh -c \
	"PATH=/usr/bin:/bin TIME=20 MAILTO=you@example.org '$checkjit' job nightly >/dev/null 2>&1
	cat results/nightly/*/mail.txt"
expect history 0 ' x86_64  quick  ' history
says history/cursor 'x86_64 gen/unary +round '

# ---- two at once ----

mkfifo "$work/hold" || exit 3
flock "$HISTORY.lock" cat "$work/hold" >"$log" &
holder=$!
exec 9>"$work/hold"
echo 'process 1 on elsewhere since yesterday' >"$HISTORY.lock"
expect locked 3 'is locked by process 1 on elsewhere since yesterday' nightly
exec 9>&-
wait "$holder"

# ---- kill -9 ----

# The guests of a killed night end by themselves, and then the lock is free.
i=0
while [ $i -lt "$kills" ]; do
	rm -rf "$HISTORY" results/nightly
	"$checkjit" job nightly >"$log" 2>&1 &
	pid=$!
	# the moments are spread over the length of a night
	sleep "$(echo "$i $kills" | awk '{ srand(19 + $1); printf "%.2f", 1 + rand() * 20 }')"
	kill -9 "$pid" 2>/dev/null
	wait "$pid" 2>/dev/null
	tries=0
	until flock -n "$HISTORY.lock" true || [ $tries -gt 60 ]; do
		sleep 1
		tries=$((tries + 1))
	done
	expect "killed/$i" 0 'Enumeration of all generated cases: x86_64 round ' nightly
	history >"$work/after"
	begin "killed/$i/recorded-once"
	holds 'not one quick run' equals 1 "$(grep -c ' x86_64  quick  ' "$work/after")"
	holds 'a partial run' equals 0 "$(grep -c 'partial' "$work/after")"
	holds 'another number of runs' equals \
		"$(grep -c '^x86_64 .* checks, ' "$work/first")" \
		"$(grep -c ' x86_64  ' "$work/after")"
	end
	i=$((i + 1))
done
cd "$top" || exit 3
finish
