// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "bpf/kfunc.h"
#include "lib/util.h"

/* Parse C types of a signature: "u64", "s8, u16". */
static const struct {
	const char *name, *ret, *args;
	u8 nargs;
} kfuncs[NR_KFUNCS] = {
#define OWN(n, f, r, ...) [KFUNC_##f] = { .name = #f, .ret = #r, .args = #__VA_ARGS__, .nargs = n },
#define TO(n, shape, words, ...)               \
	[KFUNC_checkjit_to_##shape] = {        \
		.name = "checkjit_to_" #shape, \
		.ret = "u64",                  \
		.args = "u64,u64,u64,u64,u64", \
		.nargs = KFUNC_WIDE_ARGS,      \
	},
#define IN(n, shape, words, ...)                                           \
	[KFUNC_checkjit_in_##shape] = {                                    \
		.name = "checkjit_in_" #shape,                             \
		.ret = "u64",                                              \
		.args = "u64,u64,u64,u64,u64,u64,u64,u64,u64,u64,u64,u64", \
		.nargs = words,                                            \
	},
#define KERNEL(f) [KFUNC_##f] = { .name = #f },
	CHECKJIT_KFUNCS(OWN, OWN) CHECKJIT_WIDE(TO) CHECKJIT_WIDE(IN) KERNEL_KFUNCS(KERNEL)
};

#define FIRST_TO     KFUNC_checkjit_to_up
#define FIRST_IN     KFUNC_checkjit_in_up
#define FIRST_INT128 KFUNC_checkjit_in_i

int kfunc_by_name(const char *name)
{
	for (int i = 0; i < NR_KFUNCS; i++)
		if (!strcmp(kfuncs[i].name, name))
			return KFUNC_BASE + i;
	return -ENOENT;
}

static bool known(int nr)
{
	return nr >= KFUNC_BASE && nr - KFUNC_BASE < NR_KFUNCS;
}

const char *kfunc_name(int nr)
{
	return known(nr) ? kfuncs[nr - KFUNC_BASE].name : NULL;
}

static struct ctype parse_ctype(const char *s)
{
	return (struct ctype){ .bits = *s == 'v' ? 0 : atoi(s + 1), .is_signed = *s == 's' };
}

bool kfunc_get(int nr, struct kfunc *out)
{
	const char *p;

	if (!known(nr))
		return false;
	nr -= KFUNC_BASE;
	*out = (struct kfunc){ .name = kfuncs[nr].name,
			       .own = kfuncs[nr].args,
			       .inner = nr >= FIRST_IN && nr < NR_OWN_KFUNCS,
			       .replaceable = nr >= FIRST_IN && nr < FIRST_INT128,
			       .nargs = kfuncs[nr].nargs };
	if (nr >= FIRST_TO && nr < FIRST_IN)
		out->passes = KFUNC_BASE + nr - FIRST_TO + FIRST_IN;
	if (!out->own)
		return true;
	out->ret = parse_ctype(kfuncs[nr].ret);
	p = kfuncs[nr].args;
	for (u32 i = 0; i < out->nargs; i++) {
		p += strspn(p, ", ");
		out->args[i] = parse_ctype(p);
		p += strcspn(p, ",");
	}
	return true;
}
