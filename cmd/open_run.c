// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include "cmd/open_run.h"
#include "lib/util.h"
#include "report/night.h"

int open_run(const char *name, struct run_set *set)
{
	struct diag diag;
	int ret = is_night(name) ? night_load(name, set, &diag) : run_set_load(name, set, &diag);

	if (ret)
		diag_print(&diag);
	return ret == -ENOENT ? EXIT_USAGE : ret ? EXIT_INFRA : EXIT_OK;
}
