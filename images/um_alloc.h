/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Included before files of kernel/bpf that keep programs, in kernels of User-Mode Linux with KCOV=1
 * (build.sh). There each page of vmalloc() costs the host a mapping, a fault and an unmapping with
 * its flush of TLBs: a quarter of the time of a load. Memory of kmalloc() is always mapped.
 */
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#undef __vmalloc
#define __vmalloc(size, flags) kvmalloc(size, flags)
#undef vzalloc
#define vzalloc(size) kvzalloc(size, GFP_KERNEL)
#undef vrealloc
#define vrealloc(p, size, flags) kvrealloc(p, size, flags)
#define vfree(p)		 kvfree(p)
