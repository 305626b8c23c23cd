/* SPDX-License-Identifier: GPL-2.0 */
/* What a run brings that the run before it did not have. */
#ifndef CHECKJIT_SINCE_H
#define CHECKJIT_SINCE_H

#include <stdio.h>
#include "lib/types.h"

/*
 * Compare each arch of the run in @rundir with the newest earlier one in a directory beside it that
 * was complete, had the same selection of cases and ran on the same engines. Print what is new,
 * changed, fixed, flaky or slower; @all: without cutting lists short. An arch without such a run is
 * not mentioned.
 */
void report_since(FILE *f, const char *rundir, bool all);

#endif
