/* SPDX-License-Identifier: GPL-2.0 */
/* The options of every command that tries single cases in a guest: which guest, which engine, which
 * case. */
#ifndef CHECKJIT_LAB_OPTS_H
#define CHECKJIT_LAB_OPTS_H

#include "bpf/case.h"
#include "cmd/opts.h"
#include "session/engine.h"
#include "session/guest.h"

struct session;

struct lab_opts {
	struct guest_conf guest;
	const struct engine *engines[NR_ENGINES]; /* --engines; none given: all */
	u32 nengines;
	const char *dir;       /* --cases, "cases" */
	const char *id, *file; /* --id, --case: exactly one of them */
};

/* --arch to --engines; --cases; --id and --case: rows about struct lab_opts. */
extern const struct opt guest_rows[], cases_rows[], one_case_rows[];

void lab_opts_init(struct lab_opts *o);
/* After the last option: is all there that is needed? Engines get their default. 0 or -EINVAL, said
 * so. Signals that end a program set guest_stop from here on. */
int lab_opts_done(struct lab_opts *o, const char *command);

/* The one case that --id or --case names. */
struct one_case {
	struct bpf_case *c;
	long vec; /* the id named one vector of it, else -1 */
};

/* 0, or -EINVAL with the reason said: no such id (the nearest ones), a malformed file, more than
 * one case in it. */
int one_case_load(const struct lab_opts *o, struct one_case *out);
void one_case_free(struct one_case *one);

/* A command that is about one case in one guest. */
struct lab_command {
	struct opt_usage usage;
	bool known;		/* expect what results/known/ARCH.txt predicts */
	const struct opt *rows; /* its own options, about @ctx; NULL: none */
	void *ctx;
	/* Do it; an exit code. */
	int (*run)(void *ctx, struct session *session, const struct lab_opts *o,
		   struct one_case *one);
};

/* All options: -1: go on, the arguments begin at optind; else the exit code that this ends with. */
int lab_opts_parse(struct lab_opts *o, const struct lab_command *cmd, int argc, char **argv);
/* Options, case, guest, then @cmd->run. The exit code. */
int lab_command(const struct lab_command *cmd, int argc, char **argv);

#endif
