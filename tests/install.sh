#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# `make install` and `make dist`: an installed checkjit works away from the checkout and leaves its
# results there; the tarball builds.
set -u
top=$(cd "$(dirname "$0")/.." && pwd) || exit 3
cd "$top" || exit 3

case ${1-} in
-h | --help)
	echo "usage: tests/install.sh [ARCH]" \
		"(also runs some cases on the guest of ARCH; that of \`make check\` is x86_64)"
	exit 0
	;;
esac
# shellcheck source=tests/lib.sh
. tests/lib.sh
arch=${1-}

# ---- make install ----

root=$work/root away=$work/away
mkdir "$away"
expect install 0 '' make -s O="$O" install DESTDIR="$root" PREFIX=/opt
installed=$root/opt/bin/checkjit share=$root/opt/share/checkjit

# in_away COMMAND...: in an empty directory, with the default of O
in_away() {
	(cd "$away" && unset O && "$@")
}

expect version 0 "^$("$checkjit" --version)$" in_away "$installed" --version
in_away "$installed" list >"$work/ids" 2>"$log" && "$checkjit" list | cmp - "$work/ids" >>"$log"
result $? list 'not the cases of the checkout'
expect model 0 'alu/sdiv64' in_away "$installed" model "$share/cases/alu/sdiv.case"
expect known 0 'results/known|riscv32' in_away "$installed" known
[ -s "$root/opt/share/man/man1/checkjit.1" ] &&
	[ -s "$root/opt/share/bash-completion/completions/checkjit" ]
result $? asking "no manual page, or no completion"
expect job/list 0 '^alu/neg64/r3$' in_away "$installed" job list ID=alu/neg64/r3
expect job/unknown-setting 2 'did you mean ARCH' in_away "$installed" job run ARHC=m68k
expect job/not-a-setting 2 "called 'm68k' \(expected NAME=VALUE" in_away "$installed" job run m68k
expect job/names-itself 2 '`checkjit job list` shows' in_away "$installed" job repro
expect job/needs-a-checkout 3 'a checkout: it is not installed' in_away "$installed" job mutants
[ -z "$(ls -A "$away")" ]
result $? leaves-nothing "$(ls -A "$away")"
find "$root" ! -perm -a=r ! -type l >"$log"
find "$root" -name "*.sh" ! -perm -a=x -exec grep -l "^#!" {} + >>"$log"
[ ! -s "$log" ]
result $? modes 'not for everybody'

if [ -n "$arch" ]; then
	expect run 0 'Totals: pass:[1-9]' in_away "$installed" job run ARCH="$arch" \
		CASES='alu/neg64*' SWEEP=none
	[ "$(ls -A "$away")" = results ] && [ -n "$(ls "$away"/results/2*/"$arch.jsonl")" ]
	result $? run/results "not in results: $(ls -A "$away")"
fi

# a case that an older version had
mkdir -p "$share/cases/old" && : >"$share/cases/old/old.case"
expect install/again 0 '' make -s O="$O" install DESTDIR="$root" PREFIX=/opt
[ ! -e "$share/cases/old" ]
result $? install/again/nothing-old 'cases of an older version stay'

# ---- make dist ----

if [ ! -e .git ]; then
	skip dist 'no checkout'
	finish
fi
expect dist 0 '^[^ ]*/checkjit-[^ ]*\.tar\.gz$' make -s O="$work/dist" dist
tarball=$(cat "$log")
expect dist/unpacks 0 '' tar -xf "$tarball" -C "$work"
tree=$work/$(basename "$tarball" .tar.gz)
expect dist/builds 0 '' make -s -C "$tree" -j"${J:-$(nproc)}" O=build all
cd "$tree" || exit 3
version=$(git -C "$top" describe --always --tags)
expect dist/version 0 "^checkjit $version$" build/checkjit --version
expect dist/works 0 '^alu/neg64/r3$' build/checkjit list alu/neg64/r3
cd "$top" || exit 3
finish
