// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>
#include "bpf/case_tmpl.h"
#include "convert/foreign.h"
#include "lib/util.h"

#define MAX_MEM (CASE_MAX_WINDOW - 2 * CASE_GUARD)

/* Sizes of main's stack to try, since a case states the bytes it needs and a program does not. */
static const u32 stacks[] = { 0, 16, 64, 128, 256, 384, 480 };

char *foreign_name(const char *s)
{
	char *name = xasprintf("%s%s", isdigit((unsigned char)*s) ? "t" : "", s);

	for (char *p = name; *p; p++)
		if (!isalnum((unsigned char)*p))
			*p = '_';
	return name;
}

static int refuse(char why[FOREIGN_WHY], const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static int refuse(char why[FOREIGN_WHY], const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, FOREIGN_WHY, fmt, ap);
	va_end(ap);
	return -EOPNOTSUPP;
}

/* ---- the body ---- */

/* Is slot @at the second of a wide instruction? */
static bool is_second(const struct code *code, u32 at)
{
	u32 i = 0;

	while (i < at)
		i += 1 + insn_is_wide(&code->insns[i]);
	return i != at;
}

/* Remove slot @at, main's last; functions behind it move one slot closer. */
static void drop_slot(struct code *code, u32 at)
{
	for (u32 i = 0; i < at; i++) {
		struct insn *insn = &code->insns[i];

		if (insn_names_func(insn))
			insn->imm--;
		i += insn_is_wide(insn);
	}
	memmove(&code->insns[at], &code->insns[at + 1],
		(code->cnt - at - 1) * sizeof(*code->insns));
	code->cnt--;
	for (u32 i = 1; i < code->nfuncs; i++)
		code->funcs[i].start--;
}

static int open_exits(struct code *code, char why[FOREIGN_WHY])
{
	u32 end = code_main_cnt(code);

	if (end && insn_is_exit(&code->insns[end - 1]) && !is_second(code, end - 1))
		drop_slot(code, --end);
	for (u32 i = 0; i < end; i++) {
		struct insn *insn = &code->insns[i];

		if (insn_is_exit(insn)) {
			if (end - i - 1 > INT16_MAX)
				return refuse(why, "an exit %u slots before the end", end - i - 1);
			*insn = (struct insn){ .code = BPF_JMP | BPF_JA,
					       .off = (s16)(end - i - 1) };
		}
		i += insn_is_wide(insn);
	}
	return 0;
}

/* ---- what a kernel must be able to do ---- */

enum {
	NEED_SDIV,
	NEED_MOVSX,
	NEED_MEMSX,
	NEED_BSWAP,
	NEED_GOTOL,
	NEED_MAY_GOTO,
	NEED_ATOMIC32,
	NEED_ATOMIC64,
	NEED_LOAD_ACQ,
	NEED_LOAD_ACQ64,
	NEED_CALLS,
	NEED_CALLBACKS,
	NEED_UNALIGNED,
	NR_NEEDS
};

static const char *const need_names[NR_NEEDS] = {
	"sdiv",	    "movsx",	"memsx",      "bswap", "gotol",	    "may_goto",	 "atomic32",
	"atomic64", "load_acq", "load_acq64", "calls", "callbacks", "unaligned",
};

static int need_of(const struct insn *insn)
{
	const struct insn_desc *d = insn_lookup(insn);
	bool alu = insn_class(insn) == BPF_ALU || insn_class(insn) == BPF_ALU64;

	switch (d ? (int)d->syntax : -1) {
	case SYNTAX_ALU_X:
	case SYNTAX_ALU_K:
		return alu && insn->off ? NEED_SDIV : -1;
	case SYNTAX_MOVSX:
		return NEED_MOVSX;
	case SYNTAX_END:
		return insn_class(insn) == BPF_ALU64 ? NEED_BSWAP : -1;
	case SYNTAX_GOTOL:
		return NEED_GOTOL;
	case SYNTAX_MAY_GOTO:
		return NEED_MAY_GOTO;
	case SYNTAX_FETCH:
	case SYNTAX_XCHG:
	case SYNTAX_CMPXCHG:
		return d->size == 8 ? NEED_ATOMIC64 : NEED_ATOMIC32;
	case SYNTAX_LOAD_ACQUIRE:
	case SYNTAX_STORE_RELEASE:
		return d->size == 8 ? NEED_LOAD_ACQ64 : NEED_LOAD_ACQ;
	case SYNTAX_CALL_SUBPROG:
		return NEED_CALLS;
	case SYNTAX_LD_IMM64:
		return insn->src == BPF_PSEUDO_FUNC ? NEED_CALLBACKS : -1;
	case SYNTAX_LDX:
		return BPF_MODE(insn->code) == BPF_MEMSX ? NEED_MEMSX : -1;
	default:
		return -1;
	}
}

/* Is @insn a misaligned access through r1, the address of mem? */
static bool unaligned(const struct insn *insn)
{
	static const u8 bytes[4] = { 4, 2, 1, 8 };
	u8 class = insn_class(insn), base = class == BPF_LDX ? insn->src : insn->dst;

	return class >= BPF_LDX && class <= BPF_STX && base != BPF_REG_FP &&
	       insn->off & (bytes[insn->code >> 3 & 3] - 1);
}

static void print_needs(FILE *f, const struct foreign *fo)
{
	u32 needs = 0;

	for (u32 i = 0; i < fo->code.cnt; i++) {
		const struct insn *insn = &fo->code.insns[i];
		int need = need_of(insn);

		needs |= need < 0 ? 0 : 1u << need;
		needs |= fo->mem_args && unaligned(insn) ? 1u << NEED_UNALIGNED : 0;
		i += insn_is_wide(insn);
	}
	if (!needs)
		return;
	fprintf(f, "\tneeds  ");
	for (u32 i = 0; i < NR_NEEDS; i++)
		if (needs & 1u << i)
			fprintf(f, " %s", need_names[i]);
	fputc('\n', f);
}

/* ---- the text ---- */

static void print_doc(FILE *f, const struct foreign *fo)
{
	const char *slash = strrchr(fo->file, '/');

	fprintf(f, "\tdoc     from %s", slash ? slash + 1 : fo->file);
	if (fo->doc) {
		fprintf(f, ": ");
		for (const char *p = fo->doc; *p; p++)
			fputc(*p == '\n' || *p == '{' || *p == '}' ? ' ' : *p, f);
	}
	fputc('\n', f);
}

/* The variants in which a program becomes a case. */
struct shape {
	const struct code *body;
	u32 stack;    /* bytes of main's window */
	bool raw;     /* the program as it is, with its own exits; compares 32 bits of r0 */
	bool literal; /* state the expected result too */
};

static char *case_text(const struct foreign *fo, const struct shape *s)
{
	char *text;
	size_t len;
	FILE *f = open_memstream(&text, &len);
	u32 window = (fo->mem_len + 7) & ~7u;

	fprintf(f, "case %s\n", fo->name);
	print_doc(f, fo);
	print_needs(f, fo);
	if (window)
		fprintf(f, "\tmem     %u\n", window);
	for (u32 i = 0; i < fo->nmaps; i++) {
		const struct case_map *m = &fo->maps[i];

		fprintf(f, "\tmap     %s %s %u %u %u\n", m->name, map_kind_name(m->kind),
			m->key_size, m->value_size, m->entries);
	}
	if (s->stack)
		fprintf(f, "\tstack   %u\n", s->stack);
	if (window && fo->mem_args && !s->raw)
		fprintf(f, "\tptr     r1 = mem\n");
	fprintf(f, s->raw ? "\traw\n\tprog\n" : "\tout     r0\n\tprog\n");
	if (s->raw && fo->mem_args)
		fprintf(f, window ? "\t\tr1 = &mem + 0 ll\n\t\tr2 = %u\n" : "\t\tr2 = %u\n",
			fo->mem_len);
	code_print(f, s->body, "\t\t");
	fprintf(f, "\tend\n\tvec    ");
	if (fo->mem_args && !s->raw)
		fprintf(f, " r2=%u", fo->mem_len);
	if (window)
		fprintf(f, " mem+0=bytes ");
	for (u32 i = 0; i < window; i++)
		fprintf(f, "%02x", i < fo->mem_len ? fo->mem[i] : 0);
	if (s->literal && s->raw)
		fprintf(f, " -> retval=0x%x", (u32)fo->result);
	else if (s->literal)
		fprintf(f, " -> r0=0x%" PRIx64, fo->result);
	fputc('\n', f);
	fclose(f);
	return text;
}

/* ---- is it a case, and does the model agree? ---- */

static int parse(const struct foreign *fo, const char *text, struct bpf_case **out,
		 char why[FOREIGN_WHY])
{
	struct diag diag = {};

	*out = case_parse_one(text, fo->file, "import", &diag);
	return *out ? 0 : refuse(why, "as a case it is malformed: %.200s", diag.msg);
}

/* r0 on machines of both orders. */
static enum model_stop compute(const struct bpf_case *c, u64 r0[NR_ORDERS], char *detail)
{
	enum model_stop stop = MODEL_OK;

	for (int order = 0; order < NR_ORDERS && !stop; order++) {
		struct model_state st = {};

		stop = model_run(c, 0, order, 64, &st, detail);
		r0[order] = c->raw ? st.retval : st.r[0];
		if (!stop && !c->raw && (st.region[0] != REGION_NONE || st.clobbered & 1)) {
			stop = MODEL_UNDEFINED;
			snprintf(detail, 128, "r0 holds an address at the end");
		}
		model_state_free(&st);
	}
	return stop;
}

static bool meets(const struct foreign *fo, const struct shape *s, u64 r0)
{
	bool low = s->raw || fo->result_kind == RESULT_LOW;

	return low ? (u32)r0 == (u32)fo->result : r0 == fo->result;
}

static int try_shape(const struct foreign *fo, const struct shape *s, u64 r0[NR_ORDERS],
		     char detail[128], char why[FOREIGN_WHY])
{
	char *text = case_text(fo, s);
	struct bpf_case *c;
	int ret = parse(fo, text, &c, why);

	free(text);
	if (ret)
		return ret;
	ret = compute(c, r0, detail);
	bpf_case_free(c);
	return ret;
}

/*
 * Find the smallest stack that suffices. A program that leaves addresses on the stack, which cannot
 * be compared, becomes a raw case.
 */
static int find_shape(const struct foreign *fo, struct shape *s, u64 r0[NR_ORDERS],
		      char why[FOREIGN_WHY])
{
	char detail[128] = "";
	int stop = 0;

	for (u32 i = 0; i < ARRAY_SIZE(stacks); i++) {
		s->stack = stacks[i];
		stop = try_shape(fo, s, r0, detail, why);
		if (stop != MODEL_BAD_ACCESS || !strstr(detail, "stack"))
			break;
	}
	if (stop == MODEL_UNDEFINED && strstr(detail, "left in stack")) {
		*s = (struct shape){ .body = &fo->code, .raw = true };
		stop = try_shape(fo, s, r0, detail, why);
	}
	if (stop < 0)
		return stop;
	return stop ? refuse(why, "%s: %s", model_stop_name(stop), detail) : 0;
}

int foreign_to_text(const struct foreign *fo, char **text, char why[FOREIGN_WHY])
{
	struct code body;
	struct shape s = { .body = &body };
	u64 r0[NR_ORDERS] = { 0 };
	int ret;

	*text = NULL;
	if (fo->mem_len > MAX_MEM)
		return refuse(why, "%u bytes of memory (expected at most %u)", fo->mem_len,
			      MAX_MEM);
	code_copy(&body, &fo->code);
	ret = open_exits(&body, why);
	if (!ret)
		ret = find_shape(fo, &s, r0, why);
	if (!ret && fo->result_kind != RESULT_NONE && !meets(fo, &s, r0[ORDER_LE])) {
		refuse(why, "the test expects 0x%" PRIx64 ", but the model computes 0x%" PRIx64,
		       fo->result, r0[ORDER_LE]);
		ret = -ENOTUNIQ;
	}
	/*
	 * the test states the result on little-endian machines; if it has 32 bits, the model adds
	 * the rest
	 */
	s.literal = fo->result_kind != RESULT_NONE && (s.raw || fo->result_kind == RESULT_WHOLE) &&
		    meets(fo, &s, r0[ORDER_BE]);
	if (!ret)
		*text = case_text(fo, &s);
	code_free(&body);
	return ret;
}

int foreign_to_case(const struct foreign *fo, struct bpf_case **out, char why[FOREIGN_WHY])
{
	char *text;
	int ret = foreign_to_text(fo, &text, why);

	if (!ret)
		ret = parse(fo, text, out, why);
	free(text);
	return ret;
}

void foreign_free(struct foreign *f)
{
	free(f->name);
	free(f->doc);
	for (u32 i = 0; i < f->nmaps; i++)
		free(f->maps[i].name);
	free(f->maps);
	free(f->mem);
	code_free(&f->code);
	memset(f, 0, sizeof(*f));
}
