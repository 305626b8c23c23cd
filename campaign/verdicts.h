/* SPDX-License-Identifier: GPL-2.0 */
/* Turns verdicts into records. */
#ifndef CHECKJIT_VERDICTS_H
#define CHECKJIT_VERDICTS_H

#include "campaign/campaign.h"
#include "session/trial.h"

/* Does @entry have a verdict on @e, possibly from the interrupted run that is resumed? */
bool has_verdict(struct campaign *c, const struct engine *e, const struct plan_entry *entry);

/* Give @entry the verdict of @t. */
void verdict_trial(struct campaign *c, const struct engine *e, struct plan_entry *entry,
		   const struct trial *t);

/* Give a verdict without a guest. @reason may be NULL. */
void verdict_simple(struct campaign *c, const struct engine *e, struct plan_entry *entry,
		    enum verdict v, const char *reason);

/* Record that @entry killed the guest, according to @t. */
void verdict_died(struct campaign *c, const struct engine *e, struct plan_entry *entry,
		  const struct trial *t);

/*
 * The two halves of a verdict, for recheck.h. verdict_count() returns true if it counted and freed
 * @rec. verdict_record() writes and frees @rec.
 */
bool verdict_count(struct campaign *c, const struct engine *e, struct plan_entry *entry,
		   struct record *rec);
void verdict_record(struct campaign *c, const struct engine *e, const struct plan_entry *entry,
		    struct record *rec);

/* Count a finding: the run may end with it. */
void verdict_found(struct campaign *c);

/* Write a record that belongs to no case of the plan: session/… or a count. Frees @rec. */
void record_add(struct campaign *c, struct record *rec);

/* Returns why @entry must not run on @e any more, or NULL. */
const char *quarantined(const struct campaign *c, const struct engine *e,
			const struct plan_entry *entry);

/* Returns the first row by id of results/known that covers @entry on @e, or NULL. */
const struct known_row *known_row_of(const struct campaign *c, const struct engine *e,
				     const struct plan_entry *entry);
/* Does results/known say that @entry kills or hangs the guest on @e? */
bool known_killer(const struct campaign *c, const struct engine *e, const struct plan_entry *entry);
/* Does it say that @entry hangs the guest on @e without a word? */
bool known_hanger(const struct campaign *c, const struct engine *e, const struct plan_entry *entry);

#endif
