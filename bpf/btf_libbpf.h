/* SPDX-License-Identifier: GPL-2.0 */
/* libbpf's <bpf/btf.h>, which our own bpf/btf.h hides: search behind the directory of this file. */
#include_next <bpf/btf.h>
