/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A guest: one QEMU that runs the agent, and the byte stream to it. Boots it, sends and checks
 * messages, notices its death and what its console says. Knows nothing of cases.
 *
 * Nothing that a guest sends is trusted: lengths are bounded, checksums verified; the first
 * violation ends the session with -EBADMSG, and the caller boots anew.
 */
#ifndef CHECKJIT_GUEST_H
#define CHECKJIT_GUEST_H

#include <sys/types.h>
#include "proto/caps.h"
#include "proto/wire.h"
#include "lib/types.h"

struct guest_conf {
	const char *arch;
	const char *image; /* directory of images/build.sh */
	const char *initrd;
	const char *boot;     /* the boot script; NULL: runners/qemu/boot.sh */
	const char *console;  /* path of the console log, appended to */
	const char *cpu;      /* QEMU_CPU for boot.sh, or NULL */
	const char *settings; /* that boot.sh reads beside these: lines "NAME: value"; NULL: none */
	int boot_timeout;     /* seconds to the hello */
	int reply_timeout; /* seconds of silence until a guest counts as hung; those that the host
			      had no CPU for it are not among them */
	const char
		*gcov; /* directory that gets the counters of each guest that ends well, or NULL */
};

struct guest_msg {
	u32 type, seq, len;
	u8 *data; /* valid until the next call on the guest; in the guest's byte order */
};

struct guest_buf {
	u8 *data;
	size_t len, cap, pos;
};

struct guest {
	const struct guest_conf *conf;
	pid_t pid; /* of QEMU; 0: not running */
	int fd;
	struct guest_buf in, out;
	int patience;	   /* seconds beyond reply_timeout: the answer waited for is a long one */
	u64 delay_ms;	   /* host delay while waiting for it since its boot */
	u64 delay_seen;	   /* host_delay_ms() when it was last read */
	long console_from; /* where this boot's console begins in the log */
	long console_seen; /* how far guest_splat() has read */
	/* from the hello, in host order */
	enum byte_order order;
	u32 word_bits, max_payload, io_size;
	char release[64], machine[64];
	bool have[NR_CAPS];
	int cap_err[NR_CAPS];
	u32 hello_ms; /* boot to hello */
	u8 *hello;    /* the hello message, as it came */
	size_t hello_len;
};

/*
 * Boot and wait for the hello. 0; -ETIMEDOUT: no hello in time; -EPIPE: QEMU ended before;
 * -EBADMSG: not the protocol; -ENODEV: the kernel says that it has no virtio port or cannot mount
 * the initramfs; -ENOENT: boot.sh could not start.
 */
int guest_boot(struct guest *g, const struct guest_conf *conf);

/* Queue one message; @data is copied. It travels while guest_recv() waits. -EMSGSIZE beyond the
 * agent's limit. */
int guest_send(struct guest *g, u32 type, u32 seq, const void *data, size_t len);

/*
 * The next message. 0; -ETIMEDOUT after reply_timeout (and patience) seconds without a byte;
 * -EPIPE: the guest is gone; -EBADMSG: garbage, or the agent complains; -EINTR: a signal asked to
 * stop.
 */
int guest_recv(struct guest *g, struct guest_msg *f);

/* Anything in the console since the last call that a healthy kernel does not say (oops, WARN,
 * KASAN, …): the excerpt (caller frees), or NULL. */
char *guest_splat(struct guest *g);

/* The last @max bytes of this boot's console; caller frees, never NULL. */
char *guest_console_tail(struct guest *g, size_t max);

/* Say goodbye and wait for power-off (a few seconds), or kill. Both leave g->pid 0. */
void guest_bye(struct guest *g);
void guest_kill(struct guest *g);

/* Integers of a message, in the guest's order. */
u32 guest_u32(const struct guest *g, const void *p);
u64 guest_u64(const struct guest *g, const void *p);

/* Set by a signal handler: guest_recv() returns -EINTR as soon as it can. */
extern volatile int guest_stop;
/* From here on SIGINT, SIGTERM and SIGHUP set it, and a guest that goes away is no SIGPIPE. */
void guest_catch_signals(void);

#endif
