// SPDX-License-Identifier: GPL-2.0
/* Each quirk: inputs on which it shows, with the state that it predicts, and some on which not. */
#include <stdlib.h>
#include <string.h>
#include "bpf/case.h"
#include "bpf/model.h"
#include "lib/util.h"
#include "tests/test.h"

#define BODY(text) "case c\n\tprog\n" text "\tend\n"
#define RAW	   0x10000 /* the verifier's fixups do not come before */

static const struct row {
	enum quirk quirk;
	const char *text;
	u64 plain, quirky; /* r0, or retval of a whole program */
	u32 flags;
} rows[] = {
#define MOVSX(reg, plain, quirky)                                                               \
	{                                                                                       \
		QUIRK_MOVSX_PLAIN, BODY("\t\t" reg "\n") "\tvec r0=0 r1=0x1234567880\n", plain, \
			quirky, 0                                                               \
	}
	MOVSX("r0 = (s8)r1", -0x80ull, 0x1234567880),
	MOVSX("w0 = (s16)w1", 0x7880, 0x34567880),
	MOVSX("r0 = (s32)r1", 0x34567880, 0x1234567880),
	{ QUIRK_MOVSX_PLAIN, BODY("\t\tr0 = (s8)r1\n") "\tvec r0=0 r1=0x7f\n", 0x7f, 0x7f, 0 },

#define SDIV(insn, a, b, plain, quirky, flags)                                                    \
	{                                                                                         \
		QUIRK_SDIV32_UNSIGNED, BODY("\t\t" insn "\n") "\tvec r0=" a " r1=" b "\n", plain, \
			quirky, flags                                                             \
	}
#define SDIV_MIN(insn, a, b, plain, quirky)                                                  \
	{                                                                                    \
		QUIRK_SDIV32_MIN, BODY("\t\t" insn "\n") "\tvec r0=" a " r1=" b "\n", plain, \
			quirky, 0                                                            \
	}
	/* 0xffffffff80000000 = 3 * 0x555555552aaaaaaa + 2 = 7 * 0x2492492480000000 */
	SDIV_MIN("w0 s/= w1", "0x80000000", "3", 0xd5555556, 0xd5555556),
	SDIV_MIN("w0 s/= w1", "0x80000000", "7", 0xedb6db6e, 0x80000000),
	SDIV_MIN("w0 s%= w1", "0x80000000", "7", 0xfffffffe, 0),
	SDIV_MIN("w0 s/= w1", "0x80000000", "-2", 0x40000000, 0xc0000000),
	SDIV_MIN("w0 s/= w1", "0x80000001", "7", 0xedb6db6e, 0xedb6db6e),
	SDIV("w0 s/= w1", "-6", "2", 0xfffffffd, 0x7ffffffd, 0),
	SDIV("w0 s%= w1", "-7", "2", 0xffffffff, 1, 0),
	SDIV("w0 s/= w1", "6", "2", 3, 3, 0),
	SDIV("w0 s/= w1", "-6", "-1", 6, 6, 0),
	SDIV("w0 s/= w1", "-6", "-1", 6, 0, RAW),
	SDIV("w0 s/= w1", "-6", "0", 0, 0, 0),
	SDIV("r0 s/= r1", "-6", "2", -3ull, -3ull, 0),
	SDIV("w0 /= w1", "-6", "2", 0x7ffffffd, 0x7ffffffd, 0),

#define SDIV64(insn, a, b, plain, quirky, flags)                                                  \
	{                                                                                         \
		QUIRK_SDIV64_UNSIGNED, BODY("\t\t" insn "\n") "\tvec r0=" a " r1=" b "\n", plain, \
			quirky, flags                                                             \
	}
	SDIV64("r0 s/= r1", "-6", "2", -3ull, 0x7ffffffffffffffd, 0),
	SDIV64("r0 s%= r1", "-7", "2", -1ull, 1, 0),
	SDIV64("r0 s/= -2", "-6", "0", 3, 0, 0),
	SDIV64("r0 s/= r1", "-6", "-1", 6, 6, 0),
	SDIV64("r0 s/= r1", "-6", "-1", 6, 0, RAW),
	SDIV64("r0 s/= r1", "-6", "0", 0, 0, 0),
	SDIV64("w0 s/= w1", "-6", "2", 0xfffffffd, 0xfffffffd, 0),
	SDIV64("r0 /= r1", "-6", "2", 0x7ffffffffffffffd, 0x7ffffffffffffffd, 0),

#define SHIFT(quirk, insn, a, b, plain, quirky)                                                   \
	{                                                                                         \
		QUIRK_##quirk, BODY("\t\t" insn "\n") "\tvec r0=" a " r1=" b "\n", plain, quirky, \
			0                                                                         \
	}
	SHIFT(SHIFT32_COUNT6, "w0 <<= w1", "1", "33", 2, 0),
	SHIFT(SHIFT32_COUNT6, "w0 s>>= w1", "0x80000000", "32", 0x80000000, 0xffffffff),
	SHIFT(SHIFT32_COUNT6, "w0 >>= w1", "4", "65", 2, 2),
	SHIFT(SHIFT32_COUNT6, "r0 <<= r1", "1", "33", 1ull << 33, 1ull << 33),
	SHIFT(SHIFT64_COUNT7, "r0 <<= r1", "1", "65", 2, 0),
	SHIFT(SHIFT64_COUNT7, "r0 s>>= r1", "-2", "65", -1ull, -1ull),
	SHIFT(SHIFT64_COUNT7, "r0 >>= r1", "4", "129", 2, 2),
	SHIFT(SHIFT_COUNT8, "w0 <<= w1", "1", "33", 2, 0),
	SHIFT(SHIFT_COUNT8, "w0 <<= w1", "1", "257", 2, 2),
	SHIFT(SHIFT_COUNT8, "r0 <<= r1", "0x100000001", "65", 0x200000002, 0),
	SHIFT(SHIFT_COUNT8, "r0 <<= r1", "3", "36", 3ull << 36, 3ull << 36),
	SHIFT(SHIFT_COUNT8, "r0 s>>= r1", "0x8000000000000000", "36", 0xfffffffff8000000,
	      0xfffffffff8000000),
	SHIFT(SHIFT_COUNT8, "r0 >>= r1", "0x8000000000000000", "4", 1ull << 59, 1ull << 59),
	SHIFT(SHIFT64_COUNT5, "r0 <<= r1", "1", "65", 2, 1ull << 33),
	SHIFT(SHIFT64_COUNT5, "r0 s>>= r1", "-0x10000000000", "64", -0x10000000000ull, -256ull),
	SHIFT(SHIFT64_COUNT5, "r0 >>= r1", "0x8000000000000000", "40", 1 << 23, 1 << 23),
	SHIFT(SHIFT64_COUNT5, "r0 <<= r1", "1", "0x100000003", 8, 8),
	SHIFT(SHIFT64_LESS32, "r0 <<= r1", "1", "64", 1, 1ull << 32),
	SHIFT(SHIFT64_LESS32, "r0 >>= r1", "0x8000000000000000", "64", 1ull << 63, 0x80000000),
	SHIFT(SHIFT64_LESS32, "r0 s>>= r1", "-1", "63", -1ull, -1ull),
	SHIFT(SHIFT64_LESS32, "r0 <<= r1", "3", "31", 3ull << 31, 3ull << 31),

#define SELF(insn, reg, in, plain, quirky)                                                        \
	{                                                                                         \
		QUIRK_SHIFT64_SELF,                                                               \
			BODY("\t\t" insn "\n\t\tr0 = " reg "\n") "\tvec " reg "=" in "\n", plain, \
			quirky, 0                                                                 \
	}
	SELF("r2 >>= r2", "r2", "0x100000004", 0x10000000, 0x110000000),
	SELF("r2 s>>= r2", "r2", "0x8000000100000004", 0xf800000010000000, 0x8000000110000000),
	SELF("r6 >>= r6", "r6", "0x100000004", 0x10000000, 0x10000000),
	SELF("r2 <<= r2", "r2", "0x100000004", 0x1000000040, 0x1000000040),

#define BY_ITSELF(quirk, insn, reg, in, plain, quirky)                                            \
	{                                                                                         \
		QUIRK_SHIFT64_SELF_##quirk,                                                       \
			BODY("\t\t" insn "\n\t\tr0 = " reg "\n") "\tvec " reg "=" in "\n", plain, \
			quirky, 0                                                                 \
	}
	BY_ITSELF(ANY, "r2 <<= r2", "r2", "0x100000001", 0x200000002, 0x400000002),
	BY_ITSELF(ANY, "r2 >>= r2", "r2", "0x8000000000000044", 0x800000000000004,
		  0x800000000000004),
	BY_ITSELF(ANY, "r6 >>= r6", "r6", "0x8000000000000041", 0x4000000000000020,
		  0x8000000000000020),
	BY_ITSELF(ANY, "r6 s>>= r6", "r6", "0x8000000000000083", 0xf000000000000010,
		  0xffff800000000010),
	BY_ITSELF(ANY, "r2 <<= r2", "r2", "0x100000021", 0x4200000000, 0x4200000000),
	BY_ITSELF(ANY, "r2 s>>= r2", "r2", "0x8000000000000021", 0xffffffffc0000000,
		  0xffffffffc0000000),
	BY_ITSELF(RIGHT, "r2 >>= r2", "r2", "0x100000004", 0x10000000, 0x110000000),
	BY_ITSELF(RIGHT, "r6 s>>= r6", "r6", "0x8000000100000004", 0xf800000010000000,
		  0x8000000110000000),
	BY_ITSELF(RIGHT, "r2 <<= r2", "r2", "0x100000001", 0x200000002, 0x200000002),

#define DIV_K(quirk, insn, in, plain, quirky)                                               \
	{                                                                                   \
		QUIRK_##quirk, BODY("\t\t" insn "\n") "\tvec r0=" in "\n", plain, quirky, 0 \
	}
	DIV_K(SDIV32_K_DOWN, "w0 s/= 2", "0xfffffffb", 0xfffffffe, 0xfffffffd),
	DIV_K(SDIV32_K_DOWN, "w0 s/= 2", "5", 2, 2),
	DIV_K(SDIV32_K_DOWN, "w0 /= 2", "0xfffffffb", 0x7ffffffd, 0x7ffffffd),
	DIV_K(DIV64_K_ARSH, "r0 /= 16", "0x8000000000000020", 0x800000000000002,
	      0xf800000000000002),
	DIV_K(DIV64_K_ARSH, "r0 s/= 2", "-5", 0xfffffffffffffffe, 0xfffffffffffffffd),
	DIV_K(DIV64_K_ARSH, "r0 /= -8", "64", 0, 0xfffffffffffffff8),
	DIV_K(DIV64_K_ARSH, "r0 /= 6", "-6", 0x2aaaaaaaaaaaaaa9, 0x2aaaaaaaaaaaaaa9),
	DIV_K(MOD64_K_ABS, "r0 %= -8", "13", 13, 5),
	DIV_K(MOD64_K_ABS, "r0 s%= -8", "13", 5, 5),

#define CMPXCHG(in, plain, quirky, flags)                                                         \
	{                                                                                         \
		QUIRK_CMPXCHG32_SEXT,                                                             \
			"case c\n\tmem 8\n\tptr r6 = mem\n\tprog\n\t\tw0 = cmpxchg32_32(r6 + 0, " \
			"w0, w1)\n\tend\n"                                                        \
			"\tvec r0=1 r1=2 mem+0=u32 " in "\n",                                     \
			plain, quirky, flags                                                      \
	}
	CMPXCHG("0x80000000", 0x80000000, 0xffffffff80000000, RAW),
	CMPXCHG("0x80000000", 0x80000000, 0x80000000, 0),
	CMPXCHG("0x7fffffff", 0x7fffffff, 0x7fffffff, RAW),

#define LDSX(off, plain, quirky)                                                                \
	{                                                                                       \
		QUIRK_LDSX32_OFF4,                                                              \
			"case c\n\tmem 16\n\tptr r6 = mem\n\tprog\n\t\tr0 = *(s32 *)(r6 + " off \
			")\n\tend\n"                                                            \
			"\tvec mem+0=u64 0x0807060504030201\n",                                 \
			plain, quirky, 0                                                        \
	}
	LDSX("2", 0x06050403, 0x04030201),
	LDSX("4", 0x08070605, 0x08070605),

#define LDSX_HIGH(bits, in, plain, quirky, flags)                                                  \
	{                                                                                          \
		QUIRK_LDSX_KEEPS_HIGH,                                                             \
			"case c\n\tmem 8\n\tptr r6 = mem\n\tprog\n\t\tr0 = *(s" bits " *)(r6 + 0)" \
			"\n\tend\n\tvec r0=0x1234567800000000 mem+0=u64 " in "\n",                 \
			plain, quirky, flags                                                       \
	}
	LDSX_HIGH("8", "0x80", 0xffffffffffffff80, 0x12345678ffffff80, 0),
	LDSX_HIGH("16", "0x7fff", 0x7fff, 0x1234567800007fff, 0),
	LDSX_HIGH("32", "0x80000000", 0xffffffff80000000, 0xffffffff80000000, RAW),

#define CALL(in, plain, quirky)                                                                  \
	{                                                                                        \
		QUIRK_SUBPROG_R1_ZEXT,                                                           \
			"case c\n\tneeds calls\n\tprog\n\t\tcall f\n\tfunc f args 2:\n\t\tr0 = " \
			"r1\n"                                                                   \
			"\t\tr0 += r2\n\t\texit\n\tend\n\tvec r1=" in " r2=0x300000000\n",       \
			plain, quirky, 0                                                         \
	}
	CALL("0x100000002", 0x400000002, 0x300000002),
	CALL("2", 0x300000002, 0x300000002),

#define TAIL(name, rounds, index, plain, quirky)                                                   \
	{                                                                                          \
		QUIRK_TAIL_##name,                                                                 \
			"case c\n\traw\n\tneeds tailcalls\n\tctx 8\n\tmap t prog_array 2 = "       \
			"P\n\tprog\n"                                                              \
			"\t\tr6 = r1\n\t\tr7 = " rounds "\n\t\tL:\n\t\tr1 = r6\n\t\tr2 = &t ll\n"  \
			"\t\tr3 = " index                                                          \
			"\n\t\tcall bpf_tail_call\n\t\tr7 -= 1\n\t\tif r7 != 0 goto L\n"           \
			"\t\tr1 = r6\n\t\tr2 = &t ll\n\t\tr3 = 0\n\t\tcall bpf_tail_call\n\t\tr0 " \
			"= 7\n"                                                                    \
			"\t\texit\n\tend\n\tprog P\n\t\tr0 = 9\n\t\texit\n\tend\n\tvec ctx+0=u64 " \
			"1\n",                                                                     \
			plain, quirky, 0                                                           \
	}
	TAIL(EMPTY_COUNTS, "40", "1", 9, 7),
	TAIL(EMPTY_COUNTS, "32", "1", 9, 9),
	TAIL(OUTSIDE_COUNTS, "40", "2 ll", 9, 7),
	TAIL(OUTSIDE_COUNTS, "32", "2 ll", 9, 9),
	TAIL(OUTSIDE_COUNTS, "40", "1 ll", 9, 9),

#define ONE_TAIL(name, index, plain, quirky)                                                  \
	{                                                                                     \
		QUIRK_TAIL_##name,                                                            \
			"case c\n\traw\n\tneeds tailcalls\n\tctx 8\n\tmap t prog_array 1 = P" \
			"\n\tprog\n\t\tr0 = 5\n\t\tr2 = &t ll\n\t\tr3 = " index               \
			"\n\t\tcall bpf_tail_call\n\t\tr0 = 7\n\t\texit\n\tend\n"             \
			"\tprog P\n\t\tr0 = 9\n\t\texit\n\tend\n\tvec ctx+0=u64 1\n",         \
			plain, quirky, 0                                                      \
	}
	ONE_TAIL(INDEX64, "0x100000000 ll", 9, 7),
	ONE_TAIL(INDEX64, "0x100000001 ll", 7, 7),
	ONE_TAIL(INDEX64, "0 ll", 9, 9),
	ONE_TAIL(MISS_ENDS, "1", 7, 5),
	ONE_TAIL(MISS_ENDS, "0", 9, 9),

#define RETURNS(quirk, in, plain, quirky)                                                        \
	{                                                                                        \
		QUIRK_SUBPROG_RET_##quirk,                                                       \
			"case c\n\tneeds calls\n\tprog\n\t\tcall f\n\tfunc f args 1:\n\t\tr0 = " \
			"r1\n\t\texit\n\tend\n\tvec r1=" in "\n",                                \
			plain, quirky, 0                                                         \
	}
	RETURNS(TWICE, "0x100000002", 0x100000002, 0x200000002),
	RETURNS(TWICE, "0x200000002", 0x200000002, 0x200000002),
	RETURNS(SEXT, "0x180000002", 0x180000002, 0xffffffff80000002),
	RETURNS(SEXT, "-2", -2ull, -2ull),

#define LOOP(quirk, flags, nr, plain, quirky)                                                     \
	{                                                                                         \
		QUIRK_##quirk,                                                                    \
			"case c\n\tneeds callbacks\n\tprog\n\t\tr4 = " flags "\n\t\tr1 = r6\n"    \
			"\t\tr2 = func[body] ll\n\t\tr3 = 0\n\t\tcall bpf_loop\n"                 \
			"\tfunc body args 2 callback:\n\t\tr0 = 0\n\t\texit\n\tend\n\tvec r6=" nr \
			" r7=0\n",                                                                \
			plain, quirky, 0                                                          \
	}
	LOOP(LOOP_NR64, "0", "0x100000003", 3, -7ull),
	LOOP(LOOP_NR64, "r7", "0x100000003", 3, 3),
	LOOP(LOOP_NR64, "0", "3", 3, 3),
	LOOP(LOOP_E2BIG_ZEXT, "0", "0x900000", -7ull, 0xfffffff9),
	LOOP(LOOP_E2BIG_ZEXT, "r7", "0x900000", -7ull, -7ull),
	LOOP(LOOP_E2BIG_ZEXT, "0", "2", 2, 2),

#define UPDATE(index, plain, quirky)                                                       \
	{                                                                                  \
		QUIRK_MAP_OP_INT,                                                          \
			"case c\n\tmap arr array 4 8 4\n\tstack 16\n\tprog\n"              \
			"\t\t*(u32 *)(r10 - 4) = r6\n\t\t*(u64 *)(r10 - 16) = r7\n"        \
			"\t\tr1 = &arr ll\n\t\tr2 = r10\n\t\tr2 += -4\n\t\tr3 = r10\n"     \
			"\t\tr3 += -16\n\t\tr4 = 0\n\t\tcall bpf_map_update_elem\n\tend\n" \
			"\tvec r6=" index "\n",                                            \
			plain, quirky, 0                                                   \
	}
	UPDATE("3", 0, 0),
	UPDATE("4", -7ull, 0xfffffff9),

#define ARENA_ST(type, off, plain, quirky)                                                     \
	{                                                                                      \
		QUIRK_ARENA_ST_LOST,                                                           \
			"case c\n\tneeds arena\n\tmap ar arena 2\n\tprog\n\t\tr6 = &ar ll\n"   \
			"\t\tr6 = 4096\n\t\tr6 = addr_space_cast(r6, 0, 1)\n"                  \
			"\t\t*(u64 *)(r6 + 0) = 0\n\t\tr6 += 8\n\t\t*(u64 *)(r6 + 0) = 0\n"    \
			"\t\t*(" type " *)(r6 + " off ") = -1\n\t\tr6 -= 8\n"                  \
			"\t\tr0 = *(u64 *)(r6 + 0)\n\t\tr1 = *(u64 *)(r6 + 8)\n\t\tr0 |= r1\n" \
			"\tend\n",                                                             \
			plain, quirky, 0                                                       \
	}
	ARENA_ST("u32", "-4", 0xffffffff00000000, 0),
	ARENA_ST("u32", "2", 0xffffffff0000, 0),
	ARENA_ST("u32", "4", 0xffffffff00000000, 0xffffffff00000000),

#define ARENA_OFF(type, off, imm, plain, quirky)                                             \
	{                                                                                    \
		QUIRK_ARENA_ST_OFFSET,                                                       \
			"case c\n\tneeds arena\n\tmap ar arena 2\n\tprog\n\t\tr6 = &ar ll\n" \
			"\t\tr6 = 4096\n\t\tr6 = addr_space_cast(r6, 0, 1)\n"                \
			"\t\t*(" type " *)(r6 + " off ") = " imm "\n"                        \
			"\t\tr0 = *(" type " *)(r6 + " off ")\n\tend\n",                     \
			plain, quirky, 0                                                     \
	}
	ARENA_OFF("u64", "2", "5", 5, 2),
	ARENA_OFF("u64", "-3", "5", 5, -3ull),
	ARENA_OFF("u64", "4", "5", 5, 5),
	ARENA_OFF("u32", "2", "5", 5, 5),
#define ST64(type, imm, plain, quirky)                                           \
	{                                                                        \
		QUIRK_ST64_IMM_ZEXT,                                             \
			"case c\n\tstack 8\n\tprog\n\t\t*(u64 *)(r10 - 8) = 0\n" \
			"\t\t*(" type " *)(r10 - 8) = " imm "\n\t\tr0 = *(" type \
			" *)(r10 - 8)\n\tend\n",                                 \
			plain, quirky, 0                                         \
	}
	ST64("u64", "-4097", -4097ull, 0xffffefff),
	ST64("u64", "-0x80000000", -0x80000000ull, 0x80000000),
	ST64("u64", "-4096", -4096ull, -4096ull),
	ST64("u64", "0x7fffffff", 0x7fffffff, 0x7fffffff),
	ST64("u32", "-4097", 0xffffefff, 0xffffefff),
#define FAR_STORE(type, off, plain, quirky)                                                     \
	{                                                                                       \
		QUIRK_STORE_FAR_LOST,                                                           \
			"case c\n\tmap arr array 4 32768 1\n\tstack 8\n\tprog\n"                \
			"\t\t*(u32 *)(r10 - 4) = 0\n\t\tr1 = &arr ll\n\t\tr2 = r10\n"           \
			"\t\tr2 += -4\n\t\tcall bpf_map_lookup_elem\n\t\tif r0 == 0 goto out\n" \
			"\t\tr1 = r0\n\t\t*(" type " *)(r1 + " off ") = 5\n\t\tr0 = *(" type    \
			" *)(r1 + " off ")\n\tout:\n\t\tr1 = 0\n\tend\n",                       \
			plain, quirky, 0                                                        \
	}
	FAR_STORE("u64", "2048", 5, 0),
	FAR_STORE("u32", "8191", 5, 0),
	FAR_STORE("u64", "2047", 5, 5),
	FAR_STORE("u64", "8192", 5, 5),
	FAR_STORE("u16", "4096", 5, 5),
#define CMPXCHG_WIDE(r0, r2, plain, quirky)                                                   \
	{                                                                                     \
		QUIRK_CMPXCHG32_WIDE,                                                         \
			"case c\n\tneeds atomic32\n\tstack 8\n\tprog\n"                       \
			"\t\t*(u32 *)(r10 - 8) = r2\n\t\tw0 = cmpxchg32_32(r10 - 8, w0, "     \
			"w1)\n\t\tr0 = *(u32 *)(r10 - 8)\n\tend\n\tvec r0=" r0 " r1=7 r2=" r2 \
			"\n",                                                                 \
			plain, quirky, 0                                                      \
	}
	CMPXCHG_WIDE("0x80000001", "0x80000001", 7, 0x80000001),
	CMPXCHG_WIDE("-0x7fffffff", "0x80000001", 7, 7),
	CMPXCHG_WIDE("0x100000005", "5", 7, 5),
	CMPXCHG_WIDE("5", "5", 7, 7),
	CMPXCHG_WIDE("6", "5", 5, 5),
#define ACQUIRE(at, plain, quirky)                                                           \
	{                                                                                    \
		QUIRK_ACQUIRE_KEEPS,                                                         \
			"case c\n\tneeds arena\n\tmap ar arena 1\n\tprog\n\t\tr6 = &ar ll\n" \
			"\t\tr6 = " at "\n\t\tr6 = addr_space_cast(r6, 0, 1)\n"              \
			"\t\t*(u64 *)(r6 + 0) = 0\n\t\tr0 = 7\n"                             \
			"\t\tr0 = load_acquire((u64 *)(r6 + 0))\n\tend\n",                   \
			plain, quirky, 0                                                     \
	}
	ACQUIRE("0x40000", 0, 7),
	ACQUIRE("64", 0, 0),

#define ARENA_CMPXCHG(r0, plain, quirky)                                                     \
	{                                                                                    \
		QUIRK_ARENA_CMPXCHG32,                                                       \
			"case c\n\tneeds arena\n\tmap ar arena 1\n\tprog\n\t\tr6 = &ar ll\n" \
			"\t\tr6 = 64\n\t\tr6 = addr_space_cast(r6, 0, 1)\n"                  \
			"\t\t*(u32 *)(r6 + 0) = 7\n\t\tw0 = cmpxchg32_32(r6 + 0, w0, w1)\n"  \
			"\tend\n\tvec r0=" r0 " r1=5\n",                                     \
			plain, quirky, 0                                                     \
	}
	ARENA_CMPXCHG("0x100000007", 7, 0x100000007),
	ARENA_CMPXCHG("0x100000008", 7, 7),
	ARENA_CMPXCHG("7", 7, 7),

#define FEXIT(in, plain, quirky)                                                                  \
	{                                                                                         \
		QUIRK_FEXIT_SEXT32,                                                               \
			"case c\n\tneeds calls btf trace_prog\n\tmem 8\n\tprog\n\t\tcall sub\n"   \
			"\t\tr1 = &mem + 0 ll\n\t\tr0 = *(u64 *)(r1 + 0)\n\t\tfunc sub args 1:\n" \
			"\t\tr0 = r1\n\t\texit\n\tend\n\tprog behind\n\t\tr2 = &mem + 0 ll\n"     \
			"\t\tr3 = *(u64 *)(r1 + 8)\n\t\t*(u64 *)(r2 + 0) = r3\n\t\tr0 = "         \
			"0\n\t\texit\n"                                                           \
			"\tend\n\tattach behind fexit sub\n\tvec r1=" in "\n",                    \
			plain, quirky, 0                                                          \
	}
	FEXIT("0x1280000000", 0x1280000000, 0xffffffff80000000),
	FEXIT("5", 5, 5),

#define PROBE(insn, plain, quirky)                                                    \
	{                                                                             \
		QUIRK_PROBE_TAGGED,                                                   \
			"case c\n\tneeds probe_user\n\tprog\n\t\tr2 = 0\n\t\tcall "   \
			"bpf_rdonly_cast\n"                                           \
			"\t\tr0 = *(" insn ")\n\tend\n\tvec r1=0x400000007ead0000\n", \
			plain, quirky, 0                                              \
	}
	PROBE("u64 *)(r0 + 0", 0, 0xa5a5a5a5a5a5a5a5),
	PROBE("u16 *)(r0 + 4094", 0, 0xa5a5),
	PROBE("s8 *)(r0 + 1", 0, -0x5bull),
	PROBE("u16 *)(r0 + 4095", 0, 0),
	PROBE("u8 *)(r0 - 1", 0, 0),

#define KFUNC(type, in, plain, quirky)                                           \
	{                                                                        \
		QUIRK_KFUNC_NARROW_DIRTY,                                        \
			"case c\n\tneeds kfunc\n\tprog\n\t\tcall checkjit_" type \
			"x1\n\tend\n\tvec r1=" in "\n",                          \
			plain, quirky, 0                                         \
	}
	KFUNC("u8", "0x1ff", 0x1d8, 0x2d8),
	KFUNC("u16", "0x10001", 0xda, 0x100da),
	KFUNC("s8", "0x101", 0xda, 0xda),
	KFUNC("u8", "1", 0xda, 0xda),

#define MAY_GOTO(rounds, plain, quirky)                                                           \
	{                                                                                         \
		QUIRK_MAY_GOTO_R0,                                                                \
			"case c\n\tneeds may_goto\n\tprog\n\t\tr9 = r0\n\t\tr6 = " rounds         \
			"\n\t\tL:\n"                                                              \
			"\t\tmay_goto out\n\t\tr6 -= 1\n\t\tif r6 != 0 goto L\n\tout:\n\t\tr1 = " \
			"1\n"                                                                     \
			"\t\tif r0 == r9 goto same\n\t\tr1 = 2\n\tsame:\n\t\tr0 = r1\n\tend\n",   \
			plain, quirky, 0                                                          \
	}
#define INT128(shape, detached, plain, quirky)                                              \
	{                                                                                   \
		QUIRK_TRAMP_INT128_STACK,                                                   \
			"case c\n\tneeds kfunc\n\tprog\n\t\tcall checkjit_to_" shape        \
			"\n\tend\n\tprog P\n\t\tr0 = 0\n\t\texit\n\tend\n\tattach P fexit " \
			"checkjit_in_" shape detached "\n\tvec r1=0 r2=0 r3=0 r4=1 r5=0\n", \
			plain, quirky, 0                                                    \
	}
	INT128("u7i", "", 0xa853afb94dbb, 0xa853afb94dbb + 0x6e6f626f64792e2e - 9),
	INT128("u7i", " detached", 0xa853afb94dbb, 0xa853afb94dbb),
	INT128("u6i", "", 0x56e0ded340e, 0x56e0ded340e),

	MAY_GOTO("65535", 1, 2),
	MAY_GOTO("65534", 1, 1),
};

/* Run @text with @quirk; *@met: was its place met? */
static u64 run(const struct row *r, bool quirky, bool standard, bool *met)
{
	struct model_state st = { .standard = standard };
	char why[128] = "";
	struct diag diag = {};
	struct bpf_case *c = case_parse_one(r->text, "c.case", "unit", &diag);
	u64 out = 0;

	CHECK(c, "%s: line %d: %s", r->text, diag.line, diag.msg);
	if (!c)
		return 0;
	if (quirky)
		st.quirks = (struct quirks){ .set = QUIRK_BIT(r->quirk),
					     .verified = !(r->flags & RAW) };
	CHECK(model_run(c, 0, ORDER_LE, 64, &st, why) == MODEL_OK, "%s: %s", r->text, why);
	out = c->raw ? st.retval : st.r[0];
	*met = st.met;
	model_state_free(&st);
	bpf_case_free(c);
	return out;
}

static void test_rows(void)
{
	bool shows[NR_QUIRKS] = {}, hides[NR_QUIRKS] = {}, met;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct row *r = &rows[i];
		u64 out = run(r, false, false, &met);

		CHECK(out == r->plain && !met, "%s: 0x%llx", r->text, (unsigned long long)out);
		out = run(r, true, false, &met);
		CHECK(out == r->quirky, "%s\n%s: 0x%llx", r->text, quirk_descs[r->quirk].name,
		      (unsigned long long)out);
		CHECK(met || r->plain == r->quirky, "%s: met", r->text);
		out = run(r, true, true, &met);
		CHECK(out == r->plain, "%s: only noted", r->text);
		CHECK(met || r->plain == r->quirky, "%s: noted", r->text);
		shows[r->quirk] |= r->plain != r->quirky;
		hides[r->quirk] |= r->plain == r->quirky;
	}
	for (int q = 0; q < NR_QUIRKS; q++)
		CHECK((shows[q] && hides[q]) || q == QUIRK_FMOD_RET_NARROW,
		      "%s: it shows in one row, and not in another", quirk_descs[q].name);
}

/* Two on one machine: the state of both. */
static void test_together(void)
{
	static const char text[] =
		"case c\n\tprog\n\t\tr2 >>= r2\n\t\tr0 = r2\n\tend\n\tvec r2=0x8000000000000042\n";
	struct model_state st = {};
	struct diag diag = {};
	struct bpf_case *c = case_parse_one(text, "c.case", "unit", &diag);

	CHECK(c, "%s", diag.msg);
	if (!c)
		return;
	st.quirks.set = QUIRK_BIT(QUIRK_SHIFT64_LESS32) | QUIRK_BIT(QUIRK_SHIFT64_SELF);
	CHECK(!model_run(c, 0, ORDER_LE, 64, &st, NULL), "runs");
	CHECK(st.met == QUIRK_BIT(QUIRK_SHIFT64_LESS32), "only one of two: %llx",
	      (unsigned long long)st.met);
	CHECK(st.r[0] == 0x20000000, "0x%llx", (unsigned long long)st.r[0]);
	model_state_free(&st);
	bpf_case_free(c);
}

static void test_names(void)
{
	quirk_set set = 0;
	char *names;

	CHECK(!quirks_parse("movsx_plain,shift64_self+loop_nr64", &set), "a list");
	names = quirk_names(set);
	CHECK(!strcmp(names, "movsx_plain+shift64_self+loop_nr64"), "%s", names);
	CHECK(quirks_parse("movsx", &set) && quirks_parse("", &set), "no such quirk");
	free(names);
}

/* A case of the checkout, with all vectors: does the quirk show in it? */
static struct {
	const char *id;
	struct quirks quirks;
	bool found, shows;
} look;

static int look_at(void *ctx, struct bpf_case *c)
{
	(void)ctx;
	if (!strcmp(c->id, look.id)) {
		look.found = true;
		for (u32 v = 0; v < c->vecs->nvecs && !look.shows; v++) {
			struct model_state a = {}, b = { .quirks = look.quirks };

			look.shows = !model_run(c, v, ORDER_LE, 64, &a, NULL) &&
				     !model_run(c, v, ORDER_LE, 64, &b, NULL) &&
				     !model_state_equal(c, &a, &b);
			model_state_free(&a);
			model_state_free(&b);
		}
	}
	bpf_case_free(c);
	return 0;
}

static void test_smallest(void)
{
	for (int q = 0; q < NR_QUIRKS; q++) {
		struct diag diag = {};

		look.id = quirk_descs[q].smallest;
		look.found = look.shows = false;
		/* some show only with the verifier's rewrites, some only without */
		for (int verified = 0; verified < 2 && !look.shows; verified++) {
			look.quirks = (struct quirks){ .set = QUIRK_BIT(q), .verified = verified };
			CHECK(!case_expand_all("cases", look_at, NULL, &diag), "%s", diag.msg);
		}
		CHECK(look.found && look.shows, "%s: %s %s", quirk_descs[q].name, look.id,
		      look.found ? "does not show it" : "is no case");
	}
}

static const struct test tests[] = {
	{ "each quirk", test_rows },
	{ "two together", test_together },
	{ "names", test_names },
	{ "the smallest cases", test_smallest },
};

TEST_MAIN(tests)
