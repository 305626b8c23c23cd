/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Benchmark: how fast inputs are judged, where the time goes, and how that compares with just
 * loading the programs.
 */
#ifndef CHECKJIT_FUZZ_BENCH_H
#define CHECKJIT_FUZZ_BENCH_H

#include "fuzz/judge.h"

/*
 * Measure those of @paths that the verifier accepts, each several times. Returns an exit code of
 * lib/util.h.
 */
int fuzz_bench(struct judge *j, char **paths, u32 cnt);

#endif
