// SPDX-License-Identifier: GPL-2.0
/*
 * Exports a case as a C program for a bug report: the wrapped program, its inputs and expected
 * state, and just enough bpf(2) to run it. Data that depends on the byte order is there twice, so
 * that the program runs on every machine.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include "bpf/btf.h"
#include "bpf/wrapper.h"
#include "convert/ctext.h"
#include "convert/export.h"
#include "lib/bytes.h"
#include "lib/util.h"
#include "proto/wire.h"

#define MAX_IO	  (1u << 16)
#define MAX_SLOTS 65536 /* too long for a bug report beyond that */

struct out {
	FILE *f;
	const struct export_ask *a;
	const struct bpf_case *c;
	struct wrapper_prog prog;
	const struct wrapper_block *b;
	struct model_state st[NR_ORDERS];
	struct prog_btf (*btf)[NR_ORDERS]; /* nprogs of them; size 0: needs none */
	bool btf_used;
	u32 mem, stack, ctx; /* bytes, guards included */
};

/* ---- both orders ---- */

typedef void order_fn(const struct out *o, FILE *f, enum byte_order order, u32 arg);

static char *in_order(const struct out *o, order_fn *fn, enum byte_order order, u32 arg)
{
	char *text;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	fn(o, f, order, arg);
	fclose(f);
	return text;
}

static void both_orders(const struct out *o, order_fn *fn, u32 arg)
{
	char *le = in_order(o, fn, ORDER_LE, arg), *be = in_order(o, fn, ORDER_BE, arg);

	if (!strcmp(le, be))
		fputs(le, o->f);
	else
		fprintf(o->f, "#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__\n%s#else\n%s#endif\n",
			le, be);
	free(le);
	free(be);
}

static void print_bytes(FILE *f, const u8 *p, u32 n)
{
	for (u32 i = 0; i < n; i++)
		fprintf(f, "%s0x%02x,", i % 16 ? " " : "\n\t\t", p[i]);
}

static void print_u64s(FILE *f, const u8 *p, u32 n, enum byte_order order)
{
	for (u32 i = 0; i < n; i++)
		fprintf(f, "%s0x%016" PRIx64 ",", i % 4 ? " " : "\n\t\t",
			bytes_get(p + 8 * i, 8, order));
}

/* ---- constants that the uapi headers of a distribution may lack ---- */

static const struct {
	u8 mask, code; /* instructions that need it: (insn.code & mask) == code */
	const char *name;
	u32 value;
} newer[] = {
	{ 0x07, BPF_JMP32, "BPF_JMP32", BPF_JMP32 },
	{ 0xe7, BPF_LDX | BPF_MEMSX, "BPF_MEMSX", BPF_MEMSX },
	{ 0xe7, BPF_STX | BPF_ATOMIC, "BPF_ATOMIC", BPF_ATOMIC },
	{ 0xf7, BPF_JMP | BPF_JCOND, "BPF_JCOND", BPF_JCOND },
};

static bool uses(const struct out *o, u8 mask, u8 code)
{
	for (u32 p = 0; p < o->prog.nprogs; p++)
		for (u32 i = 0; i < o->prog.progs[p].cnt; i++) {
			const struct insn *insn = &o->prog.progs[p].insns[i];

			if ((insn->code & mask) == code)
				return true;
			i += insn_is_wide(insn);
		}
	return false;
}

static void print_constants(const struct out *o)
{
	for (u32 i = 0; i < ARRAY_SIZE(newer); i++)
		if (uses(o, newer[i].mask, newer[i].code))
			fprintf(o->f, "#ifndef %s\n#define %s 0x%02x\n#endif\n", newer[i].name,
				newer[i].name, newer[i].value);
	fprintf(o->f, "#define PROG_TYPE_SYSCALL 31\t/* these two are enums, which older headers "
		      "lack */\n"
		      "#define SLEEPABLE (1U << 4)\n");
}

/* ---- programs ---- */

static void print_insn(FILE *f, const struct insn *insn)
{
	char code[CTEXT_MAX], text[CTEXT_MAX], slot[CTEXT_MAX + 64];

	ctext_code(code, insn->code);
	snprintf(slot, sizeof(slot), "{ %s, %u, %u, %d, %d },", code, insn->dst, insn->src,
		 insn->off, insn->imm);
	insn_print(text, sizeof(text), insn);
	fprintf(f, "\t%-52s /* %s */\n", slot, text);
	if (insn_is_wide(insn))
		fprintf(f, "\t{ 0, 0, 0, 0, %d },\n", insn[1].imm);
}

/* Describe slot @i of progs[0]. */
static const char *section_at(const struct out *o, u32 i)
{
	if (o->c->raw)
		return NULL;
	if (i == 0)
		return "fill registers and stack from the map";
	if (i == o->b->body)
		return "the case";
	return i == o->b->body + o->b->body_cnt ? "spill them to the map" : NULL;
}

static void print_prog(const struct out *o, u32 p)
{
	const struct code *code = &o->prog.progs[p];
	u32 next = 1;

	fprintf(o->f, "static const struct bpf_insn prog%u[] = {\n", p);
	for (u32 i = 0; i < code->cnt; i++) {
		const char *section = p ? NULL : section_at(o, i);

		if (section)
			fprintf(o->f, "\t/* %s */\n", section);
		for (; next < code->nfuncs && code->funcs[next].start == i; next++)
			fprintf(o->f, "\t/* %s(), %u arguments */\n", code->funcs[next].name,
				code->funcs[next].nargs);
		print_insn(o->f, &code->insns[i]);
		i += insn_is_wide(&code->insns[i]);
	}
	fprintf(o->f, "};\n\n");
}

static void print_btf_bytes(const struct out *o, FILE *f, enum byte_order order, u32 p)
{
	fprintf(f, "static const __u8 btf%u[] __attribute__((aligned(4))) = {", p);
	print_bytes(f, o->btf[p][order].data, o->btf[p][order].size);
	fprintf(f, "\n};\n");
}

static void print_btf(const struct out *o, u32 p)
{
	const struct code *code = &o->prog.progs[p];

	if (!o->btf[p][ORDER_LE].size)
		return;
	both_orders(o, print_btf_bytes, p);
	fprintf(o->f, "static const struct bpf_func_info funcs%u[] = {\n", p);
	for (u32 i = 0; i < code->nfuncs; i++)
		fprintf(o->f, "\t{ .insn_off = %u, .type_id = %u },\t/* %s */\n",
			code->funcs[i].start, o->btf[p][ORDER_LE].type_ids[i], code->funcs[i].name);
	fprintf(o->f, "};\n\n");
}

static void print_progs(const struct out *o)
{
	for (u32 p = 0; p < o->prog.nprogs; p++) {
		print_prog(o, p);
		print_btf(o, p);
	}
	fprintf(o->f,
		"static const struct prog {\n\tconst struct bpf_insn *insns;\n\t__u32 cnt;\n");
	if (o->btf_used)
		fprintf(o->f, "\tconst void *btf;\n\t__u32 btf_size;\n\tconst struct bpf_func_info "
			      "*funcs;\n\t__u32 nfuncs;\n");
	fprintf(o->f, "} progs[] = {\n");
	for (u32 p = 0; p < o->prog.nprogs; p++) {
		fprintf(o->f, "\t{ prog%u, sizeof(prog%u) / 8", p, p);
		if (o->btf[p][ORDER_LE].size)
			fprintf(o->f, ", btf%u, sizeof(btf%u), funcs%u, %u", p, p, p,
				o->prog.progs[p].nfuncs);
		else if (o->btf_used)
			fprintf(o->f, ", 0, 0, 0, 0");
		fprintf(o->f, " },\n");
	}
	fprintf(o->f, "};\n\n");
}

/* ---- state ---- */

static void print_struct(const struct out *o)
{
	fprintf(o->f, "/* The value of the map through which the program gets its registers and "
		      "shows them. */\n"
		      "struct io {\n\t__u64 in[10];\t\t/* r0-r9; 0 where the program makes an "
		      "address */\n");
	if (o->mem)
		fprintf(o->f, "\t__u8 mem[%u];\t\t/* 16 guard bytes on either side */\n", o->mem);
	if (o->stack)
		fprintf(o->f, "\t__u8 stack_in[%u];\t/* ends at r10; 16 guard bytes before it */\n",
			o->stack);
	fprintf(o->f, "\t__u64 out[10];\t\t/* r0-r9; addresses as distances */\n");
	if (o->stack)
		fprintf(o->f, "\t__u8 stack_out[%u];\n", o->stack);
	fprintf(o->f, "};\n\n");
}

static void print_array(FILE *f, const char *decl, const u8 *p, u32 n)
{
	fprintf(f, "static const __u8 %s[] = {", decl);
	print_bytes(f, p, n);
	fprintf(f, "\n};\n");
}

static void print_input(const struct out *o, FILE *f, enum byte_order order)
{
	const struct wrapper_block *b = o->b;
	u8 *slot = xcalloc(1, b->size), *win = slot + b->win;

	wrapper_expect(&o->prog, 0, o->a->vec, &o->st[order], order, slot);
	if (o->mem)
		memcpy(win, vec_window(o->c->vecs, o->a->vec, REGION_MEM, order), o->mem);
	fprintf(f, "static struct io io = {\n\t.in = {");
	print_u64s(f, slot, CASE_REGS, order);
	fprintf(f, "\n\t},\n");
	if (o->mem) {
		fprintf(f, "\t.mem = {");
		print_bytes(f, win, o->mem);
		fprintf(f, "\n\t},\n");
	}
	if (o->stack) {
		fprintf(f, "\t.stack_in = {");
		print_bytes(f, win + o->mem, o->stack);
		fprintf(f, "\n\t},\n");
	}
	fprintf(f, "};\n");
	free(slot);
}

static void print_expected(const struct out *o, FILE *f, enum byte_order order)
{
	const struct wrapper_block *b = o->b;
	u8 *slot = xcalloc(1, b->size);

	wrapper_expect(&o->prog, 0, o->a->vec, &o->st[order], order, slot);
	if (!o->c->raw) {
		fprintf(f, "static const __u64 want[10] = {");
		print_u64s(f, slot + b->out, CASE_REGS, order);
		fprintf(f, "\n};\n");
	}
	if (o->mem)
		print_array(f, "want_mem", slot + b->win, o->mem);
	if (o->stack)
		print_array(f, "want_stack", slot + b->out + 8 * CASE_REGS, o->stack);
	if (o->ctx)
		print_array(f, "want_ctx", o->st[order].win[REGION_CTX], o->ctx);
	fprintf(f, "static const __u32 want_retval = 0x%x;\n", o->st[order].retval);
	free(slot);
}

static void print_state(const struct out *o, FILE *f, enum byte_order order, u32 arg)
{
	(void)arg;
	print_input(o, f, order);
	if (o->ctx) {
		fprintf(f, "static __u8 ctx[] = {");
		print_bytes(f, vec_window(o->c->vecs, o->a->vec, REGION_CTX, order), o->ctx);
		fprintf(f, "\n};\n");
	}
	fprintf(f, "/* what must come out */\n");
	print_expected(o, f, order);
}

/* ---- bpf(2) ---- */

static const char runtime[] =
	"static char log_buf[65536];\n"
	"static int fds[16];\t/* fd_array */\n\n"
	"static __u64 ptr(const void *p)\n{\n\treturn (unsigned long)p;\n}\n\n"
	"static int sys_bpf(int cmd, union bpf_attr *attr)\n{\n"
	"\treturn syscall(__NR_bpf, cmd, attr, sizeof(*attr));\n}\n\n"
	"static int die(const char *what)\n{\n"
	"\tprintf(\"%s: %s (errno %d)\\n%s\\n\", what, strerror(errno), errno, log_buf);\n"
	"\treturn 2;\n}\n\n"
	"static int map_create(__u32 type, __u32 key, __u32 value, __u32 entries)\n{\n"
	"\tunion bpf_attr attr = { 0 };\n\n"
	"\tattr.map_type = type;\n\tattr.key_size = key;\n\tattr.value_size = "
	"value;\n\tattr.max_entries = entries;\n"
	"\treturn sys_bpf(BPF_MAP_CREATE, &attr);\n}\n\n"
	"static int map_elem(int cmd, int fd, const void *key, const void *value)\n{\n"
	"\tunion bpf_attr attr = { 0 };\n\n"
	"\tattr.map_fd = fd;\n\tattr.key = ptr(key);\n\tattr.value = ptr(value);\n"
	"\treturn sys_bpf(cmd, &attr);\n}\n\n"
	"static int prog_load(const struct prog *p)\n{\n"
	"\tunion bpf_attr attr = { 0 };\n";

static const char runtime_btf[] = "\tif (p->btf) {\n"
				  "\t\tattr.btf = ptr(p->btf);\n\t\tattr.btf_size = p->btf_size;\n"
				  "\t\tattr.btf_log_buf = ptr(log_buf);\n\t\tattr.btf_log_size = "
				  "sizeof(log_buf);\n\t\tattr.btf_log_level = 1;\n"
				  "\t\tbtf_fd = sys_bpf(BPF_BTF_LOAD, &attr);\n"
				  "\t\tif (btf_fd < 0)\n\t\t\treturn -1;\n"
				  "\t\tmemset(&attr, 0, sizeof(attr));\n"
				  "\t\tattr.prog_btf_fd = btf_fd;\n\t\tattr.func_info = "
				  "ptr(p->funcs);\n\t\tattr.func_info_cnt = p->nfuncs;\n"
				  "\t\tattr.func_info_rec_size = sizeof(*p->funcs);\n\t}\n";

static const char runtime_load[] =
	"\tattr.prog_type = PROG_TYPE_SYSCALL;\n\tattr.prog_flags = SLEEPABLE;\n"
	"\tattr.insns = ptr(p->insns);\n\tattr.insn_cnt = p->cnt;\n\tattr.license = ptr(\"GPL\");\n"
	"\tattr.fd_array = ptr(fds);\n"
	"\tattr.log_buf = ptr(log_buf);\n\tattr.log_size = sizeof(log_buf);\n\tattr.log_level = "
	"1;\n"
	"\treturn sys_bpf(BPF_PROG_LOAD, &attr);\n}\n\n";

static const char runtime_show[] =
	"static unsigned int jited_len(int fd)\n{\n"
	"\tstruct bpf_prog_info info = { 0 };\n\tunion bpf_attr attr = { 0 };\n\n"
	"\tattr.info.bpf_fd = fd;\n\tattr.info.info_len = sizeof(info);\n\tattr.info.info = "
	"ptr(&info);\n"
	"\treturn sys_bpf(BPF_OBJ_GET_INFO_BY_FD, &attr) ? 0 : info.jited_prog_len;\n}\n\n";

static const char runtime_bytes[] =
	"static int bytes_differ(const char *name, const __u8 *is, const __u8 *expected, int "
	"n)\n{\n"
	"\tint bad = 0;\n\n"
	"\tfor (int i = 0; i < n; i++) {\n"
	"\t\tif (is[i] == expected[i])\n\t\t\tcontinue;\n"
	"\t\tprintf(\"%s[%d] expected %02x  is %02x  <--\\n\", name, i, expected[i], is[i]);\n"
	"\t\tbad = 1;\n\t}\n\treturn bad;\n}\n\n";

/* enum bpf_map_type */
static const char *const map_types[] = {
	[MAP_ARRAY] = "BPF_MAP_TYPE_ARRAY",
	[MAP_HASH] = "BPF_MAP_TYPE_HASH",
	[MAP_PROG_ARRAY] = "BPF_MAP_TYPE_PROG_ARRAY",
	[MAP_RINGBUF] = "27 /* BPF_MAP_TYPE_RINGBUF */",
};

static void print_runtime(const struct out *o)
{
	fputs(runtime, o->f);
	fputs(o->btf_used ? "\tint btf_fd;\n\n" : "\n", o->f);
	if (o->btf_used) {
		fputs(runtime_btf, o->f);
	}
	fputs(runtime_load, o->f);
	if (!case_runs(o->c))
		return;
	fputs(runtime_show, o->f);
	if (o->mem || o->stack || o->ctx)
		fputs(runtime_bytes, o->f);
}

static void print_maps(const struct out *o)
{
	FILE *f = o->f;

	fprintf(f, "\tmemset(io.out, 0x%02x, sizeof(io) - offsetof(struct io, out));\n",
		WIRE_POISON);
	fprintf(f, "\tfds[0] = map_create(BPF_MAP_TYPE_ARRAY, 4, sizeof(io), 1);\n"
		   "\tif (fds[0] < 0 || map_elem(BPF_MAP_UPDATE_ELEM, fds[0], &zero, "
		   "&io))\n\t\treturn die(\"map\");\n");
	for (u32 i = 0; i < o->c->nmaps; i++) {
		const struct case_map *m = &o->c->maps[i];

		fprintf(f, "\tfds[%u] = map_create(%s, %u, %u, %u);\t/* %s */\n", i + 1,
			map_types[m->kind], m->key_size, m->value_size, m->entries, m->name);
		fprintf(f, "\tif (fds[%u] < 0)\n\t\treturn die(\"map %s\");\n", i + 1, m->name);
	}
}

static void print_slots(const struct out *o)
{
	FILE *f = o->f;

	for (u32 i = 0; i < o->c->nmaps; i++) {
		const struct case_map *m = &o->c->maps[i];

		for (u32 k = 0; m->slots && k < m->entries; k++)
			if (m->slots[k] >= 0)
				fprintf(f,
					"\tkey = %u;\n\tif (map_elem(BPF_MAP_UPDATE_ELEM, fds[%u], "
					"&key, &prog[%d]))\n"
					"\t\treturn die(\"%s[%u]\");\n",
					k, i + 1, m->slots[k], m->name, k);
	}
}

/* Does main() fill slots of a program array? */
static bool fills_slots(const struct bpf_case *c)
{
	for (u32 i = 0; i < c->nmaps; i++)
		for (u32 k = 0; c->maps[i].slots && k < c->maps[i].entries; k++)
			if (c->maps[i].slots[k] >= 0)
				return case_runs(c);
	return false;
}

static void print_refused_like(FILE *f, const struct refusal *r)
{
	if (r->err)
		fprintf(f, "errno == %d", r->err);
	if (r->log) {
		fprintf(f, "%sstrstr(log_buf, \"", r->err ? " && " : "");
		for (const char *p = r->log; *p; p++)
			fprintf(f, "%s%c", *p == '"' || *p == '\\' ? "\\" : "", *p);
		fprintf(f, "\")");
	}
}

static void print_refused(const struct out *o)
{
	const struct bpf_case *c = o->c;
	FILE *f = o->f;

	fprintf(f, "\t\tif (prog[i] < 0 && !i) {\n"
		   "\t\t\tprintf(\"expected a refusal");
	for (u32 i = 0; i < c->nrefusals; i++)
		if (c->refusals[i].err)
			fprintf(f, "%s with errno %d", i ? " or" : "", c->refusals[i].err);
	fprintf(f,
		"; got errno %%d\\n%%s\\n\", errno, log_buf);\n"
		"\t\t\tbad = %s;\n",
		c->nrefusals ? "1" : "0");
	for (u32 i = 0; i < c->nrefusals; i++) {
		fprintf(f, "\t\t\tif (");
		print_refused_like(f, &c->refusals[i]);
		fprintf(f, ")\n\t\t\t\tbad = 0;\n");
	}
	fprintf(f, "\t\t\tputs(bad ? \"FAIL\" : \"PASS\");\n\t\t\treturn bad;\n\t\t}\n");
}

static void print_load(const struct out *o)
{
	FILE *f = o->f;

	fprintf(f, "\tfor (i = sizeof(progs) / sizeof(*progs) - 1; i >= 0; i--) {\n\t\tprog[i] = "
		   "prog_load(&progs[i]);\n");
	if (o->c->outcome == OUTCOME_REJECT)
		print_refused(o);
	fprintf(f, "\t\tif (prog[i] < 0)\n\t\t\treturn die(\"BPF_PROG_LOAD\");\n\t}\n");
}

static void print_compare(const struct out *o)
{
	FILE *f = o->f;
	u16 regs = o->b->out_regs;

	if (!o->c->raw) {
		fprintf(f,
			"\tfor (i = 0; i < 10; i++) {\n\t\tif (!(0x%03x >> i & 1))\t/* not "
			"compared */\n\t\t\tcontinue;\n"
			"\t\tprintf(\"r%%d: expected %%016llx  is %%016llx%%s\\n\", i, (unsigned "
			"long long)want[i],\n"
			"\t\t       (unsigned long long)io.out[i], io.out[i] == want[i] ? \"\" : "
			"\"  <--\");\n"
			"\t\tbad |= io.out[i] != want[i];\n\t}\n",
			regs);
	}
	if (o->c->raw || o->st[ORDER_LE].early_exit)
		fprintf(f, "\tprintf(\"return value: expected %%08x  is %%08x%%s\\n\", "
			   "want_retval, attr.test.retval,\n"
			   "\t       attr.test.retval == want_retval ? \"\" : \"  <--\");\n");
	fprintf(f, "\tbad |= attr.test.retval != want_retval;\n");
	if (o->mem)
		fprintf(f, "\tbad |= bytes_differ(\"mem\", io.mem, want_mem, sizeof(want_mem));\n");
	if (o->stack)
		fprintf(f, "\tbad |= bytes_differ(\"stack\", io.stack_out, want_stack, "
			   "sizeof(want_stack));\n");
	if (o->ctx)
		fprintf(f, "\tbad |= bytes_differ(\"ctx\", ctx, want_ctx, sizeof(ctx));\n");
}

static void print_main(const struct out *o)
{
	FILE *f = o->f;

	fprintf(f,
		"int main(void)\n{\n\tint prog[%u], i, bad = 0, zero = 0%s;\n\tunion bpf_attr attr "
		"= { 0 };\n\n",
		o->prog.nprogs, fills_slots(o->c) ? ", key" : "");
	print_maps(o);
	print_load(o);
	if (!case_runs(o->c)) {
		bool bad = o->c->outcome == OUTCOME_REJECT;

		fprintf(f, "\t(void)attr;\n\tputs(\"%s\");\n\treturn %d;\n}\n",
			bad ? "loaded, but must be refused\\nFAIL" : "loaded\\nPASS", bad);
		return;
	}
	print_slots(o);
	fprintf(f, "\tif (jited_len(prog[0]))\n\t\tprintf(\"%%u bytes of native code\\n\", "
		   "jited_len(prog[0]));\n"
		   "\telse\n\t\tputs(\"the interpreter: net.core.bpf_jit_enable is 0, or the JIT "
		   "refused the program\");\n"
		   "\tattr.test.prog_fd = prog[0];\n");
	if (o->ctx)
		fprintf(f,
			"\tattr.test.ctx_in = ptr(ctx);\n\tattr.test.ctx_size_in = sizeof(ctx);\n");
	fprintf(f, "\tif (sys_bpf(BPF_PROG_TEST_RUN, &attr) || map_elem(BPF_MAP_LOOKUP_ELEM, "
		   "fds[0], &zero, &io))\n"
		   "\t\treturn die(\"BPF_PROG_TEST_RUN\");\n");
	print_compare(o);
	fprintf(f, "\tputs(bad ? \"FAIL\" : \"PASS\");\n\treturn bad;\n}\n");
}

static void print_head(const struct out *o)
{
	fprintf(o->f, "// SPDX-License-Identifier: GPL-2.0\n/*\n");
	export_title(o->f, o->a, " * ");
	fprintf(o->f,
		" *\n * gcc -o repro repro.c && sudo ./repro\n"
		" * Runs one BPF program and compares what comes out with what RFC 9669 says.\n"
		" * Exit code: 0 PASS, 1 FAIL, 2 the kernel does not load or run the program.\n "
		"*/\n"
		"#include <errno.h>\n#include <stddef.h>\n#include <stdio.h>\n#include "
		"<string.h>\n#include <sys/syscall.h>\n#include <unistd.h>\n"
		"#include <linux/bpf.h>\n\n");
	print_constants(o);
	fputc('\n', o->f);
}

static int build_btf(struct out *o, char why[EXPORT_WHY])
{
	int ret = 0;

	o->btf = xcalloc(o->prog.nprogs, sizeof(*o->btf));
	for (u32 p = 0; p < o->prog.nprogs && !ret; p++) {
		if (!prog_needs_btf(&o->prog.progs[p]))
			continue;
		o->btf_used = true;
		for (int order = 0; order < NR_ORDERS && !ret; order++)
			ret = prog_btf_build(&o->prog.progs[p], order, &o->btf[p][order]);
	}
	return ret ? export_refuse(why, "making BTF failed: errno %d", -ret) : 0;
}

static int prepare(struct out *o, char why[EXPORT_WHY])
{
	const u32 *win = o->c->vecs->win_size;
	int ret = 0;

	for (int order = 0; order < NR_ORDERS && case_runs(o->c) && !ret; order++)
		ret = export_model(o->a, order, &o->st[order], why);
	if (!ret && wrapper_build(&o->c, 1, &o->st[o->a->order],
				  o->c->wrapper == CASE_WRAPPER_LOW ? WRAPPER_LOW : WRAPPER_WIDE,
				  MAX_SLOTS, MAX_IO, &o->prog))
		ret = export_refuse(why, "the program is too large");
	if (ret)
		return ret;
	o->b = &o->prog.blocks[0];
	o->mem = win[REGION_MEM];
	o->stack = win[REGION_STACK];
	o->ctx = win[REGION_CTX];
	for (u32 i = 0; i < o->c->nmaps; i++)
		if (o->c->maps[i].kind == MAP_INSN_ARRAY)
			return export_refuse(why, "an insn_array has to be filled and frozen "
						  "before the program is loaded");
	if (1 + o->c->nmaps > 16)
		return export_refuse(why, "more than 15 maps");
	return build_btf(o, why);
}

int export_c(FILE *f, const struct export_ask *a, char why[EXPORT_WHY])
{
	struct out o = { .f = f, .a = a, .c = a->c };
	int ret = prepare(&o, why);

	if (!ret) {
		print_head(&o);
		print_progs(&o);
		print_struct(&o);
		if (!case_runs(a->c))
			fprintf(f, "static struct io io;\n");
		else
			both_orders(&o, print_state, 0);
		fputc('\n', f);
		print_runtime(&o);
		print_main(&o);
	}
	for (u32 p = 0; p < o.prog.nprogs && o.btf; p++)
		for (int order = 0; order < NR_ORDERS; order++)
			prog_btf_free(&o.btf[p][order]);
	free(o.btf);
	wrapper_free(&o.prog);
	for (int order = 0; order < NR_ORDERS; order++)
		model_state_free(&o.st[order]);
	return ret;
}
