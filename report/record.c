// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <string.h>
#include "lib/util.h"
#include "report/record.h"

#define BYTES_SHOWN 16 /* per run of differing bytes */

void record_init(struct record *r, const char *id, const char *engine, enum verdict verdict)
{
	*r = (struct record){
		.id = xstrdup(id),
		.engine = xstrdup(engine),
		.verdict = verdict,
		.raw = verdict,
		.vector = -1,
	};
}

void record_free(struct record *r)
{
	char *all[] = { r->id,	       r->engine,	r->file,	   r->insn,   r->inputs,
			r->reason,     r->log,		r->console,	   r->note,   r->known.row,
			r->known.kind, r->known.reason, r->known.evidence, r->family, r->arch,
			r->kernel,     r->rerun,	r->quirks,	   r->code };

	for (size_t i = 0; i < ARRAY_SIZE(all); i++)
		free(all[i]);
	for (u32 i = 0; i < r->ndiffs; i++) {
		free(r->diffs[i].what);
		free(r->diffs[i].expected);
		free(r->diffs[i].predicted);
		free(r->diffs[i].observed);
	}
	free(r->diffs);
	*r = (struct record){ .vector = -1 };
}

/* Takes ownership of the strings; @predicted may be NULL. */
static void add_diff(struct record *r, char *what, char *expected, char *predicted, char *observed)
{
	r->diffs = xrealloc(r->diffs, (r->ndiffs + 1) * sizeof(*r->diffs));
	r->diffs[r->ndiffs++] = (struct record_diff){ what, expected, predicted, observed };
}

bool record_diff_text(struct record *r, const char *what, const char *expected,
		      const char *observed)
{
	if (!strcmp(expected, observed))
		return false;
	add_diff(r, xstrdup(what), xstrdup(expected), NULL, xstrdup(observed));
	return true;
}

bool record_diff_reg(struct record *r, const char *what, u64 expected, const u64 *predicted,
		     u64 observed)
{
	if (expected == observed && (!predicted || *predicted == observed))
		return false;
	add_diff(r, xstrdup(what), xasprintf("%016" PRIx64, expected),
		 predicted ? xasprintf("%016" PRIx64, *predicted) : NULL,
		 xasprintf("%016" PRIx64, observed));
	return true;
}

bool record_diff_u32(struct record *r, const char *what, u32 expected, const u32 *predicted,
		     u32 observed)
{
	if (expected == observed && (!predicted || *predicted == observed))
		return false;
	add_diff(r, xstrdup(what), xasprintf("%08" PRIx32, expected),
		 predicted ? xasprintf("%08" PRIx32, *predicted) : NULL,
		 xasprintf("%08" PRIx32, observed));
	return true;
}

/* The bytes in memory order: "01 02 03 …". */
static char *hex_bytes(const u8 *p, u32 n)
{
	u32 shown = n < BYTES_SHOWN ? n : BYTES_SHOWN;
	char *s = xmalloc(3 * shown + 8), *q = s;

	for (u32 i = 0; i < shown; i++)
		q += sprintf(q, "%s%02x", i ? " " : "", p[i]);
	if (shown < n)
		strcpy(q, " …");
	return s;
}

static bool byte_differs(const u8 *expected, const u8 *predicted, const u8 *observed, u32 i)
{
	return expected[i] != observed[i] || (predicted && predicted[i] != observed[i]);
}

bool record_diff_window(struct record *r, const char *name, long first, const u8 *expected,
			const u8 *predicted, const u8 *observed, u32 size, u32 before, u32 after)
{
	const char *side[] = { "guard before ", "", "guard behind " };
	u32 bounds[] = { 0, before, size - after, size };
	bool differ = false;

	for (int part = 0; part < 3; part++) {
		for (u32 i = bounds[part], end; i < bounds[part + 1]; i = end + 1) {
			char at[96];
			long from, to;

			end = i;
			if (!byte_differs(expected, predicted, observed, i))
				continue;
			while (end < bounds[part + 1] &&
			       byte_differs(expected, predicted, observed, end))
				end++;
			from = first + (long)i - before;
			to = first + (long)end - 1 - before;
			if (part == 1)
				snprintf(at, sizeof(at), "%s%+ld", name, from);
			else
				snprintf(at, sizeof(at), "%s%s, %s%+ld", side[part], name, name,
					 from);
			if (to != from)
				snprintf(at + strlen(at), sizeof(at) - strlen(at), "..%ld", to);
			add_diff(r, xstrdup(at), hex_bytes(expected + i, end - i),
				 predicted ? hex_bytes(predicted + i, end - i) : NULL,
				 hex_bytes(observed + i, end - i));
			differ = true;
		}
	}
	return differ;
}

static void free_strings(char **s, u32 n)
{
	for (u32 i = 0; i < n; i++)
		free(s[i]);
	free(s);
}

void run_info_free(struct run_info *info)
{
	char *all[] = { info->arch,	info->kernel,	   info->machine, info->config_hash,
			info->compiler, info->qemu,	   info->cpu,	  info->version,
			info->start,	info->cases,	   info->image,	  info->make_args,
			info->sweep,	info->require_jit, info->order };

	for (size_t i = 0; i < ARRAY_SIZE(all); i++)
		free(all[i]);
	free_strings(info->engines, info->nengines);
	for (u32 i = 0; i < info->ncaps; i++)
		free(info->caps[i].name);
	free(info->caps);
	*info = (struct run_info){ 0 };
}
