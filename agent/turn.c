// SPDX-License-Identifier: GPL-2.0
#include "agent/base.h"
#include "agent/symbols.h"
#include "agent/turn.h"
#include "proto/checkjit_fd.h"

static int device = -1;
static u64 bpf_entry;
static struct fd_call calls[FD_MAX_CALLS];
static struct fd_turn turn;

static void take_bpf(const struct symbol *s)
{
	/* of two symbols at one address kallsyms keeps only one */
	if (s->type == 't' && (!strcmp(s->name, "sys_bpf") || !strcmp(s->name, "__se_sys_bpf")))
		bpf_entry = s->addr;
}

int turn_open(int fd)
{
	int err = symbols_each(take_bpf);

	if (err)
		return err;
	if (!bpf_entry)
		return -ENOENT;
	device = fd;
	return 0;
}

int turn_ready(void)
{
	return device >= 0;
}

u32 turn_room(void)
{
	return FD_MAX_CALLS - turn.nr;
}

static struct fd_call *add(u32 op, u64 a, u64 b, u64 c)
{
	struct fd_call *call;

	if (turn.nr == FD_MAX_CALLS)
		turn_make();
	call = &calls[turn.nr++];
	*call = (struct fd_call){ .op = op, .a = a, .b = b, .c = c };
	return call;
}

void turn_bpf(int cmd, union bpf_attr *attr, u32 *to)
{
	struct fd_call *call = add(FD_BPF, cmd, ptr_to_u64(attr), sizeof(*attr));

	call->to = ptr_to_u64(to);
}

void turn_close(int fd)
{
	add(FD_CLOSE, fd, 0, 0);
}

void turn_copy(void *to, const void *from, u32 n)
{
	add(FD_COPY, ptr_to_u64(to), ptr_to_u64(from), n);
}

void turn_write(const void *from, u32 n)
{
	add(FD_WRITE, ptr_to_u64(from), 0, n);
}

void turn_read(void *to, u32 n)
{
	add(FD_READ, ptr_to_u64(to), 0, n);
}

long turn_make(void)
{
	u32 nr = turn.nr;

	if (!nr)
		return 0;
	turn.calls = ptr_to_u64(calls);
	turn.sys_bpf = bpf_entry;
	if (syscall(__NR_ioctl, device, FD_TURN, &turn) < 0) {
		say("checkjit-agent: a turn of %u calls: errno %d", nr, errno);
		leave(LEAVE_FAILED);
	}
	turn.nr = 0;
	return calls[turn.done < nr ? turn.done : nr - 1].result;
}

u64 turn_us(void)
{
	return turn.us;
}
