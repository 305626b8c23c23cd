/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The directory of a night holds a run directory for each of its units. One with a = in its name is
 * of another kernel or machine: its name says how that differs from the default, as `BTF=1`.
 */
#ifndef CHECKJIT_REPORT_NIGHT_H
#define CHECKJIT_REPORT_NIGHT_H

#include "report/record.h"

/* Is @dir a directory without results of its own, but with run directories in it? */
bool is_night(const char *dir);

/*
 * Load all units of the night in @dir as one run: the records of an arch together, those of a
 * variant as an arch of the name "ARCH/VARIANT". What several units ran is counted for each. Of
 * several verdicts of one case a failure stays, else the last one. Returns 0, or -errno with @diag.
 */
int night_load(const char *dir, struct run_set *out, struct diag *diag);

/* "x86_64" and "BTF=1" of "x86_64/BTF=1", "" without a variant. The caller frees the arch. */
const char *night_variant(const char *label, char **arch);

#endif
