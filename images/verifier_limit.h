/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Included before kernel/bpf/verifier.c in kernels with KCOV=1 (build.sh): how many insns the
 * verifier looks at becomes a number that can be changed while the kernel runs,
 * /sys/module/verifier/parameters/insns. The agent sets it for each load.
 */
#include <linux/bpf.h>
#include <linux/moduleparam.h>

static unsigned int checkjit_insns = BPF_COMPLEXITY_LIMIT_INSNS;
module_param_named(insns, checkjit_insns, uint, 0600);

#undef BPF_COMPLEXITY_LIMIT_INSNS
#define BPF_COMPLEXITY_LIMIT_INSNS checkjit_insns
