/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The ways in which a kernel can run a program. Host, agent and reports take everything they know
 * about an engine from its line here.
 *
 * X(NAME, "name", flags, bpf_jit_enable, bpf_jit_harden, one_in, "reason to skip if it is missing")
 *
 * CAP_NAME (proto/caps.h) tells whether a kernel has the engine. The quick sweep runs one in
 * @one_in of the cases that it loads on the engine; 0: also those that it does not load through the
 * verifier.
 */
#ifndef CHECKJIT_ENGINES_H
#define CHECKJIT_ENGINES_H

enum engine_flags {
	ENGINE_NATIVE = 1 << 0,	 /* must show native code; the others must show none */
	ENGINE_BLINDED = 1 << 1, /* must change programs that have immediates */
	ENGINE_RAW = 1 << 2,	 /* bypasses the verifier: session/raw.h */
	ENGINE_UNPRIV = 1 << 3,	 /* loads socket filters without capabilities: session/unpriv.h */
	/* load flags: noise above 32-bit definitions; the verifier keeps a state where it can */
	ENGINE_RND_HI32 = 1 << 4,
	ENGINE_STATE_FREQ = 1 << 5,
};

#define CHECKJIT_ENGINES(X)                                                                        \
	X(INTERP, "interp", 0, 0, 0, 4,                                                            \
	  "no interpreter in this kernel (CONFIG_BPF_JIT_ALWAYS_ON)")                              \
	X(JIT, "jit", ENGINE_NATIVE, 1, 0, 1, "no JIT in this kernel")                             \
	X(JIT_HARDENED, "jit_hardened", ENGINE_NATIVE | ENGINE_BLINDED, 1, 2, 4,                   \
	  "no constant blinding in this kernel")                                                   \
	X(RAW_INTERP, "raw_interp", ENGINE_RAW, 0, 0, 0,                                           \
	  "no raw route to an interpreter in this guest (kernels built here have images/module)")  \
	X(RAW_JIT, "raw_jit", ENGINE_NATIVE | ENGINE_RAW, 1, 0, 0,                                 \
	  "no raw route to a JIT in this guest (kernels built here have images/module)")           \
	X(JIT_UNPRIV, "jit_unpriv", ENGINE_NATIVE | ENGINE_BLINDED | ENGINE_UNPRIV, 1, 1, 8,       \
	  "no JIT for programs loaded without capabilities in this guest")                         \
	X(JIT_RND_HI32, "jit_rnd_hi32", ENGINE_NATIVE | ENGINE_RND_HI32, 1, 0, 16,                 \
	  "no JIT, or no BPF_F_TEST_RND_HI32 in this kernel")                                      \
	X(JIT_STATE_FREQ, "jit_state_freq", ENGINE_NATIVE | ENGINE_STATE_FREQ, 1, 0, 16,           \
	  "no JIT, or no BPF_F_TEST_STATE_FREQ in this kernel")                                    \
	X(JIT_RND_FREQ, "jit_rnd_freq", ENGINE_NATIVE | ENGINE_RND_HI32 | ENGINE_STATE_FREQ, 1, 0, \
	  16, "no JIT, or not both test flags in this kernel")

/* BPF_F_TEST_RND_HI32 and BPF_F_TEST_STATE_FREQ of include/uapi/linux/bpf.h, where @flags asks. */
#define ENGINE_LOAD_FLAGS(flags) \
	(((flags)&ENGINE_RND_HI32 ? 1u << 2 : 0) | ((flags)&ENGINE_STATE_FREQ ? 1u << 3 : 0))

enum wire_engine {
#define X(name, ...) WIRE_##name,
	CHECKJIT_ENGINES(X)
#undef X
		WIRE_NR_ENGINES
};

#endif
