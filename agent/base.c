// SPDX-License-Identifier: GPL-2.0
/* What every file of the agent may use. */
#include <sys/reboot.h>
#include <linux/reboot.h>
#include "agent/base.h"

int as_program;

void say(const char *fmt, ...)
{
	char line[256];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(line, sizeof(line) - 1, fmt, ap);
	va_end(ap);
	if (n < 0)
		return;
	if (n > (int)sizeof(line) - 2)
		n = sizeof(line) - 2;
	line[n++] = '\n';
	write(2, line, n);
}

void leave(int status)
{
	if (as_program)
		exit(status);
	/* QEMU runs with -no-reboot: a restart ends it, and most machines can restart. */
	if (!cmdline_param("checkjit.restart=0"))
		reboot(LINUX_REBOOT_CMD_RESTART);
	reboot(LINUX_REBOOT_CMD_POWER_OFF);
	say("checkjit-agent: this machine can neither restart nor power off");
	for (;;)
		sleep_ms(1000);
}

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

const char *cmdline_param(const char *key)
{
	static char cmdline[2048];
	u32 len = strlen(key);

	if (!cmdline[0])
		read_small_file("/proc/cmdline", cmdline, sizeof(cmdline));
	for (const char *p = cmdline; (p = strstr(p, key)); p += len)
		if (p == cmdline || p[-1] == ' ')
			return p + len;
	return NULL;
}

u64 now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (u64)ts.tv_sec * 1000000 + (u32)ts.tv_nsec / 1000;
}

void sleep_ms(u32 ms)
{
	struct timespec ts = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };

	nanosleep(&ts, NULL);
}

int module_insert(const char *path)
{
	int fd, err;

	fd = open(path, O_RDONLY);
	if (fd < 0)
		return -errno;
	err = syscall(__NR_finit_module, fd, "", 0) ? -errno : 0;
	close(fd);
	return err;
}
