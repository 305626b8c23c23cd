// SPDX-License-Identifier: GPL-2.0
/* The oracle `soundness`: a value outside of what the verifier takes a register to be. */
#include <stdlib.h>
#include <string.h>
#include "bpf/asm.h"
#include "fuzz/oracle.h"
#include "lib/util.h"
#include "verifier/soundness.h"

#define SOUND_SHARE 10 /* loads with a log at level 2 get one part in this many of the time */

static enum judged keep_unsound(struct trial_of *o, const struct soundness_report *rep)
{
	struct bucket b = { .oracle = FUZZ_SOUNDNESS, .engines = "verifier" };
	const struct code *code = &o->result->p.c->progs[0];
	char insn[128] = "?", *text;
	enum judged what;

	if (rep->slot < code->cnt) {
		bucket_insn(&b, &code->insns[rep->slot], 0);
		insn_print(insn, sizeof(insn), &code->insns[rep->slot]);
	} else {
		snprintf(b.what, sizeof(b.what), "unknown");
	}
	bucket_words(b.class, rep->broken);
	b.class[strcspn(b.class, "0123456789")] = 0;
	if (!*b.class)
		snprintf(b.class, sizeof(b.class), "any");
	text = xasprintf("%s: after `%s` the verifier has %s, but %s does not hold: it is 0x%llx",
			 oracle_where(o->j), insn, rep->stated, rep->broken,
			 (unsigned long long)rep->value);
	what = oracle_keep(o, &b, o->result->p.c, text, NULL);
	free(text);
	return what;
}

/* Load it once more with the full log. Not every program: logging is what takes the time. */
enum judged oracle_soundness(struct trial_of *o)
{
	struct fuzz_target *t = o->j->t;
	struct trial_ask ask = { .engine = o->result->e[0].engine,
				 .c = o->result->p.c,
				 .nr_vecs = 1,
				 .flags = WIRE_LOG2 };
	enum judged what = JUDGED_FINE;
	struct soundness_report rep;
	u64 start = clock_us();
	struct trial trial;

	if (o->j->sound_us > (start - o->j->start_us) / SOUND_SHARE)
		return JUDGED_FINE;
	if (session_try(&t->session, &ask, &trial))
		return JUDGED_STOP;
	if (trial.log && !trial.err) {
		const struct soundness_where at = {
			.place = trial.place,
			.order = t->session.first.order,
			.word_bits = t->session.first.word_bits,
			.accepted = true,
		};

		if (fuzz_soundness(&at, o->result->p.c, 0, o->result->p.nr_vecs, trial.log,
				   strlen(trial.log), &rep) > 0)
			what = keep_unsound(o, &rep);
		o->j->sound++;
	}
	trial_free(&trial);
	o->j->sound_us += clock_us() - start;
	return what;
}
