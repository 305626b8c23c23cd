/* SPDX-License-Identifier: GPL-2.0 */
/* The arena: memory shared by programs and this process. */
#ifndef CHECKJIT_AGENT_ARENA_H
#define CHECKJIT_AGENT_ARENA_H

/* Returns a new descriptor of the arena, all of whose pages are allocated, or -errno. */
int arena_open(void);

#endif
