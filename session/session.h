/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A session: one kernel under test, in a guest that is booted again after each death. It knows
 * which vectors the current guest holds, and notices complaints of its kernel. session/exec.h sends
 * cases.
 */
#ifndef CHECKJIT_SESSION_H
#define CHECKJIT_SESSION_H

#include "bpf/case.h"
#include "session/engine.h"
#include "session/known.h"

struct session {
	struct guest_conf conf; /* read at each boot: CPU model and timeouts may change */
	struct guest guest;	/* points to @conf: do not move a session */
	struct guest first;	/* hello of the first guest; its other members are not valid */
	bool up;		/* the guest runs */
	bool stop;		/* send nothing more, as after a signal */
	u32 load_flags;		/* BPF_F_* for every load, besides those that a case needs */
	struct quirks quirks[NR_ENGINES]; /* by enum wire_engine: session_expect() */
	quirk_set watch;		  /* those of any engine */
	u32 seq;
	u64 vec_keys[WIRE_MAX_VEC_TABLES]; /* vectors that the guest holds, by id; 0: none */
	u32 vec_next;
	u32 boots;
	u32 answers; /* since the last boot */
	u32 deaths;  /* since the last answer */
	u64 load_us, run_us;
	char *gcov_dir; /* coverage counters of this boot, or NULL */
	u64 gcov_us;	/* clock_us() when they were last fetched, or 0 */
};

/* Boot the first guest; @conf is copied. Returns 0, or -errno after printing the reason. */
int session_open(struct session *s, const struct guest_conf *conf);

/*
 * Boot a guest if none runs. Returns 0; -errno of guest_boot(); -ESTALE: it runs another kernel
 * than the first guest.
 */
int session_boot(struct session *s);

/*
 * Take the quirks that @known lists for the engines of this kernel: the judge expects states with
 * them. @known may be NULL: none.
 */
void session_expect(struct session *s, const struct known *known);

/* From now on a guest counts as hung after @seconds of silence. Returns the previous value. */
int session_patience(struct session *s, int seconds);
/*
 * The same with a sixth of the present value, or HURRY_SECONDS if that is more: for searches, whose
 * candidates may keep the verifier busy for minutes, and for what is known to hang.
 */
#define HURRY_SECONDS 5
int session_hurry(struct session *s);

/* session_end() lets the guest power off, session_kill() kills it. The next request boots again. */
void session_end(struct session *s);
void session_kill(struct session *s);

/* Queue @vectors if the guest lacks them; *@id names them from now on. Returns 0 or -EMSGSIZE. */
int session_send_vectors(struct session *s, const struct vectors *vectors, u32 *id);

/*
 * Ask for the free memory of the guest: *@kb in KiB, 0 if it cannot tell. Returns 0, or -errno
 * after killing the guest. Nothing may be in flight.
 */
int session_free_memory(struct session *s, u64 *kb);

/*
 * Fetch the coverage counters of the guest if guest_conf.gcov is set; session_end() does so, too.
 * Nothing may be in flight. session_counters_due(): was the last fetch long ago?
 */
void session_counters(struct session *s);
bool session_counters_due(const struct session *s);

/*
 * Returns the kernel's complaint from its first line on, or else the console's end. The caller
 * frees.
 */
char *session_last_words(struct session *s);

#endif
