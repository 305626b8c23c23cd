// SPDX-License-Identifier: GPL-2.0
/* Prints one line per engine for one case, for scripts such as runners/bisect.sh. */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "cmd/cmd.h"
#include "cmd/lab_opts.h"
#include "lib/util.h"
#include "report/record.h"
#include "report/trial.h"
#include "session/trial.h"

/* Only this command must tell a kernel that does not boot from a machine that cannot boot any. */
#define EXIT_NO_BOOT 4

/* "vector 2 of 4: r3 expected 1, observed 0; mem+8..15 …" */
static char *differences(const struct session *session, const struct trial_ask *ask,
			 const struct trial *t)
{
	struct record rec;
	char *text;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	record_init(&rec, ask->c->id, ask->engine->name, t->verdict);
	record_trial(&rec, t, ask->c, session->first.order);
	fprintf(f, "vector %u, %u of %u fail", t->diff.vec, t->diff.failed, ask->nr_vecs);
	if (rec.inputs && *rec.inputs)
		fprintf(f, ", %s", rec.inputs);
	for (u32 i = 0; i < rec.ndiffs; i++)
		fprintf(f, "%s %s expected %s observed %s", i ? ";" : ":", rec.diffs[i].what,
			rec.diffs[i].expected, rec.diffs[i].observed);
	fclose(f);
	record_free(&rec);
	return text;
}

static void print_line(const char *engine, const char *verdict, const char *text)
{
	printf("%s %s ", engine, verdict);
	for (; *text; text++)
		putchar(isprint((unsigned char)*text) ? *text : ' ');
	putchar('\n');
	fflush(stdout);
}

/* A failure that passes on the next try says nothing about the kernel. */
static int try_twice(struct session *session, const struct trial_ask *ask, struct trial *t)
{
	enum verdict first;
	int ret = session_try(session, ask, t);

	if (ret || verdicts[t->verdict].exit != EXIT_FINDINGS)
		return ret;
	first = t->verdict;
	trial_free(t);
	ret = session_try(session, ask, t);
	if (!ret && verdicts[t->verdict].exit != EXIT_FINDINGS) {
		free(t->reason);
		free(t->detail);
		t->detail = NULL;
		t->reason = xasprintf("%s at first, then %s", verdicts[first].name,
				      verdicts[t->verdict].name);
		t->verdict = VERDICT_ERROR;
	}
	return ret;
}

static int all_engines(struct session *session, const struct lab_opts *o,
		       const struct one_case *one)
{
	struct trial_ask ask = {
		.c = one->c,
		.first_vec = one->vec < 0 ? 0 : one->vec,
		.nr_vecs = one->vec < 0 ? one->c->vecs->nvecs : 1,
	};
	u32 count[NR_VERDICTS] = { 0 };

	for (u32 i = 0; i < o->nengines; i++) {
		struct trial t;
		char *text;

		ask.engine = o->engines[i];
		if (try_twice(session, &ask, &t))
			return EXIT_INFRA;
		text = t.diff.failed ? differences(session, &ask, &t) : trial_text(&t);
		print_line(ask.engine->name, verdicts[t.verdict].name, text);
		count[t.verdict]++;
		free(text);
		trial_free(&t);
	}
	for (int v = 0; v < NR_VERDICTS; v++)
		if (count[v] && verdicts[v].exit == EXIT_FINDINGS)
			return EXIT_FINDINGS;
	return count[VERDICT_ERROR] || count[VERDICT_LOST] ? EXIT_INFRA : EXIT_OK;
}

/* Did the machine fail, not the kernel? boot.sh and QEMU prefix their messages. */
static bool machine_failed(struct session *session, int err)
{
	char *said, *line, *save = NULL;
	bool failed = err == -ENOENT || guest_stop;

	said = guest_console_tail(&session->guest, 4096);
	for (line = strtok_r(said, "\n", &save); line && !failed;
	     line = strtok_r(NULL, "\n", &save))
		failed = (!strncmp(line, "boot: ", 6) || !strncmp(line, "qemu-system-", 12)) &&
			 !strstr(line, "warning:");
	free(said);
	return failed;
}

int cmd_verdict(int argc, char **argv)
{
	const struct lab_command cmd = {
		.usage = {
			.name = "verdict",
			.head = "usage: checkjit verdict --arch ARCH --image DIR --initrd FILE "
				"--id ID|--case FILE [OPTION...]\n\n"
				"Run one case and print a line for each engine:\n"
				"  ENGINE VERDICT what differs, or the reason\n"
				"results/known is not asked. A finding counts only if it shows "
				"twice.\n\n",
			.foot = "Exit codes: 0 no engine fails, 1 one does, 2 usage, 3 "
				"infrastructure, 4 the kernel does not boot.\n",
		},
	};
	struct lab_opts o;
	struct one_case one;
	struct session session;
	int ret = lab_opts_parse(&o, &cmd, argc, argv);

	if (ret >= 0)
		return ret;
	if (one_case_load(&o, &one))
		return EXIT_USAGE;
	ret = session_open(&session, &o.guest);
	if (ret)
		ret = machine_failed(&session, ret) ? EXIT_INFRA : EXIT_NO_BOOT;
	else
		ret = all_engines(&session, &o, &one);
	session_end(&session);
	one_case_free(&one);
	return ret;
}
