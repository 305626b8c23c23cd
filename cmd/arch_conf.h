/* SPDX-License-Identifier: GPL-2.0 */
/* The settings of an architecture: runners/qemu/arch/ARCH.conf, lines NAME=VALUE. */
#ifndef CHECKJIT_ARCH_CONF_H
#define CHECKJIT_ARCH_CONF_H

#include "lib/types.h"

struct arch_conf {
	char *text; /* of the file, cut into names and values */
	struct arch_conf_row {
		const char *name, *value;
	} * rows;
	u32 cnt, cap;
};

/* Load the conf of @arch. Returns 0, or -errno if there is no such architecture. */
int arch_conf_load(struct arch_conf *conf, const char *arch);
/* Parse @text (taken over), the text of such a file. */
void arch_conf_parse(struct arch_conf *conf, char *text);
/* Returns the value of @name, or NULL if it is missing or empty. */
const char *arch_conf_get(const struct arch_conf *conf, const char *name);
void arch_conf_free(struct arch_conf *conf);

#endif
