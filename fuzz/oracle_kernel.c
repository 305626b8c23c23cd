// SPDX-License-Identifier: GPL-2.0
/* The oracle `kernel`: a complaint, death or hang of the kernel, or memory that is missing. */
#include <string.h>
#include "fuzz/oracle.h"
#include "lib/util.h"

#define SLOW_SECONDS                                                                        \
	180 /* a load that takes up to this long is slow, not hung: the verifier looks at a \
	       million states */

/* Find the engine on which it happens again in a freshly booted guest. */
static int again(struct trial_of *o, const struct engine **engine, struct finding *f)
{
	struct fuzz_target *t = o->j->t;

	for (u32 i = 0; i < t->nengines; i++) {
		struct trial_ask ask = { .engine = t->engines[i],
					 .c = o->result->p.c,
					 .nr_vecs = o->result->p.nr_vecs };
		struct trial trial;
		int ret = session_try(&t->session, &ask, &trial);

		if (ret)
			return ret;
		finding_of(&trial, f);
		trial_free(&trial);
		*engine = t->engines[i];
		if (f->kind == FINDING_CRASH || f->kind == FINDING_HANG)
			return 1;
		finding_free(f);
	}
	return 0;
}

/* oracle_memory() finds leaks. */
bool oracle_out_of_memory(const char *console)
{
	return console &&
	       (strstr(console, "Out of memory") || strstr(console, "deadlocked on memory"));
}

/*
 * Are the words of this death those of a listed one? @engine: NULL where it did not happen again,
 * as when only a load with other flags or for the log leads to it.
 */
static bool is_listed(const struct trial_of *o, const struct engine *engine)
{
	const struct fuzz_target *t = o->j->t;

	for (u32 i = 0; i < t->nengines; i++) {
		if ((!engine || engine == t->engines[i]) &&
		    known_by_words(&o->j->known, t->engines[i]->name, t->session.first.release,
				   VERDICT_CRASH, o->result->console))
			return true;
	}
	return false;
}

enum judged oracle_keep_death(struct trial_of *o, const struct finding *first,
			      const struct engine *engine, const char *label, const char *remark)
{
	struct fuzz_result *s = o->result;
	struct bucket b = { .oracle = FUZZ_KERNEL };
	bool hang = first->kind == FINDING_HANG;
	enum judged what;
	char *text;

	if (is_listed(o, engine))
		return JUDGED_KNOWN;
	snprintf(b.engines, sizeof(b.engines), "%s", engine ? engine->name : label);
	snprintf(b.what, sizeof(b.what), "%s", hang ? "hang" : "console");
	bucket_words(b.class, first->words ? first->words : hang ? "no answer" : "");
	text = xasprintf("%s: %s%s", oracle_where(o->j), finding_text(first), engine ? "" : remark);
	what = oracle_keep(o, &b, s->p.c, text, s->console);
	free(text);
	return what;
}

enum judged oracle_unattributed(struct trial_of *o, const struct finding *first)
{
	return oracle_keep_death(
		o, first, NULL, "unattributed",
		" (not reproduced alone in a fresh guest: it may be the doing of an "
		"input before it)");
}

enum judged oracle_died(struct trial_of *o)
{
	struct fuzz_result *s = o->result;
	struct trial seen = { .verdict = s->how == ATTEMPT_HUNG ? VERDICT_TIMEOUT : VERDICT_CRASH,
			      .console = s->console };
	const struct engine *engine = NULL;
	struct finding first, f = {};
	enum judged what;
	int ret, patience;

	oracle_settle(&s->p);
	finding_of(&seen, &first);
	patience = session_patience(
		&o->j->t->session,
		first.kind == FINDING_HANG ? SLOW_SECONDS : o->j->t->session.conf.reply_timeout);
	ret = again(o, &engine, &f);
	session_patience(&o->j->t->session, patience);
	if (!ret && (first.kind == FINDING_HANG || oracle_out_of_memory(s->console)))
		what = JUDGED_SLOW;
	else
		what = ret > 0 ? oracle_keep_death(o, &first, engine, NULL, NULL)
			       : oracle_unattributed(o, &first);
	finding_free(&first);
	finding_free(&f);
	return ret == -EINTR ? JUDGED_STOP : what;
}

enum judged oracle_memory(struct trial_of *o)
{
	struct fuzz_memory *m = &o->j->t->memory;
	struct bucket b = {
		.oracle = FUZZ_KERNEL, .engines = "all", .what = "memory", .class = "growth"
	};
	char *text =
		xasprintf("%s: %llu KiB lost in %u loads, after a grace period", oracle_where(o->j),
			  (unsigned long long)m->lost_kb, m->shrunk * FUZZ_LOADS);
	enum judged what = oracle_keep(o, &b, NULL, text, NULL);

	free(text);
	/* not new from here on */
	fuzz_memory_reset(m);
	return what;
}
