/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One vector of a case in the languages of others. Each exporter writes the whole text to @f, or nothing and returns
 * -EOPNOTSUPP with the reason in @why, where its language cannot say what the case says.
 */
#ifndef CHECKJIT_EXPORT_H
#define CHECKJIT_EXPORT_H

#include "bpf/model.h"

#define EXPORT_WHY 256

struct export_ask {
	const struct bpf_case *c;
	u32 vec;
	enum byte_order order;	/* of the machine that the expected values are for, where one has to be chosen */
	int reg;		/* the register to compare where only one can be, or -1: the exporter chooses */
};

typedef int export_fn(FILE *f, const struct export_ask *a, char why[EXPORT_WHY]);

export_fn export_case;		/* a .case file */
export_fn export_c;		/* a stand-alone C program on bpf(2); for both byte orders */
export_fn export_test_bpf;	/* an entry of tests[] in lib/test_bpf.c */
export_fn export_selftest;	/* tools/testing/selftests/bpf/progs/verifier_*.c */
export_fn export_data;		/* a .data file of bpf_conformance */

/* "export: ID: REASON" in @why; returns -EOPNOTSUPP. */
int export_refuse(char why[EXPORT_WHY], const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* The model's final state of a->vec in @order; the caller frees it. -EOPNOTSUPP where the model stops. */
int export_model(const struct export_ask *a, enum byte_order order, struct model_state *st, char why[EXPORT_WHY]);

/* The id and what it is about as comment lines, each begun with @indent. */
void export_title(FILE *f, const struct export_ask *a, const char *indent);

#endif
