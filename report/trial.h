/* SPDX-License-Identifier: GPL-2.0 */
/* A trial as a record. The only file of the reports that knows of sessions. */
#ifndef CHECKJIT_REPORT_TRIAL_H
#define CHECKJIT_REPORT_TRIAL_H

#include "report/record.h"
#include "session/trial.h"

/*
 * Put what @t shows of @c into @rec, which record_init() has made: verdict, reason, and what
 * differs. @order is the guest's.
 */
void record_trial(struct record *rec, const struct trial *t, const struct bpf_case *c,
		  enum byte_order order);

#endif
