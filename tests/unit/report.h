/* SPDX-License-Identifier: GPL-2.0 */
/* What the tests of report/ share: a scratch run directory, and checkers of its outputs. */
#ifndef CHECKJIT_TESTS_REPORT_H
#define CHECKJIT_TESTS_REPORT_H

#include <sys/stat.h>
#include <unistd.h>
#include "lib/util.h"
#include "report/report.h"
#include "tests/test.h"

static char scratch[] = "/tmp/checkjit-report-XXXXXX";

static inline const char *scratch_dir(void)
{
	static bool made;

	if (!made && !mkdtemp(scratch)) {
		perror(scratch);
		exit(1);
	}
	made = true;
	return scratch;
}

static inline void scratch_remove(void)
{
	char *cmd = xasprintf("rm -rf '%s'", scratch);

	if (system(cmd))
		perror(cmd);
	free(cmd);
}

static inline char *scratch_path(const char *name)
{
	return xasprintf("%s/%s", scratch_dir(), name);
}

static inline void write_text(const char *path, const char *text, size_t len)
{
	FILE *f = fopen(path, "we");

	CHECK(f && fwrite(text, 1, len, f) == len, "%s", path);
	if (f)
		fclose(f);
}

/* A record of @verdict with what such records carry. */
static inline struct record make_record(const char *id, const char *engine, enum verdict verdict)
{
	struct record r;

	record_init(&r, id, engine, verdict);
	r.file = xstrdup("cases/alu/sdiv.case");
	r.line = 41;
	r.vectors = 400;
	if (verdict == VERDICT_FAIL) {
		r.vector = 211;
		r.failed_vectors = 3;
		r.insn = xstrdup("r3 s/= r4");
		r.inputs = xstrdup("r3=0x8000000000000000 r4=-1");
		record_diff_reg(&r, "r3", 1ull << 63, NULL, ~0ull >> 1);
	} else if (verdict != VERDICT_PASS) {
		r.reason = xasprintf("reason of %s", verdicts[verdict].name);
	}
	return r;
}

static inline void add(struct results *w, const char *id, const char *engine, enum verdict verdict)
{
	struct record r = make_record(id, engine, verdict);

	CHECK(!results_add(w, &r), "%s %s", id, engine);
	record_free(&r);
}

static inline struct results *begin(const char *dir, const char *arch, const struct known *known,
				    u32 planned, bool resume)
{
	struct run_info info = { .arch = (char *)arch,
				 .kernel = "7.3.4-checkjit",
				 .config_hash = "c0ffee",
				 .planned = planned,
				 .full = true };
	struct diag diag = { 0 };
	struct results *w = results_open(dir, &info, known, resume, &diag);

	CHECK(w, "%s: %s", diag.file, diag.msg);
	return w;
}

/* The output of a writer of a run set as a string. */
static inline char *output(int (*fn)(FILE *f, const struct run_set *set), const struct run_set *set)
{
	char *s;
	size_t len;
	FILE *f = open_memstream(&s, &len);

	CHECK(!fn(f, set), "writer failed");
	fclose(f);
	return s;
}

static inline bool has(const char *text, const char *what)
{
	return strstr(text, what);
}

static inline u32 times(const char *text, const char *what)
{
	u32 n = 0;

	for (const char *p = text; (p = strstr(p, what)); p += strlen(what))
		n++;
	return n;
}

/* NULL: @text is a whole KTAP version 1 document without subtests. Else what is wrong, in a static
 * buffer. */
static inline const char *ktap_fault(const char *text)
{
	static const char *const directives[] = { "SKIP", "TODO", "XFAIL", "TIMEOUT", "ERROR" };
	static char fault[512];
	char *copy = xstrdup(text), *next = copy, *line;
	unsigned int plan = 0, nr = 0, n;
	int lines = 0;

	*fault = '\0';
#define FAULT(...)                                                   \
	({                                                           \
		if (!*fault)                                         \
			snprintf(fault, sizeof(fault), __VA_ARGS__); \
		continue;                                            \
	})
	while ((line = strsep(&next, "\n"))) {
		bool ok = !strncmp(line, "ok ", 3), not_ok = !strncmp(line, "not ok ", 7),
		     must_not = false;
		char *hash, *desc = NULL;

		lines++;
		if (lines == 1 && strcmp(line, "KTAP version 1"))
			FAULT("no version line: %s", line);
		if (lines == 2 && sscanf(line, "1..%u", &plan) != 1)
			FAULT("no plan: %s", line);
		if (lines <= 2 || *line == '#' || (!*line && !next))
			continue;
		if (!ok && !not_ok)
			FAULT("neither result nor diagnostic: %s", line);
		n = strtoul(line + (ok ? 3 : 7), &desc, 10);
		if (n != ++nr || *desc != ' ' || !desc[1])
			FAULT("%u behind %u: %s", n, nr - 1, line);
		hash = strchr(line, '#');
		if (!hash)
			continue;
		if (hash[-1] != ' ' || (hash[1] != ' ' && hash[1]))
			FAULT("'#' in the description: %s", line);
		for (size_t i = 0; i < ARRAY_SIZE(directives); i++)
			if (!strncmp(hash + 2, directives[i], strlen(directives[i])))
				must_not |= i >= 3 && ok;
		if (must_not)
			FAULT("directive needs 'not ok': %s", line);
	}
#undef FAULT
	if (!*fault && nr != plan)
		snprintf(fault, sizeof(fault), "%u results, plan 1..%u", nr, plan);
	free(copy);
	return *fault ? fault : NULL;
}

/* NULL: well-formed as far as elements nest and nothing forbidden is in it. */
static inline const char *xml_fault(const char *s)
{
	static char fault[128];
	char stack[16][32];
	int depth = 0;

	for (; *s; s++) {
		char name[32];
		int n = 0;

		if ((unsigned char)*s < 0x20 && *s != '\n' && *s != '\t')
			return "control character";
		if (*s == '&' && strncmp(s, "&lt;", 4) && strncmp(s, "&gt;", 4) &&
		    strncmp(s, "&amp;", 5) && strncmp(s, "&quot;", 6) && strncmp(s, "&#10;", 5))
			return "unknown entity";
		if (*s != '<')
			continue;
		if (s[1] == '?') {
			s = strchr(s, '>');
			continue;
		}
		if (sscanf(s, s[1] == '/' ? "</%31[a-z]%n" : "<%31[a-z]%n", name, &n) != 1)
			return "no element name";
		if (s[1] == '/') {
			if (!depth || strcmp(stack[--depth], name)) {
				snprintf(fault, sizeof(fault), "</%s> ends nothing", name);
				return fault;
			}
			s += n;
			continue;
		}
		for (bool quoted = false; *s && (quoted || *s != '>'); s++) {
			quoted ^= *s == '"';
			if (quoted && *s == '<' && n != 1 && s[1] != *name)
				return "'<' in an attribute";
		}
		if (s[-1] != '/' && depth < 16)
			strcpy(stack[depth++], name);
	}
	return depth ? "unclosed element" : NULL;
}

#endif
