// SPDX-License-Identifier: GPL-2.0
/*
 * Contexts that are structs of uapi linux/bpf.h. The program names a field of the struct, and the
 * verifier makes of the access what reaches the kernel's own struct.
 */
#include <string.h>
#include "bpf/model_impl.h"
#include "lib/util.h"

enum field_value { FIELD_NONE, FIELD_LEN, FIELD_ZERO, FIELD_ONE };

/* Each has 4 bytes and is read-only. A part of one may be loaded if the layout is narrow. */
struct ctx_field {
	u32 off;
	enum field_value what; /* it holds in a run by bpf(BPF_PROG_TEST_RUN) without a context */
};

static const struct ctx_field skb_fields[] = {
	{ 0, FIELD_LEN },   /* len, without the MAC header */
	{ 8, FIELD_ZERO },  /* mark */
	{ 20, FIELD_ZERO }, /* vlan_present */
	{ 24, FIELD_ZERO }, /* vlan_tci */
	{ 32, FIELD_ZERO }, /* priority */
	{ 40, FIELD_ONE },  /* ifindex: the loopback device */
	{ 68, FIELD_ZERO }, /* hash */
	{},
};

static const struct ctx_field xdp_fields[] = {
	{ 12, FIELD_ONE },  /* ingress_ifindex: the loopback device */
	{ 16, FIELD_ZERO }, /* rx_queue_index */
	{},
};

static const struct ctx_layout {
	const struct ctx_field *fields; /* the last one is FIELD_NONE */
	u32 size;
	bool narrow;
	u32 memory, memory_end; /* bytes that are plain memory of the program */
} layouts[NR_CASE_TYPES] = {
	[CASE_TYPE_SOCKET] = { skb_fields, 72, true, 48, 68 }, /* struct __sk_buff; cb is memory */
	[CASE_TYPE_XDP] = { xdp_fields, 20 },		       /* struct xdp_md */
};

static u32 value_of(const struct bpf_machine *m, enum field_value what)
{
	return what == FIELD_LEN ? m->c->vecs->win_size[REGION_CTX] : what == FIELD_ONE;
}

void fields_begin(struct bpf_machine *m)
{
	memset(m->fields_init, 0, sizeof(m->fields_init));
	for (const struct ctx_field *f = layouts[m->c->type].fields; f->what; f++) {
		bytes_put(m->fields + f->off, 4, value_of(m, f->what), m->order);
		bits_set(m->fields_init, f->off, 4);
	}
}

int fields_locate(struct bpf_machine *m, s64 off, u32 size, bool write, u8 **data)
{
	const struct ctx_layout *l = &layouts[m->c->type];
	bool inside = off >= 0 && off + size <= l->size && !(off % size);
	bool memory = off >= l->memory && off + size <= l->memory_end;
	bool field = !write && (l->narrow ? size <= 4 : size == 4);

	if (!inside || (!memory && !field))
		return machine_stop(m, MODEL_BAD_ACCESS, "%u bytes at %+lld of the context of %s",
				    size, (long long)off, case_type_name(m->c->type));
	*data = m->fields + off;
	return MODEL_OK;
}
