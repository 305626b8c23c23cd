// SPDX-License-Identifier: GPL-2.0
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "bpf/listing.h"
#include "fuzz/corpus.h"
#include "gen/gen.h"
#include "lib/util.h"

/* ---- making one ---- */

#define MAX_LOOPS 4

struct maker {
	const struct corpus_conf *conf;
	int (*take)(void *ctx, const char *id, const struct fuzz_input *in);
	void *ctx;
	struct corpus_stats *stats;
	u64 *seen; /* hashes, open addressing; 0: free */
	u32 cap, cnt;
	const char *group; /* of the present written case; number of instances taken */
	int members;
	struct fuzz_input in;
	u8 bytes[FUZZ_INPUT_MAX];
};

static bool is_new(struct maker *m, u64 hash);

static void grow(struct maker *m)
{
	u64 *old = m->seen;
	u32 cap = m->cap;

	m->cap = cap ? 2 * cap : 1024;
	m->seen = xcalloc(m->cap, sizeof(*m->seen));
	m->cnt = 0;
	for (u32 i = 0; i < cap; i++)
		if (old[i])
			is_new(m, old[i]);
	free(old);
}

static bool is_new(struct maker *m, u64 hash)
{
	u32 at;

	if (2 * m->cnt >= m->cap)
		grow(m);
	for (at = hash & (m->cap - 1); m->seen[at]; at = (at + 1) & (m->cap - 1))
		if (m->seen[at] == hash)
			return false;
	m->seen[at] = hash;
	m->cnt++;
	return true;
}

/*
 * Backward jumps of all programs. Mutations of programs with many loops cost the verifier seconds
 * and show nothing new.
 */
static u32 loops(const struct fuzz_input *in)
{
	u32 n = 0;

	for (u32 i = 0; i < in->ninsns; i++) {
		const struct insn *insn = &in->insns[i];

		if (insn_is_wide(insn))
			i++;
		else
			n += insn_is_jump(insn) && insn->off < 0;
	}
	return n;
}

static int offer(struct maker *m, const struct bpf_case *c)
{
	size_t len;

	if (known_lists(m->conf->known, c->id)) {
		m->stats->known++;
		return 0;
	}
	if (fuzz_input_from_case(&m->in, c, NULL) || loops(&m->in) > MAX_LOOPS) {
		m->stats->unfit++;
		return 0;
	}
	len = fuzz_input_write(&m->in, m->bytes, sizeof(m->bytes));
	if (!is_new(m, fuzz_input_hash(m->bytes, len))) {
		m->stats->same++;
		return 0;
	}
	m->stats->made++;
	return m->take(m->ctx, c->id, &m->in);
}

/* Instances of a case come in a row: take the first ones. */
static int take_written(void *ctx, struct bpf_case *c)
{
	struct maker *m = ctx;
	int ret = 0;

	if (!m->group || strcmp(m->group, c->group))
		m->members = 0;
	m->group = c->group;
	if (m->members++ < m->conf->members)
		ret = offer(m, c);
	bpf_case_free(c);
	return ret;
}

/* The middle instance of equal parts of each operation. */
static int make_generated(struct maker *m)
{
	int ret = 0;

	for (u32 k = 0; k < nr_gen_families; k++) {
		const struct gen_family *f = gen_families[k];
		u64 first = 0;

		for (u32 op = 0; op < gen_nops(f) && !ret; op++) {
			u64 n = gen_op_count(f, op);

			for (int i = 0; i < m->conf->samples && !ret; i++) {
				struct bpf_case *c = gen_nth(
					f, first + (2 * i + 1) * n / (2 * m->conf->samples));

				ret = offer(m, c);
				bpf_case_free(c);
			}
			first += n;
		}
	}
	return ret;
}

int corpus_make(const struct corpus_conf *conf,
		int (*take)(void *ctx, const char *id, const struct fuzz_input *in), void *ctx,
		struct corpus_stats *stats, struct diag *diag)
{
	struct maker *m = xcalloc(1, sizeof(*m));
	int ret;

	memset(stats, 0, sizeof(*stats));
	m->conf = conf;
	m->take = take;
	m->ctx = ctx;
	m->stats = stats;
	ret = case_expand_all(m->conf->cases, take_written, m, diag);
	if (!ret)
		ret = make_generated(m);
	free(m->seen);
	free(m);
	return ret;
}

/* ---- directories ---- */

int corpus_read(const char *path, struct fuzz_input *in, const char **why)
{
	const char *text;
	size_t len;
	char *data;
	int ret;

	why = why ? why : &text;
	*why = "it cannot be read";
	data = read_file(path, &len);
	if (!data)
		return -errno;
	ret = fuzz_input_parse(in, data, len, why);
	free(data);
	return ret;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void look_at(struct corpus_dir *d, char *path)
{
	struct fuzz_input *in = xmalloc(sizeof(*in));
	struct stat st;
	const char *why = "larger than any";
	bool good = false;

	if (stat(path, &st) || !S_ISREG(st.st_mode)) {
		free(path);
		free(in);
		return;
	}
	if (st.st_size <= (off_t)FUZZ_INPUT_MAX)
		good = !corpus_read(path, in, &why);
	free(in);
	if (good) {
		ARRAY_GROW(d->paths, d->cnt, d->cap);
		d->paths[d->cnt++] = path;
		return;
	}
	if (!d->strange++) {
		d->first_strange = path;
		d->why = why;
	} else {
		free(path);
	}
}

int corpus_open(struct corpus_dir *d, const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *ent;

	memset(d, 0, sizeof(*d));
	if (!dir)
		return -errno;
	while ((ent = readdir(dir)))
		if (ent->d_name[0] != '.')
			look_at(d, xasprintf("%s/%s", path, ent->d_name));
	closedir(dir);
	if (d->cnt)
		qsort(d->paths, d->cnt, sizeof(*d->paths), by_name);
	return 0;
}

void corpus_close(struct corpus_dir *d)
{
	for (u32 i = 0; i < d->cnt; i++)
		free(d->paths[i]);
	free(d->paths);
	free(d->first_strange);
	memset(d, 0, sizeof(*d));
}

void corpus_say_strange(const struct corpus_dir *d, const char *path)
{
	if (d->strange)
		pr_err("%s: %u of %u files are no inputs and are skipped (%s: %s)", path,
		       d->strange, d->strange + d->cnt, d->first_strange, d->why);
}
