// SPDX-License-Identifier: GPL-2.0
#include <string.h>
#include "lib/util.h"
#include "session/verdict.h"

/*
 * "not ok" and a nonzero exit code go together: only a green run exits with 0. Failures of a kernel
 * are EXIT_FINDINGS, FAIL and <failure>; failures of the harness are EXIT_INFRA, ERROR or MISS, and
 * <error>. KCIDB gets what the kernel did, known or not: its issues and incidents record what is
 * known.
 */
const struct verdict_desc verdicts[NR_VERDICTS] = {
#define V(v, name_, key_, ok_, directive_, word_, junit_, kcidb_, exit_, executed_, column_, \
	  meaning_)                                                                          \
	[VERDICT_##v] = { .name = name_,                                                     \
			  .key = key_,                                                       \
			  .ok = ok_,                                                         \
			  .directive = directive_,                                           \
			  .word = word_,                                                     \
			  .junit = junit_,                                                   \
			  .kcidb = kcidb_,                                                   \
			  .exit = exit_,                                                     \
			  .executed = executed_,                                             \
			  .column = column_,                                                 \
			  .meaning = meaning_ }

	V(PASS, "PASS", "pass", true, "", "", "", "PASS", EXIT_OK, true, "pass",
	  "the whole state equals the model's"),
	V(FAIL, "FAIL", "fail", false, "", "", "failure", "FAIL", EXIT_FINDINGS, true, "fail",
	  "state, errno or log differ from the expected ones"),
	V(REJECT, "REJECT", "reject", false, "", "rejected", "failure", "FAIL", EXIT_FINDINGS, true,
	  "fail", "the verifier refused a valid program"),
	V(CRASH, "CRASH", "crash", false, "", "kernel crash", "failure", "FAIL", EXIT_FINDINGS,
	  true, "fail", "the kernel died, oopsed or warned"),
	V(TIMEOUT, "TIMEOUT", "timeout", false, "TIMEOUT", "", "failure", "FAIL", EXIT_FINDINGS,
	  true, "fail", "the kernel hung"),
	V(XFAIL, "XFAIL", "xfail", true, "XFAIL", "", "skipped", "FAIL", EXIT_OK, true, "xfail",
	  "fails as results/known expects"),
	V(XPASS, "XPASS", "xpass", false, "", "passes, but is listed as a known failure", "failure",
	  "PASS", EXIT_FINDINGS, true, "fail", "passes, though results/known lists it"),
	V(SKIP, "SKIP", "skip", true, "SKIP", "", "skipped", "SKIP", EXIT_OK, false, "skip",
	  "the kernel lacks a capability or a JIT, or a known bug may meet any program"),
	V(FALLBACK, "FALLBACK", "fallback", true, "SKIP", "fallback", "skipped", "SKIP", EXIT_OK,
	  false, "fallback", "the JIT left it to the interpreter (FAIL under REQUIRE_JIT)"),
	V(NOT_TESTED, "NOT_TESTED", "not_tested", true, "SKIP", "not tested", "skipped", "SKIP",
	  EXIT_OK, false, "untested", "the insns under test are missing in the translated program"),
	V(NOTRUN, "NOTRUN", "notrun", false, "ERROR", "not run", "error", "MISS", EXIT_INFRA, false,
	  "lost", "quarantined after MAX_CRASHES crashes of its family"),
	V(LOST, "LOST", "lost", false, "ERROR", "lost", "error", "MISS", EXIT_INFRA, false, "lost",
	  "no answer, or a damaged one"),
	V(ERROR, "ERROR", "error", false, "ERROR", "", "error", "ERROR", EXIT_INFRA, false, "lost",
	  "the harness failed"),
#undef V
};

int verdict_parse(const char *name)
{
	for (int v = 0; v < NR_VERDICTS; v++)
		if (!strcmp(verdicts[v].name, name))
			return v;
	return -1;
}

void verdict_print_table(FILE *f)
{
	fprintf(f, "| verdict | meaning | KTAP | JUnit | KCIDB | exit code | matrix |\n"
		   "|---|---|---|---|---|---|---|\n");
	for (int v = 0; v < NR_VERDICTS; v++) {
		const struct verdict_desc *d = &verdicts[v];

		fprintf(f, "| %s | %s | `%s%s%s` | %s%s%s | %s | %d | %s |\n", d->name, d->meaning,
			d->ok ? "ok" : "not ok", *d->directive ? " # " : "", d->directive,
			*d->junit ? "`<" : "-", d->junit, *d->junit ? ">`" : "", d->kcidb, d->exit,
			d->column);
	}
}

int verdict_exit(const u32 count[NR_VERDICTS])
{
	bool infra = false, executed = false;

	for (int v = 0; v < NR_VERDICTS; v++) {
		if (!count[v])
			continue;
		if (verdicts[v].exit == EXIT_FINDINGS)
			return EXIT_FINDINGS;
		infra |= verdicts[v].exit == EXIT_INFRA;
		executed |= verdicts[v].executed;
	}
	return infra || !executed ? EXIT_INFRA : EXIT_OK;
}
