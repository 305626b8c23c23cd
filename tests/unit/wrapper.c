// SPDX-License-Identifier: GPL-2.0
/*
 * Wrappers, run: the wrapped program is a raw program whose memory is the I/O map, so the model can
 * execute fill, body and spill, and must arrive at what wrapper_expect() says.
 */
#include <errno.h>
#include "bpf/wrapper.h"
#include "proto/wire.h"
#include "lib/util.h"
#include "tests/unit/one_case.h"

#define MANY (1u << 20)

static const char memory[] =
	"case a\n\tmem 32\n\tstack 32\n\tptr r7 = mem+8\n\tptr r8 = stack-16\n\tprog\n"
	"\t\tr1 += r2\n\t\t*(u64 *)(r7 + 0) = r1\n\t\t*(u32 *)(r8 + 4) = r2\n\t\tr7 += 4\n\t\tr3 = "
	"&mem + 3 ll\n"
	"\t\t*(u8 *)(r3 + 0) = 9\n\tend\n\tvec r1=1 r2=-1\n\tvec r1=0x8000000000000000 r2=5\n";
static const char calls[] =
	"case c\n\tstack 16\n\tprog\n\t\tr1 = 7\n\t\tcall f\n\t\tr6 = r0\n\tfunc f args 1:\n"
	"\t\tr0 = r1\n\t\tr0 += 1\n\t\tcall g\n\t\texit\n\tfunc g:\n\t\tr0 = 77\n\t\texit\n\tend\n";
static const char sweep[] =
	"case s\n\tsweep D in 4..9\n\tprog\n\t\tr{D} = -r{D}\n\tend\n\tvec r{D}=5\n\tvec r{D}=-1\n";
static const char low[] =
	"case l\n\tframe low\n\tprog\n\t\tw3 += w4\n\tend\n\tvec r3=0xfffffffff r4=1\n";

static void put64(u8 *at, u64 v, enum byte_order order)
{
	for (int i = 0; i < 8; i++)
		at[order == ORDER_LE ? i : 7 - i] = v >> (8 * i);
}

/* The slot as the agent prepares it. */
static void fill_slot(const struct wrapper_block *b, u32 vec, enum byte_order order, u8 *slot)
{
	const u32 *size = b->c->vecs->win_size;
	u8 *win = slot + (b->win - b->start);

	for (int k = 0; k < CASE_REGS; k++)
		put64(slot + 8 * k, b->c->regs[k].region ? 0 : case_reg_in(b->c, vec, k), order);
	if (size[REGION_MEM])
		memcpy(win, vec_window(b->c->vecs, vec, REGION_MEM, order), size[REGION_MEM]);
	if (size[REGION_STACK])
		memcpy(win + size[REGION_MEM], vec_window(b->c->vecs, vec, REGION_STACK, order),
		       size[REGION_STACK]);
	memset(slot + (b->out - b->start), WIRE_POISON, b->out_size);
}

static void check_vec(const struct wrapper_prog *p, struct cases *all, u32 vec,
		      enum byte_order order)
{
	u32 size = p->io_size + 2 * CASE_GUARD;
	u8 *row = xcalloc(1, size), *want = xmalloc(p->io_size);
	struct vectors io = { .refs = 1,
			      .nvecs = 1,
			      .win_size[REGION_MEM] = size,
			      .win_bytes = size,
			      .bytes = { row, row } };
	struct bpf_case raw = { .progs = p->progs,
				.nprogs = 1,
				.raw = true,
				.alone = true,
				.vecs = &io,
				.group = "t/t" };
	struct model_state st = {}, body = {};
	char why[128] = "";
	int stop;

	for (u32 b = 0; b < p->nblocks; b++)
		fill_slot(&p->blocks[b], vec, order, row + CASE_GUARD + p->blocks[b].start);
	stop = model_run(&raw, 0, order, 64, &st, why);
	CHECK(stop == MODEL_OK && !st.retval, "%s, %s wrapper: %s", all->c[0]->id,
	      wrapper_name(p->kind), why);
	for (u32 b = 0; stop == MODEL_OK && b < p->nblocks; b++) {
		const struct wrapper_block *blk = &p->blocks[b];

		CHECK(model_run(blk->c, vec, order, 64, &body, why) == MODEL_OK, "%s", why);
		wrapper_expect(p, b, vec, &body, order, want);
		CHECK(!memcmp(want, st.win[REGION_MEM] + CASE_GUARD + blk->start, blk->size),
		      "%s, block %u, vector %u, %s wrapper", blk->c->id, b, vec,
		      wrapper_name(p->kind));
		model_state_free(&body);
	}
	model_state_free(&st);
	free(row);
	free(want);
}

static void check_text(const char *text, enum wrapper_kind kind, u32 together)
{
	struct model_state states[MAX_CASES] = {};
	struct wrapper_prog p;
	struct cases all;

	if (!cases_read(&all, text))
		return;
	CHECK(all.cnt == together, "%u cases", all.cnt);
	for (int order = 0; order < NR_ORDERS; order++) {
		for (u32 i = 0; i < all.cnt; i++)
			CHECK(model_run(all.c[i], 0, order, 64, &states[i], NULL) == MODEL_OK, "%s",
			      all.c[i]->id);
		CHECK(!wrapper_build((void *)all.c, all.cnt, states, kind, MANY, MANY, &p),
		      "does not fit");
		for (u32 v = 0; v < all.c[0]->vecs->nvecs; v++)
			check_vec(&p, &all, v, order);
		wrapper_free(&p);
	}
	for (u32 i = 0; i < all.cnt; i++)
		model_state_free(&states[i]);
	cases_free(&all);
}

static void test_wide(void)
{
	check_text(memory, WRAPPER_WIDE, 1);
	check_text(calls, WRAPPER_WIDE, 1);
	check_text(sweep, WRAPPER_WIDE, 6);
}

static void test_halves(void)
{
	check_text(memory, WRAPPER_HALVES, 1);
	check_text(calls, WRAPPER_HALVES, 1);
	check_text(sweep, WRAPPER_HALVES, 6);
}

static void test_low(void)
{
	check_text(memory, WRAPPER_LOW, 1);
	check_text(calls, WRAPPER_LOW, 1);
	check_text(low, WRAPPER_LOW, 1);
}

/* Slots do not overlap, everything is aligned, and the bodies are there unchanged. */
static void test_layout(void)
{
	struct model_state states[MAX_CASES] = {};
	struct wrapper_prog p;
	struct cases all;

	if (!cases_read(&all, sweep))
		return;
	CHECK(!wrapper_build((void *)all.c, all.cnt, states, WRAPPER_WIDE, MANY, MANY, &p),
	      "does not fit");
	for (u32 b = 0; b < p.nblocks; b++) {
		const struct wrapper_block *blk = &p.blocks[b];

		CHECK(blk->start == (b ? p.blocks[b - 1].start + p.blocks[b - 1].size : 0),
		      "block %u at %u", b, blk->start);
		CHECK(!(blk->start % 8) && !(blk->win % 8) && !(blk->out % 8), "block %u", b);
		CHECK(blk->out + blk->out_size == blk->start + blk->size, "block %u", b);
		CHECK(blk->body_cnt == 1 && !memcmp(&p.progs[0].insns[blk->body],
						    all.c[b]->progs[0].insns, sizeof(struct insn)),
		      "block %u: another body", b);
	}
	CHECK(p.io_size == p.blocks[5].start + p.blocks[5].size, "%u", p.io_size);
	wrapper_free(&p);
	cases_free(&all);
}

static void test_too_large(void)
{
	struct model_state states[MAX_CASES] = {};
	struct wrapper_prog p;
	struct cases all;
	u32 insns, io;

	if (!cases_read(&all, sweep))
		return;
	CHECK(!wrapper_build((void *)all.c, all.cnt, states, WRAPPER_WIDE, MANY, MANY, &p),
	      "does not fit");
	insns = p.progs[0].cnt;
	io = p.io_size;
	wrapper_free(&p);
	CHECK(!wrapper_build((void *)all.c, all.cnt, states, WRAPPER_WIDE, insns, io, &p),
	      "fits exactly");
	wrapper_free(&p);
	CHECK(wrapper_build((void *)all.c, all.cnt, states, WRAPPER_WIDE, insns - 1, io, &p) ==
		      -E2BIG,
	      "instructions");
	CHECK(wrapper_build((void *)all.c, all.cnt, states, WRAPPER_WIDE, insns, io - 1, &p) ==
		      -E2BIG,
	      "map");
	cases_free(&all);
}

static const struct test tests[] = {
	{ "the wide wrapper computes what is expected", test_wide },
	{ "the halves wrapper", test_halves },
	{ "the low wrapper", test_low },
	{ "layout", test_layout },
	{ "too large", test_too_large },
};

TEST_MAIN(tests)
