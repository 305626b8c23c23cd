/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The jobs (`make JOB`) and their settings (the variables of `make JOB`, which jobs find in the
 * environment): one row each in cmd/jobs.def and cmd/settings.def. `make help`, the --help of jobs,
 * rerun commands, the key of a bisection, options of subcommands, the identity of a warm guest and
 * what `make check` unsets all come from these rows.
 */
#ifndef CHECKJIT_SETTINGS_H
#define CHECKJIT_SETTINGS_H

#include <stdio.h>
#include "lib/types.h"

#define JOB(id, name, help) JOB_##id,
enum job_id {
#include "cmd/jobs.def"
	NR_JOBS
};
#undef JOB

#define SETTING(name, ...) SET_##name,
enum setting_id {
#include "cmd/settings.def"
	NR_SETTINGS
};
#undef SETTING

enum setting_flag {
	/* the command that runs a failing case again needs it, beside ARCH and ID */
	SETTING_RERUN = 1 << 0,
	/* a bisection takes no answer that it got under another value */
	SETTING_KEY = 1 << 1,
	/* the boot script reads it: under another value it boots another guest */
	SETTING_BOOT = 1 << 2,
	/* `make check` keeps it; it unsets all others */
	SETTING_KEEP = 1 << 3,
	/* .option takes no value; it is passed where the setting has any */
	SETTING_SWITCH = 1 << 4,
	/* it says what is run: given to a job that does not take it, it would run something else */
	SETTING_CHOOSES = 1 << 5,
	/* it changes the kernel that is built */
	SETTING_BUILD = SETTING_RERUN | SETTING_KEY,
};

/* What a value must be. */
enum setting_type {
	SETTING_TEXT,
	SETTING_WORD,	/* one of .values */
	SETTING_WORDS,	/* some of .values, separated by blanks or commas */
	SETTING_NUMBER, /* from .min to .max */
	SETTING_SHARD,	/* I/N, with I from 1 to N */
	SETTING_FILE,	/* a file or directory that can be read */
	SETTING_FILES,	/* several, separated by blanks */
	SETTING_KERNEL, /* a word that begins with debian, source, or files */
};

struct setting {
	const char *name;
	/* what jobs take where it is not set, for people; NULL: nothing, or .help says it */
	const char *fallback;
	const char *help;
	const char *option; /* how the subcommand of the same name as the job takes it, or NULL */
	u32 flags;	    /* enum setting_flag */
	u32 jobs;	    /* bits of enum job_id: those that take it */
	enum setting_type type;
	const char *values; /* words that it can be, for .type and for completion; or NULL */
	u64 min, max;	    /* SETTING_NUMBER */
};

extern const struct setting settings[NR_SETTINGS];

/* The value in the environment; NULL where it is not set or empty, which is the same. */
const char *setting(enum setting_id id);
/*
 * Set what @word, "NAME=VALUE", says. Returns 0, or -EINVAL after saying on stderr that there is no
 * such setting.
 */
int setting_take(const char *word);
/* Is there no setting @name, but one that is so much like it that @name is a typing error? If so,
 * says it on stderr. */
bool setting_mistyped(const char *name);
/*
 * Check the values of the settings that one of @jobs (bits of enum job_id) takes. Returns 0, or
 * -EINVAL after saying on stderr what is wrong, and what was expected.
 */
int settings_check(u32 jobs);
/* Returns the directory for what a job makes: O, or its default. */
const char *work_dir(void);

/* The job of that name, or NR_JOBS. */
enum job_id job_by_name(const char *name);
const char *job_name(enum job_id job);
const char *job_help(enum job_id job);
/* The bit of the job of that name. Of a subcommand that is no job: those of all jobs on one case,
 * whose settings it takes. */
u32 job_bits(const char *name);
/* One line a job, each after two blanks and @prefix: its name and what it does. */
void jobs_print(FILE *f, const char *prefix);

/* What a rerun needs beside ARCH and ID: "NAME=VALUE ...", quoted for a shell; "" where nothing is
 * needed. Caller frees. */
char *settings_rerun(void);
/* The settings that one of @jobs takes, without the @n in @but, in the same form. Caller frees. */
char *settings_words(u32 jobs, const enum setting_id *but, u32 n);
/* "NAME: VALUE" lines of all that have one of @flags, set or not. Caller frees. */
char *settings_lines(u32 flags);

/* Name, present value, help and default of each setting that one of @jobs (bits of enum job_id)
 * takes. */
void settings_print(FILE *f, u32 jobs);

#endif
