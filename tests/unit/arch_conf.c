// SPDX-License-Identifier: GPL-2.0
/* What C reads of runners/qemu/arch/ARCH.conf is what a shell reads of it. */
#include <errno.h>
#include <glob.h>
#include <stdlib.h>
#include "cmd/arch_conf.h"
#include "lib/util.h"
#include "tests/test.h"

static void parse(void)
{
	struct arch_conf conf;

	arch_conf_parse(&conf,
			xstrdup("# A=1\nA=x y\nB=\"two words\" # no\nC='it=s'\nD=\nE=a,b=c\n"));
	CHECK(!strcmp(arch_conf_get(&conf, "A"), "x"), "A");
	CHECK(!strcmp(arch_conf_get(&conf, "B"), "two words"), "B");
	CHECK(!strcmp(arch_conf_get(&conf, "C"), "it=s"), "C");
	CHECK(!arch_conf_get(&conf, "D"), "D is empty");
	CHECK(!strcmp(arch_conf_get(&conf, "E"), "a,b=c"), "E");
	CHECK(!arch_conf_get(&conf, "F"), "F is not there");
	arch_conf_free(&conf);
	CHECK(arch_conf_load(&conf, "vax") == -ENOENT, "no such architecture");
}

/* The value of @name in a shell that has sourced @path; caller frees. */
static char *in_shell(const char *path, const char *name)
{
	char *command = xasprintf(". ./%s && printf '%%s' \"$%s\"", path, name), text[1024] = "";
	FILE *f = popen(command, "re");
	size_t n = f ? fread(text, 1, sizeof(text) - 1, f) : 0;

	text[n] = '\0';
	if (f)
		pclose(f);
	free(command);
	return xstrdup(text);
}

static void check_conf(const char *path)
{
	char *arch = xstrdup(strrchr(path, '/') + 1);
	struct arch_conf conf;

	arch[strlen(arch) - strlen(".conf")] = '\0';
	CHECK(!arch_conf_load(&conf, arch) && arch_conf_get(&conf, "CPU"), "%s: no CPU", path);
	for (u32 i = 0; i < conf.cnt; i++) {
		char *want = in_shell(path, conf.rows[i].name);

		CHECK(!strcmp(conf.rows[i].value, want), "%s: %s is '%s', in a shell '%s'", path,
		      conf.rows[i].name, conf.rows[i].value, want);
		free(want);
	}
	arch_conf_free(&conf);
	free(arch);
}

static void as_in_a_shell(void)
{
	glob_t g;

	CHECK(!glob("runners/qemu/arch/*.conf", 0, NULL, &g) && g.gl_pathc >= 9, "%zu confs",
	      g.gl_pathc);
	for (size_t i = 0; i < g.gl_pathc; i++)
		check_conf(g.gl_pathv[i]);
	globfree(&g);
}

static const struct test tests[] = { { "parse", parse }, { "as_in_a_shell", as_in_a_shell } };
TEST_MAIN(tests)
