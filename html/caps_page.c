// SPDX-License-Identifier: GPL-2.0
/* capabilities.html: what each kernel can, as the agent probed it. */
#include <string.h>
#include "html/page.h"
#include "lib/errname.h"
#include "lib/strset.h"
#include "lib/util.h"

static const struct run_cap *find_cap(const struct run_info *info, const char *name)
{
	for (u32 i = 0; i < info->ncaps; i++)
		if (!strcmp(info->caps[i].name, name))
			return &info->caps[i];
	return NULL;
}

static void cell(FILE *f, const struct run_cap *cap)
{
	if (!cap)
		fputs("<td class=\"none\">–</td>", f);
	else if (cap->have)
		fputs("<td class=\"pass\">yes</td>", f);
	else
		markup(f, "<td class=\"skip\">no%s%s</td>", cap->err ? ": " : "",
		       !cap->err	      ? ""
		       : errno_name(cap->err) ? errno_name(cap->err)
					      : strerror(cap->err));
}

/* A row for each capability that a header names, in order of first appearance. */
static void rows(FILE *f, const struct html *h)
{
	struct strset seen = { 0 };

	for (u32 a = 0; a < h->set->cnt; a++) {
		const struct run_info *info = &h->set->runs[a].info;

		for (u32 i = 0; i < info->ncaps; i++) {
			const char *name = info->caps[i].name;

			if (strset_find(&seen, name))
				continue;
			strset_add(&seen, name, 0);
			markup(f, "<tr><th scope=\"row\"><code>%s</code></th>", name);
			for (u32 k = 0; k < h->set->cnt; k++)
				cell(f, find_cap(&h->set->runs[k].info, name));
			fputs("</tr>\n", f);
		}
	}
	strset_free(&seen);
}

int caps_page(const struct html *h)
{
	struct page p;
	int ret = page_open(&p, h, "capabilities.html", "Capabilities");

	if (ret)
		return ret;
	fputs("<p>The agent probes each capability with a tiny program; where the kernel lacks it, "
	      "the errno of the probe is shown. Cases that need it are skipped.</p>\n",
	      p.f);
	table_open(p.f, "capabilities", "Capabilities by architecture");
	table_head(p.f, "Capability");
	for (u32 a = 0; a < h->set->cnt; a++)
		table_head(p.f, h->set->runs[a].info.arch);
	table_body(p.f);
	rows(p.f, h);
	table_close(p.f);
	return page_close(&p, h);
}
