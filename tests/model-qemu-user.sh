#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The model gives the same answers on big-endian and on 32-bit machines: tests/model_dump.c is
# built for each machine below, run under qemu-user, and its text compared with the native one.
set -u
top=$(cd "$(dirname "$0")/.." && pwd) || exit 3
cd "$top" || exit 3

case ${1-} in -h | --help) echo "usage: tests/model-qemu-user.sh (environment: HOSTCC, O)" &&
	exit 0 ;; esac
# shellcheck source=tests/lib.sh
. tests/lib.sh
out=$O/model-dump
mkdir -p "$out" || exit 3
flags='-std=gnu11 -Wall -Wextra -Werror -O1 -I. -D_GNU_SOURCE'

# name | compiler | qemu | what it adds
machines='
s390x | s390x-linux-gnu-gcc      | qemu-s390x | 64-bit big-endian
m68k  | m68k-linux-gnu-gcc       | qemu-m68k  | 32-bit big-endian, u64 aligned to 2
arm   | arm-linux-gnueabihf-gcc  | qemu-arm   | 32-bit little-endian
'

# bpf/ and lib/ are whole but for the files that need a library.
srcs=$(find bpf lib -name '*.c' ! -path bpf/btf.c ! -path lib/outfile.c)

# build COMPILER OUTPUT FLAG...
build() {
	cc=$1 bin=$2
	shift 2
	# shellcheck disable=SC2086 # lists of words
	$cc $flags "$@" -o "$bin" tests/model_dump.c $srcs
}

# same_answers NAME COMPILER QEMU
same_answers() {
	if ! command -v "$2" >/dev/null; then
		skip "$1" "$2 is not installed"
	elif ! command -v "$3" >/dev/null; then
		skip "$1" "$3 is not installed"
	elif ! echo 'int main(void) { return 0; }' | "$2" -static -x c -o "$out/$1" - 2>"$log"; then
		skip "$1" "$2 has no static libc"
	else
		build "$2" "$out/$1" -static 2>"$log" && "$3" "$out/$1" >"$out/$1.txt" 2>"$log" &&
			diff "$out/native.txt" "$out/$1.txt" >"$log"
		result $? "$1" "see $out/$1.txt"
	fi
}

build "${HOSTCC:-gcc}" "$out/native" 2>"$log" && "$out/native" >"$out/native.txt" 2>"$log" &&
	[ -s "$out/native.txt" ]
result $? native

echo "$machines" | tr -d ' ' | grep '|' >"$out/machines"
while IFS='|' read -r name cc qemu _ <&3; do
	same_answers "$name" "$cc" "$qemu"
done 3<"$out/machines"
finish
