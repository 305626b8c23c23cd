// SPDX-License-Identifier: GPL-2.0
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include "fuzz/mutator/kept.h"
#include "lib/util.h"

/* The paths of a sample, and how many there were. */
struct sample {
	char *paths[KEPT_MAX];
	u32 cnt, seen;
};

static void offer(struct sample *s, char *path, struct rand *rand)
{
	u32 at = s->cnt < KEPT_MAX ? s->cnt++ : rand_below(rand, s->seen + 1);

	s->seen++;
	if (at >= KEPT_MAX) {
		free(path);
		return;
	}
	free(s->paths[at]);
	s->paths[at] = path;
}

static void look_in(struct sample *s, const char *dir, struct rand *rand)
{
	DIR *d = opendir(dir);
	struct dirent *ent;

	/* a file that is being written has a dot in its name */
	while (d && (ent = readdir(d)))
		if (!strchr(ent->d_name, '.'))
			offer(s, xasprintf("%s/%s", dir, ent->d_name), rand);
	if (d)
		closedir(d);
}

static void look(struct kept *k, struct rand *rand)
{
	char *dirs = xstrdup(k->dirs), *save = NULL;
	struct sample s = {};

	for (char *d = strtok_r(dirs, " ", &save); d; d = strtok_r(NULL, " ", &save))
		look_in(&s, d, rand);
	if (!k->inputs)
		k->inputs = xcalloc(KEPT_MAX, sizeof(*k->inputs));
	k->cnt = 0;
	for (u32 i = 0; i < s.cnt; i++) {
		size_t len;
		char *data = read_file(s.paths[i], &len);

		if (data && !fuzz_input_parse(&k->inputs[k->cnt], data, len, NULL))
			k->cnt++;
		free(data);
		free(s.paths[i]);
	}
	free(dirs);
	k->looked_us = clock_us();
}

const struct fuzz_input *kept_pick(struct kept *k, struct rand *rand)
{
	if (!k->dirs)
		return NULL;
	if (!k->looked_us || clock_us() - k->looked_us > KEPT_SECONDS * 1000000ull)
		look(k, rand);
	return k->cnt ? &k->inputs[rand_below(rand, k->cnt)] : NULL;
}

void kept_free(struct kept *k)
{
	free(k->inputs);
	memset(k, 0, sizeof(*k));
}
