/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where this program is, and what ships with it: cases, scripts, the agent's sources. A checkout
 * has them in its top directory, where checkjit is called; `make install` puts them in
 * PREFIX/share/checkjit.
 */
#ifndef CHECKJIT_SHIPPED_H
#define CHECKJIT_SHIPPED_H

#include "lib/types.h"

/* Returns the absolute path of this program. Without /proc, the program exits with EXIT_INFRA. */
const char *self_path(void);

/*
 * Returns where @path, relative to the top directory of a checkout, is. @path is a string that
 * stays: it may be what is returned. Nothing is to be freed.
 */
const char *shipped(const char *path);

/* Was this program installed, and is it not that of a checkout? */
bool is_installed(void);

/* Returns what people type before the name of a job: "make" in a checkout, "checkjit job" if
 * installed. */
const char *front_door(void);

#endif
