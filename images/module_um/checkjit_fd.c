// SPDX-License-Identifier: GPL-2.0
/*
 * /dev/checkjit_fd: file descriptor 3 of the UML process, the host's socket. A UML console needs a
 * system call of the host for each byte it reads; here a whole request takes one. A blocking read
 * blocks in the host, which is fine with only one program in the guest. Signals (the timer)
 * interrupt it.
 *
 * FD_TURN makes many system calls of a process in one.
 */
#include <linux/bpf.h>
#include <linux/capability.h>
#include <linux/fdtable.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>
#include <linux/uaccess.h>
#include "checkjit_fd.h"

/* arch/um/include/shared/os.h, which a module cannot include */
extern int os_read_file(int fd, void *buf, int len);
extern int os_write_file(int fd, const void *buf, int count);
extern int os_set_fd_block(int fd, int blocking);

#define HOST_FD 3
#define CHUNK	(64 << 10)

typedef long (*sys_bpf_fn)(long cmd, long attr, long size);

static u8 *buf;

/* ---- the descriptor ---- */

static ssize_t fd_read(struct file *file, char __user *to, size_t len, loff_t *pos)
{
	int n;

	do {
		cond_resched();
		n = os_read_file(HOST_FD, buf, min_t(size_t, len, CHUNK));
	} while (n == -EINTR || n == -EAGAIN);
	if (n > 0 && copy_to_user(to, buf, n))
		return -EFAULT;
	return n;
}

static ssize_t fd_write(struct file *file, const char __user *from, size_t len, loff_t *pos)
{
	int n;

	len = min_t(size_t, len, CHUNK);
	if (copy_from_user(buf, from, len))
		return -EFAULT;
	do {
		cond_resched();
		n = os_write_file(HOST_FD, buf, len);
	} while (n == -EINTR || n == -EAGAIN);
	return n;
}

/* ---- turns ---- */

static long write_all(const char __user *from, size_t len)
{
	size_t done = 0;

	while (done < len) {
		ssize_t n = fd_write(NULL, from + done, len - done, NULL);

		if (n <= 0)
			return n ?: -EPIPE;
		done += n;
	}
	return done;
}

static long copy(void __user *to, const void __user *from, size_t len)
{
	if (len > CHUNK)
		return -E2BIG;
	if (copy_from_user(buf, from, len) || copy_to_user(to, buf, len))
		return -EFAULT;
	return 0;
}

static long make_call(const struct fd_call *c, sys_bpf_fn sys_bpf)
{
	switch (c->op) {
	case FD_BPF:
		return sys_bpf(c->a, c->b, c->c);
	case FD_CLOSE:
		return close_fd(c->a);
	case FD_COPY:
		return copy(u64_to_user_ptr(c->a), u64_to_user_ptr(c->b), c->c);
	case FD_WRITE:
		return write_all(u64_to_user_ptr(c->a), c->c);
	case FD_READ:
		return fd_read(NULL, u64_to_user_ptr(c->a), c->c, NULL);
	default:
		return -EINVAL;
	}
}

static long make_turn(struct fd_turn *turn)
{
	struct fd_call __user *calls = u64_to_user_ptr(turn->calls);
	struct fd_call c;

	if (turn->nr > FD_MAX_CALLS)
		return -E2BIG;
	for (turn->done = 0; turn->done < turn->nr; turn->done++) {
		if (copy_from_user(&c, &calls[turn->done], sizeof(c)))
			return -EFAULT;
		c.result = make_call(&c, (sys_bpf_fn)(unsigned long)turn->sys_bpf);
		if (put_user(c.result, &calls[turn->done].result))
			return -EFAULT;
		if (c.result < 0)
			break;
		if (c.to && put_user((u32)c.result, (u32 __user *)u64_to_user_ptr(c.to)))
			return -EFAULT;
	}
	turn->us = ktime_to_us(ktime_get());
	return 0;
}

static long fd_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct fd_turn turn;
	long err;

	if (cmd != FD_TURN)
		return -ENOTTY;
	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	if (copy_from_user(&turn, (void __user *)arg, sizeof(turn)))
		return -EFAULT;
	err = make_turn(&turn);
	if (!err && copy_to_user((void __user *)arg, &turn, sizeof(turn)))
		err = -EFAULT;
	return err;
}

/* ---- the device ---- */

static const struct file_operations fops = {
	.owner = THIS_MODULE,
	.read = fd_read,
	.write = fd_write,
	.unlocked_ioctl = fd_ioctl,
};

static struct miscdevice dev = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = FD_DEVICE,
	.fops = &fops,
};

static int __init checkjit_fd_init(void)
{
	int err = os_set_fd_block(HOST_FD, 1);

	if (err)
		return err;
	buf = kvmalloc(CHUNK, GFP_KERNEL);
	return buf ? misc_register(&dev) : -ENOMEM;
}
module_init(checkjit_fd_init);
MODULE_DESCRIPTION("checkjit: a descriptor of the host as a device");
MODULE_LICENSE("GPL");
