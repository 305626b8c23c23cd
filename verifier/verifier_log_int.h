/* SPDX-License-Identifier: GPL-2.0 */
/* Between the files that read the verifier's log. */
#ifndef CHECKJIT_VERIFIER_LOG_INT_H
#define CHECKJIT_VERIFIER_LOG_INT_H

#include "verifier/verifier_log.h"

/* What is still to be read of a line. */
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

bool vlog_word(struct scan *s, const char *word);	/* skips @word where it comes next */
bool vlog_number(struct scan *s, u64 *out);		/* "12", "-12" or "0xc", and nothing with zeros before it */

/* One state, the rest of its line, becomes the last of log->states. False where it is none. */
bool vlog_parse_state(struct vlog *log, struct scan s, bool whole);

#endif
