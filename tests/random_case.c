// SPDX-License-Identifier: GPL-2.0
/*
 * A random program as a case: ALU, loads and stores, forward jumps, a loop, a called function, and
 * in the midst of it the one instruction that wakes a planted bug (tests/planted); what it did is
 * seen at the end. usage: random_case TRIGGER SEED INSTRUCTIONS
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "lib/rand.h"

/* r9 points to 64 bytes of mem, of which +48 is the trigger's input and +56 its mark. Others never
 * write there. */
static const struct trigger {
	const char *name, *value, *lines;
} triggers[] = {
	{ "none", "0x123456789abcdef0", "" },
	{ "arm64_cmn_4096", "0xfffffffffffff000",
	  "r6 = *(u64 *)(r9 + 48)\nr7 = 1\nif r6 == -4096 goto planted\nr7 = 2\nplanted:\n*(u64 "
	  "*)(r9 + 56) = r7\n" },
	{ "arm64_and_w", "0x123456789abcdef0",
	  "r6 = *(u64 *)(r9 + 48)\nr6 &= -256\n*(u64 *)(r9 + 56) = r6\n" },
	{ "arm64_crash", "0x123456789abcdef0", "w6 ^= w8\n" },
	{ "x86_imm64_sext", "0", "r6 = 0x98d7abcd ll\n*(u64 *)(r9 + 56) = r6\n" },
	{ "x86_fetch_r0", "0x123456789abcdef0",
	  "r3 = r9\nr0 = *(u64 *)(r9 + 48)\nr0 += 1\nr0 = atomic_fetch_xor((u64 *)(r3 + 48), "
	  "r0)\n*(u64 *)(r9 + 56) = r0\nr3 = 0\n" },
};

static u64 seed;

static uint32_t rnd(uint32_t below)
{
	return rand_next(&seed) % below;
}

static int alu(void)
{
	static const char *const ops[] = { "+=", "-=", "*=", "|=", "&=", "^=", "=" };
	const char *op = ops[rnd(7)];
	char w = rnd(3) ? 'r' : 'w';
	int dst = rnd(9), src = rnd(9);

	switch (rnd(6)) {
	case 0:
		printf("\t\t%c%d %s %u\n", w, dst,
		       rnd(2) ? "<<=" : "s>>=", 1 + rnd(w == 'w' ? 31 : 63));
		break;
	case 1:
		printf("\t\t%c%d = -%c%d\n", w, dst, w, dst);
		break;
	case 2:
	case 3:
		/* no negative immediate, and no w6 ^= w8: those are triggers */
		printf("\t\t%c%d %s %u\n", w, dst, op, 1 + rnd(1 + (0x7fffffffu >> rnd(31))));
		break;
	default:
		if (w == 'w' && dst == 6 && src == 8)
			src = 7;
		printf("\t\t%c%d %s %c%d\n", w, dst, op, w, src);
	}
	return 1;
}

static int memory(void)
{
	int off = 8 * rnd(5);

	switch (rnd(4)) {
	case 0:
		printf("\t\tr%d = *(u%d *)(r9 + %d)\n", rnd(9), 8 << rnd(4), off);
		break;
	case 1:
		printf("\t\t*(u%d *)(r9 + %d) = r%d\n", 8 << rnd(4), off, rnd(9));
		break;
	case 2:
		printf("\t\tr%d = *(u64 *)(r10 - %d)\n", rnd(9), 8 + off);
		break;
	default:
		printf("\t\t*(u64 *)(r10 - %d) = r%d\n", 8 + off, rnd(9));
	}
	return 1;
}

static int line(void)
{
	if (!rnd(12)) {
		/* bit 31 clear or something above it: a low half alone with bit 31 set is a trigger
		 */
		printf("\t\tr%d = 0x%x%08x ll\n", rnd(9), 1 + rnd(0x7fffffff), rnd(0xffffffff));
		return 1;
	}
	return rnd(4) ? alu() : memory();
}

/* A jump over some of what follows. */
static int jump(int label)
{
	static const char *const ops[] = { "==", "!=", ">", "s>", "<", "s<=", "&" };
	int cnt = 1 + rnd(5), n = 1;

	if (rnd(2))
		printf("\t\tif r%d %s %u goto fwd%d\n", rnd(9), ops[rnd(7)], rnd(1000), label);
	else
		printf("\t\tif r%d %s r%d goto fwd%d\n", rnd(9), ops[rnd(7)], rnd(9), label);
	while (cnt--)
		n += line();
	printf("\tfwd%d:\n", label);
	return n;
}

static int loop(void)
{
	int n = 3;

	printf("\t\t*(u64 *)(r10 - 56) = 3\n\tagain:\n");
	for (int i = 0; i < 5; i++)
		n += line();
	printf("\t\tr8 = *(u64 *)(r10 - 56)\n\t\tr8 += -1\n\t\t*(u64 *)(r10 - 56) = r8\n\t\tif r8 "
	       "s> 0 goto again\n");
	return n + 2;
}

static int call(void)
{
	printf("\t\tcall sub\n");
	for (int k = 1; k <= 5; k++)
		printf("\t\tr%d = r%d\n", k, 6 + rnd(3));
	return 6;
}

static void trigger(const struct trigger *t)
{
	for (const char *p = t->lines; *p; p = strchr(p, '\n') + 1)
		printf("\t\t%.*s\n", (int)strcspn(p, "\n"), p);
}

int main(int argc, char **argv)
{
	const struct trigger *t = NULL;
	int want, n = 0, labels = 0, stage = 0;

	for (size_t i = 0; argc == 4 && i < sizeof(triggers) / sizeof(*triggers); i++)
		if (!strcmp(triggers[i].name, argv[1]))
			t = &triggers[i];
	if (!t) {
		fprintf(stderr, "usage: random_case TRIGGER SEED INSTRUCTIONS\n");
		return 2;
	}
	seed = strtoull(argv[2], NULL, 0);
	want = atoi(argv[3]) - 8;
	printf("# SPDX-License-Identifier: GPL-2.0\ncase %s\n\tdoc     seed %s\n", t->name,
	       argv[2]);
	if (strstr(t->lines, "atomic"))
		printf("\tneeds   atomic64\n");
	printf("\tneeds   calls\n\tmem     64\n\tstack   64\n\tptr     r9 = mem+0\n\tprog\n");
	while (n < want) {
		/* a quarter, a half and three quarters of the way */
		if (stage == 0 && n > want / 4 && ++stage)
			n += call();
		else if (stage == 1 && n > want / 2 && ++stage)
			trigger(t);
		else if (stage == 2 && n > 3 * want / 4 && ++stage)
			n += loop();
		else
			n += rnd(10) ? line() : jump(labels++);
	}
	printf("\tfunc sub args 5:\n\t\tr0 = r1\n\t\tr0 += r2\n\t\tr0 ^= r3\n\t\tif r4 > r5 goto "
	       "over\n\t\tr0 *= r5\n"
	       "\tover:\n\t\t*(u64 *)(r10 - 8) = r0\n\t\tr0 = *(u32 *)(r10 - 8)\n\t\texit\n");
	printf("\tend\n\tvec     mem+48=u64 %s\n", t->value);
	return 0;
}
