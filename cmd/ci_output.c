// SPDX-License-Identifier: GPL-2.0
#include "cmd/ci_output.h"
#include "cmd/settings.h"
#include "lib/util.h"
#include "report/report.h"

static const struct {
	enum setting_id setting;
	int (*write)(FILE *f, const struct run_set *set);
} outputs[] = {
	{ SET_LAVA, lava_write },
	{ SET_GITHUB_ACTIONS, github_write },
};

void ci_output(const char *rundir)
{
	struct run_set set = { 0 };
	struct diag diag;
	bool wanted = false;

	for (size_t i = 0; i < ARRAY_SIZE(outputs); i++)
		wanted |= setting(outputs[i].setting) != NULL;
	if (!wanted || run_set_load(rundir, &set, &diag))
		return;
	for (size_t i = 0; i < ARRAY_SIZE(outputs); i++)
		if (setting(outputs[i].setting))
			outputs[i].write(stdout, &set);
	fflush(stdout);
	run_set_free(&set);
}
