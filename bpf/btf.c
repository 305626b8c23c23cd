// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <errno.h>
#include <string.h>
#include "bpf/btf.h"
#include "bpf/btf_libbpf.h"
#include "bpf/helpers.h"
#include "lib/util.h"

/* The kernel accepts C identifiers only; labels may have other characters. */
static char *c_name(const char *name)
{
	char *s = xstrdup(name);

	for (char *p = s; *p; p++)
		if (!isalnum((unsigned char)*p))
			*p = '_';
	return s;
}

struct basic_types {
	int int_id, u64_id, ctx_id;
};

static int add_basic(struct btf *btf, struct basic_types *t)
{
	t->int_id = btf__add_int(btf, "int", 4, BTF_INT_SIGNED);
	t->u64_id = btf__add_int(btf, "unsigned long long", 8, 0);
	t->ctx_id = btf__add_ptr(btf, 0);
	if (t->int_id < 0 || t->u64_id < 0)
		return t->int_id < 0 ? t->int_id : t->u64_id;
	return t->ctx_id < 0 ? t->ctx_id : 0;
}

/* The type id of the FUNC, or -errno. */
static int add_func(struct btf *btf, const struct basic_types *t, const struct func *f,
		    bool is_main)
{
	bool global = is_main || f->flags & (FUNC_GLOBAL | FUNC_EXCEPTION);
	int ret_id = is_main ? t->int_id : f->flags & FUNC_VOID ? 0 : t->u64_id;
	int proto = btf__add_func_proto(btf, ret_id), err = 0, id;
	char arg[16], *name;

	if (proto < 0)
		return proto;
	if (is_main)
		err = btf__add_func_param(btf, "ctx", t->ctx_id);
	for (int i = 0; i < f->nargs && !is_main && !err; i++) {
		snprintf(arg, sizeof(arg), "a%d", i + 1);
		err = btf__add_func_param(btf, arg, t->u64_id);
	}
	if (err)
		return err;
	name = c_name(f->name);
	id = btf__add_func(btf, name, global ? BTF_FUNC_GLOBAL : BTF_FUNC_STATIC, proto);
	free(name);
	return id;
}

/* The kernel finds a program's exception callback by a tag of main. */
static int add_exception_tag(struct btf *btf, const struct code *code, const u32 *type_ids)
{
	for (u32 i = 1; i < code->nfuncs; i++) {
		char *name, *tag;
		int id;

		if (!(code->funcs[i].flags & FUNC_EXCEPTION))
			continue;
		name = c_name(code->funcs[i].name);
		tag = xasprintf("exception_callback:%s", name);
		id = btf__add_decl_tag(btf, tag, type_ids[0], -1);
		free(tag);
		free(name);
		if (id < 0)
			return id;
	}
	return 0;
}

int prog_btf_build(const struct code *code, enum byte_order order, struct prog_btf *out)
{
	struct btf *btf = btf__new_empty();
	struct basic_types types;
	const void *data;
	int err;

	memset(out, 0, sizeof(*out));
	if (!btf)
		return -errno;
	err = btf__set_endianness(btf, order == ORDER_BE ? BTF_BIG_ENDIAN : BTF_LITTLE_ENDIAN);
	if (!err)
		err = add_basic(btf, &types);
	out->type_ids = xcalloc(code->nfuncs, sizeof(*out->type_ids));
	for (u32 i = 0; i < code->nfuncs && !err; i++) {
		int id = add_func(btf, &types, &code->funcs[i],
				  !i && !(code->funcs[0].flags & FUNC_GLOBAL));

		if (id < 0)
			err = id;
		else
			out->type_ids[i] = id;
	}
	if (!err)
		err = add_exception_tag(btf, code, out->type_ids);
	if (!err) {
		data = btf__raw_data(btf, &out->size);
		if (data)
			out->data = xmemdup(data, out->size);
		else
			err = errno ? -errno : -ENOMEM;
	}
	btf__free(btf);
	if (err)
		prog_btf_free(out);
	return err;
}

void prog_btf_free(struct prog_btf *b)
{
	free(b->data);
	free(b->type_ids);
	memset(b, 0, sizeof(*b));
}

/* @sub: the instruction is in a subprogram, where tail calls and packet loads need BTF. */
static bool insn_needs_btf(const struct insn *insn, bool sub)
{
	if (insn_uses_params(insn))
		return true;
	if (insn_is_helper_call(insn) && insn->imm == BPF_FUNC_tail_call)
		return sub;
	return insn_is_func_addr(insn) || (sub && insn_is_packet_load(insn));
}

bool prog_needs_btf(const struct code *code)
{
	u32 sub = code_main_cnt(code);

	if (code->nfuncs && code->funcs[0].flags & FUNC_GLOBAL)
		return true;
	for (u32 i = 1; i < code->nfuncs; i++)
		if (code->funcs[i].nargs > 5 ||
		    code->funcs[i].flags & (FUNC_GLOBAL | FUNC_CALLBACK | FUNC_EXCEPTION))
			return true;
	for (u32 i = 0; i < code->cnt; i++) {
		if (insn_needs_btf(&code->insns[i], i >= sub))
			return true;
		i += insn_is_wide(&code->insns[i]);
	}
	return false;
}
