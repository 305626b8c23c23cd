// SPDX-License-Identifier: GPL-2.0
/* The instruction table: against a second description of what kernel 7.3 takes, and there and back
 * as bytes and text. */
#include <stdlib.h>
#include "bpf/asm.h"
#include "tests/test.h"

static u64 seed = 1;

static u32 rnd(void)
{
	seed = seed * 6364136223846793005ull + 1442695040888963407ull;
	return seed >> 33;
}

static void names(void)
{
	for (size_t i = 0; i < nr_insn_descs; i++) {
		const struct insn_desc *d = &insn_descs[i];

		CHECK(insn_by_name(d->name) == d, "%s is there twice", d->name);
		CHECK(d->op && *d->op, "%s", d->name);
		CHECK(d->size == 1 || d->size == 2 || d->size == 4 || d->size == 8, "%s: size %d",
		      d->name, d->size);
		CHECK(d->cpu >= 1 && d->cpu <= 5, "%s: cpu %d", d->name, d->cpu);
		CHECK(d->slots == 1 + (d->code == 0x18), "%s: slots %d", d->name, d->slots);
	}
	CHECK(!insn_by_name("nop"), "a name that does not exist");
}

/* ---- what the kernel takes, written a second time, by class and without the table ---- */

static bool alu_ok(const struct insn *n)
{
	bool x = BPF_SRC(n->code), is64 = BPF_CLASS(n->code) == BPF_ALU64,
	     plain = !(x ? n->imm : n->src);

	switch (BPF_OP(n->code)) {
	case BPF_NEG:
		return !x && !n->src && !n->off && !n->imm;
	case BPF_END:
		return !n->src && !n->off && (n->imm == 16 || n->imm == 32 || n->imm == 64) &&
		       !(is64 && x);
	case BPF_MOV:
		if (x && is64 && n->off == 1)
			return n->imm == 1 || n->imm == 65536;
		return plain &&
		       (!n->off || (x && (n->off == 8 || n->off == 16 || (is64 && n->off == 32))));
	case BPF_DIV:
	case BPF_MOD:
		return plain && (n->off == 0 || n->off == 1);
	case 0xe0:
	case 0xf0:
		return false;
	}
	return plain && !n->off;
}

static bool jmp_ok(const struct insn *n)
{
	bool x = BPF_SRC(n->code), is32 = BPF_CLASS(n->code) == BPF_JMP32;

	switch (BPF_OP(n->code)) {
	case BPF_JA:
		if (x)
			return !is32 && !n->src && !n->off && !n->imm;
		return !n->dst && !n->src && !(is32 ? n->off : n->imm);
	case BPF_CALL:
		return !x && !is32 && !n->dst && n->src <= 2 && (!n->off || n->src == 2);
	case BPF_EXIT:
		return !x && !is32 && !n->dst && !n->src && !n->off && !n->imm;
	case BPF_JCOND:
		return !x && !is32 && !n->dst && !n->src && !n->imm;
	case 0xf0:
		return false;
	}
	return !(x ? n->imm : n->src);
}

static bool atomic_ok(const struct insn *n)
{
	int size = BPF_SIZE(n->code);

	if (n->imm == 0x100 || n->imm == 0x110)
		return true;
	if (size != BPF_W && size != BPF_DW)
		return false;
	switch (n->imm) {
	case 0x00:
	case 0x01:
	case 0x40:
	case 0x41:
	case 0x50:
	case 0x51:
	case 0xa0:
	case 0xa1:
	case 0xe1:
	case 0xf1:
		return true;
	}
	return false;
}

static bool kernel_takes(const struct insn *n)
{
	int size = BPF_SIZE(n->code), mode = BPF_MODE(n->code), class = BPF_CLASS(n->code);
	bool arg = size == BPF_DW && mode == BPF_MEM && n->off && n->off % 8 == 0;

	if (n->dst > 10 &&
	    !(arg && n->dst == 11 && n->off < 0 && (class == BPF_ST || class == BPF_STX)))
		return false;
	if (n->src > 10 && !(arg && n->src == 11 && n->off > 0 && class == BPF_LDX))
		return false;
	switch (class) {
	case BPF_ALU:
	case BPF_ALU64:
		return alu_ok(n);
	case BPF_JMP:
	case BPF_JMP32:
		return jmp_ok(n);
	case BPF_LD:
		if (mode == BPF_IMM)
			return size == BPF_DW && n->src <= 6 && !n->off;
		return (mode == BPF_ABS || mode == BPF_IND) && size != BPF_DW && !n->dst &&
		       !n->off && (mode == BPF_IND || !n->src);
	case BPF_LDX:
		return !n->imm && (mode == BPF_MEM || (mode == BPF_MEMSX && size != BPF_DW));
	case BPF_ST:
		return mode == BPF_MEM && !n->src;
	}
	return mode == BPF_ATOMIC ? atomic_ok(n) : mode == BPF_MEM && !n->imm;
}

static const u8 regs[] = { 0, 1, 10, 11, 12, 15 };
static const s16 offs[] = { 0, 1, -1, 2, 7, 8, -8, 16, -16, 32, 33, 64, INT16_MAX, INT16_MIN };
static const s32 imms[] = {
	0,     1,	  2,	     -1,   8,	 16,	31,    32,    63,    64,    65536,
	65537, INT32_MAX, INT32_MIN, 0x10, 0x40, 0x41,	0x42,  0x50,  0x51,  0xa0,  0xa1,
	0xb0,  0xe0,	  0xe1,	     0xf0, 0xf1, 0x100, 0x101, 0x110, 0x111, 0x200,
};

static bool fields_match(const struct insn_desc *d, const struct insn *n)
{
	return d->code == n->code && (d->fields & F_DST || d->dst == n->dst) &&
	       (d->fields & F_SRC || d->src == n->src) && (d->fields & F_OFF || d->off == n->off) &&
	       (d->fields & F_IMM || d->imm == n->imm);
}

static void check_encoding(const struct insn *n)
{
	const struct insn_desc *d = insn_lookup(n);
	bool takes = kernel_takes(n);
	int rows = 0;

	if (!d && !takes)
		return;
	for (size_t i = 0; i < nr_insn_descs; i++)
		rows += fields_match(&insn_descs[i], n);
	/* CHECK() in the inner loop only where something is wrong: there are millions */
	if (!!d != takes || rows != 1 || !fields_match(d, n))
		CHECK(false, "code %02x dst %d src %d off %d imm %d: %s, kernel %s, %d rows",
		      n->code, n->dst, n->src, n->off, n->imm, d ? d->name : "no row",
		      takes ? "takes it" : "does not", rows);
}

static void every_encoding(void)
{
	struct insn n;
	u32 seen = 0;

	for (int code = 0; code < 256; code++)
		for (size_t r = 0; r < ARRAY_SIZE(regs); r++)
			for (int src = 0; src < 16; src += src < 7 ? 1 : 2)
				for (size_t o = 0; o < ARRAY_SIZE(offs); o++)
					for (size_t i = 0; i < ARRAY_SIZE(imms); i++) {
						n = (struct insn){ code, regs[r], src, offs[o],
								   imms[i] };
						check_encoding(&n);
						seen++;
					}
	CHECK(seen > 1000000, "%u encodings", seen);
}

/* ---- there and back ---- */

static bool same(const struct insn *a, const struct insn *b)
{
	return a->code == b->code && a->dst == b->dst && a->src == b->src && a->off == b->off &&
	       a->imm == b->imm;
}

static u8 *reached;

static void check_text(const struct insn_desc *d, const struct insn n[2])
{
	char text[128], again[128];
	struct diag diag = {};
	struct code code;
	int len = insn_print(text, sizeof(text), n);
	int err = asm_assemble(text, "text", 1, NULL, &code, &diag);
	struct insn back[2] = {};

	CHECK(len == (int)strlen(text), "%s: length %d", text, len);
	CHECK(!err, "%s: %d:%d: %s", text, diag.line, diag.col, diag.msg);
	if (err)
		return;
	CHECK(code.cnt == d->slots, "%s: %u slots", text, code.cnt);
	memcpy(back, code.insns, (code.cnt < 2 ? code.cnt : 2) * sizeof(*back));
	CHECK(same(&back[0], &n[0]) && (d->slots == 1 || same(&back[1], &n[1])), "%s", text);
	insn_print(again, sizeof(again), back);
	CHECK(!strcmp(text, again), "%s / %s", text, again);
	if (strncmp(text, ".insn", 5))
		reached[insn_lookup(&back[0]) - insn_descs] = 1;
	code_free(&code);
}

static void fill(const struct insn_desc *d, struct insn *n, int dst, int src, s16 off, s32 imm)
{
	*n = (struct insn){ d->code, d->fields & F_DST ? dst : d->dst,
			    d->fields & F_SRC ? src : d->src, d->fields & F_OFF ? off : d->off,
			    d->fields & F_IMM ? imm : d->imm };
}

static void text_of_every_row(void)
{
	struct insn n[2] = {};

	reached = calloc(nr_insn_descs, 1);
	for (size_t row = 0; row < nr_insn_descs; row++) {
		const struct insn_desc *d = &insn_descs[row];

		for (int dst = 0; dst < (d->fields & F_DST ? 11 : 1); dst++)
			for (int src = 0; src < (d->fields & F_SRC ? 11 : 1); src++) {
				fill(d, n, dst, src, 8 * src - 40, dst * 1000 - 5000);
				check_text(d, n);
			}
		for (size_t o = 0; o < (d->fields & F_OFF ? ARRAY_SIZE(offs) : 1); o++)
			for (size_t i = 0; i < (d->fields & F_IMM ? ARRAY_SIZE(imms) : 1); i++) {
				fill(d, n, 3, 4, offs[o], imms[i]);
				check_text(d, n);
				fill(d, n, 11, 4, offs[o], imms[i]);
				if (insn_lookup(n))
					check_text(d, n);
				fill(d, n, 3, 11, offs[o], imms[i]);
				if (insn_lookup(n))
					check_text(d, n);
			}
		for (size_t i = 0; i < (d->slots == 2 ? ARRAY_SIZE(imms) : 0); i++) {
			fill(d, n, 5, 0, 0, 0x76543210);
			n[1].imm = imms[i];
			check_text(d, n);
			n[1].imm = 0;
		}
	}
	for (size_t row = 0; row < nr_insn_descs; row++)
		CHECK(reached[row], "%s was not reached", insn_descs[row].name);
	free(reached);
}

static void short_buffers(void)
{
	struct insn wide[2] = { { .code = 0x18, .src = 1 }, { .imm = 5 } };
	char full[128], buf[128];
	int len = insn_print(full, sizeof(full), wide);

	CHECK(!strncmp(full, ".insn 0x", 8) && strstr(full, "; .insn 0x"), "%s", full);
	for (int size = 0; size <= len + 1; size++) {
		memset(buf, 'x', sizeof(buf));
		CHECK(insn_print(buf, size, wide) == len, "length in %d bytes", size);
		CHECK(buf[size] == 'x', "wrote beyond %d bytes", size);
		CHECK(!size || (!strncmp(buf, full, size - 1) && !buf[size - 1]), "%d bytes: %s",
		      size, buf);
	}
}

static void bytes(void)
{
	static const struct insn n = { 0x6d, 1, 2, 0x1234, 0x55667788 };
	static const u8 want[NR_ORDERS][INSN_SIZE] = {
		[ORDER_LE] = { 0x6d, 0x21, 0x34, 0x12, 0x88, 0x77, 0x66, 0x55 },
		[ORDER_BE] = { 0x6d, 0x12, 0x12, 0x34, 0x55, 0x66, 0x77, 0x88 },
	};

	for (int order = 0; order < NR_ORDERS; order++) {
		struct insn back;
		u8 buf[INSN_SIZE], again[INSN_SIZE];

		insn_encode(buf, &n, order);
		CHECK(!memcmp(buf, want[order], INSN_SIZE), "order %d", order);
		for (int i = 0; i < 10000; i++) {
			for (int k = 0; k < INSN_SIZE; k++)
				buf[k] = rnd();
			insn_decode(&back, buf, order);
			insn_encode(again, &back, order);
			CHECK(!memcmp(buf, again, INSN_SIZE), "order %d", order);
		}
	}
}

/* ---- whole programs ---- */

static void random_insn(struct insn *n, u32 cnt)
{
	const struct insn_desc *d = &insn_descs[rnd() % nr_insn_descs];
	s32 dist = (s32)(rnd() % (2 * cnt)) - (s32)cnt;

	fill(d, n, rnd() % 11, rnd() % 11, dist, rnd() % 2 ? dist : (s32)(rnd() << 1));
	switch (rnd() % 16) {
	case 0:
		*n = (struct insn){ rnd(), rnd() & 15, rnd() & 15, rnd(), rnd() };
		break;
	case 1:
		*n = (struct insn){ .imm = rnd() }; /* perhaps the second half of an ld_imm64 */
		break;
	}
}

static void check_listing(const struct code *code)
{
	struct diag diag = {};
	struct code back;
	size_t size;
	char *text;
	FILE *f = open_memstream(&text, &size);
	int err;

	code_print(f, code, "\t");
	fclose(f);
	err = asm_assemble(text, "listing", 1, NULL, &back, &diag);
	CHECK(!err, "%d:%d: %s\n%s", diag.line, diag.col, diag.msg, text);
	if (!err) {
		bool all = back.cnt == code->cnt && back.nfuncs == code->nfuncs;

		for (u32 i = 0; all && i < code->cnt; i++)
			all = same(&code->insns[i], &back.insns[i]);
		for (u32 i = 0; all && i < code->nfuncs; i++)
			all = back.funcs[i].start == code->funcs[i].start &&
			      back.funcs[i].flags == code->funcs[i].flags &&
			      !strcmp(back.funcs[i].name, code->funcs[i].name) &&
			      (!i || back.funcs[i].nargs == code->funcs[i].nargs);
		CHECK(all, "other code came back from\n%s", text);
		code_free(&back);
	}
	free(text);
}

static void listings(void)
{
	static char *const fnames[] = { (char *)"main", (char *)"L3", (char *)"LL7", (char *)"f",
					(char *)"g_1" };

	for (int round = 0; round < 3000; round++) {
		u32 cnt = 1 + rnd() % 40, start = 0;
		struct insn insns[40] = {};
		struct func funcs[ARRAY_SIZE(fnames)] = {};
		struct code code = { .insns = insns, .cnt = cnt, .funcs = funcs };

		for (u32 i = 0; i < cnt; i++)
			random_insn(&insns[i], cnt);
		for (; code.nfuncs < ARRAY_SIZE(fnames) && start < cnt; start += 1 + rnd() % 12) {
			funcs[code.nfuncs] =
				(struct func){ fnames[code.nfuncs], start, rnd() % 13, rnd() % 8 };
			code.nfuncs++;
		}
		check_listing(&code);
	}
}

/* ---- what kind of instruction a row is ---- */

#define S(name) (1ull << SYNTAX_##name)
#define JUMPS	(S(JMP_X) | S(JMP_K) | S(JA) | S(GOTOL) | S(MAY_GOTO))
#define CALLS	(S(CALL) | S(CALL_SUBPROG) | S(CALL_KFUNC))
#define ATOMICS (S(ATOMIC) | S(FETCH) | S(XCHG) | S(CMPXCHG) | S(LOAD_ACQUIRE) | S(STORE_RELEASE))

/* Each predicate that is a matter of the form alone, and the forms that it holds for. */
static const struct {
	const char *name;
	bool (*is)(const struct insn *insn);
	u64 forms;
} kinds[] = {
	{ "wide", insn_is_wide, S(LD_IMM64) },
	{ "call", insn_is_call, CALLS },
	{ "helper call", insn_is_helper_call, S(CALL) },
	{ "subprog call", insn_is_subprog_call, S(CALL_SUBPROG) },
	{ "kfunc call", insn_is_kfunc_call, S(CALL_KFUNC) },
	{ "exit", insn_is_exit, S(EXIT) },
	{ "jump class", insn_is_jmp_class, JUMPS | CALLS | S(EXIT) | S(GOTOX) },
	{ "goto", insn_is_goto, S(JA) | S(GOTOL) },
	{ "gotol", insn_is_gotol, S(GOTOL) },
	{ "gotox", insn_is_gotox, S(GOTOX) },
	{ "may_goto", insn_is_may_goto, S(MAY_GOTO) },
	{ "jump", insn_is_jump, JUMPS },
	{ "conditional jump", insn_is_cond_jump, S(JMP_X) | S(JMP_K) },
	{ "packet load", insn_is_packet_load, S(LD_ABS) | S(LD_IND) },
	{ "atomic", insn_is_atomic, ATOMICS },
	{ "addr_space_cast", insn_is_addr_space_cast, S(ADDR_SPACE_CAST) },
};

static void kinds_of_rows(void)
{
	for (size_t i = 0; i < nr_insn_descs; i++) {
		const struct insn_desc *d = &insn_descs[i];
		struct insn insn = insn_of(d, 1, 2, 3, 4);

		for (size_t k = 0; k < ARRAY_SIZE(kinds); k++)
			CHECK(kinds[k].is(&insn) == (kinds[k].forms >> d->syntax & 1), "%s: %s",
			      d->name, kinds[k].name);
	}
}

/* What a load of two slots refers to is told by its src_reg. */
static void kinds_of_constants(void)
{
	struct insn plain = { .code = BPF_LD | BPF_IMM | BPF_DW }, mem = plain, map = plain,
		    func = plain;

	mem.src = BPF_PSEUDO_MAP_IDX_VALUE;
	map.src = BPF_PSEUDO_MAP_IDX;
	func.src = BPF_PSEUDO_FUNC;
	CHECK(!insn_is_pseudo(&plain) && insn_is_pseudo(&mem) && insn_is_pseudo(&map) &&
		      insn_is_pseudo(&func),
	      "pseudo");
	CHECK(!insn_names_map(&plain) && insn_names_map(&mem) && insn_names_map(&map) &&
		      !insn_names_map(&func),
	      "maps");
	CHECK(!insn_names_mem(&plain) && insn_names_mem(&mem) && !insn_names_mem(&map), "mem");
	mem.imm = 1;
	CHECK(insn_names_map(&mem) && !insn_names_mem(&mem), "a value of another map");
	CHECK(insn_is_func_addr(&func) && !insn_is_func_addr(&map), "functions");
	CHECK(insn_names_func(&func), "the address of a function names it");
	CHECK(insn_names_func(&(struct insn){ .code = BPF_JMP_CALL, .src = BPF_PSEUDO_CALL }),
	      "a call names its function");
	CHECK(!insn_names_func(&(struct insn){ .code = BPF_JMP_CALL }), "a helper is none");
	CHECK(insn_uses_params(&(struct insn){ .dst = 11 }) &&
		      insn_uses_params(&(struct insn){ .src = 11 }) &&
		      !insn_uses_params(&(struct insn){ .dst = 10 }),
	      "r11");
}

static void distances(void)
{
	struct insn near = { .code = BPF_JMP | BPF_JA }, far = { .code = BPF_JMP32 | BPF_JA };

	CHECK(insn_set_jump_distance(&near, -32768) && near.off == -32768 && !near.imm, "near");
	CHECK(insn_jump_distance(&near) == -32768, "read back");
	CHECK(!insn_set_jump_distance(&near, 32768), "too far for 16 bits");
	CHECK(insn_set_jump_distance(&far, 32768) && far.imm == 32768 && !far.off, "far");
	CHECK(insn_jump_distance(&far) == 32768, "read back");
	CHECK(!insn_set_jump_distance(&far, 1ll << 31), "too far for 32 bits");
}

static const struct test tests[] = {
	{ "names", names },
	{ "the table against a second description of the kernel's checks", every_encoding },
	{ "text of every row and back", text_of_every_row },
	{ "what kind of instruction each row is", kinds_of_rows },
	{ "what constants of two slots refer to", kinds_of_constants },
	{ "distances of jumps", distances },
	{ "short buffers", short_buffers },
	{ "bytes in both orders", bytes },
	{ "listings of random programs and back", listings },
};

TEST_MAIN(tests)
