/* SPDX-License-Identifier: GPL-2.0 */
/* Keep one guest warm, and lend it to one client after the other. */
#ifndef CHECKJIT_WARM_SERVER_H
#define CHECKJIT_WARM_SERVER_H

#include "session/guest.h"

/*
 * Boot, listen at @path, serve until a signal sets guest_stop. A client that says BYE leaves the
 * guest as it is; after one that goes without, in the middle of a request or not, the next one
 * finds a guest that was booted anew, as it does after a death or a complaint of the kernel.
 * Returns an exit code of lib/util.h.
 */
int warm_serve(const struct guest_conf *conf, const char *path);

#endif
