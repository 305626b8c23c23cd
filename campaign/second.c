// SPDX-License-Identifier: GPL-2.0
/* What fails on one CPU model of QEMU and passes on another is a suspect of emulation, or of the JIT's choice by CPU feature. */
#include <stdlib.h>
#include <string.h>
#include "lib/util.h"
#include "explain/diff.h"
#include "campaign/runner.h"

static void add_note(struct record *rec, char *more)
{
	char *all = rec->note ? xasprintf("%s; %s", rec->note, more) : xstrdup(more);

	free(rec->note);
	free(more);
	rec->note = all;
}

void verdict_doubt(struct runner *r, const struct engine *e, struct member *m, struct record *rec)
{
	if (verdict_counted(r, e, m, rec))
		return;
	if (!r->conf->cpu2 || r->ndoubts == MAX_DOUBTS) {
		verdict_record(r, e, m, rec);
		return;
	}
	r->doubts[r->ndoubts++] = (struct doubt){ .rec = *rec, .engine = e, .m = m };
}

/* False where it is of no use to ask on. */
static bool ask(struct runner *r, struct doubt *d)
{
	const char *cpu = r->guest_conf.cpu;
	struct diff diff = {};
	char *console;
	enum attempt how = run_dumped(r, d->engine, d->m, FRAME_WIDE, &diff, &console);

	if (how != ATTEMPT_ANSWERED)
		add_note(&d->rec, xasprintf("could not be run on -cpu %s", cpu));
	else if (diff.failed)
		add_note(&d->rec, xasprintf("fails on -cpu %s too", cpu));
	else
		add_note(&d->rec, xasprintf("passes on -cpu %s: a suspect of emulation, or of what the JIT does by CPU feature", cpu));
	free(console);
	diff_free(&diff);
	return how != ATTEMPT_STOPPED && how != ATTEMPT_NO_GUEST;
}

void settle_doubts(struct runner *r, bool ask_cpu2)
{
	if (r->ndoubts && ask_cpu2) {
		if (r->up)
			guest_bye(&r->guest);
		r->up = false;
		r->guest_conf.cpu = r->conf->cpu2;
		for (u32 i = 0; i < r->ndoubts && ask(r, &r->doubts[i]); i++)
			;
	}
	for (u32 i = 0; i < r->ndoubts; i++)
		verdict_record(r, r->doubts[i].engine, r->doubts[i].m, &r->doubts[i].rec);
	r->ndoubts = 0;
}
