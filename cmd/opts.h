/* SPDX-License-Identifier: GPL-2.0 */
/* Options of the subcommands: one row each, which parses the option and is its line of --help. */
#ifndef CHECKJIT_OPTS_H
#define CHECKJIT_OPTS_H

#include <getopt.h>
#include <stddef.h>
#include <stdio.h>
#include "lib/types.h"

/*
 * One option. Rows of a table set members of one struct, found by their offset. A table ends with
 * {}.
 */
struct opt {
	const char *name; /* "out" is --out, "o" is -o */
	/* what --help calls the value; NULL: takes none; "[=IDS]": the value may be left out */
	const char *arg;
	/* further lines are indented like the first; NULL: --help does not show it */
	const char *help;
	/* Store @value (NULL: left out) at @to. 0, or -EINVAL after saying why on stderr. */
	int (*set)(const struct opt *opt, void *to, const char *value);
	size_t to;
	int min, max;				  /* OPT_NUMBER: the least and the greatest */
	int (*take)(void *to, const char *value); /* OPT_CALL: what set() calls */
};

/* A string that stays as it is in argv. */
#define OPT_TEXT(name, arg, type, member, help)                                   \
	{                                                                         \
		name, arg, help, opt_set_text, offsetof(type, member), 0, 0, NULL \
	}
/* A bool that becomes true. */
#define OPT_FLAG(name, type, member, help)                                         \
	{                                                                          \
		name, NULL, help, opt_set_flag, offsetof(type, member), 0, 0, NULL \
	}
/* An int from @min to @max. */
#define OPT_NUMBER(name, arg, type, member, min, max, help)                             \
	{                                                                               \
		name, arg, help, opt_set_number, offsetof(type, member), min, max, NULL \
	}
/* Whatever @take makes of it. */
#define OPT_CALL(name, arg, type, member, take, help)                             \
	{                                                                         \
		name, arg, help, opt_set_call, offsetof(type, member), 0, 0, take \
	}

int opt_set_text(const struct opt *opt, void *to, const char *value);
int opt_set_flag(const struct opt *opt, void *to, const char *value);
int opt_set_number(const struct opt *opt, void *to, const char *value);
int opt_set_call(const struct opt *opt, void *to, const char *value);

/* A table and the struct that it is about. */
struct opt_table {
	const struct opt *rows;
	void *base;
};

/* What --help prints around the options. */
struct opt_usage {
	const char *name;      /* of the subcommand */
	const char *head;      /* "usage: …", and what the command does */
	void (*more)(FILE *f); /* between the head and the options, or NULL */
	const char *foot;      /* exit codes; or NULL */
	/* options end at the first argument: what stands behind it belongs to another command */
	bool first;
};

void opts_print_usage(FILE *f, const struct opt_usage *usage, const struct opt_table *tables);

/*
 * Parse the options of @argv by @tables (the last one has no rows). -1: all is well, and the
 * arguments begin at optind; else the exit code that the command ends with: --help was printed, or
 * something was wrong and said on stderr.
 */
int opts_parse(const struct opt_usage *usage, const struct opt_table *tables, int argc,
	       char **argv);

#endif
