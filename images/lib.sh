# SPDX-License-Identifier: GPL-2.0
# Shell helpers of images/*.sh. The sourcing script has set $here.
# shellcheck shell=sh disable=SC2034,SC2154 # used, and set, by those who source this

me=images
. "$here/../runners/lib.sh"
QEMU_DIR=$here/../runners/qemu
# the flags of the make that called us are not for the kernel's make
unset MAKEFLAGS MAKEOVERRIDES MFLAGS MAKELEVEL

# the request is invalid
bad() {
	die "$1" 2
}

# need_cmd COMMAND [WHAT_INSTALLS_IT]
need_cmd() {
	command -v "$1" >/dev/null || die "$1 is missing (images/deps.sh ${2-host} installs it)"
}

# fail_log LOG WHAT: show the end of a failed step's log and its likely cause
fail_log() {
	tail -n "${TAIL-25}" "$1" | sed 's/^/  /' >&2
	if grep -q 'No space left on device' "$1"; then
		die "$2 failed: no space left on device (log: $1)"
	fi
	die "$2 failed (log: $1)"
}

# fail_source LOG WHAT: the same, but names the first error and exits with 4, as the source is to
# blame: a bisection skips such a commit. A full disk or a killed compiler says nothing about the
# commit.
fail_source() {
	grep -vE '^make(\[[0-9]+\])?: ' "$1" | tail -n "${TAIL-25}" | sed 's/^/  /' >&2
	if grep -qE -e 'No space left on device|Killed signal|annot allocate memory' \
		-e 'memory exhausted|Terminated$' "$1"; then
		die "$2 failed: the machine ran out of disk or memory (log: $1)"
	fi
	_first=$(grep -m 1 -E ': (fatal )?error: |undefined reference to|\*\*\* ' "$1")
	die "$2 failed${_first:+: ${_first#"${path-}/"}} (log: $1)" 4
}

make_cache() {
	mkdir -p "$1" 2>/dev/null ||
		die "cannot create $1 (set XDG_CACHE_HOME to a writable directory)"
	[ -w "$1" ] || die "cannot write to $1 (set XDG_CACHE_HOME to a writable directory)"
}

# file_hash FILE: by content, remembered by name, size and time
file_hash() {
	_id=$(stat -L -c '%n %s %Y %Z %i' "$1" | short_hash)
	if [ ! -s "$CACHE/hash/$_id" ]; then
		make_cache "$CACHE/hash"
		short_hash <"$1" >"$CACHE/hash/$_id.$$"
		mv "$CACHE/hash/$_id.$$" "$CACHE/hash/$_id"
	fi
	cat "$CACHE/hash/$_id"
}

# lock FILE until this script ends; prints a line when it has to wait
lock() {
	make_cache "${1%/*}"
	exec 9>"$1"
	flock -n 9 && return
	say "waiting for another build ($1)"
	flock 9 || die "cannot lock $1"
}

# config_has_jit FILE: does this .config switch the JIT on?
config_has_jit() {
	grep -qx CONFIG_BPF_JIT=y "$1"
}

# load_arch NAME: sets ARCH and the variables of its conf
load_arch() {
	ARCH=$("$QEMU_DIR/arch.sh" "$1") || exit
	CROSS='' AGENT_CFLAGS='' FIRMWARE='' MODULE=module UAPI='' DEBIAN='' PCI_QEMU='' CLANG=''
	QEMU_SINCE=''
	# shellcheck disable=SC1090 # data
	. "$QEMU_DIR/arch/$ARCH.conf"
	[ -n "${CC-}${LLVM-}" ] || LLVM=$CLANG
}
