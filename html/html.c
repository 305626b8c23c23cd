// SPDX-License-Identifier: GPL-2.0
#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>
#include "html/page.h"
#include "lib/util.h"

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && slash[1] ? slash + 1 : path;
}

static char *run_name(const struct run_set *set)
{
	char *real = realpath(set->dir, NULL), *name = xstrdup(base_name(real ? real : set->dir));

	free(real);
	return name;
}

/* Engines that a header does not name have records all the same. */
static void list_engines(struct html *h)
{
	h->nengines = run_set_engines(h->set, h->engines);
	for (u32 i = 0; i < h->matrix.cnt; i++) {
		const char *name = h->matrix.rows[i].engine;
		u32 k = 0;

		while (k < h->nengines && strcmp(h->engines[k], name))
			k++;
		if (k == h->nengines && k < RUN_ENGINES)
			h->engines[h->nengines++] = name;
	}
}

/* Make folder @name of the report, and remove what an earlier report left in it. */
static int make_folder(const char *dir, const char *name)
{
	char *path = xasprintf("%s/%s", dir, name);
	int ret = make_dirs(path);
	struct dirent *d;
	DIR *at = ret ? NULL : opendir(path);

	if (!ret && !at)
		ret = -errno;
	while (at && (d = readdir(at)))
		if (*d->d_name != '.' && unlinkat(dirfd(at), d->d_name, 0))
			ret = -errno;
	if (at)
		closedir(at);
	if (ret)
		pr_err("%s: %s", path, strerror(-ret));
	free(path);
	return ret;
}

static int write_asset(const char *dir, const char *name, const char *text)
{
	char *path = xasprintf("%s/%s", dir, name);
	int ret = outfile_write(path, text);

	free(path);
	return ret;
}

static int write_all(const struct html *h)
{
	static int (*const pages[])(const struct html *h) = {
		finding_pages, cases_page,    matrix_page,  caps_page, kernels_page,
		findings_page, overview_page, history_page, news_page,
	};
	int ret = make_folder(h->dir, "finding");

	if (!ret)
		ret = make_folder(h->dir, "data");
	if (!ret)
		ret = write_asset(h->dir, "style.css", html_style);
	if (!ret)
		ret = write_asset(h->dir, "report.js", html_script);
	for (size_t i = 0; i < ARRAY_SIZE(pages) && !ret; i++)
		ret = pages[i](h);
	return ret;
}

int html_write(const struct run_set *set, const struct html_conf *conf)
{
	struct html h = { .set = set,
			  .dir = conf->dir,
			  .name = run_name(set),
			  .history = conf->history,
			  .night = conf->night };
	int ret;

	matrix_make(set, &h.matrix);
	findings_make(set, &h.findings);
	texts_find(&h.findings.pages, conf->cases, &h.texts);
	list_engines(&h);
	ret = write_all(&h);
	texts_free(&h.texts);
	findings_free(&h.findings);
	matrix_free(&h.matrix);
	free(h.name);
	return ret;
}
