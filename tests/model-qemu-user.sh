#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The model gives the same answers as a big-endian and as a 32-bit program: model_dump.c is built for each machine
# below, run under qemu-user, and its text compared with the native one.
#
# usage: model-qemu-user.sh; O= (default build) is where things are built.
set -u
cd "$(dirname "$0")/.." || exit 3
out=${O:-build}/model-dump
flags='-std=gnu11 -Wall -Wextra -Werror -O1 -I. -D_GNU_SOURCE'

# name | compiler | qemu | what it shows
machines='
s390x | s390x-linux-gnu-gcc      | qemu-s390x | 64-bit big-endian
m68k  | m68k-linux-gnu-gcc       | qemu-m68k  | 32-bit big-endian, u64 aligned to 2
arm   | arm-linux-gnueabihf-gcc  | qemu-arm   | 32-bit little-endian
'

# What the model and the assembler are made of: nothing that needs a library but libc.
srcs='lib/diag.c lib/nearest.c lib/util.c bpf/asm*.c bpf/case.c bpf/classic*.c bpf/code.c bpf/dis.c bpf/helpers.c bpf/insn.c bpf/kfunc.c bpf/model*.c'

# build COMPILER OUTPUT FLAG…
build() {
	cc=$1 bin=$2
	shift 2
	# shellcheck disable=SC2086 # lists of words
	$cc $flags "$@" -o "$bin" tests/model_dump.c $srcs
}

n=0 failed=0
verdict() {
	n=$((n + 1))
	echo "$1 $n $2"
	case $1 in not*) failed=1 ;; esac
}

mkdir -p "$out" || exit 3
echo "KTAP version 1"
echo "1..$(($(echo "$machines" | grep -c '|') + 1))"

if build "${HOSTCC:-gcc}" "$out/native" && "$out/native" >"$out/native.txt"; then
	verdict ok "model: native digests"
else
	verdict 'not ok' "model: native digests"
fi

echo "$machines" | tr -s ' ' >"$out/machines"
while IFS='|' read -r name cc qemu what; do
	name=${name% } cc=${cc# } cc=${cc% } qemu=${qemu# } qemu=${qemu% } what=${what# }
	[ -n "$name" ] || continue
	title="model: on $name ($what)"
	if ! command -v "$cc" >/dev/null; then
		verdict ok "$title # SKIP no $cc"
	elif ! command -v "$qemu" >/dev/null; then
		verdict ok "$title # SKIP no $qemu"
	elif ! echo 'int main(void) { return 0; }' | "$cc" -static -x c -o "$out/$name" - 2>"$out/$name.log"; then
		verdict ok "$title # SKIP $cc has no static libc"
	elif ! build "$cc" "$out/$name" -static 2>"$out/$name.log"; then
		sed 's/^/# /' "$out/$name.log" | head -20
		verdict 'not ok' "$title"
	elif ! "$qemu" "$out/$name" >"$out/$name.txt" 2>"$out/$name.log"; then
		sed 's/^/# /' "$out/$name.log" | head -20
		echo "# $qemu ended with an error; see $out/$name.txt"
		verdict 'not ok' "$title"
	elif ! diff "$out/native.txt" "$out/$name.txt" >"$out/$name.diff"; then
		grep '^[<>]' "$out/$name.diff" | head -10 | sed 's/^/# /'
		verdict 'not ok' "$title"
	else
		verdict ok "$title"
	fi
done <"$out/machines"
exit $failed
