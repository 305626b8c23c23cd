// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <inttypes.h>
#include "bpf/expect.h"
#include "lib/bytes.h"

/* Index of @off (as in struct reg_in) in the bytes of its window. */
static u32 window_pos(const struct vectors *t, enum region region, int off)
{
	return region == REGION_STACK ? t->win_size[region] + off : guard_before(region) + (u32)off;
}

static int check(const struct bpf_case *c, const struct expect_item *e,
		 const struct model_state *st, enum byte_order order, char *why)
{
	u32 line = c->vecs->lines ? c->vecs->lines[e->vec] : c->line;
	int digits = 2 * (e->what == EXPECT_REG ? 8 : e->size);
	char place[32];
	u64 got;

	switch (e->what) {
	case EXPECT_REG:
		snprintf(place, sizeof(place), "r%d", e->reg);
		if (st->clobbered & (1 << e->reg) || st->region[e->reg] != REGION_NONE) {
			snprintf(why, EXPECT_WHY, "%s:%u: %s %s, expected 0x%016" PRIx64, c->file,
				 line, place,
				 st->clobbered & (1 << e->reg) ? "is unreadable" : "is a pointer",
				 e->value);
			return -EINVAL;
		}
		got = st->r[e->reg];
		break;
	case EXPECT_RETVAL:
		snprintf(place, sizeof(place), "retval");
		got = st->retval;
		digits = 8;
		break;
	default:
		snprintf(place, sizeof(place), "%s%+d", region_name(e->region), e->off);
		got = bytes_get(st->win[e->region] + window_pos(c->vecs, e->region, e->off),
				e->size, order);
	}
	if (got == e->value)
		return 0;
	snprintf(why, EXPECT_WHY, "%s:%u: %s is 0x%0*" PRIx64 ", expected 0x%0*" PRIx64, c->file,
		 line, place, digits, got, digits, e->value);
	return -EINVAL;
}

int case_check_expects(const struct bpf_case *c, u32 vec, const struct model_state *st,
		       enum byte_order order, char *why)
{
	u32 lo = 0, hi = c->nexpects;

	while (lo < hi) {
		u32 mid = lo + (hi - lo) / 2;

		if (c->expects[mid].vec < vec)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (; lo < c->nexpects && c->expects[lo].vec == vec; lo++)
		if (check(c, &c->expects[lo], st, order, why))
			return -EINVAL;
	return 0;
}
