// SPDX-License-Identifier: GPL-2.0
/*
 * Classic filters, loaded as user space does: SO_ATTACH_FILTER on a socket. No system call tells
 * what became of a filter, or what it returns; images/module does.
 */
#include <linux/filter.h>
#include <linux/netlink.h>
#include <asm/socket.h>
#include "agent/base.h"
#include "agent/bpf.h"
#include "agent/classic.h"
#include "agent/raw.h"

#define AF_NETLINK 16 /* not in the uapi headers */
#define SOCK_RAW   3  /* likewise */
#define OPTMEM	   "/proc/sys/net/core/optmem_max"

/* The converted filter, up to twenty times as long, counts against this limit. */
static void allow_large(void)
{
	static int tried;

	if (!tried++)
		write_file(OPTMEM, "16777216");
}

/* Any socket will do; every kernel with sockets has this kind. */
static int open_socket(void)
{
	int fd = syscall(__NR_socket, AF_NETLINK, SOCK_RAW, NETLINK_USERSOCK);

	return fd < 0 ? -errno : fd;
}

static int attach(int fd, struct sock_fprog *prog, int unprivileged)
{
	int err = unprivileged ? capabilities(0) : 0, err_on = 0;

	if (!err)
		err = syscall(__NR_setsockopt, fd, SOL_SOCKET, SO_ATTACH_FILTER, prog,
			      sizeof(*prog))
			      ? -errno
			      : 0;
	if (unprivileged)
		err_on = capabilities(1);
	return err ? err : err_on;
}

int classic_load(const struct bpf_insn *insns, u32 nr_insns, int unprivileged, u32 *nr_xlated,
		 u32 *jited_len)
{
	struct sock_fprog prog = { .len = nr_insns, .filter = (struct sock_filter *)insns };
	int fd, err;

	if (nr_insns > 0xffff)
		return -EINVAL;
	allow_large();
	fd = open_socket();
	if (fd < 0)
		return fd;
	err = attach(fd, &prog, unprivileged);
	if (!err)
		err = raw_attach(fd, nr_xlated, jited_len);
	close(fd);
	return err;
}
