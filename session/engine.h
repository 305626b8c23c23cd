/* SPDX-License-Identifier: GPL-2.0 */
/* The ways in which a kernel can run a program, from proto/engines.h. */
#ifndef CHECKJIT_ENGINE_H
#define CHECKJIT_ENGINE_H

#include "proto/wire.h"
#include "bpf/case.h"
#include "session/guest.h"

struct engine {
	const char *name;
	u32 wire;	     /* enum wire_engine */
	enum cap cap;	     /* the kernel has this engine */
	const char *missing; /* what to say where it has not */
	u32 one_in;	     /* how much of the quick sweep it gets: proto/engines.h */
	bool native;	     /* proves itself by native code; else by its absence */
	bool blinded; /* its programs differ from those of the plain JIT where they have immediates
		       */
	bool raw;     /* without the verifier: session/raw.h */
	bool unpriv;  /* as a socket filter of a loader without capabilities: session/unpriv.h */
};

enum { NR_ENGINES = WIRE_NR_ENGINES };

/* By enum wire_engine. */
extern const struct engine engines[NR_ENGINES];
extern const u32 nr_engines;

const struct engine *engine_by_name(const char *name);

/* The engine that is  but for the verifier, for raw ones; else NULL. */
const struct engine *engine_verified(const struct engine *e);

/* All of them in the order of the table, separated by blanks; the caller frees. */
char *engine_names(void);

/*
 * The rows of the names in @list, which blanks or commas separate; @cnt of them, each once. 0, or
 * -EINVAL, said on stderr.
 */
int engines_parse(const char *list, const struct engine *out[NR_ENGINES], u32 *cnt);

/*
 * Why @c cannot run on @e of guest @g, as a text for SKIP (caller frees), or NULL: it can.
 */
char *engine_lacks(const struct engine *e, const struct guest *g, const struct bpf_case *c);

#endif
