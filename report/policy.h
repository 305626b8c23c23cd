/* SPDX-License-Identifier: GPL-2.0 */
/* What verdicts mean for a run: results/known and REQUIRE_JIT. */
#ifndef CHECKJIT_POLICY_H
#define CHECKJIT_POLICY_H

#include "session/known.h"
#include "report/record.h"

/*
 * Judge the verdict of @r by @info->require_jit and @known (may be NULL): sets @r->verdict, raw and
 * known, and counts the row of @known that matches.
 */
void policy_apply(const struct known *known, const struct run_info *info, struct record *r);

/*
 * Rows of @known for this kernel that matched nothing, as text; none unless @info->full. Returns
 * their number; the caller frees the strings and the array *@out.
 */
u32 policy_unused(const struct known *known, const struct run_info *info, char ***out);

#endif
