/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CHECKJIT_COMPACT_H
#define CHECKJIT_COMPACT_H

#include "report/record.h"

/*
 * Count the written cases of each operation and engine: the largest number of records with the same
 * verdict and reason that are well becomes one, whose id is count_id(). So a case without a record
 * of its own has that of its operation. Operations in which a case has no verdict stay as they are.
 * What is well does not say where it is written.
 */
void run_compact(struct run *run);

#endif
