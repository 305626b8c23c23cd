/* SPDX-License-Identifier: GPL-2.0 */
/* The maps of a BPF object: variables in section .maps, which their BTF types describe. */
#ifndef CHECKJIT_ELF_MAPS_H
#define CHECKJIT_ELF_MAPS_H

#include "lib/diag.h"
#include "lib/types.h"

#define ELF_MAPS_SECTION ".maps"

struct btf;

struct elf_map {
	const char *name;			  /* points into the BTF */
	u32 type;				  /* BPF_MAP_TYPE_* */
	u32 key_size, value_size, entries, flags; /* 0: not given */
	bool nested;				  /* the values are maps or programs */
	bool pinned;
};

/*
 * Read all maps of the object @path, whose section .maps has @size bytes. The caller frees *@maps.
 * Returns 0, or -EINVAL with @diag filled if @btf is NULL or does not describe them correctly.
 */
int elf_maps_read(const struct btf *btf, u64 size, const char *path, struct elf_map **maps,
		  u32 *nmaps, struct diag *diag);

/* Returns the map's enum map_kind, or -EOPNOTSUPP for a type that cases cannot have. */
int elf_map_kind(const struct elf_map *map);

/* Returns the name of a map type, such as "perf_event_array", or NULL if it is unknown. */
const char *elf_map_type_name(u32 type);

#endif
