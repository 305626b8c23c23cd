/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Opcode constants under the kernel's names. include/uapi/linux/bpf.h of a distribution may be years older than the
 * kernel under test, so nothing here comes from it; values from RFC 9669 section 3 ff. and instruction-set.rst.
 */
#ifndef CHECKJIT_ISA_H
#define CHECKJIT_ISA_H

#endif
