/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A bucket is what makes two finds the same: the oracle, the engines that show it, and the instruction that first goes wrong with the
 * class of its operands; or, where no instruction is to blame, the words of the kernel. Its name is that of a file, too.
 */
#ifndef CHECKJIT_FUZZ_BUCKET_H
#define CHECKJIT_FUZZ_BUCKET_H

#include "bpf/insn.h"

enum fuzz_oracle {
	FUZZ_STATE,		/* a: the state is not the model's */
	FUZZ_KERNEL,		/* b: the kernel complains, dies, hangs or loses memory */
	FUZZ_VERIFIER,		/* c: the verifier contradicts itself */
	FUZZ_SOUNDNESS,		/* d: a value is outside of what the verifier proved */
	NR_FUZZ_ORACLES,
};

#define BUCKET_WORD	56	/* bytes of one part of a name */
#define BUCKET_NAME	(4 * BUCKET_WORD)

struct bucket {
	enum fuzz_oracle oracle;
	char engines[BUCKET_WORD];	/* "jit+jit_hardened" */
	char what[BUCKET_WORD];		/* an instruction of insn_descs[], or words */
	char class[BUCKET_WORD];	/* of its operands */
};

const char *oracle_name(enum fuzz_oracle oracle);

/* ORACLE.ENGINES.WHAT.CLASS */
void bucket_name(const struct bucket *b, char name[BUCKET_NAME]);
/* The id of its case, which results/known may name: fuzz/WHAT/CLASS */
void bucket_id(const struct bucket *b, char *id, size_t size);

/*
 * What of @insn (two slots where it is wide) decides how it is compiled. @source: what its source register held, for shifts, whose
 * counts the kernel calls undefined from the width of the operand on.
 */
void bucket_insn(struct bucket *b, const struct insn *insn, u64 source);
/* Words of a console or a log: a few of them, without what names no file. */
void bucket_words(char out[BUCKET_WORD], const char *words);

#endif
