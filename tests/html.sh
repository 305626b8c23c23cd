#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The HTML report from outside: exit codes, links, ids, sizes; with `browser`, in Chromium.
set -u
top=$(cd "$(dirname "$0")/.." && pwd) || exit 3
cd "$top" || exit 3

case ${1-} in
-h | --help)
	cat <<EOT
usage: tests/html.sh [browser]
  browser  in headless Chromium too: no console error, no violation that axe-core
           calls serious, all by keyboard, 50,000 records in under 2 s, screenshots
           in O/html-shots. Needs node and npm; installs chromium.
environment: CHECKJIT, O
EOT
	exit 0
	;;
esac
# shellcheck source=tests/lib.sh
. tests/lib.sh
case $checkjit in /*) ;; *) checkjit=$top/$checkjit ;; esac

# ---- runs to report ----

# header ARCH PLANNED
header() {
	printf '{"run":{"arch":"%s","kernel":"7.3.4","config_hash":"c0ffee",' "$1"
	printf '"engines":["interp","jit","jit_hardened"],"compiler":"gcc 12","qemu":"7.2.22",'
	printf '"caps":{"cpuv4":{"have":true,"errno":0},"arena":{"have":false,"errno":22}},'
	echo '"start":"2026-01-02T03:04:05Z","planned":'"$2"'}}'
}

# totals: what stands on stdin, and its last line
totals() {
	awk -v FS='"verdict":"' '
		{ print }
		NF > 1 {
			cases = 1
			if (match($0, /"cases":[0-9]+/))
				cases = substr($0, RSTART + 8, RLENGTH - 8)
			verdict = tolower(substr($2, 1, index($2, "\"") - 1))
			count[verdict] += cases
			records++
		}
		END {
			printf "{\"totals\":{\"records\":%d", records
			for (verdict in count)
				printf ",\"%s\":%d", verdict, count[verdict]
			print "}}"
		}'
}

# record ID ENGINE VERDICT [MEMBERS]
record() {
	printf '%s\n' "{\"id\":\"$1\",\"engine\":\"$2\",\"verdict\":\"$3\"${4-}}"
}

wrong=',"vector":2,"vectors":9,"failed_vectors":3,"file":"cases/alu/neg.case","line":5,
"insn":"r3 = -r3","inputs":"r3=0x1","jited":88,
"rerun":"make repro ARCH=riscv32 ID=alu/neg64/r3.2",
"code":">    24  r3 = -r3\n     33b  48 f7 db  neg rbx",
"expected":{"r3":"8000000000000000","mem+8..15":"00 01"},
"predicted":{"r3":"8000000000000000"},
"observed":{"r3":"7fffffffffffffff","mem+8..15":"00 ff"}'
wrong=$(printf %s "$wrong" | tr -d '\n')
hostile='<script>alert(1)</script><b onload=x>\" & '

run=$work/results/night
mkdir -p "$run" "$work/results/known" || exit 3
{
	header riscv32 9
	record alu/neg64/r3 interp PASS
	record alu/neg64/r3 jit FAIL "$wrong"
	record alu/neg64/r3 jit_hardened FAIL "$wrong"
	record gen/alu_x/sdiv64_x/a_r3_r4 jit FAIL "$wrong"
	record 'gen/alu_x/add64_x/*' jit PASS ',"cases":900'
	record alu/neg64/r4 jit CRASH ",\"console\":\"Oops\\n$hostile\",\"reason\":\"$hostile\""
	record alu/add64/r0_r0 jit SKIP ',"reason":"no JIT in this kernel"'
	record alu/add64/r0_r0 interp LOST ',"reason":"no answer"'
	record no/such/case jit REJECT ',"errno":22,"log":"R1 !read_ok\nprocessed 3 insns"'
} | totals >"$run/riscv32.jsonl"
{
	header x86_64 2
	record alu/neg64/r5 interp PASS
	record alu/neg64/r5 jit XFAIL ',"raw":"FAIL","known":{"row":"results/known/x86_64.txt:3",
		"kind":"jit-bug","reason":"why","evidence":"commit"}' | tr -d '\n\t'
	echo
} | totals >"$run/x86_64.jsonl"

# many DIR RECORDS: a run of so many records of one family
many() {
	mkdir -p "$1"
	{
		header x86_64 "$2"
		awk -v n="$2" -v start='{"id":"alu/add64/r' \
			-v middle='","engine":"jit","verdict":"' '
			BEGIN {
				for (i = 0; i < n; i++)
					print start i middle \
						(i % 5 ? "PASS" : "FAIL") "\"}"
			}'
	} | totals >"$1/x86_64.jsonl"
}
many "$work/results/many" 50000

# ---- what is asked for ----

expect help 0 'usage: checkjit report RUN' "$checkjit" report --help
expect no-run 2 '0 runs .expected one' "$checkjit" report
expect no-such-run 2 'no such run' "$checkjit" report "$work/nowhere"
mkdir "$work/damaged" && echo '{' >"$work/damaged/arm64.jsonl"
expect damaged 3 'arm64.jsonl:1' "$checkjit" report "$work/damaged"
echo >"$work/file"
expect not-writable 3 'file' "$checkjit" report "$run" --out "$work/file/html"
expect report 0 '/night/html/index.html$' "$checkjit" report "$run"
expect job 0 'elsewhere/index.html' make -s report O="$O" RUN="$run" OUT="$work/elsewhere"
diff -r "$run/html" "$work/elsewhere" >"$log"
result $? job/the-same 'two reports of one run differ'

# ---- links and ids ----

# broken DIR: links of its pages that lead nowhere, and ids that a page has twice
broken() {
	find "$1" -name '*.html' | while read -r page; do
		dir=${page%/*}
		grep -oE ' id="[^"]*"' "$page" | sort | uniq -d | sed "s|^|$page: twice|"
		grep -oE ' (href|src)="[^"]*"' "$page" | sed 's/.*="//; s/"$//' | sort -u |
			while read -r link; do
			case $link in
			data:,* | cases.html#*) continue ;;
			esac
			file=${link%%#*} anchor=
			[ "$file" = "$link" ] || anchor=${link#*#}
			target=$page
			[ -z "$file" ] || target=$dir/$file
			if [ ! -f "$target" ]; then
				echo "$page: no file for $link"
			elif [ -n "$anchor" ] && ! grep -qF " id=\"$anchor\"" "$target"; then
				echo "$page: no place for $link"
			fi
		done
	done
}

# all_hold NAME DIR: a report is whole
all_hold() {
	broken "$2" >"$log"
	[ ! -s "$log" ]
	result $? "$1/links" "$(wc -l <"$log") links lead nowhere"
	find "$2" -name '*.html' -exec grep -LE '<html lang="en">' {} + >"$log"
	find "$2" -name '*.html' -exec grep -LE '<main id="main"' {} + >>"$log"
	find "$2" -name '*.html' -exec grep -LE '<meta name="viewport"' {} + >>"$log"
	[ ! -s "$log" ]
	result $? "$1/frame" 'pages lack a language, a main part or a viewport'
	find "$2" -name '*.html' -exec grep -nE '(src|href)="?(https?:)?//' {} + >"$log"
	[ ! -s "$log" ]
	result $? "$1/no-network" 'a page loads from elsewhere'
	find "$2" -name '*.html' -exec grep -nE '<script>| on[a-z]*="| style="' {} + >"$log"
	[ ! -s "$log" ]
	result $? "$1/no-inline-script" 'the policy of the pages forbids what they have'
}
all_hold night "$run/html"
html=$run/html
echo '<a href="nowhere.html">' >"$html/finding/x.html"
broken "$html" | grep -q 'x.html: no file for nowhere.html'
result $? links/can-fail 'a broken link was not seen'
rm "$html/finding/x.html"

# in NAME FILE PATTERN
in_page() {
	grep -qE -e "$3" "$html/$2"
	result $? "$1" "$2 has no /$3/"
}
in_page overview/red index.html 'Findings on 1 of 2 architectures: riscv32'
in_page overview/finding index.html 'Suspect: <strong>the riscv32 JIT</strong>'
in_page overview/known index.html 'results/known/x86_64.txt:3'
in_page matrix matrix.html '900'
in_page caps capabilities.html 'no: EINVAL'
in_page kernels kernels.html '<dd>7.3.4</dd>'
page=finding/alu.neg64.r3.html
in_page finding/standard $page '<code>8000000000000000</code>'
in_page finding/observed $page '<mark>7fffffffffffffff</mark>'
in_page finding/predicted $page 'Predicted by quirks'
in_page finding/echo $page 'Fails in the same way as <a href="#riscv32-jit"'
in_page finding/case $page '^case neg64$|case +neg64'
in_page finding/reproducer $page 'bpf\(2\)|BPF_PROG_LOAD'
in_page finding/rerun $page 'make repro ARCH=riscv32 ID=alu/neg64/r3.2<'
in_page finding/code $page 'r3 = -r3$'
in_page finding/generated finding/gen.alu_x.sdiv64_x.a_r3_r4.html 'sdiv64_x'
in_page finding/no-text finding/no.such.case.html 'no case of that name'
in_page finding/hostile finding/alu.neg64.r4.html '&lt;script&gt;alert\(1\)'
! grep -rqE '<script>|<b ' "$html" --include='*.html'
result $? hostile 'markup of a guest'

# ---- what earlier runs found ----

[ ! -e "$html/history.html" ] && ! grep -q 'history.html' "$html/index.html"
result $? history/none 'a page of the past, without one'
HISTORY=$work/history.db
export HISTORY
sed 's/"id":"alu\/neg64\/r3","engine":"jit","verdict":"FAIL"/"id":"alu\/neg64\/r3","engine":"jit",'\
'"verdict":"PASS"/; s/"fail":3/"fail":2/; s/"pass":901/"pass":902/' "$run/riscv32.jsonl" \
	>"$work/earlier.jsonl"
mkdir "$work/earlier" && cp "$work/earlier.jsonl" "$work/earlier/riscv32.jsonl" || exit 3
"$checkjit" history --add "$work/earlier" >"$log" 2>&1 &&
	"$checkjit" history --add "$run" >>"$log" 2>&1
result $? history/added
expect history/report 0 'past/index.html' "$checkjit" report "$run" --out "$work/past"
html=$work/past
all_hold history "$html"
in_page history/link index.html 'href="history.html"'
in_page history/since history.html 'alu.neg64.r3.html"><code>alu/neg64/r3</code></a></th><td>jit<'
in_page history/runs history.html '<caption id="runs-riscv32">Runs of riscv32'
in_page history/trend history.html '<svg role="img" aria-label="New failures'
! grep -q 'round-riscv32' "$html/history.html"
result $? history/no-empty-table 'a table without rows'
echo damaged >"$work/history.db"
expect history/damaged 3 'history.db' "$checkjit" report "$run" --out "$work/past"
unset HISTORY
html=$run/html

# a report over an older one leaves no page of it
: >"$html/finding/old.html"
"$checkjit" report "$run" >"$log" 2>&1
[ ! -e "$html/finding/old.html" ]
result $? stale 'a page of an earlier report is left'

# ---- size ----

"$checkjit" report "$work/results/many" >"$log" 2>&1
result $? many
[ "$(find "$work/results/many/html" -type f | wc -l)" -lt 30 ] &&
	[ "$(du -sk "$work/results/many/html" | cut -f 1)" -lt 8192 ] &&
	[ "$(wc -c <"$work/results/many/html/index.html")" -lt 100000 ]
result $? many/size "$(du -sk "$work/results/many/html") KB"

[ "${1-}" = browser ] || finish

# ---- in a browser ----

images/deps.sh browser >"$log" 2>&1 && command -v node >/dev/null && command -v npm >/dev/null || {
	skip browser 'needs chromium, node and npm'
	finish
}
tools=$O/browser
[ -d "$tools/node_modules/axe-core" ] && [ -d "$tools/node_modules/playwright-core" ] ||
	npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$tools" \
		playwright-core@1 axe-core@4 >"$log" 2>&1 || {
	skip browser 'npm cannot install playwright-core and axe-core'
	finish
}
mkdir -p "$O/html-shots"
NODE_PATH=$(cd "$tools" && pwd)/node_modules node tests/html_browser.js "$html" \
	"$work/results/many/html" "$O/html-shots" >"$work/browser" 2>"$log"
rc=$?
sed "s|^\(not \)\{0,1\}ok |&$test_name/|" "$work/browser"
failures=$((failures + $(grep -c '^not ok' "$work/browser")))
[ $rc -le 1 ] && grep -q '^ok ' "$work/browser"
result $? browser "exit status $rc"
finish
