/* SPDX-License-Identifier: GPL-2.0 */
/* User memory for programs to try to read. */
#ifndef CHECKJIT_AGENT_USER_H
#define CHECKJIT_AGENT_USER_H

/* Map the pages WIRE_USER_PAGE and WIRE_USER_PAGE_HIGH. Returns 0 or -errno. */
int user_pages(void);

#endif
