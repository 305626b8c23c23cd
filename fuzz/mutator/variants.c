// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>
#include "fuzz/mutator/mutate.h"
#include "fuzz/mutator/variants.h"
#include "lib/util.h"

void variants_keep(struct variants *v, const struct fuzz_bytes *program)
{
	struct fuzz_bytes *to = &v->kept[v->next];

	free((void *)to->data);
	*to = (struct fuzz_bytes){ xmemdup(program->data, program->len), program->len };
	v->next = (v->next + 1) % VARIANTS_KEPT;
	v->cnt += v->cnt < VARIANTS_KEPT;
}

static const struct fuzz_bytes *any_kept(struct variants *v)
{
	return &v->kept[rand_below(&v->mutator->edit.rand, v->cnt)];
}

u32 variants_make(struct variants *v, struct fuzz_bytes *out, u32 n)
{
	struct mutator *m = v->mutator;
	u32 made = 0;

	if (!v->cnt)
		return 0;
	if (!m)
		m = v->mutator = mutator_new(clock_us());
	for (u32 i = 0; i < n && i < VARIANTS_MADE; i++) {
		const struct fuzz_bytes *from = any_kept(v), *other = any_kept(v);
		size_t len;

		if (fuzz_input_parse(&m->in, from->data, from->len, NULL) ||
		    fuzz_input_parse(&m->other, other->data, other->len, NULL))
			continue;
		mutate_bound(m, &m->in, &m->other);
		len = fuzz_input_write(&m->in, v->made[made], sizeof(v->made[made]));
		if (len) {
			out[made] = (struct fuzz_bytes){ v->made[made], len };
			made++;
		}
	}
	return made;
}

void variants_free(struct variants *v)
{
	for (u32 i = 0; i < v->cnt; i++)
		free((void *)v->kept[i].data);
	if (v->mutator)
		mutator_free(v->mutator);
	memset(v, 0, sizeof(*v));
}
