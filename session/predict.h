/* SPDX-License-Identifier: GPL-2.0 */
/* What the model says about some vectors of a case, computed when first needed. */
#ifndef CHECKJIT_PREDICT_H
#define CHECKJIT_PREDICT_H

#include "proto/hash.h"
#include "bpf/wrapper.h"

struct prediction {
	struct bpf_case *c;
	u32 first_vec, nr_vecs;	  /* nr_vecs 0: the program is only loaded */
	struct model_state first; /* after vector first_vec */
	struct wire_hash hash[2]; /* under the wide wrapper; [1]: as block 0, with return values */
	bool hashed[2];
	quirk_set met; /* quirks at whose places the hashed runs came by: see model_state.met */
	bool modelled;
	char *fault; /* how case or model are wrong, or NULL */
};

/*
 * Run the first vector in the model, for a guest of @order and @word_bits; sets first and fault. A
 * case that must be refused is not run.
 */
void predict_first(struct prediction *p, enum byte_order order, int word_bits);

/*
 * Run all vectors. Returns false with fault set if the model cannot run one or contradicts the
 * case.
 */
bool predict_all(struct prediction *p, enum byte_order order, int word_bits);

/*
 * Returns the hash that the agent must report for block @b of @prog, which is this case. Sets met
 * for the quirks in @watch, which are those of any engine; may set fault.
 */
struct wire_hash predict_hash(struct prediction *p, const struct wrapper_prog *prog, u32 b,
			      enum byte_order order, int word_bits, quirk_set watch);

/*
 * Set @h to the hash that a machine with the quirks @q reports, and *@met to those that it came
 * by. After predict_hash(). Returns false if that came by none, or if the model cannot follow the
 * faulty machine.
 */
bool predict_quirks(const struct prediction *p, const struct wrapper_prog *prog, u32 b,
		    enum byte_order order, int word_bits, const struct quirks *q,
		    struct wire_hash *h, quirk_set *met);

/* Returns the quirks of @q that @p came by, if they make any final state another; else 0. */
quirk_set predict_met(const struct prediction *p, enum byte_order order, int word_bits,
		      const struct quirks *q);

/* Frees what was computed, but not the case. */
void prediction_free(struct prediction *p);

#endif
