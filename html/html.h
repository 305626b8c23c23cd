/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The report that people read: static HTML made of the records of a run. It needs no server and no
 * network, so that it opens from a disk and from the artifacts of a CI job.
 */
#ifndef CHECKJIT_HTML_H
#define CHECKJIT_HTML_H

#include "history/history.h"
#include "report/record.h"

struct html_conf {
	const char *dir;	 /* where the pages go; made if needed */
	const char *cases;	 /* folder of the written cases, whose text the findings show */
	struct history *history; /* what earlier runs found, or NULL: no page of it */
	s64 night;		 /* of the history, whose news have a page; 0: none */
};

/*
 * Write all pages of @set. Pages of findings that an earlier call left in @conf->dir are removed.
 * Returns 0, or -errno after a message on stderr.
 */
int html_write(const struct run_set *set, const struct html_conf *conf);

#endif
