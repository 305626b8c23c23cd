/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Programs for tests/unit/model_prog.c: windows of 32 bytes, at the start r6 = mem, r7 = ctx,
 * r8 = stack-32, r1 = 3. text[0] is main's body; the others are in &jmp at 0, 1, 2.
 */
static const struct row rows[] = {
	/* ---- calls ---- */
	{ "call",
	  { "r2 = 4; call f; goto +0\n"
	    "func f args 2:\n"
	    " r0 = r1; r0 <<= 8; r0 |= r2; exit" },
	  .r0 = 0x304 },
	/* ---- may_goto and the time ---- */
	{ "rounds that every kernel grants",
	  { "r0 = 0; r2 = 120000\nL: may_goto out; r0 += 1; r2 -= 1; if r2 != 0 goto L\n"
	    "out: goto +0" },
	  .r0 = 120000 },
	{ "rounds that some do not",
	  { "r0 = 0; r2 = 140000\nL: may_goto out; r0 += 1; r2 -= 1; if r2 != 0 goto L\n"
	    "out: goto +0" },
	  .stop = MODEL_UNDEFINED },
	{ "rounds that do not show",
	  { "r0 = 0; r2 = 0\nL: may_goto out; r0 += 1; r2 -= 1; goto L\n"
	    "out: r0 += r2; r2 = 0" },
	  .r0 = 0 },
	{ "the time", { "call bpf_ktime_get_ns" }, .stop = MODEL_UNDEFINED },
	{ "how long it took",
	  { "call bpf_ktime_get_ns; r6 = r0; call bpf_ktime_get_ns; r0 -= r6; r6 = 0\n"
	    "if r0 < 1000 goto fast; r0 = 2; goto out\nfast: r0 = 1\nout: goto +0" },
	  .r0 = 1 },
	{ "a quarter of a second is up",
	  { "call bpf_ktime_get_ns; r6 = r0; r2 = 200000\n"
	    "L: may_goto out; r2 -= 1; if r2 != 0 goto L\n"
	    "out: r7 = r2; call bpf_ktime_get_ns; r0 -= r6; r6 = 0\n"
	    "if r7 == 0 goto fine; if r0 >= 250000000 goto fine; r0 = 2; goto end\n"
	    "fine: r0 = 1\nend: r7 = 0" },
	  .r0 = 1 },
	{ "r6 is kept", { "r6 = 5; call f; r0 = r6\nfunc f:\n r6 = 9; r0 = 0; exit" }, .r0 = 5 },
	{ "r1 is not kept",
	  { "call f; r0 = r1\n"
	    "func f:\n"
	    " r0 = 0; exit" },
	  .stop = MODEL_UNDEFINED },
	{ "callee does not see r6",
	  { "call f\n"
	    "func f:\n"
	    " r0 = r6; exit" },
	  .stop = MODEL_UNDEFINED },
	{ "sixteen frames",
	  { "call f\n"
	    "func f args 1:\n"
	    " if r1 > 16 goto out; r1 += 1; call f; r0 += 1; exit\n"
	    "out: r0 = 0; exit" },
	  .r0 = 14 },
	{ "seventeen frames",
	  { "r1 = 0; call f\n"
	    "func f args 1:\n"
	    " if r1 > 16 goto out; r1 += 1; call f; r0 += 1; exit\n"
	    "out: r0 = 0; exit" },
	  .stop = MODEL_DEPTH },
	{ "pointer to the caller's stack",
	  { "*(u64 *)(r10 - 8) = 7; r1 = r10; call f; r0 = *(u64 *)(r10 - 8)\n"
	    "func f args 1:\n"
	    " r2 = *(u64 *)(r1 - 8); r2 *= 6; *(u64 *)(r1 - 8) = r2; r0 = 0; exit" },
	  .r0 = 42 },
	{ "own stack",
	  { "call f\n"
	    "func f args 1:\n"
	    " *(u64 *)(r10 - 48) = r1; r0 = *(u64 *)(r10 - 48); exit" },
	  .r0 = 3 },
	{ "own stack, nothing there",
	  { "call f\n"
	    "func f:\n"
	    " r0 = *(u64 *)(r10 - 8); exit" },
	  .stop = MODEL_UNDEFINED },
	{ "half of it there",
	  { "call f\n"
	    "func f:\n"
	    " *(u32 *)(r10 - 8) = 1; r0 = *(u64 *)(r10 - 8); exit" },
	  .stop = MODEL_UNDEFINED },
	{ "dead stack", { "call f\nfunc f:\n r0 = r10; exit" }, .stop = MODEL_UNDEFINED },
	{ "dead stack through memory",
	  { "r1 = r8; call f; r1 = *(u64 *)(r8 + 0); r0 = *(u64 *)(r1 - 8)\n"
	    "func f args 1:\n"
	    " *(u64 *)(r10 - 8) = 1; *(u64 *)(r1 + 0) = r10; r0 = 0; exit" },
	  .stop = MODEL_BAD_ACCESS },
	{ "dead stack, another function at its place",
	  { "r1 = r8; call f; r1 = r8; call g\n"
	    "func f args 1:\n"
	    " *(u64 *)(r1 + 0) = r10; r0 = 0; exit\n"
	    "func g args 1:\n"
	    " *(u64 *)(r10 - 8) = 1; r1 = *(u64 *)(r1 + 0); r0 = *(u64 *)(r1 - 8); exit" },
	  .stop = MODEL_BAD_ACCESS },
	{ "too much stack",
	  { "call f\n"
	    "func f:\n"
	    " *(u64 *)(r10 - 488) = 1; r0 = 0; exit" },
	  .stop = MODEL_DEPTH },
	{ "call into a function",
	  { "call +2\n"
	    "func f:\n"
	    " r0 = 0; r0 = 1; exit" },
	  .stop = MODEL_BAD_CALL },
	{ "exit in a body", { "r0 = 1; exit" }, .stop = MODEL_BAD_INSN },
	{ "fall into the next function",
	  { "call f\n"
	    "func f:\n"
	    " r0 = 0; goto +0\n"
	    "func g:\n"
	    " exit" },
	  .stop = MODEL_BAD_JUMP },
	{ "kfunc", { "call kfunc 17" }, .stop = MODEL_BAD_CALL },

	/* ---- kfuncs: 7 * 31^n + … ---- */
	{ "kfunc of an u8", { "r1 = 0x12345680 ll; call checkjit_u8x1" }, .r0 = 7 * 31 + 0x80 },
	{ "kfunc of an s8", { "r1 = 0x12345680 ll; call checkjit_s8x1" }, .r0 = 7 * 31 - 0x80 },
	{ "kfunc of six",
	  { "*(u64 *)(r11 - 8) = 0x10080; r1 = 0; r2 = 0; r3 = 0; r4 = 0; r5 = 1; call "
	    "checkjit_s16x6" },
	  .r0 = 7ull * 887503681 + 31 + 0x80 },
	{ "kfunc without its sixth",
	  { "r2 = 0; r3 = 0; r4 = 0; r5 = 1; call checkjit_u64x6" },
	  .stop = MODEL_UNDEFINED },
	{ "kfunc of an address", { "r1 = r10; call checkjit_u64x1" }, .stop = MODEL_UNDEFINED },
	{ "kfunc clobbers", { "call checkjit_u64x1; r0 = r1" }, .stop = MODEL_UNDEFINED },
	{ "what a void kfunc returns",
	  { "r2 = 0; r3 = 0; r4 = 0; r5 = 0; call checkjit_void; r0 += 1" },
	  .stop = MODEL_UNDEFINED },
	{ "a narrow result, extended",
	  { "r1 = 0; r2 = 0xff83; call checkjit_ret_s8; r0 = (s8)r0" },
	  .r0 = (u64)(s64)(s8)(7 * 961 + 0x83) },
	{ "a narrow result, masked",
	  { "r1 = 0; r2 = 5; call checkjit_ret_u8; r0 &= 255" },
	  .r0 = (7 * 961 + 5) & 255 },
	{ "a narrow result, masked too little",
	  { "r1 = 0; r2 = 5; call checkjit_ret_u8; r0 &= 511; r0 ^= r0" },
	  .stop = MODEL_UNDEFINED },
	{ "a narrow result, whole",
	  { "r1 = 0; r2 = 5; call checkjit_ret_u32; r6 = 1; if r0 == 0 goto +0" },
	  .stop = MODEL_UNDEFINED },
	{ "a narrow result as an argument",
	  { "r1 = 0; r2 = 5; call checkjit_ret_u16; r1 = r0; call checkjit_u16x1" },
	  .r0 = 7 * 31 + 7 * 961 + 5 },
	{ "a narrow result as a wider argument",
	  { "r1 = 0; r2 = 5; call checkjit_ret_u16; r1 = r0; call checkjit_u32x1" },
	  .stop = MODEL_UNDEFINED },
	{ "a low result", { "r1 = 0; r2 = 5; call checkjit_ret_s32; w0 = w0" }, .r0 = 7 * 961 + 5 },

	/* ---- loads that may fault ---- */
	{ "a load from poison",
	  { "r1 = 0xdead000000000100 ll; r2 = 0; call bpf_rdonly_cast; r0 = *(u64 *)(r0 - 8)" },
	  .r0 = 0 },
	{ "a load from nobody knows where",
	  { "r2 = 0; call bpf_rdonly_cast; r0 = *(u64 *)(r0 + 0)" },
	  .stop = MODEL_UNDEFINED },
	{ "a load that does not fault",
	  { "*(u64 *)(r6 + 8) = -1; r1 = r6; r2 = 0; call bpf_rdonly_cast; r0 = *(s8 *)(r0 + 8); "
	    "r0 &= 255" },
	  .r0 = 255 },

	/* ---- exceptions ---- */
	{ "throw", { "call bpf_throw; r0 = 1" }, .r0 = 3, .early = true },
	{ "throw in a function",
	  { "r6 = 7; call f; r0 = 1\nfunc f args 1:\n r1 += 1; call bpf_throw; r0 = 0; exit" },
	  .r0 = 4,
	  .early = true },
	{ "exception callback",
	  { "call f; r0 = 1\nfunc f args 1:\n call bpf_throw; r0 = 0; exit\n"
	    "func cb args 1 exception:\n *(u64 *)(r10 - 8) = 4; r0 = *(u64 *)(r10 - 8); r0 *= r1; "
	    "exit" },
	  .r0 = 12,
	  .early = true },
	{ "exception callback does not see r6",
	  { "call bpf_throw; r0 = 1\nfunc cb args 1 exception:\n r0 = r6; exit" },
	  .stop = MODEL_UNDEFINED },
	{ "unknown helper", { "call 7" }, .stop = MODEL_BAD_CALL },

	/* ---- arguments on the stack ---- */
	{ "7 arguments",
	  { "*(u64 *)(r11 - 8) = 6; *(u64 *)(r11 - 16) = r1; call f\n"
	    "func f args 7:\n"
	    " r0 = *(u64 *)(r11 + 8); r1 = *(u64 *)(r11 + 16); r0 <<= 8; r0 |= r1; exit" },
	  .r0 = 0x603 },
	{ "12 arguments",
	  { "*(u64 *)(r11 - 56) = -12; call f\n"
	    "func f args 12:\n"
	    " r0 = *(u64 *)(r11 + 56); exit" },
	  .r0 = NEG(12) },
	{ "a pointer as argument 6",
	  { "*(u64 *)(r11 - 8) = r10; *(u64 *)(r10 - 8) = 5; call f\n"
	    "func f args 6:\n"
	    " r1 = *(u64 *)(r11 + 8); r0 = *(u64 *)(r1 - 8); exit" },
	  .r0 = 5 },
	{ "argument 6 was not passed",
	  { "call f\n"
	    "func f args 6:\n"
	    " r0 = *(u64 *)(r11 + 8); exit" },
	  .stop = MODEL_UNDEFINED },
	{ "not an argument of the callee",
	  { "*(u64 *)(r11 - 8) = 6; call f\n"
	    "func f args 5:\n"
	    " r0 = *(u64 *)(r11 + 8); exit" },
	  .stop = MODEL_UNDEFINED },
	{ "the next call wants them again",
	  { "*(u64 *)(r11 - 8) = 6; call f; r1 = 0; call f\n"
	    "func f args 6:\n"
	    " r0 = *(u64 *)(r11 + 8); exit" },
	  .stop = MODEL_UNDEFINED },
	{ "argument 13", { "*(u64 *)(r11 - 64) = 6" }, .stop = MODEL_BAD_ACCESS },
	{ "own and passed on",
	  { "*(u64 *)(r11 - 8) = 6; call f\n"
	    "func f args 6:\n"
	    " r0 = *(u64 *)(r11 + 8); *(u64 *)(r11 - 8) = 7; call g; exit\n"
	    "func g args 6:\n"
	    " r0 = *(u64 *)(r11 + 8); exit" },
	  .r0 = 7 },

	/* ---- pointers ---- */
	{ "difference", { "r0 = r6; r0 += 24; r0 -= r6" }, .r0 = 24 },
	{ "scalar + pointer", { "r0 = 8; r0 += r6; r0 -= r6" }, .r0 = 8 },
	{ "order",
	  { "r1 = r6; r1 += 1; r0 = 0; if r1 > r6 goto +1; r0 = 1; if r6 <= r1 goto +1; "
	    "r0 = 1" },
	  .r0 = 0 },
	{ "order across the base",
	  { "r1 = r6; r1 -= 1; r0 = 0; if r1 < r6 goto +1; r0 = 1" },
	  .r0 = 0 },
	{ "not null", { "r0 = 1; if r6 == 0 goto +1; r0 = 2" }, .r0 = 2 },
	{ "two objects", { "if r6 == r7 goto +0" }, .stop = MODEL_UNDEFINED },
	{ "signed order", { "if r6 s> r6 goto +0" }, .stop = MODEL_UNDEFINED },
	{ "low half of an address", { "w0 = w6" }, .stop = MODEL_UNDEFINED },
	{ "product of an address", { "r6 *= 2" }, .stop = MODEL_UNDEFINED },
	{ "difference of objects", { "r6 -= r7" }, .stop = MODEL_UNDEFINED },
	{ "spill and fill",
	  { "*(u64 *)(r10 - 8) = r6; r1 = *(u64 *)(r10 - 8); r0 = r1; r0 -= r6; "
	    "*(u64 *)(r10 - 8) = 0" },
	  .r0 = 0 },
	{ "address left in the stack", { "*(u64 *)(r10 - 8) = r6" }, .stop = MODEL_UNDEFINED },
	{ "address left in mem", { "*(u64 *)(r6 + 8) = r7" }, .stop = MODEL_UNDEFINED },
	{ "address in mem, overwritten",
	  { "*(u64 *)(r6 + 8) = r7; r0 = 1; *(u64 *)(r6 + 8) = r0" },
	  .r0 = 1 },
	{ "a byte of an address",
	  { "*(u64 *)(r10 - 8) = r6; r0 = *(u8 *)(r10 - 8)" },
	  .stop = MODEL_UNDEFINED },
	{ "what is left of an address",
	  { "*(u64 *)(r10 - 8) = r6; *(u8 *)(r10 - 8) = 0; r0 = *(u64 *)(r10 - 8)" },
	  .stop = MODEL_UNDEFINED },
	{ "beside an address",
	  { "*(u64 *)(r10 - 8) = r6; *(u32 *)(r10 - 12) = 9; r0 = *(u32 *)(r10 - 12); "
	    "*(u64 *)(r10 - 8) = 0" },
	  .r0 = 9 },
	{ "address as a number", { "*(u32 *)(r10 - 8) = r6" }, .stop = MODEL_UNDEFINED },
	{ "not an address", { "r0 = *(u8 *)(r1 + 0)" }, .stop = MODEL_BAD_ACCESS },
	{ "&mem", { "r1 = &mem + 4 ll; *(u8 *)(r1 + 0) = 77; r0 = *(u8 *)(r6 + 4)" }, .r0 = 77 },
	{ "atomic on ctx", { "lock *(u32 *)(r7 + 0) += r1" }, .stop = MODEL_BAD_ACCESS },
	{ "frame pointer is read-only", { "r10 += 8" }, .stop = MODEL_BAD_INSN },

	/* ---- jumps ---- */
	{ "loop", { "r0 = 0; l: r0 += r1; r1 -= 1; if r1 != 0 goto l" }, .r0 = 6 },
	{ "gotol", { "r0 = 1; gotol +1; r0 = 2" }, .r0 = 1 },
	{ "may_goto is not taken",
	  { "r0 = 0; l: r0 += 1; may_goto out; if r0 < 50 goto l; out: r1 = 0" },
	  .r0 = 50 },
	{ "to the end", { "r0 = 1; goto end; r0 = 2; end:" }, .r0 = 1 },
	{ "into a wide instruction", { "goto +1; r0 = 1 ll" }, .stop = MODEL_BAD_JUMP },
	{ "out of the function", { "goto +9" }, .stop = MODEL_BAD_JUMP },
	{ "before the function", { "goto -2" }, .stop = MODEL_BAD_JUMP },
	{ "for ever", { "l: goto l" }, .stop = MODEL_STEPS },
	{ "gotox", { "gotox r1" }, .stop = MODEL_BAD_JUMP },
	{ "packet", { "r0 = *(u8 *)skb[5]" }, .stop = MODEL_BAD_INSN },

	/* ---- tail calls ---- */
	{ "tail call",
	  { "r1 = r7; r2 = &jmp ll; r3 = 0; call 12", "r0 = 5; exit" },
	  .r0 = 5,
	  .early = true },
	{ "dirty index",
	  { "r1 = r7; r2 = &jmp ll; r3 = 0xabcd00000001 ll; call 12", "r0 = 5; exit",
	    "r0 = 6; exit" },
	  .r0 = 6,
	  .early = true },
	{ "empty slot", { "r1 = r7; r2 = &jmp ll; r3 = 3; call 12; r0 = 9" }, .r0 = 9 },
	{ "out of range", { "r1 = r7; r2 = &jmp ll; r3 = 4; call 12; r0 = 9" }, .r0 = 9 },
	{ "r0 of a failed one",
	  { "r1 = r7; r2 = &jmp ll; r3 = 4; call 12; r1 = r0" },
	  .stop = MODEL_UNDEFINED },
	{ "33 of them",
	  { "*(u64 *)(r7 + 0) = 0; r1 = r7; r2 = &jmp ll; r3 = 0; call 12",
	    "r6 = r1; r2 = *(u64 *)(r6 + 0); r2 += 1; *(u64 *)(r6 + 0) = r2; r2 = &jmp ll; "
	    "r3 = 0; call 12; r0 = *(u64 *)(r6 + 0); exit" },
	  .r0 = 33,
	  .early = true },
	{ "failures do not count",
	  { "*(u64 *)(r7 + 0) = 0; r1 = r7; r2 = &jmp ll; r3 = 0; call 12",
	    "r6 = r1; r2 = &jmp ll; r3 = 9; call 12; r2 = *(u64 *)(r6 + 0); r2 += 1; "
	    "*(u64 *)(r6 + 0) = r2; r1 = r6; r2 = &jmp ll; r3 = 0; call 12; "
	    "r0 = *(u64 *)(r6 + 0); exit" },
	  .r0 = 33,
	  .early = true },
	{ "out of a subprogram",
	  { "r1 = r7; call f; r0 += 1\n"
	    "func f args 1:\n"
	    " r2 = &jmp ll; r3 = 1; call 12; r0 = 0; exit",
	    NULL, "r6 = 0; r0 = 41; exit" },
	  .r0 = 42 },
	{ "32 bits of its result",
	  { "r1 = r7; call f; r1 = r0\n"
	    "func f args 1:\n"
	    " r2 = &jmp ll; r3 = 1; call 12; r0 = 0; exit",
	    NULL, "r0 = -1; exit" },
	  .stop = MODEL_UNDEFINED },
	{ "the caller's stack is gone",
	  { "*(u64 *)(r10 - 8) = 1; r1 = r7; r2 = &jmp ll; r3 = 0; call 12",
	    "r0 = *(u64 *)(r10 - 8); exit" },
	  .stop = MODEL_UNDEFINED },
	{ "the caller's registers are gone",
	  { "r1 = r7; r2 = &jmp ll; r3 = 0; call 12", "r0 = r6; exit" },
	  .stop = MODEL_UNDEFINED },
	{ "without ctx",
	  { "r1 = r6; r2 = &jmp ll; r3 = 0; call 12", "r0 = 0; exit" },
	  .stop = MODEL_BAD_CALL },
	{ "not a prog_array",
	  { "r1 = r7; r2 = &arr ll; r3 = 0; call 12" },
	  .stop = MODEL_BAD_CALL },

	/* ---- raw programs ---- */
	{ "raw",
	  { "r0 = *(u8 *)(r1 + 0); r0 -= r0; r0 += 7; exit" },
	  .r0 = 7,
	  .early = true,
	  .raw = true },
	{ "raw: 32 bits returned",
	  { "r0 = -1; exit" },
	  .r0 = 0xffffffff,
	  .early = true,
	  .raw = true },
	{ "raw: nothing returned", { "exit" }, .stop = MODEL_UNDEFINED, .raw = true },
	{ "raw: r2 is not there", { "r0 = r2; exit" }, .stop = MODEL_UNDEFINED, .raw = true },
	{ "raw: own stack",
	  { "*(u64 *)(r10 - 512) = 3; r0 = *(u64 *)(r10 - 512); exit" },
	  .r0 = 3,
	  .early = true,
	  .raw = true },
	{ "raw: no end", { "r0 = 0" }, .stop = MODEL_BAD_JUMP, .raw = true },

	/* ---- bpf_loop, bpf_for_each_map_elem ---- */
	{ "bpf_loop",
	  { "*(u64 *)(r10 - 8) = 0; r1 = 5; r2 = func[cb] ll; r3 = r10; r4 = 0; call 181; "
	    "r1 = *(u64 *)(r10 - 8); r0 *= 100; r0 += r1\n"
	    "func cb args 2 callback:\n"
	    " r3 = *(u64 *)(r2 - 8); r3 += r1; *(u64 *)(r2 - 8) = r3; r0 = 0; exit" },
	  .r0 = 510 },
	{ "bpf_loop stopped",
	  { "r1 = 50; r2 = func[cb] ll; r3 = 0; r4 = 0; call 181\n"
	    "func cb args 2 callback:\n"
	    " r0 = 0; if r1 != 7 goto +1; r0 = 1; exit" },
	  .r0 = 8 },
	{ "bpf_loop: 32-bit count",
	  { "r1 = 0x500000002 ll; r2 = func[cb] ll; r3 = 0; r4 = 0; call 181\n"
	    "func cb args 2 callback:\n"
	    " r0 = 0; exit" },
	  .r0 = 2 },
	{ "bpf_loop: flags",
	  { "r2 = func[cb] ll; r3 = 0; r4 = 1; call 181\n"
	    "func cb args 2 callback:\n"
	    " r0 = 0; exit" },
	  .r0 = NEG(EINVAL) },
	{ "bpf_loop: too many",
	  { "r1 = 0x800001; r2 = func[cb] ll; r3 = 0; r4 = 0; call 181\n"
	    "func cb args 2 callback:\n"
	    " r0 = 0; exit" },
	  .r0 = NEG(E2BIG) },
	{ "bpf_loop: both wrong",
	  { "r1 = 0x800001; r2 = func[cb] ll; r3 = 0; r4 = 1; call 181\n"
	    "func cb args 2 callback:\n"
	    " r0 = 0; exit" },
	  .stop = MODEL_UNDEFINED },
	{ "bpf_loop: neither 0 nor 1",
	  { "r1 = 5; r2 = func[cb] ll; r3 = 0; r4 = 0; call 181\n"
	    "func cb args 2 callback:\n"
	    " r0 = 2; exit" },
	  .stop = MODEL_UNDEFINED },
	{ "callback keeps r6",
	  { "r6 = 4; r1 = 5; r2 = func[cb] ll; r3 = 0; r4 = 0; call 181; r0 = r6\n"
	    "func cb args 2 callback:\n"
	    " r6 = 0; r0 = 0; exit" },
	  .r0 = 4 },
	{ "no callback", { "r2 = 5; r3 = 0; r4 = 0; call 181" }, .stop = MODEL_BAD_CALL },
	{ "bpf_for_each_map_elem",
	  { "*(u64 *)(r10 - 8) = 0; r1 = &arr ll; r2 = func[cb] ll; r3 = r10; r4 = 0; "
	    "call 164; r1 = *(u64 *)(r10 - 8); r0 *= 100; r0 += r1\n"
	    "func cb args 4 callback:\n"
	    " r5 = *(u32 *)(r2 + 0); *(u64 *)(r3 + 8) = r5; r0 = *(u64 *)(r4 - 8); "
	    "r1 = *(u64 *)(r3 + 8); r0 += r1; *(u64 *)(r4 - 8) = r0; r0 = 0; exit" },
	  .r0 = 406 },
	{ "bpf_for_each_map_elem: flags",
	  { "r1 = &arr ll; r2 = func[cb] ll; r3 = 0; r4 = 8; call 164\n"
	    "func cb args 4 callback:\n"
	    " r0 = 0; exit" },
	  .r0 = NEG(EINVAL) },
	{ "a key is read-only",
	  { "r1 = &arr ll; r2 = func[cb] ll; r3 = 0; r4 = 0; call 164\n"
	    "func cb args 4 callback:\n"
	    " *(u32 *)(r2 + 0) = 0; r0 = 0; exit" },
	  .stop = MODEL_BAD_ACCESS },

	/* ---- maps ---- */
	{ "array",
	  { "*(u32 *)(r10 - 8) = 2; *(u64 *)(r10 - 24) = 70; *(u64 *)(r10 - 16) = 7; "
	    "r1 = &arr ll; r2 = r10; r2 -= 8; r3 = r10; r3 -= 24; r4 = 0; call 2; "
	    "if r0 != 0 goto +7; r1 = &arr ll; r2 = r10; r2 -= 8; call 1; "
	    "if r0 == 0 goto +1; r0 = *(u64 *)(r0 + 8)" },
	  .r0 = 7 },
	{ "array: no such index",
	  { "*(u32 *)(r10 - 8) = 4; r1 = &arr ll; r2 = r10; r2 -= 8; call 1" },
	  .r0 = 0 },
	{ "array: nothing written",
	  { "*(u32 *)(r10 - 8) = 3; r1 = &arr ll; r2 = r10; r2 -= 8; call 1; "
	    "r0 = *(u8 *)(r0 + 0)" },
	  .stop = MODEL_UNDEFINED },
	{ "array: behind the value",
	  { "*(u32 *)(r10 - 8) = 0; r1 = &arr ll; r2 = r10; r2 -= 8; call 1; "
	    "*(u64 *)(r0 + 16) = 0" },
	  .stop = MODEL_BAD_ACCESS },
	{ "array: NOEXIST",
	  { "*(u32 *)(r10 - 8) = 0; r1 = &arr ll; r2 = r10; r2 -= 8; r3 = r8; r4 = 1; call 2" },
	  .r0 = NEG(EEXIST) },
	{ "array: update out of range",
	  { "*(u32 *)(r10 - 8) = 4; r1 = &arr ll; r2 = r10; r2 -= 8; r3 = r8; r4 = 0; call 2" },
	  .r0 = NEG(E2BIG) },
	{ "value of an array of one",
	  { "r1 = &one + 4 ll; *(u32 *)(r1 + 0) = 5; r2 = &one + 0 ll; r0 = *(u32 *)(r2 + 4)" },
	  .r0 = 5 },
	{ "atomic on a value",
	  { "r1 = &one + 0 ll; *(u64 *)(r1 + 0) = 5; r0 = 3; "
	    "r0 = atomic_fetch_add((u64 *)(r1 + 0), r0); r2 = *(u64 *)(r1 + 0); r0 *= 10; "
	    "r0 += r2" },
	  .r0 = 58 },
	{ "hash",
	  { "*(u64 *)(r10 - 8) = 77; *(u64 *)(r10 - 16) = 5; r1 = &hash ll; r2 = r10; "
	    "r2 -= 8; r3 = r10; r3 -= 16; r4 = 1; call 2; r1 = &hash ll; r2 = r10; "
	    "r2 -= 8; call 1; r9 = *(u64 *)(r0 + 0); r0 = 0; r1 = &hash ll; r2 = r10; "
	    "r2 -= 8; call 3; r0 += r9" },
	  .r0 = 5 },
	{ "hash: left behind",
	  { "*(u64 *)(r10 - 8) = 77; *(u64 *)(r10 - 16) = 5; r1 = &hash ll; r2 = r10; "
	    "r2 -= 8; r3 = r10; r3 -= 16; r4 = 0; call 2" },
	  .stop = MODEL_UNDEFINED },
	{ "hash: EXIST",
	  { "*(u64 *)(r10 - 8) = 77; r1 = &hash ll; r2 = r10; r2 -= 8; r3 = r8; r4 = 2; "
	    "call 2" },
	  .r0 = NEG(ENOENT) },
	{ "hash: delete nothing",
	  { "*(u64 *)(r10 - 8) = 77; r1 = &hash ll; r2 = r10; r2 -= 8; call 3" },
	  .r0 = NEG(ENOENT) },
	{ "hash: dead value",
	  { "*(u64 *)(r10 - 8) = 77; r1 = &hash ll; r2 = r10; r2 -= 8; r3 = r8; r4 = 0; "
	    "call 2; r1 = &hash ll; r2 = r10; r2 -= 8; call 1; r9 = r0; r1 = &hash ll; "
	    "r2 = r10; r2 -= 8; call 3; r0 = *(u64 *)(r9 + 0)" },
	  .stop = MODEL_BAD_ACCESS },
	{ "hash: full",
	  { "r9 = 0; l: *(u64 *)(r10 - 8) = r9; r1 = &hash ll; r2 = r10; r2 -= 8; r3 = r8; "
	    "r4 = 0; call 2; r9 += 1; if r9 != 3 goto l; *(u64 *)(r8 + 8) = r0; r9 = 0; "
	    "m: *(u64 *)(r10 - 8) = r9; r1 = &hash ll; r2 = r10; r2 -= 8; call 3; r9 += 1; "
	    "if r9 != 2 goto m; r0 = *(u64 *)(r8 + 8)" },
	  .r0 = NEG(E2BIG) },
	{ "ring buffer",
	  { "r1 = &ring ll; r2 = 1; call 134; r9 = r0; r1 = &ring ll; r2 = 0; call 134; "
	    "r0 += r9" },
	  .r0 = 4096 },
	{ "ring buffer: 64-bit flags",
	  { "r1 = &ring ll; r2 = 0x100000001 ll; call 134" },
	  .r0 = 0 },
	{ "the I/O map has no lookups",
	  { "r1 = &mem ll; r2 = r10; r2 -= 8; call 1" },
	  .stop = MODEL_BAD_CALL },

	/* ---- other helpers ---- */
	{ "bpf_strtol",
	  { "*(u8 *)(r8 + 0) = 32; *(u8 *)(r8 + 1) = 45; *(u8 *)(r8 + 2) = 52; "
	    "*(u8 *)(r8 + 3) = 50; *(u8 *)(r8 + 4) = 33; r1 = r8; r2 = 5; r3 = 10; "
	    "r4 = r10; r4 -= 8; call 105; r1 = *(u64 *)(r10 - 8); r0 *= 100; r0 += r1" },
	  .r0 = 358 },
	{ "bpf_strtol: LONG_MIN",
	  { "*(u8 *)(r8 + 0) = 45; *(u8 *)(r8 + 1) = 48; *(u8 *)(r8 + 2) = 120; *(u8 *)(r8 + 3) = "
	    "56; "
	    "r1 = r8; r1 += 4; r2 = 15; l: *(u8 *)(r1 + 0) = 48; r1 += 1; r2 -= 1; "
	    "if r2 != 0 goto l; r1 = r8; r2 = 19; r3 = 16; r4 = r10; r4 -= 8; call 105; "
	    "r1 = *(u64 *)(r10 - 8); r0 += r1" },
	  .r0 = ((u64)1 << 63) + 19 },
	{ "bpf_strtol: LONG_MAX + 1",
	  { "*(u8 *)(r8 + 0) = 32; *(u8 *)(r8 + 1) = 48; *(u8 *)(r8 + 2) = 88; *(u8 *)(r8 + 3) = "
	    "56; "
	    "r1 = r8; r1 += 4; r2 = 15; l: *(u8 *)(r1 + 0) = 48; r1 += 1; r2 -= 1; "
	    "if r2 != 0 goto l; r1 = r8; r2 = 19; r3 = 0; r4 = r10; r4 -= 8; call 105; "
	    "*(u64 *)(r10 - 8) = 0" },
	  .r0 = NEG(ERANGE) },
	{ "bpf_strtoul: hex",
	  { "*(u8 *)(r8 + 0) = 48; *(u8 *)(r8 + 1) = 120; *(u8 *)(r8 + 2) = 102; "
	    "*(u8 *)(r8 + 3) = 70; r1 = r8; r2 = 4; r3 = 0; r4 = r10; r4 -= 8; call 106; "
	    "r1 = *(u64 *)(r10 - 8); r0 *= 1000; r0 += r1" },
	  .r0 = 4255 },
	{ "bpf_strtoul: base",
	  { "*(u8 *)(r8 + 0) = 48; r1 = r8; r2 = 1; r3 = 7; r4 = r10; r4 -= 8; call 106; "
	    "*(u64 *)(r10 - 8) = 0" },
	  .r0 = NEG(EINVAL) },
	{ "bpf_strtol: into its own string",
	  { "*(u8 *)(r8 + 0) = 53; r1 = r8; r2 = 1; r3 = 0; r4 = r8; call 105" },
	  .stop = MODEL_UNDEFINED },
	{ "bpf_strtoul: result of a failure",
	  { "*(u8 *)(r8 + 0) = 45; r1 = r8; r2 = 1; r3 = 0; r4 = r10; r4 -= 8; call 106; "
	    "r1 = *(u64 *)(r10 - 8)" },
	  .stop = MODEL_UNDEFINED },
	{ "helpers clobber r5", { "call 8; r1 = r5" }, .stop = MODEL_UNDEFINED },
	{ "one CPU", { "call 8" }, .r0 = 0 },
};
