// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include "cmd/cmd.h"
#include "cmd/lab_opts.h"
#include "cmd/stdin.h"
#include "convert/conf_asm.h"
#include "convert/import_data.h"
#include "lib/util.h"
#include "session/trial.h"

#define MAX_PLUGIN_SLOTS 65536

struct plugin {
	struct lab_opts o;
	const char *engine, *program;
	const char *memory;
};

static const struct opt_usage usage = {
	.name = "plugin",
	.head = "usage: checkjit plugin [MEMORY] [--engine model] [OPTION...] <PROGRAM\n"
		"       checkjit plugin [MEMORY] --engine interp|jit|jit_hardened --arch ARCH "
		"--image DIR --initrd FILE [OPTION...]\n\n"
		"The plugin protocol of bpf_conformance: a program as hex bytes on stdin "
		"(little-endian layout), the\n"
		"memory that r1 points to as hex bytes in the first argument, r0 in hex on stdout. "
		"Options may come\n"
		"in one argument, as --plugin_options passes them. As --plugin_path wants one "
		"program:\n\n"
		"  printf '#!/bin/sh\\nexec checkjit plugin \"$@\"\\n' >plugin && chmod +x "
		"plugin\n\n",
	.foot = "Exit codes: 0 r0 is on stdout, 1 the program cannot be run or is refused, 2 usage "
		"or malformed input,\n"
		"3 infrastructure; the reason is on stderr.\n",
};

static const struct opt rows[] = {
	OPT_TEXT("engine", "ENGINE", struct plugin, engine,
		 "model (default: no guest is needed), or an engine of the guest"),
	OPT_TEXT("program", "HEX", struct plugin, program, "the program, instead of stdin"),
	{}
};

/* The arguments, with --plugin_options split at blanks: it arrives as one argument. */
struct words {
	char **v;
	int cnt;
	char *copy; /* backs some of @v */
};

static struct words split_args(int argc, char **argv)
{
	struct words w = { 0 };
	u32 cnt = 0, cap = 0;
	char *save;

	for (int i = 0; i < argc; i++) {
		char *word = argv[i];

		if (!w.copy && !strncmp(word, "--", 2) && strchr(word, ' ')) {
			w.copy = xstrdup(word);
			for (word = strtok_r(w.copy, " ", &save); word;
			     word = strtok_r(NULL, " ", &save)) {
				ARRAY_GROW(w.v, cnt, cap);
				w.v[cnt++] = word;
			}
			continue;
		}
		ARRAY_GROW(w.v, cnt, cap);
		w.v[cnt++] = word;
	}
	ARRAY_GROW(w.v, cnt, cap);
	w.v[cnt] = NULL;
	w.cnt = cnt;
	return w;
}

/* ---- the program ---- */

static int decode_program(const char *hex, struct code *code, struct diag *diag)
{
	u8 *bytes;
	u32 len;

	if (hex_parse(hex, "<program>", &bytes, &len, diag))
		return -EINVAL;
	if (!len || len % INSN_SIZE || len / INSN_SIZE > MAX_PLUGIN_SLOTS) {
		free(bytes);
		return diag_set(diag, "<program>", 1, 0,
				"%u bytes (expected a multiple of 8, at most %d)", len,
				MAX_PLUGIN_SLOTS * INSN_SIZE);
	}
	code->cnt = len / INSN_SIZE;
	code->insns = xcalloc(code->cnt, sizeof(*code->insns));
	for (u32 i = 0; i < code->cnt; i++)
		insn_decode(&code->insns[i], bytes + i * INSN_SIZE, ORDER_LE);
	free(bytes);
	if (insn_is_wide(&code->insns[code->cnt - 1]))
		return diag_set(diag, "<program>", 1, 0,
				"it ends within an instruction of two slots");
	return conf_find_funcs(code, "<program>", 1, diag);
}

static int read_input(const struct plugin *p, struct foreign *f)
{
	struct diag diag = {};
	char *text = NULL;
	int ret = EXIT_OK;

	*f = (struct foreign){ .file = "plugin", .name = xstrdup("program"), .mem_args = true };
	if (p->program)
		text = xstrdup(p->program);
	else
		text = read_stdin(&ret);
	if (text &&
	    (decode_program(text, &f->code, &diag) ||
	     hex_parse(p->memory ? p->memory : "", "<memory>", &f->mem, &f->mem_len, &diag))) {
		diag_print(&diag);
		ret = EXIT_USAGE;
	}
	free(text);
	return ret;
}

/* ---- engines ---- */

static int run_model(const struct bpf_case *c, u64 *r0)
{
	struct model_state st = {};
	char why[128] = "";
	enum model_stop stop = model_run(c, 0, ORDER_LE, 64, &st, why);

	*r0 = c->raw ? st.retval : st.r[0];
	model_state_free(&st);
	if (stop == MODEL_OK)
		return EXIT_OK;
	pr_err("plugin: %s: %s", model_stop_name(stop), why);
	return EXIT_FINDINGS;
}

/* Returns what the engine computed: the model's r0 if they agree, else the observed one. */
static int judge(const struct session *session, const struct bpf_case *c, const struct trial *t,
		 u64 *r0)
{
	struct model_state st = {};
	enum byte_order order = session->guest.order;

	switch (t->verdict) {
	case VERDICT_PASS:
	case VERDICT_NOT_TESTED:
		model_run(c, 0, order, session->guest.word_bits, &st, NULL);
		*r0 = c->raw ? st.retval : st.r[0];
		model_state_free(&st);
		return EXIT_OK;
	case VERDICT_FAIL:
		if (!t->diff.got.slot)
			return EXIT_FINDINGS;
		*r0 = c->raw ? t->diff.got.retval
			     : spilled_reg(&t->diff.block, t->diff.kind, t->diff.got.slot, 0,
					   order);
		return EXIT_OK;
	case VERDICT_ERROR:
	case VERDICT_LOST:
		pr_err("plugin: %s", t->reason ? t->reason : "the guest gives no answer");
		return EXIT_INFRA;
	default:
		pr_err("plugin: %s: %s", verdicts[t->verdict].name, t->reason ? t->reason : "");
		if (t->log)
			fprintf(stderr, "%s\n", t->log);
		return EXIT_FINDINGS;
	}
}

static int run_guest(struct plugin *p, struct bpf_case *c, u64 *r0)
{
	struct trial_ask ask = { .engine = engine_by_name(p->engine),
				 .c = c,
				 .wrapper = WRAPPER_WIDE };
	struct trial trial;
	struct session session;
	int ret;

	if (session_open(&session, &p->o.guest))
		return EXIT_INFRA;
	ret = session_try(&session, &ask, &trial);
	if (!ret) {
		ret = judge(&session, c, &trial, r0);
		trial_free(&trial);
	} else {
		ret = EXIT_INFRA;
	}
	session_end(&session);
	return ret;
}

static int run(struct plugin *p)
{
	struct foreign f;
	struct bpf_case *c;
	char why[FOREIGN_WHY];
	u64 r0 = 0;
	int ret = read_input(p, &f);

	if (ret == EXIT_OK && foreign_to_case(&f, &c, why)) {
		pr_err("plugin: %s", why);
		ret = EXIT_FINDINGS;
	} else if (ret == EXIT_OK) {
		ret = strcmp(p->engine, "model") ? run_guest(p, c, &r0) : run_model(c, &r0);
		bpf_case_free(c);
	}
	foreign_free(&f);
	if (ret != EXIT_OK)
		return ret;
	printf("%" PRIx64 "\n", r0);
	return flush_stdout();
}

static int check(struct plugin *p)
{
	if (!strcmp(p->engine, "model"))
		return 0;
	if (!engine_by_name(p->engine)) {
		pr_err("plugin: unknown engine '%s' (expected model, or one that `checkjit run "
		       "--list-engines` shows)",
		       p->engine);
		return -EINVAL;
	}
	return lab_opts_done(&p->o, "plugin");
}

static int parse_and_run(int argc, char **argv)
{
	struct plugin p = { .engine = "model" };
	const struct opt_table tables[] = { { rows, &p }, { guest_rows, &p.o }, {} };
	int ret;

	lab_opts_init(&p.o);
	ret = opts_parse(&usage, tables, argc, argv);
	if (ret >= 0)
		return ret;
	if (optind < argc)
		p.memory = argv[optind++];
	/* bpf_conformance passes --plugin_options even if it is empty */
	if (optind < argc && *argv[optind]) {
		pr_err("plugin: unexpected argument '%s' (`checkjit plugin --help`)", argv[optind]);
		return EXIT_USAGE;
	}
	return check(&p) ? EXIT_USAGE : run(&p);
}

int cmd_plugin(int argc, char **argv)
{
	struct words w = split_args(argc, argv);
	int ret = parse_and_run(w.cnt, w.v);

	free(w.copy);
	free(w.v);
	return ret;
}
