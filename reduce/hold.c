// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <string.h>
#include "lib/util.h"
#include "reduce/hold.h"
#include "reduce/path.h"

/*
 * A hexadecimal or decimal number, with or without 0x, also at the end of a word: addresses, pids,
 * registers.
 */
static size_t number_len(const char *s, size_t len)
{
	size_t n = 0, digits = 0;

	if (len > 2 && s[0] == '0' && s[1] == 'x')
		n = 2;
	for (; n < len && isxdigit((unsigned char)s[n]); n++)
		digits += isdigit((unsigned char)s[n]) != 0;
	/* "be", "dead": words unless they contain a digit */
	return digits && (n == len || !isalpha((unsigned char)s[n])) ? n : 0;
}

char *normal_words(const char *line, size_t len)
{
	char *out = xcalloc(1, len + 1);
	size_t n = 0, i = 0;

	if (len && line[0] == '[') { /* "[    1.234567] " */
		const char *end = memchr(line, ']', len);

		i = end ? end - line + 1 : 0;
		while (i < len && line[i] == ' ')
			i++;
	}
	while (i < len) {
		bool begins = !i || !isalnum((unsigned char)line[i - 1]);
		size_t skip = begins || !isalpha((unsigned char)line[i - 1])
				      ? number_len(line + i, len - i)
				      : 0;

		if (!skip && isdigit((unsigned char)line[i]))
			skip = strspn(line + i, "0123456789") < len - i
				       ? strspn(line + i, "0123456789")
				       : len - i;
		if (skip) {
			out[n++] = '#';
			i += skip;
		} else if (isprint((unsigned char)line[i])) {
			out[n++] = line[i++];
		} else {
			i++;
		}
	}
	while (n && out[n - 1] == ' ')
		out[--n] = 0;
	return out;
}

/*
 * The verifier's reason is the last line before the statistics, or before its report in prose if it
 * writes one.
 */
char *verifier_words(const char *log)
{
	const char *line = log, *reason = NULL;
	size_t len = 0;

	while (line && *line && strncmp(line, "Verification failed: ", 21)) {
		size_t n = strcspn(line, "\n");

		if (n && strncmp(line, "processed ", 10)) {
			reason = line;
			len = n;
		}
		line += n + (line[n] == '\n');
	}
	return reason ? normal_words(reason, len) : NULL;
}

/* The kernel's first complaint, from the word that makes it one. */
static char *kernel_words(const char *console)
{
	static const char *const begins[] = {
		"BUG:",
		"kernel BUG at",
		"WARNING:",
		"Internal error",
		"Oops",
		"Unable to handle",
		"Kernel panic",
		"KASAN:",
		"UBSAN:",
		"general protection",
		"invalid opcode",
		"specification exception",
		"operation exception",
		"addressing exception",
		"illegal instruction",
		"ILLEGAL INSTRUCTION",
		"FORMAT ERROR",
		"Unexpected kernel BRK",
	};
	const char *first = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(begins); i++) {
		const char *at = strstr(console, begins[i]);

		if (at && (!first || at < first))
			first = at;
	}
	return first ? normal_words(first, strcspn(first, "\r\n")) : NULL;
}

void finding_of(const struct trial *t, struct finding *out)
{
	memset(out, 0, sizeof(*out));
	switch (t->verdict) {
	case VERDICT_FAIL:
		if (t->diff.failed)
			out->kind = FINDING_STATE;
		break;
	case VERDICT_REJECT:
		out->kind = FINDING_REJECT;
		out->err = t->err;
		out->words = t->log ? verifier_words(t->log) : NULL;
		break;
	case VERDICT_CRASH:
		out->kind = FINDING_CRASH;
		out->words = t->console ? kernel_words(t->console) : NULL;
		break;
	case VERDICT_TIMEOUT:
		out->kind = FINDING_HANG;
		break;
	default:
		break;
	}
}

bool finding_same(const struct finding *a, const struct finding *b)
{
	if (a->kind != b->kind || a->err != b->err)
		return false;
	/* words missing in one of them: the console was truncated */
	return !a->words || !b->words || !strcmp(a->words, b->words);
}

void finding_free(struct finding *f)
{
	free(f->words);
	memset(f, 0, sizeof(*f));
}

const char *finding_text(const struct finding *f)
{
	static char text[512];
	const char *words = f->words ? f->words : "(no words)";

	switch (f->kind) {
	case FINDING_STATE:
		return "the state is not the model's";
	case FINDING_REJECT:
		snprintf(text, sizeof(text), "the verifier refuses it, errno %d: %s", f->err,
			 words);
		return text;
	case FINDING_CRASH:
		snprintf(text, sizeof(text), "the guest's kernel dies or complains: %s", words);
		return text;
	case FINDING_HANG:
		return "the guest hangs";
	default:
		return "nothing is wrong";
	}
}

/* Does the model execute an insn of the wanted form? */
static bool has_culprit(const struct hold *h, const struct bpf_case *c)
{
	const struct guest *g = &h->session->guest;
	struct path p;
	bool found = false;

	if (!h->want.culprit)
		return true;
	if (path_walk(c, g->order, g->word_bits, &p)) {
		path_free(&p);
		return false;
	}
	for (u32 i = 0; i < c->nprogs; i++)
		for (u32 s = 0; s < c->progs[i].cnt && !found; s++)
			found = p.ran[i][s] &&
				insn_lookup(&c->progs[i].insns[s]) == h->want.culprit;
	path_free(&p);
	return found;
}

int hold_test(void *ctx, struct bpf_case *c)
{
	struct hold *h = ctx;
	struct trial_ask ask = { .engine = h->engine, .c = c, .nr_vecs = 1 };
	struct finding got;
	struct trial t;
	int ret;

	if (!has_culprit(h, c))
		return 0;
	ret = session_try(h->session, &ask, &t);
	if (ret)
		return ret;
	h->trials++;
	h->deaths += !h->session->up;
	finding_of(&t, &got);
	ret = finding_same(&got, &h->want);
	finding_free(&got);
	trial_free(&t);
	return ret;
}
