/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The named values of the case language, which gen/ uses too. bpf/values.c has the reason for each.
 */
#ifndef CHECKJIT_VALUES_H
#define CHECKJIT_VALUES_H

#include "lib/types.h"

/* How a value is written where a sweep puts it into text. */
enum value_form {
	VALUE_REG, /* text 3, in the id r3 */
	VALUE_DEC, /* signed decimal */
	VALUE_HEX, /* 0x, as u64 */
};

struct values {
	const char *name;
	const char *doc;
	u8 arity;	 /* values per element: 1, or 2 for pairs */
	u8 form;	 /* enum value_form */
	u32 cnt;	 /* elements */
	const u64 *vals; /* cnt x arity */
};

#define VALUE_TEXT_MAX 24

/* The values called @name, or NULL. values_at() walks all of them and ends with NULL. */
const struct values *values_find(const char *name);
const struct values *values_at(size_t i);

/* Value @v as text in form @form: for the assembly, and for the id. */
void values_text(char buf[VALUE_TEXT_MAX], u8 form, u64 v);
void values_id_text(char buf[VALUE_TEXT_MAX], u8 form, u64 v);

#endif
