// SPDX-License-Identifier: GPL-2.0
/*
 * Sections, symbols and relocations are read with libelf. The libbpf of a distribution may not
 * understand all of an object, and it rejects the whole object if it rejects one program. BTF is
 * read with libbpf.
 */
#include <errno.h>
#include <gelf.h>
#include <inttypes.h>
#include <libelf.h>
#include <stdarg.h>
#include <string.h>
#include "bpf/btf_libbpf.h"
#include "convert/elf_maps.h"
#include "convert/import_elf.h"
#include "lib/util.h"

#define EM_BPF_MACHINE 247
#define REL_64	       1     /* R_BPF_64_64: ld_imm64 */
#define REL_32	       10    /* R_BPF_64_32: call */
#define MAX_LINKED     65536 /* slots of one program */
#define MAX_SECTIONS   65536

struct section {
	const char *name;
	GElf_Shdr hdr;
	const u8 *data; /* NULL: none, or all zero (.bss) */
	u64 size;
	Elf_Data *rels; /* its SHT_REL section */
	u64 nrels;
	bool global; /* .data, .rodata, .bss and the like, which is @at in the case's memory */
	u32 at;
};

struct symbol {
	const char *name;
	GElf_Sym sym;
};

struct object {
	const char *path;
	struct diag *diag;
	Elf *elf;
	enum byte_order order;
	struct section *sections;
	size_t nsections;
	struct symbol *syms;
	u64 nsyms;
	struct btf *btf;
	u8 *globals;
	u32 nglobals; /* bytes */
	struct elf_map *maps;
	u32 nmaps;
	const struct elf_sink *sink;
};

/* A program that is being linked. */
struct link {
	struct object *o;
	struct foreign *f;
	struct code *code;
	u32 cap;
	struct linked {
		const struct symbol *sym;
		u32 start;
	} * funcs;
	u32 nfuncs, fcap;
	char *why;
};

static int refuse(struct link *l, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static int refuse(struct link *l, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(l->why, FOREIGN_WHY, fmt, ap);
	va_end(ap);
	return -EOPNOTSUPP;
}

bool is_elf(const char *data, size_t len)
{
	return len >= SELFMAG && !memcmp(data, ELFMAG, SELFMAG);
}

/* ---- the file ---- */

static int damaged(struct object *o, const char *what)
{
	return diag_set(o->diag, o->path, 0, 0, "%s (expected a complete ELF object for BPF)",
			what);
}

static int check_header(struct object *o)
{
	GElf_Ehdr hdr;

	if (elf_kind(o->elf) != ELF_K_ELF || !gelf_getehdr(o->elf, &hdr))
		return damaged(o, "the ELF header is damaged");
	if (hdr.e_machine != EM_BPF_MACHINE)
		return diag_set(o->diag, o->path, 0, 0,
				"an ELF object of machine %u (expected %d, BPF)", hdr.e_machine,
				EM_BPF_MACHINE);
	if (hdr.e_ident[EI_CLASS] != ELFCLASS64 || hdr.e_type != ET_REL)
		return damaged(o, "not a relocatable object of 64 bits");
	o->order = hdr.e_ident[EI_DATA] == ELFDATA2MSB ? ORDER_BE : ORDER_LE;
	return 0;
}

static bool is_global_name(const char *name)
{
	return !strncmp(name, ".data", 5) || !strncmp(name, ".rodata", 7) ||
	       !strncmp(name, ".bss", 4);
}

static int read_section(struct object *o, size_t i, size_t names)
{
	struct section *s = &o->sections[i];
	Elf_Scn *scn = elf_getscn(o->elf, i);
	Elf_Data *data;

	if (!scn || !gelf_getshdr(scn, &s->hdr))
		return damaged(o, "a section header is damaged");
	s->name = elf_strptr(o->elf, names, s->hdr.sh_name);
	if (!s->name)
		return damaged(o, "a section has no name");
	s->size = s->hdr.sh_size;
	if (s->hdr.sh_type == SHT_NOBITS || s->hdr.sh_type == SHT_NULL)
		return 0;
	data = elf_rawdata(scn, NULL);
	if (!data || data->d_size != s->size)
		return damaged(o, "a section lies outside the file");
	s->data = data->d_buf;
	return 0;
}

static int read_relocations(struct object *o, size_t i)
{
	const struct section *s = &o->sections[i];
	struct section *of;

	if (s->hdr.sh_type != SHT_REL)
		return 0;
	if (s->hdr.sh_info >= o->nsections || !s->hdr.sh_entsize)
		return damaged(o, "relocations of no section");
	of = &o->sections[s->hdr.sh_info];
	of->rels = elf_getdata(elf_getscn(o->elf, i), NULL);
	if (!of->rels)
		return damaged(o, "relocations are damaged");
	of->nrels = s->size / s->hdr.sh_entsize;
	return 0;
}

static int read_symbols(struct object *o, size_t i)
{
	const struct section *s = &o->sections[i];
	Elf_Data *data;

	if (s->hdr.sh_type != SHT_SYMTAB)
		return 0;
	data = elf_getdata(elf_getscn(o->elf, i), NULL);
	if (!data || !s->hdr.sh_entsize)
		return damaged(o, "the symbol table is damaged");
	o->nsyms = s->size / s->hdr.sh_entsize;
	o->syms = xcalloc(o->nsyms, sizeof(*o->syms));
	for (u64 k = 0; k < o->nsyms; k++) {
		struct symbol *sym = &o->syms[k];

		if (!gelf_getsym(data, k, &sym->sym))
			return damaged(o, "the symbol table is damaged");
		sym->name = elf_strptr(o->elf, s->hdr.sh_link, sym->sym.st_name);
		if (!sym->name)
			return damaged(o, "a symbol has no name");
	}
	return 0;
}

/* Global data becomes the case's memory. If it does not fit, programs that use it are refused. */
static void place_globals(struct object *o)
{
	for (size_t i = 0; i < o->nsections; i++) {
		struct section *s = &o->sections[i];

		if (!is_global_name(s->name) || s->hdr.sh_type == SHT_REL ||
		    s->size > CASE_MAX_WINDOW)
			continue;
		s->global = true;
		s->at = o->nglobals;
		o->globals = xrealloc(o->globals, o->nglobals + s->size + 8);
		memset(o->globals + o->nglobals, 0, s->size + 8);
		if (s->data)
			memcpy(o->globals + o->nglobals, s->data, s->size);
		o->nglobals = (o->nglobals + s->size + 7) & ~7u;
	}
}

static void read_btf(struct object *o)
{
	for (size_t i = 0; i < o->nsections; i++)
		if (!strcmp(o->sections[i].name, ".BTF") && o->sections[i].data)
			o->btf = btf__new(o->sections[i].data, o->sections[i].size);
}

static int read_object(struct object *o)
{
	size_t names;
	int err = check_header(o);

	if (err)
		return err;
	if (elf_getshdrnum(o->elf, &o->nsections) || elf_getshdrstrndx(o->elf, &names) ||
	    o->nsections > MAX_SECTIONS)
		return damaged(o, "the section table is damaged");
	o->sections = xcalloc(o->nsections + 1, sizeof(*o->sections));
	for (size_t i = 0; i < o->nsections && !err; i++)
		err = read_section(o, i, names);
	for (size_t i = 0; i < o->nsections && !err; i++)
		err = read_relocations(o, i);
	for (size_t i = 0; i < o->nsections && !err; i++)
		err = read_symbols(o, i);
	if (err)
		return err;
	if (!o->nsyms)
		return damaged(o, "no symbols");
	place_globals(o);
	read_btf(o);
	for (size_t i = 0; i < o->nsections && !err; i++)
		if (!strcmp(o->sections[i].name, ELF_MAPS_SECTION) && o->sections[i].hdr.sh_size)
			err = elf_maps_read(o->btf, o->sections[i].hdr.sh_size, o->path, &o->maps,
					    &o->nmaps, o->diag);
	return err;
}

static void object_free(struct object *o)
{
	btf__free(o->btf);
	free(o->sections);
	free(o->syms);
	free(o->globals);
	free(o->maps);
	elf_end(o->elf);
}

/* ---- BTF: prototypes and tags ---- */

static s32 btf_func(const struct object *o, const char *name)
{
	return o->btf ? btf__find_by_name_kind(o->btf, name, BTF_KIND_FUNC) : -ENOENT;
}

static u32 btf_nargs(const struct object *o, const char *name)
{
	s32 id = btf_func(o, name);
	const struct btf_type *t = id > 0 ? btf__type_by_id(o->btf, id) : NULL;

	t = t ? btf__type_by_id(o->btf, t->type) : NULL;
	return t && btf_is_func_proto(t) ? btf_vlen(t) : 0;
}

/* Returns what follows NAME in tag "comment:[NUMBER:]NAME[=VALUE]" of function @id, or NULL. */
static const char *find_tag(const struct object *o, s32 id, const char *name)
{
	for (u32 i = 1; id > 0 && i < btf__type_cnt(o->btf); i++) {
		const struct btf_type *t = btf__type_by_id(o->btf, i);
		const char *tag;

		if (btf_kind(t) != BTF_KIND_DECL_TAG || (s32)t->type != id)
			continue;
		tag = btf__name_by_offset(o->btf, t->name_off);
		if (!tag || strncmp(tag, "comment:", 8))
			continue;
		tag += 8;
		if (tag[strspn(tag, "0123456789")] == ':')
			tag += strspn(tag, "0123456789") + 1;
		if (!strncmp(tag, name, strlen(name)) &&
		    (!tag[strlen(name)] || tag[strlen(name)] == '='))
			return tag + strlen(name) + (tag[strlen(name)] == '=');
	}
	return NULL;
}

/* Names that the kernel's test_loader.c accepts in place of numbers. */
static int parse_retval(struct link *l, const char *text, struct foreign *f)
{
	char *end;

	f->result_kind = RESULT_LOW;
	if (!strcmp(text, "_INT_MIN")) {
		f->result = 0x80000000;
		return 0;
	}
	if (!strcmp(text, "0xbadcafe")) { /* POINTER_VALUE: not compared */
		f->result_kind = RESULT_NONE;
		return 0;
	}
	f->result = (u32)strtoll(text, &end, 0);
	while (*end == ' ' || *end == ')' || *end == 'U' || *end == 'L')
		end++;
	if (end == text || *end)
		return refuse(l, "its return value is '%s', which is not a number", text);
	return 0;
}

static int read_tags(struct link *l, const char *name, struct foreign *f)
{
	struct object *o = l->o;
	s32 id = btf_func(o, name);
	const char *tag;

	if (id <= 0)
		return 0;
	tag = find_tag(o, id, "test_description");
	f->doc = tag ? xstrdup(tag) : NULL;
	if (find_tag(o, id, "test_expect_failure"))
		return refuse(l, "tests a refusal of the verifier");
	if (find_tag(o, id, "test_auxiliary"))
		return refuse(l, "only serves other programs");
	tag = find_tag(o, id, "test_retval");
	return tag ? parse_retval(l, tag, f) : 0;
}

/* ---- linking ---- */

static const struct symbol *func_at(const struct object *o, size_t section, u64 value)
{
	for (u64 i = 0; i < o->nsyms; i++) {
		const GElf_Sym *s = &o->syms[i].sym;

		if (GELF_ST_TYPE(s->st_info) == STT_FUNC && s->st_shndx == section &&
		    s->st_value == value)
			return &o->syms[i];
	}
	return NULL;
}

static u32 add_func(struct link *l, const struct symbol *sym)
{
	for (u32 i = 0; i < l->nfuncs; i++)
		if (l->funcs[i].sym == sym)
			return i;
	ARRAY_GROW(l->funcs, l->nfuncs, l->fcap);
	l->funcs[l->nfuncs] = (struct linked){ .sym = sym };
	return l->nfuncs++;
}

static bool find_reloc(const struct section *s, u64 off, GElf_Rel *rel)
{
	for (u64 i = 0; i < s->nrels; i++)
		if (gelf_getrel(s->rels, i, rel) && rel->r_offset == off)
			return true;
	return false;
}

/* Returns the number of @map in the case, which gets it first if it lacks it. */
static u32 map_number(struct foreign *f, const struct elf_map *map)
{
	/* every case has a window of this name */
	const char *name = strcmp(map->name, "mem") ? map->name : "mem_map";

	for (u32 i = 0; i < f->nmaps; i++)
		if (!strcmp(f->maps[i].name, name))
			return 1 + i;
	f->maps = xrealloc(f->maps, (f->nmaps + 1) * sizeof(*f->maps));
	f->maps[f->nmaps++] = (struct case_map){
		.name = xstrdup(name),
		.kind = elf_map_kind(map),
		.key_size = map->key_size,
		.value_size = map->value_size,
		.entries = map->entries,
	};
	return f->nmaps;
}

/*
 * The map at offset @at of the section. Compilers leave the offsets in BTF to the linker; symbols
 * have them.
 */
static const struct elf_map *map_at(const struct object *o, const struct symbol *in, u64 at)
{
	for (u64 i = 0; i < o->nsyms; i++) {
		const struct symbol *s = &o->syms[i];

		if (s->sym.st_shndx != in->sym.st_shndx || s->sym.st_value != at ||
		    GELF_ST_TYPE(s->sym.st_info) == STT_SECTION)
			continue;
		for (u32 k = 0; k < o->nmaps; k++)
			if (!strcmp(o->maps[k].name, s->name))
				return &o->maps[k];
	}
	return NULL;
}

static int link_map(struct link *l, struct insn *insn, const struct symbol *sym)
{
	const struct object *o = l->o;
	const struct elf_map *map = map_at(o, sym, sym->sym.st_value + (u32)insn->imm);

	if (!map)
		return refuse(l, "takes an address in " ELF_MAPS_SECTION
				 " that does not belong to a map");
	if (elf_map_kind(map) < 0)
		return refuse(l, "uses the map '%s', of type %s", map->name,
			      elf_map_type_name(map->type) ? elf_map_type_name(map->type)
							   : "unknown");
	if (map->flags || map->nested || map->pinned)
		return refuse(l, "uses the map '%s', which has flags, contents or a pin",
			      map->name);
	insn->src = BPF_PSEUDO_MAP_IDX;
	insn->imm = map_number(l->f, map);
	insn[1].imm = 0;
	return 0;
}

static int link_data(struct link *l, struct insn *insn, const struct symbol *sym)
{
	const struct object *o = l->o;
	const struct section *s =
		sym->sym.st_shndx < o->nsections ? &o->sections[sym->sym.st_shndx] : NULL;

	if (sym->sym.st_shndx == SHN_UNDEF || !s)
		return refuse(l, "uses the external '%s'", sym->name);
	if (s->hdr.sh_flags & SHF_EXECINSTR)
		return refuse(l, "takes the address of a function");
	if (!strcmp(s->name, ELF_MAPS_SECTION))
		return link_map(l, insn, sym);
	if (!s->global)
		return refuse(l, "uses section '%s'", s->name);
	if (s->nrels)
		return refuse(l, "its section '%s' holds addresses", s->name);
	insn->src = BPF_PSEUDO_MAP_IDX_VALUE;
	insn[1].imm = (s32)(s->at + sym->sym.st_value + (u32)insn->imm);
	insn->imm = 0;
	return 0;
}

/* imm becomes the number of the function until all functions are placed. */
static int link_call(struct link *l, struct insn *insn, size_t section, u64 off,
		     const struct symbol *sym)
{
	const struct object *o = l->o;
	u64 value = off + 8 + (s64)insn->imm * 8;
	const struct symbol *to;

	if (insn->src == BPF_PSEUDO_KFUNC_CALL || (sym && sym->sym.st_shndx == SHN_UNDEF))
		return refuse(l, "calls the kernel's function '%s'", sym ? sym->name : "?");
	if (sym) {
		section = sym->sym.st_shndx;
		value = sym->sym.st_value;
		if (GELF_ST_TYPE(sym->sym.st_info) == STT_SECTION)
			value += ((s64)insn->imm + 1) * 8;
	}
	to = func_at(o, section, value);
	if (!to)
		return refuse(l, "calls something that is not a function");
	insn->src = BPF_PSEUDO_CALL;
	insn->imm = (s32)add_func(l, to);
	return 0;
}

static int link_insn(struct link *l, struct insn *insn, size_t section, u64 off)
{
	const struct object *o = l->o;
	const struct symbol *sym = NULL;
	GElf_Rel rel;

	if (find_reloc(&o->sections[section], off, &rel)) {
		if (GELF_R_SYM(rel.r_info) >= o->nsyms)
			return refuse(l, "a relocation names no symbol");
		sym = &o->syms[GELF_R_SYM(rel.r_info)];
	}
	if (insn_is_call(insn) && (insn->src || sym))
		return link_call(l, insn, section, off, sym);
	if (insn_is_wide(insn) && (sym || insn_is_func_addr(insn)))
		return sym ? link_data(l, insn, sym) : refuse(l, "takes the address of a function");
	return sym ? refuse(l, "has a relocation that is not for a call or an address") : 0;
}

static int link_func(struct link *l, u32 nr)
{
	const struct object *o = l->o;
	const GElf_Sym *sym = &l->funcs[nr].sym->sym;
	const struct section *s = &o->sections[sym->st_shndx];
	u32 cnt = sym->st_size / INSN_SIZE, start = l->code->cnt;

	if (!cnt || sym->st_size % INSN_SIZE || sym->st_value > s->size ||
	    sym->st_size > s->size - sym->st_value || !s->data)
		return refuse(l, "'%s' lies outside its section", l->funcs[nr].sym->name);
	if (start + cnt > MAX_LINKED)
		return refuse(l, "more than %d slots", MAX_LINKED);
	l->funcs[nr].start = start;
	l->code->insns = xrealloc(l->code->insns, (start + cnt + 1) * sizeof(*l->code->insns));
	for (u32 i = 0; i < cnt; i++)
		insn_decode(&l->code->insns[start + i], s->data + sym->st_value + i * INSN_SIZE,
			    o->order);
	l->code->cnt += cnt;
	for (u32 i = 0; i < cnt; i++) {
		struct insn *insn = &l->code->insns[start + i];
		int err;

		if (insn_is_wide(insn) && i + 1 == cnt)
			return refuse(l, "'%s' ends within an instruction of two slots",
				      l->funcs[nr].sym->name);
		err = link_insn(l, insn, sym->st_shndx, sym->st_value + i * INSN_SIZE);
		if (err)
			return err;
		i += insn_is_wide(insn);
	}
	return 0;
}

static void resolve_calls(struct link *l)
{
	struct code *code = l->code;

	for (u32 i = 0; i < code->cnt; i++) {
		struct insn *insn = &code->insns[i];

		if (insn_is_subprog_call(insn))
			insn->imm = (s32)l->funcs[insn->imm].start - (s32)i - 1;
		i += insn_is_wide(insn);
	}
}

static void name_funcs(struct link *l)
{
	struct code *code = l->code;

	code->nfuncs = l->nfuncs;
	code->funcs = xcalloc(l->nfuncs, sizeof(*code->funcs));
	for (u32 i = 0; i < l->nfuncs; i++) {
		u32 nargs = i ? btf_nargs(l->o, l->funcs[i].sym->name) : 0;

		code->funcs[i].name =
			i ? xasprintf("f%u_%s", i, l->funcs[i].sym->name) : xstrdup("main");
		code->funcs[i].start = l->funcs[i].start;
		/* naked functions are declared void but read the argument registers */
		code->funcs[i].nargs = nargs > 5 ? nargs : i ? 5 : 0;
	}
}

static bool uses_globals(const struct code *code)
{
	for (u32 i = 0; i < code->cnt; i++) {
		const struct insn *insn = &code->insns[i];

		if (insn_is_wide(insn) && insn->src == BPF_PSEUDO_MAP_IDX_VALUE)
			return true;
		i += insn_is_wide(insn);
	}
	return false;
}

static int link_program(struct object *o, const struct symbol *sym, struct foreign *f,
			char why[FOREIGN_WHY])
{
	struct link l = { .o = o, .f = f, .code = &f->code, .why = why };
	int err = read_tags(&l, sym->name, f);

	add_func(&l, sym);
	for (u32 i = 0; i < l.nfuncs && !err; i++)
		err = link_func(&l, i);
	if (!err) {
		resolve_calls(&l);
		name_funcs(&l);
	}
	if (!err && uses_globals(&f->code)) {
		if (!o->nglobals)
			err = refuse(&l, "its global data is empty");
		f->mem = xmemdup(o->globals, o->nglobals ? o->nglobals : 1);
		f->mem_len = o->nglobals;
	}
	free(l.funcs);
	return err;
}

/* ---- programs ---- */

static bool is_program(const struct object *o, const struct symbol *sym)
{
	size_t at = sym->sym.st_shndx;

	return GELF_ST_TYPE(sym->sym.st_info) == STT_FUNC && at < o->nsections &&
	       o->sections[at].hdr.sh_flags & SHF_EXECINSTR &&
	       strcmp(o->sections[at].name, ".text");
}

static void import_program(struct object *o, const struct symbol *sym)
{
	struct foreign f = { .file = o->path, .name = foreign_name(sym->name) };
	char why[FOREIGN_WHY] = "";

	if (link_program(o, sym, &f, why)) {
		o->sink->skip(o->sink->ctx, o->path, sym->name, why);
		foreign_free(&f);
	} else {
		o->sink->program(o->sink->ctx, &f);
	}
}

int elf_import(const char *path, char *data, size_t len, const struct elf_sink *sink,
	       struct diag *diag)
{
	struct object o = { .path = path, .diag = diag, .sink = sink };
	u32 programs = 0;
	int err;

	elf_version(EV_CURRENT);
	o.elf = elf_memory(data, len);
	if (!o.elf)
		return damaged(&o, "no ELF file");
	err = read_object(&o);
	for (u64 i = 0; i < o.nsyms && !err; i++) {
		if (!is_program(&o, &o.syms[i]))
			continue;
		import_program(&o, &o.syms[i]);
		programs++;
	}
	if (!err && !programs)
		err = diag_set(diag, path, 0, 0,
			       "no program in it (expected a function in a section of its own, "
			       "SEC(\"…\"))");
	object_free(&o);
	return err;
}
