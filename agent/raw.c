// SPDX-License-Identifier: GPL-2.0
/* The raw route: programs for the JIT or the interpreter without the verifier, by images/module. */
#include <sys/mman.h>
#include "agent/base.h"
#include "agent/raw.h"

#define RAW_MODULE "/checkjit_raw.ko"
#define RAW_PATH   "/dev/" RAW_DEVICE

static int raw_fd = -1;
static u8 *io_buffer;
static bool has_abi; /* of the last program that was loaded */

static int raw_ioctl(unsigned long cmd, void *arg)
{
	return syscall(__NR_ioctl, raw_fd, cmd, arg) < 0 ? -errno : 0;
}

int raw_init(void)
{
	int err;

	/* never on a machine with other work */
	if (as_program)
		return -EPERM;
	if (raw_fd >= 0)
		return 0;
	err = module_insert(RAW_MODULE);
	if (err && err != -EEXIST)
		return err;
	raw_fd = open(RAW_PATH, O_RDWR);
	if (raw_fd < 0)
		return -errno;
	io_buffer = mmap(NULL, RAW_IO_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, raw_fd, 0);
	if (io_buffer == MAP_FAILED) {
		err = -errno;
		close(raw_fd);
		raw_fd = -1;
	}
	return err;
}

u8 *raw_io(void)
{
	return io_buffer;
}

/* No verifier has computed the stack depth: use the maximum. */
int raw_load(const struct bpf_insn *insns, u32 nr_insns, u32 *jited_len)
{
	struct raw_load ld = {
		.insns = ptr_to_u64(insns),
		.nr_insns = nr_insns,
		.stack_depth = RAW_MAX_STACK,
	};
	int err;

	err = raw_ioctl(RAW_LOAD, &ld);
	*jited_len = ld.jited_len;
	has_abi = ld.has_abi;
	return err;
}

int raw_abi(void)
{
	int err = raw_init();

	return err ? err : has_abi ? 0 : -EOPNOTSUPP;
}

int raw_run(struct raw_run *run)
{
	return raw_ioctl(RAW_RUN, run);
}

static u32 raw_bytes(unsigned long cmd, void *buf, u32 size)
{
	struct raw_code code = { .buf = ptr_to_u64(buf), .size = size };

	return raw_ioctl(cmd, &code) || code.size > size ? 0 : code.size;
}

u32 raw_code(void *buf, u32 size)
{
	return raw_bytes(RAW_CODE, buf, size);
}

u32 raw_insns(void *buf, u32 size)
{
	return raw_bytes(RAW_INSNS, buf, size);
}

int raw_attach(int fd, u32 *nr_insns, u32 *jited_len)
{
	struct raw_attach at = { .fd = fd };
	int err;

	err = raw_ioctl(RAW_ATTACH, &at);
	*nr_insns = at.nr_insns;
	*jited_len = at.jited_len;
	return err;
}

void raw_free(void)
{
	raw_ioctl(RAW_FREE, NULL);
}
