/* SPDX-License-Identifier: GPL-2.0 */
/* What an architecture is: runners/qemu/arch/ARCH.conf, lines NAME=VALUE. */
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

/* 0 or -errno: there is no such architecture. */
int arch_conf_load(struct arch_conf *conf, const char *arch);
/* From the text of such a file, which is taken over. */
void arch_conf_parse(struct arch_conf *conf, char *text);
/* NULL where it is not there, or empty. */
const char *arch_conf_get(const struct arch_conf *conf, const char *name);
void arch_conf_free(struct arch_conf *conf);

#endif
