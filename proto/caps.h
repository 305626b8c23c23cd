/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Capabilities of a kernel. The agent probes each in the running guest with a tiny program
 * (agent/caps.c); no table lists them by arch or version. The names follow the kernel's
 * bpf_jit_supports_*() where there is one.
 * X(NAME, "name in a case's needs line", flags, "meaning, for reasons to skip")
 */
#ifndef CHECKJIT_CAPS_H
#define CHECKJIT_CAPS_H

enum cap_flags {
	CAPF_NATIVE = 1 << 0, /* interpreters lack it: verified programs that need it need a JIT */
	CAPF_UNPRIV = 1 << 1, /* unprivileged programs have it, too */
	CAPF_RAW = 1 << 2,    /* raw engines only: the verifier would rewrite such programs */
	CAPF_BTF = 1 << 3,    /* needs the kernel's BTF: images built with BTF=1 */
	CAPF_VERIFIER = 1 << 4,	   /* of the verifier alone: raw engines do without it */
	CAPF_UNPRIV_ONLY = 1 << 5, /* concerns only unprivileged programs */
};

#define CHECKJIT_CAPS(X)                                                                          \
	X(INTERP, "interp", 0, "an interpreter (CONFIG_BPF_JIT_ALWAYS_ON=n)")                     \
	X(JIT, "jit", 0, "a JIT compiler: a trivial program gets native code")                    \
	X(JIT_HARDENED, "jit_hardened", 0, "constant blinding (net.core.bpf_jit_harden)")         \
	X(BTF, "btf", 0, "BPF_BTF_LOAD, func_info")                                               \
	X(SDIV, "sdiv", CAPF_UNPRIV, "signed division and modulo")                                \
	X(MOVSX, "movsx", CAPF_UNPRIV, "sign-extending moves")                                    \
	X(MEMSX, "memsx", CAPF_UNPRIV, "sign-extending loads")                                    \
	X(BSWAP, "bswap", CAPF_UNPRIV, "unconditional byte swaps")                                \
	X(GOTOL, "gotol", CAPF_UNPRIV, "jumps with a 32-bit offset")                              \
	X(MAY_GOTO, "may_goto", 0, "loops that the kernel bounds")                                \
	X(MAY_GOTO_LONG, "may_goto_long", 0, "may_goto for 65535 rounds and more")                \
	X(INTERP_MAY_GOTO, "interp_may_goto", 0, "may_goto_long in the interpreter")              \
	X(ATOMIC32, "atomic32", CAPF_UNPRIV, "atomics of 4 bytes with fetch")                     \
	X(ATOMIC64, "atomic64", CAPF_UNPRIV, "atomics of 8 bytes with fetch")                     \
	X(LOAD_ACQ, "load_acq", CAPF_UNPRIV, "load_acquire and store_release of 1, 2, 4 bytes")   \
	X(LOAD_ACQ64, "load_acq64", CAPF_UNPRIV, "load_acquire and store_release of 8 bytes")     \
	X(CALLS, "calls", 0, "calls of subprograms")                                              \
	X(CALLBACKS, "callbacks", 0, "bpf_loop with a static callback in native code")            \
	X(INTERP_CALLBACKS, "interp_callbacks", 0,                                                \
	  "bpf_loop with a static callback in the interpreter")                                   \
	X(STACK_ARGS, "stack_args", CAPF_NATIVE, "more than five arguments")                      \
	X(SUBPROG_TAILCALLS, "subprog_tailcalls", CAPF_NATIVE, "tail calls from subprograms")     \
	X(TAILCALLS, "tailcalls", 0, "bpf_tail_call from a SYSCALL program")                      \
	X(EFFICIENT_UNALIGNED, "unaligned", CAPF_UNPRIV, "unaligned access to map values")        \
	X(NE_BOUNDS, "ne_bounds", CAPF_VERIFIER, "bounds from comparisons with == and !=")        \
	X(CTX_ST, "ctx_st", CAPF_VERIFIER, "stores of immediates into the context")               \
	X(GLOBAL_VOID, "global_void", CAPF_VERIFIER, "global functions without a result")         \
	X(UNPRIV_NOSPEC, "unpriv_nospec", CAPF_UNPRIV | CAPF_UNPRIV_ONLY,                         \
	  "barriers before what only a speculating machine does wrong")                           \
	X(RND_HI32, "rnd_hi32", 0, "BPF_F_TEST_RND_HI32")                                         \
	X(RAW_ROUTE, "raw_route", CAPF_RAW, "images/module: programs without the verifier")       \
	X(RAW_INTERP, "raw_interp", CAPF_RAW, "the raw route to an interpreter (images/module)")  \
	X(RAW_JIT, "raw_jit", CAPF_RAW, "the raw route to a JIT")                                 \
	X(RAW_ABI, "raw_abi", CAPF_RAW, "a check of native code's calling convention")            \
	X(RAW_UNGUARDED, "raw_unguarded", CAPF_RAW,                                               \
	  "checkjit.unguarded=1 on the kernel command line")                                      \
	X(ARENA, "arena", CAPF_NATIVE, "memory shared with user space")                           \
	X(ARENA_MEMSX, "arena_memsx", CAPF_NATIVE, "sign-extending loads from an arena")          \
	X(CURRENT_TASK, "current_task", 0, "bpf_get_current_task in SYSCALL programs")            \
	X(RAW_TP, "raw_tp", 0, "raw tracepoint programs (CONFIG_BPF_EVENTS)")                     \
	X(SOCKET, "socket", 0, "socket filters and their packet loads")                           \
	X(XDP, "xdp", 0, "XDP programs")                                                          \
	X(KFUNC, "kfunc", CAPF_NATIVE | CAPF_BTF, "calls of kernel functions")                    \
	X(ITER_NUM, "iter_num", CAPF_NATIVE | CAPF_BTF, "open-coded iterators over numbers")      \
	X(PROBE_MEM, "probe_mem", CAPF_NATIVE | CAPF_BTF, "loads whose faults are handled")       \
	X(PROBE_USER, "probe_user", CAPF_NATIVE | CAPF_BTF,                                       \
	  "loads that return 0 for addresses of user space")                                      \
	X(EXCEPTIONS, "exceptions", CAPF_NATIVE | CAPF_BTF, "bpf_throw")                          \
	X(KCOV, "kcov", 0, "KCOV (images/build.sh with KCOV=1)")                                  \
	X(CLASSIC, "classic", 0, "classic filters, run by images/module")                         \
	X(PERCPU_ADDR, "percpu_addr", CAPF_NATIVE, "constant addresses of per-CPU values")        \
	X(GOTOX, "gotox", CAPF_NATIVE, "jumps to addresses from an insn_array")                   \
	X(TRACE_PROG, "trace_prog", CAPF_NATIVE, "fentry and fexit on functions of programs")     \
	X(TRACE_KERNEL, "trace_kernel", CAPF_NATIVE | CAPF_BTF,                                   \
	  "fentry and fexit on functions of the kernel")                                          \
	X(FMOD_RET, "fmod_ret", CAPF_NATIVE | CAPF_BTF,                                           \
	  "programs that replace the result of a kernel function")                                \
	X(FSESSION, "fsession", CAPF_NATIVE, "programs that run before and after a function")     \
	X(TRACE_MULTI, "trace_multi", CAPF_NATIVE | CAPF_BTF,                                     \
	  "one link to several functions of the kernel")                                          \
	X(TRACE_PAIR, "trace_pair", CAPF_NATIVE | CAPF_BTF,                                       \
	  "programs around functions with a struct of 16 bytes as argument")                      \
	X(TRACE_INT128, "trace_int128", CAPF_NATIVE | CAPF_BTF,                                   \
	  "programs around functions with an integer of 16 bytes as argument")                    \
	X(FREPLACE, "freplace", CAPF_NATIVE, "programs that replace functions of other programs") \
	X(STRUCT_OPS, "struct_ops", CAPF_NATIVE | CAPF_BTF, "programs of struct_ops")             \
	X(SMP, "smp", 0, "two CPUs (SMP=2, CONFIG_SMP)")                                          \
	X(SMP_TEXT, "smp_text", 0,                                                                \
	  "two CPUs that may change each other's code, as QEMU's TCG of x86 may not")             \
	X(JIT_UNPRIV, "jit_unpriv", 0, "socket filters loaded without capabilities")              \
	X(JIT_RND_HI32, "jit_rnd_hi32", 0, "a JIT, and BPF_F_TEST_RND_HI32")                      \
	X(JIT_STATE_FREQ, "jit_state_freq", 0, "a JIT, and BPF_F_TEST_STATE_FREQ")                \
	X(JIT_RND_FREQ, "jit_rnd_freq", 0, "a JIT, and both of these flags")

/* clang-format off */
enum cap {
#define X(name, text, flags, doc) CAP_##name,
	CHECKJIT_CAPS(X)
#undef X
	NR_CAPS
};
/* clang-format on */

#endif
