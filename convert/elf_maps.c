// SPDX-License-Identifier: GPL-2.0
/*
 * struct { __uint(type, T); __type(key, K); ... } m SEC(".maps"): only the type describes the map,
 * the section's bytes mean nothing. As bpf_helpers.h defines them, __uint(NAME, N) is a member
 * "int (*NAME)[N]", __type(NAME, T) a member "T *NAME" and __array(NAME, T) "T *NAME[]".
 */
#include <errno.h>
#include <string.h>
#include "bpf/btf_libbpf.h"
#include "bpf/case.h"
#include "convert/elf_maps.h"
#include "lib/util.h"

/* enum bpf_map_type of include/uapi/linux/bpf.h; the host's header may be older than the object. */
static const char *const type_names[] = {
	"unspec",
	"hash",
	"array",
	"prog_array",
	"perf_event_array",
	"percpu_hash",
	"percpu_array",
	"stack_trace",
	"cgroup_array",
	"lru_hash",
	"lru_percpu_hash",
	"lpm_trie",
	"array_of_maps",
	"hash_of_maps",
	"devmap",
	"sockmap",
	"cpumap",
	"xskmap",
	"sockhash",
	"cgroup_storage",
	"reuseport_sockarray",
	"percpu_cgroup_storage",
	"queue",
	"stack",
	"sk_storage",
	"devmap_hash",
	"struct_ops",
	"ringbuf",
	"inode_storage",
	"task_storage",
	"bloom_filter",
	"user_ringbuf",
	"cgrp_storage",
	"arena",
	"insn_array",
};

enum { TYPE_HASH = 1, TYPE_ARRAY = 2, TYPE_PERCPU_ARRAY = 6 };

const char *elf_map_type_name(u32 type)
{
	return type < ARRAY_SIZE(type_names) ? type_names[type] : NULL;
}

int elf_map_kind(const struct elf_map *map)
{
	switch (map->type) {
	case TYPE_HASH:
		return MAP_HASH;
	case TYPE_ARRAY:
		return MAP_ARRAY;
	case TYPE_PERCPU_ARRAY:
		return MAP_PERCPU_ARRAY;
	default:
		return -EOPNOTSUPP;
	}
}

struct reader {
	const struct btf *btf;
	const char *path;
	struct diag *diag;
};

static const struct btf_type *resolve(const struct reader *r, u32 id)
{
	const struct btf_type *t = btf__type_by_id(r->btf, id);

	/* libbpf does not check for cycles: no chain is longer than the number of types */
	for (u32 i = 0; t && (btf_is_mod(t) || btf_is_typedef(t)) && i < btf__type_cnt(r->btf); i++)
		t = btf__type_by_id(r->btf, t->type);
	return t;
}

static int bad(struct reader *r, const char *map, const char *member, const char *expected)
{
	return diag_set(r->diag, r->path, 0, 0,
			"map '%s': '%s' is missing or malformed (expected %s)", map, member,
			expected);
}

/* The N of int (*)[N]. */
static bool read_uint(const struct reader *r, const struct btf_type *t, u32 *out)
{
	t = t && btf_is_ptr(t) ? resolve(r, t->type) : NULL;
	if (!t || !btf_is_array(t))
		return false;
	*out = btf_array(t)->nelems;
	return true;
}

static bool read_size(const struct reader *r, const struct btf_type *t, u32 *out)
{
	s64 size = t && btf_is_ptr(t) ? btf__resolve_size(r->btf, t->type) : -1;

	*out = (u32)size;
	return size >= 0 && size <= INT32_MAX;
}

static int read_member(struct reader *r, const struct btf_member *m, struct elf_map *map)
{
	const struct {
		const char *name;
		u32 *field;
		bool size_of; /* __type, not __uint */
	} members[] = {
		{ "type", &map->type, false },
		{ "max_entries", &map->entries, false },
		{ "map_flags", &map->flags, false },
		{ "key_size", &map->key_size, false },
		{ "value_size", &map->value_size, false },
		{ "key", &map->key_size, true },
		{ "value", &map->value_size, true },
	};
	const char *name = btf__name_by_offset(r->btf, m->name_off);
	const struct btf_type *t = resolve(r, m->type);

	if (!name)
		return bad(r, map->name, "?", "members with names");
	for (size_t i = 0; i < ARRAY_SIZE(members); i++) {
		if (strcmp(members[i].name, name))
			continue;
		if (members[i].size_of ? read_size(r, t, members[i].field)
				       : read_uint(r, t, members[i].field))
			return 0;
		return bad(r, map->name, name,
			   members[i].size_of ? "__type(NAME, TYPE)" : "__uint(NAME, NUMBER)");
	}
	map->nested |= !strcmp(name, "values");
	map->pinned |= !strcmp(name, "pinning");
	return 0;
}

/* Reject what the kernel would reject, for the map types that a case can have. */
static int check(struct reader *r, const struct elf_map *map)
{
	int kind = elf_map_kind(map);

	if (kind < 0)
		return 0;
	if (!map->entries)
		return bad(r, map->name, "max_entries", "__uint(max_entries, NUMBER)");
	if (!map->value_size)
		return bad(r, map->name, "value", "__type(value, TYPE)");
	if (kind == MAP_HASH ? !map->key_size : map->key_size != 4)
		return bad(r, map->name, "key",
			   kind == MAP_HASH ? "__type(key, TYPE)" : "a key of 4 bytes");
	return 0;
}

static int read_map(struct reader *r, const struct btf_var_secinfo *info, u64 size,
		    struct elf_map *map)
{
	const struct btf_type *var = btf__type_by_id(r->btf, info->type), *t;
	int err = 0;

	map->name = var && btf_is_var(var) ? btf__name_by_offset(r->btf, var->name_off) : NULL;
	if (!map->name || info->offset > size || info->size > size - info->offset)
		return diag_set(r->diag, r->path, 0, 0,
				"the BTF of section " ELF_MAPS_SECTION
				" is damaged (expected variables within it)");
	t = resolve(r, var->type);
	if (!t || !btf_is_struct(t))
		return diag_set(
			r->diag, r->path, 0, 0,
			"map '%s' is not a struct (expected __uint(type, …) and the like in one)",
			map->name);
	for (u32 i = 0; i < btf_vlen(t) && !err; i++)
		err = read_member(r, &btf_members(t)[i], map);
	if (!err && !map->type)
		err = bad(r, map->name, "type", "__uint(type, BPF_MAP_TYPE_…)");
	return err ?: check(r, map);
}

int elf_maps_read(const struct btf *btf, u64 size, const char *path, struct elf_map **maps,
		  u32 *nmaps, struct diag *diag)
{
	struct reader r = { .btf = btf, .path = path, .diag = diag };
	s32 id = btf ? btf__find_by_name_kind(btf, ELF_MAPS_SECTION, BTF_KIND_DATASEC) : -ENOENT;
	const struct btf_type *sec = id > 0 ? btf__type_by_id(btf, id) : NULL;

	if (!sec)
		return diag_set(diag, path, 0, 0,
				"section " ELF_MAPS_SECTION
				" without BTF that describes it (expected clang -g)");
	*maps = xcalloc(btf_vlen(sec) + 1, sizeof(**maps));
	for (*nmaps = 0; *nmaps < btf_vlen(sec); ++*nmaps) {
		int err = read_map(&r, &btf_var_secinfos(sec)[*nmaps], size, &(*maps)[*nmaps]);

		if (err)
			return err;
	}
	return 0;
}
