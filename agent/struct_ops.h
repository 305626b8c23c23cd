/* SPDX-License-Identifier: GPL-2.0 */
/* Programs that take the place of functions of the module, by struct_ops. */
#ifndef CHECKJIT_AGENT_STRUCT_OPS_H
#define CHECKJIT_AGENT_STRUCT_OPS_H

#include "agent/bpf.h"

/* Fill in what the load of @p needs. */
void ops_prepare(struct prog *p);

/* Let the program @fd, loaded from @p, take the place of the function p->func. Returns the
 * descriptor of the link, or -errno. */
int ops_link(int fd, const struct prog *p);

#endif
