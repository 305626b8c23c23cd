// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <errno.h>
#include <string.h>
#include "convert/conf_asm.h"
#include "convert/import_data.h"
#include "lib/bytes.h"
#include "lib/util.h"

#define MAX_RAW 65536 /* slots */

enum section {
	SECTION_NONE,
	SECTION_ASM,
	SECTION_RAW,
	SECTION_MEM,
	SECTION_RESULT,
	SECTION_ERROR,
	SECTION_OTHER,
	NR_SECTIONS
};

/* In the order in which their words are searched for in a line that begins with "--". */
static const struct {
	const char *word;
	enum section section;
} words[] = {
	{ "asm", SECTION_ASM },
	{ "result", SECTION_RESULT },
	{ "mem", SECTION_MEM },
	{ "raw", SECTION_RAW },
	{ "no register offset", SECTION_OTHER },
	{ "map", SECTION_OTHER },
	{ "error", SECTION_ERROR },
	{ "c", SECTION_OTHER },
};

struct data {
	const char *path;
	struct diag *diag;
	char *text[NR_SECTIONS];
	size_t len[NR_SECTIONS];
	FILE *f[NR_SECTIONS];
	int line[NR_SECTIONS]; /* number of the first line of its text */
	bool map;
};

static bool is_directive(const char *line, const char **word)
{
	while (isspace((unsigned char)*line))
		line++;
	if (strncmp(line, "--", 2))
		return false;
	for (line += 2; isspace((unsigned char)*line);)
		line++;
	*word = line;
	return true;
}

static int find_section(struct data *d, const char *word, int line, enum section *section)
{
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		size_t n = strlen(words[i].word);

		if (strncmp(word, words[i].word, n) ||
		    (word[n] && !isspace((unsigned char)word[n])))
			continue;
		*section = words[i].section;
		d->map |= !strcmp(words[i].word, "map");
		if (!d->line[*section])
			d->line[*section] = line + 1;
		return 0;
	}
	return diag_set(d->diag, d->path, line, 1,
			"unknown section '-- %s' (expected asm, raw, mem, result, error, map, c or "
			"no register offset)",
			word);
}

/* Each section has an empty line for each line outside it, so that line numbers stay. */
static int split(struct data *d, const char *text)
{
	enum section at = SECTION_NONE;
	const char *word;
	int line = 1, err = 0;

	for (; *text && !err; line++) {
		size_t n = strcspn(text, "\n");
		char *copy = xstrndup(text, n);

		if (n && copy[n - 1] == '\r')
			copy[n - 1] = '\0';
		if (is_directive(copy, &word))
			err = find_section(d, word, line, &at);
		else
			fprintf(d->f[at], "%s", copy);
		for (int s = 0; s < NR_SECTIONS; s++)
			if (d->line[s] && d->line[s] <= line)
				fputc('\n', d->f[s]);
		free(copy);
		text += n + (text[n] == '\n');
	}
	return err;
}

/* ---- sections ---- */

static int hex_value(char c)
{
	return isdigit((unsigned char)c) ? c - '0' : tolower((unsigned char)c) - 'a' + 10;
}

static int parse_hex(const char *text, const char *file, int line, const char *what, u8 **bytes,
		     u32 *len, struct diag *diag)
{
	u32 cap = 0;
	const char *start = text;

	*bytes = NULL;
	*len = 0;
	for (; *text; text++) {
		if (*text == '\n') {
			line++;
			start = text + 1;
		}
		if (isspace((unsigned char)*text))
			continue;
		if (*text == '#') {
			text += strcspn(text, "\n") - 1;
			continue;
		}
		if (!isxdigit((unsigned char)text[0]) || !isxdigit((unsigned char)text[1])) {
			free(*bytes);
			*bytes = NULL;
			return diag_set(diag, file, line, text - start + 1,
					"'%.8s' in %s (expected pairs of hex digits)", text, what);
		}
		ARRAY_GROW(*bytes, *len, cap);
		(*bytes)[(*len)++] = hex_value(text[0]) << 4 | hex_value(text[1]);
		text++;
	}
	return 0;
}

int hex_parse(const char *text, const char *what, u8 **bytes, u32 *len, struct diag *diag)
{
	return parse_hex(text, what, 1, what, bytes, len, diag);
}

static int parse_result(struct data *d, struct foreign *out)
{
	const char *text = d->text[SECTION_RESULT];
	int line = d->line[SECTION_RESULT];
	char *end;

	for (; isspace((unsigned char)*text); text++)
		line += *text == '\n';
	if (!*text)
		return diag_set(d->diag, d->path, d->line[SECTION_RESULT], 0,
				"an empty result (expected a number)");
	errno = 0;
	out->result = strtoull(text, &end, 0);
	if (errno || !isdigit((unsigned char)*text) || (*end && !isspace((unsigned char)*end)))
		return diag_set(d->diag, d->path, line, 1,
				"'%.*s' is not a result (expected a number of 64 bits)",
				(int)strcspn(text, "\n"), text);
	out->result_kind = RESULT_WHOLE;
	return 0;
}

/* Each number of 64 bits is a slot in little-endian layout. */
static int parse_raw(struct data *d, struct code *code)
{
	const char *text = d->text[SECTION_RAW];
	int line = d->line[SECTION_RAW];
	u32 cap = 0;

	for (;;) {
		u8 bytes[INSN_SIZE];
		char *end;
		u64 v;

		for (; isspace((unsigned char)*text); text++)
			line += *text == '\n';
		if (!*text)
			break;
		errno = 0;
		v = strtoull(text, &end, 0);
		if (errno || end == text || (*end && !isspace((unsigned char)*end)))
			return diag_set(
				d->diag, d->path, line, 0,
				"'%.*s' is not an instruction (expected a number of 64 bits)",
				(int)strcspn(text, " \t\r\n"), text);
		if (code->cnt == MAX_RAW)
			return diag_set(d->diag, d->path, line, 0,
					"the program is too long (expected at most %d slots)",
					MAX_RAW);
		bytes_put(bytes, INSN_SIZE, v, ORDER_LE);
		if (code->cnt == cap) {
			cap = cap ? 2 * cap : 64;
			code->insns = xrealloc(code->insns, cap * sizeof(*code->insns));
			code->lines = xrealloc(code->lines, cap * sizeof(*code->lines));
		}
		insn_decode(&code->insns[code->cnt], bytes, ORDER_LE);
		code->lines[code->cnt++] = line;
		text = end;
	}
	if (!code->cnt)
		return diag_set(d->diag, d->path, d->line[SECTION_RAW], 0,
				"no instruction (expected a program)");
	if (insn_is_wide(&code->insns[code->cnt - 1]))
		return diag_set(d->diag, d->path, code->lines[code->cnt - 1], 0,
				"the program ends within an instruction of two slots");
	return conf_find_funcs(code, d->path, d->line[SECTION_RAW], d->diag);
}

static int skip(struct data *d, enum section at, const char *why)
{
	diag_set(d->diag, d->path, d->line[at] ? d->line[at] - 1 : 0, 0, "%s", why);
	return -EOPNOTSUPP;
}

static int build(struct data *d, struct foreign *out)
{
	int ret;

	if (!d->line[SECTION_ASM] && !d->line[SECTION_RAW])
		return diag_set(d->diag, d->path, 0, 0,
				"no program (expected a section '-- asm' or '-- raw')");
	if (d->map)
		return skip(d, SECTION_OTHER, "it needs maps of its harness");
	if (d->line[SECTION_ERROR])
		return skip(d, SECTION_ERROR, "it expects an error in the words of its harness");
	if (!d->line[SECTION_RESULT])
		return diag_set(d->diag, d->path, 0, 0,
				"no result (expected a section '-- result')");
	ret = parse_result(d, out);
	if (!ret && d->line[SECTION_MEM])
		ret = parse_hex(d->text[SECTION_MEM], d->path, d->line[SECTION_MEM], "the memory",
				&out->mem, &out->mem_len, d->diag);
	if (!ret && d->line[SECTION_RAW])
		ret = parse_raw(d, &out->code);
	else if (!ret)
		ret = conf_assemble(d->text[SECTION_ASM], d->path, d->line[SECTION_ASM], &out->code,
				    d->diag);
	return ret;
}

int data_parse(const char *text, const char *path, struct foreign *out, struct diag *diag)
{
	struct data d = { .path = path, .diag = diag };
	const char *base = strrchr(path, '/');
	char *stem;
	int ret;

	memset(out, 0, sizeof(*out));
	for (int s = 0; s < NR_SECTIONS; s++)
		d.f[s] = open_memstream(&d.text[s], &d.len[s]);
	ret = split(&d, text);
	for (int s = 0; s < NR_SECTIONS; s++)
		fclose(d.f[s]);
	if (!ret)
		ret = build(&d, out);
	base = base ? base + 1 : path;
	stem = xstrndup(base, strcspn(base, "."));
	out->file = path;
	out->name = foreign_name(stem);
	out->mem_args = true;
	free(stem);
	for (int s = 0; s < NR_SECTIONS; s++)
		free(d.text[s]);
	if (ret)
		foreign_free(out);
	return ret;
}
