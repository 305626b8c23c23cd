/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CHECKJIT_OPEN_HISTORY_H
#define CHECKJIT_OPEN_HISTORY_H

#include "history/history.h"

/* Returns HISTORY=, or its default. */
const char *history_path(void);

/*
 * history_open() of @path (NULL: history_path()). Returns EXIT_OK; EXIT_USAGE if there is none, or
 * EXIT_INFRA, after saying why on stderr.
 */
int open_history(const char *path, enum history_mode mode, struct history **out);

#endif
