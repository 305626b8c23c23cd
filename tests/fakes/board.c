// SPDX-License-Identifier: GPL-2.0
/*
 * A machine with other work than being a guest: an init that runs /agent --stdio, its stdin and
 *stdout on the virtio port, and says on the console how the agent has left the machine. On the
 *kernel command line: board=user	it is not root's board=term	a signal ends it at work:
 *when bpf_jit_harden has been 2 for a while board=oops	its kernel has had one
 */
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/wait.h>
#include <linux/reboot.h>

static const char *const knobs[][2] = {
	{ "/proc/sys/net/core/bpf_jit_enable", "0" },
	{ "/proc/sys/net/core/bpf_jit_harden", "1" },
	{ "/proc/sys/kernel/panic_on_oops", "0" },
	{ "/proc/sys/kernel/panic", "77" },
};

#define NR_KNOBS (sizeof(knobs) / sizeof(knobs[0]))

static void put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		printf("board: cannot write %s: errno %d\n", path, errno);
	close(fd);
}

static void show(const char *path)
{
	char text[32];
	int fd = open(path, O_RDONLY), n = read(fd, text, sizeof(text) - 1);

	close(fd);
	text[n > 0 ? n - 1 : 0] = 0;
	printf("board: %s is %s\n", strrchr(path, '/') + 1, text);
}

static int is(const char *path, const char *want)
{
	char text[32];
	int fd = open(path, O_RDONLY), n = read(fd, text, sizeof(text) - 1);

	close(fd);
	text[n > 0 ? n : 0] = 0;
	return !strcmp(text, want);
}

static int open_port(void)
{
	char path[] = "/dev/vport0p0";

	for (int i = 0; i < 300; i++) {
		int fd;

		path[sizeof(path) - 2] = '0' + i % 8;
		fd = open(path, O_RDWR);
		if (fd >= 0)
			return fd;
		usleep(10000);
	}
	return -1;
}

static void be_agent(int user)
{
	char *argv[] = { "agent", "--stdio", NULL }, *envp[] = { NULL };
	int port = open_port();

	dup2(port, 0);
	dup2(port, 1);
	close(port);
	if (user)
		syscall(__NR_setuid, 1000);
	execve("/agent", argv, envp);
	dprintf(2, "board: cannot run /agent: errno %d\n", errno);
	_exit(127);
}

static int has(const char *word)
{
	const char *board = getenv("board");

	return board && !strcmp(board, word);
}

int main(void)
{
	int status = 0, busy = 0, pid;

	mount("proc", "/proc", "proc", 0, NULL);
	mount("sysfs", "/sys", "sysfs", 0, NULL);
	mount("devtmpfs", "/dev", "devtmpfs", 0, NULL);
	for (unsigned int i = 0; i < NR_KNOBS; i++)
		put(knobs[i][0], knobs[i][1]);
	if (has("oops"))
		put("/proc/sys/kernel/tainted", "128");
	pid = fork();
	if (!pid)
		be_agent(has("user"));
	while (waitpid(pid, &status, WNOHANG) != pid) {
		usleep(100000);
		/* the kernel says a line of it */
		put("/proc/sys/vm/drop_caches", "1");
		if (has("term") && is(knobs[1][0], "2\n") && ++busy == 3)
			kill(pid, SIGTERM);
	}
	if (!WIFEXITED(status))
		printf("board: the agent died of signal %d\n", WTERMSIG(status));
	else
		printf("board: the agent ended with status %d\n", WEXITSTATUS(status));
	for (unsigned int i = 0; i < NR_KNOBS; i++)
		show(knobs[i][0]);
	reboot(LINUX_REBOOT_CMD_RESTART);
	return 0;
}
