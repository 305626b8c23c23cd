// SPDX-License-Identifier: GPL-2.0
/* KCIDB I/O schema v5.3. It has no nulls, and outside of "misc" only keys of the schema. */
#include <errno.h>
#include <string.h>
#include <jansson.h>
#include "lib/util.h"
#include "report/report.h"

#define ORIGIN	    "checkjit"
#define EXCERPT_MAX 16000 /* the schema allows 16384 characters */

static void put_string(json_t *j, const char *key, const char *s)
{
	if (s && *s && strcmp(s, "unknown"))
		json_object_set_new(j, key, json_string(s));
}

static void put_new(json_t *j, const char *key, char *s)
{
	json_object_set_new(j, key, json_string(s));
	free(s);
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && slash[1] ? slash + 1 : path;
}

static json_t *new_object(char *id)
{
	json_t *j = json_object();

	put_new(j, "id", id);
	json_object_set_new(j, "origin", json_string(ORIGIN));
	return j;
}

static char *checkout_id(const struct run_set *set, const struct run *run)
{
	return xasprintf(ORIGIN ":%s/%s", base_name(set->dir), run->info.kernel);
}

static char *build_id(const struct run_set *set, const struct run *run)
{
	return xasprintf(ORIGIN ":%s/%s", base_name(set->dir), run->info.arch);
}

static json_t *checkout(const struct run_set *set, const struct run *run)
{
	json_t *j = new_object(checkout_id(set, run)), *misc = json_object();

	json_object_set_new(j, "valid", json_true());
	put_string(misc, "kernel_release", run->info.kernel);
	put_string(misc, "image", run->info.image);
	json_object_set_new(j, "misc", misc);
	return j;
}

static json_t *build(const struct run_set *set, const struct run *run)
{
	const struct run_info *i = &run->info;
	json_t *j = new_object(build_id(set, run)), *misc = json_object(), *caps = json_object();

	put_new(j, "checkout_id", checkout_id(set, run));
	put_string(j, "architecture", i->arch);
	put_string(j, "compiler", i->compiler);
	put_string(j, "start_time", i->start);
	json_object_set_new(j, "status", json_string("PASS"));
	put_string(misc, "config_hash", i->config_hash);
	put_string(misc, "qemu", i->qemu);
	put_string(misc, "cpu", i->cpu);
	put_string(misc, "checkjit", i->version);
	for (u32 k = 0; k < i->ncaps; k++)
		json_object_set_new(caps, i->caps[k].name, json_boolean(i->caps[k].have));
	json_object_set_new(misc, "capabilities", caps);
	json_object_set_new(j, "misc", misc);
	return j;
}

static char *test_id(const struct run_set *set, const struct record *r)
{
	char *path = id_dotted(r->id),
	     *id = xasprintf(ORIGIN ":%s/%s/%s/%s", base_name(set->dir), r->arch, r->engine, path);

	free(path);
	return id;
}

static char *excerpt(const struct run_set *set, const struct record *r)
{
	char *text, *others = attribution_others(set, r), *s;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	failure_print(f, r, others, "");
	fclose(f);
	s = text_clean(text, EXCERPT_MAX, true);
	free(text);
	free(others);
	return s;
}

static json_t *test(const struct run_set *set, const struct run *run, const struct record *r)
{
	json_t *j = new_object(test_id(set, r)), *misc = json_object();
	char *path = id_dotted(r->id);

	put_new(j, "build_id", build_id(set, run));
	put_new(j, "path", xasprintf(ORIGIN ".%s.%s", r->engine, path));
	free(path);
	json_object_set_new(j, "status", json_string(verdicts[r->verdict].kcidb));
	put_string(j, "comment", r->reason);
	put_string(j, "start_time", run->info.start);
	if (!verdicts[r->verdict].ok || r->verdict == VERDICT_XFAIL)
		put_new(j, "log_excerpt", excerpt(set, r));
	put_string(misc, "verdict", verdicts[r->verdict].name);
	put_string(misc, "id", r->id);
	put_string(misc, "engine", r->engine);
	json_object_set_new(misc, "jited", json_integer(r->jited));
	put_string(misc, "rerun", r->rerun);
	json_object_set_new(j, "misc", misc);
	return j;
}

/*
 * A row of results/known is an issue; a test that it covers is an incident: present (XFAIL) or
 * absent (XPASS).
 */
static void known(json_t *issues, json_t *incidents, json_t *seen, const struct run_set *set,
		  const struct record *r)
{
	char *issue_id = xasprintf(ORIGIN ":%s", r->known.row);
	json_t *j;

	if (!json_object_get(seen, issue_id)) {
		bool qemu = r->known.kind && !strcmp(r->known.kind, "qemu-bug");

		json_object_set_new(seen, issue_id, json_true());
		j = new_object(xstrdup(issue_id));
		json_object_set_new(j, "version", json_integer(1));
		put_string(j, "report_subject", r->known.reason);
		put_string(j, "comment", r->known.evidence);
		if (r->known.evidence && !strncmp(r->known.evidence, "https://", 8) &&
		    !strpbrk(r->known.evidence, " \t"))
			put_string(j, "report_url", r->known.evidence);
		json_object_set_new(j, "culprit",
				    json_pack("{s:b, s:b, s:b}", "code", !qemu, "tool", qemu,
					      "harness", false));
		json_array_append_new(issues, j);
	}
	j = new_object(test_id(set, r));
	json_object_set_new(j, "issue_id", json_string(issue_id));
	json_object_set_new(j, "issue_version", json_integer(1));
	put_new(j, "test_id", test_id(set, r));
	json_object_set_new(j, "present", json_boolean(r->verdict == VERDICT_XFAIL));
	json_array_append_new(incidents, j);
	free(issue_id);
}

static bool have_id(const json_t *array, const json_t *object)
{
	const char *id = json_string_value(json_object_get(object, "id"));
	json_t *o;
	size_t i;

	json_array_foreach (array, i, o)
		if (!strcmp(json_string_value(json_object_get(o, "id")), id))
			return true;
	return false;
}

int kcidb_write(FILE *f, const struct run_set *run_set)
{
	struct run_set real = *run_set,
		       *set = &real; /* ids contain the directory's name, even if it is "." */
	char *dir = realpath(run_set->dir, NULL);
	json_t *checkouts = json_array(), *builds = json_array(), *tests = json_array(),
	       *issues = json_array();
	json_t *incidents = json_array(), *seen = json_object(), *all;
	int ret;

	if (dir)
		real.dir = dir;
	for (u32 i = 0; i < set->cnt; i++) {
		const struct run *run = &set->runs[i];
		json_t *c = checkout(set, run);

		if (!have_id(checkouts, c))
			json_array_append(checkouts, c);
		json_decref(c);
		json_array_append_new(builds, build(set, run));
		for (u32 k = 0; k < run->cnt; k++) {
			const struct record *r = &run->recs[k];

			json_array_append_new(tests, test(set, run, r));
			if (r->known.row &&
			    (r->verdict == VERDICT_XFAIL || r->verdict == VERDICT_XPASS))
				known(issues, incidents, seen, set, r);
		}
	}
	all = json_pack("{s:{s:i, s:i}, s:o, s:o, s:o, s:o, s:o}", "version", "major", 5, "minor",
			3, "checkouts", checkouts, "builds", builds, "tests", tests, "issues",
			issues, "incidents", incidents);
	ret = all && !json_dumpf(all, f, JSON_COMPACT) && fputc('\n', f) != EOF && !ferror(f)
		      ? 0
		      : -EIO;
	json_decref(all);
	json_decref(seen);
	free(dir);
	return ret;
}
