/* SPDX-License-Identifier: GPL-2.0 */
/* Records and headers as JSON; internal to the writer and the reader of results. */
#ifndef CHECKJIT_REPORT_JSON_H
#define CHECKJIT_REPORT_JSON_H

#include <jansson.h>
#include "report/record.h"

#define WHY_MAX 256 /* size of the buffer @why */

/* @whole: with what the header of its run and its id say, too. */
json_t *record_to_json(const struct record *r, const struct run_info *info, bool whole);
/* @info supplies what the record leaves out. Returns 0, or -EINVAL with the reason in @why. */
int record_from_json(json_t *j, const struct run_info *info, struct record *r, char *why);

/* A line that says which cases of an operation are counted. */
json_t *operation_to_json(const struct operation *op);
int operation_from_json(json_t *j, struct operations *to, char *why);

json_t *info_to_json(const struct run_info *info);
int info_from_json(json_t *j, struct run_info *info, char *why);

json_t *totals_to_json(const struct run_totals *t, u32 records, char **unused, u32 nunused);
/*
 * Check the numbers against @counted, and return the unused rows. run_load() counts the rest
 * itself.
 */
int totals_from_json(json_t *j, const struct run_totals *counted, u32 records, char ***unused,
		     u32 *nunused, char *why);

/* Add one record to the counts. */
void totals_add(struct run_totals *t, const struct record *r);

#endif
