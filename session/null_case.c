// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include "lib/util.h"
#include "session/null_case.h"

static const char text[] = "case null\n"
			   "\tdoc the wrapper itself: fill, nothing, spill\n"
			   "\tmem 32\n\tstack 32\n\tptr r7 = mem+8\n\tptr r8 = stack-16\n"
			   "\tprog\n\t\tgoto done\n\tdone:\n\tend\n"
			   "\tvec r1=0 r2=-1 r3=0x8000000080000000 r4=0x7fffffff00000001\n"
			   "\tvec r1=1 r2=0xffffffff r3=0xffffffff00000000 r4=-2\n";

struct bpf_case *null_case(void)
{
	struct diag diag;
	struct bpf_case *c = case_parse_one(text, "frame", "frame", &diag);

	if (!c) {
		diag_print(&diag);
		exit(EXIT_INFRA);
	}
	return c;
}
