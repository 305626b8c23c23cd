/* SPDX-License-Identifier: GPL-2.0 */
/* Verdicts become records. */
#ifndef CHECKJIT_VERDICTS_H
#define CHECKJIT_VERDICTS_H

#include "campaign/campaign.h"
#include "session/trial.h"

/* Has @entry a verdict on @e, also from the interrupted run that this one goes on with? */
bool has_verdict(struct campaign *c, const struct engine *e, const struct plan_entry *entry);

/* @t is the verdict on @entry. */
void verdict_trial(struct campaign *c, const struct engine *e, struct plan_entry *entry,
		   const struct trial *t);

/* A verdict that needs no guest. @reason may be NULL. */
void verdict_simple(struct campaign *c, const struct engine *e, struct plan_entry *entry,
		    enum verdict v, const char *reason);

/* @entry killed the guest, which @t says. */
void verdict_died(struct campaign *c, const struct engine *e, struct plan_entry *entry,
		  const struct trial *t);

/*
 * The two halves of a verdict, for recheck.h. verdict_count(): @entry has its verdict; true: @rec
 * went into the counts and is freed. verdict_record(): write @rec, and free it.
 */
bool verdict_count(struct campaign *c, const struct engine *e, struct plan_entry *entry,
		   struct record *rec);
void verdict_record(struct campaign *c, const struct engine *e, const struct plan_entry *entry,
		    struct record *rec);

/* A record of no case of the plan: session/… or a count. Frees @rec. */
void record_add(struct campaign *c, struct record *rec);

/* Why @entry is not to be run on @e any more, or NULL. */
const char *quarantined(const struct campaign *c, const struct engine *e,
			const struct plan_entry *entry);

/* Does results/known say that @entry kills or hangs the guest on @e? */
bool known_killer(const struct campaign *c, const struct engine *e, const struct plan_entry *entry);

#endif
