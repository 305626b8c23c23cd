/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Cases written in the case language (cases/README.md), for programs of more than a few
 * instructions. A family's build() emits the lines; the text is parsed when build() returns.
 */
#ifndef CHECKJIT_GEN_TEXT_H
#define CHECKJIT_GEN_TEXT_H

#include "gen/build.h"

/*
 * Lines of the case from a printf format: statements, labels and keyword lines, separated by ';'.
 *
 *	emit(g, "if r%u == 0 goto out; r0 += %u; out:", reg, imm);
 */
void emit(struct gen *g, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Continue the last line. */
void emit_more(struct gen *g, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/*
 * Sets of r6-r9 are four bits, r6 the lowest: a JIT saves just those that a function changes.
 * Emit @fmt for each register in @set; @fmt takes its number twice.
 */
void emit_set(struct gen *g, u32 set, const char *fmt);

/* Give each register in @set a value of its own, made from @src, which changes too. */
void fill_set(struct gen *g, u32 set, const char *src);
/* Mix each register in @set into r0. */
void fold_set(struct gen *g, u32 set);

/*
 * Replace the case by what was emitted; it keeps its id. What the kernel must be able to do for its
 * insns is added to its needs. Wrong text is a bug of the family: abort.
 */
void gen_parse_text(struct gen *g);

#endif
