// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "cmd/cmd.h"
#include "cmd/lab_opts.h"
#include "lib/util.h"
#include "session/vm.h"
#include "session/warm.h"

#define DATA_FD	3	/* of a boot script */

static void usage(FILE *f)
{
	fprintf(f, "usage: checkjit vm --socket PATH --arch ARCH --image DIR --initrd FILE [OPTION...]\n"
		   "       checkjit vm --socket PATH --ask --arch ARCH --image DIR --initrd FILE [OPTION...]\n"
		   "       checkjit vm --socket PATH --join --else SCRIPT ARCH IMAGEDIR INITRD\n\n"
		   "Boot a guest and keep it warm for others, one after the other, until a signal ends it. `make vm` calls it.\n\n"
		   "  --socket PATH        where it is to be found\n"
		   "  --arch ARCH          one of runners/qemu/arch/*.conf\n"
		   "  --image DIR          made by images/build.sh\n"
		   "  --initrd FILE        with the agent\n"
		   "  --boot SCRIPT        instead of runners/qemu/boot.sh\n"
		   "  --console FILE       where the guest's console goes, also that of each client's time (default: /dev/null)\n"
		   "  --cpu MODEL          QEMU's CPU model\n"
		   "  --boot-timeout S     to the agent's hello (default 60)\n"
		   "  --ask                exit 0 if just this guest is kept there and free, else 1; and say why\n"
		   "  --join               be the process of a guest: file descriptor 3 gets its byte stream, stdout its console\n"
		   "  --else SCRIPT        what to become where this guest is not to be had\n");
}

enum { OPT_SOCKET = 256, OPT_ASK, OPT_JOIN, OPT_ELSE };

static const struct option options[] = {
	LAB_OPTIONS,
	{ "socket", required_argument, NULL, OPT_SOCKET },
	{ "ask", no_argument, NULL, OPT_ASK },
	{ "join", no_argument, NULL, OPT_JOIN },
	{ "else", required_argument, NULL, OPT_ELSE },
	{ "help", no_argument, NULL, 'h' },
	{}
};

/* The connection, or -1 and on stdout why not; nothing is said where nobody is. */
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
	struct guest_conf conf = { .arch = argv[0], .image = argv[1], .initrd = argv[2] };
	int conn = ask(&conf, path, DATA_FD, STDOUT_FILENO);
	char byte;

	if (conn < 0) {
		execlp("sh", "sh", otherwise, argv[0], argv[1], argv[2], (char *)NULL);
		pr_err("vm: %s: %s", otherwise, strerror(errno));
		return EXIT_INFRA;
	}
	/* the stream ends when the keeper closes it, not before */
	close(DATA_FD);
	while (recv(conn, &byte, 1, 0) < 0 && (errno == EINTR || errno == EAGAIN))
		;
	return EXIT_OK;
}

int cmd_vm(int argc, char **argv)
{
	const char *path = NULL, *otherwise = NULL;
	bool only_ask = false, be_guest = false;
	struct lab_opts o;
	int opt;

	lab_opts_init(&o);
	while ((opt = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		switch (opt) {
		case 'h':
			usage(stdout);
			return EXIT_OK;
		case OPT_SOCKET: path = optarg; break;
		case OPT_ASK: only_ask = true; break;
		case OPT_JOIN: be_guest = true; break;
		case OPT_ELSE: otherwise = optarg; break;
		default:
			if (lab_opts_take(&o, opt, optarg))
				return EXIT_USAGE;
		}
	}
	if (!path || (be_guest && (!otherwise || argc - optind != 3)) || (!be_guest && argc != optind)) {
		pr_err("vm: expected --socket, and no argument but those of --join (`checkjit vm --help`)");
		return EXIT_USAGE;
	}
	if (be_guest)
		return join(path, otherwise, argv + optind);
	if (lab_opts_done(&o, "vm"))
		return EXIT_USAGE;
	if (only_ask)
		return ask(&o.guest, path, -1, -1) < 0 ? EXIT_FINDINGS : EXIT_OK;
	return vm_serve(&o.guest, path);
}
