// SPDX-License-Identifier: GPL-2.0
/* `make repro`: everything about one case, engine by engine, on stdout. */
#include <stdlib.h>
#include <string.h>
#include "lib/util.h"
#include "runners/diff.h"
#include "runners/runner.h"

static void print_bytes(const char *name, long first, const u8 *p, u32 len, const u8 *want)
{
	for (u32 i = 0; i < len; i += 16) {
		u32 n = len - i < 16 ? len - i : 16;

		printf("  %s%+-5ld", name, first + (long)i);
		for (u32 k = i; k < i + n; k++)
			printf(" %02x", p[k]);
		printf("%s\n", want && memcmp(p + i, want + i, n) ? "   <<< differs" : "");
	}
}

static void show_inputs(const struct runner *r, const struct member *m, u32 vec)
{
	const struct bpf_case *c = m->c;
	static const struct {
		enum region region;
		const char *name;
	} windows[] = { { REGION_MEM, "mem" }, { REGION_STACK, "stack" }, { REGION_CTX, "ctx" } };

	printf("input of vector %u:\n", vec);
	for (int k = 0; k < CASE_REGS; k++) {
		if (c->regs[k].region)
			printf("  r%d  pointer into %s, %+d\n", k, windows[c->regs[k].region - 1].name, c->regs[k].off);
		else
			printf("  r%d  %016llx\n", k, (unsigned long long)case_reg_in(c, vec, k));
	}
	for (size_t i = 0; i < ARRAY_SIZE(windows); i++) {
		u32 size = c->vecs->win_size[windows[i].region];
		long first = windows[i].region == REGION_STACK ? -(long)size : -(long)guard_before(windows[i].region);

		if (size)
			print_bytes(windows[i].name, first, vec_window(c->vecs, vec, windows[i].region, r->guest.order), size, NULL);
	}
}

static void show_state(const struct diff *d, const struct bpf_case *c, enum byte_order order)
{
	const struct frame_block *b = &d->block;
	const u32 *size = c->vecs->win_size;
	u32 win = b->win - b->start, out = b->out - b->start + 8 * CASE_REGS;

	for (int k = 0; k < CASE_REGS; k++) {
		u64 want = spilled_reg(b, d->kind, d->want_slot, k, order), got = spilled_reg(b, d->kind, d->slot, k, order);

		if (!(b->out_regs & (1 << k)))
			continue;
		printf("  r%d  %016llx", k, (unsigned long long)got);
		if (want != got)
			printf("   <<< expected %016llx", (unsigned long long)want);
		printf("\n");
	}
	printf("  retval %08x%s\n", d->retval, d->retval != d->want_retval ? "   <<< differs" : "");
	if (size[REGION_MEM])
		print_bytes("mem", -CASE_GUARD, d->slot + win, size[REGION_MEM], d->want_slot + win);
	if (size[REGION_STACK])
		print_bytes("stack", -(long)size[REGION_STACK], d->slot + out, size[REGION_STACK], d->want_slot + out);
	if (d->ctx)
		print_bytes("ctx", -(long)guard_before(REGION_CTX), d->ctx, size[REGION_CTX], d->want_ctx);
}

static void show_translated(const struct reply *reply, enum byte_order order)
{
	u32 cnt = reply->xlated_dump / INSN_SIZE;
	struct insn *insns = xcalloc(cnt + 1, sizeof(*insns));
	char text[256];

	for (u32 i = 0; i < cnt; i++)
		insn_decode(&insns[i], reply->xlated + i * INSN_SIZE, order);
	printf("as translated by the verifier, %u slots:\n", cnt);
	for (u32 i = 0; i < cnt; i++) {
		/* the kernel leaves its own numbers in calls of subprograms, which no assembler would take */
		if (insns[i].code == (BPF_JMP | BPF_CALL) && insns[i].src == BPF_PSEUDO_CALL)
			snprintf(text, sizeof(text), "call of a subprogram");
		else
			insn_print(text, sizeof(text), &insns[i]);
		printf("  %4u: %s\n", i, text);
		i += insn_is_wide(&insns[i]);
	}
	free(insns);
}

static void show_answer(struct runner *r, struct job *job, struct member *m, const struct reply *reply)
{
	struct diff d = {};

	if (reply->stage != WIRE_STAGE_OK) {
		printf("  %s failed: errno %u\n%.*s\n", stage_name(reply->stage), reply->err, (int)reply->log_len, reply->log);
		return;
	}
	printf("  %u bytes of native code, %u bytes translated, load %u us, run %u us\n", reply->jited_len, reply->xlated_len,
	       reply->load_us, reply->run_us);
	diff_dump(job, reply, r->guest.order, r->guest.word_bits, &d);
	if (d.failed) {
		printf("  %u of %u vectors differ from the model; the first is vector %u:\n", d.failed, reply->nr_vecs, d.vec);
		show_inputs(r, m, d.vec);
		printf("observed:\n");
		show_state(&d, m->c, r->guest.order);
	} else {
		printf("  all %u vectors as the model says\n", reply->nr_vecs);
	}
	show_translated(reply, r->guest.order);
	diff_free(&d);
}

static void show_expected(const struct runner *r, const struct member *m)
{
	struct model_state st = {};
	char why[256] = "";

	if (m->c->outcome == OUTCOME_REJECT) {
		printf("expected: refused, errno %d, log \"%s\"\n", m->c->err, m->c->log ? m->c->log : "");
		return;
	}
	show_inputs(r, m, m->first_vec);
	if (model_run(m->c, m->first_vec, r->guest.order, r->guest.word_bits, &st, why) == MODEL_OK) {
		printf("expected (model), vector %u:\n", m->first_vec);
		for (int k = 0; k < CASE_REGS; k++)
			if (!(st.clobbered & (1 << k)))
				printf("  r%d  %016llx%s\n", k, (unsigned long long)st.r[k], st.region[k] ? " (distance)" : "");
	} else {
		printf("model: %s\n", why);
	}
	model_state_free(&st);
}

void show_member(struct runner *r, const struct engine *e, struct member *m)
{
	char *lacks = engine_lacks(e, &r->guest, m->c), *console = NULL;
	struct job *job = NULL;
	struct reply reply;

	if (e == r->conf->engines[0]) {
		printf("== %s (%s:%u)\n", m->c->id, m->c->file, m->c->line);
		bpf_case_print(stdout, m->c, m->nr_vecs == 1 ? (long)m->first_vec : -1);
		show_expected(r, m);
	}
	printf("-- %s, %s %s\n", e->name, r->conf->guest.arch, r->guest.release);
	if (lacks) {
		printf("  skipped: %s\n", lacks);
		free(lacks);
		return;
	}
	member_model(m, r->guest.order, r->guest.word_bits);
	if (!m->fault)
		job = job_new(r, e, &m, 1, FRAME_WIDE, WIRE_DUMP | WIRE_XLATED | WIRE_LOG);
	if (!job)
		printf("  not run: %s\n", m->fault ? m->fault : "the program is too large");
	else if (job_try(r, job, &reply, &console) == ATTEMPT_ANSWERED)
		show_answer(r, job, m, &reply);
	else
		printf("  the guest died or hung; its console:\n%s\n", console ? console : "");
	fflush(stdout);
	free(console);
	job_free(job);
}
