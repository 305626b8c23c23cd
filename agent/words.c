// SPDX-License-Identifier: GPL-2.0
/* The inner loops, unrolled and by whole machine words: under TCG every guest insn counts. */
#include "agent/words.h"

typedef unsigned long word;

#define PER8 (8 / sizeof(word)) /* words in 8 bytes */

void copy_words(void *dst, const void *src, u32 size)
{
	const word *s = src;
	word *d = dst;
	u32 n = size / sizeof(word);

	for (; n >= 8; n -= 8, d += 8, s += 8) {
		word a = s[0], b = s[1], c = s[2], e = s[3];

		d[0] = a, d[1] = b, d[2] = c, d[3] = e;
		a = s[4], b = s[5], c = s[6], e = s[7];
		d[4] = a, d[5] = b, d[6] = c, d[7] = e;
	}
	for (; n >= PER8; n -= PER8, d += PER8, s += PER8) {
		d[0] = s[0];
		if (PER8 == 2)
			d[PER8 - 1] = s[PER8 - 1];
	}
}

void fill_words(void *dst, u32 byte, u32 size)
{
	word w = byte * (~(word)0 / 0xff), *d = dst;
	u32 n = size / sizeof(word);

	for (; n >= 8; n -= 8, d += 8) {
		d[0] = w, d[1] = w, d[2] = w, d[3] = w;
		d[4] = w, d[5] = w, d[6] = w, d[7] = w;
	}
	for (; n; n--)
		*d++ = w;
}

void hash_words(struct wire_hash *h, const void *p, u32 size)
{
	struct wire_hash l = *h;
	const u32 *w = p;
	u32 n = size / 4;

	for (; n >= 8; n -= 8, w += 8) {
		wire_hash_word(&l, w[0]);
		wire_hash_word(&l, w[1]);
		wire_hash_word(&l, w[2]);
		wire_hash_word(&l, w[3]);
		wire_hash_word(&l, w[4]);
		wire_hash_word(&l, w[5]);
		wire_hash_word(&l, w[6]);
		wire_hash_word(&l, w[7]);
	}
	for (; n; n--)
		wire_hash_word(&l, *w++);
	*h = l;
}
