/* SPDX-License-Identifier: GPL-2.0 */
/* The cases behind the ids of a report. */
#ifndef CHECKJIT_HTML_TEXTS_H
#define CHECKJIT_HTML_TEXTS_H

#include "bpf/case.h"
#include "lib/strset.h"

struct texts {
	struct bpf_case **cases;
	u32 cnt, cap;
	struct strset index; /* id to the place in @cases */
};

/* Find the cases whose ids are @wanted, among the written ones below @dir and the generated ones.
 * An id without a case, of another version of checkjit, is left out. */
void texts_find(const struct strset *wanted, const char *dir, struct texts *out);
/* The case of @id, or NULL. */
const struct bpf_case *texts_get(const struct texts *t, const char *id);
void texts_free(struct texts *t);

#endif
