/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Programs of a BPF ELF object: linked with their subprograms, global data as the case's memory, and what the kernel's
 * selftests say of them in BTF declaration tags (progs/bpf_misc.h).
 */
#ifndef CHECKJIT_IMPORT_ELF_H
#define CHECKJIT_IMPORT_ELF_H

#include "convert/foreign.h"
#include "lib/diag.h"

struct elf_sink {
	/* One program that may become a case; it is the sink's (foreign_free() it). */
	void (*program)(void *ctx, struct foreign *f);
	/* One that cannot, and why. */
	void (*skip)(void *ctx, const char *path, const char *name, const char *why);
	void *ctx;
};

/* Does the file's content begin as an ELF's does? */
bool is_elf(const char *data, size_t len);

/* 0, or -EINVAL with @diag: not an object for BPF, or damaged; then nothing was given to @sink. */
int elf_import(const char *path, char *data, size_t len, const struct elf_sink *sink, struct diag *diag);

#endif
