// SPDX-License-Identifier: GPL-2.0
#include <string.h>
#include "bpf/asm.h"
#include "lib/util.h"

void code_free(struct code *code)
{
	for (u32 i = 0; i < code->nfuncs; i++)
		free(code->funcs[i].name);
	free(code->funcs);
	free(code->insns);
	free(code->lines);
	memset(code, 0, sizeof(*code));
}

void code_copy(struct code *dst, const struct code *src)
{
	*dst = (struct code){ .cnt = src->cnt, .nfuncs = src->nfuncs, .classic = src->classic };
	dst->insns = src->insns ? xmemdup(src->insns, src->cnt * sizeof(*src->insns)) : NULL;
	dst->lines = src->lines ? xmemdup(src->lines, src->cnt * sizeof(*src->lines)) : NULL;
	dst->funcs = src->funcs ? xmemdup(src->funcs, src->nfuncs * sizeof(*src->funcs)) : NULL;
	for (u32 i = 0; i < dst->nfuncs; i++)
		dst->funcs[i].name = xstrdup(src->funcs[i].name);
}

u32 code_main_cnt(const struct code *code)
{
	return code->nfuncs > 1 ? code->funcs[1].start : code->cnt;
}
