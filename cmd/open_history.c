// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include "cmd/open_history.h"
#include "cmd/settings.h"
#include "lib/util.h"

const char *history_path(void)
{
	return setting(SET_HISTORY) ? setting(SET_HISTORY) : "results/history.db";
}

int open_history(const char *path, enum history_mode mode, struct history **out)
{
	struct diag diag;
	int ret = history_open(path ? path : history_path(), mode, out, &diag);

	if (ret)
		diag_print(&diag);
	return ret == -ENOENT ? EXIT_USAGE : ret ? EXIT_INFRA : EXIT_OK;
}
