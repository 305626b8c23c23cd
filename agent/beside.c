// SPDX-License-Identifier: GPL-2.0
/*
 * Both processes wait by looking at a page that they share: a system call would let one of them
 * begin long before the other.
 */
#include <sys/mman.h>
#include <sys/wait.h>
#include <linux/prctl.h>
#include <linux/signal.h>
#include <sys/prctl.h>
#include "agent/base.h"
#include "agent/beside.h"
#include "agent/bpf.h"

#define MAX_CPUS  1024u
#define WORD_BITS (8 * sizeof(long))

/* Numbers of the runs that are wanted, begun and done, and how the last one ended. */
struct shared {
	u32 wanted, begun, done;
	int err;
};

static volatile struct shared *shared;
static unsigned long allowed[MAX_CPUS / WORD_BITS];
static int process = -1;

/* The CPU that is number @nth, from 0, among those that the agent may use, or -ENODEV. */
static int nth_cpu(u32 nth)
{
	for (u32 cpu = 0; cpu < MAX_CPUS; cpu++)
		if (allowed[cpu / WORD_BITS] >> cpu % WORD_BITS & 1 && !nth--)
			return cpu;
	return -ENODEV;
}

/* Stay on CPU @cpu. Returns 0 or -errno. */
static int stay_on(int cpu)
{
	unsigned long one[MAX_CPUS / WORD_BITS] = { 0 };

	if (cpu < 0)
		return cpu;
	one[cpu / WORD_BITS] = 1ul << cpu % WORD_BITS;
	return syscall(__NR_sched_setaffinity, 0, sizeof(one), one) < 0 ? -errno : 0;
}

void beside_init(void)
{
	if (syscall(__NR_sched_getaffinity, 0, sizeof(allowed), allowed) > 0)
		stay_on(nth_cpu(0));
}

int beside_probe(void)
{
	int cpu = nth_cpu(1);

	return cpu < 0 ? cpu : 0;
}

#if defined(__x86_64__) || defined(__i386__)
static int is_tcg(void)
{
	u32 a = 1, b, c = 0, d;

	asm("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
	if (!(c >> 31))
		return 0;
	a = 0x40000000;
	asm("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
	return b == 0x54474354 && c == 0x43544743 && d == 0x47435447; /* TCGTCGTCGTCG */
}
#else
static int is_tcg(void)
{
	return 0;
}
#endif

int beside_probe_text(void)
{
	int err = beside_probe();

	return err ? err : is_tcg() ? -EOPNOTSUPP : 0;
}

/* What was written to the page before is seen by who sees what is written after it. */
static void order(void)
{
	__sync_synchronize();
}

__attribute__((noreturn)) static void serve(int fd, int err)
{
	union bpf_attr attr;

	for (u32 n = 1;; n++) {
		while (shared->wanted != n)
			;
		order();
		test_run_prepare(&attr, fd, BPF_PROG_TYPE_SYSCALL, NULL, 0);
		shared->begun = n;
		shared->err = err ? err : test_run(&attr);
		order();
		shared->done = n;
	}
}

/* Start a process. Returns 1 in it, on the second CPU, else 0 or -errno. */
static int begin(void)
{
	int cpu = nth_cpu(1);

	if (cpu < 0)
		return cpu;
	if (!shared) {
		void *page = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
				  MAP_SHARED | MAP_ANONYMOUS, -1, 0);

		if (page == MAP_FAILED)
			return -errno;
		shared = page;
	}
	shared->wanted = shared->begun = shared->done = 0;
	shared->err = 0;
	process = fork();
	if (process < 0)
		return -errno;
	if (process)
		return 0;
	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	shared->err = stay_on(cpu);
	return 1;
}

int beside_begin(int fd)
{
	int ret = begin();

	if (ret > 0)
		serve(fd, shared->err);
	return ret;
}

int beside_begin_changes(int (*change)(struct request *rq, struct loaded *ld), struct request *rq,
			 struct loaded *ld)
{
	int ret = begin();

	while (ret > 0) {
		if (!shared->err)
			shared->err = change(rq, ld);
		order();
		shared->done++;
	}
	while (!ret && !shared->done)
		;
	order();
	return ret ? ret : shared->err;
}

u32 beside_changes(void)
{
	return shared->done;
}

int beside_error(void)
{
	return shared->err;
}

void beside_go(void)
{
	order();
	shared->wanted++;
	/* both CPUs of a guest are on CPUs of its host then */
	while (shared->begun != shared->wanted)
		;
}

int beside_wait(void)
{
	while (shared->done != shared->wanted)
		;
	order();
	return shared->err;
}

void beside_end(void)
{
	if (process <= 0)
		return;
	kill(process, SIGKILL);
	waitpid(process, NULL, 0);
	process = -1;
}
