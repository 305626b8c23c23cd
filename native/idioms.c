// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "lib/bytes.h"
#include "lib/util.h"
#include "native/idioms.h"
#include "native/native.h"

/*
 * The words that idioms are made of. An instruction is the first word of its arch whose pattern its
 * text (native/native.h) matches; one that matches none is of no interest. A fence may stand
 * between idioms: an indirect jump can have one of its own.
 */
static const struct word {
	const char *arch, *pattern, *name;
	bool fence;
} words[] = {
	/* an exchange with memory locks without the prefix */
	{ "x86_64", "lock *", "locked", false },
	{ "x86_64", "xchg* *(*", "locked", false },
	{ "x86_64", "lfence", "lfence", true },

	{ "i386", "lock *", "locked", false },
	{ "i386", "xchg* *(*", "locked", false },
	{ "i386", "lfence", "lfence", true },

	{ "arm64", "ld@(add|clr|set|eor)al *", "lse_al", false },
	{ "arm64", "@(swp|cas)al *", "lse_al", false },
	{ "arm64", "@(st|ld)@(add|clr|set|eor)?(a|l) *", "lse", false },
	{ "arm64", "@(swp|cas)?(a|l) *", "lse", false },
	{ "arm64", "ld?(a)xr *", "ldxr", false },
	{ "arm64", "stxr *", "stxr", false },
	{ "arm64", "stlxr *", "stlxr", false },
	{ "arm64", "ldar?(b|h) *", "ldar", false },
	{ "arm64", "stlr?(b|h) *", "stlr", false },
	{ "arm64", "dmb *ish", "dmb_ish", true },
	{ "arm64", "dsb *", "dsb", true },
	{ "arm64", "isb*", "isb", true },
	{ "arm64", "sb", "sb", true },

	{ "riscv64", "amo*.aqrl *", "amo_aqrl", false },
	{ "riscv64", "amo*", "amo", false },
	{ "riscv64", "lr.@(w|d)?(.aq) *", "lr", false },
	{ "riscv64", "sc.@(w|d).rl *", "sc_rl", false },
	{ "riscv64", "sc.@(w|d)*", "sc", false },
	{ "riscv64", "fence *rw, rw", "fence_rw_rw", true },
	{ "riscv64", "fence *r, rw", "fence_r_rw", true },
	{ "riscv64", "fence *rw, w", "fence_rw_w", true },

	{ "riscv32", "amo*.aqrl *", "amo_aqrl", false },
	{ "riscv32", "amo*", "amo", false },

	{ "s390x", "la@(a|n|o|x)?(l)?(g) *", "la_op", false },
	{ "s390x", "cs?(y|g) *", "cs", false },
	{ "s390x", "@(bnor|br) *%r0", "bcr", true }, /* bcr 14,0 and bcr 15,0 */

	{ "ppc64le", "l@(w|d)arx *", "larx", false },
	{ "ppc64le", "st@(w|d)cx. *", "stcx", false },
	{ "ppc64le", "?(hw)sync", "sync", true },
	{ "ppc64le", "lwsync", "lwsync", true },

	{ "mips64el", "ll?(d) *", "ll", false },
	{ "mips64el", "sc?(d) *", "sc", false },
	{ "mipsel", "ll *", "ll", false },
	{ "mipsel", "sc *", "sc", false },
	{ "mipsel", "jalr *", "call", true },
};

/*
 * The idioms that meet a demand: words, and | between alternatives; "" is none at all. Loads and
 * stores of x86 and s390x are ordered (TSO), so that acquire and release need nothing; their
 * atomics are ordered too, but s390x's LAA and its kin need a serialization behind them. What a
 * barrier against speculation is depends on the CPU on ppc64le, and is nothing on riscv, s390x and
 * mips.
 */
static const struct idiom {
	const char *arch;
	const char *want[NR_DEMANDS];
	const char *wide; /* what an atomic of 64 bits wants instead, or NULL */
	bool literals;	  /* stand behind the code of each function, and may read as instructions */
} idioms[] = {
	{ "x86_64", { "locked", "locked", "locked", "", "", "lfence" }, NULL, false },
	{ "i386", { "locked", "locked", "locked", "", "", "lfence" }, NULL, false },
	{ "arm64",
	  { "lse | lse_al | ldxr stxr | ldxr stlxr", "lse_al | ldxr stlxr dmb_ish",
	    "lse_al | ldxr stlxr dmb_ish", "ldar", "stlr", "sb | dsb isb" },
	  NULL,
	  false },
	{ "riscv64",
	  { "amo | amo_aqrl", "amo_aqrl", "amo_aqrl | lr sc_rl fence_rw_rw",
	    "fence_r_rw | fence_rw_rw", "fence_rw_w | fence_rw_rw", "" },
	  NULL,
	  false },
	{ "riscv32", { "amo | amo_aqrl", "amo_aqrl", "amo_aqrl", "", "", "" }, NULL, false },
	{ "s390x", { "la_op | cs", "la_op bcr | cs", "cs", "", "", "" }, NULL, true },
	{ "ppc64le",
	  { "larx stcx", "sync larx stcx sync", "sync larx stcx sync", "lwsync | sync",
	    "lwsync | sync", "" },
	  NULL,
	  false },
	/* Kconfig says of a CPU whether LL and SC order other accesses: only they are demanded */
	{ "mips64el", { "ll sc", "ll sc", "ll sc", "", "", "" }, NULL, false },
	/* 64 bits are left to the kernel's atomic64_*(), which order as the kernel wants it */
	{ "mipsel", { "ll sc", "ll sc", "ll sc", "", "", "" }, "call", false },
};

/* The words that native code has, in order. */
struct reading {
	const char *arch;
	const u8 *code;
	const struct word **words;
	u32 cnt, cap;
};

/* amocas of Zacas, which capstone 5 does not know, as an amo that it knows. */
static const char *text_of(const struct reading *r, u32 off, u32 len, const char *text)
{
	u32 insn;

	if (strcmp(text, "?") || strcmp(r->arch, "riscv64") || len != 4)
		return text;
	insn = bytes_get(r->code + off, 4, ORDER_LE);
	if ((insn & 0x7f) != 0x2f || insn >> 27 != 5)
		return text;
	return (insn >> 25 & 3) == 3 ? "amocas.aqrl ?" : "amocas ?";
}

static int read_word(void *ctx, u32 off, u32 len, const char *text)
{
	struct reading *r = ctx;

	text = text_of(r, off, len, text);
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (strcmp(words[i].arch, r->arch) || fnmatch(words[i].pattern, text, FNM_EXTMATCH))
			continue;
		ARRAY_GROW(r->words, r->cnt, r->cap);
		r->words[r->cnt++] = &words[i];
		break;
	}
	return 0;
}

/* Do the words from @at on begin with @idiom, which ends at | or its end? Sets *@n to its words. */
static bool begins_with(const struct reading *r, u32 at, const char *idiom, u32 *n)
{
	*n = 0;
	for (idiom += strspn(idiom, " "); *idiom && *idiom != '|'; idiom += strspn(idiom, " ")) {
		size_t len = strcspn(idiom, " |");
		const char *name = at + *n < r->cnt ? r->words[at + *n]->name : "";

		if (strlen(name) != len || strncmp(name, idiom, len))
			return false;
		++*n;
		idiom += len;
	}
	return true;
}

/* Take the longest of the alternatives @want that the words from *@at on begin with. */
static bool take_idiom(const struct reading *r, u32 *at, const char *want)
{
	u32 n, most = 0;
	bool any = false;

	for (const char *p = want; p; p = strchr(p, '|')) {
		p += *p == '|';
		if (!begins_with(r, *at, p, &n))
			continue;
		any = true;
		most = n > most ? n : most;
	}
	*at += most;
	return any;
}

static int not_met(const struct reading *r, u32 at, u32 nr, const char *want, struct unmet *unmet)
{
	size_t len = 0;

	unmet->nr = nr;
	snprintf(unmet->want, sizeof(unmet->want), "%s", want);
	snprintf(unmet->found, sizeof(unmet->found), "nothing");
	for (u32 i = at; i < r->cnt && i < at + 4; i++)
		len += snprintf(unmet->found + len, sizeof(unmet->found) - len, "%s%s",
				len ? " " : "", r->words[i]->name);
	return -EILSEQ;
}

/* A word skipped is missed by a later demand, if it was the code of one. */
static bool may_skip(const struct reading *r, u32 at, const struct idiom *idiom)
{
	return r->words[at]->fence || idiom->literals;
}

static int match(const struct reading *r, const struct idiom *idiom, const enum demand *demands,
		 u32 cnt, struct unmet *unmet)
{
	u32 at = 0, from;

	for (u32 i = 0; i < cnt; i++) {
		bool wide = idiom->wide && demands[i] & DEMAND_WIDE;
		const char *want = wide ? idiom->wide : idiom->want[demands[i] & ~DEMAND_WIDE];

		from = at;
		while (!take_idiom(r, &at, want)) {
			if (at == r->cnt || !may_skip(r, at, idiom))
				return not_met(r, idiom->literals ? from : at, i, want, unmet);
			at++;
		}
	}
	while (at < r->cnt && may_skip(r, at, idiom))
		at++;
	return at == r->cnt ? 0 : not_met(r, at, cnt, "", unmet);
}

int idioms_check(const char *arch, const u8 *code, u32 size, const enum demand *demands, u32 cnt,
		 struct unmet *unmet)
{
	struct reading r = { .arch = arch, .code = code };
	const struct idiom *idiom = NULL;
	int ret;

	for (size_t i = 0; i < ARRAY_SIZE(idioms) && !idiom; i++)
		if (!strcmp(idioms[i].arch, arch))
			idiom = &idioms[i];
	if (!idiom)
		return -ENOTSUP;
	ret = native_disasm(arch, code, size, 0, read_word, &r);
	if (!ret)
		ret = match(&r, idiom, demands, cnt, unmet);
	free(r.words);
	return ret;
}
