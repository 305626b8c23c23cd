// SPDX-License-Identifier: GPL-2.0
/*
 * The yardstick: lib/test_bpf.ko in this guest.
 * Kernel command line: checkjit=test_bpf checkjit.jit=0|1.
 * Its results are the kernel's own words on the console; one line of ours says how long it took.
 */
#include "agent.h"

#define MODULE	"/test_bpf.ko"

/* The value of "@key" among the words of @cmdline, or NULL. */
static const char *param(const char *cmdline, const char *key)
{
	u32 len = strlen(key);

	for (const char *p = cmdline; (p = strstr(p, key)); p += len)
		if (p == cmdline || p[-1] == ' ')
			return p + len;
	return NULL;
}

static int insert(const char *path)
{
	int fd, err;

	fd = open(path, O_RDONLY);
	if (fd < 0)
		return -errno;
	err = syscall(__NR_finit_module, fd, "", 0) ? -errno : 0;
	close(fd);
	return err;
}

void bench(const char *cmdline)
{
	const char *what = param(cmdline, "checkjit="), *jit = param(cmdline, "checkjit.jit=");
	u64 start;
	int err;

	if (!what || strncmp(what, "test_bpf", 8))
		return;
	err = engine_set(jit && *jit == '0' ? WIRE_INTERP : WIRE_JIT);
	if (err) {
		say("checkjit-agent: bench: the engine cannot be set: errno %d", -err);
		leave(LEAVE_FAILED);
	}
	write_file("/proc/sys/kernel/printk", "7");
	start = now_us();
	err = insert(MODULE);	/* -EINVAL: tests have failed, which the log says */
	say("checkjit-agent: bench: test_bpf took %u ms, errno %d", (u32)(now_us() - start) / 1000,
	    -err);
	leave(0);
}
