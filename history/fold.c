// SPDX-License-Identifier: GPL-2.0
#include <string.h>
#include "history/fold.h"
#include "lib/util.h"
#include "report/report.h"

/* The place in the list of what is like @news; a new one is begun. */
static struct folded *find(struct fold *f, const struct history_news *news)
{
	const struct history_verdict *v = &news->now;
	char *operation = id_operation(v->id),
	     *key = xasprintf("%d\n%s\n%s\n%s\n%d", news->kind, v->arch, v->variant, operation,
			      v->verdict);
	const struct strset_entry *e = strset_find(&f->keys, key);

	if (e) {
		free(operation);
	} else {
		ARRAY_GROW(f->list, f->cnt, f->cap);
		f->list[f->cnt] = (struct folded){ .kind = news->kind,
						   .arch = xstrdup(v->arch),
						   .variant = xstrdup(v->variant),
						   .operation = operation,
						   .engines = xstrdup(""),
						   .verdict = v->verdict,
						   .was = news->was,
						   .id = xstrdup(v->id),
						   .kernel = xstrdup(v->when.kernel),
						   .detail = xstrdup(v->detail),
						   .rerun = xstrdup(v->rerun),
						   .vector = v->vector };
		f->kinds[news->kind]++;
		e = strset_add(&f->keys, key, f->cnt++);
	}
	free(key);
	return &f->list[e->value];
}

static bool has_word(const char *words, const char *word)
{
	size_t n = strlen(word);

	for (const char *at = words; (at = strstr(at, word)); at += n)
		if ((at == words || at[-1] == ' ') && (at[n] == ' ' || !at[n]))
			return true;
	return false;
}

static int take_news(void *arg, const struct history_news *news)
{
	struct folded *to = find(arg, news);
	char *more;

	to->verdicts++;
	if (has_word(to->engines, news->now.engine))
		return 0;
	more = xasprintf("%s%s%s", to->engines, *to->engines ? " " : "", news->now.engine);
	free(to->engines);
	to->engines = more;
	return 0;
}

int fold_news(struct history *h, s64 since, struct fold *out, struct diag *diag)
{
	*out = (struct fold){};
	return history_each_news(h, since, take_news, out, diag);
}

static int take_finding(void *arg, const struct history_verdict *v)
{
	struct strset *seen = arg;
	char *operation, *key;

	if (v->verdict == VERDICT_XFAIL)
		return 0;
	operation = id_operation(v->id);
	key = xasprintf("%s\n%s\n%s", v->arch, v->variant, operation);
	if (!strset_find(seen, key))
		strset_add(seen, key, 0);
	free(key);
	free(operation);
	return 0;
}

int fold_failing(struct history *h, u32 *cnt, struct diag *diag)
{
	struct strset seen = {};
	int ret = history_each_finding(h, &(struct history_filter){}, take_finding, &seen, diag);

	*cnt = seen.cnt;
	strset_free(&seen);
	return ret;
}

const char *fold_was(const struct fold *f, const struct folded *x)
{
	static char text[32];

	if (f->first && (x->kind == HISTORY_NEW || x->kind == HISTORY_KNOWN))
		return "";
	snprintf(text, sizeof(text), ", was %s", verdicts[x->was].name);
	return text;
}

void fold_free(struct fold *f)
{
	for (u32 i = 0; i < f->cnt; i++) {
		struct folded *x = &f->list[i];

		free(x->arch);
		free(x->variant);
		free(x->operation);
		free(x->engines);
		free(x->id);
		free(x->kernel);
		free(x->detail);
		free(x->rerun);
	}
	free(f->list);
	strset_free(&f->keys);
	*f = (struct fold){};
}
