// SPDX-License-Identifier: GPL-2.0
#include <string.h>
#include "cmd/asked_arches.h"
#include "cmd/proc.h"
#include "lib/shipped.h"
#include "lib/util.h"

/* Names of other projects, such as amd64, are translated. "all" stands for several. */
static void say_translated(const struct args *names, const struct args *ours)
{
	for (u32 i = 0; i < names->cnt && names->cnt == ours->cnt; i++)
		if (strcmp(names->v[i], ours->v[i]))
			pr_info("%s is %s here", names->v[i], ours->v[i]);
}

int asked_arches(const char *names, struct args *to)
{
	struct args a = {}, asked = {}, ours = {};
	char *out;
	int ret;

	args_words(&asked, names);
	args_add(&a, shipped("runners/qemu/arch.sh"));
	args_add(&a, "--list");
	args_words(&a, names);
	ret = proc_output(&a, &out);
	args_words(&ours, out);
	args_words(to, out);
	say_translated(&asked, &ours);
	free(out);
	args_free(&a);
	args_free(&asked);
	args_free(&ours);
	return ret;
}
