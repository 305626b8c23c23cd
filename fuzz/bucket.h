/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A bucket identifies equal finds: the oracle, the engines that show it, and the first wrong
 * instruction with the class of its operands, or, if no instruction is to blame, words of the
 * kernel. Its name is also a file name.
 */
#ifndef CHECKJIT_FUZZ_BUCKET_H
#define CHECKJIT_FUZZ_BUCKET_H

#include "bpf/insn.h"

enum fuzz_oracle {
	FUZZ_STATE,	/* a: the state differs from the model's */
	FUZZ_KERNEL,	/* b: the kernel warns, dies, hangs or leaks memory */
	FUZZ_VERIFIER,	/* c: the verifier contradicts itself */
	FUZZ_SOUNDNESS, /* d: a value is outside of the range that the verifier proved */
	NR_FUZZ_ORACLES,
};

#define BUCKET_WORD 56 /* bytes per part of a name */
#define BUCKET_NAME (4 * BUCKET_WORD)

struct bucket {
	enum fuzz_oracle oracle;
	char engines[BUCKET_WORD]; /* "jit+jit_hardened" */
	char what[BUCKET_WORD];	   /* an insn of insn_descs[], or words */
	char class[BUCKET_WORD];   /* class of its operands */
};

const char *oracle_name(enum fuzz_oracle oracle);

/* ORACLE.ENGINES.WHAT.CLASS */
void bucket_name(const struct bucket *b, char name[BUCKET_NAME]);
/* The id of its case: fuzz/WHAT/CLASS */
void bucket_id(const struct bucket *b, char *id, size_t size);

/*
 * The operand class of @insn (two slots if wide), as far as it decides how the insn is compiled.
 * @source: the value of its source register, for shifts, whose counts the kernel calls undefined
 * from the operand width on.
 */
void bucket_insn(struct bucket *b, const struct insn *insn, u64 source);
/* A few words of a console or a log, fit for a file name. */
void bucket_words(char out[BUCKET_WORD], const char *words);

#endif
