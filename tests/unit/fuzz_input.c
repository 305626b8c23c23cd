// SPDX-License-Identifier: GPL-2.0
/* Inputs of the fuzzer: one form of each, nothing of it trusted, and every one a case that can be
 * printed and read back. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "bpf/case_tmpl.h"
#include "fuzz/input.h"
#include "gen/gen.h"
#include "lib/diag.h"
#include "lib/util.h"
#include "tests/test.h"

#define SAMPLES 60 /* of a family */

static u64 rnd_state = 1;

static u64 rnd(void)
{
	rnd_state = rnd_state * 6364136223846793005ull + 1442695040888963407ull;
	return rnd_state >> 29;
}

static struct {
	u32 cases, raw, taken,
		printed; /* raw: for the raw route, for kernels with BTF, classic: no fuzzer's */
} tally;

static int take_one(void *ctx, struct bpf_case *c)
{
	*(struct bpf_case **)ctx = c;
	return 0;
}

/* Through the text of the case, which is what a find is kept as. */
static void through_text(const struct fuzz_input *in, const u8 *want, size_t len, const char *what)
{
	static struct fuzz_input back;
	static u8 again[FUZZ_INPUT_MAX];
	struct bpf_case *c = fuzz_input_to_case(in, "fuzz/unit/one", OUTCOME_EITHER),
			*parsed = NULL;
	struct case_file file = {};
	struct diag diag = {};
	const char *why = "";
	char *text;
	size_t size;
	FILE *f = open_memstream(&text, &size);
	int err;

	bpf_case_print(f, c, -1);
	fclose(f);
	err = case_parse_text(text, "t.case", "fuzz", &file, &diag);
	if (!err)
		err = case_expand(&file, take_one, &parsed, &diag);
	CHECK(!err && parsed, "%s: %d:%d: %s\n%s", what, diag.line, diag.col, diag.msg, text);
	if (parsed) {
		CHECK(!fuzz_input_from_case(&back, parsed, &why), "%s: %s\n%s", what, why, text);
		/* what a call leaves unreadable need not be hidden */
		back.hidden |= in->hidden & ~case_default_out(c);
		size = fuzz_input_write(&back, again, sizeof(again));
		CHECK(size == len && !memcmp(again, want, len),
		      "%s: another program or input after its text\n%s", what, text);
		CHECK(parsed->outcome == OUTCOME_EITHER && parsed->out_regs == c->out_regs &&
			      parsed->nneeds == c->nneeds,
		      "%s", what);
	}
	bpf_case_free(parsed);
	case_file_free(&file);
	bpf_case_free(c);
	free(text);
	tally.printed++;
}

/* What was parsed is written as the same bytes. */
static void same_bytes(const struct fuzz_input *in, const u8 *want, size_t len, const char *what)
{
	static u8 again[FUZZ_INPUT_MAX];
	size_t n = fuzz_input_write(in, again, sizeof(again));

	CHECK(n == len && !memcmp(again, want, len), "%s: %zu bytes of %zu, or others", what, n,
	      len);
}

static bool share(const struct bpf_case *c, bool text)
{
	static struct fuzz_input in, back;
	static u8 buf[FUZZ_INPUT_MAX];
	const char *why = "";
	size_t len;

	tally.cases++;
	if (fuzz_input_from_case(&in, c, &why)) {
		CHECK(*why, "%s: no reason", c->id);
		tally.raw += !strncmp(why, "it is for the raw", 17) ||
			     !strncmp(why, "it wants a kernel", 17) ||
			     !strcmp(why, "it is a classic filter") ||
			     !strcmp(why, "attached programs") ||
			     !strcmp(why, "too many programs, instructions or functions");
		return false;
	}
	tally.taken++;
	len = fuzz_input_write(&in, buf, sizeof(buf));
	CHECK(len, "%s", c->id);
	CHECK(!fuzz_input_write(&in, buf, len - 1), "%s: it cannot fit", c->id);
	CHECK(!fuzz_input_parse(&back, buf, len, &why), "%s: %s", c->id, why);
	same_bytes(&back, buf, len, c->id);
	if (text)
		through_text(&back, buf, len, c->id);
	return true;
}

static int take_case(void *ctx, struct bpf_case *c)
{
	(void)ctx;
	share(c, !(tally.cases % 4));
	bpf_case_free(c);
	return 0;
}

static void of_cases(void)
{
	struct diag diag = {};
	char **paths = case_paths("cases", &diag);

	CHECK(paths, "%s", diag.msg);
	memset(&tally, 0, sizeof(tally));
	for (char **p = paths; p && *p; p++) {
		struct case_file file;

		CHECK(!case_parse_file(*p, NULL, &file, &diag) &&
			      !case_expand(&file, take_case, NULL, &diag),
		      "%s: %s", *p, diag.msg);
		case_file_free(&file);
	}
	case_paths_free(paths);
	printf("# %u of %u written cases have the form (%u of the others are for the raw route, "
	       "for BTF, classic, too long), %u through their text\n",
	       tally.taken, tally.cases, tally.raw, tally.printed);
	CHECK(tally.taken * 100 > (tally.cases - tally.raw) * 98, "%u of %u", tally.taken,
	      tally.cases - tally.raw);
}

static void of_families(void)
{
	memset(&tally, 0, sizeof(tally));
	for (u32 k = 0; k < nr_gen_families; k++) {
		const struct gen_family *f = gen_families[k];
		u64 n = gen_count(f), most = f->quick && f->quick < SAMPLES ? f->quick : SAMPLES,
		    step = n > most ? n / most | 1 : 1;
		u32 seen = 0, taken = 0;

		for (u64 i = 0; i < n; i += step, seen++) {
			struct bpf_case *c = gen_nth(f, i);

			taken += share(c, !(seen % 4));
			bpf_case_free(c);
		}
		if (taken < seen)
			printf("# gen/%s: %u of %u samples\n", f->name, taken, seen);
	}
	printf("# %u of %u generated cases have the form, %u through their text\n", tally.taken,
	       tally.cases, tally.printed);
	CHECK(tally.taken * 100 > (tally.cases - tally.raw) * 95, "%u of %u", tally.taken,
	      tally.cases - tally.raw);
}

/* A few that have everything between them. */
static const char *const samples[] = {
	"gen/random/branch/s7", "gen/stackargs/sum/", "gen/tail_sub/", "gen/callback/",
	"gen/cmpxchg/",		"gen/call_nest/",     "gen/zext/",
};

static size_t sample(u32 i, u8 *buf)
{
	static struct fuzz_input in;
	const struct gen_family *f = NULL;
	struct bpf_case *c;
	size_t len;
	char name[32];

	sscanf(samples[i], "gen/%31[^/]", name);
	for (u32 k = 0; k < nr_gen_families; k++)
		if (!strcmp(gen_families[k]->name, name))
			f = gen_families[k];
	c = gen_nth(f, 5);
	len = fuzz_input_from_case(&in, c, NULL) ? 0 : fuzz_input_write(&in, buf, FUZZ_INPUT_MAX);
	CHECK(len, "%s", c->id);
	bpf_case_free(c);
	return len;
}

/* In a heap block of just its size, so that a byte read behind it is seen. */
static int parse_copy(struct fuzz_input *in, const u8 *data, size_t len)
{
	const char *why = NULL;
	u8 *copy = xmalloc(len + !len);
	int ret;

	memcpy(copy, data, len);
	ret = fuzz_input_parse(in, copy, len, &why);
	CHECK(!ret || (ret == -EINVAL && why && *why), "%d", ret);
	free(copy);
	return ret;
}

static void garbage(void)
{
	static struct fuzz_input in;
	static u8 buf[FUZZ_INPUT_MAX + 8], whole[FUZZ_INPUT_MAX];
	u32 parsed = 0;

	for (size_t len = 0; len <= sizeof(buf); len += len < 2048 ? 1 : 37) {
		for (size_t i = 0; i < len; i++)
			buf[i] = rnd();
		CHECK(parse_copy(&in, buf, len), "%zu bytes of noise", len);
		/* behind a head that promises much */
		if (len >= FUZZ_HEAD) {
			size_t n = sample(len % ARRAY_SIZE(samples), whole);

			memcpy(buf, whole, n < FUZZ_HEAD ? n : FUZZ_HEAD);
			parsed += !parse_copy(&in, buf, len);
		}
	}
	for (u32 s = 0; s < ARRAY_SIZE(samples); s++) {
		size_t n = sample(s, whole);

		CHECK(!parse_copy(&in, whole, n), "%s", samples[s]);
		for (size_t len = 0; len < n; len++)
			CHECK(parse_copy(&in, whole, len), "%s, %zu bytes of %zu", samples[s], len,
			      n);
	}
	CHECK(!parsed, "%u pieces of noise are inputs", parsed);
}

/* Flipped bits and bytes that stand for something else: what parses has one form, and a text. */
static void flips(void)
{
	static struct fuzz_input in;
	static u8 buf[FUZZ_INPUT_MAX];
	u32 parsed = 0;

	for (u32 s = 0; s < ARRAY_SIZE(samples); s++) {
		size_t n = sample(s, buf);

		for (size_t bit = 0; bit < 8 * n; bit++) {
			buf[bit / 8] ^= 1 << bit % 8;
			if (!parse_copy(&in, buf, n)) {
				same_bytes(&in, buf, n, samples[s]);
				if (bit < 2048 || !(bit % 61))
					through_text(&in, buf, n, samples[s]);
				parsed++;
			}
			buf[bit / 8] ^= 1 << bit % 8;
		}
	}
	for (u32 round = 0; round < 4000; round++) {
		size_t n = sample(round % ARRAY_SIZE(samples), buf);

		for (u32 k = rnd() % 12; k; k--)
			buf[rnd() % (rnd() % 2 ? n : n < 400 ? n : 400)] = rnd();
		if (!parse_copy(&in, buf, n)) {
			same_bytes(&in, buf, n, "bytes");
			if (!(round % 8))
				through_text(&in, buf, n, "bytes");
			parsed++;
		}
	}
	printf("# %u changed inputs are inputs\n", parsed);
	CHECK(parsed > 1000, "%u", parsed);
}

static void unruly(void)
{
	static struct fuzz_input in;
	static u8 buf[FUZZ_INPUT_MAX];
	size_t n = sample(0, buf);
	const char *why = "";

	CHECK(!fuzz_input_parse(&in, buf, n, &why), "%s", why);
	in.insns[0] = (struct insn){ .code = BPF_JMP | BPF_CALL, .imm = 109 };
	CHECK(fuzz_input_check(&in, &why) == -EINVAL &&
		      !strcmp(why, "a helper that acts on the guest"),
	      "%s", why);
	in.insns[0].imm = 5;
	CHECK(!fuzz_input_check(&in, &why), "%s", why);
	in.insns[0] = (struct insn){ .code = BPF_JMP | BPF_EXIT };
	CHECK(fuzz_input_check(&in, &why) == -EINVAL, "exit in main");
}

static const struct test tests[] = {
	{ "written cases", of_cases },		{ "generated cases", of_families },
	{ "garbage of every length", garbage }, { "flipped bits", flips },
	{ "what acts on the guest", unruly },
};

TEST_MAIN(tests)
