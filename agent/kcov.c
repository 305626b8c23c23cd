// SPDX-License-Identifier: GPL-2.0
/*
 * KCOV: the edges of the kernel that a load goes through. Places become edges, and each edge is
 * reported once, as 16 bits of its hash. How often it was taken says more about the length of a
 * program than about the verifier.
 *
 * Only edges that depend on the program alone may be reported. Functions whose path depends on
 * chance, such as free memory or the shape of the symbol tree, are left out, with all edges from
 * and to them.
 */
#include <linux/fcntl.h>
#include <linux/kcov.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include "agent/base.h"
#include "agent/kcov.h"
#include "agent/symbols.h"

#define DEBUGFS	  "/sys/kernel/debug"
#define KCOV_FILE DEBUGFS "/kcov"
#define MAX_PCS	  (256u << 10)	/* of a load; later ones are lost */
#define FULL	  (MAX_PCS - 1) /* in area[0]: the kernel records no more */

/* Functions of kernel/bpf and of JIT memory that take different paths for the same program. */
static const char *const erratic[] = {
	"bpf_prog_pack_alloc",
	"bpf_prog_pack_free",
	"alloc_new_pack",
	"bpf_ksym_add",
	"bpf_ksym_del",
	"bpf_prog_kallsyms_add",
	"bpf_tree_less",
	"bpf_tree_comp",
	"bpf_get_prog_name",
	"bpf_jit_alloc_exec",
	"bpf_jit_charge_modmem",
	"bpf_jit_uncharge_modmem",
	"bpf_jit_binary_pack_alloc",
	"bpf_jit_binary_alloc",
};

struct range {
	u32 from, to; /* offsets from the first symbol of kernel text */
};

static struct range ranges[4 * ARRAY_SIZE(erratic)]; /* the compiler may split a function */
static u32 nr_ranges;
static u64 text; /* address of _text or _stext */
static int kcov_fd = -1;
static unsigned long *area; /* [0]: number of entries that follow */
static u32 recorded;	    /* entries of finished recordings */

/* ---- the symbols ---- */

/* "name", or a part that the compiler split off: "name.part.0" */
static int is_erratic(const char *name)
{
	for (u32 i = 0; i < ARRAY_SIZE(erratic); i++) {
		u32 len = strlen(erratic[i]);

		if (!strncmp(name, erratic[i], len) && (!name[len] || name[len] == '.'))
			return 1;
	}
	return 0;
}

static void take_symbol(const struct symbol *s)
{
	static int open_range;

	if (s->type != 't')
		return;
	/* of two symbols at one address kallsyms keeps only one */
	if (!text && (!strcmp(s->name, "_text") || !strcmp(s->name, "_stext")))
		text = s->addr;
	if (!text)
		return;
	/* an alias at the same address ends nothing */
	if (open_range && s->addr - text > ranges[nr_ranges].from) {
		ranges[nr_ranges++].to = s->addr - text;
		open_range = 0;
	}
	if (!open_range && nr_ranges < ARRAY_SIZE(ranges) && is_erratic(s->name)) {
		ranges[nr_ranges].from = s->addr - text;
		open_range = 1;
	}
}

static int read_symbols(void)
{
	int err = symbols_each(take_symbol);

	return err ? err : text ? 0 : -ENOENT;
}

/* ---- the device ---- */

int kcov_probe(void)
{
	int fd;

	if (!as_program && mount("debugfs", DEBUGFS, "debugfs", 0, NULL) && errno != EBUSY)
		return -errno;
	fd = open(KCOV_FILE, O_RDWR);
	if (fd < 0)
		return -errno;
	close(fd);
	return 0;
}

static int device_open(void)
{
	int err = read_symbols();

	if (err)
		return err;
	kcov_fd = open(KCOV_FILE, O_RDWR);
	if (kcov_fd < 0)
		return -errno;
	if (ioctl(kcov_fd, KCOV_INIT_TRACE, MAX_PCS))
		return -errno;
	area = mmap(NULL, MAX_PCS * sizeof(*area), PROT_READ | PROT_WRITE, MAP_SHARED, kcov_fd, 0);
	if (area == MAP_FAILED)
		return -errno;
	kcov_off();
	return ioctl(kcov_fd, KCOV_ENABLE, KCOV_TRACE_PC) ? -errno : 0;
}

static int kcov_open(void)
{
	int err = device_open();

	if (err && kcov_fd >= 0) {
		close(kcov_fd);
		kcov_fd = -1;
	}
	return err;
}

int kcov_begin(void)
{
	int err = kcov_fd < 0 ? kcov_open() : 0;

	if (!err)
		recorded = 0;
	return err;
}

void kcov_on(void)
{
	area[0] = recorded;
}

void kcov_off(void)
{
	u32 n = __atomic_load_n(&area[0], __ATOMIC_RELAXED);

	/* the area is shared memory: its count is not trusted */
	recorded = n < FULL ? n : FULL;
	area[0] = FULL;
}

/* ---- edges ---- */

static int left_out(u32 at)
{
	for (u32 i = 0; i < nr_ranges; i++)
		if (at - ranges[i].from < ranges[i].to - ranges[i].from)
			return 1;
	return 0;
}

u32 kcov_edges(u16 *edges, u32 *nr_pcs)
{
	static u32 seen[WIRE_MAX_EDGES / 32];
	u32 nr = 0, prev = 0, prev_hash = 0, n = kcov_fd < 0 ? 0 : recorded;

	memset(seen, 0, sizeof(seen));
	for (u32 i = 1; i <= n; i++) {
		u32 at = area[i] - (unsigned long)text, hash = at * 0x9e3779b1u;
		u32 edge = (hash >> 16 ^ prev_hash >> 17) & (WIRE_MAX_EDGES - 1);

		if (!(seen[edge / 32] >> edge % 32 & 1) && !left_out(at) && !left_out(prev)) {
			seen[edge / 32] |= 1u << edge % 32;
			edges[nr++] = edge;
		}
		prev = at;
		prev_hash = hash;
	}
	*nr_pcs = n;
	return nr;
}
