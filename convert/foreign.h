/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A test of another project as a case: a whole program that ends with exit, its expected r0 and,
 * optionally, memory whose address is in r1 and whose size is in r2. The exits of main become jumps
 * to the end of the case's body, so that all 64 bits of r0 are compared.
 */
#ifndef CHECKJIT_FOREIGN_H
#define CHECKJIT_FOREIGN_H

#include "bpf/model.h"

#define FOREIGN_WHY 320

enum foreign_result {
	RESULT_NONE, /* unknown; the model computes it */
	RESULT_LOW,  /* 32 bits of r0 */
	RESULT_WHOLE,
};

struct foreign {
	const char *file; /* its source */
	u32 line;
	char *name;	  /* of the case, from foreign_name() */
	char *doc;	  /* or NULL */
	struct code code; /* main, then the subprograms */
	u8 *mem;	  /* mem_len bytes, or NULL */
	u32 mem_len;
	struct case_map *maps; /* fd_array[1 + i], names owned */
	u32 nmaps;
	bool mem_args;	/* r1 = address of mem, r2 = mem_len; else r1 and r2 hold noise */
	u8 result_kind; /* enum foreign_result */
	u64 result;
};

/* Returns a valid case name made from @s, which the caller frees. */
char *foreign_name(const char *s);

/*
 * Make the text of a "case" block for a .case file, which the caller frees. Returns 0, or with the
 * reason in @why -EOPNOTSUPP if the test cannot be a case and -ENOTUNIQ if the model computes
 * another result than the test expects.
 */
int foreign_to_text(const struct foreign *f, char **text, char why[FOREIGN_WHY]);

/* The same, but as a case, which the caller frees with bpf_case_free(). */
int foreign_to_case(const struct foreign *f, struct bpf_case **out, char why[FOREIGN_WHY]);
void foreign_free(struct foreign *f);

#endif
