// SPDX-License-Identifier: GPL-2.0
/* A number over runs, as bars of SVG. The table beside it has the numbers as text. */
#include "html/page.h"

#define BAR    12 /* width of a bar with its gap */
#define HEIGHT 60

void trend(FILE *f, const char *name, const double *values, u32 n)
{
	double top = 0;

	if (n < 2)
		return;
	for (u32 i = 0; i < n; i++)
		top = values[i] > top ? values[i] : top;
	markup(f,
	       "<figure class=\"trend\">\n<figcaption>%s</figcaption>\n"
	       "<svg role=\"img\" aria-label=\"%s\" width=\"%u\" height=\"%u\" "
	       "viewBox=\"0 0 %u %u\">\n",
	       name, name, n * BAR, HEIGHT + 1, n * BAR, HEIGHT + 1);
	for (u32 i = 0; i < n; i++) {
		u32 high = top > 0 ? values[i] / top * HEIGHT : 0;

		markup(f, "<rect x=\"%u\" y=\"%u\" width=\"%u\" height=\"%u\"/>\n", i * BAR,
		       HEIGHT - high, BAR - 3, high + 1);
	}
	fputs("</svg>\n</figure>\n", f);
}
