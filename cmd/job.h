/* SPDX-License-Identifier: GPL-2.0 */
/* The jobs that boot guests: what `make run`, repro and the like do. Settings are read from the
 * environment. */
#ifndef CHECKJIT_JOB_H
#define CHECKJIT_JOB_H

#include "cmd/settings.h"

/* Build what is missing, boot a guest for each of ARCH, do @job in it, report. An exit code of
 * lib/util.h. */
int job_guests(enum job_id job);
/* Run one case on all engines of all architectures, and say who stands alone. */
int job_attribute(void);

#endif
