# SPDX-License-Identifier: GPL-2.0
# checkjit's front door. `make help` lists the targets and the present value of every variable.

O ?= build

# ---- what the jobs take; the scripts find them in the environment ----

ARCH ?=
KERNEL ?=
PATCHES ?=
CASES ?=
CASES_DIR ?=
ID ?=
CASE ?=
GOOD ?=
BAD ?=
A ?=
B ?=
QEMU2 ?=
ENGINES ?=
ENGINE ?=
FORMAT ?=
OUT ?=
TIME ?=
J ?= $(shell nproc)
V ?=
RUN ?=
SWEEP ?=
SEED ?=
SHARD ?=
STOP_AFTER ?=
RESUME ?=
REQUIRE_JIT ?=
MAX_CRASHES ?=
TIMEOUT ?=
LLVM ?=
CROSS_COMPILE ?=
KCONFIG_ADD ?=
DEBUG ?=
APPEND ?=
QEMU_CPU ?=
QEMU_ARGS ?=
KVM ?=
CPUS ?=
COVERAGE ?=
BTF ?=
WARM ?=
TARGET ?=
I_KNOW ?=
INSTANCES ?=
# make's own default, cc, says nothing about the kernel under test
ifeq ($(origin CC),default)
CC :=
endif

JOB_VARS := O ARCH KERNEL PATCHES CASES ID CASE ENGINES ENGINE OUT TIME J V RUN RESUME REQUIRE_JIT MAX_CRASHES TIMEOUT \
	CC LLVM CROSS_COMPILE KCONFIG_ADD DEBUG APPEND QEMU_CPU QEMU_ARGS KVM CPUS COVERAGE BTF \
	WARM TARGET I_KNOW SWEEP SEED SHARD STOP_AFTER
JOB_VARS += GOOD BAD QEMU2 CASES_DIR INSTANCES MACHINE PEERS EVERY
# set to nothing is as good as not set: scripts have defaults of their own
$(foreach v,$(JOB_VARS),$(if $(strip $($(v))),$(eval export $(v)),$(eval unexport $(v))))
# `make run J=1` says how many guests; the sub-makes of kernel builds are given their own -j
unexport MAKEFLAGS MFLAGS

# ---- the host program ----

HOSTCC ?= gcc
HOST_CFLAGS ?= -O2 -g
ALL_CFLAGS = -std=gnu11 -Wall -Wextra -Werror -I. -D_GNU_SOURCE $(HOST_CFLAGS) -MMD -MP
HOST_LIBS = -lbpf -lelf -lz -ljansson @$(O)/capstone.libs

LIB_DIRS := lib bpf convert gen native session campaign explain verifier report reduce fuzz fuzz/mutator
LIB_SRCS := $(foreach d,$(LIB_DIRS),$(wildcard $(d)/*.c))
CMD_SRCS := $(wildcard cmd/*.c)
TEST_SRCS := $(wildcard tests/unit/*.c)

# The same objects twice: as shipped, and under the sanitizers for the unit tests.
SAN = -fsanitize=address,undefined -fno-sanitize-recover=all
LIB_OBJS := $(LIB_SRCS:%.c=$(O)/%.o)
CMD_OBJS := $(CMD_SRCS:%.c=$(O)/%.o)
SAN_OBJS := $(LIB_SRCS:%.c=$(O)/san/%.o)
SAN_CMD_OBJS := $(CMD_SRCS:%.c=$(O)/san/%.o)
UNIT := $(TEST_SRCS:tests/unit/%.c=$(O)/unit/%)

Q = $(if $(V),,@)
say = $(if $(V),,@printf '  %-7s %s\n' $(1) $(2);)

.DEFAULT_GOAL := help
.PHONY: soundness
.PHONY: help all run repro trace reduce vm images list check check-full bench coverage mutants unit deps clean FORCE
.PHONY: bisect compare attribute export fuzz fuzz-report fuzz-replay fuzz-sync bench-fuzz
.SECONDARY:

all: $(O)/checkjit $(O)/libcheckjit-mutator.so

$(O)/checkjit: $(LIB_OBJS) $(CMD_OBJS) $(O)/capstone.libs
	$(call say,LINK,$@)$(HOSTCC) -o $@ $(filter %.o,$^) $(HOST_LIBS)

$(O)/san/checkjit: $(SAN_OBJS) $(SAN_CMD_OBJS) $(O)/capstone.libs
	$(call say,LINK,$@)$(HOSTCC) $(SAN) -o $@ $(filter %.o,$^) $(HOST_LIBS)

$(O)/%.o: %.c
	$(Q)mkdir -p $(@D)
	$(call say,CC,$@)$(HOSTCC) $(ALL_CFLAGS) -c -o $@ $<

$(O)/san/%.o: %.c
	$(Q)mkdir -p $(@D)
	$(call say,CC,$@)$(HOSTCC) $(ALL_CFLAGS) $(SAN) -c -o $@ $<

$(O)/unit/%: tests/unit/%.c $(SAN_OBJS) $(O)/capstone.libs
	$(Q)mkdir -p $(@D)
	$(call say,LINK,$@)$(HOSTCC) $(ALL_CFLAGS) $(SAN) -o $@ $< $(SAN_OBJS) $(HOST_LIBS)

# ---- the mutator that afl-fuzz loads ----

MUTATOR_SRCS := $(wildcard fuzz/mutator/*.c) fuzz/input.c bpf/listing.c bpf/code.c bpf/insn.c bpf/sets.c lib/util.c
MUTATOR_OBJS := $(MUTATOR_SRCS:%.c=$(O)/pic/%.o)

$(O)/libcheckjit-mutator.so: $(MUTATOR_OBJS)
	$(call say,LINK,$@)$(HOSTCC) -shared -Wl,--no-undefined -o $@ $^

$(O)/pic/%.o: %.c
	$(Q)mkdir -p $(@D)
	$(call say,CC,$@)$(HOSTCC) $(ALL_CFLAGS) -fPIC -fvisibility=hidden -c -o $@ $<

# Looked at by each make, written where it changes: the library may have moved, or be a newer one.
# not grouped (&:): GNU make 4.3 takes the second of forced twins for new each time, and links again
$(O)/capstone.cflags: FORCE
	@images/capstone.sh $(O)/capstone
$(O)/capstone.libs: $(O)/capstone.cflags ;

$(O)/native/%.o $(O)/san/native/%.o: ALL_CFLAGS += @$(O)/capstone.cflags
$(O)/native/disasm.o $(O)/san/native/disasm.o: $(O)/capstone.cflags

# ---- the jobs ----

deps:
	@images/deps.sh host

# Everything below needs the packages before the first object can be compiled.
BUILD = +@$(MAKE) -s --no-print-directory -j$(J) O=$(O) V=$(V)

run repro trace reduce vm soundness images: deps
	$(BUILD) all
	@runners/run.sh $@

bisect: deps
	$(BUILD) all
	@runners/bisect_range.sh

compare: deps
	$(BUILD) all
	@[ -n "$(A)" ] && [ -n "$(B)" ] || { echo "compare: A= and B= are needed, two runs" >&2; exit 2; }
	@$(O)/checkjit compare $(if $(REQUIRE_JIT),--require-jit='$(REQUIRE_JIT)') $(if $(V),--all) '$(A)' '$(B)'

attribute: deps
	$(BUILD) all
	@runners/attribute.sh

list: deps
	$(BUILD) all
	@$(O)/checkjit list $(if $(CASES_DIR),--cases '$(CASES_DIR)') $(if $(ID),'$(ID)',$(CASES))

export: deps
	$(BUILD) all
	@$(O)/checkjit export --format $(or $(FORMAT),c) $(if $(CASE),--case '$(CASE)',--id '$(ID)') \
		$(if $(CASES_DIR),--cases '$(CASES_DIR)') $(if $(ARCH),--arch '$(ARCH)') $(if $(OUT),-o '$(OUT)')

coverage: deps
	$(BUILD) all
	@runners/coverage.sh

bench: deps
	$(BUILD) all
	@runners/bench.sh

fuzz: deps
	$(BUILD) all
	@fuzz/fuzz.sh run

fuzz-report fuzz-replay bench-fuzz: deps
	$(BUILD) all
	@fuzz/fuzz.sh $(filter-out fuzz,$(subst -, ,$@))

fuzz-sync:
	@fuzz/sync.sh $(PEERS)

mutants: deps
	$(BUILD) all
	@tests/mutants.sh

unit: $(UNIT) $(O)/san/checkjit

check check-full: deps
	@images/deps.sh test
	$(BUILD) all unit
	@tests/run.sh $@

clean:
	rm -rf $(O)

# ---- help ----

# name, what it is
define VAR_HELP
ARCH         architectures, by anybody's names: arm64 aarch64 s390 … (all)
KERNEL       source tree (clean or built in-tree), tarball, or built image (newest Debian linux-source)
PATCHES      files, or a directory of patches, applied to a copy of KERNEL
CASES        globs over ids: 'alu/sdiv*', 'gen/alu_x/*' for generated ones, gen for what SWEEP takes (all written ones and gen)
CASES_DIR    another folder of cases, for instance what `checkjit import` wrote
ID           one case, or one vector of it: alu/sdiv64/r3_r4.211
CASE         a .case file that holds one case, instead of ID (repro and the like)
GOOD         a commit of KERNEL on which the case passes (bisect)
BAD          a later one on which it fails (bisect)
A            a run: a directory, the name of one below results/, or last (compare)
B            a later one (compare)
SWEEP        generated cases beside the written ones: quick, nightly (all there are) or none (quick)
SEED         which ones quick picks (0)
SHARD        I/N: this part of the generated cases
ENGINE       one of them (trace and reduce; the first that fails)
FORMAT       of make export: case, c, test_bpf, selftest or data (c)
OUT          what reduce writes (reduced-ID.case, dots for slashes), or export (stdout)
TIME         seconds until reduce takes what it has (600); of fuzz: 600, 10m, 2h, 1d, or 0, until Ctrl-C (10m)
ENGINES      some of: interp jit jit_hardened raw_interp raw_jit jit_unpriv (all)
J            parallel jobs and guests
V            1: show commands and kernel builds; repro: the code around what is under test, too
O            where checkjit is built
RUN          directory of the results (results/DATE-TIME)
RESUME       1: go on with the interrupted run in RUN
STOP_AFTER   findings on an arch, that end its run
REQUIRE_JIT  a program left to the interpreter is a failure: 1, or families and globs of those that must be JITed
MAX_CRASHES  in a family, before the rest of it is quarantined (5)
TIMEOUT      seconds of silence until a guest counts as hung (30; 120 with DEBUG)
CC           compiler for the kernel
LLVM         1: build the kernel with clang and lld
CROSS_COMPILE prefix of the kernel's toolchain
KCONFIG_ADD  words CONFIG_X=y, or a file of them
DEBUG        1: KASAN, UBSAN and the like
APPEND       more kernel command line
QEMU_CPU     CPU model; `primary` and `second` are those of runners/qemu/arch/*.conf
QEMU_ARGS    more QEMU arguments
KVM          0 or 1: do not probe whether KVM works
QEMU2        another QEMU: a binary or a directory of them (attribute)
CPUS         all: run once more for each further CPU model of the arch (QEMU_CPU= names one)
COVERAGE     1: build kernels that count the JIT's lines, and keep the counts (make coverage does)
BTF          1: build kernels with type information (pahole), for kfuncs, exceptions and faulting loads
WARM         0: do not use the guest that `make vm` keeps
TARGET       a machine instead of a guest: ssh:USER@HOST, or local, this one's own kernel
INSTANCES    of afl-fuzz, each with its guest (1)
MACHINE      this machine's name among those that fuzz together (fuzz, fuzz-sync)
PEERS        of fuzz-sync: HOST:DIR or DIR, the results/fuzz of others
EVERY        seconds after which fuzz-sync does it again, until Ctrl-C (once)
I_KNOW       1: TARGET=local may take this machine down
endef
export VAR_HELP

help:
	@echo 'checkjit: conformance suite for the eBPF JIT compilers of the Linux kernel'
	@echo
	@echo '  make run         build kernels, boot all architectures, run all cases, report'
	@echo '  make check       the tests of checkjit itself; make check-full: also the long ones'
	@echo '  make repro ID=…  one case on all engines of ARCH, everything shown'
	@echo '  make attribute ID=… who is wrong, among all engines of all architectures'
	@echo '  make bisect …    the first commit of KERNEL between GOOD and BAD on which ID fails on ARCH'
	@echo '  make compare …   what changed from run A to run B'
	@echo '  make trace ID=…  the first instruction of it that goes wrong; make reduce: as small as it goes'
	@echo '  make export ID=… FORMAT=c  a C program of it, or test_bpf, selftest, data (bpf_conformance)'
	@echo '  make soundness   is what the verifier states of registers true, in all CASES and SWEEP?'
	@echo '  make vm          keep the guest of ARCH booted, for make repro and the like'
	@echo '  make list        the ids of all cases (CASES= narrows)'
	@echo '  make images      build kernels and initramfs only'
	@echo '  make bench       speed, beside lib/test_bpf in the same guests'
	@echo '  make fuzz        AFL++ on the verifier and the JIT of ARCH (x86_64); fuzz-report, fuzz-replay, bench-fuzz'
	@echo '  make mutants     which planted bugs the cases, the sweeps and lib/test_bpf find (hours)'
	@echo '  make coverage    lines of the JITs that all cases reach, under every CPU model'
	@echo '  make all unit clean'
	@echo
	@echo 'Variables and their present values:'
	@echo "$$VAR_HELP" | while read -r name doc; do \
		eval "value=\$${$$name-}"; printf '  %-13s [%s] %s\n' "$$name" "$$value" "$$doc"; done

-include $(MUTATOR_OBJS:.o=.d) $(LIB_OBJS:.o=.d) $(CMD_OBJS:.o=.d) $(SAN_OBJS:.o=.d) $(SAN_CMD_OBJS:.o=.d) $(UNIT:=.d)
