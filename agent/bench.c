// SPDX-License-Identifier: GPL-2.0
/*
 * The yardstick: lib/test_bpf.ko in this guest.
 * Kernel command line: checkjit=test_bpf checkjit.jit=0|1.
 * The kernel prints its results on the console; the agent adds one line with the time it took.
 */
#include "agent/base.h"
#include "agent/bench.h"
#include "agent/sysctl.h"

#define TEST_BPF "/test_bpf.ko"

void bench(void)
{
	const char *what = cmdline_param("checkjit="), *jit = cmdline_param("checkjit.jit=");
	u64 start;
	int err;

	if (!what || strncmp(what, "test_bpf", 8))
		return;
	err = engine_set(jit && *jit == '0' ? WIRE_INTERP : WIRE_JIT);
	if (err) {
		say("checkjit-agent: bench: the engine cannot be set: errno %d", -err);
		leave(LEAVE_FAILED);
	}
	write_file("/proc/sys/kernel/printk", "7");
	start = now_us();
	err = module_insert(TEST_BPF); /* -EINVAL: tests failed, see the log */
	say("checkjit-agent: bench: test_bpf took %u ms, errno %d", (u32)(now_us() - start) / 1000,
	    -err);
	leave(0);
}
