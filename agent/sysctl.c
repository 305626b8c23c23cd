// SPDX-License-Identifier: GPL-2.0
/* Which engine runs a program is state of the kernel: two sysctls, set before the load. */
#include <linux/fcntl.h>
#include "agent/base.h"
#include "agent/sysctl.h"

#define LOCK_SECONDS 5 /* an agent before this one may be about to end */

struct knob {
	const char *path;
	int fd;		 /* or -errno, if this kernel lacks the file */
	int value;	 /* last value written; -1: not known */
	char before[16]; /* value to restore, as a program; "": not known */
};

static struct knob jit_enable = { .path = "/proc/sys/net/core/bpf_jit_enable",
				  .fd = -1,
				  .value = -1 };
static struct knob jit_harden = { .path = "/proc/sys/net/core/bpf_jit_harden",
				  .fd = -1,
				  .value = -1 };
static struct knob unprivileged = { .path = "/proc/sys/kernel/unprivileged_bpf_disabled",
				    .fd = -1,
				    .value = -1 };

/* images/verifier_limit.h; most kernels lack it */
static struct knob verifier_insns = { .path = "/sys/module/verifier/parameters/insns",
				      .fd = -1,
				      .value = -1 };

static void knob_open(struct knob *k)
{
	k->fd = open(k->path, as_program ? O_RDWR : O_WRONLY);
	if (k->fd < 0)
		k->fd = -errno;
}

static void knob_read(struct knob *k, char *text, u32 size)
{
	ssize_t n = -1;

	if (k->fd >= 0) {
		lseek(k->fd, 0, SEEK_SET);
		n = read(k->fd, text, size - 1);
	}
	text[n > 0 ? n : 0] = 0;
}

static void knob_restore(struct knob *k)
{
	char now[sizeof(k->before)];
	int len = strlen(k->before);

	knob_read(k, now, sizeof(now));
	if (!len || !strcmp(now, k->before))
		return;
	lseek(k->fd, 0, SEEK_SET);
	if (write(k->fd, k->before, len) != len)
		say("checkjit-agent: %s cannot be set back to %s: errno %d", k->path, k->before,
		    errno);
}

static int knob_set(struct knob *k, int value)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%d", value);

	if (k->fd < 0)
		return k->fd;
	if (k->value == value)
		return 0;
	k->value = -1;
	/* the offset is 0, however an arch passes it */
	if (syscall(__NR_pwrite64, k->fd, text, len, 0, 0, 0) != len)
		return -errno;
	k->value = value;
	return 0;
}

/* Two agents on one machine would change each other's engine. They lock the file they share. */
static int take_turn(void)
{
	int i = 0;

	while (syscall(__NR_flock, jit_enable.fd, LOCK_EX | LOCK_NB) < 0) {
		if (errno != EAGAIN)
			return 0; /* the file does not support locks: go on without */
		if (i++ == LOCK_SECONDS * 10)
			return -EBUSY;
		sleep_ms(100);
	}
	return 0;
}

int sysctl_init(void)
{
	knob_open(&jit_enable);
	knob_open(&jit_harden);
	if (!as_program) {
		knob_open(&verifier_insns);
		return 0;
	}
	/* without the file there is no JIT and nothing to lock */
	if (jit_enable.fd < 0)
		return jit_enable.fd == -ENOENT ? 0 : jit_enable.fd;
	if (take_turn() < 0)
		return -EBUSY;
	knob_read(&jit_enable, jit_enable.before, sizeof(jit_enable.before));
	knob_read(&jit_harden, jit_harden.before, sizeof(jit_harden.before));
	return 0;
}

void sysctl_restore(void)
{
	knob_restore(&jit_enable);
	knob_restore(&jit_harden);
}

static const struct {
	u8 flags, jit_enable, jit_harden;
} engines[WIRE_NR_ENGINES] = {
#define X(name, text, flags, enable, harden, ...) [WIRE_##name] = { flags, enable, harden },
	CHECKJIT_ENGINES(X)
#undef X
};

u32 engine_flags(enum wire_engine engine)
{
	return engines[engine].flags;
}

/* This allows every user of the machine to load programs, so only /init of a guest does it. */
static int allow_unprivileged(void)
{
	if (as_program)
		return -EPERM;
	if (unprivileged.fd == -1)
		knob_open(&unprivileged);
	return knob_set(&unprivileged, 0);
}

int engine_set(enum wire_engine engine)
{
	int enable = engines[engine].jit_enable, harden = engines[engine].jit_harden, err;

	/* without the file there is no JIT to switch off */
	if (!enable && jit_enable.fd == -ENOENT)
		return 0;
	err = knob_set(&jit_enable, enable);
	if (err)
		return err;
	err = knob_set(&jit_harden, harden);
	if (is_unpriv(engine) && !err)
		err = allow_unprivileged();
	return harden || err != -ENOENT ? err : 0;
}

void verifier_bound(u32 insns)
{
	knob_set(&verifier_insns, insns);
}
