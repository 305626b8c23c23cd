/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A session: one kernel under test, in a guest that is booted again after each of its deaths. It
 * knows what the guest of the moment holds, and notices when its kernel complains. Cases are sent
 * by session/exec.h.
 */
#ifndef CHECKJIT_SESSION_H
#define CHECKJIT_SESSION_H

#include "bpf/case.h"
#include "session/guest.h"

struct session {
	struct guest_conf conf; /* the next boot reads it: CPU model and timeouts may change */
	struct guest guest;	/* points to @conf: a session must not be moved */
	struct guest first;	/* the first guest's hello; nothing else of it is valid */
	bool up;		/* the guest runs */
	bool stop;		/* send nothing more, as if a signal had asked for it */
	u32 load_flags;		/* BPF_F_* for every load, beside those that a case needs */
	u32 seq;
	u64 vec_keys[WIRE_MAX_VEC_TABLES]; /* the vectors that the guest holds, by id; 0: none */
	u32 vec_next;
	u32 boots;
	u32 answers; /* since the last boot */
	u32 deaths;  /* since the last answer */
	u64 load_us, run_us;
	char *gcov_dir; /* where this boot has left its coverage counters, or NULL */
	u64 gcov_us;	/* when; 0: not yet */
};

/* Boot the first guest. 0, or -errno with the reason said on stderr; @conf is copied. */
int session_open(struct session *s, const struct guest_conf *conf);

/*
 * Boot a guest if none runs. 0 or -errno of guest_boot(); -ESTALE: the kernel is not the one that
 * the first guest ran.
 */
int session_boot(struct session *s);

/* Let the guest power off, or kill it. The next request boots another one. */
void session_end(struct session *s);
void session_kill(struct session *s);

/*
 * The guest holds @vectors from now on: *@id names them. They are queued if the guest lacks them.
 * 0 or -EMSGSIZE.
 */
int session_send_vectors(struct session *s, const struct vectors *vectors, u32 *id);

/*
 * KiB that are free in the guest, in *@kb; 0: the guest cannot tell. 0, or -errno, and the guest is
 * killed. Nothing may be in flight.
 */
int session_free_memory(struct session *s, u64 *kb);

/*
 * Fetch the coverage counters of a guest that is configured so (guest_conf.gcov); session_end()
 * does it. Nothing may be in flight. _due(): the last time is long ago.
 */
void session_counters(struct session *s);
bool session_counters_due(const struct session *s);

/* The guest's last words: its kernel's complaint from the first line on, or the console's end. */
char *session_last_words(struct session *s);

#endif
