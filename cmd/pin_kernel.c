// SPDX-License-Identifier: GPL-2.0
#include <string.h>
#include "cmd/args.h"
#include "cmd/pin_kernel.h"
#include "cmd/proc.h"
#include "cmd/settings.h"
#include "lib/outfile.h"
#include "lib/shipped.h"
#include "lib/util.h"

static int find_commit(void)
{
	struct args a = {};
	char *out;
	int ret;

	args_add(&a, shipped("images/git-tree.sh"));
	args_add(&a, setting(SET_KERNEL));
	ret = proc_output(&a, &out);
	args_free(&a);
	/* the tree stands behind the commit */
	out[strcspn(out, " \n")] = '\0';
	if (!ret)
		setenv(settings[SET_KERNEL].name, out, 1);
	free(out);
	return ret;
}

int pin_kernel(const char *note)
{
	const char *kernel = setting(SET_KERNEL);
	char *noted;
	int ret;

	if (!kernel || strncmp(kernel, "git:", 4))
		return EXIT_OK;
	noted = note ? read_file(note, NULL) : NULL;
	if (noted && *noted) {
		setenv(settings[SET_KERNEL].name, noted, 1);
		free(noted);
		return EXIT_OK;
	}
	free(noted);
	ret = find_commit();
	if (!ret)
		pr_info("the kernel is %s", setting(SET_KERNEL));
	return !ret && note && outfile_write(note, setting(SET_KERNEL)) ? EXIT_INFRA : ret;
}
