// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "bpf/cap_names.h"
#include "lib/strbuf.h"
#include "lib/util.h"
#include "session/engine.h"
#include "session/raw.h"
#include "session/unpriv.h"

/* With BPF_F_TEST_RND_HI32 the verifier copies the whole program for each definition that gets
 * noise. */
#define RND_MAX_INSNS 512

const struct engine engines[NR_ENGINES] = {
#define X(id, text, bits, enable, harden, share, lacks) \
	{                                               \
		.name = text,                           \
		.wire = WIRE_##id,                      \
		.cap = CAP_##id,                        \
		.missing = lacks,                       \
		.one_in = share,                        \
		.native = (bits)&ENGINE_NATIVE,         \
		.blinded = (bits)&ENGINE_BLINDED,       \
		.raw = (bits)&ENGINE_RAW,               \
		.unpriv = (bits)&ENGINE_UNPRIV,         \
		.load_flags = ENGINE_LOAD_FLAGS(bits),  \
	},
	CHECKJIT_ENGINES(X)
#undef X
};

const u32 nr_engines = ARRAY_SIZE(engines);

const struct engine *engine_by_name(const char *name)
{
	for (u32 i = 0; i < nr_engines; i++)
		if (!strcmp(engines[i].name, name))
			return &engines[i];
	return NULL;
}

const struct engine *engine_verified(const struct engine *e)
{
	for (u32 i = 0; e->raw && i < nr_engines; i++)
		if (engines[i].native == e->native && engines[i].blinded == e->blinded &&
		    engines[i].unpriv == e->unpriv && !engines[i].raw)
			return &engines[i];
	return NULL;
}

const struct engine *engine_interp(const struct engine *e)
{
	return &engines[e->raw ? WIRE_RAW_INTERP : WIRE_INTERP];
}

const struct engine *engine_plain(const struct engine *e)
{
	for (u32 i = 0; e->load_flags && i < nr_engines; i++)
		if (engines[i].native == e->native && engines[i].blinded == e->blinded &&
		    engines[i].unpriv == e->unpriv && engines[i].raw == e->raw &&
		    !engines[i].load_flags)
			return &engines[i];
	return NULL;
}

char *engine_names(void)
{
	struct strbuf names = { 0 };

	for (u32 i = 0; i < nr_engines; i++)
		strbuf_join(&names, " ", "%s", engines[i].name);
	return strbuf_take(&names);
}

static bool among(const struct engine *e, const struct engine **list, u32 cnt)
{
	for (u32 i = 0; i < cnt; i++)
		if (list[i] == e)
			return true;
	return false;
}

int engines_parse(const char *list, const struct engine *out[NR_ENGINES], u32 *cnt)
{
	char *copy = xstrdup(list), *save = NULL;
	int ret = 0;

	*cnt = 0;
	for (char *w = strtok_r(copy, " ,", &save); w && !ret; w = strtok_r(NULL, " ,", &save)) {
		const struct engine *e = engine_by_name(w);

		if (!e) {
			pr_err("unknown engine '%s' (expected some of: %s)", w, engine_names());
			ret = -EINVAL;
		} else if (!among(e, out, *cnt)) {
			out[(*cnt)++] = e;
		}
	}
	if (!ret && !*cnt) {
		pr_err("no engine (expected some of: %s)", engine_names());
		ret = -EINVAL;
	}
	free(copy);
	return ret;
}

/* Why @e cannot run a case that needs @cap, or NULL. */
static char *cap_lacks(const struct engine *e, const struct guest *g, int cap)
{
	if (cap == CAP_CALLBACKS && !e->native)
		cap = CAP_INTERP_CALLBACKS;
	if (cap == CAP_MAY_GOTO_LONG && !e->native)
		cap = CAP_INTERP_MAY_GOTO;
	if ((cap_flags(cap) & CAPF_VERIFIER && e->raw) ||
	    (cap_flags(cap) & CAPF_UNPRIV_ONLY && !e->unpriv))
		return NULL;
	if (cap_flags(cap) & CAPF_RAW && !e->raw)
		return xstrdup("raw engines only: the verifier would rewrite it");
	if (cap_flags(cap) & CAPF_NATIVE && !e->native)
		return xasprintf("the interpreter has no %s", cap_name(cap));
	if (!g->have[cap])
		return xasprintf("needs %s: %s%s (errno %d)", cap_name(cap), cap_doc(cap),
				 cap_flags(cap) & CAPF_BTF ? ", images built with BTF=1" : "",
				 g->cap_err[cap]);
	return NULL;
}

char *engine_lacks(const struct engine *e, const struct guest *g, const struct bpf_case *c)
{
	const char *why;
	char *lacks = NULL;

	if (!g->have[e->cap])
		return xstrdup(e->missing);
	if (e->load_flags && c->type == CASE_TYPE_CLASSIC)
		return xstrdup("classic filters are loaded without flags");
	if (e->load_flags & ENGINE_LOAD_FLAGS(ENGINE_RND_HI32) && c->progs[0].cnt > RND_MAX_INSNS)
		return xstrdup("noise above the definitions of a long program takes the verifier "
			       "too long");
	why = e->raw ? raw_lacks(c, e->native) : e->unpriv ? unpriv_lacks(c) : NULL;
	if (why)
		return xstrdup(why);
	if (c->type != CASE_TYPE_SYSCALL)
		lacks = cap_lacks(e, g, cap_by_name(case_type_name(c->type)));
	for (u32 i = 0; !lacks && i < c->nneeds; i++) {
		int cap = cap_by_name(c->needs[i]);

		lacks = cap < 0 ? xasprintf("unknown capability '%s'", c->needs[i])
				: cap_lacks(e, g, cap);
	}
	return lacks;
}
