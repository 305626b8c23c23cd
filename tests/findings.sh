#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# docs/findings: each bug of the newest kernel in results/known has a folder, each folder is whole,
# its case exists and its patch applies. What `make findings` shows takes kernels; here they are
# fakes.
set -u
top=$(cd "$(dirname "$0")/.." && pwd) || exit 3
cd "$top" || exit 3

case ${1-} in -h | --help) echo "usage: tests/findings.sh" && exit 0 ;; esac
# shellcheck source=tests/lib.sh
. tests/lib.sh
newest=7.3

# nothing NAME WHY: ok where $log is empty
nothing() {
	[ ! -s "$log" ]
	result $? "$1" "$2"
}

# ---- rows and folders ----

# "ARCH:ROW KERNELS" of all bugs
for list in results/known/*.txt; do
	arch=${list##*/} arch=${arch%.txt}
	awk -v arch="$arch" '
	!/^#/ && / (jit|interp|verifier)-bug / {
		sub(/[+].*/, "", $1)
		print arch ":" $1, $3
	}' "$list"
done >"$work/rows"
runners/findings.sh --list >"$work/findings" 2>"$log"
result $? list

# covered ARCH:ROW: does a finding cover it?
covered() {
	while read -r _ covers; do
		set -f
		for _one in $covers; do
			[ "${_one#*:}" = "${1#*:}" ] || continue
			case $_one in "${1%%:*}":* | '*':*) set +f && return ;; esac
		done
		set +f
	done <"$work/findings"
	return 1
}
while read -r row kernels; do
	case $kernels in
	'*' | *"$newest"*) covered "$row" || echo "results/known: no folder for $row" ;;
	esac
done <"$work/rows" >"$log"
nothing rows/have-folders "a bug of $newest without a folder"

while read -r name covers; do
	set -f
	for one in $covers; do
		awk -v want="$one" '
			{
				arch = row = $1
				sub(/:.*/, "", arch)
				sub(/^[^:]*:/, "", row)
				if (want == arch ":" row || want == "*:" row) found = 1
			}
			END { exit !found }' "$work/rows" || echo "$name covers no row '$one'"
	done
	set +f
done <"$work/findings" >"$log"
nothing folders/have-rows 'results/known has no such row'

# ---- folders ----

"$checkjit" list >"$work/ids" 2>/dev/null
source=$(find "${XDG_CACHE_HOME:-$HOME/.cache}/checkjit/src" -maxdepth 1 -type d \
	-name "linux-source-$newest-*" 2>/dev/null | head -n 1)
while read -r name _; do
	dir=docs/findings/$name
	begin "$name"
	for f in README.md fix.patch; do
		holds "no $f" [ -s "$dir/$f" ]
	done
	id='' arch=''
	# shellcheck source=/dev/null
	. "$dir/finding"
	holds "no arch '$arch'" [ -f "runners/qemu/arch/$arch.conf" ]
	holds "no case '$id'" grep -qxF -- "$id" "$work/ids"
	holds 'README.md does not name its case' grep -qF -- "$id" "$dir/README.md"
	for part in Case Lines Since Impact Output Fix; do
		holds "README.md has no $part" grep -qE "^- \*\*${part}s?\*\*: " "$dir/README.md"
	done
	holds 'docs/findings/README.md does not name it' \
		grep -qF "| [$name]($name/README.md) |" docs/findings/README.md
	holds 'no Subject: [PATCH' grep -q '^Subject: \[PATCH' "$dir/fix.patch"
	! grep -q '^Signed-off-by:' "$dir/fix.patch" || because 'it is signed already'
	if [ -n "$source" ]; then
		patch -p1 --dry-run -s -f -d "$source" <"$dir/fix.patch" >"$log" 2>&1 ||
			because 'fix.patch does not apply'
	fi
	end
done <"$work/findings"
[ -n "$source" ] || skip patches "the source of $newest is not unpacked"

# ---- the job, with a checkjit that pretends to run ----

cat >"$work/fake" <<'END'
#!/bin/sh
# job run: a run whose case fails without a patch. FAKE says how the patched kernel behaves.
case $1 in
export | job)
	if [ "$1" = job ]; then
		[ "${FAKE-}" != broken ] || { echo 'it does not compile' >&2 && exit 3; }
		mkdir -p "$RUN"
		raw=FAIL verdict=XFAIL
		if [ -n "$PATCHES" ] && [ "${FAKE-}" != useless ]; then raw=PASS verdict=XPASS; fi
		if [ "${FAKE-}" = healthy ]; then raw=PASS verdict=XPASS; fi
		for id in $CASES; do
			case $id in */*/*) printf '%s\t%s\t%s\n' "$id" "$verdict" "$raw" ;; esac
		done >"$RUN/fake"
		echo "$PATCHES" >"$RUN/patches"
		exit 1
	fi
	;;
results)
	case $4 in *raw) k=3 ;; *) k=2 ;; esac
	awk -F'\t' -v k=$k '{ print $1 "\tjit\t" $k }' "$2/fake"
	;;
compare)
	echo 'A → B riscv32: 1 fixed, 9 as before'
	[ "${FAKE-}" != worse ] || exit 1
	;;
esac
END
chmod +x "$work/fake"
# job NAME STATUS PATTERN [SETTING...]
job() {
	_name=$1 _status=$2 _pattern=$3
	shift 3
	expect "job/$_name" "$_status" "$_pattern" env CHECKJIT="$work/fake" RUN="$work/run" \
		FINDING=riscv32-tail-empty "$@" runners/findings.sh
}
job fixed 0 '^riscv32-tail-empty +riscv32 +fixed +jit: PASS with fix.patch; 1 fixed, 9 as before'
job useless 1 'NOT FIXED +jit: not PASS' FAKE=useless
job healthy 1 'NOT SHOWN +no engine fails' FAKE=healthy
job worse 1 'WORSE +1 fixed' FAKE=worse
job broken 3 'no kernel +it does not compile' FAKE=broken
job glob 0 'riscv32-subprog-r1' FINDING='riscv32-*'
job together 0 'riscv32-subprog-r1 .* fixed +jit: PASS with fix.patch and those of 2 more' \
	FINDING='riscv32-*' TOGETHER=1
grep -q 'riscv32-shift-self/fix.patch .*riscv32-tail-empty/fix.patch' \
	"$work/run/riscv32/after/patches"
result $? job/together/patches 'not all in one kernel'
job together-useless 1 'riscv32-tail-empty +riscv32 +NOT FIXED' FAKE=useless TOGETHER=1
job unknown 2 'FINDING=nothing \(expected names or globs of: arm-tail-empty' FINDING=nothing

# ---- the mail ----

mkdir -p "$work/tree/scripts" "$work/tree/kernel/bpf"
: >"$work/tree/MAINTAINERS"
: >"$work/tree/Makefile"
: >"$work/tree/Kconfig"
: >"$work/tree/kernel/bpf/core.c"
cat >"$work/tree/scripts/get_maintainer.pl" <<'END'
my $all = join " ", @ARGV;
print $all =~ /--nom/ ? "bpf\@list\n" : "a\@maintainer\nb\@maintainer\n";
END
# write_mail NAME
write_mail() {
	env KERNEL="$work/tree" GIT_CONFIG_COUNT=2 GIT_CONFIG_KEY_0=user.name \
		GIT_CONFIG_VALUE_0=Me GIT_CONFIG_KEY_1=user.email GIT_CONFIG_VALUE_1=me@here \
		runners/findings.sh --mail "$1"
}
if command -v perl >/dev/null; then
	expect mail/from 0 '^From: Me <me@here>$' write_mail riscv32-tail-empty
	says mail/to '^To: a@maintainer,$'
	says mail/cc '^Cc: bpf@list$'
	says mail/subject '^Subject: \[PATCH bpf\] riscv'
	expect mail/private 0 '^Cc: security@kernel.org$' write_mail verifier-func-arg
	! grep -q 'bpf@list' "$log"
	result $? mail/private/no-list 'a list is told'
else
	skip mail 'perl is missing'
fi
expect mail/unknown 2 'no finding nothing' runners/findings.sh --mail nothing
finish
