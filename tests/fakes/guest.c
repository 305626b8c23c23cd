// SPDX-License-Identifier: GPL-2.0
/* A guest that lies: says hello, or not, and answers every request as its first argument says. */
#include <time.h>
#include "tests/fakes/fake.h"

static struct {
	struct wire_hello h;
	struct wire_cap caps[NR_CAPS];
} hello;

static union {
	struct wire_result r;
	uint8_t bytes[1 << 20];
} answer;

static const char *mode;

static int is(const char *name)
{
	return !strcmp(mode, name);
}

static void nap_ms(long ms)
{
	nanosleep(&(struct timespec){ ms / 1000, ms % 1000 * 1000000 }, NULL);
}

/* Alive, and silent until somebody kills it. */
static void hang(void)
{
	for (;;)
		nap_ms(1000);
}

static void noise(void *to, size_t len)
{
	uint32_t x = 1;

	for (uint8_t *p = to; len--; p++) {
		x ^= x << 13;
		x ^= x >> 17;
		x ^= x << 5;
		*p = x;
	}
}

static void make_hello(void)
{
	hello.h = (struct wire_hello){
		.version = WIRE_VERSION,
		.word_bits = 64,
		.max_payload = WIRE_MAX_PAYLOAD,
		.io_size = 1 << 18,
		.nr_caps = NR_CAPS,
		.release = "6.6.6-fake",
		.machine = "fake",
	};
	for (uint32_t i = 0; i < NR_CAPS; i++)
		hello.caps[i] = (struct wire_cap){ .cap = i, .have = 1 };
	if (is("version"))
		hello.h.version++;
	else if (is("caps"))
		hello.caps[0].cap = 4000000000u;
	else if (is("nr-caps"))
		hello.h.nr_caps = 0x0fffffff;
	else if (is("io-size"))
		hello.h.io_size = 0xffffffff;
	else if (is("small"))
		hello.h.max_payload = 8;
	else if (is("release"))
		memset(hello.h.release, 0xff, sizeof(hello.h.release));
}

static void say_hello(void)
{
	struct wire_hdr hdr = { .magic = WIRE_MAGIC, .type = WIRE_HELLO, .len = sizeof(hello) };

	msg_sum(&hdr, &hello);
	write_all(PORT, &hdr, sizeof(hdr));
	if (is("truncated"))
		write_all(PORT, &hello, sizeof(hello) / 2);
	else if (is("drip"))
		for (size_t i = 0; i < sizeof(hello) && write_all(PORT, (char *)&hello + i, 1); i++)
			nap_ms(200);
	else
		write_all(PORT, &hello, sizeof(hello));
	if (is("truncated"))
		exit(0);
}

/* Bytes of the state that @run, which has no maps, asks for. */
static uint32_t dump_size(const struct wire_run *run)
{
	const struct wire_block *b = (const void *)(run + 1);
	uint32_t size = 2 * sizeof(uint32_t) + run->ctx_bytes;

	for (uint32_t i = 0; i < run->nr_blocks; i++)
		size += b[i].size;
	return run->flags & WIRE_DUMP ? run->nr_vecs * size : 0;
}

/* An answer that is sound in everything but what the mode says. */
static void say_result(uint32_t seq, const struct wire_run *run)
{
	struct wire_hdr hdr = { .magic = WIRE_MAGIC, .type = WIRE_RESULT, .seq = seq };
	struct wire_result *r = &answer.r;

	*r = (struct wire_result){ .engine = run->engine,
				   .jited_len = 100,
				   .xlated_len = 100,
				   .survived = run->nr_survivors,
				   .nr_blocks = run->nr_blocks,
				   .nr_vecs = run->nr_vecs };
	hdr.len = sizeof(*r) + r->nr_blocks * sizeof(struct wire_block_hash);
	if (is("log-len"))
		r->log_len = 0xfffffff9;
	else if (is("dump-len"))
		r->dump_len = 0x80000000;
	else if (is("nr-blocks"))
		r->nr_blocks = 0x20000001;
	else if (is("nr-vecs"))
		r->nr_vecs = 0xffffffff;
	else if (is("survived"))
		r->survived = 0xffffffff;
	else if (is("engine"))
		r->engine++;
	else if (is("stage"))
		r->stage = 99;
	else if (is("short"))
		hdr.len = 8;
	else if (is("type"))
		hdr.type = WIRE_VECTORS;
	else if (is("seq"))
		hdr.seq += 7;
	else if (is("agent-error"))
		hdr.type = WIRE_ERROR;
	else if (is("left"))
		r->jited_len = 0, r->dump_len = dump_size(run), hdr.len += r->dump_len;
	else if ((is("no-fallback") || is("mixed")) && run->engine == WIRE_INTERP)
		r->jited_len = 0;
	else if (is("no-fallback") || is("native-only"))
		r->stage = WIRE_STAGE_LOAD, r->err = 524; /* ENOTSUPP */
	else if (is("map-stage"))
		r->stage = WIRE_STAGE_MAP, r->err = 12;
	else if (is("mixed"))
		r->stage = WIRE_STAGE_MIXED, r->err = 22;
	else if (is("abi-none"))
		r->stage = WIRE_STAGE_ABI;
	else if (is("abi-many"))
		r->stage = WIRE_STAGE_ABI, r->nr_abi = 0x0aaaaaab;
	else if (is("abi-vec"))
		r->stage = WIRE_STAGE_ABI, r->nr_abi = 1, r->abi_vec = 0xffffffff,
		hdr.len += sizeof(struct wire_abi);
	msg_sum(&hdr, &answer);
	if (is("sum"))
		hdr.check[1]++;
	else if (is("max-len"))
		hdr.len = WIRE_MAX_PAYLOAD + 8;
	else if (is("odd-len"))
		hdr.len++;
	write_all(PORT, &hdr, sizeof(hdr));
	write_all(PORT, &answer, hdr.len <= sizeof(answer) ? hdr.len : sizeof(answer));
}

static void say_endless(void)
{
	struct wire_hdr hdr = { .magic = WIRE_MAGIC, .type = WIRE_RESULT, .len = 1 << 16 };

	noise(&answer, sizeof(answer));
	msg_sum(&hdr, &answer);
	while (write_all(PORT, &hdr, sizeof(hdr)) && write_all(PORT, &answer, hdr.len))
		hdr.seq++;
	exit(0);
}

static void serve(void)
{
	static uint8_t payload[WIRE_MAX_PAYLOAD];
	struct wire_hdr hdr;

	while (read_all(PORT, &hdr, sizeof(hdr)) && hdr.len <= sizeof(payload) &&
	       read_all(PORT, payload, hdr.len)) {
		if (hdr.type == WIRE_BYE)
			exit(0);
		if (hdr.type != WIRE_RUN || is("silent"))
			continue;
		if (is("endless"))
			say_endless();
		if (is("die"))
			exit(0);
		say_result(hdr.seq, (void *)payload);
	}
}

int main(int argc, char **argv)
{
	static uint8_t garbage[1 << 16];

	if (argc < 2)
		return 2;
	mode = argv[1];
	if (is("nohello"))
		hang();
	if (is("closed")) {
		close(PORT);
		hang();
	}
	if (is("garbage")) {
		noise(garbage, sizeof(garbage));
		write_all(PORT, garbage, sizeof(garbage));
		hang();
	}
	make_hello();
	say_hello();
	serve();
	return 0;
}
