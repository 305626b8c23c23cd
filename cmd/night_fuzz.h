/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CHECKJIT_CMD_NIGHT_FUZZ_H
#define CHECKJIT_CMD_NIGHT_FUZZ_H

#include "cmd/night.h"

/* FUZZ= in *@seconds, 0 if it is not given. It must leave something of @budget seconds. EXIT_OK, or
 * EXIT_USAGE after saying why. */
int night_fuzz_time(u32 budget, u32 *seconds);

/* Run the fuzzer for n->fuzz_s seconds, with its output in DIR/fuzz.log. Sets n->fuzz and
 * n->fuzz_exit; what the fuzzer could not do is a line of n->trouble. */
void night_fuzz(struct night *n);

#endif
