/* SPDX-License-Identifier: GPL-2.0 */
/* /proc/kallsyms */
#ifndef CHECKJIT_AGENT_SYMBOLS_H
#define CHECKJIT_AGENT_SYMBOLS_H

#include "agent/types.h"

struct symbol {
	u64 addr;
	char type; /* in lower case */
	char name[128];
};

/*
 * Call @fn for each symbol; the kernel's own are in the order of their addresses. Of two symbols at
 * one address the kernel may keep only one. Returns 0, or -errno of opening the file.
 */
int symbols_each(void (*fn)(const struct symbol *s));

#endif
