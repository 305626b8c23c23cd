/* SPDX-License-Identifier: GPL-2.0 */
/* Does the guest lose memory with each load? Looked at after every FUZZ_LOADS loads, when what was freed is really free. */
#ifndef CHECKJIT_FUZZ_MEMORY_H
#define CHECKJIT_FUZZ_MEMORY_H

#include "lib/types.h"

#define FUZZ_LOADS	10000u	/* between two looks */
/*
 * Caches grow for a while and then no more: it is a leak where each of so many looks in a row has found less than the one
 * before, by more than what pages that change hands make of it.
 */
#define FUZZ_LOOKS	4u
#define FUZZ_LEAK_KB	512u

struct fuzz_memory {
	u32 loads;		/* since the last look */
	u64 last_kb;		/* free then; 0: no look yet in this guest */
	u32 shrunk;		/* looks in a row */
	u64 lost_kb;		/* in them */
};

/* The guest was booted. */
void fuzz_memory_reset(struct fuzz_memory *m);
/* @free_kb at a look. True where it is a leak: m->lost_kb in m->shrunk looks. */
bool fuzz_memory_look(struct fuzz_memory *m, u64 free_kb);

#endif
