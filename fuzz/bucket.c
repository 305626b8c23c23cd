// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include "fuzz/bucket.h"

const char *oracle_name(enum fuzz_oracle oracle)
{
	static const char *const names[] = {
		[FUZZ_STATE] = "state",
		[FUZZ_KERNEL] = "kernel",
		[FUZZ_VERIFIER] = "verifier",
		[FUZZ_SOUNDNESS] = "soundness",
	};

	return names[oracle];
}

void bucket_name(const struct bucket *b, char name[BUCKET_NAME])
{
	snprintf(name, BUCKET_NAME, "%s.%s.%s.%s", oracle_name(b->oracle), b->engines, b->what,
		 b->class);
}

void bucket_id(const struct bucket *b, char *id, size_t size)
{
	snprintf(id, size, "fuzz/%s/%s", b->what, b->class);
}

/* Where encodings change: zero, one, 8, 12 and 16 bits; and the sign. */
static const char *number_class(s64 v)
{
	s64 abs = v < 0 ? -(v + 1) : v;

	if (!v)
		return "zero";
	if (v == 1)
		return "one";
	if (v == -1)
		return "minus1";
	if (abs < 1 << 7)
		return v < 0 ? "neg8" : "pos8";
	if (abs < 1 << 11)
		return v < 0 ? "neg12" : "pos12";
	if (abs < 1 << 15)
		return v < 0 ? "neg16" : "pos16";
	return v < 0 ? "neg32" : "pos32";
}

static bool is_shift(const struct insn_desc *d)
{
	return d->syntax == SYNTAX_ALU_X &&
	       (!strcmp(d->op, "<<=") || !strcmp(d->op, ">>=") || !strcmp(d->op, "s>>="));
}

static const char *register_class(const struct insn_desc *d, const struct insn *insn, u64 source)
{
	if (is_shift(d) && (d->size == 8 ? source : (u32)source) >= 8u * d->size)
		return "wide";
	return insn->dst == insn->src ? "same" : "regs";
}

void bucket_insn(struct bucket *b, const struct insn *insn, u64 source)
{
	const struct insn_desc *d = insn_lookup(insn);
	const char *class = "any";

	snprintf(b->what, sizeof(b->what), "%s", d ? d->name : "unknown");
	switch (d ? d->syntax : SYNTAX_EXIT) {
	case SYNTAX_ALU_X:
	case SYNTAX_MOVSX:
	case SYNTAX_JMP_X:
		class = register_class(d, insn, source);
		break;
	case SYNTAX_ALU_K:
	case SYNTAX_JMP_K:
		class = number_class(insn->imm);
		break;
	case SYNTAX_LD_IMM64:
		class = number_class(insn[1].imm);
		break;
	case SYNTAX_LD_ABS:
	case SYNTAX_LD_IND:
		class = number_class(insn->imm);
		break;
	case SYNTAX_CALL:
		snprintf(b->class, sizeof(b->class), "%d", insn->imm);
		return;
	default:
		if (d && insn_accesses_memory(d))
			class = number_class(insn->off);
	}
	snprintf(b->class, sizeof(b->class), "%s", class);
}

void bucket_words(char out[BUCKET_WORD], const char *words)
{
	size_t n = 0;

	for (; *words && n < BUCKET_WORD - 1; words++) {
		if (isalnum((unsigned char)*words))
			out[n++] = tolower((unsigned char)*words);
		else if (n && out[n - 1] != '_')
			out[n++] = '_';
	}
	while (n && out[n - 1] == '_')
		n--;
	out[n] = 0;
	if (!n)
		snprintf(out, BUCKET_WORD, "no_words");
}
