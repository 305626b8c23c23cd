/* SPDX-License-Identifier: GPL-2.0 */
/* Shared by case_expand.c, which walks the instances, and case_instance.c, which builds one. */
#ifndef CHECKJIT_CASE_EXPAND_H
#define CHECKJIT_CASE_EXPAND_H

#include "bpf/case_subst.h"
#include "lib/strset.h"

/* Assembled programs of the template that use no variable, by line. */
struct code_cache {
	struct code code;
	bool valid;
};

struct expander {
	const struct case_file *file;
	const struct case_tmpl *t;
	const char *path, *group; /* interned */
	struct vars vars;
	struct subst buf;
	struct code_cache *codes; /* nlines */
	bool syms_vary;		  /* a map line has a variable: no program is cached */
	struct vec_cache *tables;
	struct strset ids; /* of the file so far, with their lines */
	char operands[CASE_ID_MAX];
	u32 emitted;
	int (*emit)(void *ctx, struct bpf_case *c);
	void *ctx;
	struct diag *diag;
};

/* Returns @l with each {V} replaced, in x->buf, which the next call reuses. */
struct scan scan_line(struct expander *x, const struct tmpl_line *l);

/* Build all of m->c but its id. Returns 0 or -EINVAL. */
int instance_build(struct expander *x, struct instance *m);

bool is_window(u8 kw);

#endif
