#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The job behind `make findings`: docs/findings shows each bug, and that its patch fixes it.
set -u
top=$(cd "$(dirname "$0")/.." && pwd) || exit 3
[ -n "${CHECKJIT-}" ] || cd "$top" || exit 3
me=findings
. "$top/runners/lib.sh"
all=$top/docs/findings

help() {
	cat <<EOT
usage: findings.sh
       findings.sh --mail NAME
       findings.sh --list
For each folder of docs/findings that FINDING names (globs; default: all): build the kernel of its
arch without and with its fix.patch, and run its case and the written cases of the families
concerned on both. The case must fail as results/known says without, and pass with; nothing else
may get worse. One line a finding; the runs, what \`checkjit compare\` says of them, and the
program in C go to RUN/NAME.
With TOGETHER=1, all patches for the same kernel go into one: RUN/ARCH has its runs.
--mail prints the patch as a mail: From and To filled in, without your Signed-off-by.
--list prints "NAME ARCH:ROW..." for each finding: which rows of results/known it is about.
Exit codes: 0 all shown; 1 one is not; 2 no such finding; 3 a kernel cannot be built or booted.
EOT
}

names() {
	(cd "$all" && set +f && ls -d -- */ 2>/dev/null) | tr -d /
}

# Sets what docs/findings/NAME/finding says (docs/findings/README.md has the fields), and fix.
take() {
	btf='' after=PASS private='' behind=''
	# shellcheck disable=SC1090 # data
	. "$all/$1/finding" || die "$all/$1/finding cannot be read"
	fix=$all/$1/fix.patch
	base=${behind:+$all/$behind/fix.patch}
}

# ---- the mail ----

# people OPTION...: who get_maintainer.pl names for the patch, joined by commas
people() {
	(cd "$tree" && perl scripts/get_maintainer.pl --no-git --no-git-fallback --no-rolestats \
		"$@" "$fix" 2>/dev/null) | paste -s -d , - | sed 's/,/,\n /g'
}

mail() {
	command -v perl >/dev/null || die 'perl is missing, which scripts/get_maintainer.pl needs'
	name=$(git config user.name) && address=$(git config user.email) ||
		die 'git does not know your name (expected: git config user.name and user.email)' 2
	tree=$(KERNEL=${KERNEL:-source} "$top/images/kernel.sh" | sed -n 's/^path=//p') || exit
	[ -r "$tree/MAINTAINERS" ] || die "$tree has no MAINTAINERS (expected a kernel tree)"
	echo "From: $name <$address>"
	echo "To: $(people --nol --nor)"
	if [ -n "$private" ]; then
		echo 'Cc: security@kernel.org'
	else
		echo "Cc: $(people --nom)"
	fi
	sed '1{/^From: /d}' "$fix"
}

# ---- the proof ----

# run_cases STEP PATCHES: the records go to $dir/STEP
run_cases() {
	rm -rf "${dir:?}/$1"
	say "kernel and cases $1 the patches ($dir/$1.log)"
	# shellcheck disable=SC2154 # fields of a finding
	ARCH=$arch KERNEL=${KERNEL:-source} BTF=$btf PATCHES=$2 SWEEP=none CASES=$cases ID='' \
		RUN=$dir/$1 "$checkjit" job run >"$dir/$1.log" 2>&1
	rc=$?
	[ $rc -gt 1 ] || return 0
	why=$(tail -n 1 "$dir/$1.log")
	return 3
}

# engines STEP COLUMN VERDICT: those on which the case has this verdict in this column
engines() {
	# shellcheck disable=SC2154 # a field of a finding
	"$checkjit" results "$dir/$1" --columns "id,engine,$2" 2>/dev/null |
		awk -F'\t' -v id="$id" -v v="$3" '$1 == id && $3 == v { print $2 }' |
		paste -s -d ' ' -
}

# Is what compare found worse only what the patches mean to do?
nothing_else() {
	"$checkjit" compare --all "$dir/before" "$dir/after" >"$dir/compare"
	rc=$?
	what=$(sed -n 's/^.* → [^ ]* [a-z0-9_]*: //p' "$dir/compare")
	[ $rc -ne 0 ] || return 0
	[ $rc -eq 1 ] && [ "$meant" = FALLBACK ] &&
		! grep -qE '^(New failures|No longer run|Vanished)|: (gained [^;]*; )?lost ' \
			"$dir/compare"
}

# line NAME STATE WHY
line() {
	printf '%-26s %-8s %-10s %s\n' "$1" "$arch" "$2" "$3"
}

# verdict NAME: of the runs in $dir
verdict() {
	take "$1"
	failing=$(engines before verdict XFAIL)
	[ -n "$failing" ] ||
		{ line "$1" 'NOT SHOWN' 'no engine fails as results/known says' && return 1; }
	good=$(engines after raw "$after")
	for e in $failing; do
		case " $good " in *" $e "*) continue ;; esac
		line "$1" 'NOT FIXED' "$e: not $after with fix.patch" && return 1
	done
	[ -n "$alone" ] || { line "$1" WORSE "$what ($dir/compare)" && return 1; }
	line "$1" fixed "$failing: $after with fix.patch$others; $what"
}

# show DIR NAME...: findings of the same kernel; several are patched into one
show() {
	dir=$1 cases='' fixes='' meant=''
	shift
	mkdir -p "$dir" || exit 3
	for n; do
		take "$n"
		mkdir -p "$run/$n" || exit 3
		"$checkjit" export --id "$id" --format c -o "$run/$n/repro.c" \
			>"$run/$n/export.log" 2>&1
		# shellcheck disable=SC2154 # fields of a finding
		cases="$cases${cases:+ }$id $families" fixes="$fixes${fixes:+ }$fix"
		[ "$after" = PASS ] || meant=$after
	done
	others=''
	[ $# -eq 1 ] || others=" and those of $(($# - 1)) more"
	run_cases before "$base" && run_cases after "$base${base:+ }$fixes" ||
		{ line "$*" 'no kernel' "$why" && return 3; }
	alone=''
	! nothing_else || alone=1
	worst=0
	for n; do
		(verdict "$n") || worst=1
	done
	return $worst
}

# kernel_of NAME: ARCH, ARCH-btf, or ARCH-BEHIND
kernel_of() {
	(take "$1" && echo "$arch${btf:+-btf}${behind:+-$behind}")
}

# kernels NAME...: of which kernel each is, without repetitions
kernels() {
	for n; do
		kernel_of "$n"
	done | awk '!seen[$0]++'
}

# of_kernel KERNEL NAME...: those of them that are of this kernel
of_kernel() {
	_kernel=$1
	shift
	for n; do
		[ "$(kernel_of "$n")" != "$_kernel" ] || echo "$n"
	done
}

case ${1-} in
-h | --help) help && exit 0 ;;
--list)
	for n in $(names); do
		take "$n"
		# shellcheck disable=SC2154 # a field of a finding
		echo "$n $covers"
	done
	exit
	;;
--mail)
	[ $# -eq 2 ] || { help >&2 && exit 2; }
	[ -f "$all/$2/finding" ] ||
		die "no finding $2 (expected a folder of docs/findings: $(names | xargs))" 2
	take "$2"
	mail
	exit
	;;
'') ;;
*) help >&2 && exit 2 ;;
esac

set -f
for glob in ${FINDING:-*}; do
	found=''
	for n in $(names); do
		# shellcheck disable=SC2254 # a glob
		case $n in $glob) found="$found $n" ;; esac
	done
	[ -n "$found" ] ||
		die "FINDING=$glob (expected names or globs of: $(names | xargs))" 2
	chosen="${chosen-}$found"
done
run=${RUN:-results/findings}
worst=0
# proven DIR NAME...
proven() {
	(show "$@")
	rc=$?
	[ $rc -le $worst ] || worst=$rc
}
if [ "${TOGETHER-}" = 1 ]; then
	for kernel in $(kernels $chosen); do
		# shellcheck disable=SC2046 # a list
		proven "$run/$kernel" $(of_kernel "$kernel" $chosen)
	done
else
	for n in $chosen; do
		proven "$run/$n" "$n"
	done
fi
exit $worst
