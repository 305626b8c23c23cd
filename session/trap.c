// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include "lib/util.h"
#include "session/trap.h"

/* The slots of progs[0] that runs came by. */
struct trail {
	bool *standard; /* as the standard says */
	bool strayed;	/* a faulty machine came by another */
};

static void tread(void *ctx, u32 prog, u32 slot, u32 depth)
{
	struct trail *trail = ctx;

	(void)depth;
	if (!prog)
		trail->standard[slot] = true;
}

static void follow(void *ctx, u32 prog, u32 slot, u32 depth)
{
	struct trail *trail = ctx;

	(void)depth;
	trail->strayed |= !prog && !trail->standard[slot];
}

static bool has_cond_jump(const struct code *code)
{
	for (u32 i = 0; i < code->cnt; i += 1 + insn_is_wide(&code->insns[i]))
		if (insn_is_cond_jump(&code->insns[i]))
			return true;
	return false;
}

/* Returns the quirks that runs of these vectors come by. */
static quirk_set met_by(const struct bpf_case *c, u32 first, u32 n, enum byte_order order,
			int word_bits, const struct quirks *q)
{
	struct model_state st = { .quirks = *q, .standard = true };
	quirk_set met = 0;

	for (u32 v = first; v < first + n; v++)
		if (model_run(c, v, order, word_bits, &st, NULL) == MODEL_OK)
			met |= st.met;
	model_state_free(&st);
	return met;
}

char *trap_reached(const struct bpf_case *c, u32 first, u32 n, enum byte_order order, int word_bits,
		   const struct quirks *q)
{
	struct model_state plain = {}, quirky = { .quirks = *q };
	struct trail trail = {};
	char *names, *why;
	quirk_set met;

	if (!q->set || c->type == CASE_TYPE_CLASSIC || !has_cond_jump(&c->progs[0]))
		return NULL;
	met = met_by(c, first, n, order, word_bits, q);
	if (!met)
		return NULL;
	trail.standard = xcalloc(c->progs[0].cnt, sizeof(*trail.standard));
	for (u32 v = 0; v < c->vecs->nvecs; v++)
		model_run_watched(c, v, order, word_bits, &plain, NULL, tread, &trail);
	for (u32 v = first; v < first + n && !trail.strayed; v++)
		model_run_watched(c, v, order, word_bits, &quirky, NULL, follow, &trail);
	model_state_free(&plain);
	model_state_free(&quirky);
	free(trail.standard);
	if (!trail.strayed)
		return NULL;
	names = quirk_names(met);
	why = xasprintf("%s may lead into dead code, which is an endless loop", names);
	free(names);
	return why;
}
