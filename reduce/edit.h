/* SPDX-License-Identifier: GPL-2.0 */
/* Private copies of cases, for editing. bpf/listing.h edits their programs. */
#ifndef CHECKJIT_EDIT_H
#define CHECKJIT_EDIT_H

#include "bpf/case.h"
#include "bpf/listing.h"

/* A copy that shares nothing but the vectors. */
struct bpf_case *case_dup(const struct bpf_case *c);

/*
 * A copy with vector @vec alone, in a table of its own: register k is column k, and the windows are
 * the byte arrays of @order. Expectations are dropped: they belong to the original program.
 */
struct bpf_case *case_dup_vec(const struct bpf_case *c, u32 vec, enum byte_order order);

/*
 * Give @c, which has a table from case_dup_vec(), a private copy of the table to change; then call
 * case_seal().
 */
struct vectors *case_own_vecs(struct bpf_case *c);
void case_seal(struct bpf_case *c);

/* A hash of programs and inputs; ids, names and texts do not count. */
u64 case_hash(const struct bpf_case *c);

/* Insns (not slots) of all programs. */
u32 case_insns(const struct bpf_case *c);

/*
 * The capabilities that the changed program needs by default, minus those that the original's
 * author left out.
 */
void case_fit_out(struct bpf_case *c, const struct bpf_case *orig);

#endif
