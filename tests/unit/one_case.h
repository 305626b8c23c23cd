/* SPDX-License-Identifier: GPL-2.0 */
/* Cases from text, for the tests of what is done with cases. */
#ifndef CHECKJIT_ONE_CASE_H
#define CHECKJIT_ONE_CASE_H

#include "bpf/case.h"
#include "lib/diag.h"
#include "tests/test.h"

#define MAX_CASES 16

/* The only case of @text; NULL and a failed check where it is malformed. */
static inline struct bpf_case *one_case(const char *text)
{
	struct diag diag = {};
	struct bpf_case *c = case_parse_one(text, "t.case", "t", &diag);

	CHECK(c, "%d:%d: %s in\n%s", diag.line, diag.col, diag.msg, text);
	return c;
}

struct cases {
	struct case_file file;
	struct bpf_case *c[MAX_CASES];
	u32 cnt;
};

static int cases_take(void *ctx, struct bpf_case *c)
{
	struct cases *all = ctx;

	all->c[all->cnt++] = c;
	return all->cnt == MAX_CASES;
}

/* False, and a failed check, where the text is wrong. */
static inline bool cases_read(struct cases *all, const char *text)
{
	struct diag diag = {};

	memset(all, 0, sizeof(*all));
	if (!case_parse_text(text, "t.case", "t", &all->file, &diag) &&
	    !case_expand(&all->file, cases_take, all, &diag))
		return true;
	CHECK(false, "%d:%d: %s", diag.line, diag.col, diag.msg);
	return false;
}

static inline void cases_free(struct cases *all)
{
	for (u32 i = 0; i < all->cnt; i++)
		bpf_case_free(all->c[i]);
	case_file_free(&all->file);
}

#endif
