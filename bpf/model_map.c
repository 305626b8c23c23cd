// SPDX-License-Identifier: GPL-2.0
/*
 * The maps of a case. In a guest they live as long as the loaded program, which runs all vectors;
 * the model runs each vector alone. So a case must not depend on what an earlier vector stored: an
 * array's bytes are undefined until the run has written them, and a hash is empty at first and must
 * be empty again at the end.
 */
#include <errno.h>
#include <string.h>
#include "bpf/model_impl.h"
#include "lib/util.h"

#define MAX_MAP_BYTES (1u << 20)
#define MAX_KEY	      64
#define MAX_VALUE     512

enum update_flags {
	UPDATE_ANY,
	UPDATE_NOEXIST,
	UPDATE_EXIST,
	NR_UPDATE_FLAGS,
};

/* A key of a hash. Its value is the element of the same number; elements are not reused. */
struct elem {
	bool live;
	u8 key[MAX_KEY];
};

struct map_state {
	u8 *bytes;	    /* elements, value_size rounded up to 8 each */
	u64 *init;	    /* bit per byte */
	struct elem *elems; /* hash */
	u32 nelems, cap;
};

static u32 stride(const struct case_map *map)
{
	if (map->kind == MAP_ARENA)
		return CASE_PAGE;
	return (map->value_size + 7) & ~7u;
}

int machine_map(struct bpf_machine *m, struct val ptr, const struct case_map **map)
{
	if (tag_kind(ptr.tag) != PTR_MAP)
		return machine_stop(m, MODEL_BAD_CALL, "the map argument is not a map");
	if (!tag_map(ptr.tag))
		return machine_stop(m, MODEL_BAD_CALL, "the I/O map is not the case's own");
	*map = &m->c->maps[tag_map(ptr.tag) - 1];
	return MODEL_OK;
}

/* Make room for @n elements of @map in all. */
static int reserve_elems(struct bpf_machine *m, u32 map, u32 n, struct map_state **out)
{
	const struct case_map *cm = &m->c->maps[map - 1];
	u64 size = (u64)n * stride(cm), old;
	struct map_state *s;

	if (size > MAX_MAP_BYTES || cm->key_size > MAX_KEY ||
	    (!cm->value_size && cm->kind != MAP_ARENA))
		return machine_stop(m, MODEL_BAD_CALL, "map %s is bigger than the model allows",
				    cm->name);
	if (!m->maps)
		m->maps = xcalloc(m->c->nmaps, sizeof(*m->maps));
	s = *out = &m->maps[map - 1];
	if (n <= s->cap)
		return MODEL_OK;
	old = (u64)s->cap * stride(cm);
	s->bytes = xrealloc(s->bytes, size);
	memset(s->bytes + old, 0, size - old);
	/* elements are multiples of 8 bytes: round the bitmap up to whole words */
	s->init = xrealloc(s->init, (size + 63) / 64 * 8);
	memset(s->init + (old + 63) / 64, 0, ((size + 63) / 64 - (old + 63) / 64) * 8);
	s->cap = n;
	return MODEL_OK;
}

int map_value(struct bpf_machine *m, tag_t tag, u8 **data, u64 **init, u32 *first_bit, u32 *size)
{
	u32 map = tag_map(tag), entry = tag_entry(tag);
	const struct case_map *cm = &m->c->maps[map - 1];
	struct map_state *s;
	int err = reserve_elems(m, map, map_is_array(cm) ? cm->entries : 0, &s);

	if (err)
		return err;
	if (cm->kind == MAP_HASH && !s->elems[entry].live)
		return machine_stop(m, MODEL_BAD_ACCESS, "the value's key was deleted");
	*data = s->bytes + (u64)entry * stride(cm);
	*init = s->init;
	*first_bit = entry * stride(cm);
	*size = cm->value_size;
	return MODEL_OK;
}

int map_arena(struct bpf_machine *m, u8 **data, u64 **init, u32 *size)
{
	for (u32 i = 0; i < m->c->nmaps; i++) {
		const struct case_map *cm = &m->c->maps[i];
		struct map_state *s;
		int err;

		if (cm->kind != MAP_ARENA)
			continue;
		err = reserve_elems(m, i + 1, cm->entries, &s);
		if (err)
			return err;
		*data = s->bytes;
		*init = s->init;
		*size = cm->entries * CASE_PAGE;
		return MODEL_OK;
	}
	return machine_stop(m, MODEL_BAD_ACCESS, "the base is not the address of data");
}

static bool find_key(const struct map_state *s, const u8 *key, u32 size, u32 *entry)
{
	for (*entry = 0; *entry < s->nelems; ++*entry)
		if (s->elems[*entry].live && !memcmp(s->elems[*entry].key, key, size))
			return true;
	return false;
}

/*
 * Look up key @ptr in map @map: *@found and *@entry. An array's key is a u32 and *@entry the index,
 * even if it is out of range.
 */
static int find_elem(struct bpf_machine *m, u32 map, struct val ptr, u8 *key, bool *found,
		     u32 *entry)
{
	const struct case_map *cm = &m->c->maps[map - 1];
	struct map_state *s;
	int err;

	if (!map_is_array(cm) && cm->kind != MAP_HASH)
		return machine_stop(m, MODEL_BAD_CALL, "map %s is neither array nor hash",
				    cm->name);
	err = reserve_elems(m, map, map_is_array(cm) ? cm->entries : 0, &s);
	if (err)
		return err;
	err = machine_copy_in(m, ptr, map_is_array(cm) ? 4 : cm->key_size, key);
	if (err)
		return err;
	if (map_is_array(cm)) {
		*entry = bytes_get(key, 4, m->order);
		*found = *entry < cm->entries;
	} else {
		*found = find_key(s, key, cm->key_size, entry);
	}
	return MODEL_OK;
}

/* "Map value associated to key, or NULL if no entry was found." */
int help_lookup(struct bpf_machine *m, const struct val *args, struct val *ret)
{
	const struct case_map *cm = NULL;
	u8 key[MAX_KEY];
	bool found;
	u32 entry;
	int err = machine_map(m, args[0], &cm);

	if (!err)
		err = find_elem(m, tag_map(args[0].tag), args[1], key, &found, &entry);
	if (err)
		return err;
	*ret = found ? (struct val){ 0, TAG_VALUE(tag_map(args[0].tag), entry) } : SCALAR(0);
	return MODEL_OK;
}

static int live_elems(const struct map_state *s)
{
	int n = 0;

	for (u32 i = 0; i < s->nelems; i++)
		n += s->elems[i].live;
	return n;
}

static int new_elem(struct bpf_machine *m, u32 map, const u8 *key, u32 *entry)
{
	const struct case_map *cm = &m->c->maps[map - 1];
	struct map_state *s = &m->maps[map - 1];
	u32 cap = s->cap;
	int err = reserve_elems(m, map, s->nelems < cap ? cap : 2 * cap + 8, &s);

	if (err)
		return err;
	if (s->cap != cap)
		s->elems = xrealloc(s->elems, s->cap * sizeof(*s->elems));
	*entry = s->nelems++;
	s->elems[*entry].live = true;
	memcpy(s->elems[*entry].key, key, cm->key_size);
	return MODEL_OK;
}

/* What a helper returns for an operation of a map that fails. */
static struct val map_errno(struct bpf_machine *m, int err)
{
	u64 v = neg_errno(err);

	return SCALAR(quirk_here(m->st, QUIRK_MAP_OP_INT) ? (u32)v : v);
}

/* The errors are those of BPF_MAP_UPDATE_ELEM in uapi. If two apply, which one is undefined. */
int help_update(struct bpf_machine *m, const struct val *args, struct val *ret)
{
	const struct case_map *cm = NULL;
	u8 key[MAX_KEY], value[MAX_VALUE];
	bool found;
	u32 map, entry;
	u64 flags;
	int err = machine_map(m, args[0], &cm);

	map = tag_map(args[0].tag);
	if (!err && cm->value_size > MAX_VALUE)
		err = machine_stop(m, MODEL_BAD_CALL,
				   "values of map %s are bigger than the model takes", cm->name);
	if (!err)
		err = find_elem(m, map, args[1], key, &found, &entry);
	if (!err)
		err = machine_copy_in(m, args[2], cm->value_size, value);
	if (err)
		return err;
	if (args[3].tag)
		return machine_stop(m, MODEL_UNDEFINED, "r4 is not a scalar");
	flags = args[3].v;
	*ret = SCALAR(0);
	if (flags >= NR_UPDATE_FLAGS)
		return machine_stop(m, MODEL_UNDEFINED, "update flags 0x%llx",
				    (unsigned long long)flags);
	if (map_is_array(cm) && !found) {
		if (flags == UPDATE_NOEXIST)
			return machine_stop(m, MODEL_UNDEFINED, "both index and flags are wrong");
		*ret = map_errno(m, E2BIG);
	} else if (found && flags == UPDATE_NOEXIST) {
		*ret = map_errno(m, EEXIST);
	} else if (!found && flags == UPDATE_EXIST) {
		*ret = map_errno(m, ENOENT);
	} else if (!found && live_elems(&m->maps[map - 1]) >= (s64)cm->entries) {
		*ret = map_errno(m, E2BIG);
	} else {
		if (!found)
			err = new_elem(m, map, key, &entry);
		if (!err)
			err = machine_copy_out(m, (struct val){ 0, TAG_VALUE(map, entry) },
					       cm->value_size, value);
	}
	return err;
}

int help_delete(struct bpf_machine *m, const struct val *args, struct val *ret)
{
	const struct case_map *cm = NULL;
	u8 key[MAX_KEY];
	bool found;
	u32 entry;
	int err = machine_map(m, args[0], &cm);

	if (!err)
		err = find_elem(m, tag_map(args[0].tag), args[1], key, &found, &entry);
	if (err)
		return err;
	if (map_is_array(cm))
		return machine_stop(m, MODEL_UNDEFINED,
				    "which error an array gives is not documented");
	if (found)
		m->maps[tag_map(args[0].tag) - 1].elems[entry].live = false;
	*ret = found ? SCALAR(0) : map_errno(m, ENOENT);
	return MODEL_OK;
}

/* "The number of traversed map elements" includes the last; callback(map, key, value, ctx). */
int help_for_each(struct bpf_machine *m, const struct val *args, struct val *ret)
{
	const struct case_map *cm = NULL;
	u64 stop = 0;
	u32 i = 0, map;
	int err = machine_map(m, args[0], &cm);

	if (err)
		return err;
	if (!map_is_array(cm))
		return machine_stop(m, MODEL_BAD_CALL, "only arrays have an order to traverse");
	if (args[3].tag)
		return machine_stop(m, MODEL_UNDEFINED, "r4 is not a scalar");
	if (args[3].v) {
		*ret = map_errno(m, EINVAL);
		return MODEL_OK;
	}
	for (map = tag_map(args[0].tag); i < cm->entries && !stop; i++) {
		struct val cb[4] = {
			args[0],
			{ 0, TAG_KEY(map, i) },
			{ 0, TAG_VALUE(map, i) },
			args[2],
		};

		err = machine_callback(m, args[1], cb, 4, &stop);
		if (err)
			return err;
		if (stop > 1)
			return machine_stop(m, MODEL_UNDEFINED,
					    "a callback returned neither 0 nor 1");
	}
	*ret = SCALAR(i);
	return MODEL_OK;
}

/*
 * The model cannot put data into a ring buffer: all but its size is 0. "0, if flags are not
 * recognized."
 */
int help_ringbuf_query(struct bpf_machine *m, const struct val *args, struct val *ret)
{
	enum { RB_RING_SIZE = 1 };
	const struct case_map *cm = NULL;
	int err = machine_map(m, args[0], &cm);

	if (err)
		return err;
	if (cm->kind != MAP_RINGBUF)
		return machine_stop(m, MODEL_BAD_CALL, "map %s is not a ring buffer", cm->name);
	if (args[1].tag)
		return machine_stop(m, MODEL_UNDEFINED, "r2 is not a scalar");
	*ret = SCALAR(args[1].v == RB_RING_SIZE ? cm->entries : 0);
	return MODEL_OK;
}

int maps_end(struct bpf_machine *m)
{
	for (u32 i = 0; m->maps && i < m->c->nmaps; i++)
		if (live_elems(&m->maps[i]))
			return machine_stop(m, MODEL_UNDEFINED,
					    "hash %s is not left empty, as the next run wants it",
					    m->c->maps[i].name);
	return MODEL_OK;
}

void maps_free(struct bpf_machine *m)
{
	for (u32 i = 0; m->maps && i < m->c->nmaps; i++) {
		free(m->maps[i].bytes);
		free(m->maps[i].init);
		free(m->maps[i].elems);
	}
	free(m->maps);
}
