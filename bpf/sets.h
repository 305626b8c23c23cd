/* SPDX-License-Identifier: GPL-2.0 */
/* The named value sets of the case language, also for gen/. Every value has a reason, given in
 * bpf/sets.c. */
#ifndef CHECKJIT_SETS_H
#define CHECKJIT_SETS_H

#include "lib/types.h"

/* How a member is written where a sweep puts it into text. */
enum set_form {
	SET_REG,	/* text 3, in the id r3 */
	SET_DEC,	/* signed decimal */
	SET_HEX,	/* 0x, as u64 */
};

struct value_set {
	const char *name;
	const char *doc;
	u8 arity;	/* values a member has: 1, or 2 for pairs */
	u8 form;	/* enum set_form */
	u32 cnt;	/* members */
	const u64 *vals;	/* cnt x arity */
};

#define SET_TEXT_MAX 24

/* The set called @name, or NULL. The index form walks all of them and ends with NULL. */
const struct value_set *set_find(const char *name);
const struct value_set *set_at(size_t i);

/* Text of value @v of a set of form @form: for the assembly, and for the id. */
void set_value_text(char buf[SET_TEXT_MAX], u8 form, u64 v);
void set_id_text(char buf[SET_TEXT_MAX], u8 form, u64 v);

#endif
