/* SPDX-License-Identifier: GPL-2.0 */
/* Dims that one family uses, in one line each. */
#ifndef CHECKJIT_DIMS_H
#define CHECKJIT_DIMS_H

#include <stdlib.h>
#include "gen/build.h"
#include "lib/util.h"

/* dim_@id: @cnt values, value i printed as @fmt of what follows it, which may use i, op and f. For
 * one file, or (SHARED) for all. */
#define GEN_DIM(id, cnt, ...)	     GEN_DIM_OF(static, id, cnt, __VA_ARGS__)
#define GEN_DIM_SHARED(id, cnt, ...) GEN_DIM_OF(, id, cnt, __VA_ARGS__)

#define GEN_DIM_OF(scope, id, cnt, ...)                                                           \
	static u32 count_##id(const struct gen_family *f, u32 op)                                 \
	{                                                                                         \
		(void)f;                                                                          \
		(void)op;                                                                         \
		return cnt;                                                                       \
	}                                                                                         \
	static void print_##id(char *buf, size_t size, const struct gen_family *f, u32 op, u32 i) \
	{                                                                                         \
		(void)f;                                                                          \
		(void)op;                                                                         \
		snprintf(buf, size, __VA_ARGS__);                                                 \
	}                                                                                         \
	scope const struct gen_dim dim_##id = { count_##id, print_##id }

#endif
