/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One guest that stays, and one input after the other in it: loaded and run on each engine, compared with the model, and the edges of
 * the first load as AFL++ wants them. What is to be thought of the answers is fuzz/judge.h's business.
 */
#ifndef CHECKJIT_FUZZ_TARGET_H
#define CHECKJIT_FUZZ_TARGET_H

#include "fuzz/input.h"
#include "fuzz/memory.h"
#include "session/trial.h"

#define FUZZ_ENGINES	NR_ENGINES

struct target_times {
	u64 parse_us, model_us, guest_us, judge_us;	/* of the proxy's own clock */
	u64 load_us, run_us;				/* of the guest's, in guest_us */
};

struct target {
	struct session session;
	const struct engine *engines[FUZZ_ENGINES];	/* the first one's loads are watched */
	u32 nengines;
	u32 boots;		/* as of the last look at it */
	struct fuzz_memory memory;
	struct target_times times;
	u64 usual_us;		/* a load's time of late */
	u8 *map;		/* FUZZ_MAP_SIZE bytes that get the edges, or NULL */
};

/* What an engine made of an input. */
struct shot_engine {
	const struct engine *engine;
	bool tried;		/* else: not for this engine, or refused by the first */
	struct trial trial;
};

struct shot {
	struct bpf_case *c;
	u32 nr_vecs;		/* that were run: the first ones, which the model can run */
	bool accepted;		/* by the verifier, for the first engine */
	struct shot_engine e[FUZZ_ENGINES];
	bool skipped;		/* no engine can take it; .how says nothing */
	enum attempt how;	/* ATTEMPT_ANSWERED, or how it ended */
	char *console;		/* of a guest that died, or NULL */
	u32 nr_edges, nr_pcs;
};

/*
 * Boot. @cover: the guest must have KCOV. @engines NULL: interp, jit, jit_hardened, as far as the guest has them. 0, or
 * -errno, said on stderr; -ENOTSUP: no KCOV in this kernel.
 */
int target_open(struct target *t, const struct guest_conf *conf, const struct engine *const *engines, u32 nengines, bool cover);
void target_close(struct target *t);

/* NULL where any of the engines has what @c needs; else why the first has not (caller frees). */
char *target_lacks(const struct target *t, const struct bpf_case *c);

/*
 * Milliseconds that a load may take. The verifier gives up after a million instructions: minutes in an emulated guest, and ten
 * thousand other programs' worth in a native one.
 */
u32 target_patience(const struct target *t);
void target_took(struct target *t, u32 us);	/* … and one has taken */

/* Load and run @in; shot_free() in any case. */
void target_shoot(struct target *t, const struct fuzz_input *in, struct shot *out);
void shot_free(struct shot *s);

/* Look whether the guest lost memory, if it is time. 1: it did (t->memory says how much); 0; or -errno of asking. */
int target_check_memory(struct target *t);

#endif
