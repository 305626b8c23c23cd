// SPDX-License-Identifier: GPL-2.0
#include "gen/gen.h"
#include "html/texts.h"
#include "lib/util.h"

struct search {
	const struct strset *wanted;
	struct texts *out;
};

static void keep(struct texts *t, struct bpf_case *c)
{
	ARRAY_GROW(t->cases, t->cnt, t->cap);
	t->cases[t->cnt] = c;
	strset_add(&t->index, c->id, t->cnt++);
}

static int look(void *ctx, struct bpf_case *c)
{
	struct search *s = ctx;

	if (strset_find(s->wanted, c->id) && !strset_find(&s->out->index, c->id))
		keep(s->out, c);
	else
		bpf_case_free(c);
	return 0;
}

void texts_find(const struct strset *wanted, const char *dir, struct texts *out)
{
	struct search s = { wanted, out };
	struct diag diag;
	bool written = false;

	*out = (struct texts){ 0 };
	for (u32 i = 0; i < wanted->cap; i++) {
		const char *id = wanted->slots[i].key;
		const struct gen_family *family;
		u64 index;

		if (id && !gen_is_id(id))
			written = true;
		else if (id && !gen_find(id, &family, &index, NULL))
			keep(out, gen_nth(family, index));
	}
	if (written && case_expand_all(dir, look, &s, &diag))
		diag_print(&diag);
}

const struct bpf_case *texts_get(const struct texts *t, const char *id)
{
	const struct strset_entry *e = strset_find(&t->index, id);

	return e ? t->cases[e->value] : NULL;
}

void texts_free(struct texts *t)
{
	for (u32 i = 0; i < t->cnt; i++)
		bpf_case_free(t->cases[i]);
	free(t->cases);
	strset_free(&t->index);
	*t = (struct texts){ 0 };
}
