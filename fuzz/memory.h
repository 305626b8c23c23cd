/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Does each load leak memory in the guest? Checked after every FUZZ_LOADS loads, when deferred
 * frees are done.
 */
#ifndef CHECKJIT_FUZZ_MEMORY_H
#define CHECKJIT_FUZZ_MEMORY_H

#include "lib/types.h"

#define FUZZ_LOADS 10000u /* loads between two checks */
/*
 * Caches grow for a while and then stop. It is a leak if this many checks in a row found less
 * memory than the one before, by more than pages moving between lists explain.
 */
#define FUZZ_LOOKS   4u
#define FUZZ_LEAK_KB 512u

struct fuzz_memory {
	u32 loads;   /* since the last check */
	u64 last_kb; /* free at the last check; 0: not checked yet in this guest */
	u32 shrunk;  /* checks in a row that found less */
	u64 lost_kb; /* kB lost in them */
};

/* The guest was booted. */
void fuzz_memory_reset(struct fuzz_memory *m);
/* Record @free_kb of a check. Returns true for a leak: m->lost_kb in m->shrunk checks. */
bool fuzz_memory_look(struct fuzz_memory *m, u64 free_kb);

#endif
