// SPDX-License-Identifier: GPL-2.0
/*
 * RFC 9669 section 5: loads, stores and atomics on windows of a case, stack frames and map values.
 */
#include <string.h>
#include "bpf/model_impl.h"

enum access {
	ACCESS_WRITE = 1 << 0,
	ACCESS_ATOMIC = 1 << 1,
	ACCESS_MAY_FAULT = 1 << 2, /* the kernel handles faults, in an arena */
};

/* A checked range of bytes inside one object. */
struct place {
	u8 *data;
	u64 *init;	       /* bits of the object, or NULL: all written */
	u32 bit;	       /* index of data[0] in @init */
	struct shadow *shadow; /* NULL: pointers cannot be kept here */
	u32 slot;	       /* index in @shadow of the 8 bytes with data[0] */
	u32 in_slot;	       /* byte of the slot that data[0] is */
	bool stack;
};

/* The windows of the case without their guards, which are compared but never accessed. */
static int locate_window(struct bpf_machine *m, enum region region, s64 off, u32 size,
			 struct place *pl)
{
	s64 hi = (s64)m->c->vecs->win_size[region] - guard_before(region) - guard_behind(region);
	const char *name = region == REGION_MEM ? "mem" : "ctx";

	if (off < 0 || off + size > hi)
		return machine_stop(m, MODEL_BAD_ACCESS,
				    "%u bytes at %s%+lld: outside the window of %lld", size, name,
				    (long long)off, (long long)(hi < 0 ? 0 : hi));
	pl->data = m->st->win[region] + guard_before(region) + off;
	pl->shadow = region == REGION_MEM ? &m->mem : &m->ctx;
	pl->slot = off / 8;
	return MODEL_OK;
}

static int locate_stack(struct bpf_machine *m, tag_t tag, s64 off, u32 size, struct place *pl)
{
	struct call_frame *f = &m->frames[tag_depth(tag)];
	u32 total = 0, first = m->depth;

	if (tag_depth(tag) > m->depth || f->serial != tag_serial(tag))
		return machine_stop(m, MODEL_BAD_ACCESS,
				    "pointer into the stack of a function that has returned");
	if (off < f->lo || off + size > 0)
		return machine_stop(m, MODEL_BAD_ACCESS,
				    "%u bytes at stack%+lld: outside the window of %d", size,
				    (long long)off, -f->lo);
	if (off & (size - 1))
		return machine_stop(m, MODEL_BAD_ACCESS, "%u bytes at stack%+lld: not aligned",
				    size, (long long)off);
	if (-off > f->deepest) {
		f->deepest = (-off + 7) & ~7;
		while (first && !m->frames[first].own_stack)
			first--;
		for (u32 i = first; i <= m->depth; i++)
			total += m->frames[i].deepest;
		if (total > MODEL_STACK)
			return machine_stop(m, MODEL_DEPTH, "%u bytes of stack in %u frames", total,
					    m->depth - first + 1);
	}
	pl->data = f->stack + (off - f->lo);
	pl->init = f->init;
	pl->bit = off - f->lo;
	pl->shadow = &f->shadow;
	pl->slot = (off - f->lo) / 8;
	pl->stack = true;
	return MODEL_OK;
}

static int locate_map_value(struct bpf_machine *m, tag_t tag, s64 off, u32 size, struct place *pl)
{
	u32 value_size;
	int err = map_value(m, tag, &pl->data, &pl->init, &pl->bit, &value_size);

	if (err)
		return err;
	if (off < 0 || off + size > value_size)
		return machine_stop(m, MODEL_BAD_ACCESS, "%u bytes at %+lld of a map value of %u",
				    size, (long long)off, value_size);
	pl->data += off;
	pl->bit += off;
	return MODEL_OK;
}

/*
 * An address in the arena is its offset, as a number: the verifier knows which numbers were cast.
 * Behind the largest possible arena nothing is ever mapped: a load returns 0 and a store is skipped
 * (@pl->data is NULL).
 */
static int locate_arena(struct bpf_machine *m, s64 off, u32 size, u32 access, struct place *pl)
{
	u32 arena_size;
	int err = map_arena(m, &pl->data, &pl->init, &arena_size);

	if (err)
		return err;
	if (access & ACCESS_MAY_FAULT && off >= CASE_ARENA_PAGES * CASE_PAGE &&
	    off + size <= (s64)1 << 32) {
		*pl = (struct place){ 0 };
		return MODEL_OK;
	}
	if (off < 0 || off + size > arena_size)
		return machine_stop(m, MODEL_BAD_ACCESS, "%u bytes at %+lld of an arena of %u",
				    size, (long long)off, arena_size);
	pl->data += off;
	pl->bit = off;
	return MODEL_OK;
}

/* The keys that bpf_for_each_map_elem() passes are array indices and read-only. */
static int locate_map_key(struct bpf_machine *m, tag_t tag, s64 off, u32 size, u32 access,
			  struct place *pl)
{
	if (off < 0 || off + size > 4 || access & ACCESS_WRITE)
		return machine_stop(m, MODEL_BAD_ACCESS,
				    "%u bytes at %+lld of a key of 4, which is read-only", size,
				    (long long)off);
	bytes_put(m->key, 4, tag_entry(tag), m->order);
	pl->data = m->key + off;
	return MODEL_OK;
}

/* @size bytes at @ptr + @add: a power of two for instructions, any number for helpers. */
static int locate(struct bpf_machine *m, struct val ptr, s64 add, u32 size, u32 access,
		  struct place *pl)
{
	s64 off = (s64)(ptr.v + (u64)add); /* addresses wrap */
	s64 bound = (s64)1 << 32;
	int err;

	*pl = (struct place){ 0 };
	if (off < -bound || off > bound)
		return machine_stop(m, MODEL_BAD_ACCESS, "far outside every window");
	switch (tag_kind(ptr.tag)) {
	case PTR_MEM:
		err = locate_window(m, REGION_MEM, off, size, pl);
		break;
	case PTR_CTX:
		if (case_type_has_fields(m->c->type)) {
			err = fields_locate(m, off, size, access & ACCESS_WRITE, &pl->data);
			pl->init = m->fields_init;
			pl->bit = off;
			break;
		}
		if (m->c->type == CASE_TYPE_RAW_TP && access & ACCESS_WRITE)
			return machine_stop(m, MODEL_BAD_ACCESS,
					    "write to the context of a raw_tp program");
		/* The verifier rejects them, so the case is wrong. */
		if (access & ACCESS_ATOMIC)
			return machine_stop(m, MODEL_BAD_ACCESS, "atomic operation on ctx");
		err = locate_window(m, REGION_CTX, off, size, pl);
		break;
	case PTR_STACK:
		err = locate_stack(m, ptr.tag, off, size, pl);
		break;
	case PTR_MAP_VALUE:
		err = locate_map_value(m, ptr.tag, off, size, pl);
		break;
	case PTR_SESSION:
		if (!m->trace || off < 0 || off + size > (s64)sizeof(m->trace->bytes))
			return machine_stop(m, MODEL_BAD_ACCESS,
					    "%u bytes at %+lld of the 8 of a session", size,
					    (long long)off);
		pl->data = m->trace->bytes + off;
		err = MODEL_OK;
		break;
	case PTR_ITER:
		if (off < 0 || off + size > 4 || access & ACCESS_WRITE)
			return machine_stop(
				m, MODEL_BAD_ACCESS,
				"%u bytes at %+lld of a number of 4, which is read-only", size,
				(long long)off);
		pl->data = m->iters[tag_depth(ptr.tag)].value + off;
		err = MODEL_OK;
		break;
	case PTR_SCALAR:
		err = locate_arena(m, off, size, access, pl);
		break;
	case PTR_MAP_KEY:
		err = locate_map_key(m, ptr.tag, off, size, access, pl);
		break;
	default:
		return machine_stop(m, MODEL_BAD_ACCESS, "the base is not the address of data");
	}
	if (err)
		return err;
	pl->in_slot = off & 7;
	/* All windows, stack frames and values are aligned to 8 bytes. */
	if (access & ACCESS_ATOMIC && off & (size - 1))
		return machine_stop(m, MODEL_BAD_ACCESS,
				    "atomic operation on %u bytes, not aligned", size);
	return MODEL_OK;
}

/* Find the provenance of the bytes at @pl: *@tag is a pointer's if they are the whole of it. */
static int check_readable(struct bpf_machine *m, const struct place *pl, u32 size, tag_t *tag)
{
	*tag = PTR_SCALAR;
	if (pl->init && !bits_all(pl->init, pl->bit, size))
		return machine_stop(m, MODEL_UNDEFINED, "read of bytes that were never written");
	if (!pl->shadow || !pl->shadow->used)
		return MODEL_OK;
	for (u32 s = pl->slot; s <= pl->slot + (pl->in_slot + size - 1) / 8; s++) {
		if (s >= ARRAY_SIZE(pl->shadow->tag) || !pl->shadow->tag[s])
			continue;
		/*
		 * outside the stack the verifier sees a number, as the address of a traced function
		 * is
		 */
		if ((!pl->stack && tag_kind(pl->shadow->tag[s]) != PTR_TRACED) || size != 8 ||
		    pl->in_slot || pl->shadow->tag[s] == PTR_UNREADABLE)
			return machine_stop(m, MODEL_UNDEFINED, "read of the bytes of an address");
		*tag = pl->shadow->tag[s];
	}
	return MODEL_OK;
}

/* Record that a value of provenance @tag was written to the @size bytes at @pl. */
static int note_written(struct bpf_machine *m, const struct place *pl, u32 size, tag_t tag)
{
	struct shadow *sh = pl->shadow;

	if (pl->init)
		bits_set(pl->init, pl->bit, size);
	if (tag && (!sh || size != 8 || pl->in_slot))
		return machine_stop(m, MODEL_UNDEFINED,
				    "store of a part of an address, or where none is kept");
	if (tag && !sh->used) {
		memset(sh->tag, 0, sizeof(sh->tag));
		sh->used = true;
	}
	if (!sh || !sh->used)
		return MODEL_OK;
	if (size == 8 && !pl->in_slot) {
		sh->tag[pl->slot] = tag;
		return MODEL_OK;
	}
	/* The rest of an address that was partly overwritten is undefined. */
	for (u32 s = pl->slot; s <= pl->slot + (pl->in_slot + size - 1) / 8; s++)
		if (s < ARRAY_SIZE(sh->tag) && sh->tag[s])
			sh->tag[s] = PTR_UNREADABLE;
	return MODEL_OK;
}

u32 access_size(const struct insn *insn)
{
	switch (BPF_SIZE(insn->code)) {
	case BPF_B:
		return 1;
	case BPF_H:
		return 2;
	case BPF_W:
		return 4;
	default:
		return 8;
	}
}

/* Section 5.2: the sign-extended value fills the whole register. */
u64 load_extend(const struct insn *insn, u64 v)
{
	u32 bits = 8 * access_size(insn);

	if (BPF_MODE(insn->code) == BPF_MEMSX && v >> (bits - 1) & 1)
		v |= ~(u64)0 << bits;
	return v;
}

/* Load the address of an instruction from an insn_array, a word of a 64-bit machine. */
static int load_target(struct bpf_machine *m, const struct insn *insn, const struct case_map *map,
		       u64 at)
{
	at += (s64)insn->off;
	if (at % 8 || at / 8 >= map->entries || BPF_SIZE(insn->code) != BPF_DW)
		return machine_stop(m, MODEL_BAD_ACCESS, "%lld in an insn_array of %u",
				    (long long)at, map->entries);
	return machine_write(m, insn->dst, (struct val){ map->slots[at / 8], TAG_INSN(0) });
}

/* arch/powerpc/net/bpf_jit_comp64.c:1637: lwa has no room for the low two bits. */
static s32 load_offset(struct bpf_machine *m, const struct insn *insn)
{
	bool low =
		BPF_MODE(insn->code) == BPF_MEMSX && BPF_SIZE(insn->code) == BPF_W && insn->off & 3;

	return low && quirk_here(m->st, QUIRK_LDSX32_OFF4) ? insn->off & ~3 : insn->off;
}

/* The upper half of a register of a 32-bit machine: a pointer has none. */
static u64 high_of(const struct val *r)
{
	return r->tag ? 0 : r->v >> 32;
}

/* arch/powerpc/net/bpf_jit_comp32.c:1081: the sign goes to the upper half if (!verifier_zext). */
static bool keeps_high(struct bpf_machine *m, const struct insn *insn, u64 v)
{
	return BPF_MODE(insn->code) == BPF_MEMSX && v >> 32 != high_of(&m->r[insn->dst]) &&
	       quirk_here(m->st, QUIRK_LDSX_KEEPS_HIGH) && m->st->quirks.verified;
}

static int load_from(struct bpf_machine *m, const struct insn *insn, u32 access)
{
	u32 size = access_size(insn);
	struct place pl;
	struct val ptr, val;
	int err = machine_read(m, insn->src, &ptr);

	if (!err && tag_kind(ptr.tag) == PTR_ANYWHERE)
		return load_anywhere(m, insn, ptr.v);
	if (!err && tag_kind(ptr.tag) == PTR_MAP_VALUE &&
	    m->c->maps[tag_map(ptr.tag) - 1].kind == MAP_INSN_ARRAY)
		return load_target(m, insn, &m->c->maps[tag_map(ptr.tag) - 1], ptr.v);
	if (!err && tag_kind(ptr.tag) == PTR_TRACE)
		return trace_load(m, ptr.v + (s64)insn->off, size, &val)
			       ?: machine_write(m, insn->dst, val);
	if (!err)
		err = locate(m, ptr, load_offset(m, insn), size, access | ACCESS_MAY_FAULT, &pl);
	if (!err)
		err = check_readable(m, &pl, size, &val.tag);
	if (err)
		return err;
	if (!pl.data && access & ACCESS_ATOMIC && quirk_here(m->st, QUIRK_ACQUIRE_KEEPS))
		return MODEL_OK;
	val.v = load_extend(insn, pl.data ? bytes_get(pl.data, size, m->order) : 0);
	if (keeps_high(m, insn, val.v))
		val.v = (u32)val.v | high_of(&m->r[insn->dst]) << 32;
	return machine_write(m, insn->dst, val);
}

/*
 * arch/loongarch/net/bpf_jit.c:1356, :1426 of 7.3.4: stptr takes 14 bits of words, and is given
 * bytes.
 */
static bool far_lost(struct bpf_machine *m, const struct insn *insn)
{
	bool near = insn->off >= -2048 && insn->off < 2048;

	return access_size(insn) >= 4 && !near && insn->off >= -8192 && insn->off < 8192 &&
	       quirk_here(m->st, QUIRK_STORE_FAR_LOST);
}

static int store_to(struct bpf_machine *m, const struct insn *insn, struct val val, u32 access)
{
	u32 size = access_size(insn);
	struct place pl;
	struct val ptr;
	int err = machine_read(m, insn->dst, &ptr);

	if (!err)
		err = locate(m, ptr, insn->off, size, access | ACCESS_WRITE | ACCESS_MAY_FAULT,
			     &pl);
	if (!err)
		err = note_written(m, &pl, size, val.tag);
	if (err)
		return err;
	if (pl.data && (access || !far_lost(m, insn)))
		bytes_put(pl.data, size, val.v, m->order);
	return MODEL_OK;
}

int exec_ldx(struct bpf_machine *m, const struct insn *insn)
{
	return insn->src == REG_PARAMS ? stack_arg_load(m, insn) : load_from(m, insn, 0);
}

/*
 * arch/arm64/net/bpf_jit_comp.c:1593 of 6.12: an offset that the instruction cannot hold goes to
 * the register of the base. The store faults and is skipped.
 */
static bool store_lost(struct bpf_machine *m, const struct insn *insn)
{
	int size = access_size(insn);
	bool held = insn->off >= 0 && insn->off <= 0xfff * size && insn->off % size == 0;

	return !held && tag_kind(m->r[insn->dst].tag) == PTR_SCALAR &&
	       quirk_here(m->st, QUIRK_ARENA_ST_LOST);
}

/*
 * arch/powerpc/net/bpf_jit_comp64.c:1507 of 7.3.4: the immediate is in tmp2, where :889 puts an
 * offset that std cannot hold.
 */
static bool offset_stored(struct bpf_machine *m, const struct insn *insn)
{
	return access_size(insn) == 8 && insn->off % 4 && insn->off != insn->imm &&
	       tag_kind(m->r[insn->dst].tag) == PTR_SCALAR &&
	       quirk_here(m->st, QUIRK_ARENA_ST_OFFSET);
}

/*
 * arch/sparc/net/bpf_jit_comp_64.c:1306 of 7.3.4: emit_loadimm() sign-extends 13 bits, all else it
 * zero-extends.
 */
static bool imm_zext(struct bpf_machine *m, const struct insn *insn)
{
	return access_size(insn) == 8 && (s32)insn->imm < -4096 &&
	       quirk_here(m->st, QUIRK_ST64_IMM_ZEXT);
}

/* Section 5.1: the immediate is a signed integer, so it is sign-extended for DW. */
int exec_st(struct bpf_machine *m, const struct insn *insn)
{
	struct val val = SCALAR((u64)(s64)insn->imm);

	if (insn->dst == REG_PARAMS)
		return stack_arg_store(m, insn, val);
	if (offset_stored(m, insn))
		val = SCALAR((u64)(s64)insn->off);
	if (imm_zext(m, insn))
		val = SCALAR((u32)insn->imm);
	return store_lost(m, insn) ? MODEL_OK : store_to(m, insn, val, 0);
}

int exec_stx(struct bpf_machine *m, const struct insn *insn)
{
	struct val val;
	int err = machine_read(m, insn->src, &val);

	if (err)
		return err;
	if (tag_kind(val.tag) == PTR_NARROW && 8 * access_size(insn) <= tag_bits(val.tag))
		val.tag = PTR_SCALAR;
	return insn->dst == REG_PARAMS ? stack_arg_store(m, insn, val) : store_to(m, insn, val, 0);
}

/*
 * Beyond the RFC (uapi linux/bpf.h): ordered accesses. To a single CPU only the alignment matters.
 */
int exec_load_acquire(struct bpf_machine *m, const struct insn *insn)
{
	return load_from(m, insn, ACCESS_ATOMIC);
}

int exec_store_release(struct bpf_machine *m, const struct insn *insn)
{
	struct val val;
	int err = machine_read(m, insn->src, &val);

	return err ? err : store_to(m, insn, val, ACCESS_ATOMIC);
}

/*
 * kernel/bpf/fixups.c zero-extends the result of a 32-bit cmpxchg, before 4814ed6406f3 not in an
 * arena.
 */
static bool arena_hit(const struct insn *insn, struct val ptr, u64 old, u64 r0)
{
	return insn->imm == BPF_CMPXCHG && access_size(insn) == 4 &&
	       tag_kind(ptr.tag) == PTR_SCALAR && old == (u32)r0 && r0 >> 32;
}

/* Section 5.3. 32-bit operations use the low half of src and zero-extend their result. */
int exec_atomic(struct bpf_machine *m, const struct insn *insn)
{
	u32 size = access_size(insn);
	u64 mask = size == 8 ? ~(u64)0 : UINT32_MAX;
	u64 old, new, src, r0 = 0;
	struct place pl;
	struct val ptr;
	tag_t tag;
	int err = machine_read(m, insn->dst, &ptr);

	if (!err)
		err = machine_read_scalar(m, insn->src, &src);
	if (!err && insn->imm == BPF_CMPXCHG)
		err = machine_read_scalar(m, 0, &r0);
	if (!err)
		err = locate(m, ptr, insn->off, size, ACCESS_WRITE | ACCESS_ATOMIC, &pl);
	if (!err)
		err = check_readable(m, &pl, size, &tag);
	if (err)
		return err;
	if (tag)
		return machine_stop(m, MODEL_UNDEFINED, "atomic operation on an address");
	old = bytes_get(pl.data, size, m->order);
	switch (insn->imm) {
	case BPF_ADD:
	case BPF_ADD | BPF_FETCH:
		new = old + src;
		break;
	case BPF_OR:
	case BPF_OR | BPF_FETCH:
		new = old | src;
		break;
	case BPF_AND:
	case BPF_AND | BPF_FETCH:
		new = old &src;
		break;
	case BPF_XOR:
	case BPF_XOR | BPF_FETCH:
		new = old ^ src;
		break;
	case BPF_XCHG:
		new = src;
		break;
	case BPF_CMPXCHG:
		new = old == (r0 & mask) ? src : old;
		if (size == 4 && r0 != (u64)(s64)(s32)old && new != old &&
		    quirk_here(m->st, QUIRK_CMPXCHG32_WIDE))
			new = old;
		break;
	default:
		return machine_stop(m, MODEL_BAD_INSN, "atomic operation 0x%x", (u32)insn->imm);
	}
	err = note_written(m, &pl, size, PTR_SCALAR);
	if (err)
		return err;
	bytes_put(pl.data, size, new, m->order);
	/*
	 * machines that load only if the comparison fails keep the upper half; fixups.c extends it
	 */
	if (insn->imm == BPF_CMPXCHG && r0 & ~mask)
		m->st->unguarded = "32-bit cmpxchg with something in the upper half of r0";
	if (insn->imm == BPF_CMPXCHG && size == 4 && old >> 31 && !m->st->quirks.verified &&
	    quirk_here(m->st, QUIRK_CMPXCHG32_SEXT))
		old |= ~mask;
	if (arena_hit(insn, ptr, old, r0) && quirk_here(m->st, QUIRK_ARENA_CMPXCHG32))
		old = r0;
	if (insn->imm == BPF_CMPXCHG)
		return machine_write(m, 0, SCALAR(old));
	return insn->imm & BPF_FETCH ? machine_write(m, insn->src, SCALAR(old)) : MODEL_OK;
}

/* Helpers access memory byte by byte: buffers need no alignment and can have any size. */
int machine_copy_in(struct bpf_machine *m, struct val ptr, u32 size, u8 *buf)
{
	for (u32 i = 0; i < size; i++) {
		struct place pl;
		tag_t tag;
		int err = locate(m, ptr, i, 1, 0, &pl);

		if (!err)
			err = check_readable(m, &pl, 1, &tag);
		if (err)
			return err;
		buf[i] = *pl.data;
	}
	return MODEL_OK;
}

int machine_copy_out(struct bpf_machine *m, struct val ptr, u32 size, const u8 *buf)
{
	for (u32 i = 0; i < size; i++) {
		struct place pl;
		int err = locate(m, ptr, i, 1, ACCESS_WRITE, &pl);

		/* A whole slot replaces the address that was there. */
		if (!err && !i && size == 8 && !pl.in_slot && pl.shadow && pl.shadow->used)
			pl.shadow->tag[pl.slot] = PTR_SCALAR;
		if (!err)
			err = note_written(m, &pl, 1, PTR_SCALAR);
		if (err)
			return err;
		*pl.data = buf[i];
	}
	return MODEL_OK;
}

int machine_put(struct bpf_machine *m, struct val ptr, struct val val)
{
	struct place pl;
	int err = locate(m, ptr, 0, 8, ACCESS_WRITE, &pl);

	if (!err)
		err = note_written(m, &pl, 8, val.tag);
	if (!err)
		bytes_put(pl.data, 8, val.v, m->order);
	return err;
}

int machine_poison(struct bpf_machine *m, struct val ptr)
{
	struct place pl;
	int err = locate(m, ptr, 0, 8, ACCESS_WRITE, &pl);

	return err ? err : note_written(m, &pl, 8, PTR_UNREADABLE);
}
