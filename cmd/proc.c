// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "cmd/proc.h"
#include "lib/util.h"

volatile int proc_stopped;

#define MAX_CHILDREN 64 /* guests, at most one for each arch and CPU model, and a script */

static volatile pid_t children[MAX_CHILDREN];

/* A terminal sends SIGINT to the children, too; SIGTERM mostly comes to this process alone. */
static void stop(int sig)
{
	int err = errno;

	proc_stopped = 1;
	for (u32 i = 0; i < MAX_CHILDREN && sig == SIGTERM; i++)
		if (children[i] > 0)
			kill(children[i], SIGTERM);
	errno = err;
}

static void replace_child(pid_t from, pid_t to)
{
	for (u32 i = 0; i < MAX_CHILDREN; i++)
		if (children[i] == from) {
			children[i] = to;
			return;
		}
}

pid_t proc_fork(void)
{
	sigset_t term, before;
	pid_t pid;

	fflush(stdout);
	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	/* the child is in the list, or gone from it, before the handler looks */
	sigprocmask(SIG_BLOCK, &term, &before);
	pid = fork();
	if (!pid)
		memset((void *)children, 0, sizeof(children));
	else if (pid > 0)
		replace_child(0, pid);
	else
		pr_err("fork: %s", strerror(errno));
	sigprocmask(SIG_SETMASK, &before, NULL);
	return pid;
}

void proc_catch_signals(void)
{
	struct sigaction sa = { .sa_handler = stop };

	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
}

static void exec(const struct args *a)
{
	execvp(a->v[0], a->v);
	pr_err("%s: %s", a->v[0], strerror(errno));
	_exit(127);
}

pid_t proc_start(const struct args *a)
{
	pid_t pid = proc_fork();

	if (!pid)
		exec(a);
	return pid;
}

int proc_wait(pid_t pid, pid_t *who)
{
	int status;
	pid_t ret;

	do
		ret = waitpid(pid, &status, 0);
	while (ret < 0 && errno == EINTR);
	if (who)
		*who = ret;
	if (ret < 0)
		return -1;
	replace_child(ret, 0);
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

int proc_run(const struct args *a)
{
	pid_t pid = proc_start(a);

	return pid < 0 ? 127 : proc_wait(pid, NULL);
}

static char *read_all(int fd)
{
	size_t cnt = 0, cap = 4096;
	char *text = xmalloc(cap);
	ssize_t n;

	while ((n = read(fd, text + cnt, cap - cnt - 1)) > 0 || (n < 0 && errno == EINTR)) {
		cnt += n > 0 ? n : 0;
		if (cap - cnt < 2)
			text = xrealloc(text, cap *= 2);
	}
	while (cnt && text[cnt - 1] == '\n')
		cnt--;
	text[cnt] = '\0';
	return text;
}

int proc_output(const struct args *a, char **out)
{
	int fds[2];
	pid_t pid;

	if (pipe(fds)) {
		pr_err("%s: %s", a->v[0], strerror(errno));
		*out = xstrdup("");
		return 127;
	}
	pid = proc_fork();
	if (pid < 0) {
		close(fds[0]);
		close(fds[1]);
		*out = xstrdup("");
		return 127;
	}
	if (!pid) {
		dup2(fds[1], STDOUT_FILENO);
		close(fds[0]);
		close(fds[1]);
		exec(a);
	}
	close(fds[1]);
	*out = read_all(fds[0]);
	close(fds[0]);
	return proc_wait(pid, NULL);
}

int proc_words(const char *script, const char *arg, struct args *to)
{
	struct args a = {};
	char *out;
	int ret;

	args_add(&a, script);
	if (arg)
		args_add(&a, arg);
	ret = proc_output(&a, &out);
	args_words(to, out);
	args_free(&a);
	free(out);
	return ret;
}

int proc_log(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);

	if (fd < 0) {
		pr_err("%s: %s", path, strerror(errno));
		return -EIO;
	}
	dup2(fd, STDOUT_FILENO);
	dup2(fd, STDERR_FILENO);
	return 0;
}
