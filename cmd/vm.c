// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "cmd/cmd.h"
#include "cmd/lab_opts.h"
#include "cmd/settings.h"
#include "lib/util.h"
#include "session/warm.h"
#include "session/warm_server.h"

#define DATA_FD 3 /* of a boot script */

struct vm_opts {
	struct lab_opts lab;
	const char *path, *otherwise;
	bool only_ask, be_guest;
};

static const struct opt_usage usage = {
	.name = "vm",
	.head = "usage: checkjit vm --socket PATH --arch ARCH --image DIR --initrd FILE "
		"[OPTION...]\n"
		"       checkjit vm --socket PATH --ask --arch ARCH --image DIR --initrd FILE "
		"[OPTION...]\n"
		"       checkjit vm --socket PATH --join --else SCRIPT ARCH IMAGEDIR INITRD\n\n"
		"Boot a guest and keep it warm for others, one after the other, until a signal "
		"ends it. `make vm`\n"
		"calls it.\n\n",
};

static const struct opt rows[] = {
	OPT_TEXT("socket", "PATH", struct vm_opts, path, "the server's unix socket"),
	OPT_FLAG("ask", struct vm_opts, only_ask,
		 "exit 0 if the server has this guest and it is free, else 1; print why"),
	OPT_FLAG("join", struct vm_opts, be_guest,
		 "be the process of a guest: file descriptor 3 gets its byte stream,\nstdout its "
		 "console"),
	OPT_TEXT("else", "SCRIPT", struct vm_opts, otherwise,
		 "boot script to run if this guest is not available"),
	{}
};

/* Returns the connection, or -1 after printing why not on stdout; silent if there is no server. */
static int ask(const struct guest_conf *conf, const char *path, int data, int console)
{
	char *identity = warm_identity(conf), *why = NULL;
	int conn;

	if (!identity) {
		printf("%s: %s\n", conf->initrd, strerror(errno));
		return -1;
	}
	conn = warm_ask(path, identity, data, console, &why);
	if (why)
		printf("%s\n", why);
	else if (conn < 0 && conn != -ENOENT)
		printf("%s\n", strerror(-conn));
	free(identity);
	free(why);
	fflush(stdout);
	return conn < 0 ? -1 : conn;
}

static int join(const char *path, const char *otherwise, char **argv)
{
	struct guest_conf conf = {
		.arch = argv[0],
		.image = argv[1],
		.initrd = argv[2],
		.cpu = setting(SET_QEMU_CPU),
		.settings = settings_lines(SETTING_BOOT),
	};
	int conn = ask(&conf, path, DATA_FD, STDOUT_FILENO);
	char byte;

	if (conn < 0) {
		execlp("sh", "sh", otherwise, argv[0], argv[1], argv[2], (char *)NULL);
		pr_err("vm: %s: %s", otherwise, strerror(errno));
		return EXIT_INFRA;
	}
	/* the stream ends when the server closes it, not before */
	close(DATA_FD);
	while (recv(conn, &byte, 1, 0) < 0 && (errno == EINTR || errno == EAGAIN))
		;
	return EXIT_OK;
}

int cmd_vm(int argc, char **argv)
{
	struct vm_opts o = {};
	const struct opt_table tables[] = { { rows, &o }, { guest_rows, &o.lab }, {} };
	int ret;

	lab_opts_init(&o.lab);
	ret = opts_parse(&usage, tables, argc, argv);
	if (ret >= 0)
		return ret;
	if (!o.path || (o.be_guest && (!o.otherwise || argc - optind != 3)) ||
	    (!o.be_guest && argc != optind)) {
		pr_err("vm: expected --socket, and no argument but those of --join (`checkjit vm "
		       "--help`)");
		return EXIT_USAGE;
	}
	if (o.be_guest)
		return join(o.path, o.otherwise, argv + optind);
	if (lab_opts_done(&o.lab, "vm"))
		return EXIT_USAGE;
	if (o.only_ask)
		return ask(&o.lab.guest, o.path, -1, -1) < 0 ? EXIT_FINDINGS : EXIT_OK;
	return warm_serve(&o.lab.guest, o.path);
}
