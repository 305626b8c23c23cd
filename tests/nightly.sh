#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Small nights on a real guest: what they record, what they report, and what ends them early.
set -u
top=$(cd "$(dirname "$0")/.." && pwd) || exit 3
cd "$top" || exit 3

help() {
	cat <<EOT
usage: tests/nightly.sh [kill N [FIRST] | plant | disk]   (default: nights of x86_64, and kill 2)
  kill N  a night of um is killed at N seeded moments, and gone on with; FIRST of
          them are left out
  plant   a bug is patched into the interpreter of um: the night finds it, with its page in the
          report; the next one without it says fixed
  disk    nights of um on disks that are too small
EOT
}
case ${1-} in -h | --help) help && exit 0 ;; esac
# shellcheck source=tests/lib.sh
. tests/lib.sh

# Its runs go below results/, where it is called; runs must not stay there.
mkdir "$work/there" || exit 3
for f in *; do
	case $f in results) ;; *) ln -s "$top/$f" "$work/there/$f" ;; esac
done
mkdir "$work/there/results" && ln -s "$top/results/known" "$work/there/results/known" || exit 3
cd "$work/there" || exit 3

ARCH=x86_64 CASES='alu/neg64 gen/unary/*' TIME=10m HISTORY=$work/history.db
export ARCH CASES TIME HISTORY

nightly() {
	env "$@" "$checkjit" job nightly
}

# recorded: the verdicts that each unit of the history counted. Not its checks: those of a run that
# was gone on with are of its second part.
recorded() {
	sqlite3 "$HISTORY" "SELECT u.text, e.text, verdict, t.cases, r.partial FROM total t
		JOIN run r ON r.id = t.run JOIN name u ON u.id = r.unit
		JOIN name e ON e.id = t.engine ORDER BY 1, 2, 3, 4"
}

intact() {
	[ "$(sqlite3 "$HISTORY" 'PRAGMA integrity_check')" = ok ]
}

# free: wait until the guests of a night that was killed are gone
free() {
	_tries=0
	until flock -n "$HISTORY.lock" true || [ $_tries -gt 120 ]; do
		sleep 0.5
		_tries=$((_tries + 1))
	done
}

# ---- nights ----

bad_input() {
	expect time 2 'TIME=never \(expected seconds' nightly TIME=never
	expect time-zero 2 'TIME=0 \(expected' nightly TIME=0
	expect fuzz 2 'FUZZ=never \(expected seconds' nightly FUZZ=never
	expect fuzz-all 2 'FUZZ=10m leaves nothing of the night' nightly FUZZ=10m
	expect mail-header 2 'MAILTO=' nightly MAILTO='a@b
Bcc: everybody@example.org'
	for set in TARGET=local HOSTS=/dev/null SHARDS=2 SHARD=1/2 ID=alu/neg64/r3 WATCH=1 \
		CPUS=all COVERAGE=1 STOP_AFTER=1; do
		expect "excluded/${set%%=*}" 2 "nightly and ${set%%=*}= exclude each other" \
			nightly "$set"
	done
	[ ! -e "$HISTORY" ]
	result $? bad-input-makes-nothing
}

nights() {
	mkdir "$work/bin" || exit 3
	cat >"$work/bin/sendmail" <<-EOT
		#!/bin/sh
		echo "\$*" >"$work/mail.args"
		cat >"$work/mail"
	EOT
	chmod +x "$work/bin/sendmail"
	expect first 0 'the first night' nightly MAILTO=you@example.org PATH="$work/bin:$PATH"
	says first/line '^x86_64 .* 0 +0 +0 +0$'
	says first/quick '^x86_64 +quick .* [0-9]+ s, [1-9][0-9]* checks, 0 new'
	says first/enumerated '^x86_64 +gen/unary 1/1 '
	says first/round 'Enumeration of all generated cases: x86_64 round [23]: '
	expect mail 0 '^Subject: checkjit nightly: 0 new, 0 changed' cat "$work/mail"
	says mail/to '^To: you@example.org$'
	grep -qx -- '-t -i' "$work/mail.args" && sed '1,/^$/d' "$work/mail" |
		cmp - results/nightly/*/summary.txt >"$log" 2>&1
	result $? mail/body-is-the-report
	grep -q 'The first night' results/nightly/*/html/news.html
	result $? first/html
	expect second 0 'compared with the night of ' nightly
	expect no-sendmail 0 '^To: you@example.org' sh -c \
		"PATH=/usr/bin:/bin TIME=20 MAILTO=you@example.org '$checkjit' job nightly \
			>/dev/null 2>&1
		cat results/nightly/*/mail.txt"
	expect history 0 ' x86_64  quick ' "$checkjit" history --db "$HISTORY"
	says history/cursor 'x86_64 gen/unary +round '
}

two_at_once() {
	mkfifo "$work/hold" || exit 3
	flock "$HISTORY.lock" cat "$work/hold" >"$log" &
	holder=$!
	exec 9>"$work/hold"
	echo 'process 1 on elsewhere since yesterday' >"$HISTORY.lock"
	expect locked 3 'is locked by process 1 on elsewhere since yesterday' nightly
	exec 9>&-
	wait "$holder"
}

# A case that fails and is deleted is gone, which is said once.
deleted_case() {
	mkdir -p "$work/cases/own" && cat >"$work/cases/own/own.case" <<-'EOT' || exit 3
		case fails
			reject EACCES
			prog
				r0 = 1
			end
		case passes
			prog
				r3 = -r3
			end
			vec     r3=1
	EOT
	ARCH=x86_64 HISTORY=$work/gone.db
	export CASES_DIR="$work/cases" CASES=own
	expect deleted/before 1 ': 1 new, .* 1 failing in all$' nightly
	says deleted/before/first '^  x86_64 .*  own/fails/one  FAIL  .7'
	sed -i '/^case fails/,/end$/d' "$work/cases/own/own.case"
	expect deleted/gone 0 ': 0 new, .* 0 failing in all$' nightly
	says deleted/gone/title '^Failed before, and do not run:$'
	says deleted/gone/case '^  x86_64 .*  own/fails/one  SKIP, was FAIL '
	says deleted/gone/why 'this checkjit has no such case'
	expect deleted/once 0 ': 0 new, .* 0 failing in all$' nightly
	! grep -q 'Failed before' "$log"
	result $? deleted/once/no-word
}

# ---- kill -9 ----

# moment I SECONDS: the I-th of seeded moments of a night that takes SECONDS
moment() {
	awk -v i="$1" -v seconds="$2" 'BEGIN {
		srand(19)
		for (k = 0; k <= i; k++)
			at = rand()
		printf "%.2f", 0.2 + at * seconds
	}'
}

# Neither a verdict that is lost nor one that is there twice: what is recorded is the same as
# without a kill.
kills() {
	rm -rf "$HISTORY" results/nightly
	expect kill/image 0 '' "$checkjit" job images
	begun=$(date +%s)
	expect kill/reference 0 'the first night' nightly
	seconds=$(($(date +%s) - begun))
	recorded >"$work/reference"
	i=${2:-0} went_on=
	while [ $i -lt "$1" ]; do
		rm -rf "$HISTORY" results/nightly
		"$checkjit" job nightly >"$log" 2>&1 &
		pid=$!
		sleep "$(moment $i $seconds)"
		kill -9 "$pid" 2>/dev/null
		wait "$pid" 2>/dev/null
		free
		expect "killed/$i" 0 '' nightly
		! grep -q 'going on with' "$log" || went_on=$went_on.
		begin "killed/$i/recorded-once"
		holds 'the database is damaged' intact
		recorded >"$work/after"
		# a night that had ended before it was killed is followed by another one
		if grep -q 'compared with' "$log"; then
			sort -u "$work/after" >"$work/once" && mv "$work/once" "$work/after"
			sort -u "$work/reference" >"$work/wanted"
		else
			sort "$work/reference" >"$work/wanted"
		fi
		sort "$work/after" | diff "$work/wanted" - >"$log" 2>&1
		holds 'other verdicts than without a kill' test ! -s "$log"
		end
		i=$((i + 1))
	done
	[ ${#went_on} -ge $((($1 - ${2:-0}) / 2)) ]
	result $? kill/went-on "${#went_on} nights were gone on with"
}

# ---- a bug that comes and goes ----

plant() {
	ARCH=um CASES='alu/neg64 gen/imm64/*'
	patch=$work/plant.patch
	cat >"$patch" <<-'EOT'
		--- a/kernel/bpf/core.c
		+++ b/kernel/bpf/core.c
		@@ -1949,5 +1949,5 @@
		 		CONT;
		 	ALU64_NEG:
		-		DST = -DST;
		+		DST = insn->dst_reg == BPF_REG_3 ? ~DST : -DST;
		 		CONT;
		 	ALU_MOV_X:
	EOT
	for kernel in '' "$patch"; do
		"$checkjit" job images PATCHES="$kernel" >"$log" 2>&1
		result $? "plant/image${kernel:+-patched}"
	done
	expect plant/before 0 ': 0 new, 0 changed, 0 fixed, 0 flaky, 0 failing in all$' nightly
	expect plant/with 1 ': 1 new, 0 changed, 0 fixed, 0 flaky, 1 failing in all$' \
		nightly PATCHES="$patch"
	says plant/with/case '^  um interp  alu/neg64/r3.0  FAIL, was PASS  '
	says plant/with/rerun "make repro ARCH=um ID=alu/neg64/r3.0 PATCHES=$patch"
	pages=$(sed -n 's|^Report: .*, \(.*\)/index.html$|\1|p' "$log")
	begin plant/with/page
	holds 'no link to its page' \
		grep -q 'finding/alu.neg64.r3.html.*FAIL\|FAIL.*finding/alu.neg64.r3.html' \
		"$pages/news.html"
	for words in '<code>0000000000000000</code>' '<mark>ffffffffffffffff</mark>' \
		'r3 = -r3' 'C reproducer' 'make repro ARCH=um ID=alu/neg64/r3.0'; do
		holds "no '$words' on its page" grep -qF "$words" "$pages/finding/alu.neg64.r3.html"
	done
	end
	expect plant/without 0 ': 0 new, 0 changed, 1 fixed, 0 flaky, 0 failing in all$' nightly
	says plant/without/case '^  um interp  alu/neg64/r3  PASS, was FAIL  '
	expect plant/after 0 ': 0 new, 0 changed, 0 fixed, 0 flaky, 0 failing in all$' nightly
}

# ---- a disk that fills up ----

# on_small_disk KB: in a mount namespace, a night on a disk of so many KB, then one on a larger disk
on_small_disk() {
	unshare -m sh -c '
		mount -t tmpfs -o size="$1k" none "$2" && mkdir "$2/nightly" || exit 9
		"$3" job nightly >"$4/small" 2>&1
		echo $? >"$4/small.rc"
		if [ -e "$2/history.db" ]; then
			sqlite3 "$2/history.db" "PRAGMA integrity_check" >"$4/small.db" 2>&1
		else
			echo ok >"$4/small.db"
		fi
		mount -o remount,size=64m "$2" || exit 9
		"$3" job nightly && cp "$2/history.db" "$4/after.db"' \
		small "$1" "$work/disk" "$checkjit" "$work"
}

disk() {
	ARCH=um
	if ! unshare -m true 2>/dev/null; then
		skip disk 'needs the right to mount'
		return
	fi
	expect disk/image 0 '' "$checkjit" job images
	expect disk/reference 0 'the first night' nightly
	recorded | sort -u >"$work/wanted"
	rm -rf results/nightly
	mkdir "$work/disk" && ln -s "$work/disk/nightly" results/nightly || exit 3
	HISTORY=$work/disk/history.db
	full=0
	for kb in 16 48 96 128 160 192 256 320 400 512 700 1000; do
		expect "disk/$kb-KB" 0 '' on_small_disk $kb
		begin "disk/$kb-KB/says-so"
		case $(cat "$work/small.rc") in
		0) ;;
		3)
			full=$((full + 1))
			holds 'no word of the disk' grep -qi 'no space left' "$work/small"
			;;
		*) because "exit status $(cat "$work/small.rc")" ;;
		esac
		holds 'the database is damaged' grep -qx ok "$work/small.db"
		HISTORY=$work/after.db recorded | sort -u | diff "$work/wanted" - >"$log" 2>&1
		holds 'other verdicts than on a large disk' test ! -s "$log"
		[ -z "$why" ] || cp "$work/small" "$log"
		end
	done
	[ $full -ge 6 ]
	result $? disk/full "$full of the disks were too small"
}

case ${1-} in
'') bad_input && nights && two_at_once && kills 2 && deleted_case ;;
kill) ARCH=um && kills "${2:?N is missing}" "${3:-0}" ;;
plant) plant ;;
disk) disk ;;
*) help >&2 && exit 2 ;;
esac
cd "$top" || exit 3
finish
