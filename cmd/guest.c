// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "cmd/arch_conf.h"
#include "cmd/cmd.h"
#include "cmd/guest.h"
#include "cmd/opts.h"
#include "cmd/proc.h"
#include "cmd/settings.h"
#include "lib/shipped.h"
#include "lib/util.h"
#include "session/warm.h"

/* The command line, as far as it is known. */
struct starting {
	const struct guest_start *g;
	struct arch_conf conf;
	char *image, *initrd, *boot;
	const char *cpu;
	struct args args;
};

static bool is(const struct starting *s, const char *command)
{
	return !strcmp(s->g->command, command);
}

static char *in_work(const struct starting *s, const char *suffix)
{
	return xasprintf("%s/%s.%s", s->g->work, s->g->arch, suffix);
}

static char *in_run(const struct starting *s, const char *suffix)
{
	return xasprintf("%s/%s.%s", s->g->rundir, s->g->arch, suffix);
}

/* Append @option and @value, which is freed. */
static void add(struct starting *s, const char *option, char *value)
{
	args_option(&s->args, option, value);
	free(value);
}

/* Append words to a setting that the boot script reads. */
static void append_setting(enum setting_id id, const char *more)
{
	char *value = xasprintf("%s %s", setting(id) ? setting(id) : "", more ? more : "");

	setenv(settings[id].name, value, 1);
	free(value);
}

static void set(enum setting_id id, const char *value)
{
	setenv(settings[id].name, value, 1);
}

static bool is_set_to(enum setting_id id, const char *value)
{
	return setting(id) && !strcmp(setting(id), value);
}

/* ---- the machine ---- */

/* TARGET: the boot script puts the agent on a machine that is already running. */
static void on_target(struct starting *s)
{
	const char *target = setting(SET_TARGET);
	char *seen = in_work(s, "seen");

	s->image = xstrdup(target);
	s->initrd = in_work(s, "agent");
	s->boot = xasprintf("%s/%.*s.sh", shipped("runners/target"), (int)strcspn(target, ":"),
			    target);
	/* ssh.sh notes there that the machine was reachable */
	setenv("SEEN", seen, 1);
	unlink(seen);
	free(seen);
	args_option(&s->args, "--boot-timeout", "180");
}

static void probe_kvm(struct starting *s)
{
	struct args a = {};
	char *proof;

	args_add(&a, shipped("runners/qemu/kvm.sh"));
	args_add(&a, s->g->arch);
	args_add(&a, s->image);
	proc_output(&a, &proof);
	args_free(&a);
	set(SET_KVM, !strncmp(proof, "yes", 3) ? "1" : "0");
	if (!strncmp(proof, "no: ", 4) && strncmp(proof, "no: the host is", 15))
		pr_err("%s: emulated, not KVM: %s", s->g->arch, proof + 4);
	free(proof);
}

/* Select CPU model 2 or 3, which may need arguments of its own. */
static const char *numbered_cpu(struct starting *s)
{
	const char *cpu;

	if (s->g->cpu_model == 2) {
		cpu = arch_conf_get(&s->conf, "CPU2");
		append_setting(SET_APPEND, arch_conf_get(&s->conf, "CPU2_APPEND"));
	} else {
		cpu = arch_conf_get(&s->conf, "CPU3");
		append_setting(SET_APPEND, arch_conf_get(&s->conf, "CPU3_APPEND"));
		append_setting(SET_QEMU_ARGS, arch_conf_get(&s->conf, "CPU3_ARGS"));
	}
	set(SET_QEMU_CPU, cpu ? cpu : "");
	return cpu;
}

static const char *named_cpu(struct starting *s)
{
	const char *name = setting(SET_QEMU_CPU), *cpu2 = arch_conf_get(&s->conf, "CPU2");

	if (!name || !strcmp(name, "primary"))
		return arch_conf_get(&s->conf, "CPU");
	if (!strcmp(name, "second"))
		return cpu2 ? cpu2 : name;
	return name;
}

/* Use the guest of `make vm` if it is the one that would be booted; else print why not. */
static void use_warm(struct starting *s)
{
	struct guest_conf conf = { .arch = s->g->arch,
				   .image = s->image,
				   .initrd = s->initrd,
				   .cpu = s->cpu,
				   .settings = settings_lines(SETTING_BOOT) };
	char *path = in_work(s, "vm"), *identity = NULL, *why = NULL;
	struct stat st;
	int conn;

	if (!stat(path, &st) && S_ISSOCK(st.st_mode) && !is_set_to(SET_WARM, "0") &&
	    !setting(SET_COVERAGE))
		identity = warm_identity(&conf);
	if (identity) {
		conn = warm_ask(path, identity, -1, -1, &why);
		if (conn >= 0) {
			close(conn);
			s->boot = xstrdup(shipped("runners/target/vm.sh"));
			setenv("VM_SOCKET", path, 1);
		} else if (why || conn != -ENOENT) {
			pr_err("%s: not in the guest of `make vm`: %s", s->g->arch,
			       why ? why : strerror(-conn));
		}
	}
	free(why);
	free(identity);
	free(path);
}

static int on_guest(struct starting *s)
{
	const char *cpu2 = arch_conf_get(&s->conf, "CPU2");
	char *path = in_work(s, "image");

	s->image = read_file(path, NULL);
	if (!s->image) {
		pr_err("%s: %s", path, strerror(errno));
		free(path);
		return -errno;
	}
	free(path);
	s->image[strcspn(s->image, "\n")] = '\0';
	s->initrd = in_work(s, "cpio");
	if (arch_conf_get(&s->conf, "LAUNCH"))
		set(SET_KVM, "0");
	else if (!setting(SET_KVM))
		probe_kvm(s);
	/* a failure on only one model suggests a bug of the emulation */
	if (is(s, "run") && s->g->cpu_model == 1 && !setting(SET_QEMU_CPU) &&
	    !is_set_to(SET_KVM, "1"))
		args_option(&s->args, "--cpu2", cpu2);
	s->cpu = s->g->cpu_model == 1 ? named_cpu(s) : numbered_cpu(s);
	args_option(&s->args, "--cpu", s->cpu);
	/* these need guests of their own */
	if (!is(s, "vm") && !is(s, "reduce") && !is(s, "fuzz-target"))
		use_warm(s);
	return 0;
}

/* ---- the options of a command ---- */

/*
 * Append settings that are options of the command. Commands without a job take the options that all
 * jobs on one case take.
 */
static void setting_options(struct starting *s)
{
	u32 mask = job_bits(s->g->command);

	for (u32 i = 0; i < NR_SETTINGS; i++) {
		const struct setting *row = &settings[i];
		char *option;

		if (!row->option || (row->jobs & mask) != mask || !setting(i))
			continue;
		option = row->flags & SETTING_SWITCH ? xstrdup(row->option)
						     : xasprintf("%s=%s", row->option, setting(i));
		args_add(&s->args, option);
		free(option);
	}
}

/* Returns the version of the QEMU that will run, as "7.2.22"; empty where none does. */
static char *qemu_version(const char *arch)
{
	struct args a = {};
	char *said;

	args_add(&a, shipped("runners/qemu/boot.sh"));
	args_add(&a, "--qemu");
	args_add(&a, arch);
	proc_output(&a, &said);
	args_free(&a);
	return said;
}

static void sweep_options(struct starting *s)
{
	/* the generated cases belong to our own folder of cases */
	const char *fallback = setting(SET_CASES_DIR) ? "none" : "quick";

	args_option(&s->args, "--sweep", setting(SET_SWEEP) ? setting(SET_SWEEP) : fallback);
}

static int gcov_options(struct starting *s)
{
	char *dir = in_run(s, "gcda"), *path = xasprintf("%s/image", dir);
	int ret = make_dirs(dir);
	FILE *f = ret ? NULL : fopen(path, "we");

	if (f)
		fprintf(f, "%s\n", s->image);
	if (!f || fclose(f)) {
		pr_err("%s: %s", path, strerror(errno));
		ret = -EIO;
	}
	free(path);
	add(s, "--gcov", dir);
	return ret;
}

/* A rerun must name the binary kernel that was the default at the time. */
static void name_kernel(const struct starting *s)
{
	char *path = xasprintf("%s/meta", s->image), *text = read_file(path, NULL);
	char *source = text ? strstr(text, "\nsource=debian:") : NULL;

	if (source && !setting(SET_KERNEL)) {
		source += strlen("\nsource=");
		source[strcspn(source, "\n")] = '\0';
		set(SET_KERNEL, source);
	}
	free(text);
	free(path);
}

static int run_options(struct starting *s)
{
	char *rerun;

	args_option(&s->args, "--out", s->g->rundir);
	name_kernel(s);
	rerun = settings_rerun();
	if (*rerun)
		args_option(&s->args, "--make-args", rerun);
	free(rerun);
	args_option(&s->args, "--share", arch_conf_get(&s->conf, "QUICK_SHARE"));
	if (!setting(SET_TARGET) && !arch_conf_get(&s->conf, "LAUNCH"))
		add(s, "--qemu", qemu_version(s->g->arch));
	return setting(SET_COVERAGE) ? gcov_options(s) : 0;
}

static int command_options(struct starting *s)
{
	if (is(s, "run") || is(s, "soundness"))
		sweep_options(s);
	if (is(s, "run"))
		return run_options(s);
	if (is(s, "soundness"))
		args_option(&s->args, "--out", s->g->rundir);
	if (is(s, "vm"))
		add(s, "--socket", in_work(s, "vm"));
	add(s, "--console", in_run(s, "console"));
	return 0;
}

static void timeout_options(struct starting *s)
{
	if (setting(SET_DEBUG) && !setting(SET_TIMEOUT)) {
		args_option(&s->args, "--timeout", "120");
		args_option(&s->args, "--boot-timeout", "180");
	}
	/* slow, but not hung */
	if (getenv("ONE_INSN")) {
		args_option(&s->args, "--timeout", "120");
		args_option(&s->args, "--boot-timeout", "300");
	}
}

int guest_exec(const struct guest_start *g, const struct args *args)
{
	struct starting s = { .g = g };
	const char *program, *self;
	int ret = arch_conf_load(&s.conf, g->arch);

	if (ret) {
		pr_err("runners/qemu/arch/%s.conf: %s", g->arch, strerror(-ret));
		return EXIT_USAGE;
	}
	self = self_path();
	setenv("CHECKJIT", self, 1);
	program = g->program ? g->program : self;
	args_add(&s.args, program);
	args_add(&s.args, g->command);
	args_option(&s.args, "--arch", g->arch);
	if (setting(SET_TARGET))
		on_target(&s);
	else if (on_guest(&s))
		return EXIT_INFRA;
	args_option(&s.args, "--image", s.image);
	args_option(&s.args, "--initrd", s.initrd);
	args_option(&s.args, "--boot", s.boot);
	timeout_options(&s);
	if (command_options(&s))
		return EXIT_INFRA;
	setting_options(&s);
	for (u32 i = 0; i < args->cnt; i++)
		args_add(&s.args, args->v[i]);
	execv(program, s.args.v);
	pr_err("%s: %s", program, strerror(errno));
	return EXIT_INFRA;
}

/* ---- checkjit guest ---- */

static const struct opt_usage usage = {
	.name = "guest",
	.head = "usage: checkjit guest [OPTION...] COMMAND ARCH [ARGUMENT of checkjit "
		"COMMAND...]\n\n"
		"Become `checkjit COMMAND` for the guest of ARCH, with its image and initramfs, "
		"its CPU model, KVM\n"
		"where that works, and the settings of the environment as options (`checkjit "
		"settings`).\n\n",
	.first = true,
};

static const struct opt rows[] = {
	OPT_TEXT("work", "DIR", struct guest_start, work,
		 "where ARCH.image, ARCH.agent and ARCH.cpio are (default: O/guests)"),
	OPT_TEXT("run", "DIR", struct guest_start, rundir,
		 "where consoles and results go (default: the same)"),
	OPT_TEXT("program", "FILE", struct guest_start, program, "in the place of checkjit"),
	OPT_NUMBER("cpu-model", "N", struct guest_start, cpu_model, 1, 3,
		   "the arch's CPU model of that number"),
	{}
};

int cmd_guest(int argc, char **argv)
{
	struct guest_start g = { .cpu_model = 1 };
	const struct opt_table tables[] = { { rows, &g }, {} };
	struct args args = {};
	int ret = opts_parse(&usage, tables, argc, argv);

	if (ret >= 0)
		return ret;
	if (argc - optind < 2) {
		pr_err("guest: expected COMMAND and ARCH (`checkjit guest --help`)");
		return EXIT_USAGE;
	}
	g.command = argv[optind];
	g.arch = argv[optind + 1];
	if (!g.work)
		g.work = xasprintf("%s/guests", work_dir());
	if (!g.rundir)
		g.rundir = g.work;
	for (int i = optind + 2; i < argc; i++)
		args_add(&args, argv[i]);
	return guest_exec(&g, &args);
}
