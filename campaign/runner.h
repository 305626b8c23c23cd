/* SPDX-License-Identifier: GPL-2.0 */
/* Between the files of the runner only: its state and the steps of a run. */
#ifndef CHECKJIT_RUNNER_H
#define CHECKJIT_RUNNER_H

#include "session/engine.h"
#include "session/request.h"
#include "campaign/run.h"

#define MAX_INFLIGHT	4	/* requests that the guest has not answered yet */
#define MAX_DEATHS	24	/* of guests without an answer in between: then the engine is given up */

/* A request under way, or tried alone. */
struct job {
	const struct engine *engine;
	struct member **members;
	u32 cnt;
	enum frame_kind kind;
	struct batch *batch;	/* of the plan, or NULL */
	struct frame_prog prog;
	struct request rq;
	u32 seq;
};

/* A failure that the second CPU model has not been asked about yet. */
struct doubt {
	struct record rec;
	const struct engine *engine;
	struct member *m;
};

#define MAX_DOUBTS	64	/* that many are asked about; a port with more has other worries */

/* How often the members of one family crashed a guest on one engine. */
struct crashes {
	char *family;
	const struct engine *engine;
	u32 cnt;
};

/* Verdicts of the family that is being swept: campaign/tally.c. */
struct tally {
	struct tally_group *groups;
	u32 ngroups, groups_cap;
	struct tally_count *counts;
	u32 ncounts, counts_cap;
};

struct runner {
	const struct run_conf *conf;
	struct plan *plan;	/* that is being run: the written cases, or some thousand generated ones */
	const struct known *known;
	struct tally tally;
	struct results *results;
	struct guest_conf guest_conf;	/* conf->guest, on the CPU model of the moment */
	struct guest guest;
	bool up;		/* the guest runs */
	u32 load_flags;		/* BPF_F_*, beside what a case needs */
	u32 seq;
	u64 set_keys[WIRE_MAX_VEC_TABLES];	/* what the guest holds under each id; 0: nothing */
	u32 set_next;
	struct job *inflight[MAX_INFLIGHT];
	u32 nr_inflight;
	struct crashes *crashes;
	u32 ncrashes, crashes_cap;
	struct doubt doubts[MAX_DOUBTS];
	u32 ndoubts;
	struct plan *kept;	/* generated ones that doubts point into */
	u32 nkept, kept_cap;
	u32 boots;
	u32 answers;		/* since the last boot */
	u32 deaths;		/* since the last answer */
	u32 blamed;		/* deaths that have a record */
	bool broken;		/* the results cannot be written */
	u32 findings;		/* recorded so far */
	bool enough;		/* of them: conf->stop_after */
	struct guest first;	/* what the first guest said of itself; only the hello's fields are used */
	struct member *null_block;
	bool believed[8];	/* by engine index in conf: the null block passed */
	u64 checks;		/* vectors that ran */
	u64 cases;		/* that have a verdict on some engine */
	u64 load_us, run_us;
	u64 start_us;		/* of the first boot, by clock_us() */
	u32 hello_ms, first_ms;		/* from there to the hello, and to the first verdict of a case */
};

/* How an attempt ended for the guest. CRASHED, HUNG and GARBAGE are the deaths. */
enum attempt {
	ATTEMPT_ANSWERED,
	ATTEMPT_CRASHED,	/* died, or its kernel complained */
	ATTEMPT_HUNG,
	ATTEMPT_GARBAGE,	/* a malformed frame */
	ATTEMPT_STOPPED,	/* a signal asks the run to end */
	ATTEMPT_NO_GUEST,	/* it does not boot any more */
	ATTEMPT_FAILED,		/* the host could not make the request (too large): nothing was sent */
};

/* ---- job.c: one request ---- */

struct job *job_new(struct runner *r, const struct engine *e, struct member **m, u32 cnt, enum frame_kind kind, u32 flags);
void job_free(struct job *job);
/* Send (and the vectors before it where the guest has them not). 0 or -errno. */
int job_send(struct runner *r, struct job *job);
/* Wait for the answer to @job, the oldest in flight. @reply is valid until the next call on the guest; @console gets
 * the kernel's words on a crash (caller frees). */
enum attempt job_receive(struct runner *r, struct job *job, struct reply *reply, char **console);
/* Boot if needed, send, receive, with nothing else in flight. */
enum attempt job_try(struct runner *r, struct job *job, struct reply *reply, char **console);
int runner_boot(struct runner *r);

/* ---- run_engine.c: a plan on an engine ---- */

/* The null block, which the caller frees. */
struct member *null_member(void);
/* The null block on engine @i of the run: sets believed[i]. False where the run must end. */
bool begin_engine(struct runner *r, u32 i);
/* The plan at hand on engine @i, whose null block was run before. False where the run must end. */
bool run_engine(struct runner *r, u32 i);

/* ---- run_sweep.c ---- */

/* All generated cases of the run on all its engines. False where the run must end. */
bool run_sweep(struct runner *r, FILE *stats);

/* ---- run.c ---- */

/* The guest does not boot: why, and its last words, on stderr. */
void say_boot_failure(struct runner *r, int err);

/* ---- judge.c: an answer becomes verdicts ---- */

/* How an answer to a job of several members is to be taken. */
enum judgement {
	JUDGED,			/* every member has its verdict */
	JUDGE_SPLIT,		/* something is wrong in it: look at the members apart */
	JUDGE_GROUPS,		/* the JIT refuses something in it: look at each group of generated cases apart */
	JUDGE_MISMATCH,		/* those without a verdict by now have computed something else */
};

enum judgement judge_batch(struct runner *r, struct job *job, const struct reply *reply);
/* A member that ran alone: ends in a verdict, with all that is known, unless the run ends. May run it again under another frame.
 * @company: the number of others in whose company it was wrong before, 0: it was not. */
void judge_one(struct runner *r, const struct engine *e, struct member *m, const struct reply *reply, bool company);
/* After all @lanes of a block that was wrong ran alone: where none was at fault, the block itself is the finding. */
void judge_held(struct runner *r, const struct engine *e, struct member **lanes, u32 cnt, u32 others);

/* A load that failed because only native code could run the program. */
bool wants_jit(const struct reply *reply);
/* Refused, as the case wants it? */
bool refusal_expected(const struct bpf_case *c, const struct reply *reply);
/* An engine that claims to interpret but has native code, or to blind but changed nothing (@b: what the JIT made of the
 * same program, or NULL): why no verdict is to be had, or NULL. */
const char *disproved(const struct engine *e, const struct batch *b, const struct reply *reply);

/* Has @m a verdict on @e already, or one in doubt? Those of an interrupted run that goes on count. */
bool has_verdict(struct runner *r, const struct engine *e, const struct member *m);
/* Note that @m has a verdict. True: it is one of a count of generated cases, and @rec is gone. */
bool verdict_counted(struct runner *r, const struct engine *e, struct member *m, struct record *rec);
void verdict_add(struct runner *r, const struct engine *e, struct member *m, struct record *rec);
/* The same without a look at the counts of generated cases. */
void verdict_record(struct runner *r, const struct engine *e, const struct member *m, struct record *rec);
void verdict_simple(struct runner *r, const struct engine *e, struct member *m, enum verdict v, const char *reason);

/* Does results/known say that @m kills or hangs the guest on @e? */
bool known_killer(const struct runner *r, const struct engine *e, const struct member *m);

/* Run @m alone under @kind with its whole state shown, and compare. */
struct diff;
enum attempt run_dumped(struct runner *r, const struct engine *e, struct member *m, enum frame_kind kind, struct diff *diff,
			char **console);

/* ---- resolve.c: find the one at fault ---- */

/* Give each of @members its verdict, whatever it takes. Returns false where the run must end. */
bool resolve(struct runner *r, const struct engine *e, struct member **members, u32 cnt);
/* The same, one group of generated cases after the other. */
bool resolve_groups(struct runner *r, const struct engine *e, struct member **members, u32 cnt);
/* The same for those members of @job whose state differed. */
bool resolve_mismatch(struct runner *r, const struct job *job);
/* All that were in flight when the guest died of @how. */
bool resolve_inflight(struct runner *r, enum attempt how, const char *console);
/* Why @m is not to be run on @e any more, or NULL. */
const char *quarantined(struct runner *r, const struct engine *e, const struct member *m);
bool died(enum attempt how);
/* The verdict on what died so. */
enum verdict attempt_verdict(enum attempt how);
/* The guest dies of @m alone, from a fresh boot. */
void verdict_died(struct runner *r, const struct engine *e, struct member *m, enum attempt how, const char *console);
/* It died while it had @jobs, and nobody does it again. */
void unattributed(struct runner *r, const struct engine *e, enum attempt how, const char *console, struct job *const *jobs,
		  u32 njobs);

/* ---- second.c: the failures on the arch's second CPU model ---- */

/* Keep @rec (taken over) until settle_doubts(), or record it at once where there is nothing to ask or no room. */
void verdict_doubt(struct runner *r, const struct engine *e, struct member *m, struct record *rec);
/* Ask the second CPU model (unless @ask is false) and record all that was in doubt. */
void settle_doubts(struct runner *r, bool ask);


#endif
