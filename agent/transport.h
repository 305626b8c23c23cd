/* SPDX-License-Identifier: GPL-2.0 */
/* The byte stream to the host and the messages on it (proto/wire.h). */
#ifndef CHECKJIT_AGENT_TRANSPORT_H
#define CHECKJIT_AGENT_TRANSPORT_H

#include "agent/types.h"

/*
 * Open the virtio port, the device of checkjit.port=, or as a program stdin and stdout. Returns 0,
 * or -errno after printing the error.
 */
int transport_open(void);

/*
 * Read and check the next message. *@payload is 8-byte aligned and valid until the next call. At
 * the end of the stream: leave().
 */
void msg_read(struct wire_hdr *hdr, const void **payload);

/* Where the payload of the next answer is built: WIRE_MAX_PAYLOAD bytes, 8-byte aligned. */
u8 *msg_buf(void);

/* Send the first @len bytes of msg_buf() as a message. */
void msg_send(u32 type, u32 seq, u32 len);

/* The host broke the protocol: send WIRE_ERROR with this text and leave(). */
__attribute__((noreturn)) void __printf(1, 2) protocol_error(const char *fmt, ...);

#endif
