// SPDX-License-Identifier: GPL-2.0
/* Who stands alone: the model, the interpreters and the JITs of all arches, on one case. */
#include <string.h>
#include "lib/util.h"
#include "report/report.h"

enum opinion {
	NO_OPINION,	/* skipped, fell back, lost */
	AGREES,		/* with the model */
	DIFFERS,
};

static enum opinion opinion(const struct record *r)
{
	if (r->raw == VERDICT_PASS)
		return AGREES;
	return verdicts[r->raw].exit == EXIT_FINDINGS ? DIFFERS : NO_OPINION;
}

static bool is_interp(const struct record *r)
{
	return !strcmp(r->engine, "interp") || !strcmp(r->engine, "raw_interp");
}

/* The raw engine thinks as the plain one of its arch does: named once is enough. */
static bool is_echo(struct record **rec, u32 n, const struct record *r)
{
	for (u32 i = 0; i < n && !strncmp(r->engine, "raw_", 4); i++)
		if (!strcmp(rec[i]->arch, r->arch) && !strcmp(rec[i]->engine, r->engine + 4))
			return opinion(rec[i]) == opinion(r);
	return false;
}

bool same_failure(const struct record *a, const struct record *b)
{
	if (a->raw != b->raw || a->vector != b->vector || a->ndiffs != b->ndiffs)
		return false;
	for (u32 i = 0; i < a->ndiffs; i++)
		if (strcmp(a->diffs[i].what, b->diffs[i].what) || strcmp(a->diffs[i].observed, b->diffs[i].observed))
			return false;
	return true;
}

/* Append "interp (5 arches), arm64 jit, s390x jit, jit_hardened": those of @op that are not on @not_arch. */
static u32 list(FILE *f, struct record **rec, u32 n, enum opinion op, const char *not_arch)
{
	u32 interps = 0, cnt = 0;
	const char *arch = NULL;

#define WANTED(r) (opinion(r) == op && (!not_arch || strcmp((r)->arch, not_arch)))
	for (u32 i = 0; i < n; i++)
		interps += WANTED(rec[i]) && is_interp(rec[i]) && !is_echo(rec, n, rec[i]);
	if (interps > 1) {
		fprintf(f, "interp (%u arches)", interps);
		cnt += interps;
	}
	for (u32 i = 0; i < n; i++) {
		struct record *r = rec[i];

		if (!WANTED(r) || is_echo(rec, n, r) || (interps > 1 && is_interp(r)))
			continue;
		fprintf(f, "%s", cnt ? ", " : "");
		if (!arch || strcmp(arch, r->arch))
			fprintf(f, "%s ", r->arch);
		fprintf(f, "%s", r->engine);
		arch = r->arch;
		cnt++;
	}
#undef WANTED
	return cnt;
}

static char *list_str(struct record **rec, u32 n, enum opinion op, const char *not_arch, u32 *cnt)
{
	char *s;
	size_t len;
	FILE *f = open_memstream(&s, &len);

	*cnt = list(f, rec, n, op, not_arch);
	fclose(f);
	return s;
}

/* Counts of @op, split by who holds it. */
struct votes {
	u32 interps, jits, arches;
};

static struct votes count(struct record **rec, u32 n, enum opinion op)
{
	struct votes v = { 0 };
	const char *arch = NULL;

	for (u32 i = 0; i < n; i++) {
		if (opinion(rec[i]) != op)
			continue;
		if (is_interp(rec[i]))
			v.interps++;
		else
			v.jits++;
		v.arches += !arch || strcmp(arch, rec[i]->arch);
		arch = rec[i]->arch;
	}
	return v;
}

static const char *verb(struct record **rec, u32 n, bool many)
{
	int raw = -1;

	for (u32 i = 0; i < n; i++) {
		if (opinion(rec[i]) != DIFFERS)
			continue;
		if (raw >= 0 && raw != (int)rec[i]->raw)
			return many ? "fail" : "fails";
		raw = rec[i]->raw;
	}
	switch (raw) {
	case VERDICT_CRASH:
		return many ? "crash" : "crashes";
	case VERDICT_TIMEOUT:
		return many ? "hang" : "hangs";
	case VERDICT_REJECT:
		return many ? "refuse it" : "refuses it";
	default:
		return many ? "differ" : "differs";
	}
}

/* An arch whose interpreter and JITs all fail the same way, where others do not: no JIT of it is to blame. */
static const char *common_fault(struct record **rec, u32 n)
{
	for (u32 i = 0; i < n; i++) {
		bool jit = false, all = true;

		if (opinion(rec[i]) != DIFFERS || !is_interp(rec[i]))
			continue;
		for (u32 k = 0; k < n; k++) {
			if (strcmp(rec[k]->arch, rec[i]->arch) || k == i || opinion(rec[k]) == NO_OPINION)
				continue;
			jit = true;
			all &= opinion(rec[k]) == DIFFERS && same_failure(rec[k], rec[i]);
		}
		if (jit && all)
			return rec[i]->arch;
	}
	return NULL;
}

char *attribution(const struct run_set *set, const char *id)
{
	u32 n, nbad, ngood;
	struct record **rec = run_set_opinions(set, id, &n);
	struct votes bad = count(rec, n, DIFFERS), good = count(rec, n, AGREES);
	char *who = list_str(rec, n, DIFFERS, NULL, &nbad), *others = list_str(rec, n, AGREES, NULL, &ngood), *s = NULL;
	const char *does = verb(rec, n, nbad > 1), *arch;
	bool differs = !strncmp(does, "differ", 6);

	if (!nbad)
		goto out;
	if (!ngood && (bad.arches > 1 || (bad.interps && bad.jits))) {
		s = xasprintf("every engine of every arch stands against the model (%s): suspect "
			      "the verifier's rewrite or the model; no JIT is blamed",
			      who);
	} else if (!ngood) {
		s = xasprintf("%s %s%s; no other engine or arch has an opinion", who, does, differs ? " from model" : "");
	} else {
		arch = common_fault(rec, n);
		s = xasprintf("%s %s%s%s%s%s", who, does, differs ? " from model, " : "; ", others,
			      differs ? "" : ngood > 1 ? " pass" : " passes",
			      arch ? ": its interpreter fails the same way, suspect the verifier or emulation, not the JIT" :
			      !bad.jits && good.jits ? ": suspect the interpreter" : "");
	}
out:
	free(rec);
	free(who);
	free(others);
	return s;
}

/* The engines of @r's own arch: "interp, jit_hardened agree with the model here". */
static void siblings(FILE *f, const struct record *r, struct record **rec, u32 n)
{
	const char *sep = "";
	u32 agree = 0;

	for (u32 i = 0; i < n; i++) {
		if (strcmp(rec[i]->arch, r->arch) || opinion(rec[i]) != AGREES)
			continue;
		fprintf(f, "%s%s", agree++ ? ", " : "", rec[i]->engine);
		sep = "; ";
	}
	if (agree)
		fprintf(f, " %s with the model here", agree > 1 ? "agree" : "agrees");
	for (u32 i = 0; i < n; i++) {
		if (strcmp(rec[i]->arch, r->arch) || !strcmp(rec[i]->engine, r->engine))
			continue;
		if (opinion(rec[i]) == DIFFERS)
			fprintf(f, "%s%s fails %s here", sep, rec[i]->engine,
				same_failure(rec[i], r) ? "the same way" : "differently");
		else if (opinion(rec[i]) == NO_OPINION)
			fprintf(f, "%s%s %s here", sep, rec[i]->engine, verdicts[rec[i]->verdict].name);
		else
			continue;
		sep = "; ";
	}
}

char *attribution_others(const struct run_set *set, const struct record *r)
{
	u32 n, cnt;
	struct record **rec = run_set_opinions(set, r->id, &n);
	char *s, *t;
	size_t len;
	FILE *f = open_memstream(&s, &len);

	siblings(f, r, rec, n);
	t = list_str(rec, n, AGREES, r->arch, &cnt);
	fflush(f);
	if (cnt)
		fprintf(f, "%s%s %s", len ? "; " : "", t, cnt > 1 ? "agree" : "agrees");
	free(t);
	t = list_str(rec, n, DIFFERS, r->arch, &cnt);
	fflush(f);
	if (cnt)
		fprintf(f, "%s%s %s too", len ? "; " : "", t, cnt > 1 ? "fail" : "fails");
	free(t);
	fclose(f);
	free(rec);
	if (!len) {
		free(s);
		s = xstrdup("no other engine or arch has a verdict");
	}
	return s;
}
