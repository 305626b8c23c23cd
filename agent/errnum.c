// SPDX-License-Identifier: GPL-2.0
/*
 * The wire has the numbers of include/uapi/asm-generic/errno.h. mips, sparc, parisc and alpha have
 * others, from 35 on.
 */
#include "agent/errnum.h"

#define ERRORS(X)              \
	X(EDEADLK, 35)         \
	X(ENAMETOOLONG, 36)    \
	X(ENOSYS, 38)          \
	X(ENOTEMPTY, 39)       \
	X(ELOOP, 40)           \
	X(ENODATA, 61)         \
	X(EPROTO, 71)          \
	X(EBADMSG, 74)         \
	X(EOVERFLOW, 75)       \
	X(EMSGSIZE, 90)        \
	X(EPROTONOSUPPORT, 93) \
	X(EOPNOTSUPP, 95)      \
	X(EADDRINUSE, 98)      \
	X(ENOBUFS, 105)        \
	X(ETIMEDOUT, 110)      \
	X(ESTALE, 116)         \
	X(EDQUOT, 122)         \
	X(ECANCELED, 125)

u32 errnum_wire(int err)
{
	switch (-err) {
#define X(name, number) \
	case name:      \
		return number;
		ERRORS(X)
#undef X
	default:
		return -err;
	}
}
