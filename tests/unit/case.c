// SPDX-License-Identifier: GPL-2.0
/* The text form of cases: what it means, that printing and parsing are inverse, and that errors
 * name their place. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include "bpf/case.h"
#include "bpf/case_tmpl.h"
#include "bpf/expect.h"
#include "lib/nearest.h"
#include "lib/util.h"
#include "tests/test.h"

struct got {
	struct bpf_case **c;
	u32 cnt, cap;
};

static int keep(void *ctx, struct bpf_case *c)
{
	struct got *g = ctx;

	ARRAY_GROW(g->c, g->cnt, g->cap);
	g->c[g->cnt++] = c;
	return 0;
}

static int drop(void *ctx, struct bpf_case *c)
{
	(void)ctx;
	bpf_case_free(c);
	return 0;
}

static void got_free(struct got *g)
{
	for (u32 i = 0; i < g->cnt; i++)
		bpf_case_free(g->c[i]);
	free(g->c);
	memset(g, 0, sizeof(*g));
}

/* All instances of @text; an error is a failed check. */
static struct got expand(const char *text)
{
	struct diag d = { 0 };
	struct case_file f;
	struct got g = { 0 };
	int err;

	err = case_parse_text(text, "cases/unit/t.case", NULL, &f, &d);
	if (!err) {
		err = case_expand(&f, keep, &g, &d);
		case_file_free(&f);
	}
	CHECK(!err, "%d:%d: %s", d.line, d.col, d.msg);
	return g;
}

static void test_instances(void)
{
	struct got g =
		expand("case add\n\tsweep D,S in pairs\n\tsweep W in w: r\n\tskip {W} = r\n"
		       "\tprog\n\t\tr{D} += r{S}\n\tend\n"
		       "\tvec r{D}=7 r{S}=-2 -> r{D}=5\n\tvec r{D} in (1 2 3), r{S} in (10..12)\n");
	const struct bpf_case *c;

	CHECK(g.cnt == 100, "%u instances", g.cnt);
	if (g.cnt != 100)
		return got_free(&g);
	c = g.c[12];
	CHECK(!strcmp(c->id, "unit/add/r1_r2_w"), "%s", c->id);
	CHECK(!strcmp(c->group, "unit/add") && c->group == g.c[99]->group, "%s", c->group);
	CHECK(c->progs[0].cnt == 1 && c->progs[0].insns[0].dst == 1 &&
		      c->progs[0].insns[0].src == 2,
	      "insn");
	CHECK(c->progs[0].lines[0] == 6, "line %u", c->progs[0].lines[0]);
	CHECK(!c->alone && c->out_regs == 0x3ff, "alone %d out %x", c->alone, c->out_regs);
	CHECK(c->vecs->nvecs == 10 && c->vecs->ncols == 2 + CASE_REGS, "%u x %u", c->vecs->nvecs,
	      c->vecs->ncols);
	for (u32 i = 0; i < g.cnt; i++)
		CHECK(g.c[i]->vecs == c->vecs, "%s has a table of its own", g.c[i]->id);
	CHECK(case_reg_in(c, 0, 1) == 7 && case_reg_in(c, 0, 2) == -2ull, "first line");
	/* the last `in` runs fastest */
	CHECK(case_reg_in(c, 2, 1) == 1 && case_reg_in(c, 2, 2) == 11, "product");
	CHECK(case_reg_in(c, 9, 1) == 3 && case_reg_in(c, 9, 2) == 12, "product");
	CHECK(c->vecs->lines[0] == 8 && c->vecs->lines[9] == 9, "lines");
	CHECK(c->nexpects == 1 && c->expects[0].reg == 1 && c->expects[0].value == 5,
	      "expectation");
	c = g.c[11];
	CHECK(!strcmp(c->id, "unit/add/r1_r1_w"), "%s", c->id);
	CHECK(case_reg_in(c, 0, 1) == -2ull && !c->nexpects,
	      "where both names mean one register the later counts");
	got_free(&g);
}

static void test_noise(void)
{
	/* Ids of reports replay the same inputs for ever: these literals may not change. */
	CHECK(case_noise(0, 0) == 0xe220a8397b1dcdaf, "%" PRIx64, case_noise(0, 0));
	CHECK(case_noise(211, 9) == 0x87478875b438e2b1, "%" PRIx64, case_noise(211, 9));
	CHECK(case_noise(65535, 133) == 0x0f6d5cf63b195fa7, "%" PRIx64, case_noise(65535, 133));
	for (u32 v = 0; v < 2000; v++) {
		for (u32 i = 0; i < 32; i++) {
			u64 x = case_noise(v, i);

			CHECK(x >> 32 && (u32)x && x >> 32 != (u32)x && x != __builtin_bswap64(x),
			      "%u %u", v, i);
			CHECK(x != case_noise(v, i + 1) && x != case_noise(v + 1, i), "%u %u", v,
			      i);
		}
	}
}

static void test_windows(void)
{
	struct got g = expand("case w\n\tmem 16\n\tstack 8\n\tctx 8\n\tptr r1 = mem+8\n\tptr r2 = "
			      "stack-8\n\tptr r3 = ctx\n"
			      "\tprog\n\tend\n"
			      "\tvec mem+0=u32 0x11223344 mem+4=s16 -2 mem+8=bytes 0011 "
			      "stack-8=u64 1 mem.hi+15=u8 7\n");
	const struct vectors *t;
	const u8 *le, *be;

	if (!g.cnt)
		return;
	t = g.c[0]->vecs;
	CHECK(t->win_size[REGION_MEM] == 48 && t->win_size[REGION_STACK] == 24 &&
		      t->win_size[REGION_CTX] == 24,
	      "sizes");
	CHECK(t->win_bytes == 96, "%u", t->win_bytes);
	le = vec_window(t, 0, REGION_MEM, ORDER_LE) + CASE_GUARD;
	be = vec_window(t, 0, REGION_MEM, ORDER_BE) + CASE_GUARD;
	CHECK(!memcmp(le, "\x44\x33\x22\x11\xfe\xff", 6) &&
		      !memcmp(be, "\x11\x22\x33\x44\xff\xfe", 6),
	      "typed");
	CHECK(!memcmp(le + 8, "\x00\x11", 2) && !memcmp(be + 6, le + 6, 10),
	      "bytes and noise are the same");
	CHECK(le[16 + 15] == 7 && be[16 + 15] == 7, "guard");
	CHECK(vec_window(t, 0, REGION_STACK, ORDER_BE)[CASE_GUARD + 7] == 1, "stack");
	CHECK(g.c[0]->regs[1].off == 8 && g.c[0]->regs[2].off == -8 &&
		      g.c[0]->regs[2].region == REGION_STACK,
	      "ptr");
	CHECK(g.c[0]->alone, "a case with a context is alone");
	got_free(&g);
	g = expand("case w\n\tmem 16\n\tprog\n\tend\n\tvec mem+0=u8 5\n");
	CHECK(g.cnt && g.c[0]->vecs->bytes[0] == g.c[0]->vecs->bytes[1],
	      "no typed value: one array for both orders");
	got_free(&g);
}

static void test_everything(void)
{
	struct got g = expand(
		"case l\n\tdoc one # no comment\n\tdoc two\n\tguards g\n\tneeds jit sdiv\n\ttype "
		"raw_tp\n\tframe low\n"
		"\tmap t prog_array 3 = leaf _ main\n\tmap h hash 4 8 16\n\tprog\n\t\tr1 = &h ll\n"
		"\t\tcall bpf_ktime_get_ns\n\tend\n\tprog leaf\n\t\trepeat 3 r0 = "
		"1\n\t\texit\n\tend\n"
		"\teither EACCES \"invalid # access\"  # comment\n\teither \"b\"\n");
	const struct bpf_case *c;

	if (!g.cnt)
		return;
	c = g.c[0];
	CHECK(!strcmp(c->id, "unit/l/one") && !strcmp(c->doc, "one # no comment two") &&
		      !strcmp(c->guards, "g"),
	      "texts");
	CHECK(c->nneeds == 2 && !strcmp(c->needs[1], "sdiv") && c->wrapper == CASE_WRAPPER_LOW &&
		      c->type == CASE_TYPE_RAW_TP,
	      "needs, frame, type");
	CHECK(c->nmaps == 2 && c->maps[0].kind == MAP_PROG_ARRAY && c->maps[0].slots[0] == 1 &&
		      c->maps[0].slots[1] == -1 && c->maps[0].slots[2] == 0,
	      "prog array");
	CHECK(c->maps[1].key_size == 4 && c->maps[1].value_size == 8 && c->maps[1].entries == 16,
	      "hash");
	CHECK(c->nprogs == 2 && !strcmp(c->prog_names[1], "leaf") && c->progs[1].cnt == 4,
	      "programs");
	CHECK(c->progs[1].lines[2] == 15 && c->progs[1].lines[3] == 16, "lines behind repeat");
	CHECK(c->progs[0].insns[0].src == 5 && c->progs[0].insns[0].imm == 2, "&h: %d %d",
	      c->progs[0].insns[0].src, c->progs[0].insns[0].imm);
	CHECK(c->outcome == OUTCOME_EITHER && c->nrefusals == 2 && c->refusals[0].err == EACCES &&
		      !strcmp(c->refusals[0].log, "invalid # access") && !c->refusals[1].err &&
		      !strcmp(c->refusals[1].log, "b"),
	      "outcome");
	CHECK(c->out_regs == 0x3c1, "a call leaves r0, r6-r9: %x", c->out_regs);
	CHECK(c->alone && c->vecs->nvecs == 1, "alone, one vector of noise");
	got_free(&g);
}

static char *print_case(const struct bpf_case *c, long vec)
{
	size_t len;
	char *text;
	FILE *f = open_memstream(&text, &len);

	bpf_case_print(f, c, vec);
	fclose(f);
	return text;
}

static char *print_file(const struct case_file *file)
{
	size_t len;
	char *text;
	FILE *f = open_memstream(&text, &len);

	case_print_file(f, file);
	fclose(f);
	return text;
}

/* By field: struct insn has padding. */
static bool same_code(const struct code *a, const struct code *b)
{
	for (u32 i = 0; i < a->cnt && a->cnt == b->cnt; i++) {
		u8 x[INSN_SIZE], y[INSN_SIZE];

		insn_encode(x, &a->insns[i], ORDER_LE);
		insn_encode(y, &b->insns[i], ORDER_LE);
		if (memcmp(x, y, INSN_SIZE))
			return false;
	}
	return a->cnt == b->cnt;
}

/* Does @text, printed from vector @vec (or all) of @c, mean the same? */
static void check_same(const struct bpf_case *c, long vec, const char *text)
{
	struct got g = expand(text);
	const struct bpf_case *p;
	char *again;
	u32 n;

	CHECK(g.cnt == 1, "%s: %u instances", c->id, g.cnt);
	if (!g.cnt)
		return;
	p = g.c[0];
	again = print_case(p, -1);
	CHECK(!strcmp(text, again), "%s: print, parse, print\n%s\n%s", c->id, text, again);
	free(again);
	CHECK(!strcmp(c->id, p->id) && !strcmp(c->group, p->group), "%s: id %s", c->id, p->id);
	CHECK(c->alone == p->alone && c->folds == p->folds && c->raw == p->raw &&
		      c->type == p->type && c->wrapper == p->wrapper &&
		      c->out_regs == p->out_regs && c->outcome == p->outcome &&
		      c->nrefusals == p->nrefusals && c->nneeds == p->nneeds &&
		      c->nmaps == p->nmaps && c->nprogs == p->nprogs,
	      "%s", c->id);
	for (u32 i = 0; i < c->nprogs && c->nprogs == p->nprogs; i++)
		CHECK(same_code(&c->progs[i], &p->progs[i]), "%s", c->id);
	n = vec < 0 ? c->vecs->nvecs : 1;
	CHECK(p->vecs->nvecs == n && p->vecs->win_bytes == c->vecs->win_bytes, "%s", c->id);
	for (u32 i = 0; i < n && p->vecs->nvecs == n; i++) {
		u32 from = vec < 0 ? i : (u32)vec;

		for (int r = 0; r < CASE_REGS && !c->raw; r++)
			CHECK(case_reg_in(c, from, r) == case_reg_in(p, i, r), "%s.%u r%d", c->id,
			      i, r);
		for (int o = 0; o < NR_ORDERS && c->vecs->win_bytes; o++)
			CHECK(!memcmp(vec_window(c->vecs, from, REGION_MEM, o),
				      vec_window(p->vecs, i, REGION_MEM, o), c->vecs->win_bytes),
			      "%s.%u", c->id, i);
	}
	got_free(&g);
}

static u32 printed;

static int print_and_parse(void *ctx, struct bpf_case *c)
{
	u32 n = printed++;

	(void)ctx;
	/* all of the instances take a minute under the sanitizers */
	if (n % 13 == 0) {
		long vec = c->vecs->nvecs > 4 ? (long)(n % c->vecs->nvecs) : -1;
		char *text = print_case(c, vec);

		check_same(c, vec, text);
		free(text);
	}
	bpf_case_free(c);
	return 0;
}

/* Over all that is checked in. */
static void test_print(void)
{
	struct diag d = { 0 };
	char **paths = case_paths("cases", &d);

	CHECK(paths && paths[0], "%s", d.msg);
	for (char **p = paths; p && *p; p++) {
		struct case_file f, again;
		char *a, *b;
		int err = case_parse_file(*p, NULL, &f, &d);

		CHECK(!err, "%s:%d:%d: %s", *p, d.line, d.col, d.msg);
		if (err)
			continue;
		err = case_expand(&f, print_and_parse, NULL, &d);
		CHECK(!err, "%s:%d:%d: %s", *p, d.line, d.col, d.msg);
		a = print_file(&f);
		case_file_free(&f);
		err = case_parse_text(a, *p, NULL, &again, &d);
		CHECK(!err, "%s, printed: %d:%d: %s", *p, d.line, d.col, d.msg);
		if (!err) {
			b = print_file(&again);
			CHECK(!strcmp(a, b), "%s: print, parse, print", *p);
			free(b);
			case_file_free(&again);
		}
		free(a);
	}
	case_paths_free(paths);
}

/* A vector that mixes all there is. */
static void test_print_windows(void)
{
	struct got g = expand("case w\n\tmem 24\n\tstack 16\n\tptr r1 = mem\n\tptr r2 = "
			      "stack-8\n\tout r3 r5\n\talone\n\tfolds\n"
			      "\tprog\n\t\tr3 += r5\n\tend\n"
			      "\tvec mem+1=u32 0x11223311 mem+5=u64 0x0102030403020101 stack-6=u16 "
			      "5 -> r3=4 mem+1=u8 5\n"
			      "\tvec mem+0=u64 in u64s, mem+9=u16 in u16s\n");
	char *text;

	if (!g.cnt)
		return;
	text = print_case(g.c[0], -1);
	check_same(g.c[0], -1, text);
	CHECK(strstr(text, "\talone\n") && strstr(text, "\tfolds\n") &&
		      strstr(text, "\tout     r3 r5\n") && strstr(text, "-> r3=0x4 mem+1=u8 0x5\n"),
	      "%s", text);
	free(text);
	got_free(&g);
	g = expand("case a\n\tprog\n\t\tr0 = *(u64 *)(r10 - 8)\n\tend\n\taccept\n");
	if (!g.cnt)
		return;
	text = print_case(g.c[0], -1);
	check_same(g.c[0], -1, text);
	CHECK(g.c[0]->outcome == OUTCOME_ACCEPT && !case_runs(g.c[0]) && case_must_load(g.c[0]) &&
		      strstr(text, "\n\taccept\n"),
	      "%s", text);
	free(text);
	got_free(&g);
}

/* Every file of the negative corpus fails where and how its first line says, or begins to say. */
static void test_bad_cases(void)
{
	struct diag d = { 0 };
	char **paths = case_paths("tests/data/bad-cases", &d);
	int n = 0;

	for (char **p = paths; p && *p; p++, n++) {
		struct case_file f;
		char *text = read_file(*p, NULL), got[800], *want = text;
		int err = case_parse_file(*p, "local", &f, &d);

		if (!err) {
			err = case_expand(&f, drop, NULL, &d);
			case_file_free(&f);
		}
		CHECK(err == -EINVAL, "%s is accepted", *p);
		CHECK(text && !strncmp(text, "# expect: ", 10), "%s has no line '# expect: '", *p);
		if (err && text && strlen(text) > 10) {
			want += 10;
			want[strcspn(want, "\n")] = '\0';
			snprintf(got, sizeof(got), "%d:%d: %s", d.line, d.col, d.msg);
			CHECK(!strncmp(got, want, strlen(want)), "%s\n# got  %s\n# want %s", *p,
			      got, want);
		}
		free(text);
	}
	CHECK(n >= 100, "%d files", n);
	case_paths_free(paths);
}

static u64 rnd(u64 *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	return *state ^= *state << 17;
}

static int count_some(void *ctx, struct bpf_case *c)
{
	u32 *n = ctx;

	bpf_case_free(c);
	return ++*n < 50 ? 0 : 1;
}

/* Garbage gives a message or a case, never a fault. */
static void test_mutations(void)
{
	static const char *const words[] = {
		"{D}",	  "vec",    "r{D}",   "in",    "(",	    ")",
		"->",	  "=",	    "edge64", "mem+8", "u32",	    "\n",
		"#",	  "prog\n", "end\n",  "0..9",  "-1",	    "99999999999999999999",
		"\t",	  "\"",	    ",",      "sweep", "repeat 9 ", "case x\n",
		"stack-", "bytes",  ":",
	};
	static const char seed_text[] =
		"case a\n\tdoc x\n\tsweep D,S in pairs_few 3,4\n\tsweep OP in add:+= "
		"sub:\"-=\"\n\tskip {D} = 0\n\tneeds jit\n"
		"\tmem 32\n\tstack 16\n\tptr r0 = mem+8\n\tmap m array 4 8 2\n\tmap t prog_array 2 "
		"= leaf _\n\tout r1 r3\n"
		"\tprog\n\t\tr{D} {OP} r{S}\n\t\tr1 = &m ll\n\tfunc f args 1:\n\t\tr0 = "
		"r1\n\t\texit\n\tend\n\tprog leaf\n\t\texit\n\tend\n"
		"\tvec r{D}=7 r{S} in (1 2 few64 4..6), mem+0=u16 in u16s mem.lo=bytes 0011 -> "
		"mem+8=u8 5 retval=0\n"
		"\treject EINVAL \"text\"\n";
	u64 state = 0x853c49e6748fea9b;

	for (int round = 0; round < 20000; round++) {
		char buf[4096];
		size_t len = sizeof(seed_text) - 1;
		struct case_file f;
		struct diag d;
		u32 n = 0;

		memcpy(buf, seed_text, len + 1);
		for (int k = rnd(&state) % 4; k >= 0; k--) {
			size_t at = rnd(&state) % (len + 1), cut = rnd(&state) % 12;
			const char *w = words[rnd(&state) % ARRAY_SIZE(words)];
			size_t wlen = rnd(&state) % 3 ? strlen(w) : 0;

			cut = rnd(&state) % 2 ? 0 : cut < len - at ? cut : len - at;
			memmove(buf + at + wlen, buf + at + cut, len - at - cut + 1);
			memcpy(buf + at, w, wlen);
			len += wlen - cut;
			if (!(rnd(&state) % 8) && len)
				buf[rnd(&state) % len] = 1 + rnd(&state) % 255;
		}
		memset(&d, 0, sizeof(d));
		if (!case_parse_text(buf, "x.case", NULL, &f, &d)) {
			if (!case_expand(&f, count_some, &n, &d))
				n = 50;
			case_file_free(&f);
		}
		CHECK(n || d.msg[0], "round %d: neither a case nor a message\n%s", round, buf);
	}
}

static void test_family(void)
{
	static const struct {
		const char *dir, *path, *family;
	} rows[] = {
		{ NULL, "cases/alu/sdiv.case", "alu" },
		{ NULL, "/x/cases/y/cases/regress/2024/a.case", "regress/2024" },
		{ NULL, "cases/a.case", "local" },
		{ NULL, "a.case", "local" },
		{ NULL, "showcases/alu/a.case", "local" },
		{ "tests/x", "tests/x/alu/a.case", "alu" },
		{ "tests/x/", "tests/x/a.case", "local" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char *family = case_family(rows[i].dir, rows[i].path);

		CHECK(!strcmp(family, rows[i].family), "%s: %s", rows[i].path, family);
		free(family);
	}
}

static void test_values(void)
{
	const struct values *s;

	for (size_t i = 0; (s = values_at(i)); i++) {
		CHECK(s->cnt && s->doc && values_find(s->name) == s, "%s", s->name);
		for (u32 a = 0; a < s->cnt; a++)
			for (u32 b = 0; b < a; b++)
				CHECK(memcmp(s->vals + a * s->arity, s->vals + b * s->arity,
					     8 * s->arity),
				      "%s has an element twice: %" PRIx64, s->name,
				      s->vals[a * s->arity]);
	}
	CHECK(values_find("pairs")->cnt == 100 && values_find("pairs_ne")->cnt == 90 &&
		      values_find("pairs_few")->cnt == 20,
	      "pairs");
	s = values_find("imm32");
	for (u32 i = 0; i < s->cnt; i++)
		CHECK((s64)s->vals[i] == (s32)s->vals[i], "%" PRIx64, s->vals[i]);
	CHECK(edit_distance("edge46", "edge64") == 2 && edit_distance("", "abc") == 3, "distance");
}

static void test_expects(void)
{
	struct got g = expand(
		"case e\n\tmem 8\n\tprog\n\tend\n\tvec r1=1\n\tvec r1=2 mem+0=u32 7 -> r1=3\n"
		"\tvec r1=2 mem+0=u32 7 -> r1=2 mem+0=u32 8\n");
	struct model_state st = { 0 };
	char why[EXPECT_WHY];

	if (!g.cnt)
		return;
	for (int o = 0; o < NR_ORDERS; o++) {
		for (u32 i = 0; i < 3; i++) {
			CHECK(!model_run(g.c[0], i, o, 64, &st, NULL), "model");
			CHECK(case_check_expects(g.c[0], i, &st, o, why) == (i ? -EINVAL : 0),
			      "vector %u", i);
			if (i == 1)
				CHECK(!strcmp(why, "cases/unit/t.case:6: r1 is 0x0000000000000002, "
						   "expected 0x0000000000000003"),
				      "%s", why);
			if (i == 2)
				CHECK(!strcmp(why, "cases/unit/t.case:7: mem+0 is 0x00000007, "
						   "expected 0x00000008"),
				      "%s", why);
		}
	}
	model_state_free(&st);
	got_free(&g);
}

static const struct test tests[] = {
	{ "instances of sweeps", test_instances },
	{ "noise", test_noise },
	{ "windows", test_windows },
	{ "every line", test_everything },
	{ "print and parse the checked-in cases", test_print },
	{ "print and parse windows", test_print_windows },
	{ "bad cases", test_bad_cases },
	{ "mutations", test_mutations },
	{ "families", test_family },
	{ "named values", test_values },
	{ "expectations", test_expects },
};

TEST_MAIN(tests)
