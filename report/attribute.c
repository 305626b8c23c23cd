// SPDX-License-Identifier: GPL-2.0
/*
 * Attribution: which of the model, the interpreters and the JITs of all arches stands alone in a
 * case.
 */
#include <string.h>
#include "lib/util.h"
#include "report/report.h"
#include "session/engine.h"

enum opinion {
	NO_OPINION, /* skipped, fell back, lost */
	AGREES,	    /* with the model */
	DIFFERS,
};

static enum opinion opinion(const struct record *r)
{
	if (r->raw == VERDICT_PASS)
		return AGREES;
	return verdicts[r->raw].exit == EXIT_FINDINGS ? DIFFERS : NO_OPINION;
}

bool by_interpreter(const struct record *r)
{
	const struct engine *e = engine_by_name(r->engine);

	return e && !e->native;
}

/* A raw engine that agrees with the verified one of its arch: one of the two is named. */
static bool is_echo(struct record **rec, u32 n, const struct record *r)
{
	const struct engine *e = engine_by_name(r->engine),
			    *verified = e ? engine_verified(e) : NULL;

	for (u32 i = 0; i < n && verified; i++)
		if (!strcmp(rec[i]->arch, r->arch) && !strcmp(rec[i]->engine, verified->name))
			return opinion(rec[i]) == opinion(r);
	return false;
}

bool same_failure(const struct record *a, const struct record *b)
{
	if (a->raw != b->raw || a->vector != b->vector || a->ndiffs != b->ndiffs)
		return false;
	for (u32 i = 0; i < a->ndiffs; i++)
		if (strcmp(a->diffs[i].what, b->diffs[i].what) ||
		    strcmp(a->diffs[i].observed, b->diffs[i].observed))
			return false;
	return true;
}

/*
 * Append "interp (5 arches), arm64 jit, s390x jit, jit_hardened": the engines with opinion @op that
 * are not of @not_arch.
 */
static u32 list(FILE *f, struct record **rec, u32 n, enum opinion op, const char *not_arch)
{
	const char *arch = NULL, *interp = NULL;
	u32 interps = 0, cnt = 0;

#define WANTED(r) (opinion(r) == op && (!not_arch || strcmp((r)->arch, not_arch)))
	for (u32 i = 0; i < n; i++) {
		if (!WANTED(rec[i]) || !by_interpreter(rec[i]) || is_echo(rec, n, rec[i]))
			continue;
		interp = interp ? interp : rec[i]->engine;
		interps++;
	}
	if (interps > 1) {
		fprintf(f, "%s (%u arches)", interp, interps);
		cnt += interps;
	}
	for (u32 i = 0; i < n; i++) {
		struct record *r = rec[i];

		if (!WANTED(r) || is_echo(rec, n, r) || (interps > 1 && by_interpreter(r)))
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

/* Counts of engines with the same opinion. */
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
		if (by_interpreter(rec[i]))
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

/*
 * Find an arch whose interpreter and JITs all fail in the same way while others do not: its JIT is
 * not to blame.
 */
static const char *common_fault(struct record **rec, u32 n)
{
	for (u32 i = 0; i < n; i++) {
		bool jit = false, all = true;

		if (opinion(rec[i]) != DIFFERS || !by_interpreter(rec[i]))
			continue;
		for (u32 k = 0; k < n; k++) {
			if (strcmp(rec[k]->arch, rec[i]->arch) || k == i ||
			    opinion(rec[k]) == NO_OPINION)
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
	char *who = list_str(rec, n, DIFFERS, NULL, &nbad),
	     *others = list_str(rec, n, AGREES, NULL, &ngood), *s = NULL;
	const char *does = verb(rec, n, nbad > 1), *arch;
	bool differs = !strncmp(does, "differ", 6);

	if (!nbad)
		goto out;
	if (!ngood && (bad.arches > 1 || (bad.interps && bad.jits))) {
		s = xasprintf("every engine of every arch disagrees with the model (%s): suspect "
			      "the verifier's rewrites or the model, not a JIT",
			      who);
	} else if (!ngood) {
		s = xasprintf("%s %s%s; no other engine or arch has a verdict", who, does,
			      differs ? " from model" : "");
	} else {
		arch = common_fault(rec, n);
		s = xasprintf("%s %s%s%s%s%s", who, does, differs ? " from model, " : "; ", others,
			      differs	  ? ""
			      : ngood > 1 ? " pass"
					  : " passes",
			      arch ? ": its interpreter fails the same way, suspect the verifier "
				     "or emulation, not the JIT"
			      : !bad.jits && good.jits ? ": suspect the interpreter"
						       : "");
	}
out:
	free(rec);
	free(who);
	free(others);
	return s;
}

/* The engines of the arch of @r: "interp, jit_hardened agree with the model here". */
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
			fprintf(f, "%s%s %s here", sep, rec[i]->engine,
				verdicts[rec[i]->verdict].name);
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

/* ---- the suspect ---- */

/* Returns the arch of all JITs that differ, "" if there are several, NULL if none differs. */
static const char *guilty_arch(struct record **rec, u32 n)
{
	const char *arch = NULL;

	for (u32 i = 0; i < n; i++) {
		if (opinion(rec[i]) != DIFFERS || by_interpreter(rec[i]))
			continue;
		arch = !arch || !strcmp(arch, rec[i]->arch) ? rec[i]->arch : "";
	}
	return arch;
}

/* On @arch the plain JIT agrees with the model, and only the one with blinded constants differs. */
static bool only_hardened(struct record **rec, u32 n, const char *arch)
{
	bool jit_agrees = false, hardened = false;

	for (u32 i = 0; i < n; i++) {
		const struct engine *e;

		if (strcmp(rec[i]->arch, arch))
			continue;
		e = engine_by_name(rec[i]->engine);
		if (!e || !e->native || e->raw || e->unpriv)
			continue;
		jit_agrees |= !e->blinded && opinion(rec[i]) == AGREES;
		hardened |= e->blinded && opinion(rec[i]) == DIFFERS;
	}
	return jit_agrees && hardened;
}

static char *suspect(struct record **rec, u32 n)
{
	struct votes bad = count(rec, n, DIFFERS), good = count(rec, n, AGREES);
	const char *arch = guilty_arch(rec, n), *common = common_fault(rec, n);

	if (!bad.interps && !bad.jits)
		return NULL;
	if (!good.interps && !good.jits)
		return xstrdup(bad.arches > 1 || (bad.interps && bad.jits)
				       ? "the model or the verifier's rewrites: no engine agrees "
					 "with the model"
				       : "unknown: no other engine has a verdict");
	if (common && bad.arches == 1)
		return xasprintf("something common to all engines of %s: the verifier, a helper, "
				 "the emulation",
				 common);
	if (!bad.jits)
		return xstrdup(bad.arches > 1 ? "the interpreter" : "the interpreter on this arch");
	if (!*arch)
		return xstrdup(
			bad.interps ? "something common to all engines: the verifier or the model"
				    : "something common to all JITs: the verifier's rewrites, or "
				      "the same bug in each");
	if (only_hardened(rec, n, arch))
		return xasprintf(
			"constant blinding on %s, or how the %s JIT compiles blinded programs",
			arch, arch);
	return xasprintf("the %s JIT%s", arch,
			 bad.interps ? ", and the interpreter for a different reason" : "");
}

char *attribution_suspect(const struct run_set *set, const char *id)
{
	u32 n;
	struct record **rec = run_set_opinions(set, id, &n);
	char *who = suspect(rec, n);

	free(rec);
	return who;
}

/* ---- the table ---- */

static const struct record *find_engine(struct record **rec, u32 n, const char *arch,
					const char *engine)
{
	for (u32 i = 0; i < n; i++)
		if (!strcmp(rec[i]->arch, arch) && !strcmp(rec[i]->engine, engine))
			return rec[i];
	return NULL;
}

u32 run_set_engines(const struct run_set *set, const char *names[RUN_ENGINES])
{
	u32 cnt = 0;

	for (u32 a = 0; a < set->cnt; a++)
		for (u32 i = 0; i < set->runs[a].info.nengines; i++) {
			const char *name = set->runs[a].info.engines[i];
			u32 k;

			for (k = 0; k < cnt && strcmp(names[k], name); k++)
				;
			if (k == cnt && cnt < RUN_ENGINES)
				names[cnt++] = name;
		}
	return cnt;
}

u32 failure_way(const struct record **ways, u32 *nways, const struct record *r)
{
	u32 i;

	for (i = 0; i < *nways; i++)
		if (same_failure(ways[i], r))
			return i;
	if (*nways < FAILURE_WAYS)
		ways[(*nways)++] = r;
	return i;
}

static void print_cell(FILE *f, const struct record *r, const struct record **ways, u32 *nways)
{
	char text[32] = "-";

	if (r && opinion(r) == DIFFERS)
		snprintf(text, sizeof(text), "%s %c", verdicts[r->raw].name,
			 'a' + failure_way(ways, nways, r));
	else if (r)
		snprintf(text, sizeof(text), "%s", verdicts[r->raw].name);
	fprintf(f, "  %-12s", text);
}

static void print_way(FILE *f, char letter, const struct record *r)
{
	char prefix[8];

	snprintf(prefix, sizeof(prefix), "    %c  ", letter);
	if (r->inputs && *r->inputs)
		fprintf(f, "%sinput    %s\n", prefix, r->inputs);
	for (u32 i = 0; i < r->ndiffs && i < 4; i++)
		fprintf(f, "%s%-8s model %s   %s %s %s\n", prefix, r->diffs[i].what,
			r->diffs[i].expected, r->arch, r->engine, r->diffs[i].observed);
	if (r->reason)
		fprintf(f, "%s%s\n", prefix, r->reason);
}

bool attribution_table(FILE *f, const struct run_set *set, const char *id)
{
	const struct record *ways[FAILURE_WAYS + 1];
	const char *engines[RUN_ENGINES];
	u32 n, nengines = run_set_engines(set, engines), nways = 0;
	struct record **rec = run_set_opinions(set, id, &n);

	fprintf(f, "%-10s", "");
	for (u32 e = 0; e < nengines; e++)
		fprintf(f, "  %-12s", engines[e]);
	fprintf(f, "  kernel\n");
	for (u32 a = 0; a < set->cnt; a++) {
		fprintf(f, "%-10s", set->runs[a].info.arch);
		for (u32 e = 0; e < nengines; e++)
			print_cell(f, find_engine(rec, n, set->runs[a].info.arch, engines[e]), ways,
				   &nways);
		fprintf(f, "  %s\n", set->runs[a].info.kernel);
	}
	for (u32 i = 0; i < nways; i++)
		print_way(f, 'a' + i, ways[i]);
	free(rec);
	return nways > 0;
}
