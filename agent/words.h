/* SPDX-License-Identifier: GPL-2.0 */
/* Memory by whole machine words: addresses and sizes are multiples of 8. */
#ifndef CHECKJIT_AGENT_WORDS_H
#define CHECKJIT_AGENT_WORDS_H

#include "agent/types.h"
#include "proto/hash.h"

void copy_words(void *dst, const void *src, u32 size);
void fill_words(void *dst, u32 byte, u32 size);
void hash_words(struct wire_hash *h, const void *p, u32 size);

#endif
