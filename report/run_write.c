// SPDX-License-Identifier: GPL-2.0
/* The files of a run whose records are complete. */
#include <errno.h>
#include <string.h>
#include <unistd.h>
#include "lib/outfile.h"
#include "lib/util.h"
#include "report/json.h"
#include "report/report.h"

static int put_json(FILE *f, json_t *j)
{
	int ret = json_dumpf(j, f, JSON_COMPACT) || fputc('\n', f) == EOF ? -EIO : 0;

	json_decref(j);
	return ret;
}

static int put_lines(FILE *f, const struct run *run)
{
	int ret = put_json(f, info_to_json(&run->info));

	for (u32 i = 0; i < run->operations->cnt && !ret; i++)
		ret = put_json(f, operation_to_json(&run->operations->list[i]));
	for (u32 i = 0; i < run->cnt && !ret; i++)
		ret = put_json(f, record_to_json(&run->recs[i], &run->info, false));
	if (!ret && !run->partial)
		ret = put_json(f,
			       totals_to_json(&run->totals, run->cnt, run->unused, run->nunused));
	return ret;
}

/* Give @out its name once it is on the disk. */
static int keep_file(struct outfile *out, int ret)
{
	if (!ret && (fflush(out->f) || fsync(fileno(out->f)))) {
		ret = -errno;
		pr_err("%s: %s", out->path, strerror(errno));
	}
	return outfile_close(out, !ret) || ret ? -EIO : 0;
}

static int open_file(struct outfile *out, const char *dir, const char *arch, const char *suffix)
{
	char *path = xasprintf("%s/%s%s", dir, arch, suffix);
	int ret = outfile_open(out, path);

	free(path);
	return ret;
}

int run_write(const char *dir, const struct run *run)
{
	static const char *const suffixes[] = { ".jsonl", ".partial.jsonl" };
	char *other = xasprintf("%s/%s%s", dir, run->info.arch, suffixes[!run->partial]);
	struct outfile out;
	int ret = open_file(&out, dir, run->info.arch, suffixes[run->partial]);

	if (!ret)
		ret = keep_file(&out, put_lines(out.f, run));
	/* of an earlier run in the same directory */
	if (!ret)
		unlink(other);
	free(other);
	return ret;
}

int run_write_ktap(const char *dir, const struct run *run)
{
	struct outfile out;
	int ret = open_file(&out, dir, run->info.arch, ".ktap.gz");

	if (!ret) {
		ret = ktap_write(out.f, run);
		ret = outfile_close(&out, !ret) || ret ? -EIO : 0;
	}
	return ret;
}
