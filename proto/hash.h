/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The protocol's hash: two 32-bit lanes, so that 32-bit machines compute it fast. The unit is a
 * 32-bit word as the guest loads it; the host, which may have another byte order, feeds
 * the same values. Not cryptographic: it detects accidents. A state that differs in one word always
 * has another lane 0, since every step is a bijection of the lane for a fixed word.
 */
#ifndef CHECKJIT_HASH_H
#define CHECKJIT_HASH_H

struct wire_hash {
	unsigned int a, b;
};

static inline void wire_hash_init(struct wire_hash *h)
{
	h->a = 0x9e3779b9;
	h->b = 0x85ebca6b;
}

static inline void wire_hash_word(struct wire_hash *h, unsigned int w)
{
	h->a = (h->a ^ w) * 0x01000193;
	h->a ^= h->a >> 15;
	h->b = ((h->b << 13) | (h->b >> 19)) + w;
	h->b = h->b * 5 + 0xe6546b64;
}

#endif
