/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A test of somebody else's as a case: a whole program that ends with exit, perhaps memory at r1 and its size in r2, and what
 * r0 must be. The exits of main become jumps to the end of the case's body, so that all 64 bits of r0 are compared.
 */
#ifndef CHECKJIT_FOREIGN_H
#define CHECKJIT_FOREIGN_H

#include "bpf/model.h"

#define FOREIGN_WHY 320

enum foreign_result {
	RESULT_NONE,	/* nothing is known: what the model computes */
	RESULT_LOW,	/* 32 bits of r0 */
	RESULT_WHOLE,
};

struct foreign {
	const char *file;	/* that it comes from */
	u32 line;
	char *name;		/* of the case: foreign_name() */
	char *doc;		/* or NULL */
	struct code code;	/* main first, subprograms behind it */
	u8 *mem;		/* mem_len bytes, or NULL */
	u32 mem_len;
	struct case_map *maps;	/* fd_array[1 + i], names owned */
	u32 nmaps;
	bool mem_args;		/* r1 = address of mem, r2 = mem_len; else r1 and r2 hold noise */
	u8 result_kind;		/* enum foreign_result */
	u64 result;
};

/* A word that may be a case's name, made of @s. The caller frees it. */
char *foreign_name(const char *s);

/*
 * The text of a "case" block, ready to be printed to a .case file. 0; -EOPNOTSUPP with @why: it cannot be a case; -ENOTUNIQ with
 * @why: the model computes another result than the test expects.
 */
int foreign_to_text(const struct foreign *f, char **text, char why[FOREIGN_WHY]);

/* The same as a case, for what runs it at once; bpf_case_free() it. */
int foreign_to_case(const struct foreign *f, struct bpf_case **out, char why[FOREIGN_WHY]);
void foreign_free(struct foreign *f);

#endif
