/* SPDX-License-Identifier: GPL-2.0 */
/* The .data files of bpf_conformance: sections `-- asm` or `-- raw`, `-- mem`, `-- result`; others say what is skipped. */
#ifndef CHECKJIT_IMPORT_DATA_H
#define CHECKJIT_IMPORT_DATA_H

#include "convert/foreign.h"
#include "lib/diag.h"

/* 0 with @out filled; -EINVAL with @diag: malformed; -EOPNOTSUPP with @diag: well-formed, but no case. */
int data_parse(const char *text, const char *path, struct foreign *out, struct diag *diag);

/* Pairs of hex digits, blanks between them or not, as of the plugin protocol. The caller frees *@bytes. -EINVAL: what is wrong
 * is in @diag. */
int hex_parse(const char *text, const char *what, u8 **bytes, u32 *len, struct diag *diag);

#endif
