/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Operand values. A table has one column for each register, so that cases on different registers
 * share it, and with it a program. Tables live as long as the process; the same name is the same
 * table.
 */
#ifndef CHECKJIT_GEN_VECS_H
#define CHECKJIT_GEN_VECS_H

#include "bpf/case.h"

#define GEN_PAIR_TABLES 4 /* a … d */

/*
 * Two operands: every pair of values of a set of 11 meets in every pair of registers (121 vectors,
 * an orthogonal array).
 * @size 8: whole registers; 4: low words on the edge, under upper halves that must not matter.
 */
struct vectors *vecs_pairs(int size, u32 variant);

/* One operand: each register runs through one set of about 40 values, each register another way
 * round. */
struct vectors *vecs_single(int size);

/* Shifts by a register of an operation of @size bytes: @dst runs through operands and @src through
 * counts below the width. */
struct vectors *vecs_shift(int size, int dst, int src);

/* Comparisons with imm_value(@nr): what lies around it and its neighbours in the list of
 * immediates, extended either way. */
struct vectors *vecs_around(u32 nr);

/* As vecs_single(8), with a memory window and a stack window of @bytes (a multiple of 8; 0: none)
 * full of noise. */
struct vectors *vecs_memory(u32 mem, u32 stack);

/* For compare-and-exchange of the first @size bytes of a memory window: they equal r0 in every
 * other vector, and differ from it in few bits else. */
struct vectors *vecs_cmpxchg(int size);

/*
 * Packets of @ctx bytes and their guard, which begin with @words words in network byte order: those
 * at @values, of which there are
 * @cnt for each word; all meet each other. What is behind them is noise.
 */
struct vectors *vecs_packets(const char *name, u32 ctx, u32 words, const u32 *values, u32 cnt);

#endif
