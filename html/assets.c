// SPDX-License-Identifier: GPL-2.0
/* The files that all pages load, taken into the program when it is built. */
#include "html/page.h"

#define ASSET(name, file)                         \
	__asm__(".section .rodata\n"              \
		".global " #name "\n" #name ":\n" \
		"\t.incbin \"html/" file "\"\n"   \
		"\t.byte 0\n"                     \
		".previous\n")

ASSET(html_style, "style.css");
ASSET(html_script, "report.js");
