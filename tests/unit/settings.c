// SPDX-License-Identifier: GPL-2.0
/* The table of settings, and what is made of it. */
#include <stdlib.h>
#include "cmd/settings.h"
#include "lib/util.h"
#include "tests/test.h"

static const struct setting *row(const char *name)
{
	for (u32 i = 0; i < NR_SETTINGS; i++)
		if (!strcmp(settings[i].name, name))
			return &settings[i];
	return NULL;
}

static void clear(void)
{
	for (u32 i = 0; i < NR_SETTINGS; i++)
		unsetenv(settings[i].name);
}

static void rows(void)
{
	for (u32 i = 0; i < NR_SETTINGS; i++) {
		const struct setting *s = &settings[i];

		CHECK(s->jobs, "%s: no job takes it", s->name);
		CHECK(s->help && *s->help, "%s: no help", s->name);
		CHECK(!s->option || !strncmp(s->option, "--", 2), "%s: %s", s->name, s->option);
		CHECK(!(s->flags & SETTING_SWITCH) || s->option, "%s: a switch of nothing",
		      s->name);
		CHECK(row(s->name) == s, "%s: two rows", s->name);
		CHECK(strspn(s->name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789") == strlen(s->name),
		      "%s: not upper case", s->name);
	}
	for (u32 i = 0; i < NR_JOBS; i++) {
		CHECK(job_by_name(job_name(i)) == i, "%s: two jobs", job_name(i));
		CHECK(*job_help(i), "%s: no help", job_name(i));
	}
	CHECK(job_by_name("walk") == NR_JOBS, "a job that does not exist");
}

static void values(void)
{
	clear();
	CHECK(!setting(SET_KERNEL), "it is not set");
	setenv("KERNEL", "", 1);
	CHECK(!setting(SET_KERNEL), "it is empty");
	setenv("KERNEL", "/k", 1);
	CHECK(setting(SET_KERNEL) && !strcmp(setting(SET_KERNEL), "/k"), "it is /k");
}

static int check_with(enum setting_id id, const char *value)
{
	int ret;

	clear();
	setenv(settings[id].name, value, 1);
	ret = settings_check(~0u);
	clear();
	return ret;
}

static void checks(void)
{
	static const struct {
		enum setting_id id;
		const char *value;
		bool good;
	} tries[] = {
		{ SET_SWEEP, "none", true },
		{ SET_SWEEP, "none quick", false },
		{ SET_SWEEP, "non", false },
		{ SET_ENGINES, "jit,interp raw_jit", true },
		{ SET_ENGINES, "jit native", false },
		{ SET_ENGINES, " ", true },
		{ SET_MEM, "256", true },
		{ SET_MEM, "0x100", true },
		{ SET_MEM, "8", false },
		{ SET_MEM, "256M", false },
		{ SET_MEM, "-1", false },
		{ SET_SEED, "18446744073709551615", true },
		{ SET_SEED, "18446744073709551616", false },
		{ SET_SHARD, "1/1", true },
		{ SET_SHARD, "0/1", false },
		{ SET_SHARD, "2/1", false },
		{ SET_SHARD, "1/2x", false },
		{ SET_CASE, "Makefile", true },
		{ SET_CASE, "no such", false },
		{ SET_PATCHES, "Makefile cmd", true },
		{ SET_PATCHES, "Makefile nosuch", false },
		{ SET_KERNEL, "debian", true },
		{ SET_KERNEL, "debian:6.12", true },
		{ SET_KERNEL, "cmd", true },
		{ SET_KERNEL, "git:https://example.org/linux#master", true },
		{ SET_KERNEL, "nosuch", false },
		{ SET_KERNEL, "nosuch.deb", false },
		{ SET_APPEND, "anything = 1", true },
	};

	for (u32 i = 0; i < ARRAY_SIZE(tries); i++)
		CHECK(!check_with(tries[i].id, tries[i].value) == tries[i].good, "%s=%s",
		      settings[tries[i].id].name, tries[i].value);
	for (u32 i = 0; i < NR_SETTINGS; i++) {
		const struct setting *s = &settings[i];
		bool words = s->type == SETTING_WORD || s->type == SETTING_WORDS ||
			     s->type == SETTING_KERNEL;

		CHECK(!words || s->values, "%s: no words", s->name);
		CHECK((s->type == SETTING_NUMBER) == (s->max > 0), "%s: no maximum", s->name);
	}
	setenv("TIMEOUT", "soon", 1);
	CHECK(!settings_check(1u << JOB_LIST), "list takes no TIMEOUT");
	CHECK(settings_check(1u << JOB_LIST | 1u << JOB_RUN), "run does");
	clear();
}

static void names(void)
{
	clear();
	CHECK(!setting_take("KERNEL=a=b") && !strcmp(setting(SET_KERNEL), "a=b"), "it is a=b");
	CHECK(setting_take("KERNEL"), "no value");
	CHECK(setting_take("KERNAL=x"), "no such setting");
	CHECK(setting_mistyped("KERNAL") && setting_mistyped("ARCHS"), "nearly a setting");
	CHECK(!setting_mistyped("KERNEL"), "a setting");
	CHECK(!setting_mistyped("HOSTCC") && !setting_mistyped("DESTDIR") &&
		      !setting_mistyped("PREFIX") && !setting_mistyped("HOST_CFLAGS"),
	      "variables of the Makefile");
	CHECK(!setting_mistyped("QEMU_BIN") && !setting_mistyped("XDG_CACHE_HOME"),
	      "variables of scripts");
	clear();
}

static void rerun(void)
{
	char *text;

	clear();
	text = settings_rerun();
	CHECK(!*text, "'%s'", text);
	free(text);
	/* what is given by ARCH and ID, or does not change the verdict of one case, is not in it */
	setenv("ARCH", "arm64", 1);
	setenv("ID", "alu/x", 1);
	setenv("STOP_AFTER", "3", 1);
	setenv("KERNEL", "/home/me/linux", 1);
	setenv("APPEND", "a=1 b='2'", 1);
	setenv("DEBUG", "", 1);
	text = settings_rerun();
	CHECK(!strcmp(text, "KERNEL=/home/me/linux APPEND='a=1 b='\\''2'\\'''"), "'%s'", text);
	free(text);
}

static void key(void)
{
	char *text, *other;

	clear();
	text = settings_lines(SETTING_KEY);
	CHECK(strstr(text, "BTF: \n") && !strstr(text, "RUN:"), "'%s'", text);
	setenv("BTF", "1", 1);
	other = settings_lines(SETTING_KEY);
	CHECK(strstr(other, "BTF: 1\n"), "'%s'", other);
	free(text);
	free(other);
	/* whatever makes another kernel is needed by reruns and by bisections alike */
	for (u32 i = 0; i < NR_SETTINGS; i++)
		if (settings[i].flags & SETTING_BOOT)
			CHECK(!(settings[i].flags & SETTING_RERUN) ==
				      !(settings[i].flags & SETTING_KEY),
			      "%s", settings[i].name);
	CHECK(row("CC")->flags == SETTING_BUILD, "CC");
}

static void help(void)
{
	char *text;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	clear();
	setenv("STOP_AFTER", "3", 1);
	settings_print(f, 1u << JOB_RUN);
	fclose(f);
	CHECK(strstr(text, "  STOP_AFTER    [3] findings"), "%s", text);
	CHECK(!strstr(text, "GOOD"), "run does not take GOOD: %s", text);
	free(text);
}

static const struct test tests[] = {
	{ "rows", rows },   { "values", values }, { "checks", checks }, { "names", names },
	{ "rerun", rerun }, { "key", key },	  { "help", help },
};
TEST_MAIN(tests)
