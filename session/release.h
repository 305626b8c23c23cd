/* SPDX-License-Identifier: GPL-2.0 */
/* Releases of the kernel, and ranges of them as results/known names them (session/known.h). */
#ifndef CHECKJIT_RELEASE_H
#define CHECKJIT_RELEASE_H

/* < 0, 0, > 0; "7.4-rc1" < "7.4" < "7.4.1-arm64". What is no release comes before all. */
int release_cmp(const char *a, const char *b);

/* Is @release in @ranges, "6.12..7.3,<6.1"? Returns 1 or 0, or -EINVAL if they are malformed. */
int release_in(const char *ranges, const char *release);

#endif
