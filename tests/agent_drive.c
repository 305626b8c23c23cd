// SPDX-License-Identifier: GPL-2.0
/*
 * Drives the agent in a real guest from the host's end of the wire, with programs encoded by
 * hand: no assembler, model or session of the project is involved, so that a failure here is the
 *agent's.
 *
 *	agent_drive ARCH IMAGEDIR INITRD talk|malformed|soak
 *
 * KTAP on stdout, the guest's console in ${CONSOLE_LOG-/dev/null}.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "proto/caps.h"
#include "proto/hash.h"
#include "proto/wire.h"

typedef wire_u8 u8;
typedef wire_u32 u32;
typedef wire_u64 u64;

#define SLOT_REGS 80u
#define SLOT_WIN  64u
#define SLOT_OUT  96u /* ten registers, and 16 bytes that stay poison */
#define SLOT	  (SLOT_REGS + SLOT_WIN + SLOT_OUT)
#define CTX	  16u
#define NCOLS	  16u
#define NVECS	  256u

static const char *arch, *imagedir, *initrd;
static int sock = -1;
static pid_t guest;
static bool be; /* the guest's byte order */
static struct wire_hello hello;
static u8 caps[NR_CAPS];
static u32 seq;
static int test_nr, failures;

static void ok(bool good, const char *fmt, ...)
{
	va_list ap;

	printf("%s %d ", good ? "ok" : "not ok", ++test_nr);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	printf("\n");
	fflush(stdout);
	failures += !good;
}

static void die(const char *what)
{
	printf("Bail out! %s: %s\n", arch, what);
	if (guest > 0)
		kill(guest, SIGKILL);
	exit(3);
}

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

/* ---- bytes in the guest's order ---- */

struct buf {
	u8 *p;
	u32 len, cap;
};

static void put(struct buf *b, const void *p, u32 n)
{
	if (b->len + n > b->cap) {
		b->cap = 2 * (b->len + n);
		b->p = realloc(b->p, b->cap);
	}
	memcpy(b->p + b->len, p, n);
	b->len += n;
}

static u32 g32(u32 v)
{
	return be ? __builtin_bswap32(v) : v;
}

static void put32(struct buf *b, u32 v)
{
	v = g32(v);
	put(b, &v, 4);
}

static void put64(struct buf *b, u64 v)
{
	if (be)
		v = __builtin_bswap64(v);
	put(b, &v, 8);
}

static void hash_buf(struct wire_hash *h, const u8 *p, u32 n)
{
	for (; n; n -= 4, p += 4) {
		u32 w;

		memcpy(&w, p, 4);
		wire_hash_word(h, g32(w));
	}
}

static void insn(struct buf *b, u8 code, u8 dst, u8 src, short off, int imm)
{
	u8 regs = be ? dst << 4 | src : src << 4 | dst;
	unsigned short o = be ? __builtin_bswap16(off) : off;

	put(b, &code, 1);
	put(b, &regs, 1);
	put(b, &o, 2);
	put32(b, imm);
}

/* ---- the guest ---- */

static void boot(void)
{
	const char *log = getenv("CONSOLE_LOG");
	int sv[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, sv))
		die("socketpair");
	guest = fork();
	if (!guest) {
		int fd = open(log ? log : "/dev/null", O_WRONLY | O_CREAT | O_APPEND, 0644);

		dup2(sv[1], 3);
		if (fd != 1)
			dup2(fd, 1);
		if (sv[0] != 3)
			close(sv[0]);
		execl("/bin/sh", "sh", "runners/qemu/boot.sh", arch, imagedir, initrd, NULL);
		_exit(127);
	}
	close(sv[1]);
	sock = sv[0];
	seq = 0;
}

/* Whether QEMU ended by itself within @seconds; it is gone afterwards anyhow. */
static bool guest_ends(double seconds)
{
	double end = now() + seconds;
	bool ended = false;

	while (!ended && now() < end) {
		ended = waitpid(guest, NULL, WNOHANG) == guest;
		usleep(5000);
	}
	if (!ended) {
		kill(guest, SIGKILL);
		waitpid(guest, NULL, 0);
	}
	close(sock);
	guest = 0;
	return ended;
}

static bool read_all(void *p, u32 n, int seconds)
{
	double end = now() + seconds;
	u8 *d = p;

	while (n) {
		struct pollfd pf = { .fd = sock, .events = POLLIN };
		int left = (end - now()) * 1000;
		ssize_t r;

		if (left <= 0 || poll(&pf, 1, left) <= 0)
			return false;
		r = read(sock, d, n);
		if (r <= 0)
			return false;
		d += r;
		n -= r;
	}
	return true;
}

/* The payload of the next message (static), or NULL; its header in *h, in host order. */
static u8 *recv_msg(struct wire_hdr *h, int seconds)
{
	static u8 payload[WIRE_MAX_PAYLOAD];
	struct wire_hash hash;

	if (!read_all(h, sizeof(*h), seconds))
		return NULL;
	if (h->magic == __builtin_bswap32(WIRE_MAGIC)) {
		be = true;
		for (u32 *w = (u32 *)h; w < (u32 *)(h + 1); w++)
			*w = __builtin_bswap32(*w);
	}
	if (h->magic != WIRE_MAGIC || h->len > sizeof(payload) || h->len % 8)
		die("the agent sent a malformed header");
	if (!read_all(payload, h->len, seconds))
		return NULL;
	wire_hash_init(&hash);
	hash_buf(&hash, payload, h->len);
	if (hash.a != h->check[0] || hash.b != h->check[1])
		die("the agent sent a bad checksum");
	return payload;
}

static void send_raw(const void *p, u32 n)
{
	const u8 *d = p;

	while (n) {
		ssize_t r = send(sock, d, n, MSG_NOSIGNAL);

		if (r <= 0)
			return;
		d += r;
		n -= r;
	}
}

static void put_hdr(struct buf *b, u32 type, const struct buf *payload)
{
	struct wire_hash h;

	wire_hash_init(&h);
	hash_buf(&h, payload->p, payload->len);
	put32(b, WIRE_MAGIC);
	put32(b, type);
	put32(b, ++seq);
	put32(b, payload->len);
	put32(b, h.a);
	put32(b, h.b);
}

static void send_msg(u32 type, const struct buf *payload)
{
	struct buf b = { 0 };

	put_hdr(&b, type, payload);
	if (payload->len)
		put(&b, payload->p, payload->len);
	send_raw(b.p, b.len);
	free(b.p);
}

static void boot_to_hello(void)
{
	struct wire_hdr h;
	u8 *p;

	static bool said;

	boot();
	p = recv_msg(&h, 60);
	if (!p || h.type != WIRE_HELLO || h.len < sizeof(hello))
		die("no hello");
	memcpy(&hello, p, sizeof(hello));
	for (u32 *w = (u32 *)&hello; w < (u32 *)hello.release; w++)
		*w = g32(*w);
	for (u32 i = 0; i < hello.nr_caps && i < NR_CAPS; i++) {
		u32 c[4];

		memcpy(c, p + sizeof(hello) + 16 * i, 16);
		if (g32(c[0]) < NR_CAPS)
			caps[g32(c[0])] = g32(c[1]);
		if (!g32(c[1]) && !said)
			printf("# no %s: errno %u\n",
			       (const char *[]){
#define X(n, text, flags, doc) text,
				       CHECKJIT_CAPS(X)
#undef X
			       }[i],
			       g32(c[2]));
	}
	said = true;
}

/* ---- requests ---- */

static u64 column(u32 vec, u32 col)
{
	return (vec * 0x9e3779b97f4a7c15ull + col) * 0xbf58476d1ce4e5b9ull;
}

static u8 window_byte(u32 vec, u32 i)
{
	return vec * 31 + i * 7 + 1;
}

static void put_set(struct buf *b, u32 id, u32 nvecs)
{
	put32(b, id), put32(b, nvecs), put32(b, NCOLS), put32(b, SLOT_WIN + CTX);
	for (u32 v = 0; v < nvecs; v++)
		for (u32 c = 0; c < NCOLS; c++)
			put64(b, column(v, c));
	for (u32 v = 0; v < nvecs; v++)
		for (u32 i = 0; i < SLOT_WIN + CTX; i++)
			put(b, (u8[]){ window_byte(v, i) }, 1);
}

/* The null block: r0-r9 in, nothing, r0-r9 out. */
static void put_null_block(struct buf *b, u32 start)
{
	insn(b, 0x18, 1, 6, 0, 0), insn(b, 0, 0, 0, 0, start);
	for (int k = 9; k >= 0; k--)
		if (k != 1)
			insn(b, 0x79, k, 1, 8 * k, 0);
	insn(b, 0x79, 1, 1, 8, 0);
	insn(b, 0x7b, 10, 1, -8, 0);
	insn(b, 0x18, 1, 6, 0, 0), insn(b, 0, 0, 0, 0, start);
	for (int k = 0; k < 10; k++)
		if (k != 1)
			insn(b, 0x7b, 1, k, SLOT_REGS + SLOT_WIN + 8 * k, 0);
	insn(b, 0x79, 2, 10, -8, 0);
	insn(b, 0x7b, 1, 2, SLOT_REGS + SLOT_WIN + 8, 0);
}

struct req {
	u32 engine, flags, set, first, nvecs, blocks, survivors, bad_insn, ctx;
};

static u32 set_vecs[64]; /* by id: vectors of the set that was sent */

static u32 block_col(u32 block, u32 k)
{
	return (block + k) % NCOLS;
}

/* r2 takes the next vector's value. */
static u32 turn_of(u32 set, u32 k)
{
	return k == 2 && set_vecs[set] > 1;
}

static void put_run(struct buf *b, const struct req *r)
{
	struct buf prog = { 0 };
	u32 words[12] = { r->engine, r->flags, r->set, r->first,  r->nvecs,	31,
			  1 << 4,    1,	       0,      r->blocks, r->survivors, r->ctx };

	for (u32 i = 0; i < 12; i++)
		put32(b, words[i]);
	for (u32 i = 0; i < r->blocks; i++) {
		u32 s = i * SLOT;
		u8 cols[16] = { 0 }, turns[16] = { 0 };

		put32(b, s), put32(b, SLOT), put32(b, s), put32(b, s + SLOT_REGS);
		put32(b, s + SLOT_REGS + SLOT_WIN), put32(b, SLOT_OUT);
		for (u32 k = 0; k < 10; k++) {
			cols[k] = k == 5 ? 0xff : block_col(i, k);
			turns[k] = turn_of(r->set, k);
		}
		put(b, cols, 16);
		put(b, turns, 16);
		put_null_block(&prog, s);
	}
	insn(&prog, 0xb7, 0, 0, 0, 0x77);
	if (r->bad_insn)
		insn(&prog, 0x71, 0, 3, 0, 0); /* r3 is no pointer */
	insn(&prog, 0x95, 0, 0, 0, 0);
	for (u32 i = 0; i < r->survivors; i++) { /* r0 = 0x77, once */
		insn(b, 0xb7, 0, 0, 0, 0x77);
		put64(b, ~0ull);
	}
	put32(b, prog.len / 8), put32(b, 0), put32(b, 0), put32(b, 0);
	for (int i = 0; i < 6; i++) /* attached to nothing */
		put32(b, 0);
	put(b, prog.p, prog.len);
	free(prog.p);
}

static void send_run(const struct req *r)
{
	struct buf b = { 0 };

	put_run(&b, r);
	send_msg(WIRE_RUN, &b);
	free(b.p);
}

static void send_set(u32 id, u32 nvecs)
{
	struct buf b = { 0 };

	put_set(&b, id, nvecs);
	send_msg(WIRE_VECTORS, &b);
	free(b.p);
	set_vecs[id] = nvecs;
}

static void put_slot(struct buf *s, u32 set, u32 vec, u32 block)
{
	for (int pass = 0; pass < 2; pass++) {
		for (u32 k = 0; k < 10; k++) {
			u32 from = turn_of(set, k) ? (vec + 1) % set_vecs[set] : vec;

			put64(s, k == 5 ? 0 : column(from, block_col(block, k)));
		}
		for (u32 i = 0; !pass && i < SLOT_WIN; i++)
			put(s, (u8[]){ window_byte(vec, i) }, 1);
	}
	put64(s, 0xa5a5a5a5a5a5a5a5), put64(s, 0xa5a5a5a5a5a5a5a5);
}

static void expect_hash(const struct req *r, u32 block, struct wire_hash *h)
{
	struct buf s = { 0 };

	wire_hash_init(h);
	for (u32 v = r->first; v < r->first + r->nvecs; v++) {
		s.len = 0;
		put_slot(&s, r->set, v, block);
		for (u32 i = 0; !block && i < r->ctx; i++)
			put(&s, (u8[]){ window_byte(v, SLOT_WIN + i) }, 1);
		if (!block)
			wire_hash_word(h, 0x77);
		hash_buf(h, s.p, s.len);
	}
	free(s.p);
}

static struct wire_result res;

static u8 *recv_result(int seconds)
{
	struct wire_hdr h;
	u8 *p = recv_msg(&h, seconds);

	if (!p)
		die("no answer");
	if (h.type == WIRE_ERROR) {
		printf("# WIRE_ERROR: %.*s\n", (int)h.len, p);
		die("a protocol error where none was sent");
	}
	if (h.type != WIRE_RESULT || h.len < sizeof(res))
		die("an answer that is no result");
	memcpy(&res, p, sizeof(res));
	for (u32 *w = (u32 *)&res; w < (u32 *)(&res + 1); w++)
		*w = g32(*w);
	return p + sizeof(res);
}

static bool hashes_match(const struct req *r, const u8 *p)
{
	for (u32 i = 0; i < r->blocks; i++) {
		struct wire_hash h;
		u32 got[2];

		memcpy(got, p + 8 * i, 8);
		expect_hash(r, i, &h);
		if (g32(got[0]) != h.a || g32(got[1]) != h.b) {
			printf("# block %u: %08x %08x, expected %08x %08x\n", i, g32(got[0]),
			       g32(got[1]), h.a, h.b);
			return false;
		}
	}
	return true;
}

/* ---- the tests ---- */

static const char *const engines[] = { "interp", "jit", "jit_hardened" };
static const enum cap engine_caps[] = { CAP_INTERP, CAP_JIT, CAP_JIT_HARDENED };

static void test_engine(u32 e)
{
	struct req r = { .engine = e,
			 .set = 3,
			 .first = 1,
			 .nvecs = 20,
			 .blocks = 5,
			 .survivors = 1,
			 .ctx = CTX };
	struct buf s = { 0 };
	struct wire_func func;
	u8 *p;

	send_run(&r);
	p = recv_result(30);
	if (!caps[engine_caps[e]] && res.stage == WIRE_STAGE_ENGINE) {
		ok(res.err == ENOENT, "%s: impossible here, errno %u", engines[e], res.err);
		return;
	}
	ok(res.stage == WIRE_STAGE_OK && !res.err,
	   "%s: null blocks load and run (stage %u, errno %u)", engines[e], res.stage, res.err);
	ok(hashes_match(&r, p), "%s: hashes", engines[e]);
	ok(!!res.jited_len == (e != WIRE_INTERP), "%s: jited_len %u", engines[e], res.jited_len);
	ok(res.xlated_len >= 8 * (26 * 5 + 2) && (e == WIRE_JIT_HARDENED) == (res.survived == 0),
	   "%s: %u bytes translated, %u survivors", engines[e], res.xlated_len, res.survived);

	r.flags = WIRE_DUMP | WIRE_XLATED | WIRE_JITED | WIRE_LOG | WIRE_LINFO;
	r.nvecs = 3;
	send_run(&r);
	p = recv_result(30);
	for (u32 v = r.first; v < r.first + r.nvecs; v++) {
		put32(&s, 0x77), put32(&s, 0);
		for (u32 i = 0; i < r.blocks; i++)
			put_slot(&s, r.set, v, i);
		for (u32 i = 0; i < CTX; i++)
			put(&s, (u8[]){ window_byte(v, SLOT_WIN + i) }, 1);
	}
	p += 8 * r.blocks;
	ok(res.log_len && !memchr(p, 0, res.log_len), "%s: a log of %u bytes", engines[e],
	   res.log_len);
	p += (res.log_len + 7) & ~7u;
	ok(res.dump_len == s.len && !memcmp(p, s.p, s.len), "%s: dump of %u bytes", engines[e],
	   res.dump_len);
	ok(res.xlated_dump == res.xlated_len && res.jited_dump == res.jited_len, "%s: code dumps",
	   engines[e]);
	p += s.len + res.xlated_dump + ((res.jited_dump + 7) & ~7u);
	memcpy(&func, p, sizeof(func));
	ok(!res.nr_lines && res.nr_funcs == 1 && g32(func.len) == res.jited_len,
	   "%s: one function, no line_info", engines[e]);

	r.survivors = 2;
	r.flags = 0;
	send_run(&r);
	recv_result(30);
	ok(res.survived == (e != WIRE_JIT_HARDENED),
	   "%s: an insn that is there once is not found twice", engines[e]);

	r.bad_insn = 1;
	send_run(&r);
	p = recv_result(30);
	ok(res.stage == WIRE_STAGE_LOAD && res.err == EACCES && res.log_len &&
		   memmem(p + 8 * r.blocks, res.log_len, "invalid mem access", 18),
	   "%s: the verifier's refusal (stage %u, errno %u, %u bytes of log)", engines[e],
	   res.stage, res.err, res.log_len);
	free(s.p);
}

static void talk(void)
{
	struct req r = { .set = 3, .nvecs = NVECS, .blocks = 16 };
	struct buf none = { 0 };
	double t = now();
	bool good = true;
	u8 *p;

	boot_to_hello();
	printf("# %s: %.64s %.64s, %u bits, %s-endian; hello after %.2f s, uptime %u ms\n", arch,
	       hello.release, hello.machine, hello.word_bits, be ? "big" : "little", now() - t,
	       hello.uptime_ms);
	ok(hello.version == WIRE_VERSION && hello.nr_caps == NR_CAPS && hello.io_size >= 65536,
	   "hello");
	ok(caps[CAP_INTERP] || caps[CAP_JIT], "an engine");

	send_set(3, 7);
	send_set(3, NVECS);
	for (u32 e = 0; e < 3; e++)
		test_engine(e);

	r.engine = caps[CAP_JIT] ? WIRE_JIT : WIRE_INTERP;
	for (int i = 0; i < 40; i++)
		send_run(&r);
	for (int i = 0; i < 40; i++) {
		p = recv_result(60);
		good &= res.stage == WIRE_STAGE_OK && (i || hashes_match(&r, p));
	}
	ok(good, "40 runs in the pipe");
	r.nvecs = 0;
	send_run(&r);
	recv_result(30);
	ok(res.stage == WIRE_STAGE_OK, "no vectors");
	send_msg(WIRE_BYE, &none);
	ok(guest_ends(10), "bye");

	boot_to_hello();
	close(sock);
	sock = open("/dev/null", O_RDONLY);
	ok(guest_ends(10), "the host goes away");
}

/* What is not a request: each in a fresh guest, which must say so and end. */
struct malformed {
	const char *name;
	u32 type; /* 0: raw header, below */
	int word; /* of a good payload: overwritten with @value; -1: none */
	u32 value;
	int trim; /* bytes cut off (< 0: zeros added) */
};

static const struct malformed malformed[] = {
	{ "unknown type", 77, -1, 0, 0 },
	{ "hello from the host", WIRE_HELLO, -1, 0, 0 },
	{ "set: id", WIRE_VECTORS, 0, 64, 0 },
	{ "set: vectors", WIRE_VECTORS, 1, 0xffffffff, 0 },
	{ "set: columns", WIRE_VECTORS, 2, 0x20000000, 0 },
	{ "set: windows", WIRE_VECTORS, 3, 0xfffffff8, 0 },
	{ "set: too short", WIRE_VECTORS, -1, 0, 8 },
	{ "set: too long", WIRE_VECTORS, -1, 0, -8 },
	{ "run: engine", WIRE_RUN, 0, WIRE_NR_ENGINES, 0 },
	{ "run: set", WIRE_RUN, 2, 5, 0 },
	{ "run: first vector", WIRE_RUN, 3, 0xffffffff, 0 },
	{ "run: vectors", WIRE_RUN, 4, 0xffffffff, 0 },
	{ "run: no program", WIRE_RUN, 7, 0, 0 },
	{ "run: programs", WIRE_RUN, 7, 0xffffffff, 0 },
	{ "run: maps", WIRE_RUN, 8, 0xffffffff, 0 },
	{ "run: blocks", WIRE_RUN, 9, 0xffffffff, 0 },
	{ "run: survivors", WIRE_RUN, 10, 0x10000000, 0 },
	{ "run: ctx", WIRE_RUN, 11, 0xfff8, 0 },
	{ "run: slot start", WIRE_RUN, 12, 0xfffffff8, 0 },
	{ "run: slot size", WIRE_RUN, 13, 0xfffffff8, 0 },
	{ "run: odd registers", WIRE_RUN, 14, 4, 0 },
	{ "run: window", WIRE_RUN, 15, 256 << 10, 0 },
	{ "run: out", WIRE_RUN, 17, 0x80000000, 0 },
	{ "run: column", WIRE_RUN, 18, 0x10101010, 0 },
	{ "run: turn", WIRE_RUN, 22, 0xf0f0f0f0, 0 },
	{ "run: instructions", WIRE_RUN, 26, 0x20000001, 0 },
	{ "run: BTF", WIRE_RUN, 27, 0xffffffff, 0 },
	{ "run: func_info", WIRE_RUN, 28, 0x20000000, 0 },
	{ "run: line_info", WIRE_RUN, 29, 0x10000000, 0 },
	{ "run: line_info without func_info", WIRE_RUN, 29, 1, -16 },
	{ "run: progs[0] attached", WIRE_RUN, 30, WIRE_ATTACH_FENTRY, 0 },
	{ "run: attached as what", WIRE_RUN, 30, 7, 0 },
	{ "run: too short", WIRE_RUN, -1, 0, 16 },
	{ "run: too long", WIRE_RUN, -1, 0, -16 },
	{ "magic", 0, 0, 0x12345678, 0 },
	{ "length not a multiple of 8", 0, 3, 12, 0 },
	{ "length beyond the limit", 0, 3, WIRE_MAX_PAYLOAD + 8, 0 },
	{ "checksum", 0, 4, 0, 0 },
	{ "truncated payload", 0, -1, 0, 8 },
};

static void send_malformed(const struct malformed *m)
{
	struct req r = { .nvecs = 1, .blocks = 1 };
	struct buf payload = { 0 }, msg = { 0 };
	u32 v = g32(m->value), len;

	if (m->type == WIRE_VECTORS)
		put_set(&payload, 0, 2);
	else
		put_run(&payload, &r);
	if (m->type) {
		if (m->word >= 0)
			memcpy(payload.p + 4 * m->word, &v, 4);
		for (int i = m->trim; i < 0; i++)
			put(&payload, "", 1);
		payload.len -= m->trim > 0 ? m->trim : 0;
		send_msg(m->type, &payload);
	} else {
		put_hdr(&msg, WIRE_RUN, &payload);
		if (m->word >= 0)
			memcpy(msg.p + 4 * m->word, &v, 4);
		put(&msg, payload.p, payload.len);
		len = msg.len - m->trim;
		send_raw(msg.p, len);
	}
	free(payload.p);
	free(msg.p);
}

static void send_malformed_all(void)
{
	for (u32 i = 0; i < sizeof(malformed) / sizeof(malformed[0]); i++) {
		struct wire_hdr h;
		u8 *p;

		boot_to_hello();
		send_set(0, 2);
		send_malformed(&malformed[i]);
		p = recv_msg(&h, 20);
		ok(p && h.type == WIRE_ERROR, "%s: %.*s", malformed[i].name, p ? (int)h.len : 0,
		   p ? (char *)p : "");
		ok(guest_ends(10), "%s: the guest ends", malformed[i].name);
	}
}

/* Thousands of loads: what the kernel frees late must not end the guest, nor the JIT. */
static void soak(void)
{
	const u32 n = 10000, window = 16;
	double begin = now();
	enum wire_engine engine;
	bool good = true;

	boot_to_hello();
	send_set(0, 1);
	engine = caps[CAP_JIT] ? WIRE_JIT : WIRE_INTERP;
	for (u32 i = 0; good && i < n + window; i++) {
		struct req r = { .engine = engine, .nvecs = 1, .blocks = i % 64 ? 4 : 256 };

		if (i < n)
			send_run(&r);
		if (i < window)
			continue;
		recv_result(60);
		if (i % 1000 == 0) {
			printf("# %u loads, %.0f s\n", i, now() - begin);
			fflush(stdout);
		}
		good = res.stage == WIRE_STAGE_OK && !!res.jited_len == caps[CAP_JIT];
		if (!good)
			printf("# load %u: stage %u, errno %u, jited_len %u\n", i - window,
			       res.stage, res.err, res.jited_len);
	}
	ok(good, "%u loads", n);
	kill(guest, SIGKILL);
	guest_ends(1);
}

int main(int argc, char **argv)
{
	if (argc != 5) {
		fprintf(stderr, "usage: agent_drive ARCH IMAGEDIR INITRD talk|malformed|soak\n");
		return 2;
	}
	arch = argv[1], imagedir = argv[2], initrd = argv[3];
	signal(SIGPIPE, SIG_IGN);
	printf("KTAP version 1\n");
	if (!strcmp(argv[4], "talk"))
		talk();
	else if (!strcmp(argv[4], "malformed"))
		send_malformed_all();
	else
		soak();
	printf("1..%d\n", test_nr);
	return !!failures;
}
