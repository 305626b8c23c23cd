/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A guest: one QEMU that runs the agent, and the byte stream to it. Boots it, sends and checks
 * messages, notices its death and kernel complaints. Knows nothing of cases.
 *
 * Nothing that a guest sends is trusted: lengths are bounded and checksums verified. The first
 * violation ends the boot with -EBADMSG, and the caller boots again.
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
	const char *console;  /* console log, appended to */
	const char *cpu;      /* QEMU_CPU for boot.sh, or NULL */
	const char *settings; /* what else boot.sh reads, as lines "NAME: value"; NULL: nothing */
	int boot_timeout;     /* seconds to the hello */
	int reply_timeout;    /* seconds of silence (without host delay) until it counts as hung */
	const char *gcov; /* directory for the coverage counters of guests that end well, or NULL */
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
	int patience;	   /* seconds beyond reply_timeout for the current answer */
	u64 delay_ms;	   /* host delay that fell into waits for it, since the boot */
	u64 delay_seen;	   /* last host_delay_ms() */
	long console_from; /* offset of this boot's console in the log */
	long console_seen; /* offset up to which it was read */
	/* from the hello, in host order */
	enum byte_order order;
	u32 word_bits, max_payload, io_size;
	char release[64], machine[64];
	bool have[NR_CAPS];
	int cap_err[NR_CAPS];
	u32 hello_ms; /* boot to hello */
	u8 *hello;    /* the hello message as received */
	size_t hello_len;
};

/*
 * Boot and wait for the hello. Returns 0; -ETIMEDOUT: no hello in time; -EPIPE: QEMU ended;
 * -EBADMSG: not the protocol; -ENODEV: the kernel lacks a virtio port or cannot mount the
 * initramfs; -ENOENT: boot.sh could not start.
 */
int guest_boot(struct guest *g, const struct guest_conf *conf);

/*
 * Queue one message; @data is copied. guest_recv() transmits it. Returns 0, or -EMSGSIZE if it
 * exceeds the agent's limit.
 */
int guest_send(struct guest *g, u32 type, u32 seq, const void *data, size_t len);

/*
 * Receive the next message. Returns 0; -ETIMEDOUT after reply_timeout and patience without a byte;
 * -EPIPE: the guest is gone; -EBADMSG: garbage, or WIRE_ERROR; -EINTR: a signal asks to stop.
 */
int guest_recv(struct guest *g, struct guest_msg *f);

/*
 * Search the console since the last call for messages that a healthy kernel does not print (oops,
 * WARN, KASAN, …). Returns an excerpt (caller frees), or NULL.
 */
char *guest_splat(struct guest *g);

/* What the console got since guest_splat() or this read it (caller frees), or NULL. */
char *guest_console_more(struct guest *g);

/* The last @max bytes of this boot's console; never NULL, the caller frees. */
char *guest_console_tail(struct guest *g, size_t max);

/* guest_bye() asks the guest to power off and kills it after BYE_SECONDS. Both leave g->pid 0. */
void guest_bye(struct guest *g);
void guest_kill(struct guest *g);

/* Read an integer of a message, which is in the guest's byte order. */
u32 guest_u32(const struct guest *g, const void *p);
u64 guest_u64(const struct guest *g, const void *p);

/* A signal handler sets it: guest_recv() then returns -EINTR as soon as it can. */
extern volatile int guest_stop;
/* Make SIGINT, SIGTERM and SIGHUP set guest_stop, and ignore SIGPIPE. */
void guest_catch_signals(void);

#endif
