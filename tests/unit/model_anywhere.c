// SPDX-License-Identifier: GPL-2.0
/* What the model lets a load through bpf_rdonly_cast find, and where it refuses to know. */
#include "bpf/model.h"
#include "tests/unit/one_case.h"
#include "lib/util.h"

enum finds {
	ZERO,
	SOMETHING, /* open: the program may go on, but not look at it */
	UNKNOWN,   /* a mistake of the case */
};

static const struct {
	u64 base;
	int off;
	enum finds with, without; /* needs probe_user */
} rows[] = {
	{ 0xdead000000000000, 0, ZERO, ZERO },
	{ 0xdeac000000000000, 0, UNKNOWN, UNKNOWN },
	{ 0xdead000000000000, -1, UNKNOWN, UNKNOWN },
	{ 0xdeacffffffffffff, 1, ZERO, ZERO },
	{ 0, 0, ZERO, UNKNOWN },
	{ 0x7ead0000, 8, ZERO, UNKNOWN },
	{ 0x7fffffffffffffff, 0, ZERO, UNKNOWN },
	{ 0x7fffffffffffffff, 1, ZERO, UNKNOWN },
	{ 0x8000000000000000, -1, ZERO, UNKNOWN },
	/* the upper half, but a tag of user space to arm64 */
	{ 0xb400007ead000000, 0, ZERO, UNKNOWN },
	{ 0xfe7fffffffffffff, 0, ZERO, UNKNOWN },
	{ 0xfe80000000000000, 0, UNKNOWN, UNKNOWN },
	/* the kernel's on x86_64 with five levels */
	{ 0xff11000000000000, 0, UNKNOWN, UNKNOWN },
	{ 0xffff000000000000, 0, UNKNOWN, UNKNOWN },
	{ 0xffffffff81000000, 0, UNKNOWN, UNKNOWN },
	/* 2^64 */
	{ ~(u64)0, 0, ZERO, UNKNOWN },
	{ ~(u64)0, 1, ZERO, UNKNOWN },
	{ 0, -1, ZERO, UNKNOWN },
	{ 0xffffffffffe00000, 0, ZERO, UNKNOWN },
	{ 0xffffffffffe00000, -1, UNKNOWN, UNKNOWN },
	/* borders */
	{ 0xffffffffff600000, 0, SOMETHING, SOMETHING },
	{ 0xffffffffff600000, -4096, SOMETHING, SOMETHING },
	{ 0xffffffffff600000, -4097, UNKNOWN, UNKNOWN },
	{ 0xffffffffff600000, 8191, SOMETHING, SOMETHING },
	{ 0xffffffffff600000, 8192, UNKNOWN, UNKNOWN },
	{ 0xffff800000000000, 0, SOMETHING, SOMETHING },
};

static enum model_stop run(const char *needs, u64 base, int off, const char *then,
			   enum byte_order order, u64 *r7)
{
	static struct model_state st;
	char *text = xasprintf("case t\n\tneeds %s\n\tout r7\n\tprog\n\t\tr1 = 0x%llx ll\n\t\tr2 = "
			       "0\n\t\tcall bpf_rdonly_cast\n"
			       "\t\tr7 = *(u32 *)(r0 + %d)\n\t\t%s\n\tend\n",
			       needs, (unsigned long long)base, off, then);
	struct bpf_case *c = one_case(text);
	char why[128] = "";
	enum model_stop stop = MODEL_BAD_INSN;

	if (c)
		stop = model_run(c, 0, order, 64, &st, why);
	*r7 = st.r[7];
	bpf_case_free(c);
	free(text);
	return stop;
}

static void check(const char *needs, u64 base, int off, enum finds finds, enum byte_order order)
{
	u64 r7;
	enum model_stop stop = run(needs, base, off, "r6 = r7", order, &r7);

	CHECK((stop == MODEL_OK) == (finds == ZERO) && (stop || !r7),
	      "%s, %llx%+d: stop %d, r7 %llx", needs, (unsigned long long)base, off, stop,
	      (unsigned long long)r7);
	stop = run(needs, base, off, "r7 = 5", order, &r7);
	CHECK((stop == MODEL_OK) == (finds != UNKNOWN) && (stop || r7 == 5),
	      "%s, %llx%+d thrown away: stop %d", needs, (unsigned long long)base, off, stop);
}

static void test_finds(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		for (int order = 0; order < NR_ORDERS; order++) {
			check("probe_user", rows[i].base, rows[i].off, rows[i].with, order);
			check("probe_mem", rows[i].base, rows[i].off, rows[i].without, order);
		}
}

static const struct test tests[] = {
	{ "model: loads from anywhere", test_finds },
};
TEST_MAIN(tests)
