#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The same listings through clang's assembler and through checkjit asm give the same bytes.
set -u
top=$(cd "$(dirname "$0")/.." && pwd) || exit 3
cd "$top" || exit 3

case ${1-} in -h | --help) echo "usage: tests/clang-asm.sh (environment: CHECKJIT, CLANG, O)" &&
	exit 0 ;; esac
# shellcheck source=tests/lib.sh
. tests/lib.sh

# clang_asm FILE: its slots as 16 hex digits a line
clang_asm() {
	"$clang" -target bpf -mcpu=v4 -c -x assembler -o "$work/o" "$1" 2>"$log" || return 1
	[ ! -s "$log" ] || return 1
	readelf -SW "$work/o" | sed -n 's/.*] \.text *PROGBITS *[0-9a-f]* //p' >"$work/where"
	read -r off size _ <"$work/where" || return 1
	od -An -v -tx1 -j $((0x$off)) -N $((0x$size)) "$work/o" | tr -d ' \n' | fold -w 16
	echo
}

knows() {
	echo "$1" >"$work/probe.s"
	clang_asm "$work/probe.s" >"$work/probe"
}

# compare NAME FILE
compare() {
	clang_asm "$2" >"$work/theirs" && "$checkjit" asm <"$2" >"$work/ours" 2>"$log" &&
		diff -u "$work/theirs" "$work/ours" >"$log" && [ -s "$work/ours" ]
	result $? "$1"
}

if ! command -v readelf >/dev/null; then
	skip all 'readelf (binutils) is not installed'
	finish
fi
for clang in ${CLANG:-clang-22 clang-21 clang-20 clang-19 clang}; do
	command -v "$clang" >/dev/null && knows 'r1 s/= r2' && break
	clang=
done
if [ -z "$clang" ]; then
	skip all 'no clang with cpu v4 is installed'
	finish
fi
echo "# $("$clang" --version | head -n 1)"

# What clang cannot write: pseudo forms of ld_imm64 (relocations there), kfuncs, subprograms by
# distance, packet loads with register and constant.
"$checkjit" asm --table | sed 's/call bpf_.*/call 7/' |
	awk -F'\t' '$1 !~ /^(ld_map|ld_btf|ld_func|call_|ldind)/' >"$work/table"
sed -n 's/.*	v[1-4]	[^	]*	//p' "$work/table" >"$work/v4.s"
compare table-v4 "$work/v4.s"

if knows 'r1 = load_acquire((u64 *)(r2 + 0))' && knows 'gotox r1'; then
	sed -n 's/.*	v5	[^	]*	//p' "$work/table" >"$work/v5.s"
	compare table-v5 "$work/v5.s"
else
	skip table-v5 "$clang does not know its instructions"
fi

cat >"$work/spell.s" <<'EOF'
r1+=r2
r10 += -2147483648
r0 = 0xffffffff
r0 = 4294967295
w9 = 0x7fffffff
w9 s%= -1
r3 &= 0x80000000
r3 &= 0xfffffffffffffff8
r1 = -0x5
r1 = 0xffffffffffffffff ll
r1 = -1 ll
r1 = 0x8000000000000000 ll
w1 = (s16)w1
r1 = (s8) r2
w1 = *(u8 *)(r2 + 5)
w10 = *(u32 *)(r10 - 32768)
r1 = *(u64 *)(r2 + 32767)
*(u16 *)(r1 + 0) = w2
*(u64 *)(r1 - 32768) = 0xffffffff
*(u8 *)(r1 + 0x10) = -0x80000000
lock *(u32 *)(r1 + 5) += r2
lock *(u32 *)(r1 + 5) |= w2
w9 = atomic_fetch_xor((u32 *)(r10 - 4), w9)
w0 = cmpxchg32_32(r10 - 4, w0, w9)
r0 = *(u16 *)skb[r6]
r0 = *(u8 *)skb[r0]
r0 = *(u32 *)skb[r9]
r0 = *(u8 *)skb[-5]
r2 = addr_space_cast(r1, 0x1, 0x0)
r6 = *(u64 *)(r11 + 56)
*(u64 *)(r11 - 56) = r6
*(u64 *)(r11 - 8) = -1
goto 5
goto -32768
gotol -1
if w1 == 0xffffffff goto +32767
if r1 s<= -2147483648 goto -1
call 0xffffffff
exit; exit
EOF
compare spellings-and-extremes "$work/spell.s"

cat >"$work/labels.s" <<'EOF'
start: if r1 > r2 goto start
	r1 = 1 ll
	goto end
f:	call f
	call last
	if w1 != 5 goto f
	may_goto end
	gotol start
1:	goto 1f
	goto 1b
1:	if r1 & 1 goto 1b
end:
last:	exit
EOF
compare labels "$work/labels.s"
finish
