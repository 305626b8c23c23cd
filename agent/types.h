/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Types and macros of all files of the agent. The code is freestanding: build.sh has the compiler
 * include nolibc.h first.
 */
#ifndef CHECKJIT_AGENT_TYPES_H
#define CHECKJIT_AGENT_TYPES_H

#include "proto/wire.h"

typedef wire_u8 u8;
typedef wire_u16 u16;
typedef wire_u32 u32;
typedef wire_u64 u64;

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define ALIGN8(n)     (((n) + 7) & ~7u)
#define ptr_to_u64(p) ((u64)(unsigned long)(p))

#define __printf(a, b) __attribute__((format(printf, a, b)))

#endif
