// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include "bpf/model.h"
#include "lib/util.h"
#include "native/pads.h"
#include "session/pads.h"

#define NOWHERE	 UINT32_MAX
#define PROLOGUE 64 /* bytes at the start of a function in which tail calls may enter it */

/* Which functions of @code are called through a pointer: by a helper or by bpf_throw(). */
static bool called_back(const struct code *code, u32 func)
{
	if (code->funcs[func].flags & FUNC_EXCEPTION)
		return true;
	for (u32 i = 0; i < code->cnt; i += 1 + insn_is_wide(&code->insns[i]))
		if (insn_is_func_addr(&code->insns[i]) &&
		    (s64)i + 1 + code->insns[i].imm == code->funcs[func].start)
			return true;
	return false;
}

static bool has_map(const struct bpf_case *c, enum map_kind kind)
{
	for (u32 i = 0; i < c->nmaps; i++)
		if (c->maps[i].kind == kind)
			return true;
	return false;
}

u32 pads_flags(const struct engine *e, const struct wrapper_prog *prog)
{
	const struct code *code = &prog->progs[0];
	const struct bpf_case *c = prog->blocks[0].c;
	bool wanted = has_map(c, MAP_INSN_ARRAY) || has_map(c, MAP_PROG_ARRAY);

	if (!e->native || e->raw || e->load_flags || code->classic)
		return 0;
	for (u32 i = 1; i < code->nfuncs && !wanted; i++)
		wanted = called_back(code, i);
	return wanted ? WIRE_JITED | WIRE_LINFO : 0;
}

/* The native code of a program, and what is expected where. */
struct place {
	u32 off, len; /* of a function in the code */
	u64 addr;
};

/* A place in the code at which gotox may arrive. */
struct target {
	u32 off;
	bool reached; /* in the model; the verifier may know that others are not */
};

struct pads {
	struct place *funcs;
	u32 nfuncs;
	struct target *targets;
	u32 ntargets;
	u32 *found; /* offsets of landing pads, ascending */
	u32 nfound, cap;
};

static int add_found(void *ctx, u32 off)
{
	struct pads *p = ctx;

	ARRAY_GROW(p->found, p->nfound, p->cap);
	p->found[p->nfound++] = off;
	return 0;
}

static void read_funcs(struct pads *p, const struct guest *g, const struct reply *reply)
{
	u32 off = 0;

	p->funcs = xcalloc(reply->nr_funcs + 1, sizeof(*p->funcs));
	for (u32 i = 0; i < reply->nr_funcs; i++) {
		const struct wire_func *f = (const void *)(reply->funcs + i * sizeof(*f));
		u32 len = guest_u32(g, &f->len);

		if (len > reply->jited_dump - off)
			return;
		p->funcs[p->nfuncs++] = (struct place){ off, len, guest_u64(g, &f->addr) };
		off += len;
	}
}

static bool offset_of(const struct pads *p, u64 addr, u32 *off)
{
	for (u32 i = 0; i < p->nfuncs; i++) {
		const struct place *f = &p->funcs[i];

		if (addr < f->addr || addr - f->addr >= f->len)
			continue;
		*off = f->off + (u32)(addr - f->addr);
		return true;
	}
	return false;
}

/* Which slots of the case the model reaches by gotox. */
struct jumps {
	const struct code *code;
	bool *reached;
	bool jumped; /* the last instruction was gotox */
};

static void watch_jump(void *ctx, u32 prog, u32 slot, u32 depth)
{
	struct jumps *j = ctx;

	(void)depth;
	if (prog)
		return;
	j->reached[slot] |= j->jumped;
	j->jumped = insn_is_gotox(&j->code->insns[slot]);
}

static bool *gotox_slots(const struct guest *g, const struct bpf_case *c)
{
	struct jumps j = { .code = &c->progs[0] };
	struct model_state st = {};

	j.reached = xcalloc(c->progs[0].cnt + 1, sizeof(*j.reached));
	for (u32 v = 0; has_map(c, MAP_INSN_ARRAY) && v < c->vecs->nvecs; v++)
		model_run_watched(c, v, g->order, g->word_bits, &st, NULL, watch_jump, &j);
	model_state_free(&st);
	return j.reached;
}

/* Returns where the code of @slot of the program that was sent is, or NOWHERE. */
static u32 code_of(const struct pads *p, const struct guest *g, const struct reply *reply, u32 slot)
{
	u32 off;

	for (u32 i = 0; i < reply->nr_lines; i++) {
		const struct wire_line *l = (const void *)(reply->lines + i * sizeof(*l));

		if (guest_u32(g, &l->line) == slot)
			return offset_of(p, guest_u64(g, &l->addr), &off) ? off : NOWHERE;
	}
	return NOWHERE;
}

static void read_targets(struct pads *p, const struct guest *g, const struct wrapper_prog *prog,
			 const struct reply *reply)
{
	const struct bpf_case *c = prog->blocks[0].c;
	bool *reached = gotox_slots(g, c);

	p->targets = xcalloc((size_t)c->nmaps * CASE_INSN_ARRAY + 1, sizeof(*p->targets));
	for (u32 i = 0; i < c->nmaps; i++) {
		for (u32 k = 0; c->maps[i].kind == MAP_INSN_ARRAY && k < c->maps[i].entries; k++) {
			s16 slot = c->maps[i].slots[k];
			u32 off =
				slot < 0 ? NOWHERE : code_of(p, g, reply, request_slot(prog, slot));

			if (off != NOWHERE)
				p->targets[p->ntargets++] = (struct target){ off, reached[slot] };
		}
	}
	free(reached);
}

static bool is_branch_target(const struct pads *p, u32 cnt, u32 off)
{
	for (u32 i = 0; i < cnt; i++)
		if (p->targets[i].off == off)
			return true;
	return false;
}

/* Has the place that is entered with offset @off a pad? */
static bool has_pad(const struct pads *p, u32 off)
{
	for (u32 i = 0; i < p->nfound; i++)
		if (p->found[i] == off)
			return true;
	return false;
}

/* The number of pads of function @f behind its start at which tail calls may enter it. */
static u32 tail_pads(const struct pads *p, const struct place *f)
{
	u32 n = 0;

	for (u32 i = 0; i < p->nfound; i++)
		n += p->found[i] > f->off && p->found[i] - f->off < PROLOGUE &&
		     p->found[i] - f->off < f->len &&
		     !is_branch_target(p, p->ntargets, p->found[i]);
	return n;
}

static char *missing(const struct pads *p, const struct code *code, bool whole)
{
	if (!has_pad(p, 0))
		return xstrdup("no landing pad at the start of main");
	for (u32 i = 1; whole && i < p->nfuncs; i++)
		if (called_back(code, i) && !has_pad(p, p->funcs[i].off))
			return xasprintf("no landing pad at the start of %s, which is called back",
					 code->funcs[i].name);
	if (!tail_pads(p, &p->funcs[0]))
		return xstrdup("no landing pad where a tail call enters main");
	for (u32 i = 0; i < p->ntargets; i++)
		if (p->targets[i].reached && !has_pad(p, p->targets[i].off))
			return xasprintf("no landing pad at target %u of gotox", i);
	return NULL;
}

/* A landing pad where nothing lands is a gadget. */
static char *too_many(const struct pads *p)
{
	u32 expected = 0;

	for (u32 i = 0; i < p->nfuncs; i++) {
		u32 tail = tail_pads(p, &p->funcs[i]);

		if (tail > 1)
			return xasprintf("%u landing pads in the prologue of function %u", tail, i);
		expected += tail + has_pad(p, p->funcs[i].off);
	}
	for (u32 i = 0; i < p->ntargets; i++)
		expected +=
			has_pad(p, p->targets[i].off) && !is_branch_target(p, i, p->targets[i].off);
	if (p->nfound > expected)
		return xasprintf("%u landing pads where nothing lands", p->nfound - expected);
	return NULL;
}

char *pads_reply(const struct guest *g, const struct wrapper_prog *prog, const struct reply *reply)
{
	const struct code *code = &prog->progs[0];
	struct pads p = {};
	char *text = NULL;

	if (!reply->jited_dump || !reply->nr_funcs)
		return NULL;
	read_funcs(&p, g, reply);
	read_targets(&p, g, prog, reply);
	if (p.nfuncs && p.nfuncs == reply->nr_funcs &&
	    !native_pads(g->conf->arch, reply->jited, reply->jited_dump, add_found, &p) &&
	    p.nfound) {
		text = missing(&p, code, p.nfuncs == code->nfuncs);
		if (!text)
			text = too_many(&p);
	}
	free(p.funcs);
	free(p.targets);
	free(p.found);
	return text;
}
