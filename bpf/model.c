// SPDX-License-Identifier: GPL-2.0
/*
 * The reference model: it sets up a case, runs the step loop and collects the final state.
 * Instructions are in model_alu.c, model_mem.c, model_packet.c and model_call.c, helpers in
 * model_helper.c and model_map.c. Classic filters have a separate model, classic.c.
 */
#include <stdarg.h>
#include <string.h>
#include "bpf/classic.h"
#include "bpf/model_impl.h"
#include "lib/rand.h"
#include "lib/util.h"

static const char *const stop_names[] = {
	[MODEL_OK] = "ok",
	[MODEL_BAD_INSN] = "bad instruction",
	[MODEL_BAD_ACCESS] = "bad access",
	[MODEL_BAD_JUMP] = "bad jump",
	[MODEL_BAD_CALL] = "bad call",
	[MODEL_DEPTH] = "too deep",
	[MODEL_STEPS] = "too many steps",
	[MODEL_UNDEFINED] = "undefined",
};

const char *model_stop_name(enum model_stop stop)
{
	return (size_t)stop < ARRAY_SIZE(stop_names) ? stop_names[stop] : "?";
}

void machine_note(struct bpf_machine *m, const char *fmt, ...)
{
	const struct call_frame *f = machine_frame(m);
	char text[MODEL_WHY / 2] = "";
	va_list ap;
	int n;

	if (!m->why)
		return;
	if (m->at < f->prog->cnt && m->at + insn_is_wide(&f->prog->insns[m->at]) < f->prog->cnt)
		insn_print(text, sizeof(text), &f->prog->insns[m->at]);
	n = snprintf(m->why, MODEL_WHY, "%s%sinsn %u: %s%s",
		     f->prog_idx ? "tail-called program, " : "", m->depth ? "subprogram, " : "",
		     m->at, text, *text ? ": " : "");
	if (n < 0 || n >= MODEL_WHY)
		return;
	va_start(ap, fmt);
	vsnprintf(m->why + n, MODEL_WHY - n, fmt, ap);
	va_end(ap);
}

int machine_read(struct bpf_machine *m, u8 reg, struct val *out)
{
	if (reg >= NR_REGS)
		return machine_stop(m, MODEL_BAD_INSN, "r%u does not exist", reg);
	*out = m->r[reg];
	if (out->tag == PTR_UNREADABLE)
		return machine_stop(m, MODEL_UNDEFINED, "r%u is unreadable", reg);
	return MODEL_OK;
}

int machine_read_scalar(struct bpf_machine *m, u8 reg, u64 *out)
{
	struct val val;
	int err = machine_read(m, reg, &val);

	if (err)
		return err;
	if (val.tag)
		return machine_stop(m, MODEL_UNDEFINED, "r%u holds an address", reg);
	*out = val.v;
	return MODEL_OK;
}

int machine_write(struct bpf_machine *m, u8 reg, struct val val)
{
	if (reg >= REG_FP)
		return machine_stop(m, MODEL_BAD_INSN, "r%u is read-only", reg);
	m->r[reg] = val;
	return MODEL_OK;
}

/* Section 4.3: relative to the next instruction, and never to the second slot of a wide one. */
int machine_jump(struct bpf_machine *m, s64 delta)
{
	const struct call_frame *f = machine_frame(m);
	s64 to = (s64)m->pc + delta;

	/* The spill begins at the end of a wrapped case's body. */
	if (to < f->func_start || to > f->func_end || (to == f->func_end && !f->body))
		return machine_stop(m, MODEL_BAD_JUMP, "to slot %lld, out of the function",
				    (long long)to);
	if (to > f->func_start && to < f->func_end && insn_is_wide(&f->prog->insns[to - 1]))
		return machine_stop(m, MODEL_BAD_JUMP, "into the middle of a wide instruction");
	m->pc = to;
	return MODEL_OK;
}

static int exec_ja(struct bpf_machine *m, const struct insn *insn)
{
	return machine_jump(m, insn->off);
}

static int exec_gotol(struct bpf_machine *m, const struct insn *insn)
{
	return machine_jump(m, insn->imm);
}

/*
 * Not in the RFC: the kernel takes the jump once a function has used up a budget (millions of
 * rounds, or a quarter of a second). The model grants m->luck.rounds.
 */
static int exec_may_goto(struct bpf_machine *m, const struct insn *insn)
{
	struct call_frame *f = machine_frame(m);
	u32 pc = m->pc;
	int err = machine_jump(m, insn->off);

	if (err)
		return err;
	f->rounds++;
	if (f->rounds == TIMED_ROUNDS && quirk_here(m->st, QUIRK_MAY_GOTO_R0))
		m->r[0] = SCALAR(UNKNOWN_ADDRESS);
	m->open |= f->rounds > ROUNDS_FEW;
	if (f->rounds <= m->luck.rounds) {
		m->pc = pc;
		return MODEL_OK;
	}
	if (f->rounds == m->luck.rounds + 1)
		m->luck.clock += BUDGET_NS;
	return MODEL_OK;
}

/* Section 5.4. Maps and functions have the numbers of the case; their addresses are unknown. */
static int exec_ld_imm64(struct bpf_machine *m, const struct insn *insn)
{
	const struct call_frame *f = machine_frame(m);
	u32 maps = m->c->nmaps + 1; /* fd_array[0] is the I/O map */
	u32 imm = insn->imm, next = insn[1].imm;
	bool value = insn->src == BPF_PSEUDO_MAP_IDX_VALUE;
	struct val val;

	switch (insn->src) {
	case 0:
		val = SCALAR((u64)next << 32 | imm);
		break;
	case BPF_PSEUDO_MAP_IDX:
	case BPF_PSEUDO_MAP_IDX_VALUE:
		if (imm >= maps || maps > 256)
			return machine_stop(m, MODEL_BAD_INSN, "the case has no map %u", imm);
		if (!value)
			val = (struct val){ 0, TAG_MAP(imm) };
		else if (!imm)
			val = (struct val){
				(s64)insn[1].imm, PTR_MEM
			}; /* relative to the window, which is not at the start of the value */
		else if (m->c->maps[imm - 1].kind == MAP_INSN_ARRAY ||
			 (map_is_array(&m->c->maps[imm - 1]) && m->c->maps[imm - 1].entries == 1))
			val = (struct val){ next, TAG_VALUE(imm, 0) };
		else
			return machine_stop(m, MODEL_BAD_INSN,
					    "only an array of one element has a value address");
		break;
	case BPF_PSEUDO_FUNC:
		/* In slots from the next slot, as in a call. */
		val = (struct val){ (u64)m->at + 1 + (s64)insn->imm, TAG_FUNC(f->prog_idx) };
		break;
	default:
		return machine_stop(m, MODEL_BAD_INSN, "not modelled");
	}
	return machine_write(m, insn->dst, val);
}

/* Linux: jump to the address of an instruction, which comes from an insn_array. */
static int exec_gotox(struct bpf_machine *m, const struct insn *insn)
{
	struct val to;
	int err = machine_read(m, insn->dst, &to);

	if (err)
		return err;
	if (tag_kind(to.tag) != PTR_INSN || tag_prog(to.tag) != machine_frame(m)->prog_idx)
		return machine_stop(m, MODEL_BAD_JUMP, "r%u is not the address of an instruction",
				    insn->dst);
	return machine_jump(m, (s64)to.v - m->pc);
}

typedef int exec_fn(struct bpf_machine *m, const struct insn *insn);

static exec_fn *const exec[] = {
	[SYNTAX_ALU_X] = exec_alu,
	[SYNTAX_ALU_K] = exec_alu,
	[SYNTAX_NEG] = exec_alu,
	[SYNTAX_MOVSX] = exec_movsx,
	[SYNTAX_ADDR_SPACE_CAST] = exec_addr_space_cast,
	[SYNTAX_END] = exec_end,
	[SYNTAX_JMP_X] = exec_cond_jump,
	[SYNTAX_JMP_K] = exec_cond_jump,
	[SYNTAX_JA] = exec_ja,
	[SYNTAX_GOTOL] = exec_gotol,
	[SYNTAX_GOTOX] = exec_gotox,
	[SYNTAX_MAY_GOTO] = exec_may_goto,
	[SYNTAX_LD_IMM64] = exec_ld_imm64,
	[SYNTAX_LD_ABS] = exec_packet_load,
	[SYNTAX_LD_IND] = exec_packet_load,
	[SYNTAX_LDX] = exec_ldx,
	[SYNTAX_ST] = exec_st,
	[SYNTAX_STX] = exec_stx,
	[SYNTAX_ATOMIC] = exec_atomic,
	[SYNTAX_FETCH] = exec_atomic,
	[SYNTAX_XCHG] = exec_atomic,
	[SYNTAX_CMPXCHG] = exec_atomic,
	[SYNTAX_LOAD_ACQUIRE] = exec_load_acquire,
	[SYNTAX_STORE_RELEASE] = exec_store_release,
	[SYNTAX_CALL] = exec_call,
	[SYNTAX_CALL_SUBPROG] = exec_call_subprog,
	[SYNTAX_CALL_KFUNC] = exec_kfunc,
	[SYNTAX_EXIT] = exec_exit,
};

static bool second_slot_ok(const struct insn *insn, u32 left)
{
	return left > 1 && !insn[1].code && !insn[1].dst && !insn[1].src && !insn[1].off;
}

static int step(struct bpf_machine *m)
{
	const struct call_frame *f = machine_frame(m);
	const struct insn_desc *desc;
	const struct insn *insn;

	m->at = m->pc;
	if (m->pc >= f->func_end) {
		if (f->body && m->pc == f->func_end) {
			if (m->view)
				m->view(m->step_ctx, m, f->prog_idx, m->at, m->depth);
			return FLOW_END;
		}
		return machine_stop(m, MODEL_BAD_JUMP, "the function has no end");
	}
	insn = &f->prog->insns[m->pc];
	desc = insn_lookup(insn);
	if (!desc || (desc->slots == 2 && !second_slot_ok(insn, f->func_end - m->pc)))
		return machine_stop(m, MODEL_BAD_INSN, "no such instruction");
	if (desc->syntax >= ARRAY_SIZE(exec) || !exec[desc->syntax])
		return machine_stop(m, MODEL_BAD_INSN, "not modelled");
	if (++m->steps > m->max_steps)
		return machine_stop(m, MODEL_STEPS, "more than %u instructions", m->max_steps);
	if (m->view)
		m->view(m->step_ctx, m, f->prog_idx, m->at, m->depth);
	if (m->step)
		m->step(m->step_ctx, f->prog_idx, m->at, m->depth);
	m->pc += desc->slots;
	return exec[desc->syntax](m, insn);
}

int machine_run(struct bpf_machine *m)
{
	int flow;

	do {
		flow = step(m);
	} while (!flow);
	return flow;
}

/* One allocation serves every case: CASE_MAX_WINDOW bounds a window. */
static void need_windows(struct model_state *st)
{
	if (st->win[REGION_MEM])
		return;
	st->win[REGION_MEM] = xcalloc(NR_REGIONS - REGION_MEM, CASE_MAX_WINDOW);
	for (int r = REGION_MEM + 1; r < NR_REGIONS; r++)
		st->win[r] = st->win[r - 1] + CASE_MAX_WINDOW;
}

static int fill_windows(struct bpf_machine *m)
{
	const struct vectors *t = m->c->vecs;

	for (int r = REGION_MEM; r < NR_REGIONS; r++) {
		if (t->win_size[r] > CASE_MAX_WINDOW)
			return machine_stop(m, MODEL_BAD_ACCESS, "a window of %u bytes",
					    t->win_size[r]);
		if (t->win_size[r])
			memcpy(m->st->win[r], vec_window(t, m->vec, r, m->order), t->win_size[r]);
	}
	return MODEL_OK;
}

static const tag_t region_tags[NR_REGIONS] = {
	[REGION_NONE] = PTR_SCALAR,
	[REGION_MEM] = PTR_MEM,
	[REGION_STACK] = TAG_STACK(0, 1), /* main is the first frame */
	[REGION_CTX] = PTR_CTX,
};

static int start(struct bpf_machine *m)
{
	const struct bpf_case *c = m->c;
	int err;

	need_windows(m->st);
	err = machine_enter_prog(m, 0, !c->raw);
	if (!err)
		err = fill_windows(m);
	if (case_type_has_fields(c->type))
		fields_begin(m);
	if (err || c->raw)
		return err;
	for (int k = 0; k < CASE_REGS; k++) {
		m->r[k].v = case_reg_in(c, m->vec, k);
		m->r[k].tag = region_tags[c->regs[k].region % NR_REGIONS];
	}
	return MODEL_OK;
}

/* Addresses cannot stay in a window, whose bytes are compared. */
static int check_window(struct bpf_machine *m, const struct shadow *sh, const char *name)
{
	for (u32 i = 0; sh->used && i < ARRAY_SIZE(sh->tag); i++)
		if (sh->tag[i])
			return machine_stop(m, MODEL_UNDEFINED,
					    "the bytes of an address are left in %s", name);
	return MODEL_OK;
}

static int finish(struct bpf_machine *m)
{
	struct model_state *st = m->st;
	const struct call_frame *f = machine_frame(m);
	int err = check_window(m, &m->mem, "mem");

	if (!err)
		err = check_window(m, &m->ctx, "ctx");
	if (!err && f->body)
		err = check_window(m, &f->shadow, "stack");
	if (!err)
		err = maps_end(m);
	for (int k = 0; k < CASE_REGS; k++) {
		tag_t tag = m->r[k].tag;

		st->r[k] = m->r[k].v;
		st->region[k] = REGION_NONE;
		if (!tag)
			continue;
		if (tag == PTR_MEM)
			st->region[k] = REGION_MEM;
		else if (tag == PTR_CTX)
			st->region[k] = REGION_CTX;
		else if (tag == TAG_STACK(0, 1))
			st->region[k] = REGION_STACK;
		else /* unreadable, or an address outside all windows */
			st->clobbered |= 1 << k;
		if (st->clobbered >> k & 1)
			st->r[k] = 0;
	}
	return err;
}

/* A classic filter shows its return value, as a raw case does. */
static enum model_stop run_classic(struct bpf_machine *m, model_step_fn *step, void *ctx)
{
	struct model_state *st = m->st;
	int flow;

	need_windows(st);
	flow = fill_windows(m);
	st->early_exit = true;
	st->clobbered = (1 << CASE_REGS) - 1;
	st->steps = 0;
	memset(st->r, 0, sizeof(st->r));
	memset(st->region, 0, sizeof(st->region));
	if (flow)
		return flow;
	return classic_run(&m->c->progs[0], st->win[REGION_CTX], m->c->vecs->win_size[REGION_CTX],
			   st, m->why, step, ctx);
}

/*
 * What differs between runs of a program that uses up its budget, asks for the time, runs beside
 * another one, or calls a function to which programs come and go. A bit of the time that a result
 * depends on is the same in all of them once in 2^12.
 */
#define OPEN_RUNS  12
#define CLOCK_BITS 0x00ffffffffffffff /* that a machine of two years' uptime may have set */

static struct luck luck_of(u32 run)
{
	return run % 2 ? (struct luck){ ROUNDS_FEW, rand_mix(run) & CLOCK_BITS, true, true }
		       : (struct luck){ ROUNDS_MANY, run ? rand_mix(run) & CLOCK_BITS : 1000, false,
					false };
}

static enum model_stop run(const struct bpf_case *c, u32 vec, enum byte_order order, int word_bits,
			   const struct luck *luck, struct model_state *st, char *why,
			   model_step_fn *step, model_view_fn *view, void *ctx)
{
	struct bpf_machine m; /* frames are big and set up when entered: no initialiser */
	int flow;

	m.c = c;
	m.vec = vec;
	m.order = order;
	m.word_bits = word_bits;
	m.st = st;
	m.why = why;
	m.step = step;
	m.view = view;
	m.step_ctx = ctx;
	m.max_steps = st->max_steps ? st->max_steps : MODEL_MAX_STEPS;
	m.pc = m.at = m.steps = m.depth = m.serials = m.tail_calls = 0;
	m.luck = *luck;
	m.open = false;
	m.early_exit = false;
	memset(m.iters, 0, sizeof(m.iters));
	m.trace = NULL;
	m.frames[0].traced = m.frames[0].own_stack = false;
	m.maps = NULL;
	m.mem.used = m.ctx.used = false;
	st->clobbered = 0;
	st->retval = 0;
	st->early_exit = false;
	st->unguarded = NULL;
	st->met = 0;
	st->miswired = false;

	if (c->type == CASE_TYPE_CLASSIC)
		return run_classic(&m, step, ctx);
	flow = start(&m);
	if (!flow && !luck->beside_last)
		flow = machine_beside(&m);
	if (!flow)
		flow = trace_enter(&m);
	if (!flow)
		flow = machine_run(&m);
	if (flow == FLOW_END && luck->beside_last)
		flow = machine_beside(&m) ?: FLOW_END;
	if (flow == FLOW_END) {
		flow = trace_leave(&m, m.early_exit ? m.r[0] : SCALAR(0));
		/* A whole program shows its return value and memory, but no registers. */
		if (!flow && m.early_exit) {
			u64 r0;

			st->early_exit = true;
			flow = machine_read_scalar(&m, 0, &r0);
			if (!flow)
				st->retval = (u32)r0;
			for (int k = 0; k < CASE_REGS; k++)
				m.r[k] = UNREADABLE;
		}
		if (!flow)
			flow = finish(&m);
	}
	st->steps = m.steps;
	st->open = m.open;
	maps_free(&m);
	return flow;
}

/* What depends on the budget, on the time or on the other CPU differs between the runs. */
static enum model_stop run_again(const struct bpf_case *c, u32 vec, enum byte_order order,
				 int word_bits, u32 nr, const struct model_state *first, char *why)
{
	struct luck luck = luck_of(nr);
	struct model_state st = { .max_steps = first->max_steps,
				  .quirks = first->quirks,
				  .standard = first->standard };
	enum model_stop stop = run(c, vec, order, word_bits, &luck, &st, why, NULL, NULL, NULL);

	if (!stop && !model_state_equal(c, first, &st)) {
		stop = MODEL_UNDEFINED;
		if (why)
			snprintf(why, MODEL_WHY,
				 "the time, the budget of may_goto or what the other CPU does "
				 "shows");
	}
	model_state_free(&st);
	return stop;
}

enum model_stop model_run(const struct bpf_case *c, u32 vec, enum byte_order order, int word_bits,
			  struct model_state *st, char *why)
{
	struct luck luck = luck_of(0);
	enum model_stop stop = run(c, vec, order, word_bits, &luck, st, why, NULL, NULL, NULL);
	u32 runs = st->open ? OPEN_RUNS : attach_changes(c) ? 2 : 1;

	for (u32 i = 1; i < runs && !stop; i++)
		stop = run_again(c, vec, order, word_bits, i, st, why);
	return stop;
}

enum model_stop model_run_watched(const struct bpf_case *c, u32 vec, enum byte_order order,
				  int word_bits, struct model_state *st, char *why,
				  model_step_fn *step, void *ctx)
{
	struct luck luck = luck_of(0);

	return run(c, vec, order, word_bits, &luck, st, why, step, NULL, ctx);
}

enum model_stop model_run_viewed(const struct bpf_case *c, u32 vec, enum byte_order order,
				 int word_bits, struct model_state *st, char *why,
				 model_view_fn *view, void *ctx)
{
	struct luck luck = luck_of(0);

	return run(c, vec, order, word_bits, &luck, st, why, NULL, view, ctx);
}

void model_state_free(struct model_state *st)
{
	free(st->win[REGION_MEM]);
	memset(st, 0, sizeof(*st));
}

bool model_state_equal(const struct bpf_case *c, const struct model_state *a,
		       const struct model_state *b)
{
	for (int r = REGION_MEM; r < NR_REGIONS; r++)
		if (memcmp(a->win[r], b->win[r], c->vecs->win_size[r]))
			return false;
	return !memcmp(a->r, b->r, sizeof(a->r)) &&
	       !memcmp(a->region, b->region, sizeof(a->region)) && a->clobbered == b->clobbered &&
	       a->retval == b->retval && a->early_exit == b->early_exit;
}
