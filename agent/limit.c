// SPDX-License-Identifier: GPL-2.0
/*
 * A time limit for loads. The verifier checks for signals now and then and gives up with EAGAIN
 * when one is pending; otherwise it looks at up to a million insns, which takes minutes under TCG.
 * The signal comes from a process of ours, because our small kernels lack timers that send signals
 * (CONFIG_POSIX_TIMERS). The verifier lets it run by cond_resched().
 */
#include <linux/signal.h>
#include <sys/mman.h>
#include "agent/base.h"
#include "agent/limit.h"

#define TICK_MS 65

/* Ticks in the lower half, the number of the load in the upper one. */
#define LIMIT(ms, load) (((load) << 16) | ((ms) / TICK_MS + 2))

/* The struct sigaction of rt_sigaction(2), which can differ from the one in the uapi headers. */
struct action {
	void (*handler)(int sig);
	unsigned long flags;
#ifdef SA_RESTORER
	void (*restorer)(void);
#endif
	u32 mask[2];
};

static volatile int expired;
static volatile u32 *limit; /* shared with watch(): LIMIT() of a load, 0: none */

static void on_alarm(int sig)
{
	(void)sig;
	expired = 1;
}

#ifdef __x86_64__
/* the only arch here where user space must provide the return from a handler */
void limit_restorer(void);
__asm__(".text\n.globl limit_restorer\nlimit_restorer:\n\tmov $15, %eax\n\tsyscall\n");
#endif

/* It looks at no clock: in some guests that costs as much as a load. */
static void watch(pid_t agent)
{
	u32 seen = 0, left = 0;

	while (getppid() == agent) {
		if (*limit != seen) {
			seen = *limit;
			left = seen & 0xffff;
		}
		if (left && !--left)
			kill(agent, SIGALRM);
		sleep_ms(TICK_MS);
	}
	exit(0);
}

static int install(void)
{
	static struct action act;
	pid_t agent = getpid(), pid;
	void *shared;

	act.handler = on_alarm;
#ifdef __x86_64__
	act.flags = SA_RESTORER;
	act.restorer = limit_restorer;
#endif
	if (syscall(__NR_rt_sigaction, SIGALRM, &act, NULL, sizeof(act.mask)) < 0)
		return -errno;
	shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		return -errno;
	limit = shared;
	pid = fork();
	if (!pid)
		watch(agent);
	return pid < 0 ? -errno : 0;
}

void limit_begin(u32 ms)
{
	static int installed;
	static u32 loads;
	int err;

	if (!installed) {
		installed = 1;
		err = install();
		if (err)
			say("checkjit-agent: loads have no limit: errno %d", -err);
	}
	expired = 0;
	if (limit)
		*limit = LIMIT(ms, ++loads);
}

int limit_expired(void)
{
	return expired;
}

void limit_end(void)
{
	if (limit)
		*limit = 0;
	expired = 0;
}
