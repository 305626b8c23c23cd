/* SPDX-License-Identifier: GPL-2.0 */
/* The ways in which a kernel can run a program; one row each in engine.c. */
#ifndef CHECKJIT_ENGINE_H
#define CHECKJIT_ENGINE_H

#include "proto/wire.h"
#include "bpf/case.h"
#include "gen/sweep.h"
#include "session/guest.h"

struct engine {
	const char *name;
	u32 wire;		/* enum wire_engine */
	enum cap cap;		/* the kernel has this engine */
	const char *missing;	/* what to say where it has not */
	enum sweep_reach reach;	/* runs what gets so far */
	bool native;		/* proves itself by native code; else by its absence */
	bool blinded;		/* must differ from the engine "jit" where there are immediates */
	bool raw;		/* without the verifier: session/raw.h */
	bool unpriv;		/* as a socket filter of a loader without capabilities: session/unpriv.h */
};

extern const struct engine engines[];
extern const u32 nr_engines;

const struct engine *engine_by_name(const char *name);

/* All of them in the order of the table, separated by blanks; the caller frees. */
char *engine_names(void);

/* Names separated by blanks or commas to at most @max rows; @cnt of them. 0, or -EINVAL, said on stderr. */
int engines_parse(const char *list, const struct engine **out, u32 max, u32 *cnt);

/* Is a case that gets so far one for @e of guest @g? Where there is no JIT to come first, interpreters do. */
bool engine_reached(const struct engine *e, const struct guest *g, enum sweep_reach reach);

/*
 * Why @c cannot run on @e of guest @g, as a text for SKIP (caller frees), or NULL: it can.
 */
char *engine_lacks(const struct engine *e, const struct guest *g, const struct bpf_case *c);

#endif
