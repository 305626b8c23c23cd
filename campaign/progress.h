/* SPDX-License-Identifier: GPL-2.0 */
/* What a run says while it lasts: a line that changes on a terminal, else a line a minute. */
#ifndef CHECKJIT_PROGRESS_H
#define CHECKJIT_PROGRESS_H

#include "campaign/campaign.h"

/* The guest boots. */
void progress_boot(struct campaign *c);
/* The run is at @where: an engine, or a family of the sweep. */
void progress_show(struct campaign *c, const char *where);
/* The run is over: one line, with all that @cost has. */
void progress_end(const struct campaign *c, double seconds);

/*
 * Write into @to how far a run is, by verdicts: "jit: 1200/5000, 3:20 left, 2 findings, 48000
 * checks, 7012/s". What matters most comes first, because a terminal may cut it. @seconds is the
 * time for which it runs; @before verdicts were there when it began. @work is what its verdicts
 * took, and @work_left what those to come will take (verdict_work()).
 */
struct progress_facts {
	const char *where;
	u64 before, cases, planned, checks, work, work_left;
	u32 findings;
	double seconds;
};
void progress_text(char *to, size_t size, const struct progress_facts *p);

#endif
