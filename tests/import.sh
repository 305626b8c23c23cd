#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Tests of other projects as cases: .data files in all of bpf_conformance's dialect and the
# kernel's own verifier_*.c, both run in 32-bit guests; the plugin protocol; damaged files.
set -u
top=$(cd "$(dirname "$0")/.." && pwd) || exit 3
cd "$top" || exit 3

case ${1-} in
-h | --help)
	echo "usage: tests/import.sh [host|all]"
	echo "host boots no guest; all compiles every verifier_*.c, not only some"
	exit 0
	;;
esac
# shellcheck source=tests/lib.sh
. tests/lib.sh
# the parsers of files that may be anything, under ASan and UBSan
careful=$O/san/checkjit
tree=$(images/kernel.sh --tree) || exit 3

# ---- .data ----

files=tests/data/conformance
"$careful" import -o "$work/conf" $files/*.data >"$log" 2>&1
grep -q 'import: 31 cases in 31 files of .*; 4 skipped, 0 against the model, 0 files malformed' \
	"$log"
result $? "31 .data files are cases, 4 are skipped with a reason"
grep -q 'skip-callx.data:4: skipped: an indirect call' "$log" ||
	"$checkjit" import -o "$work/conf" $files/skip-callx.data >"$log" 2>&1
grep -q 'skip-callx.data:4: skipped: an indirect call' "$log"
result $? "the reason has file and line"
[ "$("$checkjit" list --cases "$work" conf | wc -l)" -eq 31 ]
result $? "the family is the folder"
"$checkjit" model "$work"/conf/*.case >"$work/states" 2>"$log" &&
	"$checkjit" model --order be --word 32 "$work"/conf/*.case >"$work/states" 2>>"$log"
result $? "their results are the model's, in both byte orders"
sed 's/^0xc$/0xd/' $files/call-local.data >"$work/wrong.data"
"$checkjit" import -o "$work/wrong" "$work/wrong.data" >"$log" 2>&1
[ $? -eq 1 ] && grep -q 'wrong: the test expects 0xd, but the model computes 0xc' "$log" &&
	[ ! -e "$work/wrong/wrong.case" ]
result $? "a test that expects something else is no case"

# ---- the plugin protocol: bytes in hex with blanks, memory as the first argument, options in one
# argument ----

# program ASSEMBLY: as bpf_conformance sends it
program() {
	echo "$1" | "$checkjit" asm | sed 's/../& /g' | tr '\n' ' '
}

# plugin EXPECTED CODE STDIN ARGUMENT...: what is on stdout, and the exit code
plugin() {
	want=$1 code=$2 input=$3
	shift 3
	got=$(printf '%s\n' "$input" | "$careful" plugin "$@" 2>"$log")
	status=$?
	[ "$got" = "$want" ] && [ $status -eq "$code" ]
	result $? "plugin: '$want', exit code $code"
}

plugin 1122334455667788 0 "$(program 'r0 = 0x1122334455667788 ll; exit')" ''
plugin bb 0 "$(program 'r0 = *(u8 *)(r1 + 1); exit')" 'aa bb cc ' ''
plugin 3 0 "$(program 'r0 = r2; exit')" 'aa bb cc' '--engine model'
plugin 7 0 '' '' --program "$(program 'r0 = 7; exit')"
plugin '' 1 "$(program 'r0 = *(u8 *)(r1 + 9); exit')" 'aa bb cc'
plugin '' 2 "b7 00 00 00 05 00 00"
plugin '' 2 "b7 zz"
plugin '' 2 ""
plugin '' 2 "$(program 'r0 = 7; exit')" '' '--engine warp'
plugin '' 2 "$(program 'r0 = 7; exit')" '0'

# ---- ELF ----

clang=''
for c in clang-22 clang-21 clang-20 clang-19 clang; do
	command -v "$c" >/dev/null && "$c" -print-targets 2>/dev/null | grep -qw bpf && clang=$c &&
		break
done
self=$tree/tools/testing/selftests/bpf
# compile FILE.c OUT.o
compile() {
	"$clang" -g -O2 -target bpf -mcpu=v4 -w -D__TARGET_ARCH_x86 -I"$self/progs" -I"$self" \
		-I"$tree/tools/include" \
		-I"$tree/tools/include/uapi" -idirafter "/usr/include/$(uname -m)-linux-gnu" -c -o \
		"$2" "$1" 2>>"$log"
}

if [ -n "$clang" ]; then
	cat >"$work/global.c" <<-'EOC'
		#include <linux/bpf.h>
		#include <bpf/bpf_helpers.h>
		#include "bpf_misc.h"
		volatile int data = 40, zero;
		static volatile const int constant = 2;
		struct {
			__uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 1);
			__type(key, int); __type(value, int);
		} map SEC(".maps");
		struct {
			__uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY); __uint(max_entries, 1);
			__uint(key_size, 4); __uint(value_size, 4);
		} events SEC(".maps");
		struct {
			__uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 4);
			__type(key, int); __type(value, long long);
		} numbers SEC(".maps");
		static __noinline int sum(int a, int b)
		{
			zero++;
			return a + b + zero;
		}
		SEC("socket") __description("global data and a subprogram") __success __retval(43)
		int with_globals(void *ctx) { return sum(data, constant); }
		SEC("socket") __failure __msg("no") int refused(void *ctx) { return 0; }
		SEC("socket") int with_map(void *ctx)
		{
			int k = 0;

			return bpf_map_lookup_elem(&events, &k) ? 1 : 0;
		}
		SEC("socket") __success __retval(1)
		int with_hash(void *ctx) { int k = 7; return !bpf_map_lookup_elem(&map, &k); }
		SEC("socket") __description("an array map") __success __retval(42)
		int with_array(void *ctx)
		{
			int k = 3, beyond = 4;
			long long v = 40, *p;

			bpf_map_update_elem(&numbers, &k, &v, 0);
			p = bpf_map_lookup_elem(&numbers, &k);
			if (!p)
				return 0;
			*p += 2;
			p = bpf_map_lookup_elem(&numbers, &k);
			return p && !bpf_map_lookup_elem(&numbers, &beyond) ? *p : 1;
		}
		SEC("tc") int with_ctx(struct __sk_buff *skb) { return skb->len; }
	EOC
	compile "$work/global.c" "$work/global.bpf.o" &&
		"$careful" import -o "$work/elf" "$work/global.bpf.o" >"$log" 2>&1
	grep -q 'import: 3 cases in 1 files .*; 3 skipped, 0 against the model' "$log"
	result $? "an object with global data and maps: three cases, three skipped"
	grep -q "uses the map 'events'" "$log" ||
		"$checkjit" import -o "$work/elf" "$work/global.bpf.o" >"$log" 2>&1
	grep -q "with_map: skipped: uses the map 'events', of type perf_event_array" "$log" &&
		grep -q 'refused: skipped: tests a refusal' "$log" &&
		grep -q 'with_ctx: skipped: bad access' "$log"
	result $? "each with its reason"
	"$checkjit" model "$work/elf/global.case" | grep -q '^r0 0x000000000000002b$'
	result $? "global data and a subprogram give 43"
	compile "$work/global.c" "$work/wrong.bpf.o"
	sed 's/__retval(43)/__retval(44)/' "$work/global.c" >"$work/wrong.c"
	compile "$work/wrong.c" "$work/wrong.bpf.o" &&
		"$checkjit" import -o "$work/elf2" "$work/wrong.bpf.o" >"$log" 2>&1
	[ $? -eq 1 ] && grep -q 'expects 0x2c, but the model computes 0x2b' "$log"
	result $? "__retval is compared with the model"

	some='and bswap div0 div_overflow load_acquire masking movsx sdiv subreg stack_arg xadd'
	[ "${1-}" != all ] \
		|| some=$(cd "$self/progs" && echo verifier_*.c | sed 's/verifier_//g; s/\.c//g')
	mkdir "$work/objects"
	for t in $some; do
		[ ! -e "$self/progs/verifier_$t.c" ] ||
			compile "$self/progs/verifier_$t.c" "$work/objects/verifier_$t.bpf.o"
	done
	"$checkjit" import -q -o "$work/verifier" "$work"/objects/*.o >"$log" 2>&1
	status=$?
	sed 's/^/# /' "$log"
	cases=$(sed -n 's/.*import: \([0-9]*\) cases.*/\1/p' "$log")
	[ $status -eq 0 ] && [ "${cases:-0}" -gt 80 ]
	result $? "the kernel's verifier_*.c: $cases cases, none against the model"
	"$checkjit" model "$work"/verifier/*.case >/dev/null 2>"$log" &&
		"$checkjit" model --order be "$work"/verifier/*.case >/dev/null 2>>"$log"
	result $? "they can be run in both byte orders"

	# an object cut anywhere, and with any byte of its headers and tables wrong, is refused or
	# understood; never more
	size=$(wc -c <"$work/global.bpf.o")
	bad=0
	for n in 0 3 16 63 64 100 $((size / 3)) $((size / 2)) $((size - 65)) $((size - 1)); do
		head -c "$n" "$work/global.bpf.o" >"$work/cut.o"
		"$careful" import -o "$work/cut" "$work/cut.o" >"$log" 2>&1
		[ $? -eq 2 ] && grep -q "cut.o" "$log" && ! ls "$work"/cut/* >/dev/null 2>&1 ||
			bad=1
	done
	result $bad "a truncated object: refused, nothing written"
	bad=0
	for at in 4 5 16 18 40 41 58 60 62 $((size - 600)) $((size - 500)) $((size - 400)) \
		$((size - 300)) $((size - 200)) $((size - 100)); do
		cp "$work/global.bpf.o" "$work/flip.o"
		printf '\377' | dd of="$work/flip.o" bs=1 seek="$at" conv=notrunc 2>/dev/null
		"$careful" import -o "$work/flip" "$work/flip.o" >"$log" 2>&1
		[ $? -le 2 ] && ! grep -q 'Sanitizer\|runtime error' "$log" || bad=1
	done
	result $bad "a damaged object harms nobody"
else
	skip "ELF objects" "no clang for BPF"
fi

# malformed NAME PATTERN FILE: exit code 2, a message that names the file, nothing in the folder
malformed() {
	"$careful" import -o "$work/none" "$3" >"$log" 2>&1
	[ $? -eq 2 ] && grep -q -e "$2" "$log" && ! ls "$work"/none/* >/dev/null 2>&1
	result $? "$1"
}

echo 'int x;' | gcc -xc -c -o "$work/host.o" -
malformed "an object of another machine" 'host.o: an ELF object of machine .*(expected 247, BPF)' \
	"$work/host.o"
head -c 64 /dev/zero >"$work/zeros"
malformed "neither ELF nor text" 'NUL byte' "$work/zeros"
malformed "no such file" 'No such file' "$work/nowhere.data"
printf -- '-- asm\nmov %%r0, 1\nmvo %%r0, 2\nexit\n-- result\n1\n' >"$work/mnemonic.data"
malformed "an unknown instruction" "mnemonic.data:3:1: 'mvo' is not an instruction" \
	"$work/mnemonic.data"
echo 'case x' >"$work/text.data"
malformed "no .data file" 'text.data: no program' "$work/text.data"
"$careful" import -o "$work/zeros" "$work/text.data" >"$log" 2>&1
[ $? -eq 2 ] && grep -q 'not a directory' "$log"
result $? "a folder that is none"

# ---- in 32-bit guests, where their own harnesses do not run ----

[ "${1-}" != host ] || finish
mkdir "$work/all" && cp -r "$work/conf" "$work/all/" && { [ ! -d "$work/verifier" ] ||
	cp -r "$work/verifier" "$work/all/"; }
# 80,000 instructions to blind: a matter of minutes in an emulated guest
rm -f "$work/all/verifier/verifier_gotol.case"
for a in riscv32 m68k; do
	ARCH=$a CASES_DIR=$work/all RUN=$work/run-$a runners/run.sh run >"$log" 2>&1
	status=$?
	sed -n 's/^# Totals/# '$a'/p' "$log"
	[ $status -eq 0 ]
	result $? "$a agrees with all of them"
done

# a program that riscv32's JIT gets wrong (results/known/riscv32.txt): r0 is what the engine says
image=$(cat "$O/guests/riscv32.image")
shift='r0 = 0xfedcba9876543210 ll; r0 <<= r2; exit'
mem=$(head -c 64 /dev/zero | od -An -v -tx1 | tr -d '\n')
guest="--arch riscv32 --image $image --initrd $O/guests/riscv32.cpio"
plugin fedcba9876543210 0 "$(program "$shift")" "$mem"
plugin fedcba9876543210 0 "$(program "$shift")" "$mem" "--engine interp $guest"
plugin 7654321000000000 0 "$(program "$shift")" "$mem" "--engine jit $guest"
finish
