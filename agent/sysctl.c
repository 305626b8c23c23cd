// SPDX-License-Identifier: GPL-2.0
/* Which engine runs a program is the kernel's state: two sysctls, set before the load. */
#include "agent.h"

struct knob {
	const char *path;
	int fd;			/* or -errno: this kernel has no such file */
	int value;		/* what was written last; -1: not known */
};

static struct knob jit_enable = { "/proc/sys/net/core/bpf_jit_enable", -1, -1 };
static struct knob jit_harden = { "/proc/sys/net/core/bpf_jit_harden", -1, -1 };

int write_file(const char *path, const char *text)
{
	int len = strlen(text), fd, ret;

	fd = open(path, O_WRONLY);
	if (fd < 0)
		return -errno;
	ret = write(fd, text, len) == len ? 0 : -errno;
	close(fd);
	return ret;
}

int read_small_file(const char *path, char *buf, u32 size)
{
	ssize_t n;
	int fd;

	fd = open(path, O_RDONLY);
	if (fd < 0)
		return -errno;
	n = read(fd, buf, size - 1);
	if (n < 0)
		n = -errno;
	close(fd);
	buf[n < 0 ? 0 : n] = 0;
	return n;
}

static void knob_open(struct knob *k)
{
	k->fd = open(k->path, O_WRONLY);
	if (k->fd < 0)
		k->fd = -errno;
}

static int knob_set(struct knob *k, int value)
{
	char digit = '0' + value;

	if (k->fd < 0)
		return k->fd;
	if (k->value == value)
		return 0;
	k->value = -1;
	lseek(k->fd, 0, SEEK_SET);
	if (write(k->fd, &digit, 1) != 1)
		return -errno;
	k->value = value;
	return 0;
}

void sysctl_init(void)
{
	knob_open(&jit_enable);
	knob_open(&jit_harden);
}

static int is_jit(enum wire_engine engine)
{
	return engine != WIRE_INTERP && engine != WIRE_RAW_INTERP;
}

int engine_set(enum wire_engine engine)
{
	int err;

	/* without the file there is no JIT, and nothing to switch off */
	if (!is_jit(engine) && jit_enable.fd == -ENOENT)
		return 0;
	err = knob_set(&jit_enable, is_jit(engine));
	if (err)
		return err;
	err = knob_set(&jit_harden, engine == WIRE_JIT_HARDENED ? 2 : 0);
	return engine == WIRE_JIT_HARDENED || err != -ENOENT ? err : 0;
}
