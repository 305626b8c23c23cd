// SPDX-License-Identifier: GPL-2.0
/*
 * The interface to afl-fuzz (custom mutators of AFL++ 4.04 and later). Its headers are not needed:
 * this side owns the buffers and afl-fuzz never frees them.
 */
#include <string.h>
#include "fuzz/mutator/kept.h"
#include "fuzz/mutator/mutate.h"
#include "fuzz/mutator/trim.h"
#include "lib/util.h"

#define KEPT_ONE_IN 16 /* mutations that begin with a kept program */

#define EXPORT __attribute__((visibility("default")))

struct afl_side {
	struct mutator *m;
	struct kept kept;
	struct rand rand; /* of what is done with them */
	struct trim trim;
	bool trims; /* the input to trim is valid */
	u8 out[FUZZ_INPUT_MAX], trimmed[FUZZ_INPUT_MAX];
};

EXPORT void *afl_custom_init(void *afl, unsigned int seed)
{
	struct afl_side *a = xcalloc(1, sizeof(*a));

	(void)afl;
	a->m = mutator_new(seed);
	a->kept.dirs = getenv("CHECKJIT_KEPT");
	a->rand.state = seed;
	return a;
}

EXPORT void afl_custom_deinit(void *data)
{
	struct afl_side *a = data;

	mutator_free(a->m);
	kept_free(&a->kept);
	free(a);
}

/* An invalid input is replaced by the simplest one. */
EXPORT size_t afl_custom_fuzz(void *data, unsigned char *buf, size_t size, unsigned char **out,
			      unsigned char *add, size_t add_size, size_t max_size)
{
	struct afl_side *a = data;
	struct mutator *m = a->m;
	bool other = add && !fuzz_input_parse(&m->other, add, add_size, NULL);
	const struct fuzz_input *kept =
		rand_one_in(&a->rand, KEPT_ONE_IN) ? kept_pick(&a->kept, &a->rand) : NULL;
	size_t len;

	if (kept)
		m->in = *kept;
	else if (fuzz_input_parse(&m->in, buf, size, NULL))
		plain_input(&m->in);
	mutate(m, &m->in, other ? &m->other : NULL);
	len = fuzz_input_write(&m->in, a->out,
			       max_size < sizeof(a->out) ? max_size : sizeof(a->out));
	*out = a->out;
	if (len)
		return len;
	/* longer than afl-fuzz allows */
	*out = buf;
	return size;
}

/*
 * How often an input is mutated before the next one gets its turn. The default of afl-fuzz, tens of
 * thousands, suits targets that run that many per second; an emulated guest would see one input per
 * hour.
 */
EXPORT unsigned int afl_custom_fuzz_count(void *data, const unsigned char *buf, size_t size)
{
	(void)data;
	(void)buf;
	(void)size;
	return 24;
}

EXPORT const char *afl_custom_describe(void *data, size_t max_len)
{
	struct afl_side *a = data;

	if (max_len < sizeof(a->m->what))
		a->m->what[max_len ? max_len - 1 : 0] = 0;
	return a->m->what;
}

/* ---- trimming: afl-fuzz runs each step and says whether the ways are still the same ---- */

/* The number of steps is unknown: 1 means some, and afl_custom_post_trim() reports the last one. */
EXPORT int afl_custom_init_trim(void *data, unsigned char *buf, size_t size)
{
	struct afl_side *a = data;

	a->trims = !fuzz_input_parse(&a->m->in, buf, size, NULL);
	if (!a->trims)
		return 0;
	trim_begin(&a->trim, &a->m->in);
	a->trims = trim_next(&a->trim);
	return a->trims;
}

EXPORT size_t afl_custom_trim(void *data, unsigned char **out)
{
	struct afl_side *a = data;

	*out = a->trimmed;
	return fuzz_input_write(&a->trim.next, a->trimmed, sizeof(a->trimmed));
}

EXPORT int afl_custom_post_trim(void *data, unsigned char success)
{
	struct afl_side *a = data;

	trim_judge(&a->trim, success);
	return !trim_next(&a->trim);
}
