/* SPDX-License-Identifier: GPL-2.0 */
/* The maps of a BPF object: variables of its section .maps, whose types say in BTF what they are. */
#ifndef CHECKJIT_ELF_MAPS_H
#define CHECKJIT_ELF_MAPS_H

#include "lib/diag.h"
#include "lib/types.h"

#define ELF_MAPS_SECTION ".maps"

struct btf;

struct elf_map {
	const char *name;	/* the BTF's */
	u32 type;		/* BPF_MAP_TYPE_* */
	u32 key_size, value_size, entries, flags;	/* 0: not said */
	bool nested;		/* its values are maps or programs */
	bool pinned;
};

/*
 * All maps of @path, whose section .maps has @size bytes; the caller frees *@maps. -EINVAL with @diag: they are described
 * wrongly, or @btf is NULL or does not describe them.
 */
int elf_maps_read(const struct btf *btf, u64 size, const char *path, struct elf_map **maps, u32 *nmaps, struct diag *diag);

/* enum map_kind of what a case can have, or -EOPNOTSUPP: another type. */
int elf_map_kind(const struct elf_map *map);

/* "perf_event_array", or NULL for a type that is not known. */
const char *elf_map_type_name(u32 type);

#endif
