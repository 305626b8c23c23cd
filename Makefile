# SPDX-License-Identifier: GPL-2.0
# checkjit's front door. `make help` lists the targets and the present value of every variable.

# as the kernel's Makefile wants it
ifneq ($(filter 3.%,$(MAKE_VERSION)),)
$(error GNU make $(MAKE_VERSION) is too old for checkjit and the kernel (expected 4.0 or later))
endif

O ?= build
# A job finds its settings (cmd/settings.def) in the environment. That has what was in it before, and
# what stands on the command line of make. The sub-makes of kernel builds are given a -j of their own.
export O
unexport MAKEFLAGS MFLAGS

# ---- the host program ----

HOSTCC ?= gcc
# -O2 -g takes a third longer to compile, and the host does a tenth of the work of a run.
HOST_CFLAGS ?= -O1
ALL_CFLAGS = -std=gnu11 -Wall -Wextra -Werror -I. -D_GNU_SOURCE $(HOST_CFLAGS) -MMD -MP
# The first guest waits longer for its modules than for checkjit.
NICE = $(if $(filter prefetch,$(MAKECMDGOALS)),nice)
HOST_LIBS = -lbpf -lelf -lz -ljansson -lsqlite3 @$(O)/capstone.libs

# These folders are compiled as one file each: most of a compiler's time goes into its start and into
# the headers. So a static name means one thing in the whole folder. In the others each file has names
# of its own.
WHOLE := lib bpf native session campaign explain verifier report history html reduce fuzz fuzz/mutator
LIB_SRCS := $(WHOLE:=.c) $(foreach d,convert gen,$(wildcard $(d)/*.c))
CMD_SRCS := $(wildcard cmd/*.c)
TEST_SRCS := $(wildcard tests/unit/*.c)

# The same objects twice: as shipped, and under the sanitizers for the unit tests.
SAN = -g -fsanitize=address,undefined -fno-sanitize-recover=all
LIB_OBJS := $(LIB_SRCS:%.c=$(O)/%.o)
CMD_OBJS := $(CMD_SRCS:%.c=$(O)/%.o)
SAN_OBJS := $(LIB_SRCS:%.c=$(O)/san/%.o)
SAN_CMD_OBJS := $(CMD_SRCS:%.c=$(O)/san/%.o)
UNIT := $(TEST_SRCS:tests/unit/%.c=$(O)/unit/%)

Q = $(if $(V),,@)
say = $(if $(V),,$(info $(empty)  $(1)  $(2))@)
empty :=

.DEFAULT_GOAL := program
.PHONY: program help all check check-full unit unit-programs deps clean install dist FORCE
.SECONDARY:

all: $(O)/checkjit $(O)/libcheckjit-mutator.so $(O)/checkjit.1

$(O)/checkjit: $(LIB_OBJS) $(CMD_OBJS) $(O)/capstone.libs
	$(call say,LINK,$@)$(HOSTCC) -o $@ $(filter %.o,$^) $(HOST_LIBS)

$(O)/san/checkjit: $(SAN_OBJS) $(SAN_CMD_OBJS) $(O)/capstone.libs
	$(call say,LINK,$@)$(HOSTCC) $(SAN) -o $@ $(filter %.o,$^) $(HOST_LIBS)

# written where the list of the folder's files changes
$(WHOLE:%=$(O)/%.c): $(O)/%.c: FORCE
	@printf '#include "%s"\n' $(wildcard $*/*.c) | cmp -s - $@ || \
		printf '#include "%s"\n' $(wildcard $*/*.c) >$@

$(O)/%.o: %.c
	$(call say,CC,$@)$(NICE) $(HOSTCC) $(ALL_CFLAGS) -c -o $@ $<

$(O)/%.o: $(O)/%.c
	$(call say,CC,$@)$(NICE) $(HOSTCC) $(ALL_CFLAGS) -c -o $@ $<

$(O)/san/%.o: %.c
	$(call say,CC,$@)$(HOSTCC) $(ALL_CFLAGS) $(SAN) -c -o $@ $<

$(O)/san/%.o: $(O)/%.c
	$(call say,CC,$@)$(HOSTCC) $(ALL_CFLAGS) $(SAN) -c -o $@ $<

$(O)/unit/%: tests/unit/%.c $(SAN_OBJS) $(O)/capstone.libs
	$(call say,LINK,$@)$(HOSTCC) $(ALL_CFLAGS) $(SAN) -o $@ $< $(filter %.o,$^) $(HOST_LIBS)

$(O)/unit/settings $(O)/unit/opts $(O)/unit/arch_conf $(O)/unit/live: \
	$(addprefix $(O)/san/cmd/,settings.o opts.o args.o arch_conf.o live_lines.o)

# ---- the mutator that afl-fuzz loads ----

MUTATOR_SRCS := $(wildcard fuzz/mutator/*.c) fuzz/input.c bpf/listing.c bpf/code.c bpf/insn.c bpf/values.c lib/util.c
MUTATOR_OBJS := $(MUTATOR_SRCS:%.c=$(O)/pic/%.o)

$(O)/libcheckjit-mutator.so: $(MUTATOR_OBJS)
	$(call say,LINK,$@)$(HOSTCC) -shared -Wl,--no-undefined -o $@ $^

$(O)/pic/%.o: %.c
	$(call say,CC,$@)$(HOSTCC) $(ALL_CFLAGS) -fPIC -fvisibility=hidden -c -o $@ $<

# Looked at by each make, written where it changes: the library may have moved, or be a newer one.
# not grouped (&:): GNU make 4.3 takes the second of forced twins for new each time, and links again
$(O)/capstone.cflags: FORCE
	@images/capstone.sh $(O)/capstone
$(O)/capstone.libs: $(O)/capstone.cflags ;

# It parses arguments and starts the rest: nothing to optimize.
$(CMD_OBJS): HOST_CFLAGS += -O0
$(O)/html.o $(O)/san/html.o: html/style.css html/report.js
$(O)/native.o $(O)/san/native.o: ALL_CFLAGS += @$(O)/capstone.cflags
$(O)/native.o $(O)/san/native.o: $(O)/capstone.cflags

# ---- the jobs ----

JOBS := $(shell sed -n 's/^JOB.[A-Z_]*, "\([^"]*\)".*/\1/p' cmd/jobs.def)
# What cannot work is refused before anything is installed or built. Without a compiler, the job says
# it.
GIVEN := $(foreach v,$(.VARIABLES),$(if $(filter command,$(origin $v)),$v))
ASKED := $(filter $(JOBS),$(MAKECMDGOALS))
asked:
	@runners/qemu/arch.sh --list $$ARCH >/dev/null
	@if command -v $(firstword $(HOSTCC)) >/dev/null; then \
		$(MAKE) -s -j4 --no-print-directory O=$(O) $(O)/settings && \
		$(O)/settings --check $(ASKED) $(GIVEN); fi

deps: $(if $(ASKED),asked)
	@images/deps.sh host

program: deps
	$(BUILD) $(O)/checkjit
	@echo "$(O)/checkjit is built. Next: \`make run\` boots guests and runs all cases;" \
		"\`make help\` lists jobs and settings."

# Everything below needs the packages before the first object can be compiled. One job more than
# there are CPUs: fetching mostly waits.
BUILD = +@$(MAKE) -s --no-print-directory -j$(or $(J),$(shell expr $$(nproc) + 1)) O=$(O) V=$(V)

.PHONY: $(JOBS) prefetch asked

# Kernels that need no building are fetched meanwhile.
$(JOBS): deps
	$(BUILD) $(if $(filter run nightly images repro trace reduce vm soundness,$@),prefetch) \
		$(if $(findstring fuzz,$@),all,$(O)/checkjit)
	@$(O)/checkjit job $@

prefetch:
	@runners/prefetch.sh $(O)/guests

unit-programs: $(UNIT) $(O)/san/checkjit

# the fast loop: no guest
unit: deps
	$(BUILD) unit-programs
	@tests/run.sh unit

check check-full: deps
	@images/deps.sh test $$(sed -n 's/^\([a-z][a-z0-9_]*\).*/\1/p' tests/kernels.list | sort -u)
	$(BUILD) all unit-programs
	@tests/run.sh $@

clean:
	rm -rf $(O)

# ---- for others ----

PREFIX ?= /usr/local
SHARE = $(DESTDIR)$(PREFIX)/share/checkjit
# what an installed checkjit works with (lib/shipped.h)
SHIPPED = agent cases images proto results/known runners fuzz/afl.sh fuzz/fuzz.sh fuzz/sync.sh

$(O)/checkjit.1: $(O)/checkjit
	$(call say,MAN,$@)$(O)/checkjit manual >$@.tmp && mv $@.tmp $@

install: all
	install -D -m 755 $(O)/checkjit $(DESTDIR)$(PREFIX)/bin/checkjit
	install -D -m 644 $(O)/libcheckjit-mutator.so \
		$(DESTDIR)$(PREFIX)/lib/checkjit/libcheckjit-mutator.so
	install -D -m 644 $(O)/checkjit.1 $(DESTDIR)$(PREFIX)/share/man/man1/checkjit.1
	install -D -m 644 runners/completion.bash \
		$(DESTDIR)$(PREFIX)/share/bash-completion/completions/checkjit
	rm -rf $(SHARE)
	mkdir -p $(SHARE)
	tar -c --owner=0 --group=0 --mode=u+w,go=rX $(SHIPPED) | tar -x -C $(SHARE)
	$(O)/checkjit --version | sed 's/^checkjit //' >$(SHARE)/version

dist:
	@mkdir -p $(O)
	@git describe --always --tags >$(O)/version
	@v=checkjit-$$(cat $(O)/version) && git archive --prefix=$$v/ --add-file=$(O)/version HEAD | \
		gzip -9n >$(O)/$$v.tar.gz && echo $(O)/$$v.tar.gz

# ---- help ----

# settings.c is a program by itself, so that help needs a compiler and no library.
SETTINGS_OBJS := $(addprefix $(O)/,cmd/settings.o cmd/opts.o \
	lib/nearest.o lib/shipped.o lib/strbuf.o lib/util.o)
$(O)/settings: $(SETTINGS_OBJS)
	$(call say,LINK,$@)$(HOSTCC) -Wl,--defsym=main=cmd_settings -o $@ $^

help:
	@command -v $(HOSTCC) >/dev/null || \
		{ echo "checkjit: $(HOSTCC) is missing: \`make deps\` installs it, then \`make help\` lists jobs and settings" >&2; exit 3; }
	@$(MAKE) -s --no-print-directory O=$(O) $(O)/settings
	@$(O)/settings

# ---- the directories below $(O) ----

BUILT := $(LIB_OBJS) $(CMD_OBJS) $(SAN_OBJS) $(SAN_CMD_OBJS) $(MUTATOR_OBJS) $(UNIT) $(SETTINGS_OBJS)
DIRS := $(sort $(dir $(BUILT)))
$(BUILT) $(WHOLE:%=$(O)/%.c): | $(DIRS)
$(DIRS):
	@mkdir -p $@

-include $(MUTATOR_OBJS:.o=.d) $(LIB_OBJS:.o=.d) $(CMD_OBJS:.o=.d) $(SAN_OBJS:.o=.d) $(SAN_CMD_OBJS:.o=.d) $(UNIT:=.d)
