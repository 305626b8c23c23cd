/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where those who want a guest meet the one that keeps it warm (session/warm_server.h): a unix
 * socket. The wanting one names the guest that it would boot; if it is the one kept, it hands over
 * its end of the byte stream and its console, and from then on speaks with the keeper as if it were
 * QEMU. The connection stays open as long as both are there.
 */
#ifndef CHECKJIT_WARM_H
#define CHECKJIT_WARM_H

#include "session/guest.h"

#define WARM_MAX_TEXT 32768 /* bytes of a message: an identity has command lines in it */

/* All that tells one guest from another, as lines "what: value": image, agent, CPU, and what
 * boot.sh takes from the environment. NULL: the initramfs cannot be read. */
char *warm_identity(const struct guest_conf *conf);
/* The first line in which they differ, in words; caller frees. NULL: none. */
char *warm_difference(const char *have, const char *want);

/* Listen at @path, whose directory may be of any length; a socket that nobody listens at any more
 * is replaced. A descriptor; -EBUSY: somebody is alive there; or another -errno. */
int warm_listen(const char *path);

/*
 * Ask the keeper at @path for the guest @identity. With @data and @console (else -1) it takes these
 * and serves them. The connection: what ends when the keeper's service does. -ENOENT: there is no
 * keeper; -ESRCH: not this guest, or not now, and *@why (caller frees) says so; or another -errno.
 */
int warm_ask(const char *path, const char *identity, int data, int console, char **why);

/* What came in on a connection that was accepted. */
struct warm_request {
	char *identity;
	int data, console; /* -1: only asked */
};

/* 0, or -EINVAL: malformed; the descriptors that came with it are closed. */
int warm_receive(int conn, struct warm_request *rq);
/* Grant it (@why NULL) or not. */
void warm_answer(int conn, const char *why);
void warm_request_free(struct warm_request *rq);

#endif
