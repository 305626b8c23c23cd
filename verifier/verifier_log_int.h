/* SPDX-License-Identifier: GPL-2.0 */
/* Shared by the files that read the verifier's log. */
#ifndef CHECKJIT_VERIFIER_LOG_INT_H
#define CHECKJIT_VERIFIER_LOG_INT_H

#include "verifier/verifier_log.h"

/* The unread rest of a line. */
struct scan {
	const char *p, *end;
};

static inline bool scan_char(struct scan *s, char c)
{
	if (s->p == s->end || *s->p != c)
		return false;
	s->p++;
	return true;
}

bool vlog_word(struct scan *s, const char *word); /* skips @word if it comes next */
bool vlog_number(struct scan *s, u64 *out);	  /* "12", "-12" or "0xc", without leading zeros */

/* Append one state, the rest of its line, to log->states. Returns false if it is not a state. */
bool vlog_parse_state(struct vlog *log, struct scan s, bool whole);

#endif
