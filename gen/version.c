// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>
#include "gen/version.h"
#include "lib/rand.h"

#define SAMPLES 16

static u64 hash_case(const struct gen_family *f, u64 index)
{
	struct bpf_case *c = gen_nth(f, index);
	char *text;
	size_t len;
	FILE *out = open_memstream(&text, &len);
	u64 key;

	bpf_case_print(out, c, -1);
	fclose(out);
	key = rand_mix_text(c->id) ^ rand_mix(rand_mix_text(text));
	free(text);
	bpf_case_free(c);
	return key;
}

u64 gen_version(const struct gen_family *f)
{
	u64 n = gen_count(f), samples = n < SAMPLES ? n : SAMPLES;
	u64 key = rand_mix_text(f->name) ^ rand_mix(n);

	/* equally far apart, the first and the last among them */
	for (u64 i = 0; i < samples; i++)
		key = rand_mix(key ^ hash_case(f, samples > 1 ? i * (n - 1) / (samples - 1) : 0));
	return key;
}
