/* SPDX-License-Identifier: GPL-2.0 */
/* Editing cases: private copies. Their programs are edited as bpf/listing.h has it. */
#ifndef CHECKJIT_EDIT_H
#define CHECKJIT_EDIT_H

#include "bpf/case.h"
#include "bpf/listing.h"

/* A copy that shares nothing but the vectors. */
struct bpf_case *case_dup(const struct bpf_case *c);

/*
 * A copy with vector @vec alone, in a table of its own: register k is column k, and the windows are one array of
 * bytes, those of @order. Expectations are dropped: they are about the program as it was.
 */
struct bpf_case *case_dup_vec(const struct bpf_case *c, u32 vec, enum byte_order order);

/* Give @c, which has a table of case_dup_vec(), a private copy of it, to be changed; case_seal() when that is done. */
struct vec_table *case_own_vecs(struct bpf_case *c);
void case_seal(struct bpf_case *c);

/* Of all that is run and all that goes in; ids, names and texts do not count. */
u64 case_hash(const struct bpf_case *c);

/* Instructions (not slots) of all programs. */
u32 case_insns(const struct bpf_case *c);

/* What the changed program shows: its default, less what the author of the original left out. */
void case_fit_out(struct bpf_case *c, const struct bpf_case *orig);

#endif
