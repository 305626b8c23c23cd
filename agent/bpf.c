// SPDX-License-Identifier: GPL-2.0
/*
 * bpf(2). The kernel frees programs after a grace period, so a call that fails for lack of memory
 * is tried again.
 */
#include <linux/capability.h>
#include "agent/base.h"
#include "agent/bpf.h"
#include "agent/limit.h"
#include "agent/turn.h"

#define TRIES	 6
#define RETRY_MS 20

int sys_bpf(int cmd, union bpf_attr *attr)
{
	long ret;

	if (turn_ready()) {
		turn_bpf(cmd, attr, NULL);
		return turn_make();
	}
	ret = syscall(__NR_bpf, cmd, attr, sizeof(*attr));

	return ret < 0 ? -errno : ret;
}

static int sys_bpf_retry(int cmd, union bpf_attr *attr)
{
	int ret;

	for (int i = 0; i < TRIES; i++) {
		ret = sys_bpf(cmd, attr);
		if ((ret != -ENOMEM && ret != -EAGAIN) || limit_expired())
			break;
		sleep_ms(RETRY_MS);
	}
	return ret;
}

int map_create_at(const struct wire_map *m, u32 flags, u64 extra)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.map_type = m->type;
	attr.key_size = m->key_size;
	attr.value_size = m->value_size;
	attr.max_entries = m->max_entries;
	attr.map_flags = flags;
	attr.map_extra = extra;
	return sys_bpf_retry(BPF_MAP_CREATE, &attr);
}

int map_create(const struct wire_map *m, u32 flags)
{
	return map_create_at(m, flags, 0);
}

int map_update(int fd, const void *key, const void *value)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.map_fd = fd;
	attr.key = ptr_to_u64(key);
	attr.value = ptr_to_u64(value);
	return sys_bpf(BPF_MAP_UPDATE_ELEM, &attr);
}

int map_freeze(int fd)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.map_fd = fd;
	return sys_bpf(BPF_MAP_FREEZE, &attr);
}

int btf_load(const void *btf, u32 size, char *log)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.btf = ptr_to_u64(btf);
	attr.btf_size = size;
	if (log) {
		attr.btf_log_buf = ptr_to_u64(log);
		attr.btf_log_size = LOG_SIZE;
		attr.btf_log_level = 1;
	}
	return sys_bpf_retry(BPF_BTF_LOAD, &attr);
}

/* They stay in the permitted set. */
int capabilities(int on)
{
	struct __user_cap_header_struct h = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct d[_LINUX_CAPABILITY_U32S_3];

	if (syscall(__NR_capget, &h, d))
		return -errno;
	for (u32 i = 0; i < ARRAY_SIZE(d); i++)
		d[i].effective = on ? d[i].permitted : 0;
	return syscall(__NR_capset, &h, d) ? -errno : 0;
}

/* What a descriptor shows depends on who opened it: open the program of @fd again, and close @fd.
 */
static int open_again(int fd)
{
	static struct bpf_prog_info info;
	union bpf_attr attr;
	int err;

	memset(&info, 0, sizeof(info));
	err = prog_info(fd, &info);
	memset(&attr, 0, sizeof(attr));
	attr.prog_id = info.id;
	if (!err)
		err = sys_bpf(BPF_PROG_GET_FD_BY_ID, &attr);
	close(fd);
	return err;
}

static int load_unprivileged(union bpf_attr *attr)
{
	int fd, err;

	err = capabilities(0);
	if (err)
		return err;
	fd = sys_bpf_retry(BPF_PROG_LOAD, attr);
	err = capabilities(1);
	if (err && fd >= 0)
		close(fd);
	return err ? err : fd < 0 ? fd : open_again(fd);
}

int prog_load(const struct prog *p, u32 log_level, char *log)
{
	union bpf_attr attr;
	int ret;

	memset(&attr, 0, sizeof(attr));
	attr.prog_type = p->type;
	attr.insns = ptr_to_u64(p->insns);
	attr.insn_cnt = p->nr_insns;
	attr.license = ptr_to_u64("GPL");
	attr.prog_flags = p->flags;
	attr.fd_array = ptr_to_u64(p->fd_array);
	attr.expected_attach_type = p->attach_type;
	if (p->attach) {
		attr.attach_btf_id = p->attach_id;
		attr.attach_prog_fd = p->attach_fd; /* or attach_btf_obj_fd */
	}
	if (p->nr_funcs) {
		attr.prog_btf_fd = p->btf_fd;
		attr.func_info = ptr_to_u64(p->funcs);
		attr.func_info_cnt = p->nr_funcs;
		attr.func_info_rec_size = sizeof(*p->funcs);
	}
	if (p->nr_lines) {
		attr.line_info = ptr_to_u64(p->lines);
		attr.line_info_cnt = p->nr_lines;
		attr.line_info_rec_size = sizeof(*p->lines);
	}
	if (log_level) {
		attr.log_level = log_level;
		attr.log_buf = ptr_to_u64(log);
		attr.log_size = LOG_SIZE;
	}
	if (p->limit)
		limit_begin(p->limit);
	ret = p->unprivileged ? load_unprivileged(&attr) : sys_bpf_retry(BPF_PROG_LOAD, &attr);
	if (p->limit)
		limit_end();
	return ret;
}

int link_create(int fd, const struct prog *p)
{
	union bpf_attr attr;
	u64 *words = (u64 *)&attr;

	memset(&attr, 0, sizeof(attr));
	attr.link_create.prog_fd = fd;
	attr.link_create.attach_type = p->attach_type;
	/* members of link_create that older headers lack: tracing.cookie, and tracing_multi */
	if (p->attach_id) {
		words[3] = p->cookie;
	} else {
		words[2] = ptr_to_u64(p->ids);
		words[3] = ptr_to_u64(p->cookies);
		*(u32 *)&words[4] = 1 + p->nr_more;
	}
	return sys_bpf_retry(BPF_LINK_CREATE, &attr);
}

static void info_prepare(union bpf_attr *attr, int fd, struct bpf_prog_info *info)
{
	memset(attr, 0, sizeof(*attr));
	attr->info.bpf_fd = fd;
	attr->info.info_len = sizeof(*info);
	attr->info.info = ptr_to_u64(info);
}

int prog_info(int fd, struct bpf_prog_info *info)
{
	union bpf_attr attr;

	info_prepare(&attr, fd, info);
	return sys_bpf(BPF_OBJ_GET_INFO_BY_FD, &attr);
}

void prog_info_later(int fd, struct bpf_prog_info *info)
{
	static union bpf_attr attr;

	info_prepare(&attr, fd, info);
	turn_bpf(BPF_OBJ_GET_INFO_BY_FD, &attr, NULL);
}

void test_run_prepare(union bpf_attr *attr, int fd, u32 prog_type, void *ctx, u32 ctx_bytes)
{
	memset(attr, 0, sizeof(*attr));
	attr->test.prog_fd = fd;
	/* a packet must not be empty */
	if (takes_packet(prog_type)) {
		attr->test.data_in = ptr_to_u64((u8 *)ctx - MAC_HEADER);
		attr->test.data_size_in = MAC_HEADER + (ctx_bytes ? ctx_bytes : 8);
		attr->test.repeat = 1;
		return;
	}
	/* the other types accept no more members, not even repeat */
	if (ctx_bytes) {
		attr->test.ctx_in = ptr_to_u64(ctx);
		attr->test.ctx_size_in = ctx_bytes;
	}
}

int test_run(union bpf_attr *attr)
{
	int ret;

	do {
		attr->test.data_size_out = 0; /* written by the last run */
		attr->test.duration = 0;
		ret = sys_bpf(BPF_PROG_TEST_RUN, attr);
	} while (ret == -EINTR || ret == -EAGAIN);
	return ret;
}

/* The name of the BTF object behind @fd, NUL-terminated. */
static int btf_name(int fd, char *name, u32 size)
{
	struct bpf_btf_info info;
	union bpf_attr attr;

	memset(&info, 0, sizeof(info));
	info.name = ptr_to_u64(name);
	info.name_len = size;
	memset(&attr, 0, sizeof(attr));
	attr.info.bpf_fd = fd;
	attr.info.info_len = sizeof(info);
	attr.info.info = ptr_to_u64(&info);
	return sys_bpf(BPF_OBJ_GET_INFO_BY_FD, &attr);
}

int btf_of_module(const char *module)
{
	union bpf_attr attr;
	char name[64];
	u32 id = 0;
	int fd, err;

	for (;;) {
		memset(&attr, 0, sizeof(attr));
		attr.start_id = id;
		err = sys_bpf(BPF_BTF_GET_NEXT_ID, &attr);
		if (err)
			return err;
		id = attr.next_id;
		memset(&attr, 0, sizeof(attr));
		attr.btf_id = id;
		fd = sys_bpf(BPF_BTF_GET_FD_BY_ID, &attr);
		if (fd < 0)
			continue;
		memset(name, 0, sizeof(name));
		if (!btf_name(fd, name, sizeof(name)) && !strcmp(name, module))
			return fd;
		close(fd);
	}
}
