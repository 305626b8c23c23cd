// SPDX-License-Identifier: GPL-2.0
/*
 * What afl-fuzz calls (custom mutators of AFL++ 4.04 and newer). Its headers are not needed: buffers belong to this side and are
 * never freed by the other one.
 */
#include <string.h>
#include "fuzz/mutator/mutate.h"
#include "fuzz/mutator/trim.h"
#include "lib/util.h"

#define EXPORT __attribute__((visibility("default")))

struct afl_side {
	struct mutator *m;
	struct trim trim;
	bool trims;		/* what was given to trim is an input */
	u8 out[FUZZ_INPUT_MAX], trimmed[FUZZ_INPUT_MAX];
};

EXPORT void *afl_custom_init(void *afl, unsigned int seed)
{
	struct afl_side *a = xcalloc(1, sizeof(*a));

	(void)afl;
	a->m = mutator_new(seed);
	return a;
}

EXPORT void afl_custom_deinit(void *data)
{
	struct afl_side *a = data;

	mutator_free(a->m);
	free(a);
}

/* What is no input is replaced by the simplest one. */
EXPORT size_t afl_custom_fuzz(void *data, unsigned char *buf, size_t size, unsigned char **out, unsigned char *add, size_t add_size,
			      size_t max_size)
{
	struct afl_side *a = data;
	struct mutator *m = a->m;
	bool other = add && !fuzz_input_parse(&m->other, add, add_size, NULL);
	size_t len;

	if (fuzz_input_parse(&m->in, buf, size, NULL))
		plain_input(&m->in);
	mutate(m, &m->in, other ? &m->other : NULL);
	len = fuzz_input_write(&m->in, a->out, max_size < sizeof(a->out) ? max_size : sizeof(a->out));
	*out = a->out;
	if (len)
		return len;
	/* longer than afl-fuzz lets them be */
	*out = buf;
	return size;
}

/*
 * How often an input is mutated before the next one has its turn. afl-fuzz's own idea, tens of thousands, is made for targets that do
 * as many a second: an emulated guest would not see more than one input in an hour.
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

/* The number of steps is not known: 1 stands for some, and afl_custom_post_trim() says when it was the last. */
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
