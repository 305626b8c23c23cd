// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "lib/outfile.h"
#include "lib/util.h"

int outfile_open(struct outfile *o, const char *path)
{
	int err;

	*o = (struct outfile){ .f = stdout };
	if (!path)
		return 0;
	o->path = xstrdup(path);
	o->tmp = xasprintf("%s.tmp%d", path, (int)getpid());
	o->f = fopen(o->tmp, "w");
	if (o->f)
		return 0;
	err = -errno;
	pr_err("%s: %s", path, strerror(-err));
	free(o->path);
	free(o->tmp);
	return err;
}

int outfile_close(struct outfile *o, bool keep)
{
	const char *name = o->path ? o->path : "stdout";
	int err = 0;

	if (fflush(o->f) || ferror(o->f))
		err = errno ? -errno : -EIO;
	if (o->path) {
		if (fclose(o->f) && !err)
			err = -errno;
		if (keep && !err && rename(o->tmp, o->path))
			err = -errno;
		if (!keep || err)
			unlink(o->tmp);
	}
	if (err)
		pr_err("writing %s: %s", name, strerror(-err));
	free(o->path);
	free(o->tmp);
	return err;
}

int outfile_write(const char *path, const char *text)
{
	struct outfile o;
	int ret = outfile_open(&o, path);

	if (ret)
		return ret;
	fputs(text, o.f);
	return outfile_close(&o, true);
}
