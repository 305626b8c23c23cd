/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a guest is at, for the one line that it has on a terminal. `checkjit job` paints these lines
 * (cmd/live.h). Programs that it starts write to the pipe whose number is in CHECKJIT_LIVE=, a line
 * each time: STATUS_MARK, the name of the guest, a tab, and the text. Without a text, the line
 * goes. Other lines in the pipe are messages.
 */
#ifndef CHECKJIT_STATUS_H
#define CHECKJIT_STATUS_H

#include "lib/types.h"

#define STATUS_MARK	'\036'
#define STATUS_ENV	"CHECKJIT_LIVE"
#define STATUS_NAME_ENV "CHECKJIT_LIVE_NAME" /* another name for the one guest of a job */

/* Does anybody paint? Otherwise progress is a line on stderr now and then. */
bool status_painted(void);
/* @name is at @text; NULL: at nothing. Does nothing if nobody paints. */
void status_set(const char *name, const char *text);

#endif
