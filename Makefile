# SPDX-License-Identifier: GPL-2.0
# checkjit's front door. `make help` lists the targets and the present value of every variable.

O ?= build
HOSTCC ?= gcc
HOST_CFLAGS ?= -O2 -g
ALL_CFLAGS = -std=gnu11 -Wall -Wextra -Werror -I. -D_GNU_SOURCE $(HOST_CFLAGS) -MMD -MP
HOST_LIBS = -lbpf -lelf -lz -ljansson

LIB_SRCS := $(wildcard lib/*.c bpf/*.c runners/*.c report/*.c)
CMD_SRCS := $(wildcard cmd/*.c)
TEST_SRCS := $(wildcard tests/unit/*.c)

# The same objects twice: as shipped, and under the sanitizers for the unit tests.
SAN = -fsanitize=address,undefined -fno-sanitize-recover=all
LIB_OBJS := $(LIB_SRCS:%.c=$(O)/%.o)
CMD_OBJS := $(CMD_SRCS:%.c=$(O)/%.o)
SAN_OBJS := $(LIB_SRCS:%.c=$(O)/san/%.o)
UNIT := $(TEST_SRCS:tests/unit/%.c=$(O)/unit/%)

.PHONY: all unit clean
all: $(O)/checkjit

$(O)/checkjit: $(LIB_OBJS) $(CMD_OBJS)
	$(HOSTCC) -o $@ $^ $(HOST_LIBS)

$(O)/%.o: %.c
	@mkdir -p $(@D)
	$(HOSTCC) $(ALL_CFLAGS) -c -o $@ $<

$(O)/san/%.o: %.c
	@mkdir -p $(@D)
	$(HOSTCC) $(ALL_CFLAGS) $(SAN) -c -o $@ $<

$(O)/unit/%: tests/unit/%.c $(SAN_OBJS)
	@mkdir -p $(@D)
	$(HOSTCC) $(ALL_CFLAGS) $(SAN) -o $@ $< $(SAN_OBJS) $(HOST_LIBS)

unit: $(UNIT)
	@for t in $(UNIT); do echo "# $$t"; $$t || exit 1; done

clean:
	rm -rf $(O)

-include $(LIB_OBJS:.o=.d) $(CMD_OBJS:.o=.d) $(SAN_OBJS:.o=.d) $(UNIT:=.d)
