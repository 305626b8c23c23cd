// SPDX-License-Identifier: GPL-2.0
#include <string.h>
#include "lib/util.h"
#include "report/operations.h"
#include "report/report.h"

static struct operation *operation_of(struct operations *o, const char *name)
{
	const struct strset_entry *e = strset_find(&o->names, name);

	if (!e) {
		ARRAY_GROW(o->list, o->cnt, o->cap);
		o->list[o->cnt] = (struct operation){ xstrdup(name), xstrdup("") };
		e = strset_add(&o->names, name, o->cnt++);
	}
	return &o->list[e->value];
}

void operations_add(struct operations *o, const char *id)
{
	struct operation *op;
	char *name, *longer;

	if (strset_find(&o->ids, id))
		return;
	strset_add(&o->ids, id, 0);
	name = id_operation(id);
	op = operation_of(o, name);
	longer = xasprintf("%s%s%s", op->operands, *op->operands ? " " : "",
			   id + strlen(name) + (id[strlen(name)] == '/'));
	free(op->operands);
	op->operands = longer;
	free(name);
}

void operations_add_all(struct operations *o, const char *name, const char *operands)
{
	while (*operands) {
		size_t n = strcspn(operands, " ");
		char *id = xasprintf("%s/%.*s", name, (int)n, operands);

		if (n)
			operations_add(o, id);
		free(id);
		operands += n + (operands[n] == ' ');
	}
}

static int operation_cmp(const void *a, const void *b)
{
	return strcmp(((const struct operation *)a)->name, ((const struct operation *)b)->name);
}

void operations_sort(struct operations *o)
{
	if (o->cnt)
		qsort(o->list, o->cnt, sizeof(*o->list), operation_cmp);
}

void operations_free(struct operations *o)
{
	for (u32 i = 0; i < o->cnt; i++) {
		free(o->list[i].name);
		free(o->list[i].operands);
	}
	free(o->list);
	strset_free(&o->names);
	strset_free(&o->ids);
	*o = (struct operations){};
}
