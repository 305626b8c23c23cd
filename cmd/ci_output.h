/* SPDX-License-Identifier: GPL-2.0 */
/* What the CI system around a run reads from its stdout. */
#ifndef CHECKJIT_CI_OUTPUT_H
#define CHECKJIT_CI_OUTPUT_H

/*
 * Print the results in @rundir for LAVA and GitHub Actions, where the settings ask for it. Results
 * that cannot be read are passed over: report_run() has said so.
 */
void ci_output(const char *rundir);

#endif
