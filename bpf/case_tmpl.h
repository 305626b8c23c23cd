/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Internals of the text form of cases, shared by parser, printer and expansion. The parser splits a
 * file into lines, checks keywords, sweeps and the names in {…}; what a line means is read once per
 * instance, after {…} was replaced, by case_lines.c and case_vec.c. A message names the column of the
 * line as it was written.
 */
#ifndef CHECKJIT_CASE_TMPL_H
#define CHECKJIT_CASE_TMPL_H

#include "bpf/case.h"
#include "bpf/values.h"

#define MAX_SWEEP_VARS	4	/* of one sweep line */
#define MAX_VARS	16	/* of one case */
#define MAX_INSTANCES	(1u << 20)
#define CASE_MAX_SLOTS	900000	/* the kernel's limit is a million, the frame needs some */

enum keyword {
	KW_DOC,
	KW_GUARDS,
	KW_ID,
	KW_NEEDS,
	KW_TYPE,
	KW_SWEEP,
	KW_SKIP,
	KW_FRAME,
	KW_ALONE,
	KW_RAW,
	KW_MEM,
	KW_STACK,
	KW_CTX,
	KW_PTR,
	KW_MAP,
	KW_ATTACH,
	KW_OUT,
	KW_PROG,
	KW_VEC,
	KW_REJECT,
	KW_EITHER,
	NR_KEYWORDS,
};

extern const char *const keyword_names[NR_KEYWORDS];

struct sweep_item {
	char *id[MAX_SWEEP_VARS];	/* text in the id */
	char *value[MAX_SWEEP_VARS];	/* text that replaces {V} */
};

struct tmpl_sweep {
	u32 nvars;
	char *vars[MAX_SWEEP_VARS];
	struct sweep_item *items;
	u32 nitems, cap;
};

/* One line, or a whole program. */
struct tmpl_line {
	u8 kw;			/* enum keyword */
	bool has_vars;
	u32 line;
	u32 col;		/* of text[0] in its line, from 1 */
	char *text;		/* without keyword and comment */
	char *body; /* KW_PROG: what stands between the prog line and end, whole lines */
	struct tmpl_sweep *sweep;	/* KW_SWEEP */
};

struct case_tmpl {
	char *name;
	u32 line;
	struct tmpl_line *lines;
	u32 nlines, cap;
};

/* ---- case_scan.c: reading one line ---- */

struct scan {
	const char *file;
	u32 line, col;		/* of text[0] */
	const char *text, *p;
	const u32 *map; /* offset in text -> offset before {…} was replaced; NULL: the same */
	const char *instance;	/* for messages; NULL: no sweep */
	struct diag *diag;
};

/* Message at @at (in sc->text); returns -EINVAL. */
int scan_err(const struct scan *sc, const char *at, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void scan_blanks(struct scan *sc);
bool scan_end(struct scan *sc);		/* skips blanks; true at the end of the line */
bool scan_char(struct scan *sc, char c);	/* skips blanks, takes @c if it is next */
/* Letters, digits and _ after blanks; 0 with an empty word if there are none. */
size_t scan_word(struct scan *sc, char *buf, size_t size);
size_t scan_token(struct scan *sc, char *buf, size_t size);	/* up to the next blank */
/* A number with an optional sign, as 64 bits. *@neg: it had a minus. */
int scan_number(struct scan *sc, u64 *value, bool *neg);
int scan_u32(struct scan *sc, u32 *value, u32 min, u32 max, const char *what);
int scan_reg(struct scan *sc, int *reg);
int scan_done(struct scan *sc);		/* error unless at the end */
bool is_ident(const char *s);

/* A typed literal in memory: "u32", and whether a value fits it. */
struct mem_type {
	const char *name;
	u8 size;
	bool is_signed;
};

int scan_type(struct scan *sc, const struct mem_type **type);
bool type_fits(const struct mem_type *t, u64 value, bool neg);

/* ---- case_expand.c: what follows from the rest of a case ---- */

bool case_implied_alone(const struct bpf_case *c);
u16 case_default_out(const struct bpf_case *c);

/* ---- case_sweep.c ---- */

/* Parse "V[,V] in ITEM …". */
int sweep_parse(struct scan *sc, struct tmpl_sweep *sw);
void sweep_free(struct tmpl_sweep *sw);

/* ---- case_lines.c, case_vec.c: one line of one instance; case_table.c: its vectors ---- */

struct vec_cache;
struct column;

struct named_slot {
	char *name;
	u32 slot;
};

struct instance {
	struct bpf_case *c;
	const struct case_tmpl *t;
	u32 win[NR_REGIONS];	/* sizes as written, without guards; 0: none */
	u32 win_line[NR_REGIONS];
	u16 ptr_regs;
	bool out_given;
	struct instance_vec *vecs;	/* case_vec.c */
	u32 nvecs, vcap;
	struct column *cols;	/* MAX_COLS */
	u32 ncols;
	struct named_slot *labels;	/* of progs[0], for maps that name them */
	u32 nlabels, labels_cap;
};

int line_parse(struct instance *m, u8 kw, struct scan *sc);
/* The labels of an insn_array line, once the program is known that has them; other lines of maps have none. */
int targets_parse(struct instance *m, struct scan *sc);
/* attach lines, likewise */
int attach_parse(struct instance *m, struct scan *sc);
void attach_print(FILE *f, const struct bpf_case *c);
int vec_parse(struct instance *m, struct scan *sc, const char *tmpl_text);

/* Give m->c its table (from @cache where an equal one was built before), columns and expectations.
 */
int vecs_build(struct instance *m, struct vec_cache **cache, struct scan *where);
void instance_vecs_free(struct instance *m);
void vec_cache_free(struct vec_cache *cache);

/* Noise word @idx of vector @vec: the same for ever. */
u64 case_noise(u32 vec, u32 idx);

const char *map_kind_name(u8 kind);

#endif
