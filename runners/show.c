// SPDX-License-Identifier: GPL-2.0
/* `make repro`: everything about one case, engine by engine, on stdout. */
#include <stdlib.h>
#include <string.h>
#include "lib/util.h"
#include "runners/show.h"

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

static void show_inputs(const struct bpf_case *c, u32 vec, enum byte_order order)
{
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
			print_bytes(windows[i].name, first, vec_window(c->vecs, vec, windows[i].region, order), size, NULL);
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

static void show_translated(const struct trial *t)
{
	char text[256];

	printf("as translated by the verifier, %u slots:\n", t->nr_xlated);
	for (u32 i = 0; i < t->nr_xlated; i++) {
		const struct insn *insn = &t->xlated[i];

		/* the kernel leaves its own numbers in calls of subprograms, which no assembler would take */
		if (insn->code == (BPF_JMP | BPF_CALL) && insn->src == BPF_PSEUDO_CALL)
			snprintf(text, sizeof(text), "call of a subprogram");
		else
			insn_print(text, sizeof(text), insn);
		printf("  %4u: %s\n", i, text);
		i += insn_is_wide(insn);
	}
}

static void show_trial(const struct trial *t, const struct trial_ask *ask, enum byte_order order)
{
	printf("  %s%s%s\n", verdicts[t->verdict].name, t->reason ? ": " : "", t->reason ? t->reason : "");
	if (t->console)
		printf("  the guest's last words:\n%s\n", t->console);
	if (!t->nr_xlated) {
		if (t->log)
			printf("%s\n", t->log);
		return;
	}
	printf("  %u bytes of native code, %u bytes translated, load %u us, run %u us\n", t->jited_len, t->xlated_len, t->load_us,
	       t->run_us);
	if (t->diff.failed) {
		printf("  %u of %u vectors differ from the model; the first is vector %u:\n", t->diff.failed, ask->nr_vecs, t->diff.vec);
		show_inputs(ask->c, t->diff.vec, order);
		printf("observed:\n");
		show_state(&t->diff, ask->c, order);
	}
	show_translated(t);
}

static void show_expected(const struct bpf_case *c, u32 vec, const struct guest *g)
{
	struct model_state st = {};
	char why[256] = "";

	if (c->outcome == OUTCOME_REJECT) {
		printf("expected: refused, errno %d, log \"%s\"\n", c->err, c->log ? c->log : "");
		return;
	}
	show_inputs(c, vec, g->order);
	if (model_run(c, vec, g->order, g->word_bits, &st, why) == MODEL_OK) {
		printf("expected (model), vector %u:\n", vec);
		for (int k = 0; k < CASE_REGS; k++)
			if (!(st.clobbered & (1 << k)))
				printf("  r%d  %016llx%s\n", k, (unsigned long long)st.r[k], st.region[k] ? " (distance)" : "");
	} else {
		printf("model: %s\n", why);
	}
	model_state_free(&st);
}

int show_case(struct lab *lab, const struct engine *const *engines, u32 nengines, struct bpf_case *c, long vec)
{
	struct trial_ask ask = {
		.c = c,
		.first_vec = vec < 0 ? 0 : vec,
		.nr_vecs = vec < 0 ? c->vecs->nvecs : 1,
		.flags = WIRE_XLATED | WIRE_LOG,
	};
	bool wrong = false;

	printf("== %s (%s:%u)\n", c->id, c->file, c->line);
	bpf_case_print(stdout, c, vec);
	show_expected(c, ask.first_vec, &lab->r.guest);
	for (u32 i = 0; i < nengines; i++) {
		struct trial t;

		printf("-- %s, %s %s\n", engines[i]->name, lab->conf.guest.arch, lab->r.guest.release);
		ask.engine = engines[i];
		if (lab_try(lab, &ask, &t))
			return EXIT_INFRA;
		show_trial(&t, &ask, lab->r.guest.order);
		fflush(stdout);
		wrong |= verdicts[t.verdict].exit == EXIT_FINDINGS;
		trial_free(&t);
	}
	return wrong ? EXIT_FINDINGS : EXIT_OK;
}
