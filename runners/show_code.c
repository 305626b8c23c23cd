// SPDX-License-Identifier: GPL-2.0
/* The listing: BPF instructions as the verifier translated them, each with the native code that the JIT made of it. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "lib/util.h"
#include "native/native.h"
#include "runners/show_int.h"
#include "runners/xlated.h"

#define MAX_HEX 8	/* bytes of an instruction that are shown in one line */

enum part {
	PART_FILL,
	PART_BODY,	/* what the case is about: its body and subprograms */
	PART_SPILL,
	NR_PARTS,
};

static enum part part_of(const struct translation *t, u32 slot)
{
	const struct frame_block *b = &t->prog.blocks[0];
	const struct code *code = &t->prog.progs[0];

	if (slot < b->body)
		return PART_FILL;
	if (slot < b->body + b->body_cnt || (code->nfuncs > 1 && slot >= code->funcs[1].start))
		return PART_BODY;
	return PART_SPILL;
}

static u32 insn_end(const struct translation *t, u32 i)
{
	return i + 1 < t->norigins ? t->origins[i + 1].insn : t->nr_xlated;
}

/* ---- native code ---- */

struct native_lines {
	FILE *f;
	u32 base;		/* offset of the code in the dump */
	u32 hex;		/* bytes in the widest line */
	const struct look *look;
	const u8 *code;
};

static int widest(void *ctx, u32 off, u32 len, const char *text)
{
	struct native_lines *n = ctx;

	(void)off;
	(void)text;
	if (len > n->hex)
		n->hex = len;
	return 0;
}

static int native_line(void *ctx, u32 off, u32 len, const char *text)
{
	struct native_lines *n = ctx;

	for (u32 i = 0; i < len; i += MAX_HEX) {
		fprintf(n->f, "        %s%5x ", n->look->dim, n->base + off + i);
		for (u32 k = i; k < i + MAX_HEX && k < i + n->hex; k++)
			if (k < len)
				fprintf(n->f, " %02x", n->code[off + k]);
			else
				fprintf(n->f, "   ");
		fprintf(n->f, "%s%s%s\n", n->look->off, i || !*text ? "" : "  ", i ? "" : text);
	}
	return 0;
}

/* The native code of origin @i, or hex where there is no disassembler. */
static void show_native(FILE *f, const struct show *s, const struct translation *t, u32 i, u32 hex)
{
	struct native_lines n = { .f = f, .hex = hex, .look = &s->look };
	u32 len;

	if (!origin_native(t, i, &n.base, &len))
		return;
	n.code = t->jited + n.base;
	if (native_disasm(s->arch, n.code, len, n.base, native_line, &n))
		for (u32 at = 0; at < len; at += MAX_HEX) {
			n.hex = MAX_HEX;
			native_line(&n, at, len - at < MAX_HEX ? len - at : MAX_HEX, "");
		}
}

/* So that the text of all lines stands in one column. */
static u32 hex_width(const struct show *s, const struct translation *t)
{
	struct native_lines n = {};
	u32 off, len;

	for (u32 i = 0; i < t->norigins; i++)
		if ((s->verbose || part_of(t, t->origins[i].slot) == PART_BODY) && origin_native(t, i, &off, &len))
			native_disasm(s->arch, t->jited + off, len, off, widest, &n);
	return n.hex < MAX_HEX ? n.hex : MAX_HEX;
}

/* ---- BPF ---- */

static const struct func *func_at(const struct code *code, u32 slot)
{
	for (u32 i = 1; i < code->nfuncs; i++)
		if (code->funcs[i].start == slot)
			return &code->funcs[i];
	return NULL;
}

/* What the kernel has put before and behind it comes with it; its own is the last that looks like it. */
static u32 own_insn(const struct translation *t, u32 i)
{
	const struct insn *was = &t->prog.progs[0].insns[t->origins[i].slot];
	u32 own = t->origins[i].insn;

	for (u32 k = own; k < insn_end(t, i); k += 1 + insn_is_wide(&t->xlated[k]))
		if (t->xlated[k].code == was->code && t->xlated[k].dst == was->dst && t->xlated[k].src == was->src)
			own = k;
	return own;
}

static void show_bpf(FILE *f, const struct show *s, const struct translation *t, u32 i)
{
	const struct code *code = &t->prog.progs[0];
	const struct origin *o = &t->origins[i];
	const struct func *func = func_at(code, o->slot);
	bool body = part_of(t, o->slot) == PART_BODY;
	u32 own = own_insn(t, i);
	char text[256];

	if (func)
		fprintf(f, "  func %s:%s  (its first instruction has the prologue)%s\n", func->name, s->look.dim, s->look.off);
	for (u32 k = o->insn; k < insn_end(t, i); k += 1 + insn_is_wide(&t->xlated[k])) {
		xlated_print(text, sizeof(text), &t->xlated[k], code, k == own ? o->slot : NOWHERE);
		if (k == own)
			fprintf(f, "%s%s %5u  %s%s\n", body ? s->look.bold : "", body ? ">" : " ", o->slot, text,
				body ? s->look.off : "");
		else
			fprintf(f, "      +  %s\n", text);
	}
}

/* One line for all of a part but the body. Returns the first origin behind it. */
static u32 collapse(FILE *f, const struct show *s, const struct translation *t, u32 i)
{
	enum part part = part_of(t, t->origins[i].slot);
	u32 last = i, off, len, bytes = 0, insns;

	for (; last < t->norigins && part_of(t, t->origins[last].slot) == part; last++)
		if (origin_native(t, last, &off, &len))
			bytes += len;
	insns = insn_end(t, last - 1) - t->origins[i].insn;
	fprintf(f, "%s  %5u  … %u slots of %s", s->look.dim, t->origins[i].slot, insns, part == PART_FILL ? "fill" : "spill");
	if (bytes)
		fprintf(f, ", %u bytes%s", bytes, part == PART_FILL ? " with the prologue" : " with the epilogue");
	fprintf(f, "%s\n", s->look.off);
	return last;
}

/* No record says where anything came from. */
static void show_plain(FILE *f, const struct translation *t)
{
	char text[256];

	for (u32 i = 0; i < t->nr_xlated; i += 1 + insn_is_wide(&t->xlated[i])) {
		xlated_print(text, sizeof(text), &t->xlated[i], &t->prog.progs[0], NOWHERE);
		fprintf(f, "  %5u  %s\n", i, text);
	}
}

/* The slots of the body before origin @i (or the end) that nothing came of. */
static void show_removed(FILE *f, const struct show *s, const struct translation *t, u32 i)
{
	const struct code *code = &t->prog.progs[0];
	u32 slot = i ? t->origins[i - 1].slot : 0, end = i < t->norigins ? t->origins[i].slot : code->cnt;
	char text[256];

	if (i)
		slot += 1 + insn_is_wide(&code->insns[slot]);
	for (; slot < end; slot += 1 + insn_is_wide(&code->insns[slot])) {
		if (part_of(t, slot) != PART_BODY)
			continue;
		insn_print(text, sizeof(text), &code->insns[slot]);
		fprintf(f, "%s> %5u  %s%s  (the verifier removed it)\n", s->look.bold, slot, text, s->look.off);
	}
}

static void show_listing(FILE *f, const struct show *s, const struct translation *t)
{
	u32 hex = hex_width(s, t);

	if (!t->norigins)
		show_plain(f, t);
	for (u32 i = 0; i < t->norigins;) {
		show_removed(f, s, t, i);
		if (!s->verbose && part_of(t, t->origins[i].slot) != PART_BODY) {
			i = collapse(f, s, t, i);
			continue;
		}
		show_bpf(f, s, t, i);
		show_native(f, s, t, i++, hex);
	}
	if (t->norigins)
		show_removed(f, s, t, t->norigins);
}

/* ---- engines ---- */

/* Is what both make of the body the same, instruction by instruction and byte by byte? */
static bool same_body(const struct translation *a, const struct translation *b)
{
	u32 aoff, alen, boff, blen;

	if (!a->norigins || a->norigins != b->norigins || a->nfuncs != b->nfuncs)
		return false;
	for (u32 i = 0; i < a->norigins; i++) {
		u32 n = insn_end(a, i) - a->origins[i].insn;
		bool acode = origin_native(a, i, &aoff, &alen), bcode = origin_native(b, i, &boff, &blen);

		if (part_of(a, a->origins[i].slot) != PART_BODY)
			continue;
		if (a->origins[i].slot != b->origins[i].slot || n != insn_end(b, i) - b->origins[i].insn ||
		    memcmp(a->xlated + a->origins[i].insn, b->xlated + b->origins[i].insn, n * sizeof(*a->xlated)))
			return false;
		if (acode && bcode && (alen != blen || memcmp(a->jited + aoff, b->jited + boff, alen)))
			return false;
	}
	return true;
}

/* An engine that is shown and whose listing says all that this one's would. */
static const struct shown *stands_for(const struct show *s, u32 nr)
{
	const struct shown *e = &s->engines[nr];

	for (u32 i = 0; i < s->nengines; i++) {
		const struct shown *other = &s->engines[i];
		bool more = other->tr.jited_size && (!e->tr.jited_size || i < nr);

		if (i != nr && !other->tr.reason && (more || (!e->tr.jited_size && i < nr)) && same_body(&other->tr, &e->tr))
			return other;
	}
	return NULL;
}

static void show_title(const struct show *s, const struct shown *e)
{
	const struct shown *other = s->verbose ? NULL : stands_for(s, e - s->engines);
	char why[NATIVE_TEXT];

	printf("\n%s--%s %s: ", s->look.bold, s->look.off, e->engine->name);
	if (e->tr.reason) {
		printf("no code: %s\n", e->tr.reason);
		return;
	}
	if (e->tr.jited_size)
		printf("%u bytes of native code", e->tr.jited_size);
	else
		printf("translated, %u slots", e->tr.nr_xlated);
	if (other) {
		printf("; the case's part is the same as on %s\n", other->engine->name);
		return;
	}
	if (e->tr.jited_size && native_why_not(s->arch, why))
		printf(" (%s)", why);
	if (e->tr.inferred)
		printf(", boundaries ~ inferred from the lengths of growing prefixes");
	printf("\n");
	show_listing(stdout, s, &e->tr);
}

void show_code(const struct show *s)
{
	for (u32 i = 0; i < s->nengines; i++)
		show_title(s, &s->engines[i]);
}
