// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "lib/util.h"
#include "native/native.h"
#include "explain/translation.h"
#include "session/judge.h"

#define MAX_PREFIXES 256 /* loads spent on one body */

void translation_free(struct translation *t)
{
	free(t->reason);
	wrapper_free(&t->prog);
	free(t->xlated);
	free(t->jited);
	free(t->origins);
	free(t->funcs);
	memset(t, 0, sizeof(*t));
}

/* ---- what the kernel says ---- */

static void read_code(struct translation *t, const struct guest *g, const struct reply *reply)
{
	t->nr_xlated = reply->xlated_dump / INSN_SIZE;
	/* one more: a wide insn at the end of a damaged dump is printed with its second slot */
	t->xlated = xcalloc(t->nr_xlated + 1, sizeof(*t->xlated));
	for (u32 i = 0; i < t->nr_xlated; i++)
		insn_decode(&t->xlated[i], reply->xlated + i * INSN_SIZE, g->order);
	t->jited_size = reply->jited_dump;
	if (t->jited_size)
		t->jited = xmemdup(reply->jited, t->jited_size);
}

/* Read the functions. If their lengths do not add up to the code, take it as one function. */
static void read_funcs(struct translation *t, const struct guest *g, const struct reply *reply)
{
	u64 sum = 0;

	t->funcs = xcalloc(reply->nr_funcs + 1, sizeof(*t->funcs));
	for (u32 i = 0; i < reply->nr_funcs; i++) {
		const struct wire_func *f = (const void *)(reply->funcs + i * sizeof(*f));

		t->funcs[i] = (struct native_func){ .off = sum, .len = guest_u32(g, &f->len) };
		sum += t->funcs[i].len;
	}
	t->nfuncs = reply->nr_funcs;
	if (sum != t->jited_size) {
		t->nfuncs = 1;
		t->funcs[0] = (struct native_func){ .len = t->jited_size };
	}
}

#define MAX_DISTANCE (16 << 20) /* between functions of one program, to show their addresses */

/* Set the distances of functions in memory; if they are far apart, set those in the dump. */
static void place_funcs(struct translation *t, const struct guest *g, const struct reply *reply)
{
	bool near = true;

	for (u32 i = 0; i < t->nfuncs; i++) {
		const struct wire_func *f = (const void *)(reply->funcs + i * sizeof(*f)),
				       *first = (const void *)reply->funcs;
		u64 at = t->nfuncs == reply->nr_funcs
				 ? guest_u64(g, &f->addr) - guest_u64(g, &first->addr)
				 : 0;

		near &= at < MAX_DISTANCE;
		t->funcs[i].at = at;
	}
	for (u32 i = 0; i < t->nfuncs && !near; i++)
		t->funcs[i].at = t->funcs[i].off;
}

/* Returns the offset in the dump of the address @addr, or NOWHERE. Functions are adjacent there. */
static u32 native_offset(const struct translation *t, const struct guest *g,
			 const struct reply *reply, u64 addr)
{
	for (u32 i = 0; i < reply->nr_funcs && t->nfuncs == reply->nr_funcs; i++) {
		const struct wire_func *f = (const void *)(reply->funcs + i * sizeof(*f));
		u64 start = guest_u64(g, &f->addr);

		if (start && addr >= start && addr - start < t->funcs[i].len)
			return t->funcs[i].off + (addr - start);
	}
	return NOWHERE;
}

static void read_origins(struct translation *t, const struct guest *g, const struct reply *reply)
{
	u32 at = 0, n = 0;

	t->origins = xcalloc(reply->nr_lines + 1, sizeof(*t->origins));
	for (u32 i = 0; i < reply->nr_lines; i++) {
		const struct wire_line *l = (const void *)(reply->lines + i * sizeof(*l));
		struct origin o = { .insn = guest_u32(g, &l->insn),
				    .slot = guest_u32(g, &l->line) };

		o.off = native_offset(t, g, reply, guest_u64(g, &l->addr));
		if (o.insn >= t->nr_xlated || o.slot >= t->prog.progs[0].cnt ||
		    (n && (o.insn <= t->origins[n - 1].insn || o.slot <= t->origins[n - 1].slot)))
			continue;
		/* the JIT under test may report wrong addresses */
		if (o.off != NOWHERE && o.off < at)
			o.off = NOWHERE;
		if (o.off != NOWHERE)
			at = o.off;
		t->origins[n++] = o;
	}
	t->norigins = n;
}

void translation_read(struct translation *t, const struct guest *g, const struct reply *reply)
{
	read_code(t, g, reply);
	read_funcs(t, g, reply);
	place_funcs(t, g, reply);
	read_origins(t, g, reply);
}

static const struct native_func *func_of(const struct translation *t, u32 off)
{
	for (u32 i = 0; i < t->nfuncs; i++)
		if (off >= t->funcs[i].off && off - t->funcs[i].off < t->funcs[i].len)
			return &t->funcs[i];
	return NULL;
}

bool origin_native(const struct translation *t, u32 i, u32 *off, u32 *len)
{
	const struct native_func *f =
		t->origins[i].off == NOWHERE ? NULL : func_of(t, t->origins[i].off);

	if (!f)
		return false;
	*off = t->origins[i].off;
	*len = f->off + f->len - *off;
	for (u32 k = i + 1; k < t->norigins; k++) {
		u32 next = t->origins[k].off;

		if (next == NOWHERE)
			continue;
		if (next - *off < *len)
			*len = next - *off;
		break;
	}
	return true;
}

u32 native_at(const struct translation *t, u32 off)
{
	const struct native_func *f = func_of(t, off);

	return f ? f->at + (off - f->off) : off;
}

/* ---- one load ---- */

/* @p has no vectors, so nothing is run: cases that kill the guest can be shown, too. */
static struct exec *new_load(struct session *session, const struct trial_ask *ask,
			     struct prediction *p, u32 flags)
{
	return exec_new(session, ask->engine, &p, 1, ask->wrapper, flags);
}

/* Returns 0 if @x is loaded; -ENOEXEC with @reason if not; -EINTR or -ENODEV. */
static int load(struct session *session, struct exec *x, struct reply *reply, char **reason)
{
	char *console;
	enum attempt how = exec_run(session, x, reply, &console);
	struct trial t;
	bool loaded;

	if (how == ATTEMPT_STOPPED || how == ATTEMPT_NO_GUEST)
		return how == ATTEMPT_STOPPED ? -EINTR : -ENODEV;
	judge(session, x, 0, how, reply, console, &t);
	loaded = how == ATTEMPT_ANSWERED && t.stage == WIRE_STAGE_OK;
	if (!loaded && attempt_died(how))
		*reason = xstrdup("the guest dies of loading it");
	else if (!loaded)
		*reason = t.reason ? trial_text(&t) : xstrdup("refused, as the case wants it");
	trial_free(&t);
	return loaded ? 0 : -ENOEXEC;
}

/* Load the program with @flags. WIRE_LINFO adds line_info; some programs only load without it. */
static int load_whole(struct session *session, const struct trial_ask *ask, struct prediction *p,
		      u32 flags, struct translation *out)
{
	struct exec *x = new_load(session, ask, p, WIRE_XLATED | WIRE_JITED | flags);
	struct reply reply;
	int ret = load(session, x, &reply, &out->reason);

	if (!ret) {
		out->prog = x->prog;
		memset(&x->prog, 0, sizeof(x->prog));
		translation_read(out, &session->guest, &reply);
	}
	exec_free(x);
	return ret;
}

/* ---- boundaries from the lengths of growing prefixes ---- */

/*
 * Remove the slots [@from, @to); everything around them and the stack stay. Returns true if a jump
 * was redirected, whose native code may then differ.
 */
static bool cut(struct wrapper_prog *p, u32 from, u32 to)
{
	struct code *c = &p->progs[0];
	struct wrapper_block *b = &p->blocks[0];
	bool bent = false;
	s64 dist;

	for (u32 i = 0; i < from; i += 1 + insn_is_wide(&c->insns[i])) {
		struct insn *insn = &c->insns[i];

		if (!insn_is_jump(insn) || i + 1 + insn_jump_distance(insn) <= from)
			continue;
		bent = true;
		dist = insn_jump_distance(insn);
		dist = i + 1 + dist > to ? dist - (to - from) : from - i - 1;
		insn_set_jump_distance(insn, dist);
	}
	c->insns = xrealloc(c->insns, (c->cnt + 2) * sizeof(*c->insns));
	memmove(c->insns + from, c->insns + to, (c->cnt - to) * sizeof(*c->insns));
	c->cnt -= to - from;
	if (c->cnt == from) {
		c->insns[c->cnt++] = (struct insn){ .code = BPF_ALU64 | BPF_MOV | BPF_K };
		c->insns[c->cnt++] = (struct insn){ .code = BPF_JMP_EXIT };
	}
	b->body_cnt = from - b->body;
	return bent;
}

static u32 common_prefix(const u8 *a, u32 alen, const u8 *b, u32 blen)
{
	u32 n = 0;

	while (n < alen && n < blen && a[n] == b[n])
		n++;
	return n;
}

struct prefix {
	u32 slot;   /* the first slot after it */
	u32 len;    /* of its native code; 0: it did not load */
	u32 common; /* leading bytes equal to the whole program's; NOWHERE: a jump was redirected */
};

static int try_prefix(struct session *session, const struct trial_ask *ask, struct prediction *p,
		      const struct translation *t, struct prefix *prefix)
{
	const struct wrapper_block *b = &t->prog.blocks[0];
	struct exec *x = new_load(session, ask, p, WIRE_JITED);
	struct reply reply;
	char *reason = NULL;
	bool bent;
	int ret;

	if (!x)
		return 0;
	bent = cut(&x->prog, prefix->slot, b->body + b->body_cnt);
	ret = load(session, x, &reply, &reason);
	if (!ret) {
		prefix->len = reply.jited_len;
		prefix->common = bent ? NOWHERE
				      : common_prefix(reply.jited, reply.jited_dump, t->jited,
						      t->jited_size);
	}
	free(reason);
	exec_free(x);
	return ret == -ENOEXEC ? 0 : ret;
}

struct boundary {
	u32 base, best;
};

static int keep_boundary(void *ctx, u32 off, u32 len, const char *text)
{
	struct boundary *b = ctx;

	(void)len;
	(void)text;
	if (off <= b->base)
		b->best = off;
	return off > b->base;
}

/*
 * Returns where the body begins in the native code. Equal bytes reach at least to the end of a
 * prefix, and further if the next insns begin alike. So take the lowest result, rounded down to an
 * insn.
 */
static u32 body_offset(const struct session *session, const struct translation *t,
		       const struct prefix *p, u32 cnt)
{
	struct boundary b = { .base = NOWHERE, .best = NOWHERE };

	for (u32 i = 0; i < cnt; i++) {
		u32 grown = p[i].len - p[0].len;

		if (p[i].len >= p[0].len && p[i].common != NOWHERE && p[i].common >= grown &&
		    p[i].common - grown < b.base)
			b.base = p[i].common - grown;
	}
	if (b.base != NOWHERE)
		native_disasm(session->conf.arch, t->jited, t->jited_size, 0, keep_boundary, &b);
	return b.best == NOWHERE ? b.base : b.best;
}

/* A prefix is all code up to a slot of the body: its length tells where that slot begins. */
static void place_prefixes(struct translation *t, u32 base, const struct prefix *p, u32 cnt)
{
	for (u32 i = 0, k = 0, at = base; i < t->norigins && base != NOWHERE; i++) {
		while (k < cnt && p[k].slot < t->origins[i].slot)
			k++;
		if (k == cnt)
			break;
		if (p[k].slot != t->origins[i].slot || p[k].len < p[0].len ||
		    base + p[k].len - p[0].len < at)
			continue;
		at = base + p[k].len - p[0].len;
		if (at < t->jited_size)
			t->origins[i].off = at;
	}
}

static int infer_boundaries(struct session *session, const struct trial_ask *ask,
			    struct prediction *p, struct translation *t)
{
	const struct wrapper_block *b = &t->prog.blocks[0];
	const struct code *code = &t->prog.progs[0];
	struct prefix prefixes[MAX_PREFIXES];
	u32 cnt = 0;
	int ret = 0;

	for (u32 i = 0; i < t->norigins; i++)
		t->origins[i].off = i ? NOWHERE : 0;
	t->inferred = true;
	/* blinding draws new constants at each load, and a called subprog cannot be removed */
	if (ask->engine->blinded || code->nfuncs > 1)
		return 0;
	for (u32 i = b->body;
	     i <= b->body + b->body_cnt && i < code->cnt && cnt < MAX_PREFIXES && !ret;
	     i += 1 + insn_is_wide(&code->insns[i])) {
		prefixes[cnt] = (struct prefix){ .slot = i, .common = NOWHERE };
		ret = try_prefix(session, ask, p, t, &prefixes[cnt++]);
	}
	if (!ret && cnt && prefixes[0].len)
		place_prefixes(t, body_offset(session, t, prefixes, cnt), prefixes, cnt);
	return ret;
}

/* ---- all of it ---- */

static bool have_offsets(const struct translation *t)
{
	for (u32 i = 0; i < t->norigins; i++)
		if (t->origins[i].off != NOWHERE)
			return true;
	return false;
}

/* For kernels without line_info: if no insn was inserted or removed, slots are unchanged. */
static void assume_origins(struct translation *t)
{
	const struct code *code = &t->prog.progs[0];

	if (t->norigins || t->nr_xlated != code->cnt)
		return;
	free(t->origins);
	t->origins = xcalloc(code->cnt, sizeof(*t->origins));
	for (u32 i = 0; i < code->cnt; i += 1 + insn_is_wide(&code->insns[i]))
		t->origins[t->norigins++] = (struct origin){ .insn = i, .slot = i, .off = NOWHERE };
}

static int translate(struct session *session, const struct trial_ask *ask, struct prediction *p,
		     bool infer, struct translation *out)
{
	int ret = load_whole(session, ask, p, WIRE_LINFO, out);

	if (ret == -ENOEXEC && session->up) {
		free(out->reason);
		out->reason = NULL;
		ret = load_whole(session, ask, p, 0, out);
	}
	if (ret)
		return ret == -ENOEXEC ? 0 : ret;
	/* this is the program before blinding, but line_info describes the one after it */
	if (ask->engine->blinded && !out->jited_size) {
		out->reason = xstrdup("the JIT leaves it to the interpreter");
		return 0;
	}
	assume_origins(out);
	if (out->jited_size && out->norigins && (infer || !have_offsets(out)))
		ret = infer_boundaries(session, ask, p, out);
	return ret;
}

int translate_case(struct session *session, const struct trial_ask *ask, bool infer,
		   struct translation *out)
{
	struct prediction p = { .c = ask->c, .first_vec = ask->first_vec };
	int ret = 0;

	memset(out, 0, sizeof(*out));
	if (session_boot(session))
		return guest_stop ? -EINTR : -ENODEV;
	out->reason = engine_lacks(ask->engine, &session->guest, ask->c);
	if (!out->reason) {
		predict_first(&p, session->first.order, session->first.word_bits);
		if (p.fault)
			out->reason = xstrdup(p.fault);
		else
			ret = translate(session, ask, &p, infer, out);
	}
	prediction_free(&p);
	return ret;
}
