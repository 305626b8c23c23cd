// SPDX-License-Identifier: GPL-2.0
/* /init of a guest: what /dev/checkjit_raw answers to sound and unsound requests. Freestanding, as
 * the agent. */
#include <linux/bpf.h>
#include <linux/reboot.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include "proto/checkjit_raw.h"

#define ENOTSUPP 524 /* the kernel returns it, uapi lacks it */

typedef unsigned int u32;
typedef unsigned long long u64;

#define INSN(c, d, s, o, i)                                                         \
	{                                                                           \
		.code = (c), .dst_reg = (d), .src_reg = (s), .off = (o), .imm = (i) \
	}
#define LD_IMM64(d, s, lo, hi) INSN(BPF_LD | BPF_IMM | BPF_DW, d, s, 0, lo), INSN(0, 0, 0, 0, hi)
#define EXIT		       INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0)
#define CALL(dist)	       INSN(BPF_JMP | BPF_CALL, 0, BPF_PSEUDO_CALL, 0, dist)
#define ptr_to_u64(p)	       ((u64)(unsigned long)(p))

static const struct bpf_insn answer[] = { INSN(BPF_ALU64 | BPF_MOV | BPF_K, 0, 0, 0, 42), EXIT };
static const struct bpf_insn store[] = { LD_IMM64(1, BPF_PSEUDO_MAP_IDX_VALUE, 0, RAW_IO_SIZE - 8),
					 INSN(BPF_ST | BPF_MEM | BPF_DW, 1, 0, 0, 7),
					 INSN(BPF_ALU64 | BPF_MOV | BPF_K, 0, 0, 0, 1), EXIT };
static const struct bpf_insn far[] = { LD_IMM64(1, BPF_PSEUDO_MAP_IDX_VALUE, 0, RAW_IO_SIZE),
				       EXIT };
static const struct bpf_insn other_map[] = { LD_IMM64(1, BPF_PSEUDO_MAP_IDX_VALUE, 1, 0), EXIT };
static const struct bpf_insn map_fd[] = { LD_IMM64(1, BPF_PSEUDO_MAP_FD, 0, 0), EXIT };
static const struct bpf_insn cut[] = { EXIT, INSN(BPF_LD | BPF_IMM | BPF_DW, 1, 0, 0, 0) };

static const struct bpf_insn calls[] = { CALL(1), EXIT,
					 INSN(BPF_ALU64 | BPF_MOV | BPF_K, 0, 0, 0, 43), EXIT };
static const struct bpf_insn call_behind[] = { CALL(1), EXIT };
static const struct bpf_insn call_before[] = { CALL(-2), EXIT };

static int fd;

static void check(const char *what, int got, int want)
{
	printf("raw: %s device: %s", got == want ? "ok" : "not ok", what);
	if (got != want)
		printf(": %d, expected %d", got, want);
	printf("\n");
}

static int ask(unsigned long cmd, void *arg)
{
	return syscall(__NR_ioctl, fd, cmd, arg) < 0 ? -errno : 0;
}

static int load(const struct bpf_insn *insns, u32 n, u32 stack)
{
	struct raw_load ld = { .insns = ptr_to_u64(insns), .nr_insns = n, .stack_depth = stack };

	return ask(RAW_LOAD, &ld);
}

static int run(u64 ctx, u32 bytes, u32 *retval)
{
	static struct raw_run r;
	int err;

	r.ctx = ctx;
	r.ctx_bytes = bytes;
	r.nr_abi = 0xffffffff;
	err = ask(RAW_RUN, &r);
	*retval = r.retval;
	if (!err && r.nr_abi)
		err = r.nr_abi;
	return err;
}

static void test_programs(void)
{
	static char ctx[64];
	u32 ret = 0;

	check("nothing to run", run(0, 0, &ret), -ENOENT);
	check("no instructions", load(answer, 0, 0), -E2BIG);
	check("too many", load(answer, RAW_MAX_INSNS + 1, 0), -E2BIG);
	check("4 billion", load(answer, 0xffffffff, 0), -E2BIG);
	check("too deep a stack", load(answer, 2, RAW_MAX_STACK + 1), -EINVAL);
	check("instructions at no address", load((void *)8, 2, 0), -EFAULT);
	check("an address behind the buffer", load(far, 3, 0), -EINVAL);
	check("another map", load(other_map, 3, 0), -EINVAL);
	check("a map by its fd", load(map_fd, 3, 0), -EINVAL);
	check("half of an instruction", load(cut, 2, 0), -EINVAL);
	check("still nothing to run", run(0, 0, &ret), -ENOENT);

	check("a sound one", load(answer, 2, 512), 0);
	check("a context that is too large", run(ptr_to_u64(ctx), RAW_MAX_CTX + 1, &ret), -E2BIG);
	check("a context of 4 GB", run(ptr_to_u64(ctx), 0xffffffff, &ret), -E2BIG);
	check("a context at no address", run(8, 64, &ret), -EFAULT);
	check("it runs", run(ptr_to_u64(ctx), 64, &ret), 0);
	check("it returns", ret, 42);
	check("an unsound one after it", load(far, 3, 0), -EINVAL);
	check("the sound one is still there", run(0, 0, &ret), 0);
	check("and freed", ask(RAW_FREE, NULL), 0);
	check("it is gone", run(0, 0, &ret), -ENOENT);
	check("freed twice", ask(RAW_FREE, NULL), 0);
}

/* Only the JIT takes calls. */
static void test_calls(void)
{
	struct raw_code code = {};
	u32 ret = 0;
	int err;

	check("a call of what lies behind", load(call_behind, 2, 512), -EINVAL);
	check("a call of what lies before", load(call_before, 2, 512), -EINVAL);
	err = load(answer, 2, 512);
	if (!err)
		err = ask(RAW_CODE, &code);
	check("a program", err, 0);
	check("a function", load(calls, 4, 512), code.size ? 0 : -ENOTSUPP);
	check("it runs", run(0, 0, &ret), 0);
	check("its result, or that of the program before", ret, code.size ? 43 : 42);
}

static void test_buffer(void)
{
	unsigned char *io = mmap(NULL, RAW_IO_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	u32 ret;

	check("the buffer can be mapped", io == MAP_FAILED, 0);
	check("not more than it has",
	      mmap(NULL, 2 * RAW_IO_SIZE, PROT_READ, MAP_SHARED, fd, 0) == MAP_FAILED, 1);
	check("not what lies behind it",
	      mmap(NULL, RAW_IO_SIZE, PROT_READ, MAP_SHARED, fd, RAW_IO_SIZE) == MAP_FAILED, 1);
	check("its last word", load(store, 5, 0), 0);
	check("is written", run(0, 0, &ret), 0);
	check("and seen", io != MAP_FAILED ? io[RAW_IO_SIZE - 8] + io[RAW_IO_SIZE - 1] : -1, 7);
}

static void test_requests(void)
{
	struct raw_code code = { .buf = 8, .size = 0xffffffff };
	u32 ret;

	check("an unknown request", ask(_IO('J', 99), NULL), -ENOTTY);
	check("a request of another size", ask(_IOWR('J', 1, u32), &ret), -ENOTTY);
	check("a load at no address", ask(RAW_LOAD, (void *)8), -EFAULT);
	check("a run at no address", ask(RAW_RUN, (void *)8), -EFAULT);
	ask(RAW_FREE, NULL);
	check("code of nothing", ask(RAW_CODE, &code), -ENOENT);
	check("a sound program", load(answer, 2, 0), 0);
	/* the interpreter's programs have none */
	check("code to no address", ask(RAW_CODE, &code), code.size ? -EFAULT : 0);
	/* closed with a program in it */
	close(fd);
}

static int insert(const char *path)
{
	int file = open(path, O_RDONLY), err;

	err = syscall(__NR_finit_module, file, "", 0) ? -errno : 0;
	close(file);
	return err;
}

int main(void)
{
	mkdir("/dev", 0755);
	mount("devtmpfs", "/dev", "devtmpfs", 0, NULL);
	check("the module", insert("/checkjit_raw.ko"), 0);
	fd = open("/dev/" RAW_DEVICE, O_RDWR);
	check("the device", fd < 0, 0);
	test_programs();
	test_calls();
	test_buffer();
	test_requests();
	printf("raw: end\n");
	reboot(LINUX_REBOOT_CMD_RESTART);
	return 0;
}
