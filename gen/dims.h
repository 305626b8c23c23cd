/* SPDX-License-Identifier: GPL-2.0 */
/* Dims of a family's own, in one line each; and cases as text, put together line by line. */
#ifndef CHECKJIT_DIMS_H
#define CHECKJIT_DIMS_H

#include <stdlib.h>
#include "gen/build.h"
#include "lib/util.h"

/* dim_@id: @cnt values, value i printed as @fmt of what follows it, which may use i, op and f. For one file, or (SHARED) for all. */
#define GEN_DIM(id, cnt, ...) GEN_DIM_OF(static, id, cnt, __VA_ARGS__)
#define GEN_DIM_SHARED(id, cnt, ...) GEN_DIM_OF(, id, cnt, __VA_ARGS__)

#define GEN_DIM_OF(scope, id, cnt, ...)                                                                            \
	static u32 count_##id(const struct gen_family *f, u32 op)                                                 \
	{                                                                                                         \
		(void)f;                                                                                          \
		(void)op;                                                                                         \
		return cnt;                                                                                       \
	}                                                                                                         \
	static void print_##id(char *buf, size_t size, const struct gen_family *f, u32 op, u32 i)                 \
	{                                                                                                         \
		(void)f;                                                                                          \
		(void)op;                                                                                         \
		snprintf(buf, size, __VA_ARGS__);                                                                 \
	}                                                                                                         \
	scope const struct gen_dim dim_##id = { count_##id, print_##id }

/* What takes some insns to say: for gen_text(). */
struct gen_doc {
	FILE *f;
	char *text;
	size_t len;
};

static inline FILE *gen_doc_open(struct gen_doc *d)
{
	d->f = open_memstream(&d->text, &d->len);
	if (!d->f)
		abort();
	fputs("case generated\n", d->f);
	return d->f;
}

/* A line for each of r6-r9 that is in @set, r6 the lowest bit; @fmt takes its number twice. */
static inline void gen_doc_set(FILE *f, u32 set, const char *fmt)
{
	for (int k = 6; k < 10; k++)
		if (set >> (k - 6) & 1)
			fprintf(f, fmt, k, k);
}

static inline void gen_doc_close(struct gen *g, struct gen_doc *d)
{
	fclose(d->f);
	gen_text(g, d->text);
	free(d->text);
}

#endif
