// SPDX-License-Identifier: GPL-2.0
/* The agent: /init of a guest, or a program. Says hello, answers requests until BYE or the stream ends. */
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <linux/reboot.h>
#include "agent.h"

void say(const char *fmt, ...)
{
	char line[256];
	va_list ap;
	int n;
	va_start(ap, fmt);
	n = vsnprintf(line, sizeof(line) - 1, fmt, ap);
	va_end(ap);
	if (n < 0)
		return;
	if (n > (int)sizeof(line) - 2)
		n = sizeof(line) - 2;
	line[n++] = '\n';
	write(2, line, n);
}

void leave(int status)
{
	if (as_program)
		exit(status);
	/* QEMU runs with -no-reboot: a restart, which every machine can do, ends it. */
	reboot(LINUX_REBOOT_CMD_RESTART);
	reboot(LINUX_REBOOT_CMD_POWER_OFF);
	say("checkjit-agent: this machine can neither restart nor power off");
	for (;;)
		sleep_ms(1000);
}

const char *cmdline_param(const char *key)
{
	static char cmdline[2048];
	u32 len = strlen(key);

	if (!cmdline[0])
		read_small_file("/proc/cmdline", cmdline, sizeof(cmdline));
	for (const char *p = cmdline; (p = strstr(p, key)); p += len)
		if (p == cmdline || p[-1] == ' ')
			return p + len;
	return NULL;
}

u64 now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (u64)ts.tv_sec * 1000000 + (u32)ts.tv_nsec / 1000;
}

void sleep_ms(u32 ms)
{
	struct timespec ts = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };

	nanosleep(&ts, NULL);
}

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
		/* EBUSY: CONFIG_DEVTMPFS_MOUNT was there first */
		if (mount(mounts[i].type, mounts[i].dir, mounts[i].type, 0, NULL) && errno != EBUSY)
			say("checkjit-agent: cannot mount %s: errno %d", mounts[i].dir, errno);
	}
}

/* An oops ends the guest: what a damaged kernel says afterwards is worth nothing. */
static void die_of_oops(void)
{
	write_file("/proc/sys/kernel/panic_on_oops", "1");
	write_file("/proc/sys/kernel/panic", "-1");
}

static void unlimit(void)
{
	struct rlimit all = { .rlim_cur = RLIM_INFINITY, .rlim_max = RLIM_INFINITY };

	/* before Linux 5.11 maps and programs count */
	setrlimit(RLIMIT_MEMLOCK, &all);
}

/* Without these there is nothing to probe; what else is missing skips cases. */
static void lacks_bpf(int err)
{
	const char *why = err == -ENOSYS ? "this kernel has no bpf(2) (CONFIG_BPF_SYSCALL)" :
			  err == -EPERM ? "bpf(2) is not permitted (this needs root)" :
			  err == -EINVAL ? "no array map that can be mapped (Linux 5.5 or later is needed)" :
			  "the I/O map cannot be created";

	say("checkjit-agent: %s: errno %d", why, -err);
	leave(LEAVE_FAILED);
}

static void lacks_programs(const struct wire_cap *caps)
{
	u32 interp = caps[CAP_INTERP].err, jit = caps[CAP_JIT].err;

	if (interp != EINVAL || (jit != EINVAL && jit != ENOENT))
		return;
	say("checkjit-agent: programs of type BPF_PROG_TYPE_SYSCALL cannot be loaded: errno %u (Linux 5.14 or later is needed)",
	    interp);
	leave(LEAVE_FAILED);
}

static void hello(void)
{
	struct wire_hello *h = (struct wire_hello *)frame_buf();
	struct wire_cap *caps = (struct wire_cap *)(h + 1);
	struct utsname uts;

	memset(h, 0, sizeof(*h));
	uname(&uts);
	caps_probe(caps);
	lacks_programs(caps);
	keep_pack();
	h->version = WIRE_VERSION;
	h->word_bits = 8 * sizeof(long);
	h->max_payload = WIRE_MAX_PAYLOAD;
	h->io_size = IO_SIZE;
	h->nr_caps = NR_CAPS;
	h->uptime_ms = (u32)now_us() / 1000;
	strlcpy(h->release, uts.release, sizeof(h->release));
	strlcpy(h->machine, uts.machine, sizeof(h->machine));
	frame_send(WIRE_HELLO, 0, sizeof(*h) + NR_CAPS * sizeof(*caps));
}

/* The drivers of the byte channel, where the kernel does not have them built in: /modules/order names their files. */
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

/* What only the init of a guest may do. */
static void be_init(void)
{
	mount_all();
	die_of_oops();
	insert_modules();
	sysctl_init();
	bench();
}

/* Also as process 1 of a container, which has --stdio. */
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
		say("usage: checkjit-agent --stdio: run BPF programs for the checkjit at the other end of stdin and stdout.\n"
		    "As process 1 without argument it is the init of a guest.");
		return 2;
	}
	unlimit();
	if (transport_open() < 0)
		leave(LEAVE_FAILED);
	err = io_init();
	if (err)
		lacks_bpf(err);
	hello();

	for (;;) {
		frame_read(&hdr, &payload);
		switch (hdr.type) {
		case WIRE_VECTORS:
			set_store(payload, hdr.len);
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
			protocol_error("a frame of type %u is no request", hdr.type);
		}
	}
}
