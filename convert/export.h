/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Exports one vector of a case for other projects. An exporter writes the whole text to @f and
 * returns 0, or writes nothing and returns -EOPNOTSUPP with the reason in @why if its format cannot
 * express the case.
 */
#ifndef CHECKJIT_EXPORT_H
#define CHECKJIT_EXPORT_H

#include "bpf/model.h"

#define EXPORT_WHY 256

struct export_ask {
	const struct bpf_case *c;
	u32 vec;
	enum byte_order order; /* of the expected values, if the format has room for one only */
	int reg;	       /* to compare, if only one can be; -1: the exporter chooses */
};

typedef int export_fn(FILE *f, const struct export_ask *a, char why[EXPORT_WHY]);

export_fn export_case;	   /* a .case file */
export_fn export_c;	   /* a stand-alone C program on bpf(2); for both byte orders */
export_fn export_test_bpf; /* an entry of tests[] in lib/test_bpf.c */
export_fn export_selftest; /* tools/testing/selftests/bpf/progs/verifier_*.c */
export_fn export_data;	   /* a .data file of bpf_conformance */

/* Format the reason of a refusal in @why. Returns -EOPNOTSUPP. */
int export_refuse(char why[EXPORT_WHY], const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/*
 * Compute the model's final state of a->vec in @order, which the caller frees.
 * Returns 0, or -EOPNOTSUPP with the reason in @why if the model stops early.
 */
int export_model(const struct export_ask *a, enum byte_order order, struct model_state *st,
		 char why[EXPORT_WHY]);

/* Print the id and what the case is about as comment lines that begin with @indent. */
void export_title(FILE *f, const struct export_ask *a, const char *indent);

#endif
