/* SPDX-License-Identifier: GPL-2.0 */
/* The engines: the ways in which a kernel can run a program, from proto/engines.h. */
#ifndef CHECKJIT_ENGINE_H
#define CHECKJIT_ENGINE_H

#include "proto/wire.h"
#include "bpf/case.h"
#include "session/guest.h"

struct engine {
	const char *name;
	u32 wire;	     /* enum wire_engine */
	enum cap cap;	     /* the kernel has this engine */
	const char *missing; /* SKIP reason where the kernel lacks it */
	u32 one_in;	     /* it runs one in so many cases of the quick sweep: proto/engines.h */
	bool native;	     /* must show native code; other engines must show none */
	bool blinded; /* constant blinding: programs with immediates differ from the plain JIT's */
	bool raw;     /* bypasses the verifier: session/raw.h */
	bool unpriv;  /* loads socket filters without capabilities: session/unpriv.h */
	u32 load_flags; /* BPF_F_TEST_*: like another engine, but loaded with these */
};

enum { NR_ENGINES = WIRE_NR_ENGINES };

/* By enum wire_engine. */
extern const struct engine engines[NR_ENGINES];
extern const u32 nr_engines;

const struct engine *engine_by_name(const char *name);

/* The engine like @e that uses the verifier, or NULL if @e is not raw. */
const struct engine *engine_verified(const struct engine *e);

/* The engine that interprets what @e hands to the JIT, by the same route. */
const struct engine *engine_interp(const struct engine *e);

/* The engine like @e that loads without test flags, or NULL if @e does. */
const struct engine *engine_plain(const struct engine *e);

/* All names in the order of the table, separated by blanks; the caller frees. */
char *engine_names(void);

/*
 * Look up the engines named in @list, separated by blanks or commas. @out gets each once, @cnt of
 * them. Returns 0, or -EINVAL after printing the error.
 */
int engines_parse(const char *list, const struct engine *out[NR_ENGINES], u32 *cnt);

/* Returns why @c cannot run on @e of guest @g, a reason for SKIP (caller frees), or NULL. */
char *engine_lacks(const struct engine *e, const struct guest *g, const struct bpf_case *c);

#endif
