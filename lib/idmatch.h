/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which cases a pattern selects: CASES=, ID=, REQUIRE_JIT=. A pattern is
 *
 * - an id or the leading components of one: "alu", "alu/sdiv64", "alu/sdiv64/r3_r4";
 * - an id and the number of one of its vectors: "alu/sdiv64/r3_r4.2";
 * - a glob as fnmatch(3) takes it, over the id or over its group, which is the id without its last
 *   component. '*' matches '/' too: "alu/s*", "*64", "gen/alu_?/add64_x".
 */
#ifndef CHECKJIT_IDMATCH_H
#define CHECKJIT_IDMATCH_H

#include "lib/types.h"

/*
 * Does @pattern select @id? @*vec is then the number of the vector that it names, or -1 where it
 * selects them all. Whether the case has so many vectors is for the caller to check.
 */
bool id_matches(const char *pattern, const char *id, long *vec);

/*
 * Does a pattern of @list select @id, or one of its vectors? Patterns are separated by blanks or
 * commas; "1" selects everything. NULL selects nothing.
 */
bool idlist_has(const char *list, const char *id);

/*
 * The first word of @list and its length @*len, or NULL. Words are separated by blanks or commas.
 */
const char *idlist_next(const char *list, size_t *len);

#endif
