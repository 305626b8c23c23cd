/* SPDX-License-Identifier: GPL-2.0 */
/* The warm guest server of `make vm`: keeps a guest booted, lends it to one client at a time. */
#ifndef CHECKJIT_WARM_SERVER_H
#define CHECKJIT_WARM_SERVER_H

#include "session/guest.h"

/*
 * Boot, listen at @path, serve until a signal sets guest_stop. A client that sends BYE leaves the
 * guest as it is. If a client leaves without BYE, or the guest dies or its kernel complains, the
 * guest is booted again. Returns an exit code of lib/util.h.
 */
int warm_serve(const struct guest_conf *conf, const char *path);

#endif
