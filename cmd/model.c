// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <string.h>
#include "bpf/expect.h"
#include "cmd/cmd.h"
#include "lib/util.h"

static const char usage[] =
	"usage: checkjit model [--order le|be] [--word 32|64] FILE.case...\n\n"
	"Runs every vector of every case on the reference model and prints its final state: a line 'ID.N', then\n"
	"'rK 0x...' (r0-r9; '-' where a call left it unreadable, 'mem+8' where it is a pointer), 'retval 0x...', and the\n"
	"windows as hex bytes, 16 a line. Literal expectations ('->') are checked.\n"
	"Exit codes: 0 ok, 1 an expectation is not met or the model stopped, 2 malformed case or usage.\n";

struct job {
	enum byte_order order;
	int word;
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

static void run_vector(struct job *job, const struct bpf_case *c, u32 vec)
{
	char why[EXPECT_WHY] = "";
	enum model_stop stop;

	printf("%s.%u\n", c->id, vec);
	if (c->outcome == OUTCOME_REJECT) {
		printf("reject\n");
		return;
	}
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

int cmd_model(int argc, char **argv)
{
	struct job job = { .order = ORDER_LE, .word = 64 };
	int i;

	for (i = 1; i < argc && argv[i][0] == '-'; i++) {
		const char *arg = i + 1 < argc ? argv[i + 1] : "";

		if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h")) {
			fputs(usage, stdout);
			return EXIT_OK;
		} else if (!strcmp(argv[i], "--order") &&
			   (!strcmp(arg, "le") || !strcmp(arg, "be"))) {
			job.order = *arg == 'l' ? ORDER_LE : ORDER_BE;
		} else if (!strcmp(argv[i], "--word") &&
			   (!strcmp(arg, "32") || !strcmp(arg, "64"))) {
			job.word = atoi(arg);
		} else {
			pr_err("model: bad option '%s %s' (expected --order le|be or --word 32|64)",
			       argv[i], arg);
			return EXIT_USAGE;
		}
		i++;
	}
	if (i == argc) {
		fputs(usage, stderr);
		return EXIT_USAGE;
	}
	for (; i < argc; i++)
		if (run_file(&job, argv[i]))
			return EXIT_USAGE;
	return job.findings ? EXIT_FINDINGS : EXIT_OK;
}
