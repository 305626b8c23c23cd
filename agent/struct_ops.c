// SPDX-License-Identifier: GPL-2.0
/* Programs that take the place of functions of the module, by struct_ops. */
#include <linux/btf.h>
#include "agent/base.h"
#include "agent/kfunc.h"
#include "agent/struct_ops.h"
#include "agent/sysctl.h"
#include "proto/checkjit_kfunc.h"

#define VALUE_SIZE 4096u
#define FIRST	   KFUNC_checkjit_in_up

/* bpf(2), missing in older headers. */
#define STRUCT_OPS_LINK	 44u		       /* BPF_STRUCT_OPS */
#define STRUCT_OPS_FLAGS (1u << 13 | 1u << 15) /* BPF_F_LINK, BPF_F_VTYPE_BTF_OBJ_FD */
#define BTF_FD_WORD	 18		       /* value_type_btf_obj_fd, in words of 32 bits */

void ops_prepare(struct prog *p)
{
	p->type = BPF_PROG_TYPE_STRUCT_OPS;
	p->attach_type = p->func - KFUNC_BASE - FIRST;
	p->attach_id = kfunc_ops()->type;
	p->attach_fd = kfunc_btf();
}

/* The kernel wants BTF of whoever makes the map, whatever is in it: an int. */
static const struct {
	struct btf_header head;
	struct btf_type type;
	u32 bits;
	char names[3];
} own = {
	.head = { .magic = BTF_MAGIC,
		  .version = BTF_VERSION,
		  .hdr_len = sizeof(struct btf_header),
		  .type_len = sizeof(struct btf_type) + sizeof(u32),
		  .str_off = sizeof(struct btf_type) + sizeof(u32),
		  .str_len = sizeof(own.names) },
	.type = { .name_off = 1, .info = BTF_KIND_INT << 24, .size = 4 },
	.bits = 32,
	.names = "\0i",
};

static int ops_map(const struct kfunc_ops *ops)
{
	union bpf_attr attr;
	int btf = btf_load(&own, own.head.hdr_len + own.head.type_len + own.head.str_len, NULL);
	int map;

	if (btf < 0)
		return btf;
	memset(&attr, 0, sizeof(attr));
	attr.map_type = BPF_MAP_TYPE_STRUCT_OPS;
	attr.key_size = 4;
	attr.value_size = ops->size;
	attr.max_entries = 1;
	attr.map_flags = STRUCT_OPS_FLAGS;
	attr.btf_vmlinux_value_type_id = ops->value;
	((u32 *)&attr)[BTF_FD_WORD] = kfunc_btf();
	attr.btf_fd = btf;
	map = sys_bpf(BPF_MAP_CREATE, &attr);
	close(btf);
	return map;
}

/* Put the program @fd into the map. Returns 0 or -errno. */
static int set_member(int map, const struct kfunc_ops *ops, u32 member, int fd)
{
	static unsigned long value[VALUE_SIZE / sizeof(long)];
	const u32 key = 0, at = ops->data / sizeof(long) + member;
	int err;

	if (ops->size > sizeof(value) || at >= ops->size / sizeof(long))
		return -EINVAL;
	value[at] = fd;
	err = map_update(map, &key, value);
	value[at] = 0;
	return err;
}

int ops_link(int fd, const struct prog *p)
{
	const struct kfunc_ops *ops = kfunc_ops();
	union bpf_attr attr;
	int map, ret;

	if (ops->type <= 0 || ops->value <= 0)
		return ops->type < 0 ? ops->type : -EOPNOTSUPP;
	map = ops_map(ops);
	if (map < 0)
		return map;
	ret = set_member(map, ops, p->attach_type, fd);
	if (!ret) {
		memset(&attr, 0, sizeof(attr));
		attr.link_create.prog_fd = map; /* map_fd */
		attr.link_create.attach_type = STRUCT_OPS_LINK;
		ret = sys_bpf(BPF_LINK_CREATE, &attr);
	}
	close(map);
	return ret;
}
