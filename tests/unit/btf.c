// SPDX-License-Identifier: GPL-2.0
/* The BTF bytes, read with a second reader of our own in both byte orders. */
#include <stdlib.h>
#include "bpf/btf.h"
#include "tests/test.h"

struct reader {
	const u8 *data;
	u32 size;
	enum byte_order order;
};

static u32 get(const struct reader *r, u32 off, int bytes)
{
	u32 v = 0;

	if (off + bytes > r->size)
		return 0xdeadbeef;
	for (int i = 0; i < bytes; i++)
		v |= (u32)r->data[off + (r->order == ORDER_BE ? bytes - 1 - i : i)] << 8 * i;
	return v;
}

enum { KIND_INT = 1, KIND_PTR = 2, KIND_FUNC = 12, KIND_FUNC_PROTO = 13 };

/* Offset of type @id, or 0. */
static u32 type_off(const struct reader *r, u32 id)
{
	u32 off = get(r, 4, 4) + get(r, 8, 4), end = off + get(r, 12, 4);

	for (u32 i = 1; off < end; i++) {
		u32 info = get(r, off + 4, 4), kind = info >> 24 & 31, vlen = info & 0xffff;

		if (i == id)
			return off;
		off += 12 + (kind == KIND_INT ? 4 : kind == KIND_FUNC_PROTO ? 8 * vlen : 0);
	}
	return 0;
}

static const char *type_name(const struct reader *r, u32 off)
{
	u32 at = get(r, 4, 4) + get(r, 16, 4) + get(r, off, 4);

	return at < r->size ? (const char *)r->data + at : "out of range";
}

static void assemble(const char *text, struct code *code)
{
	struct diag diag = {};
	int err = asm_assemble(text, "test", 1, NULL, code, &diag);

	CHECK(!err, "%d:%d: %s", diag.line, diag.col, diag.msg);
}

static const char program[] = "r0 = 0; call six; exit\n"
			      "func six args 6:\nr0 = *(u64 *)(r11 + 8); exit\n"
			      "func glob.al args 2 global:\nr0 = r1; exit\n"
			      "func nothing ret void:\nexit\n";

static void check_order(enum byte_order order)
{
	static const struct {
		const char *name;
		u32 nargs, linkage;
		int ret_size;
	} want[] = {
		{ "main", 1, 1, 4 },
		{ "six", 6, 0, 8 },
		{ "glob_al", 2, 1, 8 },
		{ "nothing", 0, 0, 0 },
	};
	struct prog_btf btf;
	struct reader r;
	struct code code;
	int err;

	assemble(program, &code);
	err = prog_btf_build(&code, order, &btf);
	CHECK(!err, "%d", err);
	r = (struct reader){ btf.data, btf.size, order };
	CHECK(get(&r, 0, 2) == 0xeb9f, "magic %x", get(&r, 0, 2));
	CHECK(code.nfuncs == ARRAY_SIZE(want), "%u functions", code.nfuncs);
	for (u32 i = 0; i < ARRAY_SIZE(want); i++) {
		u32 off = type_off(&r, btf.type_ids[i]), info = get(&r, off + 4, 4), proto, ret;

		CHECK(off && info >> 24 == KIND_FUNC, "%s: kind %u", want[i].name, info >> 24);
		CHECK((info & 0xffff) == want[i].linkage, "%s: linkage %u", want[i].name,
		      info & 0xffff);
		CHECK(!strcmp(type_name(&r, off), want[i].name), "%s", type_name(&r, off));
		proto = type_off(&r, get(&r, off + 8, 4));
		info = get(&r, proto + 4, 4);
		CHECK(proto && info >> 24 == KIND_FUNC_PROTO, "%s: kind %u", want[i].name,
		      info >> 24);
		CHECK((info & 0xffff) == want[i].nargs, "%s: %u arguments", want[i].name,
		      info & 0xffff);
		for (u32 k = 0; k < (info & 0xffff); k++) {
			u32 arg = type_off(&r, get(&r, proto + 12 + 8 * k + 4, 4));

			CHECK(get(&r, proto + 12 + 8 * k, 4), "%s: argument %u has no name",
			      want[i].name, k);
			CHECK(get(&r, arg + 4, 4) >> 24 == (i ? KIND_INT : KIND_PTR), "%s",
			      want[i].name);
			CHECK(!i || get(&r, arg + 8, 4) == 8, "%s: argument of other size",
			      want[i].name);
		}
		ret = get(&r, proto + 8, 4);
		CHECK(want[i].ret_size ? (int)get(&r, type_off(&r, ret) + 8, 4) == want[i].ret_size
				       : !ret,
		      "%s: return type", want[i].name);
	}
	prog_btf_free(&btf);
	code_free(&code);
}

static void little_endian(void)
{
	check_order(ORDER_LE);
}

static void big_endian(void)
{
	check_order(ORDER_BE);
}

static void who_needs_btf(void)
{
	static const struct {
		const char *text;
		bool needs;
	} rows[] = {
		{ "r0 = 0; exit", false },
		{ "", false },
		{ "call f; exit\nfunc f args 5:\nr0 = 0; exit", false },
		{ "call f; exit\nfunc f args 6:\nr0 = 0; exit", true },
		{ "call f; exit\nfunc f args 1 global:\nr0 = 0; exit", true },
		{ "call f; exit\nfunc f args 2 callback:\nr0 = 0; exit", true },
		{ "r2 = func[f] ll; exit\nfunc f:\nr0 = 0; exit", true },
		{ "*(u64 *)(r11 - 8) = 1; exit", true },
		{ "r1 = 0xb00000000 ll; exit", false },
		{ "call bpf_tail_call; exit", false },
		{ "call f; exit\nfunc f:\ncall bpf_tail_call; r0 = 0; exit", true },
		{ "call bpf_tail_call; call f; exit\nfunc f:\nr0 = 0; exit", false },
		{ "r0 = *(u8 *)skb[0]; exit", false },
		{ "call f; exit\nfunc f:\nr0 = *(u8 *)skb[0]; exit", true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct code code;

		assemble(rows[i].text, &code);
		CHECK(prog_needs_btf(&code) == rows[i].needs, "%s", rows[i].text);
		code_free(&code);
	}
}

static const struct test tests[] = {
	{ "little endian", little_endian },
	{ "big endian", big_endian },
	{ "who needs BTF", who_needs_btf },
};

TEST_MAIN(tests)
