/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Imports .data files of bpf_conformance with sections `-- asm` or `-- raw`, `-- mem` and
 * `-- result`. A file with other sections is skipped.
 */
#ifndef CHECKJIT_IMPORT_DATA_H
#define CHECKJIT_IMPORT_DATA_H

#include "convert/foreign.h"
#include "lib/diag.h"

/*
 * Returns 0 with @out filled, or with @diag filled -EINVAL if the file is malformed and -EOPNOTSUPP
 * if it is well-formed but cannot be a case.
 */
int data_parse(const char *text, const char *path, struct foreign *out, struct diag *diag);

/*
 * Parse pairs of hex digits with or without blanks between them, as the plugin protocol has them.
 * The caller frees *@bytes. Returns 0, or -EINVAL with @diag filled.
 */
int hex_parse(const char *text, const char *what, u8 **bytes, u32 *len, struct diag *diag);

#endif
