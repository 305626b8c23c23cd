// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include "bpf/expect.h"
#include "cmd/cmd.h"
#include "cmd/opts.h"
#include "lib/util.h"

struct job {
	enum byte_order order;
	int word;
	struct quirks quirks;
	bool raw;
	struct model_state st;
	u32 findings;
};

static void print_window(const struct bpf_case *c, const struct model_state *st, enum region region)
{
	u32 size = c->vecs->win_size[region], before = guard_before(region);
	u32 n = size ? size - before - guard_behind(region) : 0;

	for (u32 i = 0; i < n; i += 16) {
		printf("%s%+d", region_name(region),
		       (int)i - (region == REGION_STACK ? (int)n : 0));
		for (u32 k = i; k < i + 16 && k < n; k++)
			printf("%s%02x", k % 8 ? "" : " ", st->win[region][before + k]);
		printf("\n");
	}
}

static void print_state(const struct bpf_case *c, const struct model_state *st)
{
	for (int r = 0; r < CASE_REGS; r++) {
		if (st->clobbered & (1 << r))
			printf("r%d -\n", r);
		else if (st->region[r] != REGION_NONE)
			printf("r%d %s%+" PRId64 "\n", r, region_name(st->region[r]),
			       (s64)st->r[r]);
		else
			printf("r%d 0x%016" PRIx64 "\n", r, st->r[r]);
	}
	printf("retval 0x%08" PRIx32 "\n", st->retval);
	for (int r = REGION_MEM; r < NR_REGIONS; r++)
		print_window(c, st, r);
}

static void print_quirks(const struct model_state *st)
{
	char *names = quirk_names(st->met);

	if (st->met)
		printf("quirks %s\n", names);
	free(names);
}

static void run_vector(struct job *job, const struct bpf_case *c, u32 vec)
{
	char why[EXPECT_WHY] = "";
	enum model_stop stop;

	printf("%s.%u\n", c->id, vec);
	if (!case_runs(c)) {
		printf("%s\n", c->outcome == OUTCOME_REJECT ? "reject" : "accept");
		return;
	}
	job->st.quirks = job->quirks;
	job->st.quirks.verified = !job->raw;
	stop = model_run(c, vec, job->order, job->word, &job->st, why);
	if (stop != MODEL_OK) {
		printf("stop %s: %s\n", model_stop_name(stop), why);
		fflush(stdout);
		fprintf(stderr, "%s:%u: %s.%u: the model stopped: %s: %s\n", c->file, c->line,
			c->id, vec, model_stop_name(stop), why);
		job->findings++;
		return;
	}
	print_state(c, &job->st);
	print_quirks(&job->st);
	if (job->quirks.set)
		return;
	if (case_check_expects(c, vec, &job->st, job->order, why)) {
		fflush(stdout);
		fprintf(stderr, "%s [%s.%u]\n", why, c->id, vec);
		job->findings++;
	}
}

static int on_case(void *ctx, struct bpf_case *c)
{
	struct job *job = ctx;

	for (u32 i = 0; i < c->vecs->nvecs; i++)
		run_vector(job, c, i);
	/* the buffers have the sizes of this case */
	model_state_free(&job->st);
	memset(&job->st, 0, sizeof(job->st));
	bpf_case_free(c);
	return 0;
}

static int run_file(struct job *job, const char *path)
{
	struct case_file file;
	struct diag diag;
	int err;

	err = case_parse_file(path, NULL, &file, &diag);
	if (!err) {
		err = case_expand(&file, on_case, job, &diag);
		case_file_free(&file);
	}
	if (err) {
		fflush(stdout);
		diag_print(&diag);
	}
	return err;
}

static int take_order(void *to, const char *text)
{
	if (strcmp(text, "le") && strcmp(text, "be")) {
		pr_err("model: --order '%s' (expected le or be)", text);
		return -EINVAL;
	}
	*(enum byte_order *)to = *text == 'l' ? ORDER_LE : ORDER_BE;
	return 0;
}

static int take_word(void *to, const char *text)
{
	if (strcmp(text, "32") && strcmp(text, "64")) {
		pr_err("model: --word '%s' (expected 32 or 64)", text);
		return -EINVAL;
	}
	*(int *)to = atoi(text);
	return 0;
}

static int take_quirks(void *to, const char *text)
{
	return quirks_parse(text, &((struct quirks *)to)->set);
}

static const struct opt_usage usage = {
	.name = "model",
	.head = "usage: checkjit model [OPTION...] FILE.case...\n\n"
		"Runs every vector of every case on the reference model and prints its final "
		"state: a line 'ID.N',\n"
		"then 'rK 0x...' (r0-r9; '-' where a call left it unreadable, 'mem+8' where it is "
		"a pointer),\n"
		"'retval 0x...', and the windows as hex bytes, 16 a line. Literal expectations "
		"('->') are checked.\n"
		"With --quirks the state is that of a machine with these bugs; literals are not "
		"checked, and a line\n"
		"'quirks NAME+...' names those that the run came by.\n\n",
	.foot = "Exit codes: 0 ok, 1 an expectation is not met or the model stopped, 2 malformed "
		"case or usage.\n",
};

static const struct opt rows[] = {
	OPT_CALL("order", "le|be", struct job, order, take_order,
		 "byte order of the machine (default: le)"),
	OPT_CALL("word", "32|64", struct job, word, take_word, "bits of its words (default: 64)"),
	OPT_CALL("quirks", "LIST", struct job, quirks, take_quirks,
		 "some of `checkjit known --quirks`, joined by commas"),
	OPT_FLAG("raw", struct job, raw, "the machine does not see the verifier's changes"),
	{}
};

int cmd_model(int argc, char **argv)
{
	struct job job = { .order = ORDER_LE, .word = 64 };
	const struct opt_table tables[] = { { rows, &job }, {} };
	int ret = opts_parse(&usage, tables, argc, argv), i = optind;

	if (ret >= 0)
		return ret;
	if (i == argc) {
		opts_print_usage(stderr, &usage, tables);
		return EXIT_USAGE;
	}
	for (; i < argc; i++)
		if (run_file(&job, argv[i]))
			return EXIT_USAGE;
	return job.findings ? EXIT_FINDINGS : EXIT_OK;
}
