// SPDX-License-Identifier: GPL-2.0
/*
 * The agent as a program on a machine with other work (--stdio), instead of /init of a guest. It
 * must leave the machine as it found it, whatever ends it, and its host sees no console, only
 * stderr. So there are two processes: the worker, and one that waits for the worker's end, which
 * may be an oops, and then restores the machine.
 */
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <linux/fcntl.h>
#include <linux/prctl.h>
#include <linux/signal.h>
#include "agent/base.h"
#include "agent/program.h"
#include "agent/sysctl.h"

#define KMSG_AHEAD_MS 20
#define MAX_RECORD    8192 /* of /dev/kmsg */
#define TAINT_DIE     (1u << 7)

static int kmsg = -1;

/* ---- kernel messages ---- */

static u32 number(const char **p)
{
	u32 n = 0;

	while (**p >= '0' && **p <= '9')
		n = 10 * n + *(*p)++ - '0';
	return n;
}

/* Print the text of "prio,seq,microseconds,flags;text\n KEY=value\n" if it is from the kernel. */
static int show_record(char *rec)
{
	const char *p = rec;
	u32 prio = number(&p);
	char *text = strchr(rec, ';'), *end;

	if (prio >> 3 || !text)
		return 0;
	end = strchr(text, '\n');
	if (end)
		*end = 0;
	say("kernel: %s", text + 1);
	return 1;
}

/* Copy new kernel messages to stderr. Returns the number of lines. */
static int show_messages(void)
{
	static char rec[MAX_RECORD];
	int shown = 0;
	ssize_t n;

	if (kmsg < 0)
		return 0;
	/* EPIPE: some messages were overwritten before they were read */
	while ((n = read(kmsg, rec, sizeof(rec) - 1)) > 0 || (n < 0 && errno == EPIPE)) {
		if (n > 0) {
			rec[n] = 0;
			shown += show_record(rec);
		}
	}
	return shown;
}

static void open_messages(void)
{
	kmsg = open("/dev/kmsg", O_RDONLY | O_NONBLOCK);
	if (kmsg < 0)
		say("checkjit-agent: /dev/kmsg cannot be read (errno %d): kernel warnings will be "
		    "missed",
		    errno);
	else
		lseek(kmsg, 0, SEEK_END);
}

void program_before_answer(void)
{
	/* ssh forwards two streams in no fixed order: give a warning a head start */
	if (show_messages())
		sleep_ms(KMSG_AHEAD_MS);
}

int program_poll(struct pollfd *p, int ms)
{
	struct pollfd both[2] = { *p, { .fd = kmsg, .events = POLLIN } };
	u64 end = now_us() + (u64)ms * 1000;
	int ret;

	do {
		int left = ms < 0	    ? -1
			   : now_us() < end ? (int)((u32)(end - now_us()) / 1000) + 1
					    : 0;

		ret = poll(both, 2, left);
		if (ret > 0 && both[1].revents)
			show_messages();
	} while ((ret > 0 && !both[0].revents) || (ret < 0 && errno == EINTR));
	*p = both[0];
	return ret;
}

/* ---- the process that waits ---- */

#define BIT(sig) (1ul << ((sig)-1))

struct sigset {
	unsigned long words[8 / sizeof(long)]; /* signals 1 to 31 are in the first */
};

static int next_signal(const struct sigset *set)
{
#ifdef __NR_rt_sigtimedwait
	return syscall(__NR_rt_sigtimedwait, set, NULL, NULL, sizeof(*set));
#else
	return syscall(__NR_rt_sigtimedwait_time64, set, NULL, NULL, sizeof(*set));
#endif
}

static void wait_and_restore(int worker, const struct sigset *set)
{
	int status = 0, sig;

	while (waitpid(worker, &status, WNOHANG) != worker) {
		sig = next_signal(set);
		if (sig > 0 && sig != SIGCHLD && sig != SIGPIPE) {
			say("checkjit-agent: ended by signal %d", sig);
			kill(worker, SIGKILL);
		}
	}
	show_messages();
	if (!WIFEXITED(status))
		say("checkjit-agent: the worker died of signal %d", WTERMSIG(status));
	sysctl_restore();
	exit(WIFEXITED(status) ? WEXITSTATUS(status) : LEAVE_FAILED);
}

static void split(void)
{
	const struct sigset set = { { BIT(SIGCHLD) | BIT(SIGHUP) | BIT(SIGINT) | BIT(SIGTERM) |
				      BIT(SIGPIPE) } };
	int parent = getpid(), worker;

	syscall(__NR_rt_sigprocmask, SIG_BLOCK, &set, NULL, sizeof(set));
	worker = fork();
	if (worker < 0) {
		say("checkjit-agent: fork: errno %d", errno);
		leave(LEAVE_FAILED);
	}
	if (worker)
		wait_and_restore(worker, &set);
	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	if (getppid() != parent)
		exit(LEAVE_FAILED);
}

/* The results of a kernel after an oops are worthless, and the agent must not reboot it. */
static void refuse_damaged(void)
{
	char text[16];
	const char *p = text;

	if (read_small_file("/proc/sys/kernel/tainted", text, sizeof(text)) <= 0 ||
	    !(number(&p) & TAINT_DIE))
		return;
	say("checkjit-agent: this kernel has had an oops (it is tainted, 'D'): boot it first");
	leave(LEAVE_FAILED);
}

static void take_sysctls(void)
{
	int err = sysctl_init();

	if (!err)
		return;
	if (err == -EBUSY)
		say("checkjit-agent: another agent is at work on this machine and owns "
		    "net.core.bpf_jit_enable");
	else
		say("checkjit-agent: net.core.bpf_jit_enable cannot be set (errno %d): this needs "
		    "root outside of a container",
		    -err);
	leave(LEAVE_FAILED);
}

void program_begin(void)
{
	as_program = 1;
	open_messages();
	refuse_damaged();
	take_sysctls();
	split();
}

int program_stdio(void)
{
#ifdef __NR_fcntl64
	const int nr = __NR_fcntl64;
#else
	const int nr = __NR_fcntl;
#endif
	for (int fd = 0; fd < 2; fd++) {
		int flags = syscall(nr, fd, F_GETFL);

		if (flags < 0 || syscall(nr, fd, F_SETFL, flags | O_NONBLOCK) < 0)
			return -errno;
	}
	return 0;
}
