// SPDX-License-Identifier: GPL-2.0
#include "bpf/case_select.h"
#include "lib/idmatch.h"

bool case_selected(const struct bpf_case *c, const char *pattern, long *vec)
{
	return id_matches(pattern, c->id, vec) && *vec < (long)c->vecs->nvecs;
}
