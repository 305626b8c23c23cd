// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>
#include "cmd/night_report.h"
#include "cmd/proc.h"
#include "cmd/settings.h"
#include "history/digest.h"
#include "html/html.h"
#include "lib/outfile.h"
#include "lib/shipped.h"
#include "lib/util.h"
#include "report/night.h"

/* Hand @mail, with its headers, to sendmail. */
static int send(const char *mail)
{
	struct args a = {};
	int fds[2], code;
	pid_t pid;
	size_t len = strlen(mail);

	if (pipe(fds))
		return -errno;
	signal(SIGPIPE, SIG_IGN);
	pid = proc_fork();
	if (!pid) {
		dup2(fds[0], STDIN_FILENO);
		close(fds[0]);
		close(fds[1]);
		args_add(&a, "sendmail");
		args_add(&a, "-t");
		args_add(&a, "-i");
		execvp(a.v[0], a.v);
		_exit(127);
	}
	close(fds[0]);
	/* the text is small; a sendmail that does not read it has failed */
	if (pid < 0 || write(fds[1], mail, len) != (ssize_t)len)
		pr_err("sendmail: %s", strerror(errno));
	close(fds[1]);
	code = pid < 0 ? -1 : proc_wait(pid, NULL);
	return code ? -EIO : 0;
}

static void mail(const struct night *n, const char *headline, const char *text)
{
	const char *to = setting(SET_MAILTO);
	char *message, *path;

	if (!to)
		return;
	message = xasprintf("To: %s\nSubject: checkjit nightly: %s\nMIME-Version: 1.0\n"
			    "Content-Type: text/plain; charset=utf-8\n"
			    "Content-Transfer-Encoding: 8bit\n\n%s",
			    to, headline, text);
	path = xasprintf("%s/mail.txt", n->dir);
	if (send(message)) {
		outfile_write(path, message);
		pr_err("no mail was sent to %s (expected a sendmail that works); it is in %s", to,
		       path);
	}
	free(message);
	free(path);
}

/* The HTML report of all units, if they have results. 0, or -errno after a message on stderr. */
static int pages(const struct night *n)
{
	char *dir = xasprintf("%s/html", n->dir);
	struct html_conf conf = { .dir = dir,
				  .cases = setting(SET_CASES_DIR) ? setting(SET_CASES_DIR)
								  : shipped("cases"),
				  .history = n->h,
				  .night = n->id };
	struct run_set set;
	struct diag diag;
	int ret = is_night(n->dir) ? night_load(n->dir, &set, &diag) : 0;

	if (ret) {
		diag_print(&diag);
	} else if (is_night(n->dir)) {
		ret = html_write(&set, &conf);
		run_set_free(&set);
	}
	free(dir);
	return ret;
}

int night_report(struct night *n)
{
	char *trouble = strbuf_take(&n->trouble), *path = xasprintf("%s/summary.txt", n->dir);
	struct digest_totals totals;
	char *text, *headline;
	size_t len;
	FILE *f = open_memstream(&text, &len);
	int ret = digest_write(f, n->h, &n->rounds, n->id, trouble, &totals, &n->diag), exit;

	fclose(f);
	if (n->fuzz) {
		char *both = xasprintf("%s\nFuzzer:\n%s\n", text, n->fuzz);

		free(text);
		text = both;
	}
	headline = digest_headline(&totals);
	if (ret)
		diag_print(&n->diag);
	else
		printf("\n%s\nReport: %s, %s/html/index.html\n", text, path, n->dir);
	exit = totals.failing || totals.kinds[HISTORY_FLAKY] || n->fuzz_exit == EXIT_FINDINGS
		       ? EXIT_FINDINGS
		       : EXIT_OK;
	if (!ret)
		ret = pages(n);
	if (ret || outfile_write(path, text) || fflush(stdout) ||
	    ((n->broken || *trouble) && !exit))
		exit = EXIT_INFRA;
	if (!ret)
		mail(n, headline, text);
	free(headline);
	free(trouble);
	free(path);
	free(text);
	return exit;
}
