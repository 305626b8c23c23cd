#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Exported cases in the hands of those they are for: the C program compiled for every arch and run
# in its guest as /init, the entry of lib/test_bpf.c and the selftest compiled in the kernel tree,
# the selftest and the .data test imported again.
set -u
top=$(cd "$(dirname "$0")/.." && pwd) || exit 3
cd "$top" || exit 3

case ${1-} in -h | --help) echo "usage: tests/export.sh [ARCH...]" && exit 0 ;; esac
# shellcheck source=tests/lib.sh
. tests/lib.sh
tree=$(images/kernel.sh --tree) || exit 3

# ---- the C program ----

# run_in_guest ARCH ID EXPECTED LINE: what it says as /init, on the arch's JIT
run_in_guest() {
	arch=$1 id=$2 expected=$3 line=$4
	AGENT_CFLAGS=''
	# shellcheck disable=SC1090 # data
	. "runners/qemu/arch/$arch.conf"
	image=$(images/build.sh "$arch") && headers=$(images/headers.sh "$tree" "$arch") || exit 3
	# shellcheck disable=SC2086 # a list
	"$checkjit" export --format c --arch "$arch" --id "$id" -o "$work/repro.c" 2>"$log" &&
		"${CROSS}gcc" -O2 -Wall -Wextra -Werror -static -nostdlib -nostdinc -ffreestanding \
		-fno-stack-protector \
			-fno-pie -no-pie -Wl,--build-id=none $AGENT_CFLAGS -isystem \
			"$tree/tools/include/nolibc" -isystem "$headers" \
			-include nolibc.h -o "$work/init" "$work/repro.c" 2>>"$log" &&
		images/initramfs.sh "$image" "$work/init" "$work/initrd" 2>>"$log" || {
		result 1 "$id for $arch compiles"
		return
	}
	# the kernel panics when its init ends, and QEMU with it
	APPEND="sysctl.net.core.bpf_jit_enable=1 ${APPEND-}" timeout 60 runners/qemu/boot.sh \
		"$arch" "$image" "$work/initrd" \
		>"$log" 2>&1
	tr -d '\r' <"$log" >"$work/console"
	grep -q "^$expected\$" "$work/console" && grep -q -e "$line" "$work/console"
	result $? "$id in a guest of $arch says $expected"
}

native='bytes of native code'
# shellcheck disable=SC2048 # a list of arches
for a in ${*:-$(runners/qemu/arch.sh --list)}; do
	want=$native
	[ "$a" != m68k ] || want='^the interpreter'
	run_in_guest "$a" mem/st/8_r0 PASS "$want"
	case $a in
	# see results/known/riscv32.txt
	riscv32)
		run_in_guest "$a" alu/lsh64_wide/one.0 FAIL \
			'^r3: expected fedcba9876543210  is 7654321000000000  <--'
		run_in_guest "$a" regress/riscv32_subprog_r1/one FAIL '<--'
		;;
	# with BTF
	x86_64) run_in_guest "$a" stackargs/args12/one PASS "$native" ;;
	esac
done
[ $# -eq 0 ] || finish

# ---- with the libc of this machine, warnings as errors: maps, tail calls, a refusal, a context
# ----

for id in calls/args/one tailcalls/limit_shared/one negative/div_zero/div_r mem/ctx_ldx/8_0; do
	"$checkjit" export --format c --id "$id" 2>"$log" >"$work/x.c" &&
		gcc -Wall -Wextra -Werror -fsyntax-only "$work/x.c" 2>>"$log"
	result $? "$id as C"
done

# ---- lib/test_bpf.c: the module with our entries instead of its own, loaded in a guest ----

ids='alu/lsh64_wide/one.1 alu/sdiv64/r3_r4 mem/st/8_r0 atomics/add64/r0_r1 jmp/jsgt64/r0_r1'
for id in $ids; do
	"$checkjit" export --format test_bpf --id "$id" || echo "$id" >>"$work/refused"
done >"$work/entries" 2>"$log"
[ ! -e "$work/refused" ]
result $? "five entries for lib/test_bpf.c"
# built here, as planted bugs need it anyway: a package of Debian has no objects to build beside
image=$(KERNEL=source images/build.sh arm64) || exit 3
obj=''
for d in "${XDG_CACHE_HOME:-$HOME/.cache}"/checkjit/obj/arm64-*/; do
	[ -f "$d/Module.symvers" ] && cmp -s "$image/config" "$d/.config" && obj=$d && break
done
if [ -z "$obj" ]; then
	skip "our entries pass in a guest of arm64" \
		"the object directory of $image is no longer cached"
else
	mkdir "$work/module" "$work/image"
	awk -v entries="$work/entries" '
		/^static struct bpf_test tests\[\]/ {
			print
			while ((getline line < entries) > 0)
				print line
			print "};"
			skip = 1
		}
		!skip { print }
		skip && /^};/ { skip = 0 }' "$tree/lib/test_bpf.c" >"$work/module/test_bpf.c"
	echo 'obj-m := test_bpf.o' >"$work/module/Makefile"
	make -C "$obj" M="$work/module" ARCH=arm64 CROSS_COMPILE=aarch64-linux-gnu- \
		KCFLAGS=-Wno-unused-function modules >"$log" 2>&1 &&
		! grep -q 'test_bpf\.c.*warning:' "$log"
	result $? "lib/test_bpf.c with our entries compiles"
	ln -s "$image/kernel" "$work/image/kernel"
	cp "$work/module/test_bpf.ko" "$work/image/" 2>/dev/null
	agent/build.sh arm64 "$tree" "$work/agent" &&
		images/initramfs.sh "$work/image" "$work/agent" "$work/initrd" || exit 3
	APPEND='checkjit=test_bpf checkjit.jit=1' timeout 120 runners/qemu/boot.sh arm64 \
		"$work/image" "$work/initrd" >"$log" 2>&1
	tr -d '\r' <"$log" | grep -q 'test_bpf: Summary: 5 PASSED, 0 FAILED, \[5/5 JIT'
	result $? "our entries pass in a guest of arm64"
fi

# ---- the selftest: compiled, imported, the same instructions; the .data test: imported, the same
# result ----

clang=''
for c in clang-22 clang-21 clang-20 clang-19 clang; do
	command -v "$c" >/dev/null && clang=$c && break
done
self=$tree/tools/testing/selftests/bpf
mkdir "$work/selftest" "$work/data"
for id in alu/lsh64_wide/one.1 mem/st/8_r0 jmp/jsgt64/r0_r1 atomics/load_acquire/8_r0_r0; do
	name=$(echo "$id" | tr '/.' __)
	: >"$log"
	"$checkjit" export --format data --id "$id" -o "$work/data/$name.data" 2>"$log" ||
		grep -q 'no words for' "$log"
	result $? "$id as .data"
	if [ -z "$clang" ] || ! "$clang" -print-targets | grep -qw bpf; then
		skip "$id as a selftest" "no clang for BPF"
		continue
	fi
	"$checkjit" export --format selftest --id "$id" -o "$work/$name.c" 2>"$log" &&
		"$clang" -g -O2 -target bpf -mcpu=v4 -Wall -Werror -I"$self/progs" -I"$self" \
		-I"$tree/tools/include" \
			-I"$tree/tools/include/uapi" -idirafter \
			"/usr/include/$(uname -m)-linux-gnu" \
			-c -o "$work/$name.o" "$work/$name.c" 2>>"$log" &&
		"$checkjit" import -o "$work/selftest" "$work/$name.o" 2>>"$log"
	result $? "$id as a selftest compiles and comes back"
	# both as plain lines: %[data] is the case's memory, labels lose what makes them unique, the
	# last exit is not the body's
	sed -n '/asm volatile/,/^	:/s/^	*"\(.*\)"$/\1/p' "$work/$name.c" |
		sed 's/;$//; s/%\[data\] + \([0-9]*\)/map_idx_value[0][\1]/
		s/l\([0-9]*\)_%=/L\1/; s/%%/%/g; $d' >"$work/ours"
	sed -n '/^	prog/,/^	end/s/^		//p' "$work/selftest/$name.case" \
		>"$work/theirs"
	# a number in C is an instruction in the assembler
	if grep -q '^\.8byte' "$work/ours"; then
		sed 's/.*\(load_acquire\|store_release\).*/.8byte/' "$work/theirs" >"$work/t" &&
			mv "$work/t" "$work/theirs"
		sed 's/^\.8byte.*/.8byte/' "$work/ours" >"$work/t" && mv "$work/t" "$work/ours"
	fi
	diff -u "$work/ours" "$work/theirs" >"$log" && [ -s "$work/ours" ]
	result $? "$id as a selftest has the same instructions"
done
"$checkjit" import -o "$work/back" "$work"/data/*.data 2>"$log" &&
	"$checkjit" model "$work"/back/*.case >"$work/states" 2>>"$log" &&
	[ "$(grep -c '^r0 0x0*1$\|^retval 0x0*1$' "$work/states")" -eq \
	"$(find "$work/data" -type f | wc -l)" ]
result $? "what .data tests compute is 1"

# ---- refusals leave nothing behind ----

refuse() {
	what=$1 pattern=$2
	shift 2
	"$checkjit" export "$@" -o "$work/none" >"$log" 2>&1
	[ $? -eq 2 ] && grep -q -e "$pattern" "$log" && [ ! -e "$work/none" ] &&
		! ls "$work"/none.tmp* >/dev/null 2>&1
	result $? "$what"
}

refuse "test_bpf knows no subprograms" 'calls/args/one: lib/test_bpf.c knows no subprograms' \
	--format test_bpf --id calls/args/one
refuse "a refusal is no .data test" 'expects a decision' --format data --id negative/div_zero/div_r
refuse "an unknown format" "unknown format 'rust' (expected case, c" --format rust --id \
	alu/lsh64_wide/one
refuse "an unknown id" 'did you mean' --format c --id alu/lsh64_wdie/one
refuse "an unknown register" "expected r0 to r9" --format data --id alu/lsh64_wide/one --reg r10
refuse "no case" 'expected one of --id' --format c
finish
