/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Verdicts of generated cases. There may be a million, nearly all of them PASS: what is well is counted by
 * group (gen/<family>/<operation>), engine, verdict and reason, and becomes one record, whose operands are a *, when the
 * family is through. What is not well has a record of its own, up to GROUP_FAILURES in a group on an engine; the rest of
 * a group that is broken throughout is counted too, and not isolated.
 */
#ifndef CHECKJIT_TALLY_H
#define CHECKJIT_TALLY_H

#include "campaign/runner.h"

#define GROUP_FAILURES	6

/* Take @rec over into the counts if it belongs there; false: it needs a record of its own. */
bool tally_add(struct runner *r, const struct engine *e, const struct member *m, struct record *rec);

/* Has the group of @m shown enough failures on @e? */
bool tally_enough(struct runner *r, const struct engine *e, const struct member *m);

/* Did the JIT leave something of @m's group to the interpreter on @e? Then its cases share programs with no others. */
bool tally_refused(struct runner *r, const struct engine *e, const struct member *m);

/* Was the whole group recorded by the interrupted run that this one goes on with? */
bool tally_resumed(struct runner *r, const struct engine *e, const struct member *m);

/* A family is through: write its records and forget them. @complete false: forget only. */
void tally_flush(struct runner *r, bool complete);

#endif
