// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <string.h>
#include "cmd/opts.h"
#include "lib/util.h"

#define MAX_OPTS    64 /* per command */
#define HELP_COLUMN 23 /* column of the text in --help */

int opt_set_text(const struct opt *opt, void *to, const char *value)
{
	(void)opt;
	*(const char **)to = value;
	return 0;
}

int opt_set_flag(const struct opt *opt, void *to, const char *value)
{
	(void)opt;
	(void)value;
	*(bool *)to = true;
	return 0;
}

int opt_set_number(const struct opt *opt, void *to, const char *value)
{
	return parse_number(opt->name, value, opt->min, opt->max, to);
}

int opt_set_call(const struct opt *opt, void *to, const char *value)
{
	return opt->take(to, value);
}

/* ---- help ---- */

static void print_opt(FILE *f, const struct opt *opt)
{
	int n = fprintf(f, "  %s%s", opt->name[1] ? "--" : "-", opt->name);

	if (opt->arg)
		n += fprintf(f, "%s%s", opt->arg[0] == '[' ? "" : " ", opt->arg);
	fprintf(f, "%*s", n < HELP_COLUMN - 1 ? HELP_COLUMN - n : 2, "");
	for (const char *p = opt->help; *p; p++) {
		putc(*p, f);
		if (*p == '\n')
			fprintf(f, "%*s", HELP_COLUMN, "");
	}
	putc('\n', f);
}

void opts_print_usage(FILE *f, const struct opt_usage *usage, const struct opt_table *tables)
{
	fputs(usage->head, f);
	if (usage->more)
		usage->more(f);
	for (; tables->rows; tables++)
		for (const struct opt *o = tables->rows; o->name; o++)
			if (o->help)
				print_opt(f, o);
	if (usage->foot)
		fprintf(f, "\n%s", usage->foot);
}

/* ---- parsing ---- */

/* All rows in the form that getopt_long() takes. */
struct flat {
	const struct opt *rows[MAX_OPTS];
	void *to[MAX_OPTS];
	struct option longs[MAX_OPTS + 1];
	char shorts[2 * MAX_OPTS + 4];
	int cnt;
};

static int has_arg(const struct opt *opt)
{
	if (!opt->arg)
		return no_argument;
	return opt->arg[0] == '[' ? optional_argument : required_argument;
}

static void flatten(const struct opt_table *tables, bool first, struct flat *flat)
{
	char *s = flat->shorts;

	if (first)
		*s++ = '+';
	*s++ = ':'; /* getopt_long() prints nothing itself */
	*s++ = 'h';
	for (; tables->rows; tables++) {
		for (const struct opt *o = tables->rows; o->name && flat->cnt < MAX_OPTS - 1; o++) {
			int i = flat->cnt++;

			flat->rows[i] = o;
			flat->to[i] = (char *)tables->base + o->to;
			flat->longs[i] = (struct option){ o->name, has_arg(o), NULL, 256 + i };
			if (o->name[1])
				continue;
			*s++ = o->name[0];
			if (o->arg)
				*s++ = ':';
		}
	}
	flat->longs[flat->cnt] = (struct option){ "help", no_argument, NULL, 'h' };
}

/* Returns the row of getopt_long()'s result @c, or -1. */
static int row_of(const struct flat *flat, int c)
{
	if (c >= 256)
		return c - 256;
	for (int i = 0; i < flat->cnt; i++)
		if (flat->rows[i]->name[0] == c && !flat->rows[i]->name[1])
			return i;
	return -1;
}

int opts_parse(const struct opt_usage *usage, const struct opt_table *tables, int argc, char **argv)
{
	struct flat flat = {};
	int c, i;

	flatten(tables, usage->first, &flat);
	optind = 0;
	while ((c = getopt_long(argc, argv, flat.shorts, flat.longs, NULL)) != -1) {
		if (c == 'h') {
			opts_print_usage(stdout, usage, tables);
			return EXIT_OK;
		}
		i = row_of(&flat, c);
		if (i < 0) {
			pr_err("%s: %s '%s' (`checkjit %s --help` lists the options)", usage->name,
			       c == ':' ? "missing argument of" : "bad option", argv[optind - 1],
			       usage->name);
			return EXIT_USAGE;
		}
		if (flat.rows[i]->set(flat.rows[i], flat.to[i], optarg))
			return EXIT_USAGE;
	}
	return -1;
}
