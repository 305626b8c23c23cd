/* SPDX-License-Identifier: GPL-2.0 */
/* The kernel's short integer names, for host programs. */
#ifndef CHECKJIT_TYPES_H
#define CHECKJIT_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int8_t s8;
typedef int16_t s16;
typedef int32_t s32;
typedef int64_t s64;

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* The byte order of a guest, which the model, memory literals of cases and the wire follow. */
enum byte_order {
	ORDER_LE,
	ORDER_BE,
	NR_ORDERS,
};

#endif
