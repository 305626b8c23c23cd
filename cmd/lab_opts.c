// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "bpf/case_select.h"
#include "cmd/lab_opts.h"
#include "cmd/settings.h"
#include "gen/gen.h"
#include "lib/nearest.h"
#include "lib/shipped.h"
#include "lib/util.h"
#include "lib/version.h"
#include "report/record.h"
#include "session/trial.h"

static int take_engines(void *to, const char *value)
{
	struct lab_opts *o = (void *)((char *)to - offsetof(struct lab_opts, engines));

	return engines_parse(value, o->engines, &o->nengines);
}

const struct opt guest_rows[] = {
	OPT_TEXT("arch", "ARCH", struct lab_opts, guest.arch, "one of runners/qemu/arch/*.conf"),
	OPT_TEXT("image", "DIR", struct lab_opts, guest.image, "made by images/build.sh"),
	OPT_TEXT("initrd", "FILE", struct lab_opts, guest.initrd, "with the agent"),
	OPT_TEXT("boot", "SCRIPT", struct lab_opts, guest.boot, "instead of runners/qemu/boot.sh"),
	OPT_TEXT("console", "FILE", struct lab_opts, guest.console,
		 "where the guest's console goes"),
	OPT_TEXT("cpu", "MODEL", struct lab_opts, guest.cpu, "QEMU's CPU model"),
	OPT_NUMBER("boot-timeout", "S", struct lab_opts, guest.boot_timeout, 1, 3600,
		   "to the agent's hello (default 60)"),
	OPT_NUMBER("timeout", "S", struct lab_opts, guest.reply_timeout, 1, 3600,
		   "of silence until a guest counts as hung (default 30)"),
	OPT_CALL("engines", "LIST", struct lab_opts, engines, take_engines,
		 "some of: interp jit jit_hardened raw_interp raw_jit jit_unpriv\n"
		 "jit_rnd_hi32 jit_state_freq jit_rnd_freq (default: all)"),
	{}
};

const struct opt cases_rows[] = { OPT_TEXT("cases", "DIR", struct lab_opts, dir,
					   "where the *.case files are (default: cases)"),
				  {} };

const struct opt one_case_rows[] = { OPT_TEXT("id", "ID", struct lab_opts, id,
					      "the case, or one vector of it (ID.N)"),
				     OPT_TEXT("case", "FILE", struct lab_opts, file,
					      "a .case file that holds one case, instead of --id"),
				     {} };

static const struct opt no_rows[] = { {} };

void lab_opts_init(struct lab_opts *o)
{
	static char *boot;

	if (!boot)
		boot = settings_lines(SETTING_BOOT);
	*o = (struct lab_opts){
		.guest = { .console = "/dev/null",
			   .boot_timeout = 60,
			   .reply_timeout = 30,
			   .settings = boot },
		.dir = shipped("cases"),
	};
}

int lab_opts_done(struct lab_opts *o, const char *command)
{
	if (!o->guest.arch || !o->guest.image || !o->guest.initrd) {
		pr_err("%s: --arch, --image and --initrd are needed (`checkjit %s --help`)",
		       command, command);
		return -EINVAL;
	}
	for (u32 i = 0; !o->nengines && i < nr_engines; i++)
		o->engines[i] = &engines[i];
	if (!o->nengines)
		o->nengines = nr_engines;
	guest_catch_signals();
	return 0;
}

int lab_opts_parse(struct lab_opts *o, const struct lab_command *cmd, int argc, char **argv)
{
	const struct opt_table tables[] = {
		{ cmd->rows ? cmd->rows : no_rows, cmd->ctx },
		{ guest_rows, o },
		{ cases_rows, o },
		{ one_case_rows, o },
		{},
	};
	int ret;

	lab_opts_init(o);
	ret = opts_parse(&cmd->usage, tables, argc, argv);
	if (ret >= 0)
		return ret;
	return lab_opts_done(o, cmd->usage.name) ? EXIT_USAGE : -1;
}

int lab_command(const struct lab_command *cmd, int argc, char **argv)
{
	struct known known = {};
	struct one_case one;
	struct lab_opts o;
	struct session session;
	int ret = lab_opts_parse(&o, cmd, argc, argv);

	if (ret >= 0)
		return ret;
	if (one_case_load(&o, &one))
		return EXIT_USAGE;
	if (cmd->known && known_load_arch(o.guest.arch, &known)) {
		ret = EXIT_USAGE;
	} else if (session_open(&session, &o.guest)) {
		ret = EXIT_INFRA;
	} else {
		session_expect(&session, &known);
		ret = cmd->run(cmd->ctx, &session, &o, &one);
		session_end(&session);
	}
	known_free(&known);
	one_case_free(&one);
	return ret;
}

/* ---- the case ---- */

struct looking {
	const char *id; /* NULL: the only case in the file */
	struct one_case *out;
	struct nearest near;
	u32 seen;
};

static int look(void *ctx, struct bpf_case *c)
{
	struct looking *l = ctx;
	long vec = -1;

	l->seen++;
	if (l->id)
		nearest_offer(&l->near, case_intern(c->id));
	if (l->out->c ||
	    (l->id && !(case_selected(c, l->id, &vec) && (vec >= 0 || !strcmp(c->id, l->id))))) {
		bpf_case_free(c);
		return 0;
	}
	l->out->c = c;
	l->out->vec = vec;
	return 0;
}

static int look_in(struct looking *l, const char *path)
{
	struct case_file file;
	struct diag diag;
	int ret = case_parse_file(path, l->id ? NULL : "local", &file, &diag);

	if (!ret) {
		ret = case_expand(&file, look, l, &diag);
		case_file_free(&file);
	}
	if (!ret)
		return 0;
	diag_print(&diag);
	return -EINVAL;
}

static int load_file(const struct lab_opts *o, struct looking *l)
{
	if (look_in(l, o->file))
		return -EINVAL;
	if (l->seen == 1)
		return 0;
	pr_err("%s: %u cases in it (expected one)", o->file, l->seen);
	one_case_free(l->out);
	return -EINVAL;
}

static int load_id(const struct lab_opts *o, struct looking *l)
{
	struct diag diag;
	char **paths = case_paths(o->dir, &diag);
	int ret = 0;

	if (!paths) {
		diag_print(&diag);
		return -EINVAL;
	}
	nearest_init(&l->near, o->id);
	for (u32 i = 0; paths[i] && !ret && !l->out->c; i++)
		ret = look_in(l, paths[i]);
	case_paths_free(paths);
	if (!ret && !l->out->c) {
		pr_err("no case is called '%s' (%s)", o->id,
		       nearest_hint(&l->near, "`checkjit list` prints them all"));
		ret = -EINVAL;
	}
	return ret;
}

static int load_generated(const char *id, struct one_case *out)
{
	const struct gen_family *f;
	char hint[128], *vec;
	u64 index;

	if (gen_find(id, &f, &index, hint)) {
		pr_err("no case is called '%s' (%s)", id, hint);
		pr_err("generated ids belong to the checkjit that made them, and this is %s: see "
		       "\"version\" in the results",
		       checkjit_version());
		return -EINVAL;
	}
	out->c = gen_nth(f, index);
	vec = strlen(id) > strlen(out->c->id) ? strrchr(id, '.') : NULL;
	out->vec = vec ? atol(vec + 1) : -1;
	if (out->vec < (long)out->c->vecs->nvecs)
		return 0;
	pr_err("%s has %u vectors (expected .0 to .%u)", out->c->id, out->c->vecs->nvecs,
	       out->c->vecs->nvecs - 1);
	one_case_free(out);
	return -EINVAL;
}

int one_case_load(const struct lab_opts *o, struct one_case *out)
{
	struct looking l = { .id = o->file ? NULL : o->id, .out = out };

	memset(out, 0, sizeof(*out));
	out->vec = -1;
	if (!o->id == !o->file) {
		pr_err("expected one of --id ID and --case FILE");
		return -EINVAL;
	}
	if (o->id && gen_is_id(o->id))
		return load_generated(o->id, out);
	return o->file ? load_file(o, &l) : load_id(o, &l);
}

void one_case_free(struct one_case *one)
{
	bpf_case_free(one->c);
	memset(one, 0, sizeof(*one));
}
