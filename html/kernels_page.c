// SPDX-License-Identifier: GPL-2.0
/* kernels.html: on what each arch ran. */
#include "html/page.h"
#include "lib/strbuf.h"
#include "lib/util.h"

static void section(FILE *f, const struct run *run)
{
	const struct run_info *i = &run->info;
	char *engines = join_words(i->engines, i->nengines, " "),
	     *verdicts = xasprintf("%u%s", run->cases, run->partial ? ", partial" : "");

	markup(f, "<section id=\"%s\">\n<h2>%s</h2>\n<dl>\n", i->arch, i->arch);
	list_item(f, "Kernel", i->kernel);
	list_item(f, "Machine", i->machine);
	list_item(f, "Image", i->image);
	list_item(f, "Configuration", i->config_hash);
	list_item(f, "Compiler", i->compiler);
	list_item(f, "QEMU", i->qemu);
	list_item(f, "CPU model", i->cpu);
	list_item(f, "Engines", engines);
	list_item(f, "Cases", i->cases ? i->cases : "all");
	list_item(f, "REQUIRE_JIT", i->require_jit);
	list_item(f, "Settings", i->make_args);
	list_item(f, "Started", i->start);
	list_item(f, "checkjit", i->version);
	list_item(f, "Verdicts", verdicts);
	for (u32 k = 0; k < run->nunused; k++)
		list_item(f, "Known failure that matched no case", run->unused[k]);
	fputs("</dl>\n</section>\n", f);
	free(engines);
	free(verdicts);
}

int kernels_page(const struct html *h)
{
	struct page p;
	int ret = page_open(&p, h, "kernels.html", "Kernels");

	if (ret)
		return ret;
	for (u32 i = 0; i < h->set->cnt; i++)
		section(p.f, &h->set->runs[i]);
	return page_close(&p, h);
}
