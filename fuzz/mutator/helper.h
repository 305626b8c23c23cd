/* SPDX-License-Identifier: GPL-2.0 */
/* Helpers that mutated programs call, and the arguments they need. */
#ifndef CHECKJIT_FUZZ_HELPER_H
#define CHECKJIT_FUZZ_HELPER_H

#include "lib/types.h"

enum helper_arg {
	ARG_NONE,
	ARG_SCALAR,
	ARG_ZERO,  /* flags, none of which is defined */
	ARG_COUNT, /* a small number of rounds */
	ARG_CTX,
	ARG_KEYED,  /* a map with keys */
	ARG_PERKEY, /* a map that for_each accepts */
	ARG_PROGS,  /* a prog_array */
	ARG_RINGBUF,
	ARG_KEY,
	ARG_VALUE, /* memory of the key or value size of the preceding map */
	ARG_BYTES, /* memory to read; the next argument has its size */
	ARG_SIZE,
	ARG_LONG, /* 8 bytes to write */
	ARG_LOOP_FN,
	ARG_EACH_FN,
	ARG_CTX_OF_FN, /* context of a callback: stack, or 0 */
};

enum helper_ret { RET_SCALAR, RET_VALUE_OR_NULL };

struct helper_sig {
	u16 nr;
	u8 ret; /* enum helper_ret */
	u8 weight;
	u8 args[5];   /* enum helper_arg */
	bool tracing; /* not allowed in a socket filter */
};

extern const struct helper_sig helper_sigs[];
extern const u32 nr_helper_sigs;

const struct helper_sig *helper_sig(s32 nr);

#endif
