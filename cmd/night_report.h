/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CHECKJIT_CMD_NIGHT_REPORT_H
#define CHECKJIT_CMD_NIGHT_REPORT_H

#include "cmd/night.h"

/*
 * Write the report of the night to stdout and summary.txt, and mail it to MAILTO=. Returns the exit
 * code of the night.
 */
int night_report(struct night *n);

#endif
