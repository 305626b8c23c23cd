/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The text form of cases, for parser, printer and expansion. The parser splits a file into lines
 * and checks keywords, sweeps and the names in {…}. case_lines.c and case_vec.c read the lines once
 * per instance, after {…} has been replaced. Messages give the column in the original line.
 */
#ifndef CHECKJIT_CASE_TMPL_H
#define CHECKJIT_CASE_TMPL_H

#include "bpf/case.h"
#include "bpf/values.h"

#define MAX_SWEEP_VARS 4  /* of one sweep line */
#define MAX_VARS       16 /* of one case */
#define MAX_INSTANCES  (1u << 20)
#define CASE_MAX_SLOTS 900000 /* the kernel's limit is a million; the wrapper needs some */

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
	KW_FOLDS,
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
	KW_ACCEPT,
	NR_KEYWORDS,
};

extern const char *const keyword_names[NR_KEYWORDS];

struct sweep_item {
	char *id[MAX_SWEEP_VARS];    /* text in the id */
	char *value[MAX_SWEEP_VARS]; /* text that replaces {V} */
};

struct tmpl_sweep {
	u32 nvars;
	char *vars[MAX_SWEEP_VARS];
	struct sweep_item *items;
	u32 nitems, cap;
};

/* One line, or a whole program. */
struct tmpl_line {
	u8 kw; /* enum keyword */
	bool has_vars;
	u32 line;
	u32 col;		  /* of text[0] in its line, from 1 */
	char *text;		  /* without keyword and comment */
	char *body;		  /* KW_PROG: the lines between prog and end */
	struct tmpl_sweep *sweep; /* KW_SWEEP */
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
	u32 line, col; /* of text[0] */
	const char *text, *p;
	const u32 *map; /* offset in text -> offset before {…} was replaced; NULL: the same */
	const char *instance; /* for messages; NULL: no sweep */
	struct diag *diag;
};

/* Report a message at @at in sc->text. Returns -EINVAL. */
int scan_err(const struct scan *sc, const char *at, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void scan_blanks(struct scan *sc);
bool scan_end(struct scan *sc);		 /* skips blanks; true at the end of the line */
bool scan_char(struct scan *sc, char c); /* skips blanks, takes @c if it is next */
/* Skip blanks, then read letters, digits and _. Returns their number, which may be 0. */
size_t scan_word(struct scan *sc, char *buf, size_t size);
size_t scan_token(struct scan *sc, char *buf, size_t size); /* up to the next blank */
/* Read a number with an optional sign as 64 bits. *@neg: it has a minus. */
int scan_number(struct scan *sc, u64 *value, bool *neg);
int scan_u32(struct scan *sc, u32 *value, u32 min, u32 max, const char *what);
int scan_reg(struct scan *sc, int *reg);
int scan_done(struct scan *sc); /* error unless at the end */
bool is_ident(const char *s);

/* A typed literal in memory: "u32", and whether a value fits it. */
struct mem_type {
	const char *name;
	u8 size;
	bool is_signed;
};

int scan_type(struct scan *sc, const struct mem_type **type);
bool type_fits(const struct mem_type *t, u64 value, bool neg);

/* ---- case_instance.c: defaults that follow from the rest of a case ---- */

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
	u32 win[NR_REGIONS]; /* sizes as written, without guards; 0: none */
	u32 win_line[NR_REGIONS];
	u16 ptr_regs;
	bool out_given;
	struct instance_vec *vecs; /* case_vec.c */
	u32 nvecs, vcap;
	struct column *cols; /* MAX_COLS */
	u32 ncols;
	struct named_slot *labels; /* of progs[0], for maps that name them */
	u32 nlabels, labels_cap;
};

int line_parse(struct instance *m, u8 kw, struct scan *sc);
/* Resolve the labels of an insn_array line once the program is known; other maps have none. */
int targets_parse(struct instance *m, struct scan *sc);
/* Likewise for attach lines. */
int attach_parse(struct instance *m, struct scan *sc);
void attach_print(FILE *f, const struct bpf_case *c);
int vec_parse(struct instance *m, struct scan *sc, const char *tmpl_text);

/* Give m->c its vectors (from @cache if equal ones were built before), columns and expectations. */
int vecs_build(struct instance *m, struct vec_cache **cache, struct scan *where);
void instance_vecs_free(struct instance *m);
void vec_cache_free(struct vec_cache *cache);

/* Returns noise word @idx of vector @vec, which never changes. */
u64 case_noise(u32 vec, u32 idx);

const char *map_kind_name(u8 kind);

#endif
