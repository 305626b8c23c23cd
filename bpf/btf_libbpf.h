/* SPDX-License-Identifier: GPL-2.0 */
/* libbpf's <bpf/btf.h>, which our own bpf/btf.h hides: continue the search behind our directory. */
#include_next <bpf/btf.h>
