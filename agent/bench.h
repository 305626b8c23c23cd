/* SPDX-License-Identifier: GPL-2.0 */
/* lib/test_bpf.ko as a yardstick: checkjit=test_bpf on the kernel command line. */
#ifndef CHECKJIT_AGENT_BENCH_H
#define CHECKJIT_AGENT_BENCH_H

/* Run it and leave(), if the command line asks for it. */
void bench(void);

#endif
