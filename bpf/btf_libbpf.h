/* SPDX-License-Identifier: GPL-2.0 */
/* libbpf's <bpf/btf.h>, which our own bpf/btf.h hides: go on behind the directory that this file was found in. */
#include_next <bpf/btf.h>
