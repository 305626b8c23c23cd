/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A guest that stays booted, and one input after the other in it: loaded and run on each engine,
 * compared with the model, and the edges of the first load in AFL++'s form. fuzz/judge.h judges the
 * answers.
 */
#ifndef CHECKJIT_FUZZ_TARGET_H
#define CHECKJIT_FUZZ_TARGET_H

#include "fuzz/forkserver.h"
#include "fuzz/input.h"
#include "fuzz/memory.h"
#include "session/trial.h"

#define FUZZ_ENGINES	NR_ENGINES
#define FUZZ_STATE_FREQ (1u << 3) /* BPF_F_TEST_STATE_FREQ of include/uapi/linux/bpf.h */

struct fuzz_target_times {
	u64 parse_us, model_us, guest_us, judge_us; /* of the proxy's own clock */
	u64 load_us, run_us;			    /* of the guest's, in guest_us */
};

struct fuzz_target {
	struct session session;
	const struct engine *engines[FUZZ_ENGINES]; /* the first one's loads are watched */
	u32 nengines;
	const struct engine *asked[FUZZ_ENGINES];
	u32 nasked; /* 0: all of them */
	bool raw;   /* .engines take the raw route: inputs are programs that a verifier accepted */
	bool deep;  /* the verifier may look at as many insns as it likes */
	bool state_freq; /* the kernel takes FUZZ_STATE_FREQ */
	u32 boots;	 /* at the last check of it */
	struct fuzz_memory memory;
	struct fuzz_target_times times;
	u64 usual_us;		/* recent average time of a load */
	u8 *map;		/* FUZZ_MAP_SIZE bytes for the edges, or NULL */
	u64 edges;		/* of all inputs */
	u8 seen[FUZZ_MAP_SIZE]; /* them */
};

/* The outcome of an input on an engine. */
struct engine_result {
	const struct engine *engine;
	bool tried; /* if not: the engine cannot run it, or the first one refused it */
	struct trial trial;
};

struct fuzz_result {
	struct prediction p; /* of the first vectors, which the model can run: they were run */
	bool accepted;	     /* by the verifier, for the first engine */
	struct engine_result e[FUZZ_ENGINES];
	bool skipped;	  /* no engine can run it; .how is unused */
	enum attempt how; /* ATTEMPT_ANSWERED, or how it ended */
	char *console;	  /* console of a guest that died, or NULL */
	u32 nr_edges, nr_pcs;
};

/*
 * Boot. @cover: the guest must have KCOV. @engines NULL: interp, jit, jit_hardened, as far as the
 * guest has them. 0, or -errno, said on stderr; -ENOTSUP: no KCOV in this kernel.
 */
int fuzz_target_open(struct fuzz_target *t, const struct guest_conf *conf,
		     const struct engine *const *engines, u32 nengines, bool cover);
void fuzz_target_close(struct fuzz_target *t);

/*
 * From now on run inputs on the raw engines (@raw), or on those that verify. Returns how many of
 * them the guest has.
 */
u32 fuzz_target_route(struct fuzz_target *t, bool raw);

/*
 * Returns NULL if any engine has what @c needs, else why the first one has not (freed by the
 * caller).
 */
char *fuzz_target_lacks(const struct fuzz_target *t, const struct bpf_case *c);

/*
 * Milliseconds that a load may take. The verifier gives up after a million insns: minutes in an
 * emulated guest, and as long as ten thousand other programs in a native one.
 */
u32 fuzz_target_patience(const struct fuzz_target *t);
void fuzz_target_took(struct fuzz_target *t, u32 us); /* records the time that a load took */

/* Returns the case of @in for the present route; the caller frees. */
struct bpf_case *fuzz_target_case(const struct fuzz_target *t, const struct fuzz_input *in);

/*
 * Run @p->c in the model, and set nr_vecs to the number of leading vectors that the model can run
 * and that end with pointers in the same registers: the wrapper is made for these. 0: the program
 * can only be loaded.
 */
void fuzz_target_model(struct fuzz_target *t, struct prediction *p);

/* Can engine @i of the present route run @p? */
bool fuzz_target_takes(const struct fuzz_target *t, u32 i, const struct prediction *p);

/* Load and run @in; fuzz_result_free() in any case. */
void fuzz_target_run(struct fuzz_target *t, const struct fuzz_input *in, struct fuzz_result *out);
void fuzz_result_free(struct fuzz_result *s);

/*
 * Check for lost memory if it is time. Returns 1 if memory was lost (t->memory tells how much), 0,
 * or the -errno of asking.
 */
int fuzz_target_check_memory(struct fuzz_target *t);

#endif
