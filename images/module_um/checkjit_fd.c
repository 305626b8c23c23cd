// SPDX-License-Identifier: GPL-2.0
/*
 * /dev/checkjit_fd: file descriptor 3 of the UML process, the host's socket. A UML console needs a
 * system call of the host for each byte it reads; here a whole request takes one. A blocking read
 * blocks in the host, which is fine with only one program in the guest. Signals (the timer)
 * interrupt it.
 */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

/* arch/um/include/shared/os.h, which a module cannot include */
extern int os_read_file(int fd, void *buf, int len);
extern int os_write_file(int fd, const void *buf, int count);
extern int os_set_fd_block(int fd, int blocking);

#define HOST_FD 3
#define CHUNK	(64 << 10)

static u8 *buf;

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

static const struct file_operations fops = {
	.owner = THIS_MODULE,
	.read = fd_read,
	.write = fd_write,
};

static struct miscdevice dev = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "checkjit_fd",
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
