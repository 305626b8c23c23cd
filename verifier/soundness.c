// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "verifier/soundness.h"
#include "verifier/verifier_log.h"
#include "lib/util.h"

enum way {
	WAY_AHEAD, /* the case's first insn is not reached yet */
	WAY_FOLLOWED,
	WAY_PRUNED,
	WAY_LEFT,
};

/* Follows the model through the log. */
struct walk {
	const struct soundness_where *where;
	const struct vlog *log;
	const struct code *code;
	struct soundness_report *rep;
	enum way way;
	u32 at;	  /* event: the visit of the insn executed last */
	u32 slot; /* that insn, in the case */
	u32 path[SOUNDNESS_PATH];
	u32 steps;
};

/* ---- one statement ---- */

static void report(struct walk *w, const char *text, u32 len, u64 value)
{
	struct soundness_report *rep = w->rep;
	const char *eq = memchr(text, '=', len);
	u32 kept = w->steps < SOUNDNESS_PATH ? w->steps : SOUNDNESS_PATH;

	rep->found = true;
	rep->slot = w->slot;
	rep->insn = w->log->events[w->at].insn;
	rep->value = value;
	snprintf(rep->what, sizeof(rep->what), "%.*s", eq ? (int)(eq - text) : 0, text);
	snprintf(rep->stated, sizeof(rep->stated), "%.*s", (int)len, text);
	rep->steps = w->steps;
	rep->path_len = kept;
	for (u32 i = 0; i < kept; i++)
		rep->path[i] = w->path[(w->steps - kept + i) % SOUNDNESS_PATH];
}

static void report_item(struct walk *w, const struct vlog_item *item, u64 value)
{
	report(w, w->log->text + item->text, item->len, value);
}

static void report_bound(struct walk *w, const struct vlog_item *item, enum vlog_bound b, u64 value)
{
	const struct vlog_value *v = &item->value;

	report_item(w, item, value);
	if (b < VLOG_BOUNDS)
		snprintf(w->rep->broken, sizeof(w->rep->broken), "%s=%#" PRIx64, vlog_bound_name(b),
			 v->bound[b]);
	else if (v->mask)
		snprintf(w->rep->broken, sizeof(w->rep->broken),
			 "var_off=(%#" PRIx64 "; %#" PRIx64 ")", v->value, v->mask);
	else
		snprintf(w->rep->broken, sizeof(w->rep->broken), "%#" PRIx64, v->value);
}

/*
 * For a narrow spill the log states the whole spilled register or immediate, but memory has only
 * its low bytes: kernels truncate it at the load.
 */
static bool is_cut_off(const struct vlog_item *item)
{
	return item->off && item->size < 8 && item->value.bound[VLOG_UMAX] >> (8 * item->size);
}

static void check_cut_off(struct walk *w, const struct vlog_item *item, u64 value)
{
	const struct vlog_value *v = &item->value;
	u64 bits = (1ull << (8 * item->size)) - 1;

	if (!(v->stated >> VLOG_VAR_OFF & 1))
		return;
	w->rep->compared++;
	if (((value ^ v->value) & ~v->mask & bits))
		report_bound(w, item, VLOG_VAR_OFF, value);
}

/* @add: the fixed part of an address, which the model's value includes and the bounds do not. */
static void check_bounds(struct walk *w, const struct vlog_item *item, u64 value, u64 add)
{
	for (int b = 0; b < VLOG_STATEMENTS && !w->rep->found; b++) {
		if (!(item->value.stated >> b & 1))
			continue;
		w->rep->compared++;
		if (!vlog_holds(&item->value, b, value - add))
			report_bound(w, item, b, value);
	}
}

static void check_address(struct walk *w, const struct vlog_item *item, u64 value)
{
	const struct vlog_value *v = &item->value;

	if (!v->fixed) {
		check_bounds(w, item, value, (u64)v->off);
		return;
	}
	w->rep->compared++;
	if (value == (u64)v->off)
		return;
	report_item(w, item, value);
	snprintf(w->rep->broken, sizeof(w->rep->broken), "offset %" PRId64, v->off);
}

static void check_null(struct walk *w, const struct vlog_item *item, const struct model_value *m)
{
	if (m->kind != MODEL_SCALAR || m->v)
		return;
	w->rep->compared++;
	if (item->value.maybe_null)
		return;
	report_item(w, item, 0);
	snprintf(w->rep->broken, sizeof(w->rep->broken), "not null");
}

/* @frame: the call frame of the item. */
static void check_value(struct walk *w, const struct vlog_item *item, const struct model_value *m,
			u32 frame)
{
	const struct vlog_value *v = &item->value;

	switch (v->type) {
	case VLOG_SCALAR:
		if (m->kind == MODEL_SCALAR && is_cut_off(item))
			check_cut_off(w, item, m->v);
		else if (m->kind == MODEL_SCALAR)
			check_bounds(w, item, m->v, 0);
		break;
	case VLOG_MAP_VALUE:
		if (m->kind == MODEL_IN_MEM)
			check_address(w, item, m->v + w->where->place.mem);
		else if (m->kind == MODEL_IN_MAP)
			check_address(w, item, m->v);
		else
			check_null(w, item, m);
		break;
	case VLOG_CTX:
		if (m->kind == MODEL_IN_CTX)
			check_address(w, item, m->v);
		break;
	case VLOG_FP:
		if (m->kind == MODEL_IN_STACK && m->depth == (v->frame < 0 ? frame : (u32)v->frame))
			check_address(w, item, m->v);
		break;
	default:
		break;
	}
}

static void check_zeros(struct walk *w, const struct vlog_item *item,
			const struct bpf_machine *machine)
{
	for (s32 i = 0; i < 8 && !w->rep->found; i++) {
		struct model_value m;

		if (item->bytes[i] != '0')
			continue;
		m = model_view_stack(machine, item->off + 7 - i, 1);
		if (m.kind != MODEL_SCALAR)
			continue;
		w->rep->compared++;
		if (!m.v)
			continue;
		report_item(w, item, m.v);
		snprintf(w->rep->broken, sizeof(w->rep->broken), "the byte at fp%d is 0",
			 item->off + 7 - i);
	}
}

static void check_item(struct walk *w, const struct vlog_item *item,
		       const struct bpf_machine *machine, u32 depth)
{
	struct model_value m;

	if (!item->off) {
		m = model_view_reg(machine, item->reg);
		check_value(w, item, &m, depth);
		return;
	}
	if (item->size) {
		m = model_view_stack(machine, item->off, item->size);
		check_value(w, item, &m, depth);
	}
	check_zeros(w, item, machine);
}

/* ---- the way ---- */

static void check_states(struct walk *w, const struct vlog_event *e,
			 const struct bpf_machine *machine, u32 depth)
{
	for (u32 i = 0; i < e->cnt; i++) {
		const struct vlog_state *state = &w->log->states[e->first + i];

		/* a state of the calling frame, or of one that has returned */
		if (state->frame != depth)
			continue;
		for (u32 k = 0; k < state->cnt && !w->rep->found; k++)
			check_item(w, &w->log->items[state->first + k], machine, depth);
	}
}

static const struct vlog_event *event(const struct walk *w, u32 i)
{
	static const struct vlog_event none = { .kind = VLOG_START };

	return i < w->log->nevents ? &w->log->events[i] : &none;
}

static bool is_visit(const struct walk *w, u32 i, u32 insn)
{
	return event(w, i)->kind == VLOG_VISIT && event(w, i)->insn == insn;
}

/* Is this state compatible with the machine's? Nothing is counted or reported. */
static bool fits(struct walk *w, const struct vlog_event *e, const struct bpf_machine *machine,
		 u32 depth)
{
	struct soundness_report saved = *w->rep;
	bool found;

	check_states(w, e, machine, depth);
	found = w->rep->found;
	*w->rep = saved;
	return !found;
}

/*
 * Choose the half of a forked insn that the machine is in: its register is -1 or 0, in 64 bits or
 * in the low 32. The half of 0 begins at the insn itself, and may have been pruned there.
 */
static void choose_half(struct walk *w, u32 slot, const struct bpf_machine *machine)
{
	const struct vlog_event *visit = event(w, w->at);
	u32 other = visit->other;
	struct model_value dst;

	if (w->way != WAY_FOLLOWED || !other || !vlog_is_fork(visit->code) ||
	    event(w, other)->insn != visit->insn)
		return;
	dst = model_view_reg(machine, w->code->insns[slot].dst);
	if (dst.kind == MODEL_SCALAR && (u32)dst.v)
		return;
	if (dst.kind != MODEL_SCALAR)
		w->way = WAY_LEFT;
	else if (is_visit(w, other + 1, visit->insn))
		w->at = other + 1;
	else
		w->way = event(w, other)->pruned ? WAY_PRUNED : WAY_LEFT;
}

static void begin(struct walk *w, u32 insn, const struct bpf_machine *machine, u32 depth)
{
	u32 i = 0;

	while (i < w->log->nevents && !is_visit(w, i, insn))
		i++;
	if (i == w->log->nevents) {
		w->way = WAY_LEFT;
		return;
	}
	w->way = WAY_FOLLOWED;
	if (i)
		check_states(w, event(w, i - 1), machine, depth);
	w->at = i;
}

/*
 * After a jump the log continues elsewhere and never takes up the model's branch: the verifier
 * believes it impossible.
 */
static bool is_impossible(const struct walk *w, u32 insn)
{
	const struct vlog_event *visit = event(w, w->at), *next = event(w, w->at + 1);

	if (!w->where->accepted || !w->log->complete || w->log->malformed ||
	    !vlog_is_cond(visit->code) || (next->kind != VLOG_VISIT && next->kind != VLOG_SAFE))
		return false;
	for (u32 i = w->at + 1; i < w->log->nevents; i++) {
		const struct vlog_event *e = event(w, i);

		if (e->kind == VLOG_FROM && e->from == visit->insn && e->insn == insn)
			return false;
	}
	return true;
}

static void leave(struct walk *w, u32 insn)
{
	static const char none[] = "";

	w->way = WAY_LEFT;
	if (!is_impossible(w, insn))
		return;
	w->rep->compared++;
	report(w, none, 0, insn);
	snprintf(w->rep->broken, sizeof(w->rep->broken), "the path from %u to %u is impossible",
		 event(w, w->at)->insn, insn);
}

/* After the exit of a called function the log continues as for a branch: "from 36 to 31: …". */
static bool returns(const struct walk *w)
{
	const struct vlog_event *next = event(w, w->at + 1);

	return event(w, w->at)->code == BPF_JMP_EXIT && next->kind == VLOG_FROM &&
	       next->from == event(w, w->at)->insn;
}

/*
 * After a callback the log returns to the helper's call, where the next round or the end begins;
 * the model is already at @insn.
 */
static void skip_to_call(struct walk *w, u32 insn)
{
	const struct vlog_event *back = event(w, w->at + 1), *call = event(w, w->at + 2);

	if (!returns(w) || back->insn == insn)
		return;
	if (back->pruned)
		w->way = WAY_PRUNED;
	else if (call->kind == VLOG_VISIT && call->code == BPF_JMP_CALL)
		w->at += 2;
}

/* The other half of a forked insn may be in the missing part of the log. */
static bool is_cut_half(struct walk *w, const struct bpf_machine *machine, u32 depth)
{
	return !w->log->complete && vlog_is_fork(event(w, w->at)->code) &&
	       !fits(w, event(w, w->at), machine, depth);
}

static void take_up(struct walk *w, u32 from, u32 insn, const struct bpf_machine *machine,
		    u32 depth)
{
	const struct vlog_event *next = event(w, from + 1);

	check_states(w, event(w, from), machine, depth);
	if (is_visit(w, from + 1, insn))
		w->at = from + 1;
	else
		w->way = event(w, from)->pruned || next->kind == VLOG_SAFE ? WAY_PRUNED : WAY_LEFT;
}

/*
 * A jump to the next insn: the model's position does not tell the branches apart, and the log may
 * have only one.
 */
static bool leads_there_anyhow(const struct walk *w, u32 insn)
{
	const struct vlog_event *visit = event(w, w->at);

	return vlog_is_cond(visit->code) &&
	       (visit->other ? event(w, visit->other)->insn == insn : !w->code->insns[w->slot].off);
}

/* Does the log state behind @e that r0 is 0? */
static bool states_null(const struct walk *w, const struct vlog_event *e)
{
	for (u32 i = 0; i < e->cnt; i++) {
		const struct vlog_state *state = &w->log->states[e->first + i];

		for (u32 k = state->first; k < state->first + state->cnt; k++) {
			const struct vlog_item *item = &w->log->items[k];

			if (!item->off && !item->reg)
				return item->value.type == VLOG_SCALAR && !item->value.mask &&
				       !item->value.value;
		}
	}
	return false;
}

/*
 * A call of an iterator's next function forks the verifier: the log goes on where r0 is 0, and
 * comes back to the insn behind the call with a pointer in r0. Has the machine the pointer?
 */
static bool is_next_element(const struct walk *w, u32 insn, const struct bpf_machine *machine)
{
	const struct vlog_event *call = event(w, w->at);
	struct model_value r0 = model_view_reg(machine, 0);

	return call->code == BPF_JMP_CALL && event(w, w->at + 1)->insn == insn && call->other &&
	       event(w, call->other)->insn == insn && states_null(w, call) &&
	       (r0.kind != MODEL_SCALAR || r0.v);
}

static void follow(struct walk *w, u32 insn, const struct bpf_machine *machine, u32 depth)
{
	const struct vlog_event *next;
	u32 other;

	skip_to_call(w, insn);
	if (w->way != WAY_FOLLOWED)
		return;
	next = event(w, w->at + 1);
	other = event(w, w->at)->other;
	if (is_next_element(w, insn, machine)) {
		take_up(w, other, insn, machine, depth);
	} else if (next->insn == insn && leads_there_anyhow(w, insn)) {
		w->way = WAY_LEFT;
	} else if (next->insn == insn && (next->kind == VLOG_VISIT || next->kind == VLOG_SAFE)) {
		if (is_cut_half(w, machine, depth)) {
			w->way = WAY_LEFT;
			return;
		}
		check_states(w, event(w, w->at), machine, depth);
		w->way = next->kind == VLOG_SAFE ? WAY_PRUNED : WAY_FOLLOWED;
		w->at++;
	} else if (returns(w) && next->insn == insn) {
		take_up(w, w->at + 1, insn, machine, depth);
	} else if (other && event(w, other)->insn == insn && !event(w, other)->speculative) {
		take_up(w, other, insn, machine, depth);
	} else {
		leave(w, insn);
	}
}

static void on_view(void *ctx, const struct bpf_machine *machine, u32 prog, u32 slot, u32 depth)
{
	struct walk *w = ctx;
	u32 insn;

	if (w->rep->found || w->way > WAY_FOLLOWED)
		return;
	if (prog) {
		/* a tail call: this log does not cover the other program */
		w->way = WAY_LEFT;
		return;
	}
	insn = place_slot(&w->where->place, slot, depth);
	if (w->way == WAY_AHEAD)
		begin(w, insn, machine, depth);
	else
		follow(w, insn, machine, depth);
	choose_half(w, slot, machine);
	w->path[w->steps++ % SOUNDNESS_PATH] = insn;
	w->slot = slot;
}

static void walk_vector(const struct soundness_where *where, const struct vlog *log,
			const struct bpf_case *c, u32 vec, struct model_state *st,
			struct soundness_report *rep)
{
	struct walk w = { .where = where, .log = log, .code = &c->progs[0], .rep = rep };

	model_run_viewed(c, vec, where->order, where->word_bits, st, NULL, on_view, &w);
	rep->vectors += w.way != WAY_AHEAD && w.steps > 0;
	rep->ended += w.way == WAY_FOLLOWED;
	rep->pruned += w.way == WAY_PRUNED;
	rep->left += w.way == WAY_LEFT;
	if (rep->found)
		rep->vec = vec;
}

int fuzz_soundness(const struct soundness_where *where, const struct bpf_case *c, u32 first_vec,
		   u32 nr_vecs, const char *text, size_t len, struct soundness_report *rep)
{
	struct model_state st = {};
	struct vlog log;

	memset(rep, 0, sizeof(*rep));
	vlog_parse(&log, text, len);
	rep->malformed = log.malformed;
	if (!nr_vecs)
		nr_vecs = c->vecs->nvecs - first_vec;
	for (u32 v = first_vec; v < first_vec + nr_vecs && !rep->found; v++)
		walk_vector(where, &log, c, v, &st, rep);
	model_state_free(&st);
	vlog_free(&log);
	if (rep->found)
		return 1;
	return rep->ended + rep->pruned || rep->compared ? 0 : -EINVAL;
}

void soundness_print(FILE *f, const struct soundness_report *rep, const struct bpf_case *c,
		     const char *prefix)
{
	const struct code *code = &c->progs[0];
	char text[96] = "?";

	if (rep->slot < code->cnt)
		insn_print(text, sizeof(text), &code->insns[rep->slot]);
	fprintf(f, "%s%s.%u: after insn %u, %s\n", prefix, c->id, rep->vec, rep->insn, text);
	if (*rep->what) {
		fprintf(f, "%sthe verifier states  %s\n", prefix, rep->stated);
		fprintf(f, "%sbut %-5s is         %#" PRIx64 " (%" PRId64 "), and not: %s\n",
			prefix, rep->what, rep->value, (s64)rep->value, rep->broken);
	} else {
		fprintf(f, "%sthe verifier states that %s, but it is taken\n", prefix, rep->broken);
	}
	fprintf(f, "%sinsns executed:%s", prefix, rep->path_len < rep->steps ? " …" : "");
	for (u32 i = 0; i < rep->path_len; i++)
		fprintf(f, " %u", rep->path[i]);
	fprintf(f, "\n");
}
