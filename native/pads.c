// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fnmatch.h>
#include <string.h>
#include "lib/util.h"
#include "native/native.h"
#include "native/pads.h"

/* Texts of landing pads (native/native.h). */
static const struct {
	const char *arch, *pattern;
} pads[] = {
	{ "x86_64", "endbr64*" },
	{ "x86_64", "nopl *-0x2a(%rax)" }, /* what FineIBT leaves of it, see gen_endbr_poison() */
	{ "arm64", "bti *" },
};

struct walk {
	const char *arch;
	int (*emit)(void *ctx, u32 off);
	void *ctx;
};

static int take(void *ctx, u32 off, u32 len, const char *text)
{
	const struct walk *w = ctx;

	(void)len;
	for (size_t i = 0; i < ARRAY_SIZE(pads); i++)
		if (!strcmp(pads[i].arch, w->arch) && !fnmatch(pads[i].pattern, text, 0))
			return w->emit(w->ctx, off);
	return 0;
}

int native_pads(const char *arch, const u8 *code, u32 size, int (*emit)(void *ctx, u32 off),
		void *ctx)
{
	struct walk w = { arch, emit, ctx };

	for (size_t i = 0; i < ARRAY_SIZE(pads); i++)
		if (!strcmp(pads[i].arch, arch))
			return native_disasm(arch, code, size, 0, take, &w);
	return -ENOTSUP;
}
