// SPDX-License-Identifier: GPL-2.0
/* Oracle (d): recorded logs are read whole and hold; one wrong number in them is found; nothing
 * else in them is trusted. */
#include <errno.h>
#include <stdlib.h>
#include "verifier/soundness.h"
#include "verifier/verifier_log.h"
#include "lib/diag.h"
#include "lib/util.h"
#include "tests/test.h"

#define DATA "tests/data/soundness/"

struct recorded {
	struct bpf_case *c;
	char *log;
	size_t len;
	struct soundness_where where;
};

#define MAX_RECORDED 16
static struct recorded all[MAX_RECORDED];
static u32 nr_all;
static struct case_file file;

static int take(void *ctx, struct bpf_case *c)
{
	struct recorded *r = &all[nr_all];
	struct model_state st = {};
	struct wrapper_prog prog;
	const struct bpf_case *cases[] = { c };
	char *path, *name = xstrdup(strchr(c->id, '/') + 1);

	(void)ctx;
	*strchr(name, '/') = 0;
	path = xasprintf(DATA "%s.log", name);
	r->c = c;
	r->log = read_file(path, &r->len);
	CHECK(r->log, "%s", path);
	CHECK(model_run(c, 0, ORDER_LE, 64, &st, NULL) == MODEL_OK, "%s", c->id);
	CHECK(!wrapper_build(cases, 1, &st, WRAPPER_WIDE, 4096, 65536, &prog), "%s", c->id);
	r->where = (struct soundness_where){ wrapper_place(&prog, 0), ORDER_LE, 64, true };
	wrapper_free(&prog);
	model_state_free(&st);
	free(path);
	free(name);
	return ++nr_all == MAX_RECORDED;
}

static void load(void)
{
	struct diag diag = {};

	if (nr_all)
		return;
	if (case_parse_file(DATA "ways.case", "t", &file, &diag) ||
	    case_expand(&file, take, NULL, &diag))
		CHECK(false, "%d:%d: %s", diag.line, diag.col, diag.msg);
}

static struct recorded *recorded(const char *name)
{
	load();
	for (u32 i = 0; i < nr_all; i++)
		if (!strncmp(all[i].c->id + 2, name, strlen(name)))
			return &all[i];
	CHECK(false, "no case %s", name);
	return NULL;
}

static int ask(const struct recorded *r, const char *log, size_t len, struct soundness_report *rep)
{
	return fuzz_soundness(&r->where, r->c, 0, 0, log, len, rep);
}

/* What each of them must at least compare, and how its ways end. */
static void recorded_logs_hold(void)
{
	static const struct {
		const char *name;
		u32 compared, ended, pruned;
	} want[] = {
		{ "branches", 1000, 15, 10 }, { "calls", 2000, 15, 0 },
		{ "callback", 20, 0, 1 },     { "loop", 40, 2, 0 },
		{ "may_goto", 20, 1, 0 },     { "memory", 300, 3, 0 },
		{ "fork", 150, 12, 0 },	      { "iterator", 100, 0, 1 },
		{ "fork_again", 120, 1, 2 },
	};

	for (u32 i = 0; i < ARRAY_SIZE(want); i++) {
		struct recorded *r = recorded(want[i].name);
		struct soundness_report rep;

		if (!r || !r->log)
			continue;
		CHECK(ask(r, r->log, r->len, &rep) == 0, "%s: %s, %s", want[i].name, rep.stated,
		      rep.broken);
		CHECK(!rep.malformed && !rep.left && rep.vectors == r->c->vecs->nvecs,
		      "%s: %u malformed, %u left, %u vectors", want[i].name, rep.malformed,
		      rep.left, rep.vectors);
		CHECK(rep.compared >= want[i].compared && rep.ended >= want[i].ended &&
			      rep.pruned >= want[i].pruned,
		      "%s: compared %llu, ended %u, pruned %u", want[i].name,
		      (unsigned long long)rep.compared, rep.ended, rep.pruned);
	}
}

/* @text with its first @from made @to; the caller frees. NULL where it has none. */
static char *altered(const struct recorded *r, const char *from, const char *to)
{
	const char *at = strstr(r->log, from);

	return at ? xasprintf("%.*s%s%s", (int)(at - r->log), r->log, to, at + strlen(from)) : NULL;
}

static void wrong_statements_are_found(void)
{
	static const struct {
		const char *name, *from, *to;
		const char *what, *broken;
		u32 insn;
	} table[] = {
		/* ranges of both widths, on the way that is not taken and on the one that is */
		{ "branches",
		  "12: (25) if r3 > 0x64 goto pc+4       ; "
		  "R3=scalar(smin=smin32=0,smax=umax=smax32=umax32=100,",
		  "12: (25) if r3 > 0x64 goto pc+4       ; R3=scalar(smin=smin32=0,umax=99,", "R3",
		  "umax=0x63", 12 },
		{ "branches",
		  "R3=scalar(smin=smin32=0,smax=umax=smax32=umax32=100,var_off=(0x0; 0x7f))",
		  "R3=scalar(smax=6)", "R3", "smax=0x6", 12 },
		{ "branches", "R4=scalar(smin=umin=smin32=umin32=20,", "R4=scalar(umin32=21,", "R4",
		  "umin32=0x15", 15 },
		{ "branches", "var_off=(0x0; 0x1fc))", "var_off=(0x4; 0x1f8))", "R4",
		  "var_off=(0x4; 0x1f8)", 15 },
		{ "branches", "R3=scalar(umin=101) R5", "R3=scalar(umin=102) R5", "R3", "umin=0x66",
		  12 },
		{ "branches", "R6=scalar(smin32=-3)", "R6=scalar(smin32=-2)", "R6",
		  "smin32=0xfffffffe", 19 },
		{ "branches", "umax=0xffffffff,smin32=-1,smax32=0x7ffffff",
		  "umax=0xffffffff,smax32=-1", "R6", "smax32=0xffffffff", 20 },
		/* constants, in every form that they have */
		{ "calls", "R2=7", "R2=P8", "R2", "0x8", 13 },
		{ "memory", "R1=0xfffffffe", "R1=-2", "R1", "0xfffffffffffffffe", 26 },
		/* in a called function, and what it returns */
		{ "calls",
		  "R0=scalar(smin=umin=smin32=umin32=14,smax=umax=smax32=umax32=44,var_off=(0x0; "
		  "0x3e))",
		  "R0=scalar(umin32=15)", "R0", "umin32=0xf", 35 },
		{ "calls", "from 36 to 31: frame1: R0=scalar(smin=umin=smin32=umin32=14,",
		  "from 36 to 31: frame1: R0=scalar(umin=15,", "R0", "umin=0xf", 36 },
		/* stack slots: whole, narrow, bytes */
		{ "memory", "fp-24=0", "fp-24=1", "fp-24", "0x1", 30 },
		{ "memory", "fp-8=mmmm-2", "fp-8=mmmm-3", "fp-8", "0xfffffffffffffffd", 25 },
		{ "memory", "fp-8=mmmm-2", "fp-8=mmmm0000", "fp-8", "the byte at fp-5 is 0", 25 },
		/* addresses: fixed offsets and such that vary, of maps and of the stack */
		{ "memory", "R6=map_value(ks=4,vs=262144,imm=96) R7=",
		  "R6=map_value(ks=4,vs=262144,off=4,imm=96) R7=", "R6", "offset 100", 33 },
		{ "memory", "R6=map_value(ks=4,vs=262144,smin=umin=smin32=umin32=96,",
		  "R6=map_value(ks=4,vs=262144,umin=104,", "R6", "umin=0x68", 35 },
		{ "callback", "R3=fp-16", "R3=fp-8", "R3", "offset -8", 24 },
		{ "callback", "R2=fp[0]-16 R10=fp0 cb", "R2=fp[0]-24 R10=fp0 cb", "R2",
		  "offset -24", 28 },
		/* the two halves of what the verifier forks for: the one that the machine is in
		   counts */
		{ "fork", "R7=-16", "R7=-17", "R7", "0xffffffffffffffef", 14 },
		{ "fork", "17: (44) w6 |= 5                      ; R6=5",
		  "17: (44) w6 |= 5                      ; R6=4", "R6", "0x4", 17 },
		/* a function forks at one call of two: the half belongs to the first */
		{ "fork_again", "34: (57) r1 &= -16                    ; frame1: R1=0",
		  "34: (57) r1 &= -16                    ; frame1: R1=1", "R1", "0x1", 34 },
		/* the second element of an iterator, far behind its end in the log */
		{ "iterator", "R6=scalar(smin=smin32=0,smax=umax=smax32=umax32=15,",
		  "R6=scalar(umax=2,", "R6", "umax=0x2", 37 },
		{ "iterator", "from 32 to 33: frame1: R0=rdonly_mem(id=2,parent_id=1,sz=4) R6=0",
		  "from 32 to 33: frame1: R0=rdonly_mem(id=2,parent_id=1,sz=4) R6=1", "R6", "0x1",
		  32 },
		/* a way that the log does not know */
		{ "branches", "\nfrom 19 to 22:", "\nfrom 18 to 22:", "",
		  "the path from 19 to 22 is impossible", 19 },
	};

	for (u32 i = 0; i < ARRAY_SIZE(table); i++) {
		struct recorded *r = recorded(table[i].name);
		char *log = r ? altered(r, table[i].from, table[i].to) : NULL;
		struct soundness_report rep;

		CHECK(log, "%s has no '%s'", table[i].name, table[i].from);
		if (!log)
			continue;
		CHECK(ask(r, log, strlen(log), &rep) == 1, "'%s' passes", table[i].to);
		CHECK(!strcmp(rep.what, table[i].what) && !strcmp(rep.broken, table[i].broken) &&
			      rep.insn == table[i].insn,
		      "'%s': '%s', '%s' after %u", table[i].to, rep.what, rep.broken, rep.insn);
		free(log);
	}
}

/* Only the log of a program that was accepted, and a whole one, says that a path is impossible. */
static void impossible_needs_the_end(void)
{
	struct recorded *r = recorded("branches");
	char *log = r ? altered(r, "\nfrom 19 to 22:", "\nfrom 18 to 22:") : NULL;
	struct soundness_report rep;
	struct soundness_where refused;

	CHECK(log, "no such log");
	if (!log)
		return;
	CHECK(ask(r, log, (size_t)(strstr(log, "processed") - log), &rep) == 0, "%s", rep.broken);
	CHECK(rep.left == 4, "%u left", rep.left);
	refused = r->where;
	refused.accepted = false;
	CHECK(!fuzz_soundness(&refused, r->c, 0, 0, log, strlen(log), &rep), "%s", rep.broken);
	free(log);
}

/* The half of 0 of a forked insn was pruned: nothing of the other half is held against it. */
static void a_half_is_pruned(void)
{
	struct recorded *r = recorded("fork");
	char *log =
		r ? altered(r, "\nfrom 17 to 17:", "\nfrom 17 to 17: safe\nfrom 99 to 17:") : NULL;
	struct soundness_report rep;

	CHECK(log, "no such log");
	if (!log)
		return;
	CHECK(!ask(r, log, strlen(log), &rep), "%s, %s", rep.stated, rep.broken);
	CHECK(rep.pruned && !rep.left, "%u pruned, %u left", rep.pruned, rep.left);
	free(log);
}

static void a_report_says_all(void)
{
	struct recorded *r = recorded("calls");
	char *log = r ? altered(r, "R2=7", "R2=P8") : NULL, *text = NULL;
	struct soundness_report rep;
	size_t len = 0;
	FILE *f;

	CHECK(log, "no such log");
	if (!log)
		return;
	CHECK(ask(r, log, strlen(log), &rep) == 1, "not found");
	f = open_memstream(&text, &len);
	soundness_print(f, &rep, r->c, "# ");
	fclose(f);
	CHECK(!strcmp(text, "# t/calls/one.0: after insn 13, r2 = 7\n"
			    "# the verifier states  R2=P8\n"
			    "# but R2    is         0x7 (7), and not: 0x8\n"
			    "# insns executed: 12 13\n"),
	      "%s", text);
	free(text);
	free(log);
}

/* One state, "0: " and the text. */
static void states_read(void)
{
	static const struct {
		const char *text;
		u32 items, malformed;
	} table[] = {
		{ "R1=ctx() R10=fp0", 2, 0 },
		{ "R0=map_value_or_null(id=1,map=m,ks=4,vs=8) refs=2,3 cb", 1, 0 },
		{ "frame1: "
		  "R1=scalar(id=1+7,smin=umin=smin32=umin32=7,smax=umax=smax32=umax32=22,var_off=("
		  "0x0; 0x1f)) R2=7",
		  2, 0 },
		{ "R6=trusted_ptr_task_struct(off=8,var_off=nonsense) fp-8=????00mm fp-16=mmmm0000 "
		  "fp-24=0000P0",
		  4, 0 },
		{ "fp-8=mmmmscalar(smin=smin32=-128,smax=smax32=127) "
		  "fp-512=dynptr_ringbuf(id=3,parent_id=4)",
		  2, 0 },
		{ "R3=fp(off=-16,smin=0,smax=8) fp-8=fp[1]-24 R4=arena R5=pkt(id=1,off=8,r=14)", 4,
		  0 },
		{ "R1=scalar(smin=0x8000000000000000,umax=99999999999999999999)", 0, 1 },
		{ "R1=scalar(umin) R2=scalar(umin=) R3=scalar(umin=5 R11=scalar() R=1 R3= fp8=1 "
		  "fp-7=0 fp-8",
		  0, 9 },
		{ "R1=scalar(var_off=(0x1; 0x1)) R2=01 R3=0xg R4=-", 0, 4 },
	};

	for (u32 i = 0; i < ARRAY_SIZE(table); i++) {
		char *text = xasprintf("0: %s\n", table[i].text);
		struct vlog log;

		vlog_parse(&log, text, strlen(text));
		CHECK(log.nevents == 1 && log.nitems == table[i].items &&
			      !!log.malformed == !!table[i].malformed,
		      "'%s': %u events, %u items, %u malformed", table[i].text, log.nevents,
		      log.nitems, log.malformed);
		vlog_free(&log);
		free(text);
	}
}

/* Listings of other passes come first; other kinds of line, and what follows main, count for
 * nothing. */
static void other_lines_are_left_out(void)
{
	static const char text[] =
		"func#0 @0\n100: (bf) r1 = r2\nfrom 1 to 2: R1=5\n"
		"0: R1=ctx() R10=fp0\n; int x; @ f.c:1\n0: (b7) r1 = 5                        ; "
		"R1=5\n"
		"mark_precise: frame0: parent state regs=r1 stack=:  R1=7\n1: R2=6\n1: (95) exit\n"
		"Validating f() func#1...\n2: R1=scalar()\n2: (95) exit\n";
	struct vlog log;

	vlog_parse(&log, text, sizeof(text) - 1);
	CHECK(log.nevents == 3 && log.nitems == 4 && !log.malformed && !log.complete,
	      "%u events, %u items", log.nevents, log.nitems);
	CHECK(log.events[1].insn == 0 && log.events[1].code == 0xb7 && log.events[1].cnt == 2,
	      "%u states", log.events[1].cnt);
	vlog_free(&log);
}

/*
 * The same jump is visited twice: the second time its way is certain, and the branch belongs to the
 * first. A branch that knows less than the visit did is none of its.
 */
static void branches_belong_to_their_jump(void)
{
	static const char text[] =
		"0: R1=ctx() R10=fp0\n0: (b7) r1 = 0                        ; R2=scalar()\n"
		"1: (15) if r2 == 0x7 goto pc+3        ; R2=scalar()\n2: (b7) r2 = 5       ; "
		"R2=5\n3: (05) goto pc-3\n"
		"1: (15) if r2 == 0x7 goto pc+3        ; R2=5\n2: (95) exit\n\n"
		"from 1 to 5: R2=7 R10=fp0\n5: (95) exit\nprocessed 7 insns\n";
	struct vlog log;

	vlog_parse(&log, text, sizeof(text) - 1);
	CHECK(log.nevents == 9 && log.complete, "%u events", log.nevents);
	CHECK(log.events[2].other == 7 && !log.events[5].other, "first %u, second %u",
	      log.events[2].other, log.events[5].other);
	vlog_free(&log);
}

/* What a guest sends may be cut off anywhere, or be anything. */
static void nothing_is_trusted(void)
{
	u32 seed = 1, asked = 0;

	load();
	for (u32 i = 0; i < nr_all; i++) {
		struct recorded *r = &all[i];
		struct soundness_report rep;
		size_t step = r->len / 150 + 1;
		char *copy;

		for (size_t n = 0; n < r->len; n += step) {
			/* an exact allocation: the sanitizer sees a read behind its end */
			copy = n ? xmemdup(r->log, n) : xcalloc(1, 1);
			CHECK(ask(r, copy, n, &rep) <= 0, "%s cut at %zu: %s", r->c->id, n,
			      rep.stated);
			free(copy);
			asked++;
		}
		for (int round = 0; round < 60; round++) {
			copy = xmemdup(r->log, r->len);
			for (int k = 0; k < 40; k++) {
				seed = seed * 1103515245 + 12345;
				copy[(seed >> 4) % r->len] = seed & 4096
								     ? "0(=;,:R- \n"[seed >> 16 & 7]
								     : (char)(seed >> 20);
			}
			ask(r, copy, r->len, &rep);
			free(copy);
			asked++;
		}
	}
	CHECK(asked > 500, "%u", asked);
}

/* An empty log, and one of another program. */
static void other_logs_are_refused(void)
{
	struct recorded *r = recorded("calls");
	struct soundness_report rep;

	if (!r)
		return;
	CHECK(ask(r, "", 0, &rep) == -EINVAL && !rep.compared, "taken");
	CHECK(ask(r, "0: R1=ctx()\n0: (95) exit\nprocessed 1\n", 37, &rep) == -EINVAL, "taken");
}

static void free_all(void)
{
	for (u32 i = 0; i < nr_all; i++) {
		bpf_case_free(all[i].c);
		free(all[i].log);
	}
	case_file_free(&file);
	nr_all = 0;
	CHECK(true, "freed");
}

static const struct test tests[] = {
	{ "recorded_logs_hold", recorded_logs_hold },
	{ "wrong_statements_are_found", wrong_statements_are_found },
	{ "impossible_needs_the_end", impossible_needs_the_end },
	{ "a_half_is_pruned", a_half_is_pruned },
	{ "a_report_says_all", a_report_says_all },
	{ "states_read", states_read },
	{ "other_lines_are_left_out", other_lines_are_left_out },
	{ "branches_belong_to_their_jump", branches_belong_to_their_jump },
	{ "nothing_is_trusted", nothing_is_trusted },
	{ "other_logs_are_refused", other_logs_are_refused },
	{ "free_all", free_all },
};

TEST_MAIN(tests)
