/* SPDX-License-Identifier: GPL-2.0 */
/* The words, numbers and punctuation of assembly text with their positions, for the assembler. */
#ifndef CHECKJIT_ASM_LEX_H
#define CHECKJIT_ASM_LEX_H

#include "lib/diag.h"

struct pos {
	int line, col;
};

struct lex {
	const char *text, *p;
	const char *line_start;
	int line;
	const char *file;
	struct diag *diag;
	struct pos open_comment; /* of a C comment without an end; line 0: none */
	bool hash_is_imm;	 /* a comment is '#' and a blank; "#5" is an operand */
};

struct word {
	const char *s; /* in the text */
	u32 len;
	struct pos pos;
};

struct num {
	u64 mag;
	bool neg;
	struct pos pos;
};

#define lex_err(l, at, ...) diag_set((l)->diag, (l)->file, (at).line, (at).col, __VA_ARGS__)

/* Skip blanks and comments, but no newline outside of C comments. */
void lex_skip(struct lex *l);

/*
 * Skip blanks. Then: is it the end of the statement (newline, ';' or end of text), the position,
 * the word.
 */
bool lex_end(struct lex *l);
struct pos lex_pos(struct lex *l);
char lex_peek(struct lex *l);

/* Skip blanks, then @s if it is next. A word must match as a whole. */
bool lex_accept(struct lex *l, const char *s);
bool lex_word(struct lex *l, struct word *w);
bool word_is(const struct word *w, const char *s);

/*
 * Report "unexpected X (expected @what)" here. Returns -EINVAL, as all functions below on errors.
 */
int lex_unexpected(struct lex *l, const char *what);
int lex_expect(struct lex *l, const char *s);

/* Read a number with an optional sign. @what names it in messages. */
int lex_num(struct lex *l, struct num *n, const char *what);

/* Store the value of @n, in two's complement if negative, if it is in @min..@max. */
int num_fit(struct lex *l, const struct num *n, s64 min, u64 max, const char *what, u64 *out);

static inline bool is_word_start(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '.' || c == '$';
}

static inline bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline bool is_word_char(char c)
{
	return is_word_start(c) || is_digit(c);
}

#endif
