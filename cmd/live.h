/* SPDX-License-Identifier: GPL-2.0 */
/* On a terminal: one line for each guest, which changes (lib/status.h); messages go above them. */
#ifndef CHECKJIT_LIVE_H
#define CHECKJIT_LIVE_H

/*
 * From here on a process of its own paints what this program and those that it starts write to
 * stderr, and to stdout if that is a terminal. Does nothing if stderr is no terminal, or if
 * somebody paints already.
 */
void live_begin(void);
/* The lines go; stderr and stdout are as before. Nothing happens without a live_begin(). */
void live_end(void);

#endif
