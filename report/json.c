// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <errno.h>
#include <string.h>
#include "lib/shipped.h"
#include "lib/util.h"
#include "report/json.h"
#include "report/report.h"

#define LINE_MAX_TEXT 1024
#define BLOCK_MAX     8192 /* verifier log, console */
#define CAP_STRINGS   4096 /* members of one array in a header */

/* The plain strings of a record and of a header. */
static const struct field {
	const char *key;
	size_t at;
	bool lines; /* several lines, kept to the last BLOCK_MAX bytes */
	bool always;
} rec_fields[] = {
#define F(key, member, lines)                                      \
	{                                                          \
		key, offsetof(struct record, member), lines, false \
	}
	F("file", file, false),
	F("insn", insn, false),
	F("inputs", inputs, false),
	F("reason", reason, false),
	F("log", log, true),
	F("console", console, true),
	F("code", code, true),
	F("note", note, false),
	F("quirks", quirks, false),
#undef F
}, info_fields[] = {
#define F(key, always)                                              \
	{                                                           \
#key, offsetof(struct run_info, key), false, always \
	}
	F(arch, true),
	F(kernel, true),
	F(machine, false),
	F(order, false),
	F(config_hash, true),
	F(compiler, true),
	F(qemu, true),
	F(cpu, false),
	F(version, true),
	F(start, true),
	F(cases, false),
	F(sweep, false),
	F(image, false),
	F(make_args, false),
#undef F
};

static char **member(const void *base, const struct field *f)
{
	return (char **)((char *)base + f->at);
}

static char *clean(const char *s, bool lines)
{
	size_t len = strlen(s);

	/* the end of a log has the reason */
	if (lines && len > BLOCK_MAX) {
		const char *nl = strchr(s + len - BLOCK_MAX, '\n');

		s = nl && nl[1] ? nl + 1 : s + len - BLOCK_MAX;
	}
	return text_clean(s, lines ? 4 * BLOCK_MAX : LINE_MAX_TEXT, lines);
}

static void put(json_t *j, const char *key, const char *s, bool lines)
{
	char *c;

	if (!s)
		return;
	c = clean(s, lines);
	json_object_set_new(j, key, json_string(c));
	free(c);
}

static int get(json_t *j, const char *key, bool lines, char **out, char *why)
{
	json_t *v = json_object_get(j, key);

	if (!v)
		return 0;
	if (!json_is_string(v)) {
		snprintf(why, WHY_MAX, "\"%s\" is no string", key);
		return -EINVAL;
	}
	*out = text_clean(json_string_value(v), lines ? 4 * BLOCK_MAX : LINE_MAX_TEXT, lines);
	return 0;
}

static int get_int(json_t *j, const char *key, s64 min, s64 max, s64 dflt, s64 *out, char *why)
{
	json_t *v = json_object_get(j, key);

	*out = dflt;
	if (!v)
		return 0;
	if (!json_is_integer(v) || json_integer_value(v) < min || json_integer_value(v) > max) {
		snprintf(why, WHY_MAX, "\"%s\" is no integer of %lld to %lld", key, (long long)min,
			 (long long)max);
		return -EINVAL;
	}
	*out = json_integer_value(v);
	return 0;
}

static int slashes(const char *s)
{
	int n = 0;

	for (; *s; s++)
		n += *s == '/';
	return n;
}

char *id_operation(const char *id)
{
	const char *end = strrchr(id, '/');

	return end ? xstrndup(id, end - id) : xstrdup(id);
}

char *count_id(const char *operation, enum verdict v)
{
	return xasprintf("%s/*%s", operation, v == VERDICT_PASS ? "" : verdicts[v].key);
}

char *id_family(const char *id)
{
	char *s = id_operation(id), *end = strrchr(s, '/');

	if (slashes(id) > 1 && end)
		*end = '\0';
	return s;
}

static char *rerun_command(const struct record *r, const struct run_info *info)
{
	static const char plain[] = "/_.+-,:@%=";
	bool quote = false;
	char vec[16] = "";

	for (const char *p = r->id; *p; p++)
		quote |= !isalnum((unsigned char)*p) && !strchr(plain, *p);
	if (r->vector >= 0)
		snprintf(vec, sizeof(vec), ".%d", r->vector);
	return xasprintf("%s repro ARCH=%s ID=%s%s%s%s%s%s", front_door(),
			 info->arch ? info->arch : "unknown", quote ? "'" : "", r->id, vec,
			 quote ? "'" : "", info->make_args ? " " : "",
			 info->make_args ? info->make_args : "");
}

/* A failure without a state difference still shows what was expected. */
static const char *outcome(const struct record *r, bool expected)
{
	switch (r->raw) {
	case VERDICT_REJECT:
		return expected ? "accepted" : "rejected by the verifier";
	case VERDICT_CRASH:
		return expected ? "a result" : "kernel crash";
	case VERDICT_TIMEOUT:
		return expected ? "a result" : "no answer in time";
	case VERDICT_PASS: /* XPASS */
		return expected ? "failure as listed" : "pass";
	default:
		return expected ? "pass" : "failure";
	}
}

json_t *record_to_json(const struct record *r, const struct run_info *info, bool whole)
{
	char *family = id_family(r->id);
	json_t *j = json_object();

	put(j, "id", r->id, false);
	if (whole) {
		put(j, "family", family, false);
		put(j, "arch", info->arch ? info->arch : "unknown", false);
	}
	put(j, "engine", r->engine, false);
	json_object_set_new(j, "verdict", json_string(verdicts[r->verdict].name));
	if (r->raw != r->verdict)
		json_object_set_new(j, "raw", json_string(verdicts[r->raw].name));
	if (r->cases)
		json_object_set_new(j, "cases", json_integer(r->cases));
	if (whole || r->jited)
		json_object_set_new(j, "jited", json_integer(r->jited));
	if (whole)
		put(j, "kernel", info->kernel ? info->kernel : "unknown", false);
	if (whole || r->vectors)
		json_object_set_new(j, "vectors", json_integer(r->vectors));
	if (r->failed_vectors)
		json_object_set_new(j, "failed_vectors", json_integer(r->failed_vectors));
	if (r->vector >= 0)
		json_object_set_new(j, "vector", json_integer(r->vector));
	if (r->err)
		json_object_set_new(j, "errno", json_integer(r->err));
	if (r->line)
		json_object_set_new(j, "line", json_integer(r->line));
	for (size_t i = 0; i < ARRAY_SIZE(rec_fields); i++)
		put(j, rec_fields[i].key, *member(r, &rec_fields[i]), rec_fields[i].lines);
	if (r->known.row) {
		json_t *k = json_object();

		put(k, "row", r->known.row, false);
		put(k, "kind", r->known.kind, false);
		put(k, "reason", r->known.reason, false);
		put(k, "evidence", r->known.evidence, false);
		json_object_set_new(j, "known", k);
	}
	if (!verdicts[r->verdict].ok || r->verdict == VERDICT_XFAIL) {
		json_t *expected = json_object(), *observed = json_object();
		json_t *predicted = json_object();
		char *rerun = rerun_command(r, info);

		for (u32 i = 0; i < r->ndiffs; i++) {
			char *what = clean(r->diffs[i].what, false);

			put(expected, what, r->diffs[i].expected, false);
			put(observed, what, r->diffs[i].observed, false);
			if (r->diffs[i].predicted)
				put(predicted, what, r->diffs[i].predicted, false);
			free(what);
		}
		if (!r->ndiffs && verdicts[r->verdict].executed) {
			put(expected, "outcome", outcome(r, true), false);
			put(observed, "outcome", outcome(r, false), false);
		}
		if (json_object_size(expected)) {
			json_object_set(j, "expected", expected);
			json_object_set(j, "observed", observed);
		}
		if (json_object_size(predicted))
			json_object_set(j, "predicted", predicted);
		json_decref(expected);
		json_decref(observed);
		json_decref(predicted);
		put(j, "rerun", rerun, false);
		free(rerun);
	}
	free(family);
	return j;
}

static int diffs_from_json(json_t *j, struct record *r, char *why)
{
	json_t *expected = json_object_get(j, "expected"),
	       *observed = json_object_get(j, "observed"),
	       *predicted = json_object_get(j, "predicted"), *e, *o, *p;
	const char *what;

	if (!expected && !observed)
		return 0;
	if (!json_is_object(expected) || !json_is_object(observed)) {
		snprintf(why, WHY_MAX, "\"expected\" and \"observed\" are not both objects");
		return -EINVAL;
	}
	r->diffs = xcalloc(json_object_size(expected), sizeof(*r->diffs));
	json_object_foreach (expected, what, e) {
		o = json_object_get(observed, what);
		if (!json_is_string(e) || !json_is_string(o)) {
			snprintf(why, WHY_MAX,
				 "\"expected\" or \"observed\" has no text for one of its members");
			return -EINVAL;
		}
		p = json_object_get(predicted, what);
		r->diffs[r->ndiffs++] = (struct record_diff){
			.what = clean(what, false),
			.expected = clean(json_string_value(e), false),
			.predicted = json_is_string(p) ? clean(json_string_value(p), false) : NULL,
			.observed = clean(json_string_value(o), false),
		};
	}
	return 0;
}

static int verdict_from_json(json_t *j, const char *key, int dflt, enum verdict *out, char *why)
{
	json_t *v = json_object_get(j, key);
	int n = v && json_is_string(v) ? verdict_parse(json_string_value(v)) : dflt;

	if (n < 0 || (v && !json_is_string(v))) {
		snprintf(why, WHY_MAX,
			 "\"%s\" is no verdict (expected one of those that `checkjit results "
			 "--verdicts` lists)",
			 key);
		return -EINVAL;
	}
	*out = n;
	return 0;
}

int record_from_json(json_t *j, const struct run_info *info, struct record *r, char *why)
{
	json_t *known = json_object_get(j, "known");
	s64 cases, jited, vectors, failed, vector, err, line;
	int ret = -EINVAL;

	*r = (struct record){ 0 };
	if (get(j, "id", false, &r->id, why) || get(j, "engine", false, &r->engine, why) ||
	    verdict_from_json(j, "verdict", -1, &r->verdict, why) ||
	    verdict_from_json(j, "raw", r->verdict, &r->raw, why) ||
	    get_int(j, "cases", 0, UINT32_MAX, 0, &cases, why) ||
	    get_int(j, "jited", 0, UINT32_MAX, 0, &jited, why) ||
	    get_int(j, "vectors", 0, UINT32_MAX, 0, &vectors, why) ||
	    get_int(j, "failed_vectors", 0, UINT32_MAX, 0, &failed, why) ||
	    get_int(j, "vector", -1, INT32_MAX, -1, &vector, why) ||
	    get_int(j, "errno", 0, 4095, 0, &err, why) ||
	    get_int(j, "line", 0, INT32_MAX, 0, &line, why) ||
	    get(j, "kernel", false, &r->kernel, why) || get(j, "rerun", false, &r->rerun, why) ||
	    diffs_from_json(j, r, why))
		goto out;
	for (size_t i = 0; i < ARRAY_SIZE(rec_fields); i++)
		if (get(j, rec_fields[i].key, rec_fields[i].lines, member(r, &rec_fields[i]), why))
			goto out;
	if (known && (get(known, "row", false, &r->known.row, why) ||
		      get(known, "kind", false, &r->known.kind, why) ||
		      get(known, "reason", false, &r->known.reason, why) ||
		      get(known, "evidence", false, &r->known.evidence, why)))
		goto out;
	if (!r->id || !*r->id || !r->engine || !*r->engine) {
		snprintf(why, WHY_MAX, "no \"%s\"", r->id && *r->id ? "engine" : "id");
		goto out;
	}
	r->cases = cases;
	r->jited = jited;
	r->vectors = vectors;
	r->failed_vectors = failed;
	r->vector = vector;
	r->err = err;
	r->line = line;
	r->family = id_family(r->id);
	r->arch = xstrdup(info->arch);
	if (!r->kernel)
		r->kernel = xstrdup(info->kernel);
	ret = 0;
out:
	if (ret)
		record_free(r);
	return ret;
}

static json_t *strings_to_json(char **s, u32 n)
{
	json_t *a = json_array();

	for (u32 i = 0; i < n; i++) {
		char *c = clean(s[i], false);

		json_array_append_new(a, json_string(c));
		free(c);
	}
	return a;
}

static int strings_from_json(json_t *j, const char *key, char ***out, u32 *n, char *why)
{
	json_t *a = json_object_get(j, key), *v;
	size_t i;

	if (!a)
		return 0;
	if (!json_is_array(a) || json_array_size(a) > CAP_STRINGS)
		goto bad;
	*out = xcalloc(json_array_size(a), sizeof(**out));
	json_array_foreach (a, i, v) {
		if (!json_is_string(v))
			goto bad;
		(*out)[(*n)++] = clean(json_string_value(v), false);
	}
	return 0;
bad:
	snprintf(why, WHY_MAX, "\"%s\" is no list of strings", key);
	return -EINVAL;
}

json_t *info_to_json(const struct run_info *info)
{
	json_t *run = json_object(), *caps = json_object();

	for (size_t i = 0; i < ARRAY_SIZE(info_fields); i++) {
		const char *s = *member(info, &info_fields[i]);

		put(run, info_fields[i].key, s || !info_fields[i].always ? s : "unknown", false);
	}
	if (info->word_bits)
		json_object_set_new(run, "word_bits", json_integer(info->word_bits));
	json_object_set_new(run, "engines", strings_to_json(info->engines, info->nengines));
	for (u32 i = 0; i < info->ncaps; i++)
		json_object_set_new(caps, info->caps[i].name,
				    json_pack("{s:b, s:i}", "have", info->caps[i].have, "errno",
					      info->caps[i].err));
	json_object_set_new(run, "caps", caps);
	json_object_set_new(run, "full", json_boolean(info->full));
	put(run, "require_jit", info->require_jit, false);
	json_object_set_new(run, "planned", json_integer(info->planned));
	return json_pack("{s:o}", "run", run);
}

int info_from_json(json_t *j, struct run_info *info, char *why)
{
	json_t *run = json_object_get(j, "run"), *caps, *cap, *list;
	const char *name;
	s64 n, bits;

	*info = (struct run_info){ 0 };
	if (!json_is_object(run)) {
		snprintf(why, WHY_MAX, "no header {\"run\":…}");
		return -EINVAL;
	}
	for (size_t i = 0; i < ARRAY_SIZE(info_fields); i++)
		if (get(run, info_fields[i].key, false, member(info, &info_fields[i]), why))
			goto bad;
	if (!info->arch || !*info->arch || strchr(info->arch, '/')) {
		snprintf(why, WHY_MAX, "no \"arch\" in the header");
		goto bad;
	}
	if (!info->kernel)
		info->kernel = xstrdup("unknown");
	if (strings_from_json(run, "engines", &info->engines, &info->nengines, why) ||
	    get_int(run, "planned", 0, UINT32_MAX, 0, &n, why) ||
	    get_int(run, "word_bits", 0, 64, 0, &bits, why))
		goto bad;
	info->planned = n;
	info->word_bits = bits;
	info->full = json_is_true(json_object_get(run, "full"));
	list = json_object_get(run, "require_jit");
	/* before rows had ids, this was true */
	info->require_jit = json_is_string(list) ? clean(json_string_value(list), false)
			    : json_is_true(list) ? xstrdup("*")
						 : NULL;

	caps = json_object_get(run, "caps");
	info->caps = xcalloc(json_object_size(caps), sizeof(*info->caps));
	json_object_foreach (caps, name, cap) {
		if (get_int(cap, "errno", 0, 4095, 0, &n, why))
			goto bad;
		info->caps[info->ncaps++] = (struct run_cap){
			.name = clean(name, false),
			.have = json_is_true(json_object_get(cap, "have")),
			.err = n,
		};
	}
	return 0;
bad:
	run_info_free(info);
	return -EINVAL;
}

json_t *operation_to_json(const struct operation *op)
{
	return json_pack("{s:s, s:s}", "operation", op->name, "operands", op->operands);
}

int operation_from_json(json_t *j, struct operations *to, char *why)
{
	const char *name, *operands;

	if (json_unpack(j, "{s:s, s:s}", "operation", &name, "operands", &operands)) {
		snprintf(why, WHY_MAX, "\"operation\" without its text and \"operands\"");
		return -EINVAL;
	}
	operations_add_all(to, name, operands);
	return 0;
}

void totals_add(struct run_totals *t, const struct record *r)
{
	u32 n = record_cases(r);

	t->count[r->verdict] += n;
	if (r->verdict == VERDICT_XPASS)
		t->fixed += n;
	else if (verdicts[r->verdict].exit == EXIT_FINDINGS && r->known.row)
		t->changed += n;
	else if (verdicts[r->verdict].exit == EXIT_FINDINGS)
		t->fresh += n;
}

json_t *totals_to_json(const struct run_totals *t, u32 records, char **unused, u32 nunused)
{
	json_t *j = json_object();

	json_object_set_new(j, "records", json_integer(records));
	for (int v = 0; v < NR_VERDICTS; v++)
		json_object_set_new(j, verdicts[v].key, json_integer(t->count[v]));
	json_object_set_new(j, "new", json_integer(t->fresh));
	json_object_set_new(j, "changed", json_integer(t->changed));
	json_object_set_new(j, "fixed", json_integer(t->fixed));
	json_object_set_new(j, "unused_known", strings_to_json(unused, nunused));
	return json_pack("{s:o}", "totals", j);
}

int totals_from_json(json_t *j, const struct run_totals *counted, u32 records, char ***unused,
		     u32 *nunused, char *why)
{
	json_t *t = json_object_get(j, "totals");
	s64 n;

	if (get_int(t, "records", 0, UINT32_MAX, -1, &n, why))
		return -EINVAL;
	if (n != records) {
		snprintf(why, WHY_MAX, "totals of %lld records behind %u of them", (long long)n,
			 records);
		return -EINVAL;
	}
	for (int v = 0; v < NR_VERDICTS; v++) {
		if (get_int(t, verdicts[v].key, 0, UINT32_MAX, 0, &n, why))
			return -EINVAL;
		if (n == counted->count[v])
			continue;
		snprintf(why, WHY_MAX, "totals say %s:%lld, the records %u", verdicts[v].key,
			 (long long)n, counted->count[v]);
		return -EINVAL;
	}
	return strings_from_json(t, "unused_known", unused, nunused, why);
}
