/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CHECKJIT_ASKED_ARCHES_H
#define CHECKJIT_ASKED_ARCHES_H

#include "cmd/args.h"

/*
 * Append our names of the architectures that @names, words as ARCH= holds them, stand for, each
 * once; NULL: those of a run that asks for none. Returns an exit code.
 */
int asked_arches(const char *names, struct args *to);

#endif
