// SPDX-License-Identifier: GPL-2.0
/*
 * Exports a .data file of bpf_conformance: r1 is the address of the memory, r2 its size, r0 the
 * result.
 */
#include <stdlib.h>
#include "convert/conf_asm.h"
#include "convert/inline.h"

static void print_mem(FILE *f, const struct inlined *in)
{
	if (!in->mem_size)
		return;
	fprintf(f, "-- mem\n");
	for (u32 i = 0; i < in->mem_size; i++)
		fprintf(f, "%02x%c", in->mem_win[i],
			i % 16 == 15 || i + 1 == in->mem_size ? '\n' : ' ');
}

int export_data(FILE *f, const struct export_ask *a, char why[EXPORT_WHY])
{
	struct inlined in;
	char *text = NULL;
	size_t len;
	FILE *mem;
	int ret = inline_build(a, INLINE_ARG, &in, why);

	if (ret)
		return ret;
	mem = open_memstream(&text, &len);
	ret = conf_print(mem, &in.code, why, EXPORT_WHY);
	fclose(mem);
	if (!ret) {
		fprintf(f, "# SPDX-License-Identifier: GPL-2.0\n");
		export_title(f, a, "# ");
		fprintf(f, "-- asm\n%s", text);
		print_mem(f, &in);
		fprintf(f, "-- result\n0x%x\n", in.retval);
	}
	free(text);
	inline_free(&in);
	return ret;
}
