// SPDX-License-Identifier: GPL-2.0
/* The agent: sends the hello, then answers requests until BYE or the end of the stream. */
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include "agent/base.h"
#include "agent/bench.h"
#include "agent/beside.h"
#include "agent/caps.h"
#include "agent/gcov.h"
#include "agent/io.h"
#include "agent/load.h"
#include "agent/memory.h"
#include "agent/program.h"
#include "agent/run.h"
#include "agent/sysctl.h"
#include "agent/transport.h"
#include "agent/vectors.h"

static void mount_all(void)
{
	static const struct {
		const char *type, *dir;
	} mounts[] = {
		{ "proc", "/proc" },
		{ "sysfs", "/sys" },
		{ "devtmpfs", "/dev" },
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(mounts); i++) {
		mkdir(mounts[i].dir, 0755);
		/* EBUSY: mounted by CONFIG_DEVTMPFS_MOUNT */
		if (mount(mounts[i].type, mounts[i].dir, mounts[i].type, 0, NULL) && errno != EBUSY)
			say("checkjit-agent: cannot mount %s: errno %d", mounts[i].dir, errno);
	}
}

/* An oops ends the guest: the results of a damaged kernel are worthless. */
static void panic_on_oops(void)
{
	write_file("/proc/sys/kernel/panic_on_oops", "1");
}

static void lift_memlock(void)
{
	struct rlimit all = { .rlim_cur = RLIM_INFINITY, .rlim_max = RLIM_INFINITY };

	/* before Linux 5.11 maps and programs count against it */
	setrlimit(RLIMIT_MEMLOCK, &all);
}

/* Without it nothing can be probed or run. Anything else that is missing only skips cases. */
static void refuse_without_bpf(int err)
{
	const char *why = err == -ENOSYS  ? "this kernel has no bpf(2) (CONFIG_BPF_SYSCALL)"
			  : err == -EPERM ? "bpf(2) is not permitted (this needs root)"
			  : err == -EINVAL
				  ? "array maps cannot be mapped (Linux 5.5 or later is needed)"
				  : "the I/O map cannot be created";

	say("checkjit-agent: %s: errno %d", why, -err);
	leave(LEAVE_FAILED);
}

static void refuse_without_programs(const struct wire_cap *caps)
{
	u32 interp = caps[CAP_INTERP].err, jit = caps[CAP_JIT].err;

	if (interp != EINVAL || (jit != EINVAL && jit != ENOENT))
		return;
	say("checkjit-agent: programs of type BPF_PROG_TYPE_SYSCALL cannot be loaded: errno %u "
	    "(Linux 5.14 or later is needed)",
	    interp);
	leave(LEAVE_FAILED);
}

/*
 * Of the kernel, which may have longer words than this program: as /proc/kallsyms writes addresses.
 * An emulator of user space shows the file of its host.
 */
static u32 kernel_word_bits(void)
{
	char line[32];
	int n = getpid() == 1 ? read_small_file("/proc/kallsyms", line, sizeof(line)) : 0, digits;

	for (digits = 0; digits < n && line[digits] != ' ';)
		digits++;
	return digits == 8 || digits == 16 ? 4 * digits : 8 * (int)sizeof(long);
}

static void hello(void)
{
	struct wire_hello *h = (struct wire_hello *)msg_buf();
	struct wire_cap *caps = (struct wire_cap *)(h + 1);
	struct utsname uts;

	memset(h, 0, sizeof(*h));
	uname(&uts);
	caps_probe(caps);
	refuse_without_programs(caps);
	keep_pack();
	h->version = WIRE_VERSION;
	h->word_bits = kernel_word_bits();
	h->max_payload = WIRE_MAX_PAYLOAD;
	h->io_size = IO_SIZE;
	h->nr_caps = NR_CAPS;
	h->uptime_ms = (u32)now_us() / 1000;
	strlcpy(h->release, uts.release, sizeof(h->release));
	strlcpy(h->machine, uts.machine, sizeof(h->machine));
	msg_send(WIRE_HELLO, 0, sizeof(*h) + NR_CAPS * sizeof(*caps));
}

/* Insert the drivers of the byte channel if they are modules: /modules/order lists their files. */
static void insert_modules(void)
{
	char order[512], path[80], *next, *name;
	int n = read_small_file("/modules/order", order, sizeof(order));

	if (n <= 0)
		return;
	for (name = order; *name; name = next) {
		next = strchr(name, '\n');
		if (next)
			*next++ = 0;
		else
			next = name + strlen(name);
		snprintf(path, sizeof(path), "/modules/%s", name);
		n = module_insert(path);
		if (n && n != -EEXIST)
			say("checkjit-agent: %s: errno %d", path, -n);
	}
}

/* Only for /init of a guest. */
static void be_init(void)
{
	mount_all();
	panic_on_oops();
	insert_modules();
	sysctl_init();
	bench();
}

/* The process ID does not decide: the agent can also be process 1 of a container. */
static int wants_stdio(int argc, char **argv)
{
	return argc == 2 && !strcmp(argv[1], "--stdio");
}

int main(int argc, char **argv)
{
	struct wire_hdr hdr;
	const void *payload;
	int err;

	if (wants_stdio(argc, argv)) {
		program_begin();
	} else if (getpid() == 1) {
		be_init();
	} else {
		say("usage: checkjit-agent --stdio\n"
		    "Run BPF programs for the checkjit at the other end of stdin and stdout.\n"
		    "Without an argument it must be process 1, the init of a guest.");
		return 2;
	}
	lift_memlock();
	beside_init();
	if (transport_open() < 0)
		leave(LEAVE_FAILED);
	err = io_init();
	if (err)
		refuse_without_bpf(err);
	hello();

	for (;;) {
		msg_read(&hdr, &payload);
		switch (hdr.type) {
		case WIRE_VECTORS:
			vectors_store(payload, hdr.len);
			break;
		case WIRE_RUN:
			run_request(payload, hdr.len, hdr.seq);
			break;
		case WIRE_GCOV:
			gcov_request(hdr.seq);
			break;
		case WIRE_MEMORY:
			memory_request(hdr.seq);
			break;
		case WIRE_BYE:
			leave(0);
		default:
			protocol_error("a message of type %u is not a request", hdr.type);
		}
	}
}
