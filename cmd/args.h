/* SPDX-License-Identifier: GPL-2.0 */
/* The arguments of a command, appended one by one. */
#ifndef CHECKJIT_ARGS_H
#define CHECKJIT_ARGS_H

#include "lib/types.h"

/* @v holds @cnt strings and a NULL after them; {} is an empty one. */
struct args {
	char **v;
	u32 cnt, cap;
};

/* Append a copy of @text. */
void args_add(struct args *a, const char *text);
/* Append @option and @value, unless @value is NULL. */
void args_option(struct args *a, const char *option, const char *value);
/* Append the words of @text (NULL: none), which are separated by blanks. */
void args_words(struct args *a, const char *text);
void args_free(struct args *a);

#endif
