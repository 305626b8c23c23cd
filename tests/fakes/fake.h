/* SPDX-License-Identifier: GPL-2.0 */
/* Messages as a guest sends them, good and bad; in the host's byte order. */
#ifndef CHECKJIT_FAKE_H
#define CHECKJIT_FAKE_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "proto/caps.h"
#include "proto/hash.h"
#include "proto/wire.h"

#define PORT 3 /* the data socket: fd 3 of the boot script */

static inline void msg_sum(struct wire_hdr *h, const void *payload)
{
	struct wire_hash sum;

	wire_hash_init(&sum);
	for (uint32_t i = 0; i < h->len / 4; i++)
		wire_hash_word(&sum, ((const uint32_t *)payload)[i]);
	h->check[0] = sum.a;
	h->check[1] = sum.b;
}

/* False: the other side has gone. */
static inline int write_all(int fd, const void *data, size_t len)
{
	for (const char *p = data; len;) {
		ssize_t n = write(fd, p, len);

		if (n <= 0)
			return 0;
		p += n;
		len -= n;
	}
	return 1;
}

static inline int read_all(int fd, void *data, size_t len)
{
	for (char *p = data; len;) {
		ssize_t n = read(fd, p, len);

		if (n <= 0)
			return 0;
		p += n;
		len -= n;
	}
	return 1;
}

#endif
