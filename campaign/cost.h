/* SPDX-License-Identifier: GPL-2.0 */
/* Costs of the parts of a run: <arch>.stats, which `make bench` reads. */
#ifndef CHECKJIT_COST_H
#define CHECKJIT_COST_H

#include "campaign/campaign.h"

struct cost cost_now(const struct campaign *c);

/* Add what was spent since @since to the line @key=@name. @key is a literal. */
void cost_spent(struct campaign *c, const char *key, const char *name, const struct cost *since);

/*
 * Add what was spent since the last call to the part that @entry and @e belong to: the folder of a
 * written case on one engine. What is spent while several requests are in flight is that of the
 * request that is answered. Generated cases have no part.
 */
void cost_part(struct campaign *c, const struct engine *e, const struct plan_entry *entry);

/* Write all lines to @f, which may be NULL, in the order in which they began, and free them. */
void cost_lines_end(struct campaign *c, FILE *f);

/*
 * Write a line of key=value words. There is one for the written cases on each engine, one for each
 * family of the sweep, one for the sweep on each engine, one for each part, and one for the whole
 * run. @f may be NULL.
 */
void stats_line(FILE *f, const char *key, const char *value, const struct cost *c,
		const char *more);

#endif
