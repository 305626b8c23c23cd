// SPDX-License-Identifier: GPL-2.0
/*
 * A limit to how long a load may take. The verifier looks for a signal now and then, and gives up with EAGAIN when there is one: the
 * million instructions that it would otherwise look at are minutes under TCG.
 */
#include <linux/signal.h>
#include "agent.h"

/* The kernel's struct sigaction of rt_sigaction(2), which is not always that of its uapi headers. */
struct action {
	void (*handler)(int sig);
	unsigned long flags;
#ifdef SA_RESTORER
	void (*restorer)(void);
#endif
	u32 mask[2];
};

static volatile int expired;

static void on_alarm(int sig)
{
	(void)sig;
	expired = 1;
}

#ifdef __x86_64__
/* alone in wanting to be told how a handler returns */
void limit_restorer(void);
__asm__(".text\n.globl limit_restorer\nlimit_restorer:\n\tmov $15, %eax\n\tsyscall\n");
#endif

static void install(void)
{
	static int installed;
	static struct action act;

	if (installed)
		return;
	installed = 1;
	act.handler = on_alarm;
#ifdef __x86_64__
	act.flags = SA_RESTORER;
	act.restorer = limit_restorer;
#endif
	if (syscall(__NR_rt_sigaction, SIGALRM, &act, NULL, sizeof(act.mask)) < 0)
		say("checkjit-agent: rt_sigaction: errno %d", errno);
}

static void arm(long seconds)
{
	const long timer[4] = { 0, 0, seconds, 0 };	/* interval, value: struct __kernel_old_itimerval */

	syscall(__NR_setitimer, 0, timer, NULL);
}

void limit_begin(u32 seconds)
{
	install();
	expired = 0;
	arm(seconds);
}

int limit_expired(void)
{
	return expired;
}

void limit_end(void)
{
	arm(0);
	expired = 0;
}
