/* SPDX-License-Identifier: GPL-2.0 */
/* The options of every command that tries single cases in a guest: which guest, which engine, which case. */
#ifndef CHECKJIT_LAB_OPTS_H
#define CHECKJIT_LAB_OPTS_H

#include <getopt.h>
#include "bpf/case.h"
#include "session/engine.h"
#include "session/guest.h"

struct lab;

struct lab_opts {
	struct guest_conf guest;
	const struct engine *engines[8];	/* --engines; none given: all */
	u32 nengines;
	const char *dir;			/* --cases, "cases" */
	const char *id, *file;			/* --id, --case: exactly one of them */
};

enum lab_option_id {
	LAB_ARCH = 1024, LAB_IMAGE, LAB_INITRD, LAB_BOOT, LAB_CONSOLE, LAB_CPU, LAB_CPU2, LAB_QEMU, LAB_TIMEOUT, LAB_BOOT_TIMEOUT,
	LAB_ENGINES, LAB_CASES, LAB_ID, LAB_CASE,
};

/* Rows for a command's own struct option array. --cpu2 and --qemu are taken and not needed: guest.sh always gives them. */
#define LAB_OPTIONS                                                \
	{ "arch", required_argument, NULL, LAB_ARCH },             \
	{ "image", required_argument, NULL, LAB_IMAGE },           \
	{ "initrd", required_argument, NULL, LAB_INITRD },         \
	{ "boot", required_argument, NULL, LAB_BOOT },             \
	{ "console", required_argument, NULL, LAB_CONSOLE },       \
	{ "cpu", required_argument, NULL, LAB_CPU },               \
	{ "cpu2", required_argument, NULL, LAB_CPU2 },             \
	{ "qemu", required_argument, NULL, LAB_QEMU },             \
	{ "timeout", required_argument, NULL, LAB_TIMEOUT },       \
	{ "boot-timeout", required_argument, NULL, LAB_BOOT_TIMEOUT }, \
	{ "engines", required_argument, NULL, LAB_ENGINES },       \
	{ "cases", required_argument, NULL, LAB_CASES },           \
	{ "id", required_argument, NULL, LAB_ID },                 \
	{ "case", required_argument, NULL, LAB_CASE }

/* What --help says of them. */
extern const char lab_opts_help[];

void lab_opts_init(struct lab_opts *o);
/* Take option @opt of getopt_long(): 0; -ENOENT: none of these; -EINVAL: wrong, and said so. */
int lab_opts_take(struct lab_opts *o, int opt, const char *arg);
/* After the last option: is all there that is needed? Engines get their default. 0 or -EINVAL, said so. Signals that
 * end a program set guest_stop from here on. */
int lab_opts_done(struct lab_opts *o, const char *command);

/* The one case that --id or --case names. */
struct one_case {
	struct bpf_case *c;
	long vec;		/* the id named one vector of it, else -1 */
};

/* 0, or -EINVAL with the reason said: no such id (the nearest ones), a malformed file, more than one case in it. */
int one_case_load(const struct lab_opts *o, struct one_case *out);
void one_case_free(struct one_case *one);

/* A command that is about one case in one guest. */
struct lab_command {
	const char *name;
	const struct option *options;	/* LAB_OPTIONS, its own, and 'h' */
	void (*usage)(FILE *f);
	/* Its own options: 0; -ENOENT: none of them; -EINVAL: wrong, and said so. NULL: it has none. */
	int (*take)(void *ctx, int opt, const char *arg);
	/* Do it; an exit code. */
	int (*run)(void *ctx, struct lab *lab, const struct lab_opts *o, struct one_case *one);
	void *ctx;
};

/* All options: -1: go on; else the exit code that this ends with. */
int lab_opts_parse(struct lab_opts *o, const struct lab_command *cmd, int argc, char **argv);
/* Options, case, guest, then @cmd->run. The exit code. */
int lab_command(const struct lab_command *cmd, int argc, char **argv);

#endif
