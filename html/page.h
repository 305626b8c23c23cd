/* SPDX-License-Identifier: GPL-2.0 */
/* What all pages share: the report that they belong to, their frame, and their tables. */
#ifndef CHECKJIT_HTML_PAGE_H
#define CHECKJIT_HTML_PAGE_H

#include "report/findings.h"
#include "html/html.h"
#include "html/markup.h"
#include "html/texts.h"
#include "lib/outfile.h"
#include "report/matrix.h"
#include "report/report.h"

/* What is shown. */
struct html {
	const struct run_set *set;
	const char *dir;
	char *name;		 /* of the run */
	struct history *history; /* or NULL */
	s64 night;		 /* of the history, or 0 */
	struct matrix matrix;
	struct findings findings;
	struct texts texts;
	const char *engines[RUN_ENGINES]; /* of all arches */
	u32 nengines;
};

struct page {
	FILE *f;
	struct outfile out;
};

/*
 * Begin @name, a path below @h->dir, up to its heading, which is @title. Returns 0, or -errno after
 * a message on stderr.
 */
int page_open(struct page *p, const struct html *h, const char *name, const char *title);
/* End the page. Returns 0, or -errno after a message on stderr. */
int page_close(struct page *p, const struct html *h);

/* Begin a table that scrolls by itself, up to the cells of its head. @id is unique in its page. */
void table_open(FILE *f, const char *id, const char *caption);
/* A cell of the head. */
void table_head(FILE *f, const char *text);
/* End the head, and begin the body. */
void table_body(FILE *f);
void table_close(FILE *f);

/* An item of a <dl>, unless @value is NULL or empty. */
void list_item(FILE *f, const char *name, const char *value);

/* The path of the page of case @id below the report's directory, to be freed by the caller. */
char *case_page(const char *id);
/* Print @id, as a link if the case has a page. @up leads to the report's directory: "" or "../". */
void case_link(FILE *f, const struct html *h, const char *id, const char *up);
/* Print the counts of a cell of the matrix: "1190 10F 3s". */
void counts_print(FILE *f, const u32 counts[NR_MARKS]);

/* The pages. Each returns 0, or -errno after a message on stderr. */
int overview_page(const struct html *h);
int findings_page(const struct html *h);
int finding_pages(const struct html *h);
int matrix_page(const struct html *h);
int cases_page(const struct html *h);
int caps_page(const struct html *h);
int kernels_page(const struct html *h);
/* Writes no page where there is no history. */
int history_page(const struct html *h);
/* Writes no page where there is no night. */
int news_page(const struct html *h);

/* An image @name: @n bars, as high as @values say. One bar is no trend: nothing is printed. */
void trend(FILE *f, const char *name, const double *values, u32 n);

/* The list of findings of @kind, at most @max of them, for a page in the report's directory. */
void finding_list(FILE *f, const struct html *h, enum finding_kind kind, u32 max);

/* The files that all pages load, as strings. */
extern const char html_style[], html_script[];

#endif
