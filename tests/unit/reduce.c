// SPDX-License-Identifier: GPL-2.0
/* The reducer: programs stay programs however they are cut, and what must stay is all that stays.
 */
#include <errno.h>
#include <stdlib.h>
#include "bpf/model.h"
#include "lib/util.h"
#include "reduce/edit.h"
#include "reduce/hold.h"
#include "reduce/path.h"
#include "reduce/reduce.h"
#include "lib/rand.h"
#include "tests/unit/one_case.h"

/* The only case of @text, with one vector; NULL and a message where it is malformed. */
static struct bpf_case *parse(const char *text)
{
	struct bpf_case *c = one_case(text), *one = c ? case_dup_vec(c, 0, ORDER_LE) : NULL;

	bpf_case_free(c);
	return one;
}

static char *printed(const struct bpf_case *c)
{
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	bpf_case_print(f, c, -1);
	fclose(f);
	return text;
}

static char *code_text(const struct bpf_case *c)
{
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	code_print(f, &c->progs[0], "");
	fclose(f);
	return text;
}

#define CHECK_CODE(c, want)                                           \
	do {                                                          \
		char *got_ = (c) ? code_text(c) : xstrdup("no case"); \
		CHECK(!strcmp(got_, want), "got\n%s", got_);          \
		free(got_);                                           \
	} while (0)

/* ---- listings ---- */

static bool same_code(const struct code *a, const struct code *b)
{
	bool same = a->cnt == b->cnt && a->nfuncs == b->nfuncs;

	for (u32 i = 0; i < a->cnt && same; i++) {
		const struct insn *x = &a->insns[i], *y = &b->insns[i];

		same = x->code == y->code && x->dst == y->dst && x->src == y->src &&
		       x->off == y->off && x->imm == y->imm;
	}
	for (u32 i = 0; i < a->nfuncs && same; i++)
		same = a->funcs[i].start == b->funcs[i].start &&
		       !strcmp(a->funcs[i].name, b->funcs[i].name);
	return same;
}

struct identity {
	u32 progs, same;
};

static bool has_gotox(const struct code *code)
{
	u32 i = 0;

	while (i < code->cnt && !insn_is_gotox(&code->insns[i]))
		i++;
	return i < code->cnt;
}

static int identity_of(void *ctx, struct bpf_case *c)
{
	struct identity *id = ctx;

	for (u32 p = 0; p < c->nprogs && c->outcome == OUTCOME_VALUE; p++) {
		struct listing l;
		struct code out;
		bool open = listing_open(&l, &c->progs[p]);

		/* nobody knows where a gotox goes */
		CHECK(open == !has_gotox(&c->progs[p]), "%s: program %u", c->id, p);
		if (!open)
			continue;
		id->progs++;
		if (listing_build(&l, NULL, &out)) {
			bool same = same_code(&out, &c->progs[p]);

			/* of all the cases that kernels accept, none has instructions that cannot
			 * be reached */
			CHECK(same, "%s: program %u changes", c->id, p);
			id->same += same;
			code_free(&out);
		}
		listing_free(&l);
	}
	bpf_case_free(c);
	return 0;
}

static void test_identity(void)
{
	struct identity id = {};
	struct diag diag;
	char **paths = case_paths("cases", &diag);

	for (u32 i = 0; paths && paths[i]; i++) {
		struct case_file file;

		/* programs of a kind, and not all of the sweeps of ALU operations */
		if (!strstr(paths[i], "/calls/") && !strstr(paths[i], "/jmp/") &&
		    !strstr(paths[i], "/tailcalls/") && !strstr(paths[i], "/stackargs/") &&
		    !strstr(paths[i], "/regress/"))
			continue;
		if (case_parse_file(paths[i], NULL, &file, &diag))
			continue;
		CHECK(!case_expand(&file, identity_of, &id, &diag), "%s", diag.msg);
		case_file_free(&file);
	}
	case_paths_free(paths);
	CHECK(id.progs > 100 && id.same == id.progs, "%u of %u", id.same, id.progs);
}

static struct bpf_case *without_slots(const struct bpf_case *c, u32 from, u32 cnt)
{
	struct bpf_case *new = NULL;
	struct listing l;
	struct code out;
	bool *gone;

	CHECK(listing_open(&l, &c->progs[0]), "open");
	gone = xcalloc(l.cnt, sizeof(*gone));
	for (u32 i = from; i < from + cnt; i++)
		gone[i] = true;
	if (listing_build(&l, gone, &out)) {
		new = case_dup(c);
		code_free(&new->progs[0]);
		new->progs[0] = out;
	}
	free(gone);
	listing_free(&l);
	return new;
}

static const char calls_text[] =
	"case c\n\tprog\n"
	"\t\tr1 = 0x1122334455667788 ll\n\t\tif r1 > 5 goto out\n\t\tr2 = 1\n\t\tcall f\n\t\tr6 = "
	"3\n\tout:\n"
	"\tfunc f args 2:\n\t\tif r1 == 0 goto done\n\t\tr1 += 1\n\tdone:\n\t\tcall g\n\t\texit\n"
	"\tfunc g args 1:\n\t\tr0 = 7\n\t\texit\n\tend\n";

static void test_delete(void)
{
	struct bpf_case *c = parse(calls_text), *d;

	/* the wide one: distances across it shrink by two slots, those behind it stay */
	d = without_slots(c, 0, 1);
	CHECK_CODE(d, "if r1 > 5 goto L4\nr2 = 1\ncall f\nr6 = 3\nL4:\nfunc f args 2:\nif r1 == 0 "
		      "goto L6\nr1 += 1\n"
		      "L6:\ncall g\nexit\nfunc g args 1:\nr0 = 7\nexit\n");
	bpf_case_free(d);
	/* the target of a jump: what stands behind it is the target now */
	d = without_slots(c, 7, 1);
	CHECK_CODE(d, "r1 = 0x1122334455667788 ll\nif r1 > 5 goto L6\nr2 = 1\ncall f\nr6 = "
		      "3\nL6:\nfunc f args 2:\n"
		      "if r1 == 0 goto L8\nr1 += 1\nL8:\nexit\n");
	bpf_case_free(d);
	/* the call: nobody needs the functions then */
	d = without_slots(c, 3, 1);
	CHECK_CODE(d, "r1 = 0x1122334455667788 ll\nif r1 > 5 goto L5\nr2 = 1\nr6 = 3\nL5:\n");
	bpf_case_free(d);
	/* all of main */
	d = without_slots(c, 0, 5);
	CHECK(d && !d->progs[0].cnt && d->progs[0].nfuncs == 1, "an empty main");
	bpf_case_free(d);
	/* all of a function that is still called is no program */
	d = without_slots(c, 5, 4);
	CHECK(!d, "a function without body");
	bpf_case_free(d);
	bpf_case_free(c);
}

static void test_far(void)
{
	struct bpf_case
		*c = parse(
			"case c\n\tprog\n\t\tgotol far\n\t\trepeat 40000 r1 += 1\n\tfar:\n\tend\n"),
		*d;
	struct listing l;
	struct code out;

	/* cannot be reached at all */
	d = without_slots(c, 1, 2);
	CHECK(d && d->progs[0].cnt == 1 && !d->progs[0].insns[0].imm, "%u",
	      d ? d->progs[0].cnt : 0);
	bpf_case_free(d);
	CHECK(listing_open(&l, &c->progs[0]), "open");
	l.units[0].insn[0] = (struct insn){ .code = BPF_JMP | BPF_JEQ | BPF_K };
	CHECK(!listing_build(&l, NULL, &out), "40000 slots do not go into an offset of 16 bits");
	listing_free(&l);
	bpf_case_free(c);
}

/* ---- the model's way ---- */

static u64 seed;

static u32 rnd(u32 below)
{
	return rand_next(&seed) % below;
}

static void random_line(FILE *f)
{
	static const char *const ops[] = { "+=", "-=", "*=", "|=", "&=", "=" };

	switch (rnd(5)) {
	case 0:
		fprintf(f, "r%u = *(u64 *)(r9 + %u)\n", rnd(9), 8 * rnd(4));
		break;
	case 1:
		fprintf(f, "*(u32 *)(r10 - %u) = r%u\n", 8 + 8 * rnd(3), rnd(9));
		break;
	case 2:
		fprintf(f, "r%u = 0x%x00000000 ll\n", rnd(9), 1 + rnd(100));
		break;
	case 3:
		fprintf(f, "w%u %s %u\n", rnd(9), ops[rnd(6)], rnd(1000));
		break;
	default:
		fprintf(f, "r%u %s r%u\n", rnd(9), ops[rnd(6)], rnd(9));
	}
}

/* Straight lines, jumps ahead, a loop, a call. */
static struct bpf_case *random_case(u64 s, u32 lines, const char *special)
{
	char *text = NULL;
	struct bpf_case *c;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	seed = s;
	fprintf(f,
		"case c\n\tmem 32\n\tstack 32\n\tptr r9 = mem\n\tmap unused array 4 8 3\n\tprog\n");
	for (u32 i = 0; i < lines; i++) {
		random_line(f);
		if (i == lines / 2)
			fputs(special, f);
		if (!rnd(8)) {
			fprintf(f, "if r%u s> r%u goto l%u\n", rnd(9), rnd(9), i);
			random_line(f);
			random_line(f);
			fprintf(f, "l%u:\n", i);
		}
		if (i == lines / 4)
			fprintf(f, "call f\nr1 = r6\nr2 = r7\nr3 = 1\nr4 = 2\nr5 = r8\n");
		if (i == lines / 3)
			fprintf(f, "r8 = 3\nagain:\nr7 += 5\n*(u64 *)(r9 + 8) = r7\nr8 += -1\nif "
				   "r8 != 0 goto again\n");
	}
	fprintf(f, "func f args 5:\nr0 = r1\nif r2 > r3 goto e\nr0 *= r4\ne:\n*(u64 *)(r10 - 8) = "
		   "r5\nr0 += r5\nexit\n\tend\n");
	fclose(f);
	c = parse(text);
	free(text);
	return c;
}

static bool same_end(const struct bpf_case *c, const struct model_state *a,
		     const struct model_state *b)
{
	bool same = true;

	for (int k = 0; k < CASE_REGS; k++)
		same &= a->r[k] == b->r[k] && a->region[k] == b->region[k];
	for (int r = REGION_MEM; r < NR_REGIONS; r++)
		same &= !c->vecs->win_size[r] ||
			!memcmp(a->win[r], b->win[r], c->vecs->win_size[r]);
	return same;
}

/* Cut before a step and begun there, the two parts compute what the whole does. */
static void test_path(void)
{
	u32 cut = 0, steps = 0;

	for (u64 s = 1; s <= 20; s++) {
		struct bpf_case *c = random_case(s, 40, "");
		struct path p;

		CHECK(!path_walk(c, ORDER_LE, 64, &p) && p.cnt > 40, "seed %llu",
		      (unsigned long long)s);
		for (u32 pos = 1; pos < p.cnt; pos++) {
			struct bpf_case *a = path_cut(c, &p, pos), *b = path_advance(c, &p, pos);
			struct model_state st = {};

			steps++;
			cut += a && b;
			/* a jump that leads to where it would go anyway tells nothing: all others
			 * do */
			CHECK(!a == !b, "seed %llu step %u", (unsigned long long)s, pos);
			if (b) {
				CHECK(model_run(b, 0, ORDER_LE, 64, &st, NULL) == MODEL_OK &&
					      same_end(c, &st, &p.end),
				      "seed %llu step %u", (unsigned long long)s, pos);
			}
			model_state_free(&st);
			bpf_case_free(a);
			bpf_case_free(b);
		}
		path_free(&p);
		bpf_case_free(c);
	}
	/* the second and third round of the loop cannot be told from the first */
	CHECK(cut > steps * 3 / 4, "%u of %u", cut, steps);
}

static void test_dive(void)
{
	struct bpf_case *c = parse(
				"case c\n\tprog\n\t\tr1 = 5\n\t\tr2 = 7\n\t\tcall f\n\t\tr0 += 1\n"
				"\tfunc f args 2:\n\t\t*(u64 *)(r10 - 16) = r1\n\t\tif r2 == 0 "
				"goto z\n\t\tr0 = *(u64 *)(r10 - 16)\n"
				"\t\tr0 += r2\n\t\texit\n\tz:\n\t\tr0 = 0\n\t\texit\n\tend\n"),
			*d;
	struct model_state st = {};
	struct path p;

	CHECK(!path_walk(c, ORDER_LE, 64, &p) && p.cnt == 4 && p.steps[2].callee, "%u steps",
	      p.cnt);
	CHECK(!path_dive(c, &p, 1), "no call");
	d = path_dive(c, &p, 2);
	CHECK_CODE(d, "*(u64 *)(r10 - 16) = r1\nif r2 == 0 goto L5\nr0 = *(u64 *)(r10 - 16)\nr0 += "
		      "r2\ngoto L6\nL5:\nr0 = 0\nL6:\n");
	CHECK(d && model_run(d, 0, ORDER_LE, 64, &st, NULL) == MODEL_OK && st.r[0] == 12, "r0 %llu",
	      (unsigned long long)st.r[0]);
	model_state_free(&st);
	bpf_case_free(d);
	path_free(&p);
	bpf_case_free(c);
}

/* A jump at the end of a piece shows by itself which way it took. */
static void test_astray(void)
{
	static const char *const texts[] = {
		"case c\n\tprog\n\t\tr1 = 5\n\t\tif r1 == 5 goto l\n\t\tr2 = 1\n\tl:\n\t\tr3 = "
		"1\n\tend\n",
		"case c\n\tprog\n\t\tr1 = 5\n\t\tif r1 != 5 goto l\n\t\tr2 = 1\n\tl:\n\t\tr3 = "
		"1\n\tend\n",
	};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct bpf_case *c = parse(texts[i]), *a;
		struct model_state st = {};
		struct path p;

		CHECK(!path_walk(c, ORDER_LE, 64, &p), "walk");
		a = path_cut(c, &p, 2);
		CHECK(a && model_run(a, 0, ORDER_LE, 64, &st, NULL) == MODEL_OK &&
			      st.r[0] != PATH_ASTRAY,
		      "right");
		/* r1 is not what it was: the same piece ends with the mark */
		if (a)
			a->progs[0].insns[0].imm = 6;
		CHECK(a && model_run(a, 0, ORDER_LE, 64, &st, NULL) == MODEL_OK &&
			      st.r[0] == PATH_ASTRAY,
		      "astray");
		model_state_free(&st);
		bpf_case_free(a);
		path_free(&p);
		bpf_case_free(c);
	}
}

/* ---- reductions ---- */

struct want {
	bool (*is)(const struct bpf_case *c);
	u32 tests, bad;
};

/* What is tested is a case: it prints, and parses back to the same. */
static int wanted(void *ctx, struct bpf_case *c)
{
	struct want *w = ctx;

	if (w->tests++ % 16 == 0) {
		char *text = printed(c);
		struct bpf_case *back = parse(text);

		w->bad += !back || case_insns(back) != case_insns(c) ||
			  !same_code(&back->progs[0], &c->progs[0]) ||
			  case_hash(back) != case_hash(c);
		bpf_case_free(back);
		free(text);
	}
	return w->is(c);
}

static struct reduce_stats reduce_to(struct bpf_case **c, bool (*is)(const struct bpf_case *c),
				     u32 max_steps)
{
	struct want w = { .is = is };
	struct reduce_conf conf = { .test = wanted,
				    .ctx = &w,
				    .order = ORDER_LE,
				    .word_bits = 64,
				    .max_steps = max_steps };
	struct reduce_stats stats;
	int ret = reduce_case(c, &conf, &stats);

	CHECK(max_steps ? ret == -ETIME || !ret : !ret, "%d", ret);
	CHECK(!w.bad, "%u of %u cases do not print and parse", w.bad, w.tests);
	CHECK(is(*c), "the result is what it was");
	return stats;
}

/* How many `r3 ^= …` main has. */
static u32 xors(const struct bpf_case *c)
{
	const struct code *code = &c->progs[0];
	u32 n = 0;

	for (u32 i = 0; i < code_main_cnt(code); i++) {
		n += code->insns[i].code == (BPF_ALU64 | BPF_XOR | BPF_K) &&
		     code->insns[i].dst == 3;
		i += insn_is_wide(&code->insns[i]);
	}
	return n;
}

static bool has_xor(const struct bpf_case *c)
{
	return xors(c) > 0;
}

static bool has_two_xors(const struct bpf_case *c)
{
	return xors(c) > 1;
}

static void test_converges(void)
{
	for (u64 s = 1; s <= 5; s++) {
		struct bpf_case *c = random_case(s, 150, "r3 ^= 77\n");
		u32 before = case_insns(c);
		struct reduce_stats stats = reduce_to(&c, has_xor, 0);

		CHECK(before > 180, "%u", before);
		CHECK_CODE(c, "r3 ^= 0\n");
		CHECK(!c->nmaps && !c->vecs->win_bytes && stats.steps < 200, "%u steps",
		      stats.steps);
		bpf_case_free(c);
		c = random_case(s, 150, "r3 ^= 77\nr5 = r3\nr3 ^= r5\nr3 ^= 5\n");
		reduce_to(&c, has_two_xors, 0);
		CHECK_CODE(c, "r3 ^= 0\nr3 ^= 0\n");
		bpf_case_free(c);
	}
}

static void test_limit(void)
{
	struct bpf_case *c = random_case(3, 150, "r3 ^= 77\n");
	struct reduce_stats stats = reduce_to(&c, has_xor, 5);

	CHECK(stats.steps == 5, "%u", stats.steps);
	bpf_case_free(c);
}

static bool inputs_live(const struct bpf_case *c)
{
	const struct vectors *t = c->vecs;

	return case_reg_in(c, 0, 4) & 0x80 && c->regs[2].region == REGION_STACK &&
	       t->win_size[REGION_MEM] >= 40 && t->bytes[ORDER_LE][CASE_GUARD + 3] & 0x10;
}

static void test_inputs(void)
{
	struct bpf_case *c = parse("case c\n\tmem 64\n\tstack 64\n\tctx 32\n\tptr r2 = "
				   "stack-16\n\tptr r9 = mem\n\tprog\n\t\tr0 = 1\n\tend\n"
				   "\tvec r4=0x123456789abcdef0 mem+0=u64 0xffffffffffffffff\n");

	reduce_to(&c, inputs_live, 0);
	CHECK(case_reg_in(c, 0, 4) == 0x80, "%llx", (unsigned long long)case_reg_in(c, 0, 4));
	CHECK(!case_reg_in(c, 0, 5) && c->regs[9].region == REGION_NONE, "the others are zero");
	CHECK(!c->vecs->win_size[REGION_CTX] &&
		      c->vecs->win_size[REGION_MEM] == 8 + 2 * CASE_GUARD &&
		      c->vecs->win_size[REGION_STACK] == 16 + CASE_GUARD,
	      "mem %u stack %u", c->vecs->win_size[REGION_MEM], c->vecs->win_size[REGION_STACK]);
	for (u32 i = 0; i < c->vecs->win_bytes; i++)
		CHECK(!c->vecs->bytes[ORDER_LE][i] == (i != CASE_GUARD + 3), "byte %u", i);
	CHECK(!c->progs[0].cnt, "%u", c->progs[0].cnt);
	bpf_case_free(c);
}

/* A packet stays, though the program does not read it. */
static void test_packet(void)
{
	struct bpf_case *c =
		parse("case c\n\ttype socket\n\tctx 64\n\tprog\n\t\tr0 = 1\n\t\tr3 ^= 5\n"
		      "\tend\n");

	reduce_to(&c, has_xor, 0);
	CHECK(c->type == CASE_TYPE_SOCKET && c->vecs->win_size[REGION_CTX], "%u bytes",
	      c->vecs->win_size[REGION_CTX]);
	bpf_case_free(c);
}

static bool calls_g(const struct bpf_case *c)
{
	const struct code *code = &c->progs[0];

	for (u32 f = 0; f < code->nfuncs; f++)
		if (!strcmp(code->funcs[f].name, "g"))
			return true;
	return false;
}

static bool tail_calls(const struct bpf_case *c)
{
	return c->nmaps && c->maps[0].kind == MAP_PROG_ARRAY && c->nprogs > 1 &&
	       c->progs[1].cnt > 1 && !strcmp(c->prog_names[1], "b");
}

static void test_parts(void)
{
	struct bpf_case *c = parse(calls_text);

	reduce_to(&c, calls_g, 0);
	CHECK(c->progs[0].nfuncs <= 3 && case_insns(c) <= 4, "%u instructions", case_insns(c));
	bpf_case_free(c);
	c = parse("case c\n\tneeds tailcalls sdiv\n\tctx 8\n\tptr r6 = ctx\n\tmap jmp prog_array 4 "
		  "= a b b\n\tmap x hash 4 4 4\n\tprog\n"
		  "\t\tr1 = r6\n\t\tr2 = &jmp ll\n\t\tr3 = 1\n\t\tcall "
		  "bpf_tail_call\n\tend\n\tprog a\n\t\tr0 = 1\n\t\texit\n\tend\n"
		  "\tprog b\n\t\tr0 = 2\n\t\tr1 = 3\n\t\texit\n\tend\n");
	reduce_to(&c, tail_calls, 0);
	CHECK(c->nprogs == 2 && c->nmaps == 1 && c->nneeds == 0, "%u programs, %u maps, %u needs",
	      c->nprogs, c->nmaps, c->nneeds);
	CHECK(!c->progs[0].cnt && c->progs[1].cnt == 2, "%u", c->progs[1].cnt);
	bpf_case_free(c);
}

/* ---- words ---- */

static void test_words(void)
{
	static const struct {
		const char *line, *want;
	} words[] = {
		{ "[    2.345678] Internal error: Oops - Undefined instruction: 0000000002000000 "
		  "[#1]  SMP",
		  "Internal error: Oops - Undefined instruction: # [##]  SMP" },
		{ "BUG: unable to handle page fault for address: ffffc90000a3f000",
		  "BUG: unable to handle page fault for address: #" },
		{ "R3 !read_ok", "R# !read_ok" },
		{ "invalid access to map value, value_size=104 off=100 size=8",
		  "invalid access to map value, value_size=# off=# size=#" },
		{ "dead beef be bad", "dead beef be bad" },
		{ "", "" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		char *got = normal_words(words[i].line, strlen(words[i].line));

		CHECK(!strcmp(got, words[i].want), "'%s'", got);
		free(got);
	}
}

static void test_verifier(void)
{
	static const struct {
		const char *log, *want;
	} logs[] = {
		{ "0: (b7) r0 = 0\nR3 !read_ok\nprocessed 5 insns (limit 1000000)\n",
		  "R# !read_ok" },
		{ "13: (0f) r0 += r1\nmath between map_value pointer and register\n\nVerification "
		  "failed: Pointer\n\nReason:\n  x\n\n"
		  "Suggestion:\n  Clamp it.\n\nprocessed 12 insns\n",
		  "math between map_value pointer and register" },
	};
	char *got;

	for (size_t i = 0; i < ARRAY_SIZE(logs); i++) {
		got = verifier_words(logs[i].log);
		CHECK(got && !strcmp(got, logs[i].want), "'%s'", got ? got : "");
		free(got);
	}
	got = verifier_words("");
	CHECK(!got, "'%s'", got);
	free(got);
}

static const struct test tests[] = {
	{ "reduce: listings of all cases with branches and calls build back", test_identity },
	{ "reduce: deleting instructions", test_delete },
	{ "reduce: offsets out of range", test_far },
	{ "reduce: the model's way in two parts", test_path },
	{ "reduce: a called function as main", test_dive },
	{ "reduce: a jump that goes astray", test_astray },
	{ "reduce: what must stay is all that stays", test_converges },
	{ "reduce: a limit of steps", test_limit },
	{ "reduce: inputs", test_inputs },
	{ "reduce: a packet is not empty", test_packet },
	{ "reduce: functions, programs, maps, needs", test_parts },
	{ "reduce: words without numbers", test_words },
	{ "reduce: the reason in a log", test_verifier },
};
TEST_MAIN(tests)
