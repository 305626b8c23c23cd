#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Each planted bug must be found exactly where tests/planted/list says, and nowhere else.
set -u
top=$(cd "$(dirname "$0")/.." && pwd) || exit 3
cd "$top" || exit 3
list=tests/planted/list

help() {
	cat <<EOT
usage: tests/planted.sh [--show] [--cases GLOBS] ARCH [NAME...|all]
Boot the kernel with tests/planted on ARCH as it is, and once with each of the
plants NAME awake (default: those of ARCH in $list that the cases
find; all: the others too). A plant is found where the verdicts of the two runs
differ in the ids and on the engines of the list, and nowhere else.
  --show         print what differs instead: lines ENGINE VERDICT ID; also of plants without a row
  --cases GLOBS  narrow both runs

environment: J, O, V as for make run
EOT
}

show='' cases=''
while :; do
	case ${1-} in
	-h | --help) help && exit 0 ;;
	--show) show=1 ;;
	--cases) cases=${2-} && shift ;;
	*) break ;;
	esac
	shift
done
[ $# -ge 1 ] || { help >&2 && exit 2; }
# shellcheck source=tests/lib.sh
. tests/lib.sh
arch=$(runners/qemu/arch.sh "$1") || exit
shift

test_name=planted/$arch
out=$O/planted/$arch
rm -rf "$out"
mkdir -p "$out" || exit 3

# the rows of this arch: name, cpu, class, engines, verdict, ids
awk -v arch="$arch" '
	/^[a-z]/ && ($2 == arch || $2 == "all") { print $1, $3, $4, $5, $6, $7 }' $list \
	>"$out/rows"
# shellcheck disable=SC2046 # lists of names
case "$*" in
'') set -- $(awk '$6 != "-" { print $1 }' "$out/rows") ;;
all) set -- $(awk '{ print $1 }' "$out/rows") ;;
esac

# run CPU PLANT ENGINES: leaves lines "ID ENGINE VERDICT" in the file $_to. The raw engines run
# where the list names one: without the verifier's rewriting they meet the same bugs, and others.
# The guest has two CPUs where races run, and BTF where trampolines do.
run() {
	case $3 in
	*raw*) _to=$out/$1.$2.raw _engines='raw_interp raw_jit' ;;
	*unpriv*) _to=$out/$1.$2.unpriv _engines=jit_unpriv ;;
	*) _to=$out/$1.$2 _engines='interp jit jit_hardened' ;;
	esac
	_smp=1 _btf=''
	case $entries$cases in *races*) _smp=2 _to=$_to.smp ;; esac
	case $entries$cases in *trampolines*) _btf=1 _to=$_to.btf ;; esac
	[ ! -s "$_to" ] || return 0
	_append='' _cpu=''
	[ "$2" = none ] || _append=checkjit_plant=$2
	[ "$1" = - ] || _cpu=$1
	make run ARCH="$arch" PATCHES=tests/planted APPEND="$_append" QEMU_CPU="$_cpu" SMP=$_smp \
		BTF="$_btf" RUN="$_to.run" SWEEP=none \
		CASES="$cases" ENGINES="$_engines" >"$log" 2>&1 </dev/null
	# of a whole run: else its exit status is 3
	"$checkjit" results "$_to.run" --columns id,engine,verdict >"$_to.columns" 2>>"$log" ||
		return
	tr "$tab" " " <"$_to.columns" | LC_ALL=C sort >"$_to"
}

# expected ENGINES VERDICT ENTRIES: stdin is the sleeping kernel's run; what passes there, or fails
# as results/known predicts, and is listed gets its verdict. VERDICT may be FROM>TO: what is FROM
# there.
expected() {
	awk -v engines="$1" -v verdict="$2" -v list="$3" '
	function entry(e) {
		no[++n] = sub(/^!/, "", e)
		engine[n] = engines
		if (e ~ /:/) {
			engine[n] = substr(e, 1, index(e, ":") - 1)
			sub(/^[^:]*:/, "", e)
		}
		becomes[n] = verdict
		if (e ~ /=/) {
			becomes[n] = substr(e, index(e, "=") + 1)
			sub(/=.*/, "", e)
		}
		gsub(/\./, "\\.", e)
		gsub(/\*/, ".*", e)
		gsub(/\?/, ".", e)
		glob[n] = "^" e "$"
	}
	BEGIN {
		from = "PASS|XFAIL"
		if (verdict ~ />/) {
			from = substr(verdict, 1, index(verdict, ">") - 1)
			sub(/.*>/, "", verdict)
		}
		words = list == "-" ? 0 : split(list, word, ",")
		for (i = 1; i <= words; i++) {
			for (d = 0; d < (word[i] ~ /{}/ ? 10 : 1); d++) {
				w = word[i]
				gsub(/{}/, d, w)
				entry(w)
			}
		}
	}
	{
		v = $3
		for (i = 1; $3 ~ "^(" from ")$" && i <= n; i++)
			if (index("," engine[i] ",", "," $2 ",") && $1 ~ glob[i])
				v = no[i] ? $3 : becomes[i]
		print $1, $2, v
	}'
}

# evidence RUN ENGINES CLASS: what records of failures lack; nothing if all is there. A crash has
# the kernel's console. A program that must be refused has its instructions and the verifier's log.
# Of the other failures one at least has the native code; not of raw engines, which give none back,
# nor where the native audit objects: it names the instruction.
evidence() {
	case $2/$3 in *raw* | */O) _code=1 ;; *) _code= ;; esac
	"$checkjit" results "$1" --failures \
		--columns id,engine,verdict,reason,insn,console,log,code |
		awk -F "$tab" -v code="$_code" '
		function lacks(what) { print "finding " $1 " on " $2 " has no " what; exit }
		$3 == "CRASH" && $6 == "" { lacks("console") }
		$3 == "FAIL" && $4 ~ /must be refused/ {
			if ($5 == "" || $7 == "") lacks($5 == "" ? "instruction" : "log")
			next
		}
		$3 == "FAIL" && $8 != "" { code = 1 }
		$3 == "FAIL" { wrong = 1 }
		END { if (wrong && !code) print "no finding has its native code" }' | head -n 1
}

for name; do
	read -r _ cpu class engines verdict entries <<-EOT
	$(grep "^$name " "$out/rows")
	EOT
	# a plant whose extent was not measured yet
	[ -z "$show" ] || [ -n "${entries-}" ] || cpu=- engines=interp,jit,jit_hardened entries=-
	if [ -z "${entries-}" ]; then
		result 1 "$name" "$list has no such plant for $arch"
		continue
	fi
	if run "$cpu" none "$engines" && base=$_to && run "$cpu" "$name" "$engines"; then
		got=$_to
	else
		result 1 "$name" "make run failed"
		continue
	fi
	if [ -n "$show" ]; then
		LC_ALL=C comm -13 "$base" "$got" | awk '{ print $2, $3, $1 }' | LC_ALL=C sort
		continue
	fi
	expected "$engines" "$verdict" "$entries" <"$base" >"$got.want"
	found=$(LC_ALL=C comm -13 "$base" "$got.want" | wc -l)
	if ! grep -q "checkjit_plant: $name" "$got.run/$arch.console"; then
		result 1 "$name" "the kernel did not say that the bug is awake"
	elif [ "$entries" != - ] && [ "$found" -eq 0 ]; then
		result 1 "$name" "nothing that the list names has run (--cases $cases)"
	elif lack=$(evidence "$got.run" "$engines" "$class") && [ -n "$lack" ]; then
		result 1 "$name" "$lack"
	elif cmp -s "$got.want" "$got"; then
		echo "# $name: $found findings, all else as without it"
		result 0 "$name"
	else
		diff "$got.want" "$got" | grep '^[<>]' | head -n 20 >"$log"
		result 1 "$name" "not what the list says (< listed, > found)"
	fi
done
finish
