/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The unix socket on which clients ask the warm guest server (session/warm_server.h) for its guest.
 * A client names the guest that it would boot. If the server has that guest, the client hands over
 * its end of the byte stream and its console, and the server then acts as QEMU. The connection
 * stays open for as long as both use it.
 */
#ifndef CHECKJIT_WARM_H
#define CHECKJIT_WARM_H

#include "session/guest.h"

#define WARM_MAX_TEXT 32768 /* bytes of a message: an identity contains command lines */

/*
 * Returns what identifies a guest, as lines "what: value": image, agent, CPU, and the settings of
 * boot.sh (caller frees). NULL: the initramfs cannot be read.
 */
char *warm_identity(const struct guest_conf *conf);
/* Describes the first line in which they differ; caller frees. NULL: they are equal. */
char *warm_difference(const char *have, const char *want);

/*
 * Listen at @path, whose directory may be of any length; replaces a stale socket. Returns a
 * descriptor; -EBUSY: a server is alive there; or another -errno.
 */
int warm_listen(const char *path);

/*
 * Ask the server at @path for the guest @identity. With @data and @console (else -1) the server
 * takes and serves them. Returns the connection, which ends with the service; -ENOENT: no server;
 * -ESRCH: another guest, or it is busy, and *@why (caller frees) tells; or another -errno.
 */
int warm_ask(const char *path, const char *identity, int data, int console, char **why);

/* A request from an accepted connection. */
struct warm_request {
	char *identity;
	int data, console; /* -1: it only asks */
};

/* Returns 0; -EINVAL: malformed, and its descriptors are closed. */
int warm_receive(int conn, struct warm_request *rq);
/* Grant the request if @why is NULL, else refuse it. */
void warm_answer(int conn, const char *why);
void warm_request_free(struct warm_request *rq);

#endif
