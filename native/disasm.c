// SPDX-License-Identifier: GPL-2.0
#include <capstone/capstone.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "lib/util.h"
#include "native/native.h"

/* Length in bytes of the instruction at @p, which capstone need not know. */
#if CS_API_MAJOR >= 5
static u32 length_riscv(const u8 *p)
{
	return (p[0] & 3) == 3 ? 4 : 2;
}
#endif

#if CS_API_MAJOR >= 5
/* capstone prints distances for branches; the listing shows offsets. */
static void absolute_riscv(const cs_insn *insn, char *ops, size_t size)
{
	static const char *const branches[] = {
		"beq",	"bne",	"blt",	"bge", "bltu", "bgeu", "beqz",	"bnez",	  "blez",
		"bgez", "bltz", "bgtz", "j",   "jal",  "c.j",  "c.jal", "c.beqz", "c.bnez",
	};
	const char *last = strrchr(insn->op_str, ' ');
	char *end;
	long dist;

	last = last ? last + 1 : insn->op_str;
	dist = strtol(last, &end, 0);
	for (size_t i = 0; i < ARRAY_SIZE(branches) && !*end && end > last; i++)
		if (!strcmp(branches[i], insn->mnemonic))
			snprintf(ops, size, "%.*s0x%llx", (int)(last - insn->op_str), insn->op_str,
				 (unsigned long long)(insn->address + dist));
}
#endif

static u32 length_s390(const u8 *p)
{
	return p[0] < 0x40 ? 2 : p[0] < 0xc0 ? 4 : 6;
}

static const struct arch {
	const char *name;
	cs_arch arch;
	unsigned int mode;
	bool att;
	u8 unit;		    /* alignment of instructions in bytes */
	u32 (*length)(const u8 *p); /* or NULL: @unit */
	void (*absolute)(const cs_insn *insn, char *ops, size_t size); /* NULL: they are absolute */
} archs[] = {
	{ "x86_64", CS_ARCH_X86, CS_MODE_64, true, 1, NULL, NULL },
	{ "i386", CS_ARCH_X86, CS_MODE_32, true, 1, NULL, NULL },
	{ "arm", CS_ARCH_ARM, CS_MODE_ARM, false, 4, NULL, NULL },
	{ "arm64", CS_ARCH_ARM64, CS_MODE_LITTLE_ENDIAN, false, 4, NULL, NULL },
#if CS_API_MAJOR >= 5
	{ "riscv32", CS_ARCH_RISCV, CS_MODE_RISCV32 | CS_MODE_RISCVC, false, 2, length_riscv,
	  absolute_riscv },
	{ "riscv64", CS_ARCH_RISCV, CS_MODE_RISCV64 | CS_MODE_RISCVC, false, 2, length_riscv,
	  absolute_riscv },
#endif
	{ "s390x", CS_ARCH_SYSZ, CS_MODE_BIG_ENDIAN, false, 2, length_s390, NULL },
	{ "ppc64le", CS_ARCH_PPC, CS_MODE_LITTLE_ENDIAN | CS_MODE_64, false, 4, NULL, NULL },
	{ "ppc64", CS_ARCH_PPC, CS_MODE_BIG_ENDIAN | CS_MODE_64, false, 4, NULL, NULL },
	{ "ppc32", CS_ARCH_PPC, CS_MODE_BIG_ENDIAN, false, 4, NULL, NULL },
	{ "sparc64", CS_ARCH_SPARC, CS_MODE_BIG_ENDIAN | CS_MODE_V9, false, 4, NULL, NULL },
	{ "mips64el", CS_ARCH_MIPS, CS_MODE_LITTLE_ENDIAN | CS_MODE_MIPS64, false, 4, NULL, NULL },
	{ "mipsel", CS_ARCH_MIPS, CS_MODE_LITTLE_ENDIAN | CS_MODE_MIPS32, false, 4, NULL, NULL },
	{ "mips64", CS_ARCH_MIPS, CS_MODE_BIG_ENDIAN | CS_MODE_MIPS64, false, 4, NULL, NULL },
	{ "mips", CS_ARCH_MIPS, CS_MODE_BIG_ENDIAN | CS_MODE_MIPS32, false, 4, NULL, NULL },
	{ "m68k", CS_ARCH_M68K, CS_MODE_BIG_ENDIAN | CS_MODE_M68K_040, false, 2, NULL, NULL },
};

static const struct arch *arch_by_name(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(archs); i++)
		if (!strcmp(archs[i].name, name))
			return &archs[i];
	return NULL;
}

static const struct arch *open_arch(const char *name, csh *handle)
{
	const struct arch *a = arch_by_name(name);
	int major, minor;

	cs_version(&major, &minor);
	/* a library of another version than the header may lay out its structures differently */
	if (!a || major != CS_API_MAJOR || cs_open(a->arch, a->mode, handle) != CS_ERR_OK)
		return NULL;
	if (a->att)
		cs_option(*handle, CS_OPT_SYNTAX, CS_OPT_SYNTAX_ATT);
	return a;
}

bool native_why_not(const char *arch, char why[NATIVE_TEXT])
{
	csh handle;
	int major, minor;

	if (open_arch(arch, &handle)) {
		cs_close(&handle);
		return false;
	}
	cs_version(&major, &minor);
	snprintf(why, NATIVE_TEXT, "no disassembler for %s (capstone %d)", arch, major);
	return true;
}

int native_disasm(const char *arch, const u8 *code, u32 size, u64 addr,
		  int (*emit)(void *ctx, u32 off, u32 len, const char *text), void *ctx)
{
	char text[NATIVE_TEXT], ops[160];
	const struct arch *a;
	cs_insn *insn;
	csh handle;
	int ret = 0;

	a = open_arch(arch, &handle);
	if (!a)
		return -ENOTSUP;
	insn = cs_malloc(handle);
	for (u32 off = 0; insn && off < size && !ret;) {
		const u8 *p = code + off;
		size_t left = size - off;
		u64 at = addr + off;
		u32 len;

		if (cs_disasm_iter(handle, &p, &left, &at, insn)) {
			len = insn->size;
			snprintf(ops, sizeof(ops), "%s", insn->op_str);
			if (a->absolute)
				a->absolute(insn, ops, sizeof(ops));
			snprintf(text, sizeof(text), *ops ? "%-7s %s" : "%s", insn->mnemonic, ops);
		} else {
			len = a->length ? a->length(code + off) : a->unit;
			snprintf(text, sizeof(text), "?");
		}
		if (len > size - off)
			len = size - off;
		ret = emit(ctx, off, len, text);
		off += len;
	}
	if (!insn)
		ret = -ENOMEM;
	else
		cs_free(insn, 1);
	cs_close(&handle);
	return ret;
}
