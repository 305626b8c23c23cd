/* SPDX-License-Identifier: GPL-2.0 */
/* How fast inputs are judged, where the time goes, and how that compares with loading the same programs only. */
#ifndef CHECKJIT_FUZZ_BENCH_H
#define CHECKJIT_FUZZ_BENCH_H

#include "fuzz/judge.h"

/* Those of @paths that the verifier accepts, each several times. An exit code of lib/util.h. */
int fuzz_bench(struct judge *j, char **paths, u32 cnt);

#endif
