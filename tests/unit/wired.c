// SPDX-License-Identifier: GPL-2.0
/* Jumps that the verifier replaced: read from the translated program, followed by the model. */
#include <stdlib.h>
#include "lib/bytes.h"
#include "lib/util.h"
#include "session/wired.h"
#include "tests/unit/one_case.h"

/* Slots: 0 movsx, 1 if, 2 |= 1, 3 goto, 4 |= 2 (yes), 5 if, 6 |= 4, then the spill. */
static const char text[] = "case c\n\tprog\n\t\tr1 = (s8)r1\n\t\tif r1 s< 0 goto yes\n"
			   "\t\tr0 |= 1\n\t\tgoto both\n\tyes:\n\t\tr0 |= 2\n\tboth:\n"
			   "\t\tif r2 == 5 goto out\n\t\tr0 |= 4\n\tout:\n\tend\n"
			   "\tvec r0=0 r1=0x80 r2=5\n";

#define BODY 7

enum fate { KEPT, REMOVED, GOTO, GOTO_NEXT, BEHIND_NOSPEC };

static const struct row {
	enum fate fates[BODY];
	enum wired first, second; /* of the jumps in slots 1 and 5 */
	u64 quirky;		  /* r0 of a machine with movsx_plain; by the standard it is 2 */
	bool miswired;
} rows[] = {
	{ {}, WIRED_NOT, WIRED_NOT, 1, false },
	{ { [1] = BEHIND_NOSPEC }, WIRED_NOT, WIRED_NOT, 1, false },
	/* known to be negative: what it jumps over is removed, and so is it */
	{ { [1] = REMOVED, [2] = REMOVED, [3] = REMOVED }, WIRED_TAKEN, WIRED_NOT, 2, false },
	/* the same where a kernel leaves jumps over nothing */
	{ { [1] = GOTO, [2] = REMOVED }, WIRED_TAKEN, WIRED_NOT, 2, false },
	{ { [5] = REMOVED, [6] = REMOVED }, WIRED_NOT, WIRED_TAKEN, 1, false },
	/* wrong, as the inputs show: no excuse for what comes of it */
	{ { [1] = REMOVED, [3] = GOTO, [4] = REMOVED }, WIRED_FALLS, WIRED_NOT, 1, true },
	{ { [1] = GOTO_NEXT }, WIRED_FALLS, WIRED_NOT, 1, true },
	{ { [5] = REMOVED }, WIRED_NOT, WIRED_FALLS, 5, true },
};

struct program {
	u8 *insns, *lines;
	u32 cnt, nlines;
};

static void add(struct program *p, const struct insn *insn, enum byte_order order)
{
	insn_encode(p->insns + p->cnt++ * INSN_SIZE, insn, order);
}

/* The translation of @sent in which the body, from slot @body on, has the fates of @r. */
static struct program translated(const struct code *sent, u32 body, const struct row *r,
				 enum byte_order order)
{
	struct program p = { .insns = xcalloc(2 * sent->cnt, INSN_SIZE),
			     .lines = xcalloc(sent->cnt, sizeof(struct wire_line)) };

	for (u32 i = 0; i < sent->cnt; i++) {
		enum fate fate = i >= body && i < body + BODY ? r->fates[i - body] : KEPT;
		struct insn insn = sent->insns[i];
		u8 *line = p.lines + p.nlines * sizeof(struct wire_line);

		if (fate == REMOVED)
			continue;
		bytes_put(line, 4, p.cnt, order);
		bytes_put(line + 4, 4, i, order);
		p.nlines++;
		if (fate == GOTO || fate == GOTO_NEXT)
			insn = (struct insn){ .code = BPF_JMP | BPF_JA, .off = fate == GOTO };
		if (fate == BEHIND_NOSPEC)
			add(&p, &(struct insn){ .code = BPF_ST | 0xc0 }, order);
		add(&p, &insn, order);
		if (insn_is_wide(&insn))
			add(&p, &sent->insns[++i], order);
	}
	return p;
}

static u64 run(const struct bpf_case *c, const u8 *wired, bool standard, bool *miswired)
{
	struct model_state st = { .quirks = { .set = QUIRK_BIT(QUIRK_MOVSX_PLAIN),
					      .verified = true },
				  .standard = standard,
				  .wired = wired };
	u64 r0;

	CHECK(!model_run(c, 0, ORDER_LE, 64, &st, NULL), "runs");
	r0 = st.r[0];
	*miswired = st.miswired;
	model_state_free(&st);
	return r0;
}

static void check_row(const struct bpf_case *c, const struct wrapper_prog *prog,
		      const struct row *r, enum byte_order order)
{
	struct guest g = { .order = order, .word_bits = 64 };
	struct program p = translated(&prog->progs[0], prog->blocks[0].body, r, order);
	struct reply reply = { .xlated = p.insns,
			       .xlated_len = p.cnt * INSN_SIZE,
			       .xlated_dump = p.cnt * INSN_SIZE,
			       .lines = p.lines,
			       .nr_lines = p.nlines };
	u8 *wired = wired_read(prog, &g, &reply);
	bool miswired;
	u64 r0;

	CHECK(wired && wired[1] == r->first && wired[5] == r->second, "row %zu: %u, %u", r - rows,
	      wired[1], wired[5]);
	r0 = run(c, wired, false, &miswired);
	CHECK(r0 == r->quirky, "row %zu: r0 %llu", r - rows, (unsigned long long)r0);
	r0 = run(c, wired, true, &miswired);
	CHECK(r0 == 2 && miswired == r->miswired, "row %zu: standard: r0 %llu, miswired %u",
	      r - rows, (unsigned long long)r0, miswired);
	free(wired);
	reply.xlated_len += INSN_SIZE;
	CHECK(!wired_read(prog, &g, &reply), "a part of the program");
	reply.xlated_len -= INSN_SIZE;
	reply.nr_lines = 0;
	CHECK(!wired_read(prog, &g, &reply), "no lines");
	free(p.insns);
	free(p.lines);
}

static void test_rows(void)
{
	struct bpf_case *c = one_case(text);
	struct model_state st = {};
	struct wrapper_prog prog;

	if (!c)
		return;
	model_run(c, 0, ORDER_LE, 64, &st, NULL);
	CHECK(!wrapper_build((const struct bpf_case *const *)&c, 1, &st, WRAPPER_WIDE, 1000,
			     1 << 18, &prog),
	      "builds");
	for (int order = 0; order < NR_ORDERS; order++)
		for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
			check_row(c, &prog, &rows[i], order);
	wrapper_free(&prog);
	model_state_free(&st);
	bpf_case_free(c);
}

/* Tables that make no sense are read without harm. */
static void test_damaged(void)
{
	struct bpf_case *c = one_case(text);
	struct guest g = { .order = ORDER_LE, .word_bits = 64 };
	u8 xlated[4 * INSN_SIZE] = {}, lines[3 * sizeof(struct wire_line)];
	struct model_state st = {};
	struct wrapper_prog prog;
	u8 *wired;

	if (!c)
		return;
	model_run(c, 0, ORDER_LE, 64, &st, NULL);
	wrapper_build((const struct bpf_case *const *)&c, 1, &st, WRAPPER_WIDE, 1000, 1 << 18,
		      &prog);
	memset(lines, 0xff, sizeof(lines));
	bytes_put(lines, 4, 3, ORDER_LE);
	bytes_put(lines + 4, 4, prog.blocks[0].body + 1, ORDER_LE);
	bytes_put(lines + 16, 4, 0, ORDER_LE);
	bytes_put(lines + 20, 4, prog.blocks[0].body + 2, ORDER_LE);
	wired = wired_read(&prog, &g,
			   &(struct reply){ .xlated = xlated,
					    .xlated_len = sizeof(xlated),
					    .xlated_dump = sizeof(xlated),
					    .lines = lines,
					    .nr_lines = 3 });
	CHECK(wired && wired[1] == WIRED_NOT, "backwards");
	free(wired);
	wrapper_free(&prog);
	model_state_free(&st);
	bpf_case_free(c);
}

static const struct test tests[] = {
	{ "rows", test_rows },
	{ "damaged", test_damaged },
};

TEST_MAIN(tests)
