// SPDX-License-Identifier: GPL-2.0
/* The mutator: what it makes are inputs, the same for the same seed; each mutation comes; trimming
 * keeps what matters and nothing else. */
#include <stdlib.h>
#include <string.h>
#include "fuzz/corpus.h"
#include "fuzz/mutator/kept.h"
#include "fuzz/mutator/mutate.h"
#include "fuzz/mutator/trim.h"
#include "fuzz/mutator/variants.h"
#include "lib/util.h"
#include "tests/test.h"

#define CHAINS 12000
#define POOL   400

static struct fuzz_input *pool;
static u32 pool_cnt;

static int to_pool(void *ctx, const char *id, const struct fuzz_input *in)
{
	u32 *seen = ctx;

	(void)id;
	if ((*seen)++ % 3 == 0 && pool_cnt < POOL)
		pool[pool_cnt++] = *in;
	return 0;
}

static void load_pool(void)
{
	struct corpus_conf conf = { .cases = "cases", .members = 1, .samples = 1 };
	struct corpus_stats stats;
	struct diag diag = {};
	u32 seen = 0;

	if (pool)
		return;
	pool = xcalloc(POOL, sizeof(*pool));
	CHECK(!corpus_make(&conf, to_pool, &seen, &stats, &diag), "%s", diag.msg);
	CHECK(pool_cnt > 200, "%u", pool_cnt);
}

/* Chains of mutations, as a fuzzer makes them: what was made is changed again, and again. */
static u64 chains(struct mutator *m, u32 rounds, u64 *applied)
{
	static struct fuzz_input in, back;
	static u8 buf[FUZZ_INPUT_MAX];
	u64 h = 0;

	m->applied = applied;
	for (u32 i = 0; i < rounds; i++) {
		const char *why = "";
		size_t len;

		if (i % 20 == 0)
			in = pool[i / 20 % pool_cnt];
		mutate(m, &in, &pool[(i * 7 + 3) % pool_cnt]);
		len = fuzz_input_write(&in, buf, sizeof(buf));
		CHECK(len && !fuzz_input_parse(&back, buf, len, &why), "%s: %s", m->what, why);
		CHECK(m->what[0], "nothing was done");
		for (size_t k = 0; k < len; k++)
			h = (h ^ buf[k]) * 0x100000001b3ull;
	}
	return h;
}

static void inputs(void)
{
	u64 *applied = xcalloc(nr_mutations, sizeof(*applied));
	struct mutator *m = mutator_new(1);

	load_pool();
	chains(m, CHAINS, applied);
	for (u32 i = 0; i < nr_mutations; i++)
		CHECK(applied[i], "%s never came", mutations[i].name);
	mutator_free(m);
	free(applied);
}

static void deterministic(void)
{
	struct mutator *a = mutator_new(7), *b = mutator_new(7), *c = mutator_new(8);
	u64 one, two, other;

	load_pool();
	/* what a mutator did before must not show */
	one = chains(a, 2000, NULL);
	two = chains(b, 2000, NULL);
	other = chains(c, 2000, NULL);
	CHECK(one == two, "%llx, %llx", (unsigned long long)one, (unsigned long long)two);
	CHECK(one != other, "the seed does not matter");
	mutator_free(a);
	mutator_free(b);
	mutator_free(c);
}

/* Every mutation alone, on every input of the pool: it changes it into an input, or leaves it as it
 * was. */
static void each(void)
{
	static struct fuzz_input in;
	static u8 before[FUZZ_INPUT_MAX], after[FUZZ_INPUT_MAX];
	struct mutator *m = mutator_new(3);

	load_pool();
	for (u32 nr = 0; nr < nr_mutations; nr++) {
		u32 did = 0, changed = 0;

		for (u32 i = 0; i < pool_cnt; i += 2) {
			size_t n, len = fuzz_input_write(&pool[i], before, sizeof(before));
			bool ok;

			in = pool[i];
			ok = mutate_once(m, &in, &pool[(i + 11) % pool_cnt], nr,
					 !(mutations[nr].flags & MUT_WILD) && i % 8);
			n = fuzz_input_write(&in, after, sizeof(after));
			CHECK(!fuzz_input_check(&in, NULL), "%s", mutations[nr].name);
			did += ok;
			changed += n != len || memcmp(before, after, n);
			CHECK(ok || (n == len && !memcmp(before, after, n)),
			      "%s left something behind", mutations[nr].name);
		}
		/* a few change nothing: a store to a place that holds the value, a binding that
		 * undoes it */
		CHECK(did && 3 * changed >= did, "%s: %u times, %u inputs changed",
		      mutations[nr].name, did, changed);
	}
	mutator_free(m);
}

/* ---- trimming ---- */

static bool has(const struct fuzz_input *in, u8 code, s32 imm)
{
	for (u32 i = 0; i < in->ninsns; i++)
		if (in->insns[i].code == code && in->insns[i].imm == imm)
			return true;
	return false;
}

static void trims(void)
{
	static struct fuzz_input in;
	static struct trim t;
	struct mutator *m = mutator_new(5);
	u32 trimmed = 0;

	load_pool();
	for (u32 i = 0; i < 60; i++) {
		struct insn mark = INSN_K(BPF_XOR, 0, 0x5eed);
		u32 before, steps = 0;

		in = pool[i * 5 % pool_cnt];
		for (u32 k = 0; k < 12; k++)
			mutate(m, &in, &pool[(i * 3 + k) % pool_cnt]);
		if (!in.progs[0].cnt || insn_is_wide(&in.insns[0]) || insn_is_jump(&in.insns[0]) ||
		    insn_is_call(&in.insns[0]) || insn_is_exit(&in.insns[0]))
			continue;
		in.insns[0] = mark;
		before = in.ninsns;
		trim_begin(&t, &in);
		while (trim_next(&t)) {
			CHECK(!fuzz_input_check(&t.next, NULL), "a step is no input");
			CHECK(t.next.ninsns < t.best.ninsns || t.next.nvecs < t.best.nvecs ||
				      t.next.nmaps < t.best.nmaps || t.next.nprogs < t.best.nprogs,
			      "a step that takes nothing away");
			trim_judge(&t, has(&t.next, mark.code, mark.imm));
			CHECK(steps++ < 1000, "no end");
		}
		CHECK(has(&t.best, mark.code, mark.imm), "it lost what matters");
		/* raw programs and functions keep an exit; jumps out of the listing cannot be told
		 */
		CHECK(t.best.progs[0].cnt <= 2 || t.best.progs[0].cnt == in.progs[0].cnt,
		      "%u slots of %u, %u steps", t.best.progs[0].cnt, before, steps);
		/* what cannot be taken apart keeps its maps, too */
		CHECK(t.best.nvecs == 1 && (!t.best.nmaps || t.best.progs[0].cnt > 2) &&
			      t.best.nprogs == 1,
		      "%u vectors, %u maps, %u programs", t.best.nvecs, t.best.nmaps,
		      t.best.nprogs);
		trimmed++;
	}
	CHECK(trimmed > 10, "%u", trimmed);
	mutator_free(m);
}

/* ---- as afl-fuzz calls it ---- */

void *afl_custom_init(void *afl, unsigned int seed);
void afl_custom_deinit(void *data);
size_t afl_custom_fuzz(void *data, unsigned char *buf, size_t size, unsigned char **out,
		       unsigned char *add, size_t add_size, size_t max_size);
const char *afl_custom_describe(void *data, size_t max_len);
int afl_custom_init_trim(void *data, unsigned char *buf, size_t size);
size_t afl_custom_trim(void *data, unsigned char **out);
int afl_custom_post_trim(void *data, unsigned char success);

static void as_afl(void)
{
	static struct fuzz_input in;
	static u8 buf[FUZZ_INPUT_MAX], noise[] = "no input at all";
	void *a = afl_custom_init(NULL, 9);
	unsigned char *out;
	size_t len, n;
	u32 steps = 0;

	load_pool();
	len = fuzz_input_write(&pool[0], buf, sizeof(buf));
	for (u32 i = 0; i < 500; i++) {
		n = afl_custom_fuzz(a, i % 5 ? buf : noise, i % 5 ? len : sizeof(noise), &out,
				    i % 2 ? noise : buf, i % 2 ? sizeof(noise) : len,
				    i % 7 ? 1 << 20 : 100);
		CHECK(n, "nothing");
		if (i % 7)
			CHECK(!fuzz_input_parse(&in, out, n, NULL), "no input");
		else
			CHECK(n <= 100 || out == buf || out == noise, "longer than allowed");
		CHECK(strlen(afl_custom_describe(a, 40)) < 40 &&
			      strspn(afl_custom_describe(a, 40), "abcdefghijklmnopqrstuvwxyz+") ==
				      strlen(afl_custom_describe(a, 40)),
		      "%s", afl_custom_describe(a, 40));
	}
	CHECK(!afl_custom_init_trim(a, noise, sizeof(noise)), "there is nothing to trim");
	/* 0: go on; 1: that was the last step */
	for (int stage = 0, most = afl_custom_init_trim(a, buf, len); stage < most;
	     stage = afl_custom_post_trim(a, steps % 3 == 0)) {
		n = afl_custom_trim(a, &out);
		CHECK(n && !fuzz_input_parse(&in, out, n, NULL), "no input");
		CHECK(steps++ < 1000, "no end");
	}
	CHECK(steps, "no step");
	afl_custom_deinit(a);
}

static void write_file(const char *dir, const char *name, const void *data, size_t len)
{
	char *path = xasprintf("%s/%s", dir, name);
	FILE *f = fopen(path, "we");

	CHECK(f && fwrite(data, 1, len, f) == len && !fclose(f), "%s", path);
	free(path);
}

static void kept_programs(void)
{
	char dir[] = "/tmp/checkjit-kept.XXXXXX", *dirs, *cmd;
	static u8 buf[FUZZ_INPUT_MAX], out[FUZZ_INPUT_MAX];
	size_t len = fuzz_input_write(&pool[0], buf, sizeof(buf));
	struct kept none = {}, k = {};
	struct rand rand = { 1 };

	CHECK(!kept_pick(&none, &rand), "no directory");
	CHECK(mkdtemp(dir), "mkdtemp");
	dirs = xasprintf("/nonexistent %s", dir);
	k.dirs = dirs;
	write_file(dir, "0123456789abcdef", buf, len);
	write_file(dir, "garbage", "garbage", 7);
	write_file(dir, "fedcba9876543210.tmp1", buf, len);
	for (u32 i = 0; i < 20; i++) {
		const struct fuzz_input *in = kept_pick(&k, &rand);

		CHECK(in && fuzz_input_write(in, out, sizeof(out)) == len && !memcmp(out, buf, len),
		      "another input");
	}
	CHECK(k.cnt == 1, "%u", k.cnt);
	kept_free(&k);
	cmd = xasprintf("rm -r %s", dir);
	CHECK(!system(cmd), "%s", cmd);
	free(cmd);
	free(dirs);
}

/* Of the last programs that were kept, each a valid input and bound. */
static void makes_variants(void)
{
	static u8 buf[FUZZ_INPUT_MAX];
	static struct fuzz_input in;
	static struct variants v;
	struct fuzz_bytes out[2 * VARIANTS_MADE], one = { buf, 0 };
	u32 changed = 0, made;

	CHECK(!variants_make(&v, out, VARIANTS_MADE), "made of nothing");
	for (u32 i = 0; i < VARIANTS_KEPT + 1; i++) {
		one.len = fuzz_input_write(&pool[i % pool_cnt], buf, sizeof(buf));
		variants_keep(&v, &one);
	}
	CHECK(v.cnt == VARIANTS_KEPT && v.next == 1, "%u, %u", v.cnt, v.next);
	made = variants_make(&v, out, ARRAY_SIZE(out));
	CHECK(made > VARIANTS_MADE / 2 && made <= VARIANTS_MADE, "%u", made);
	for (u32 i = 0; i < made; i++) {
		const char *why;
		bool same = false;

		CHECK(!fuzz_input_parse(&in, out[i].data, out[i].len, &why), "%s", why);
		for (u32 k = 0; k < v.cnt; k++)
			same |= v.kept[k].len == out[i].len &&
				!memcmp(v.kept[k].data, out[i].data, out[i].len);
		changed += !same;
	}
	CHECK(changed > made / 2, "%u of %u are new", changed, made);
	CHECK(!v.mutator->unbound, "made what the verifier refuses");
	variants_free(&v);
}

static const struct test tests[] = {
	{ "what is made is an input", inputs }, { "each mutation", each },
	{ "one seed, one way", deterministic }, { "trimming", trims },
	{ "as afl-fuzz calls it", as_afl },	{ "kept programs", kept_programs },
	{ "variants", makes_variants },
};

int main(void)
{
	int ret = test_main(tests, ARRAY_SIZE(tests));

	free(pool);
	return ret;
}
