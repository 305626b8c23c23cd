// SPDX-License-Identifier: GPL-2.0
/* Options of subcommands: what a row parses, what is wrong, what --help says. */
#include <errno.h>
#include <getopt.h>
#include "cmd/args.h"
#include "cmd/opts.h"
#include "lib/util.h"
#include "tests/test.h"

struct one {
	const char *out, *ids;
	bool all;
	int count;
	u32 taken;
};

struct two {
	const char *file;
};

static int take(void *to, const char *value)
{
	if (value && !strcmp(value, "wrong"))
		return -EINVAL;
	*(u32 *)to = value ? 2 : 1;
	return 0;
}

static const struct opt rows_one[] = {
	OPT_TEXT("out", "FILE", struct one, out, "what to write"),
	OPT_FLAG("all", struct one, all, "everything,\nand more"),
	OPT_NUMBER("count", "N", struct one, count, 1, 10, "how many"),
	OPT_CALL("take", "[=IDS]", struct one, taken, take, "may be without"),
	OPT_TEXT("hidden", "X", struct one, ids, NULL),
	{}
};

static const struct opt rows_two[] = { OPT_TEXT("o", "FILE", struct two, file, "a letter"), {} };

static const struct opt_usage usage = { .name = "test",
					.head = "usage: test\n\n",
					.foot = "the end\n" };

static struct one one;
static struct two two;
static const struct opt_table tables[] = { { rows_one, &one }, { rows_two, &two }, {} };

/* opts_parse() of the words of @line, which stay for the next checks. */
static int parse(const char *line)
{
	static struct args a;

	args_free(&a);
	args_add(&a, "test");
	args_words(&a, line);
	one = (struct one){};
	two = (struct two){};
	return opts_parse(&usage, tables, a.cnt, a.v);
}

static void good(void)
{
	CHECK(parse("--out x --all --count 3 --take=y -o z a --hidden h b") == -1, "all known");
	CHECK(!strcmp(one.out, "x") && one.all && one.count == 3 && one.taken == 2 &&
		      !strcmp(one.ids, "h"),
	      "table one");
	CHECK(!strcmp(two.file, "z"), "table two");
	CHECK(optind == 11, "the arguments are at %d", optind);
	CHECK(parse("--take") == -1 && one.taken == 1, "a value left out");
	CHECK(parse("--out=") == -1 && !*one.out, "an empty value");
	CHECK(parse("") == -1 && optind == 1, "nothing");
	CHECK(parse("-- --all") == -1 && !one.all && optind == 2, "arguments after --");
}

static void bad(void)
{
	static const char *const lines[] = {
		"--nothing", "-x",	  "--out",	  "-o",
		"--count 0", "--count x", "--take=wrong", "--all=1",
	};

	for (u32 i = 0; i < ARRAY_SIZE(lines); i++)
		CHECK(parse(lines[i]) == EXIT_USAGE, "%s", lines[i]);
}

static void help(void)
{
	char *text;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	opts_print_usage(f, &usage, tables);
	fclose(f);
	CHECK(!strcmp(text, "usage: test\n\n"
			    "  --out FILE           what to write\n"
			    "  --all                everything,\n"
			    "                       and more\n"
			    "  --count N            how many\n"
			    "  --take[=IDS]         may be without\n"
			    "  -o FILE              a letter\n"
			    "\nthe end\n"),
	      "%s", text);
	free(text);
	CHECK(parse("--help") == EXIT_OK && parse("-h") == EXIT_OK, "--help ends the command");
}

static void words(void)
{
	struct args a = {};

	args_words(&a, NULL);
	CHECK(!a.cnt, "no text, no words");
	args_words(&a, "  gen/dist*\tx ");
	args_option(&a, "--a", NULL);
	args_option(&a, "--b", "two words");
	CHECK(a.cnt == 4 && !a.v[4], "%u words", a.cnt);
	CHECK(!strcmp(a.v[0], "gen/dist*") && !strcmp(a.v[1], "x") && !strcmp(a.v[3], "two words"),
	      "%s %s", a.v[0], a.v[3]);
	args_free(&a);
}

static const struct test tests[] = {
	{ "good", good },
	{ "bad", bad },
	{ "help", help },
	{ "words", words },
};
TEST_MAIN(tests)
