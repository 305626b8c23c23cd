/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a kernel may or may not be able to do. Each is probed in the running guest with a tiny program
 * (agent/caps.c), never tabulated by arch or version. Named after the kernel's bpf_jit_supports_*() where there is one.
 * X(NAME, "name in a case's needs line", "what it means, for the report")
 */
#ifndef CHECKJIT_CAPS_H
#define CHECKJIT_CAPS_H

#define CHECKJIT_CAPS(X)                                                                  \
	X(INTERP, "interp", "an interpreter (CONFIG_BPF_JIT_ALWAYS_ON=n)")                \
	X(JIT, "jit", "a JIT compiler: a trivial program gets native code")               \
	X(JIT_HARDENED, "jit_hardened", "constant blinding (net.core.bpf_jit_harden)")    \
	X(BTF, "btf", "BPF_BTF_LOAD, func_info")                                          \
	X(SDIV, "sdiv", "signed division and modulo")                                     \
	X(MOVSX, "movsx", "sign-extending moves")                                         \
	X(MEMSX, "memsx", "sign-extending loads")                                         \
	X(BSWAP, "bswap", "unconditional byte swaps")                                     \
	X(GOTOL, "gotol", "jumps with a 32-bit offset")                                   \
	X(MAY_GOTO, "may_goto", "bounded loops without proof")                            \
	X(ATOMIC32, "atomic32", "atomics of 4 bytes with fetch")                          \
	X(ATOMIC64, "atomic64", "atomics of 8 bytes with fetch")                          \
	X(LOAD_ACQ, "load_acq", "load_acquire and store_release of 1, 2, 4 bytes")        \
	X(LOAD_ACQ64, "load_acq64", "load_acquire and store_release of 8 bytes")          \
	X(CALLS, "calls", "calls of subprograms")                                         \
	X(CALLBACKS, "callbacks", "bpf_loop with a static callback, JIT engines")         \
	X(INTERP_CALLBACKS, "interp_callbacks", "the same without a JIT")                 \
	X(STACK_ARGS, "stack_args", "more than five arguments, JIT engines")              \
	X(SUBPROG_TAILCALLS, "subprog_tailcalls", "tail calls out of subprograms, JIT engines") \
	X(TAILCALLS, "tailcalls", "bpf_tail_call from a SYSCALL program")                 \
	X(EFFICIENT_UNALIGNED, "unaligned", "unaligned access to map values")             \
	X(RND_HI32, "rnd_hi32", "BPF_F_TEST_RND_HI32")                                     \
	X(RAW_ROUTE, "raw_route", "images/module: programs without the verifier")          \
	X(RAW_INTERP, "raw_interp", "the raw route to the interpreter (images/module)")   \
	X(RAW_JIT, "raw_jit", "the raw route to a JIT")                                   \
	X(RAW_UNGUARDED, "raw_unguarded", "checkjit.unguarded=1 on the kernel command line") \
	X(ARENA, "arena", "memory shared with user space, JIT engines")                 \
	X(RAW_TP, "raw_tp", "raw tracepoint programs (CONFIG_BPF_EVENTS)")                \
	X(SOCKET, "socket", "socket filters and their packet loads")                      \
	X(KFUNC, "kfunc", "calls of kernel functions (images built with BTF=1), JIT engines") \
	X(PROBE_MEM, "probe_mem", "loads whose faults are handled (BTF=1), JIT engines")  \
	X(PROBE_USER, "probe_user", "user space has addresses of its own, from which such loads give 0 (BTF=1), JIT engines") \
	X(EXCEPTIONS, "exceptions", "bpf_throw (BTF=1), JIT engines")                     \
	X(KCOV, "kcov", "KCOV (images/build.sh with KCOV=1)")                                   \
	X(CLASSIC, "classic", "classic filters, seen through images/module")                    \
	X(GOTOX, "gotox", "jumps to addresses out of an insn_array, JIT engines")           \
	X(TRACE_PROG, "trace_prog", "fentry and fexit around functions of programs, JIT engines") \
	X(TRACE_KERNEL, "trace_kernel", "fentry and fexit around functions of the kernel (BTF=1), JIT engines") \
	X(FMOD_RET, "fmod_ret", "programs that give a function of the kernel another result (BTF=1), JIT engines") \
	X(FSESSION, "fsession", "programs that run before a function and behind it, JIT engines") \
	X(FREPLACE, "freplace", "programs in the place of functions of others, JIT engines") \
	X(JIT_UNPRIV, "jit_unpriv", "socket filters loaded without capabilities")

enum cap {
#define X(name, text, doc) CAP_##name,
	CHECKJIT_CAPS(X)
#undef X
	NR_CAPS
};

#endif
