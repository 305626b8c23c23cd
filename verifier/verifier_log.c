// SPDX-License-Identifier: GPL-2.0
/* Lines of the verifier's log, and which later branch belongs to which jump. */
#include <string.h>
#include "bpf/insn.h"
#include "verifier/verifier_log_int.h"
#include "lib/util.h"

#define REGS 10 /* r0-r9 */

bool vlog_is_cond(u8 code)
{
	return insn_is_cond_jump(&(struct insn){ .code = code });
}

bool vlog_is_fork(u8 code)
{
	u8 class = BPF_CLASS(code), op = BPF_OP(code);

	return (class == BPF_ALU || class == BPF_ALU64) && (op == BPF_OR || op == BPF_AND);
}

/* ---- lines ---- */

static struct vlog_event *add_event(struct vlog *log, enum vlog_kind kind, u32 insn)
{
	ARRAY_GROW(log->events, log->nevents, log->events_cap);
	log->events[log->nevents] =
		(struct vlog_event){ .kind = kind, .insn = insn, .first = log->nstates };
	return &log->events[log->nevents++];
}

static void add_state(struct vlog *log, struct scan s, bool whole)
{
	if (!log->nevents)
		add_event(log, VLOG_START, 0);
	if (!vlog_parse_state(log, s, whole))
		log->malformed++;
	log->events[log->nevents - 1].cnt = log->nstates - log->events[log->nevents - 1].first;
}

static bool scan_index(struct scan *s, u32 *out)
{
	struct scan t = *s;
	u64 n;

	if (!vlog_number(&t, &n) || n > 1u << 20)
		return false;
	*out = n;
	*s = t;
	return true;
}

static bool hex_byte(struct scan *s, u8 *out)
{
	u32 v = 0;

	for (int i = 0; i < 2; i++) {
		char c = s->p < s->end ? *s->p++ : 0;

		if (c >= '0' && c <= '9')
			v = v * 16 + (u32)(c - '0');
		else if (c >= 'a' && c <= 'f')
			v = v * 16 + (u32)(c - 'a' + 10);
		else
			return false;
	}
	*out = v;
	return true;
}

static bool is_state(struct scan s)
{
	while (scan_char(&s, ' '))
		;
	return s.p == s.end || *s.p == 'R' || vlog_word(&s, "fp-") || vlog_word(&s, "frame");
}

/* "from 4 to 9: R0=…", "from 4 to 9: safe" */
static void line_from(struct vlog *log, struct scan s)
{
	struct vlog_event *e;
	u32 from, to;
	bool speculative;

	if (!log->nevents || !scan_index(&s, &from) || !vlog_word(&s, " to ") ||
	    !scan_index(&s, &to))
		return;
	speculative = vlog_word(&s, " (speculative execution)");
	if (!scan_char(&s, ':'))
		return;
	e = add_event(log, VLOG_FROM, to);
	e->from = from;
	e->speculative = speculative;
	e->pruned = vlog_word(&s, " safe");
	if (!e->pruned)
		add_state(log, s, true);
}

/* The register of "r7 &= -16" or "w7 &= -16". */
static u8 insn_dst(struct scan s)
{
	u64 n;

	if (!scan_char(&s, 'r') && !scan_char(&s, 'w'))
		return REGS;
	return vlog_number(&s, &n) && n < REGS ? n : REGS;
}

/* "7: (bf) r1 = r2   ; R1=…", "7: R1=…", "7: safe" */
static void line_insn(struct vlog *log, struct scan s)
{
	struct vlog_event *e;
	const char *semi;
	u32 insn;
	u8 code;

	if (!scan_index(&s, &insn) || !scan_char(&s, ':'))
		return;
	if (is_state(s)) {
		add_state(log, s, false);
		return;
	}
	/* listings of the program, from other passes of the verifier, precede the first state */
	if (!log->nevents || !scan_char(&s, ' '))
		return;
	if (vlog_word(&s, "safe")) {
		add_event(log, VLOG_SAFE, insn);
		return;
	}
	if (!scan_char(&s, '(') || !hex_byte(&s, &code) || !vlog_word(&s, ") "))
		return;
	e = add_event(log, VLOG_VISIT, insn);
	e->code = code;
	if (vlog_is_fork(code))
		e->dst = insn_dst(s);
	semi = memchr(s.p, ';', (size_t)(s.end - s.p));
	if (semi && is_state((struct scan){ semi + 1, s.end }))
		add_state(log, (struct scan){ semi + 1, s.end }, false);
}

/* The prefix of a line with a whole state. */
static bool is_header(struct scan s)
{
	return vlog_word(&s, "caller:") || vlog_word(&s, "callee:") ||
	       vlog_word(&s, "returning from callee:") || vlog_word(&s, "to caller at ");
}

/* Returns false at the end of the part about main and its callees. */
static bool take_line(struct vlog *log, struct scan s, bool headed)
{
	struct scan t = s;

	if (headed && is_state(s))
		add_state(log, s, true);
	else if (vlog_word(&t, "from "))
		line_from(log, t);
	else if (s.p < s.end && *s.p >= '0' && *s.p <= '9')
		line_insn(log, s);
	else if (vlog_word(&t, "processed "))
		log->complete = true;
	else if (vlog_word(&t, "Validating "))
		return false;
	return true;
}

/* ---- branches ---- */

/*
 * A visit that may have queued a branch, and for each register of its frame the last statement:
 * item + 1.
 */
struct open {
	u32 event;
	u32 regs[REGS];
};

struct link {
	struct vlog *log;
	struct open *open;
	u32 nopen, cap;
	u32 frame;
	u32 regs[256][REGS];
};

static u64 top(enum vlog_bound b, u64 v)
{
	switch (b) {
	case VLOG_SMIN:
	case VLOG_SMAX:
		return v ^ 1ull << 63;
	case VLOG_SMIN32:
	case VLOG_SMAX32:
		return v ^ 1u << 31;
	default:
		return v;
	}
}

/*
 * Can both be true? A stricter test is impossible: kernels that keep a range as one arc of the
 * number circle have one arc for the rest of two, and so may know less about a bound after a jump
 * than before.
 */
static bool is_compatible(const struct vlog_value *now, const struct vlog_value *was)
{
	for (u32 min = 0; min < VLOG_BOUNDS; min += 2) {
		u32 max = min + 1;

		if (top(max, now->bound[max]) < top(min, was->bound[min]) ||
		    top(max, was->bound[max]) < top(min, now->bound[min]))
			return false;
	}
	return !((now->value ^ was->value) & ~now->mask & ~was->mask) && (was->mask || !now->mask);
}

/*
 * A branch keeps what was true before its jump. (A jump with a known outcome queues no branch,
 * which the log does not tell. Without this check, an earlier visit's branch could be taken for
 * this jump's. If one still is, the comparison ends there and nothing is claimed.)
 */
static bool is_branch_of(const struct link *l, const struct open *o, const struct vlog_event *from)
{
	const struct vlog *log = l->log;
	const struct vlog_event *visit = &log->events[o->event];

	if (visit->insn != from->from)
		return false;
	if (visit->code == BPF_JMP_MAY_GOTO || visit->code == BPF_JMP_CALL || !from->cnt)
		return true;
	for (u32 i = 0; i < log->states[from->first].cnt; i++) {
		const struct vlog_item *item = &log->items[log->states[from->first].first + i];
		const struct vlog_item *was;

		if (item->off || item->reg >= REGS || !o->regs[item->reg])
			continue;
		was = &log->items[o->regs[item->reg] - 1];
		if (was->value.type == VLOG_SCALAR && item->value.type == VLOG_SCALAR &&
		    !is_compatible(&item->value, &was->value))
			return false;
	}
	return true;
}

/*
 * Branches are taken up last in, first out: anything queued after the right visit has been taken
 * up, or never was queued.
 */
static void link_from(struct link *l, u32 event)
{
	const struct vlog_event *from = &l->log->events[event];

	for (u32 i = l->nopen; i--;) {
		if (!is_branch_of(l, &l->open[i], from))
			continue;
		l->log->events[l->open[i].event].other = event;
		l->nopen = i;
		return;
	}
}

static bool is_range(const struct vlog_value *v, enum vlog_bound min, u64 minus1)
{
	return v->bound[min] == minus1 && !v->bound[min + 1];
}

/*
 * Does an insn that may fork do it? Its register must be stated as -1 or 0, in 64 bits or in 32. (A
 * function or a loop comes to the same insn with other ranges, too.)
 */
static bool forks(const struct link *l, const struct vlog_event *visit)
{
	u32 item = visit->dst < REGS ? l->regs[l->frame][visit->dst] : 0;
	const struct vlog_value *v = item ? &l->log->items[item - 1].value : NULL;

	return !v || (v->type == VLOG_SCALAR &&
		      (is_range(v, VLOG_SMIN, UINT64_MAX) || is_range(v, VLOG_SMIN32, UINT32_MAX)));
}

static void link_visit(struct link *l, u32 event)
{
	u8 code = l->log->events[event].code;

	/* besides jumps: may_goto, calls of callbacks, and forks of the verifier */
	if (code != BPF_JMP_EXIT && (!vlog_is_fork(code) || forks(l, &l->log->events[event]))) {
		ARRAY_GROW(l->open, l->nopen, l->cap);
		l->open[l->nopen].event = event;
		memcpy(l->open[l->nopen].regs, l->regs[l->frame], sizeof(l->regs[0]));
		l->nopen++;
	}
	if (code == BPF_JMP_CALL)
		memset(l->regs[l->frame], 0, 6 * sizeof(l->regs[0][0]));
}

static void link_states(struct link *l, const struct vlog_event *e)
{
	for (u32 i = 0; i < e->cnt; i++) {
		const struct vlog_state *state = &l->log->states[e->first + i];

		l->frame = state->frame;
		if (state->whole)
			memset(l->regs[l->frame], 0, sizeof(l->regs[0]));
		for (u32 k = state->first; k < state->first + state->cnt; k++) {
			const struct vlog_item *item = &l->log->items[k];

			if (!item->off && item->reg < REGS)
				l->regs[l->frame][item->reg] = k + 1;
		}
	}
}

static void link_branches(struct vlog *log)
{
	struct link *l = xcalloc(1, sizeof(*l));

	l->log = log;
	for (u32 i = 0; i < log->nevents; i++) {
		if (log->events[i].kind == VLOG_FROM)
			link_from(l, i);
		else if (log->events[i].kind == VLOG_VISIT)
			link_visit(l, i);
		link_states(l, &log->events[i]);
	}
	free(l->open);
	free(l);
}

void vlog_parse(struct vlog *log, const char *text, size_t len)
{
	const char *end = text + (len < UINT32_MAX ? len : UINT32_MAX);
	bool headed = false;

	memset(log, 0, sizeof(*log));
	log->text = text;
	for (const char *p = text; p < end;) {
		const char *nl = memchr(p, '\n', (size_t)(end - p));
		struct scan line = { p, nl ? nl : end };

		/* the last line may be cut off in the middle of a number */
		if (!nl || !take_line(log, line, headed))
			break;
		headed = is_header(line);
		p = nl + 1;
	}
	link_branches(log);
}

void vlog_free(struct vlog *log)
{
	free(log->events);
	free(log->states);
	free(log->items);
	memset(log, 0, sizeof(*log));
}
