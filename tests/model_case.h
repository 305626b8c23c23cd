/* SPDX-License-Identifier: GPL-2.0 */
/* Cases made by hand for the tests of the model: one vector, windows of noise, programs as slots or
 * as text. */
#ifndef CHECKJIT_TESTS_MODEL_CASE_H
#define CHECKJIT_TESTS_MODEL_CASE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "bpf/model.h"
#include "lib/rand.h"

#define MC_PROGS 4
#define MC_MAPS	 8

struct model_case {
	struct bpf_case c;
	struct vectors vecs;
	struct code progs[MC_PROGS];
	struct func main_func; /* of programs given as slots */
	struct case_map maps[MC_MAPS];
	s16 slots[MC_PROGS]; /* of a prog_array: the programs 1, 2, 3 and a hole */
	u64 cols[CASE_REGS];
	u8 bytes[3 * CASE_MAX_WINDOW];
};

/* Window sizes without their guards; 0: no such window. */
static inline void mc_init(struct model_case *m, u32 mem, u32 stack, u32 ctx)
{
	static u8 noise[sizeof(m->bytes)];

	memset(m, 0, sizeof(*m));
	m->c.progs = m->progs;
	m->c.nprogs = MC_PROGS;
	m->c.maps = m->maps;
	m->c.vecs = &m->vecs;
	m->c.out_regs = 0x3ff;
	m->main_func.name = "main";
	m->vecs.refs = 1;
	m->vecs.nvecs = 1;
	m->vecs.ncols = CASE_REGS;
	m->vecs.cols = m->cols;
	m->vecs.bytes[ORDER_LE] = m->vecs.bytes[ORDER_BE] = m->bytes;
	m->vecs.win_size[REGION_MEM] = mem ? mem + 2 * CASE_GUARD : 0;
	m->vecs.win_size[REGION_STACK] = stack ? stack + CASE_GUARD : 0;
	m->vecs.win_size[REGION_CTX] = ctx ? ctx + guard_behind(REGION_CTX) : 0;
	for (int r = 0; r < NR_REGIONS; r++)
		m->vecs.win_bytes += m->vecs.win_size[r];
	for (int k = 0; k < CASE_REGS; k++) {
		m->c.regs[k].col = k;
		m->cols[k] = rand_mix(k);
	}
	for (size_t i = 0; !noise[0] && i < sizeof(noise); i++)
		noise[i] = rand_mix(1000 + i) | !i;
	memcpy(m->bytes, noise, m->vecs.win_bytes);
}

/* Program @idx as slots that the caller keeps. */
static inline void mc_slots(struct model_case *m, int idx, struct insn *insns, u32 cnt)
{
	m->progs[idx] =
		(struct code){ .insns = insns, .cnt = cnt, .funcs = &m->main_func, .nfuncs = 1 };
}

static inline void mc_ptr(struct model_case *m, int reg, enum region region, s16 off)
{
	m->c.regs[reg].region = region;
	m->c.regs[reg].off = off;
}

static inline int mc_map_index(void *ctx, const char *name)
{
	struct model_case *m = ctx;

	if (!strcmp(name, "mem"))
		return 0;
	for (u32 i = 0; i < m->c.nmaps; i++)
		if (!strcmp(m->maps[i].name, name))
			return i + 1;
	return -1;
}

/* Program @idx as text; false, and a message, where it does not assemble. mc_free_text() gives it
 * back. */
static inline bool mc_text(struct model_case *m, int idx, const char *text)
{
	struct asm_syms syms = { .map_index = mc_map_index, .ctx = m };
	struct diag diag = { .msg = "" };

	if (!asm_assemble(text, "test", 1, &syms, &m->progs[idx], &diag))
		return true;
	printf("# program %d: %s:%d:%d: %s\n", idx, diag.file, diag.line, diag.col, diag.msg);
	return false;
}

static inline void mc_free_text(struct model_case *m)
{
	for (int i = 0; i < MC_PROGS; i++)
		code_free(&m->progs[i]);
}

static inline void mc_map(struct model_case *m, char *name, enum map_kind kind, u32 key, u32 value,
			  u32 entries)
{
	struct case_map *map = &m->maps[m->c.nmaps++];

	*map = (struct case_map){
		.name = name,
		.kind = kind,
		.key_size = key,
		.value_size = value,
		.entries = entries,
	};
	if (kind != MAP_PROG_ARRAY)
		return;
	map->slots = m->slots;
	for (int i = 0; i < MC_PROGS; i++)
		m->slots[i] = i < MC_PROGS - 1 ? i + 1 : -1;
}

#endif
