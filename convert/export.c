// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include "convert/export.h"

int export_refuse(char why[EXPORT_WHY], const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, EXPORT_WHY, fmt, ap);
	va_end(ap);
	return -EOPNOTSUPP;
}

/* Does @c call kfuncs? Their ids differ between kernels. */
static bool calls_kfuncs(const struct bpf_case *c)
{
	for (u32 i = 0; i < c->nprogs; i++) {
		const struct code *code = &c->progs[i];

		for (u32 k = 0; k < code->cnt; k += 1 + insn_is_wide(&code->insns[k]))
			if (insn_is_kfunc_call(&code->insns[k]))
				return true;
	}
	return false;
}

int export_model(const struct export_ask *a, enum byte_order order, struct model_state *st,
		 char why[EXPORT_WHY])
{
	char detail[128] = "";
	enum model_stop stop;

	memset(st, 0, sizeof(*st));
	if (a->c->type != CASE_TYPE_SYSCALL)
		return export_refuse(why, "programs of type %s have no counterpart there",
				     case_type_name(a->c->type));
	if (a->c->attach)
		return export_refuse(why, "programs around functions have no counterpart there");
	if (calls_kfuncs(a->c))
		return export_refuse(
			why, "calls of kernel functions go by ids that each kernel has of its own");
	stop = model_run(a->c, a->vec, order, 64, st, detail);
	if (stop == MODEL_OK)
		return 0;
	model_state_free(st);
	return export_refuse(why, "the model cannot tell what must come out: %s: %s",
			     model_stop_name(stop), detail);
}

void export_title(FILE *f, const struct export_ask *a, const char *indent)
{
	fprintf(f, "%s%s.%u\n", indent, a->c->id, a->vec);
	if (a->c->doc)
		fprintf(f, "%s%s\n", indent, a->c->doc);
	if (a->c->guards)
		fprintf(f, "%sguards %s\n", indent, a->c->guards);
}

int export_case(FILE *f, const struct export_ask *a, char why[EXPORT_WHY])
{
	(void)why;
	bpf_case_print(f, a->c, a->vec);
	return 0;
}
