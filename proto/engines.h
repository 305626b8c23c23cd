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
};

#define CHECKJIT_ENGINES(X)                                                                       \
	X(INTERP, "interp", 0, 0, 0, 4,                                                           \
	  "no interpreter in this kernel (CONFIG_BPF_JIT_ALWAYS_ON)")                             \
	X(JIT, "jit", ENGINE_NATIVE, 1, 0, 1, "no JIT in this kernel")                            \
	X(JIT_HARDENED, "jit_hardened", ENGINE_NATIVE | ENGINE_BLINDED, 1, 2, 2,                  \
	  "no constant blinding in this kernel")                                                  \
	X(RAW_INTERP, "raw_interp", ENGINE_RAW, 0, 0, 0,                                          \
	  "no raw route to an interpreter in this guest (kernels built here have images/module)") \
	X(RAW_JIT, "raw_jit", ENGINE_NATIVE | ENGINE_RAW, 1, 0, 0,                                \
	  "no raw route to a JIT in this guest (kernels built here have images/module)")          \
	X(JIT_UNPRIV, "jit_unpriv", ENGINE_NATIVE | ENGINE_BLINDED | ENGINE_UNPRIV, 1, 1, 4,      \
	  "no JIT for programs loaded without capabilities in this guest")

enum wire_engine {
#define X(name, ...) WIRE_##name,
	CHECKJIT_ENGINES(X)
#undef X
		WIRE_NR_ENGINES
};

#endif
