// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "lib/util.h"
#include "explain/show.h"
#include "explain/show_int.h"

static struct look look_of(FILE *f)
{
	const char *no = getenv("NO_COLOR");

	if (!isatty(fileno(f)) || (no && *no))
		return (struct look){ "", "", "", "" };
	return (struct look){ "\033[1m", "\033[1;31m", "\033[2m", "\033[0m" };
}

/* Print a line of the case that occurs @times times in a row. */
static void show_line(const char *line, u32 times)
{
	printf("  %s\n", line);
	if (times > 2)
		printf("  \t\t… %u more like it\n", times - 1);
	else if (times == 2)
		printf("  %s\n", line);
}

/* Print the case as written, without its inputs, which the tables show. */
static void show_text(struct bpf_case *c)
{
	char *text = NULL, *save = NULL, *last = NULL;
	u32 times = 0;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		return;
	bpf_case_print(f, c, 0);
	fclose(f);
	for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		const char *word = line + strspn(line, "\t");

		if (*word == '#' || !strncmp(word, "vec ", 4) || !strncmp(word, "id ", 3))
			continue;
		if (last && strcmp(line, last)) {
			show_line(last, times);
			times = 0;
		}
		last = line;
		times++;
	}
	if (last)
		show_line(last, times);
	free(text);
}

static void show_expected(const struct bpf_case *c)
{
	if (c->outcome == OUTCOME_ACCEPT) {
		printf("  expected: accepted; nothing runs\n");
		return;
	}
	printf("  expected: refused");
	for (u32 i = 0; i < c->nrefusals; i++) {
		const struct refusal *r = &c->refusals[i];

		printf("%s", i ? "; or" : "");
		if (r->err)
			printf(", errno %d", r->err);
		if (r->log)
			printf(", \"%s\" in the log", r->log);
	}
	printf("%s\n", c->outcome == OUTCOME_EITHER ? ", or the model's state" : "");
}

static void show_verdict(const struct show *s, const struct shown *e)
{
	char *text = trial_text(&e->trial);
	const struct trial *t = &e->trial;
	bool wrong = verdicts[t->verdict].exit == EXIT_FINDINGS;

	printf("  %-12s  %s%s%s", e->engine->name, wrong ? s->look.red : "",
	       verdicts[t->verdict].name, wrong ? s->look.off : "");
	if (t->diff.failed && s->nr_vecs > 1)
		printf(": %u of %u vectors differ from the model, vector %u is the first",
		       t->diff.failed, s->nr_vecs, t->diff.vec);
	else if (t->diff.failed)
		printf(": differs from the model");
	else if (*text)
		printf(": %s", text);
	else if (s->nr_vecs > 1)
		printf(": all %u vectors", s->nr_vecs);
	printf("\n");
	free(text);
}

/* Print what the kernel printed, indented. */
static void show_words(const char *what, const char *words)
{
	printf("\n-- %s\n", what);
	for (const char *p = words; *p;) {
		size_t len = strcspn(p, "\n");

		int shown = len;

		while (shown && strchr(" \t\r", p[shown - 1]))
			shown--;
		printf("  %.*s\n", shown, p);
		p += len + (p[len] == '\n');
	}
}

/* Print the log of one refusal, and the end of each dead guest's console. */
static void show_kernel(const struct show *s)
{
	bool logged = false;
	char what[128];

	for (u32 i = 0; i < s->nengines; i++) {
		const struct trial *t = &s->engines[i].trial;

		snprintf(what, sizeof(what), "%s: the end of the guest's console",
			 s->engines[i].engine->name);
		if (t->console && *t->console)
			show_words(what, t->console);
		snprintf(what, sizeof(what), "%s: the verifier's log", s->engines[i].engine->name);
		if (t->err && t->log && !logged)
			show_words(what, t->log);
		logged |= t->err && t->log;
	}
}

static int try_engine(struct session *session, const struct show *s, struct shown *e, bool infer)
{
	struct trial_ask ask = {
		.engine = e->engine,
		.c = s->c,
		.first_vec = s->first_vec,
		.nr_vecs = s->nr_vecs,
		.flags = WIRE_LOG,
	};
	/* first, because the guest is certainly alive now */
	int ret = translate_case(session, &ask, infer, &e->tr);

	return ret ? ret : session_try(session, &ask, &e->trial);
}

int show_case(struct session *session, const struct show_ask *ask)
{
	struct show s = {
		.c = ask->c,
		.arch = session->conf.arch,
		.order = session->guest.order,
		.word_bits = session->guest.word_bits,
		.verbose = ask->verbose,
		.look = look_of(stdout),
		.first_vec = ask->vec < 0 ? 0 : ask->vec,
		.nr_vecs = ask->vec < 0 ? ask->c->vecs->nvecs : 1,
		.engines = xcalloc(ask->nengines, sizeof(*s.engines)),
		.nengines = ask->nengines,
	};
	bool wrong = false;
	int ret = 0;

	printf("%s== %s%s on %s %s (%s:%u)\n", s.look.bold, ask->c->id, s.look.off, s.arch,
	       session->guest.release, ask->c->file, ask->c->line);
	show_text(ask->c);
	printf("\n");
	if (ask->c->outcome != OUTCOME_VALUE)
		show_expected(ask->c);
	for (u32 i = 0; i < s.nengines && !ret; i++) {
		s.engines[i].engine = ask->engines[i];
		fflush(stdout);
		ret = try_engine(session, &s, &s.engines[i], ask->infer);
		if (!ret)
			show_verdict(&s, &s.engines[i]);
		wrong |= !ret && verdicts[s.engines[i].trial.verdict].exit == EXIT_FINDINGS;
	}
	if (!ret) {
		show_states(&s);
		show_kernel(&s);
		show_code(&s);
	}
	for (u32 i = 0; i < s.nengines; i++) {
		translation_free(&s.engines[i].tr);
		trial_free(&s.engines[i].trial);
	}
	free(s.engines);
	return ret ? EXIT_INFRA : wrong ? EXIT_FINDINGS : EXIT_OK;
}
