/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Imports the programs of a BPF ELF object. They are linked with their subprograms, global data
 * becomes the case's memory, and expected results come from the BTF declaration tags of the
 * kernel's selftests (progs/bpf_misc.h).
 */
#ifndef CHECKJIT_IMPORT_ELF_H
#define CHECKJIT_IMPORT_ELF_H

#include "convert/foreign.h"
#include "lib/diag.h"

struct elf_sink {
	/* A program that may become a case. The sink owns it and calls foreign_free(). */
	void (*program)(void *ctx, struct foreign *f);
	/* A program that cannot become a case, and why. */
	void (*skip)(void *ctx, const char *path, const char *name, const char *why);
	void *ctx;
};

/* Does the content of the file begin with the ELF magic? */
bool is_elf(const char *data, size_t len);

/*
 * Pass all programs of the object to @sink. Returns 0, or -EINVAL with @diag filled, before any
 * call of @sink, if the object is not for BPF or damaged.
 */
int elf_import(const char *path, char *data, size_t len, const struct elf_sink *sink,
	       struct diag *diag);

#endif
