// SPDX-License-Identifier: GPL-2.0
/* The listing: translated insns, each with the native code that the JIT made of it. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "lib/util.h"
#include "native/native.h"
#include "explain/show_int.h"
#include "session/xlated.h"

#define MAX_HEX 10 /* bytes of an insn shown in one line; x86 has longer ones */

enum part {
	PART_FILL,
	PART_BODY, /* the insns under test: the body and its subprograms */
	PART_SPILL,
	NR_PARTS,
};

static enum part part_of(const struct translation *t, u32 slot)
{
	const struct wrapper_block *b = &t->prog.blocks[0];
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
	u32 at; /* address of the code, from native_at() */
	char mark;
	u32 hex; /* bytes in the widest line */
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
		fprintf(n->f, "        %s%c%5x ", n->look->dim, n->mark, n->at + off + i);
		for (u32 k = i; k < i + MAX_HEX && k < i + n->hex; k++)
			if (k < len)
				fprintf(n->f, " %02x", n->code[off + k]);
			else
				fprintf(n->f, "   ");
		fprintf(n->f, "%s%s%s\n", n->look->off, i || !*text ? "" : "  ", i ? "" : text);
	}
	return 0;
}

/* Print @len bytes at n->code, in hex if there is no disassembler. */
static void show_bytes(const struct show *s, struct native_lines *n, u32 len)
{
	if (!native_disasm(s->arch, n->code, len, n->at, native_line, n))
		return;
	n->hex = MAX_HEX;
	for (u32 k = 0; k < len; k += MAX_HEX)
		native_line(n, k, len - k < MAX_HEX ? len - k : MAX_HEX, "");
}

/* Print the native code of origin @i. */
static void show_native(FILE *f, const struct show *s, const struct translation *t, u32 i, u32 hex)
{
	struct native_lines n = {
		.f = f, .hex = hex, .look = &s->look, .mark = t->inferred ? '~' : ' '
	};
	u32 off, len;

	if (!origin_native(t, i, &off, &len))
		return;
	n.at = native_at(t, off);
	n.code = t->jited + off;
	show_bytes(s, &n, len);
}

/* The width of the hex column, which aligns the text of all lines. */
static u32 hex_width(const struct show *s, const struct translation *t)
{
	struct native_lines n = {};
	u32 off, len;

	for (u32 i = 0; i < t->norigins; i++)
		if ((s->verbose || part_of(t, t->origins[i].slot) == PART_BODY) &&
		    origin_native(t, i, &off, &len))
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

/*
 * The translation of an insn includes what the kernel inserts around it. Its own insn is the last
 * that looks like it, or at least writes the same register.
 */
static u32 own_insn(const struct translation *t, u32 i)
{
	const struct insn *was = &t->prog.progs[0].insns[t->origins[i].slot];
	u32 own = t->origins[i].insn;
	bool alike = false;

	for (u32 k = own; k < insn_end(t, i); k += 1 + insn_is_wide(&t->xlated[k])) {
		const struct insn *insn = &t->xlated[k];
		bool like =
			insn->code == was->code && insn->dst == was->dst && insn->src == was->src;

		if (like || (!alike && insn->dst == was->dst))
			own = k;
		alike |= like;
	}
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
		fprintf(f, "  func %s:%s%s%s\n", func->name, s->look.dim,
			t->jited_size ? "  (its first instruction has the prologue)" : "",
			s->look.off);
	for (u32 k = o->insn; k < insn_end(t, i); k += 1 + insn_is_wide(&t->xlated[k])) {
		xlated_print(text, sizeof(text), &t->xlated[k], &t->prog,
			     k == own ? o->slot : NOWHERE);
		if (k == own)
			fprintf(f, "%s%s %5u  %s%s\n", body ? s->look.bold : "", body ? ">" : " ",
				o->slot, text, body ? s->look.off : "");
		else
			fprintf(f, "      +  %s\n", text);
	}
}

/* Print one line for a whole fill or spill. Returns the origin after it. */
static u32 collapse(FILE *f, const struct show *s, const struct translation *t, u32 i)
{
	enum part part = part_of(t, t->origins[i].slot);
	u32 last = i, off, len, bytes = 0, insns;

	for (; last < t->norigins && part_of(t, t->origins[last].slot) == part; last++)
		if (origin_native(t, last, &off, &len))
			bytes += len;
	insns = insn_end(t, last - 1) - t->origins[i].insn;
	fprintf(f, "%s  %5u  … %u slots of %s", s->look.dim, t->origins[i].slot, insns,
		part == PART_FILL ? "fill" : "spill");
	if (bytes)
		fprintf(f, ", %u bytes%s", bytes,
			part == PART_FILL ? " with the prologue" : " with the epilogue");
	fprintf(f, "%s\n", s->look.off);
	return last;
}

/* Without line_info, no insn has a known origin. */
static void show_plain(FILE *f, const struct translation *t)
{
	char text[256];

	for (u32 i = 0; i < t->nr_xlated; i += 1 + insn_is_wide(&t->xlated[i])) {
		xlated_print(text, sizeof(text), &t->xlated[i], &t->prog, NOWHERE);
		fprintf(f, "  %5u  %s\n", i, text);
	}
}

/* Print the slots of the body before origin @i (or the end) that have no translation. */
static void show_removed(FILE *f, const struct show *s, const struct translation *t, u32 i)
{
	const struct code *code = &t->prog.progs[0];
	u32 slot = i ? t->origins[i - 1].slot : 0,
	    end = i < t->norigins ? t->origins[i].slot : code->cnt;
	char text[256];

	if (i)
		slot += 1 + insn_is_wide(&code->insns[slot]);
	for (; slot < end; slot += 1 + insn_is_wide(&code->insns[slot])) {
		if (part_of(t, slot) != PART_BODY)
			continue;
		code_insn_print(text, sizeof(text), code, slot);
		fprintf(f, "%s> %5u  %s%s  (the verifier removed it)\n", s->look.bold, slot, text,
			s->look.off);
	}
}

/* If no native code is known to belong to the insns under test, print all of it by function. */
static void show_unassigned(FILE *f, const struct show *s, const struct translation *t)
{
	struct native_lines n = { .f = f, .look = &s->look, .mark = ' ', .hex = MAX_HEX };
	u32 off, len;

	for (u32 i = 0; i < t->norigins; i++)
		if (part_of(t, t->origins[i].slot) == PART_BODY && origin_native(t, i, &off, &len))
			return;
	for (u32 i = 0; i < t->nfuncs && t->jited_size; i++) {
		fprintf(f, "  native code%s%s, unassigned:\n",
			i && i < t->prog.progs[0].nfuncs ? " of func " : "",
			i && i < t->prog.progs[0].nfuncs ? t->prog.progs[0].funcs[i].name : "");
		n.at = t->funcs[i].at;
		n.code = t->jited + t->funcs[i].off;
		show_bytes(s, &n, t->funcs[i].len);
	}
}

#define MANY 4 /* equal insns in a row that are shown as the first one */

/* Counts the origins after @i with the same insns and native code. */
static u32 alike(const struct translation *t, u32 i)
{
	u32 k = i, ioff = 0, ilen = 0, koff = 0, klen = 0;
	bool inative = origin_native(t, i, &ioff, &ilen);

	while (++k < t->norigins) {
		u32 n = insn_end(t, i) - t->origins[i].insn;

		if (insn_end(t, k) - t->origins[k].insn != n ||
		    part_of(t, t->origins[k].slot) != PART_BODY ||
		    func_at(&t->prog.progs[0], t->origins[k].slot) ||
		    memcmp(&t->xlated[t->origins[k].insn], &t->xlated[t->origins[i].insn],
			   n * sizeof(*t->xlated)))
			break;
		if (origin_native(t, k, &koff, &klen) != inative || klen != ilen ||
		    (inative && memcmp(t->jited + koff, t->jited + ioff, ilen)))
			break;
	}
	return k - i - 1;
}

static void show_listing(FILE *f, const struct show *s, const struct translation *t)
{
	u32 hex = hex_width(s, t), more;

	if (!t->norigins)
		show_plain(f, t);
	for (u32 i = 0; i < t->norigins;) {
		show_removed(f, s, t, i);
		if (!s->verbose && part_of(t, t->origins[i].slot) != PART_BODY) {
			i = collapse(f, s, t, i);
			continue;
		}
		show_bpf(f, s, t, i);
		show_native(f, s, t, i, hex);
		more = s->verbose ? 0 : alike(t, i);
		if (more >= MANY)
			fprintf(f, "%s         … %u more like it%s\n", s->look.dim, more,
				s->look.off);
		i += more >= MANY ? 1 + more : 1;
	}
	if (t->norigins)
		show_removed(f, s, t, t->norigins);
	show_unassigned(f, s, t);
}

/* ---- engines ---- */

/*
 * Is origin @i translated alike in @a and @b? Numbers that change with each load, such as those of
 * maps, are ignored.
 */
static bool same_insns(const struct translation *a, const struct translation *b, u32 i)
{
	u32 na = a->origins[i].insn, nb = b->origins[i].insn, slot = a->origins[i].slot;
	char ta[256], tb[256];

	if (slot != b->origins[i].slot || insn_end(a, i) - na != insn_end(b, i) - nb)
		return false;
	for (; na < insn_end(a, i); na++, nb++) {
		xlated_print(ta, sizeof(ta), &a->xlated[na], &a->prog, slot);
		xlated_print(tb, sizeof(tb), &b->xlated[nb], &b->prog, slot);
		if (strcmp(ta, tb))
			return false;
		if (insn_is_wide(&a->xlated[na]))
			na++, nb++;
	}
	return true;
}

/*
 * Are the insns under test translated alike, with native code of the same length? Distances in it
 * may differ.
 */
static bool same_body(const struct shown *ea, const struct shown *eb)
{
	const struct translation *a = &ea->tr, *b = &eb->tr;
	u32 off, alen, blen;

	if (!a->norigins || a->norigins != b->norigins)
		return false;
	for (u32 i = 0; i < a->norigins; i++) {
		if (part_of(a, a->origins[i].slot) != PART_BODY)
			continue;
		if (!same_insns(a, b, i))
			return false;
		if (!a->jited_size || !b->jited_size)
			continue;
		if (ea->trial.verdict != eb->trial.verdict ||
		    origin_native(a, i, &off, &alen) != origin_native(b, i, &off, &blen) ||
		    alen != blen)
			return false;
	}
	return true;
}

/* Another engine that is shown and whose listing covers this one's, or NULL. */
static const struct shown *stands_for(const struct show *s, u32 nr)
{
	const struct shown *e = &s->engines[nr];

	for (u32 i = 0; i < s->nengines; i++) {
		const struct shown *other = &s->engines[i];
		bool more = other->tr.jited_size && (!e->tr.jited_size || i < nr);

		if (i != nr && !other->tr.reason && (more || (!e->tr.jited_size && i < nr)) &&
		    same_body(other, e))
			return other;
	}
	return NULL;
}

static void show_engine(const struct show *s, const struct shown *e)
{
	const struct shown *other = s->verbose ? NULL : stands_for(s, e - s->engines);
	const struct translation *t = &e->tr;
	char why[NATIVE_TEXT];

	/* skip engines that did not run, or whose reason or listing is shown elsewhere */
	if (e->trial.verdict == VERDICT_SKIP)
		return;
	if (t->reason ? e->trial.err || (e->trial.reason && !strcmp(t->reason, e->trial.reason))
		      : other && !t->jited_size)
		return;
	printf("\n%s--%s %s: ", s->look.bold, s->look.off, e->engine->name);
	if (t->reason) {
		printf("no code: %s\n", t->reason);
		return;
	}
	if (t->jited_size)
		printf("%u bytes of native code", t->jited_size);
	else
		printf("%u slots, translated", t->nr_xlated);
	if (other) {
		printf(", the insns under test as on %s\n", other->engine->name);
		return;
	}
	if (t->jited_size && native_why_not(s->arch, why))
		printf(" (%s)", why);
	if (t->inferred)
		printf(", ~ boundaries inferred from the lengths of growing prefixes");
	printf("\n");
	show_listing(stdout, s, t);
}

char *code_text(struct session *session, const struct engine *engine, struct bpf_case *c)
{
	const struct show s = {
		.c = c,
		.arch = session->conf.arch,
		.look = { "", "", "", "" },
	};
	const struct trial_ask ask = { .engine = engine, .c = c, .nr_vecs = 1, .flags = WIRE_LOG };
	struct translation t;
	char *text = NULL;
	size_t len;
	FILE *f;

	if (translate_case(session, &ask, false, &t))
		return NULL;
	f = t.reason ? NULL : open_memstream(&text, &len);
	if (f) {
		show_listing(f, &s, &t);
		fclose(f);
	}
	translation_free(&t);
	return text;
}

void show_code(const struct show *s)
{
	for (u32 i = 0; i < s->nengines; i++)
		show_engine(s, &s->engines[i]);
}
