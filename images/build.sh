#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# A kernel for one architecture's guest.
set -u
here=$(cd "$(dirname "$0")" && pwd) || exit 3
. "$here/lib.sh"

help() {
	cat <<EOF
usage: build.sh ARCH
Build the kernel for ARCH if need be, and print its image directory:
  kernel       what QEMU boots
  config       its .config (for a built KERNEL= only if one was found)
  order        the modules that the initramfs loads before the agent looks for its port
  meta         key=value: arch release config_hash compiler source debug patches, and
               bus=pci where the byte channel is not on the bus of the conf
  test_bpf.ko  lib/test_bpf.c
  checkjit_raw.ko  module/: programs for the JIT without the verifier
  checkjit_kfunc.ko  module/: functions for programs to call (BTF=1)
  firmware     where the machine needs one
Exit codes: 0; 2 bad input; 3 this machine cannot; 4 this source cannot be built.

environment:
  KERNEL PATCHES         see kernel.sh --help
  CC LLVM CROSS_COMPILE  as in the kernel's make
  KCONFIG_ADD            words like CONFIG_X=y, or files of them
  DEBUG=1                with kconfig/debug.config: KASAN, UBSAN and the like
  KCOV=1                 with KCOV for kernel/bpf and the JIT, with verifier_limit.h, and for
                         User-Mode Linux with um_alloc.h (make fuzz)
  COVERAGE=1             with gcov for the JIT; adds to the image directory for each of its files
                         NAME.c and NAME.gcno, and to meta the gcov that reads them
  BTF=1                  with type information (pahole), for kfuncs, exceptions and trampolines
  J                      jobs (default: the number of CPUs)
  V=1                    show the compiler's lines
EOF
}

case ${1-} in -h | --help) help && exit 0 ;; esac
[ $# -eq 1 ] || { help >&2 && exit 2; }
load_arch "$1"
CROSS=${CROSS_COMPILE:-$CROSS}
make_cache "$CACHE"
# what the guest cannot boot without, before anything is built
[ -z "$QEMU_SINCE" ] || "$here/qemu.sh" --if-old "$ARCH" >/dev/null || exit

need_compiler() {
	command -v "${cc%% *}" >/dev/null && return
	[ -z "${CC-}${LLVM-}" ] || die "${cc%% *} is missing (expected what CC= or LLVM= asks for)"
	die "${cc%% *} is missing (images/deps.sh $ARCH installs it)"
}

# the fragments of Kconfig that apply, with the comments that mark options as optional
fragments() {
	cat "$here/kconfig/common.config" "$here/kconfig/$ARCH.config"
	[ "${DEBUG:-0}" = 0 ] || cat "$here/kconfig/debug.config"
	[ "${COVERAGE:-0}" = 0 ] || cat "$here/kconfig/coverage.config"
	[ "${BTF:-0}" = 0 ] || cat "$here/kconfig/btf.config"
	[ "${KCOV:-0}" = 0 ] || cat "$here/kconfig/kcov.config" "$here/verifier_limit.h"
	[ -z "$um_alloc" ] || cat "$here/um_alloc.h"
	for w in ${KCONFIG_ADD-}; do
		case $w in
		CONFIG_*=*) echo "$w" ;;
		*)
			[ -r "$w" ] || bad "KCONFIG_ADD=$w is neither CONFIG_X=y nor a file"
			cat "$w"
			;;
		esac
	done
}

options() {
	sed -n 's/^\(CONFIG_[A-Za-z0-9_]*=[^#]*[^#[:space:]]\)[[:space:]]*\(#.*\)\{0,1\}$/\1/p' "$1"
}

# A wanted option that Kconfig dropped ends the build, unless it is optional.
verify_config() {
	lost=
	while IFS= read -r opt; do
		name=${opt%%=*}
		case $opt in
		*=n) grep -q "^$name=" "$obj/.config" || continue ;;
		*) ! grep -qxF -- "$opt" "$obj/.config" || continue ;;
		esac
		# a later fragment may have overridden it
		[ "$opt" = "$(grep "^$name=" "$obj/wanted" | tail -n 1)" ] || continue
		if grep -q "^${opt}[[:space:]]*# optional" "$obj/fragments"; then
			! grep -q "^$opt" "$here/kconfig/debug.config" ||
				optional="$optional ${opt#CONFIG_}"
		else
			lost="$lost $opt"
		fi
	done <"$obj/wanted"
	[ -z "$lost" ] || {
		say "$ARCH: this kernel's Kconfig does not take$lost" \
			"(a dependency, or no such option; see $obj/.config)"
		exit 4
	}
}

# The files that COVERAGE=1 instruments. Kbuild needs only base names, and these are unique.
jit_stems() {
	for c in "$path/arch/$KARCH/net"/bpf_jit*.c; do
		[ ! -f "$c" ] || basename "$c" .c
	done
}

# The files that KCOV=1 instruments. Kbuild expands this in each directory; object names would also
# match files elsewhere (kernel/sched/core.o). Not liveness.c: its data flow passes the same few
# places over and over, three quarters of all, which slows loads several times and tells little.
# shellcheck disable=SC2016 # for make
KCOV_DIRS='$(filter kernel/bpf arch/%/net,$(obj))'

run=
kmake() {
	# shellcheck disable=SC2086 # $gcov_args is a list
	$run make -C "$path" O="$obj" ARCH="$KARCH" CROSS_COMPILE="$CROSS" \
		${CC:+CC="$CC"} ${LLVM:+LLVM="$LLVM"} \
		KBUILD_BUILD_TIMESTAMP=1970-01-01 KBUILD_BUILD_USER=checkjit \
		KBUILD_BUILD_HOST=checkjit \
		KBUILD_BUILD_VERSION=1 KCONFIG_ALLCONFIG="$obj/allconfig" \
		${kcov:+KCOV_INSTRUMENT="$KCOV_DIRS" KCOV_INSTRUMENT_liveness.o=n} \
		${kcov:+CFLAGS_verifier.o="-include $obj/verifier_limit.h $um_alloc"} \
		${um_alloc:+CFLAGS_core.o="$um_alloc" CFLAGS_fixups.o="$um_alloc"} \
		$gcov_args "$@" </dev/null
}

# seconds_left: of the build, as ", 1:05 left", once it says something
seconds_left() {
	[ "${expect:-0}" -gt "$steps" ] && [ "$steps" -gt 20 ] || return
	_left=$((seconds * (expect - steps) / steps))
	printf ", %d:%02d left" $((_left / 60)) $((_left % 60))
}

# Progress of make: the line of the guest where checkjit paints it (lib/status.h), one that is
# rewritten on a terminal, otherwise a line a minute.
progress() {
	start=$(date +%s) last=0
	expect=$(cat "$obj/steps" 2>/dev/null)
	while sleep 1 && kill -0 "$make_pid" 2>/dev/null; do
		steps=$(wc -l <"$log") seconds=$(($(date +%s) - start))
		text="building $steps${expect:+ of $expect} steps$(seconds_left)"
		if [ -n "${CHECKJIT_LIVE-}" ]; then
			printf "\036%s\t%s\n" "${CHECKJIT_LIVE_NAME:-$ARCH}" "$text" \
				>"/dev/fd/$CHECKJIT_LIVE"
		elif [ -t 2 ]; then
			printf "\rimages: %s: %s \033[K" "$ARCH" "$text" >&2
		elif [ $((seconds - last)) -ge 60 ]; then
			say "$ARCH: $text"
			last=$seconds
		fi
	done
}

# Run the kernel's make in the background and in a process group of its own, so that a signal ends
# it and its children at once.
run_make() {
	if [ "${V:-0}" = 1 ]; then
		kmake "$@" >&2
		return
	fi
	{ run="exec setsid" && kmake "$@"; } >"$log" 2>&1 &
	make_pid=$!
	progress 9>&- &
	progress_pid=$!
	trap 'kill -- -$make_pid $progress_pid 2>/dev/null; wait; exit 130' INT TERM HUP
	wait $make_pid
	rc=$?
	kill $progress_pid
	wait $progress_pid 2>/dev/null
	trap - INT TERM HUP
	[ ! -t 2 ] || printf '\r\033[K' >&2
	return $rc
}

# copy_seed DIR: the objects to start from become $obj.seed. Kbuild recompiles everything whose
# flags or options changed.
copy_seed() {
	rm -rf "$obj.seed"
	cp -a "$1" "$obj.seed" || die "cannot copy $1 (no space left?)"
	rm -rf "$obj.seed/image" "$obj.seed/checkjit_raw"
	# objtool is compiled with names in full, and where it is new, so is every object
	rename_in_seed "$1" "$obj"
}

# rename_in_seed FROM TO: in the notes that Kbuild takes beside the objects
rename_in_seed() {
	grep -rlF --include="*.cmd" --include="*.d" --include=Makefile -- "$1" "$obj.seed" |
		xargs -r -d "\n" sed -i "s|$1|$2|g"
}

# For a patched copy of an immutable tree, start from the objects of that tree: make then compiles
# only what the patches touch. Object files do not know where their source was, but Kbuild's notes
# (.*.cmd) do.
seed_from_base() {
	from=$(obj_dir "$basekey")
	# costs no more than a full build of this tree, and serves the next patch as well
	[ -f "$from/image" ] || PATCHES='' "$here/build.sh" "$ARCH" >/dev/null || exit
	# the image may have outlived its objects
	[ -f "$from/image" ] || return 0
	say "starting from the objects of $basekey"
	copy_seed "$from"
	rename_in_seed "$base" "$path"
	# newer than the objects, whenever those were made
	while IFS= read -r f; do
		[ ! -f "$path/$f" ] || touch "$path/$f"
	done <"$path.files"
}

# Start from the objects that the same tree and compiler made with other options.
seed_from_sibling() {
	for s in $(grep -lxF -- "$family" "$CACHE/obj/$ARCH"-*/family 2>/dev/null |
		xargs -r ls -t); do
		s=${s%/*}
		[ -f "$s/image" ] && [ "$s" != "$obj" ] || continue
		exec 8>"$s.lock"
		flock -n 8 || continue
		copy_seed "$s"
		exec 8>&-
		return
	done
}

seed() {
	[ ! -d "$obj/kernel" ] || return 0
	rm -rf "$obj.seed"
	if [ -n "$base" ] && [ "$live" = 0 ]; then
		seed_from_base
	else
		seed_from_sibling
	fi
	[ -d "$obj.seed" ] || return 0
	rm -rf "$obj" && mv "$obj.seed" "$obj" || die "cannot replace $obj"
}

build() {
	need_cmd make
	need_cmd flex build
	need_cmd bison build
	need_cmd bc build
	[ "${BTF:-0}" = 0 ] || need_cmd pahole btf
	need_compiler
	[ -d "$obj/kernel" ] || need_space "$obj" 500 "building a kernel"
	log=$obj/checkjit.log
	[ -z "$kcov" ] || cp "$here/verifier_limit.h" "$here/um_alloc.h" "$obj/" ||
		die "cannot write $obj"
	options "$obj/fragments" >"$obj/wanted"
	# the last one wins, as in merge_config.sh
	awk -F= '
		{ v[$1] = $0; if (!seen[$1]++) order[++n] = $1 }
		END { for (i = 1; i <= n; i++) print v[order[i]] }' \
		"$obj/wanted" >"$obj/allconfig"
	kmake allnoconfig >"$log" 2>&1 || fail_source "$log" "configuring $ARCH"
	optional=
	verify_config
	[ "${DEBUG:-0}" = 0 ] || say "$ARCH: DEBUG=1 without what $ARCH or $cc lacks:$optional"
	[ -d "$obj/kernel" ] || say "building $ARCH from $source${DEBUG:+ (DEBUG)}"
	begin=$(date +%s)
	run_make -j"${J:-$(nproc)}" "${IMAGE##*/}" modules ||
		fail_source "$log" "building $ARCH"
	steps=$(wc -l <"$log")
	[ "$steps" -lt "$(cat "$obj/steps" 2>/dev/null || echo 0)" ] || echo "$steps" >"$obj/steps"
	say "$ARCH: built in $(($(date +%s) - begin)) s"
}

# Copy the notes and the source as compiled, which map counters to lines.
collect_gcov() {
	for s in $(jit_stems); do
		[ -f "$obj/arch/$KARCH/net/$s.gcno" ] || continue
		cp "$obj/arch/$KARCH/net/$s.gcno" "$path/arch/$KARCH/net/$s.c" "$new/" ||
			die "cannot copy the notes of $s to $new (no space left?)"
	done
}

# Our module for this kernel. If it cannot be built, the kernel has no raw engines; go on.
build_module() {
	mod=$obj/checkjit_raw log=$obj/checkjit_raw.log
	rm -rf "$mod" && mkdir "$mod" &&
		cp "$here/$MODULE"/* "$here/../proto"/checkjit_*.h "$mod/" ||
		die "cannot write $mod (no space left?)"
	kmake M="$mod" modules >"$log" 2>&1 || {
		rm -f "$mod"/*.ko
		say "$ARCH: no raw engines:" \
			"images/$MODULE does not compile for this kernel (see $log)"
	}
	echo "$modkey" >"$mod/key"
}

# image_dir: collect the results, named by their content
image_dir() {
	new=$(mktemp -d "$CACHE/images/.$ARCH.XXXXXX") || die "no space left in $CACHE/images"
	chmod 755 "$new"
	release=$(cat "$obj/include/config/kernel.release")
	case $IMAGE in
	vmlinux) "$objcopy" -S "$obj/vmlinux" "$new/kernel" ;;
	*) cp "$obj/$IMAGE" "$new/kernel" ;;
	esac && cp "$obj/.config" "$new/config" ||
		die "cannot copy the kernel to $new (no space left?)"
	[ "${COVERAGE:-0}" = 0 ] || collect_gcov
	for ko in "$obj/lib/test_bpf.ko" "$obj/checkjit_raw"/checkjit_*.ko; do
		[ ! -f "$ko" ] || "$objcopy" --strip-debug "$ko" "$new/${ko##*/}" ||
			die "cannot copy ${ko##*/} to $new (no space left?)"
	done
	finish_image
}

# firmware and meta; the directory gets its final name
finish_image() {
	if [ -n "$FIRMWARE" ]; then
		fw=$("$here/$FIRMWARE.sh") || exit
		cp "$fw" "$new/firmware" || die "cannot copy the firmware to $new (no space left?)"
	fi
	cat >"$new/meta" <<-EOF
	arch=$ARCH
	release=$release
	config_hash=$([ ! -f "$new/config" ] || short_hash <"$new/config")
	compiler=$compiler
	source=$source
	debug=${DEBUG:-0}
	patches=$patches
	EOF
	[ "$bus" = conf ] || echo "bus=$bus" >>"$new/meta"
	[ -z "$gcov_args" ] || echo "gcov=$gcov" >>"$new/meta"
	image=$CACHE/images/$ARCH-$(cat "$new"/* | short_hash)
	if [ -d "$image" ]; then rm -rf "$new"; else mv "$new" "$image"; fi
}

# available OPTION: built in, or a module that we have
available() {
	grep -qx "CONFIG_$1=y" "$path/config" && return
	grep -qx "CONFIG_$1=m" "$path/config" &&
		grep -qx "$(echo "$1" | tr '[:upper:]' '[:lower:]').ko" "$path/order"
}

# On which bus the guest has the byte channel: that of the conf's machine, or PCI. Prints nothing
# where the kernel can use neither.
pick_bus() {
	case $SERIAL in
	virtio-serial-device)
		if available VIRTIO_MMIO && {
			[ "$KARCH" != x86 ] || available VIRTIO_MMIO_CMDLINE_DEVICES
		}; then
			echo conf
			return
		fi
		;;
	*)
		echo conf
		return
		;;
	esac
	! available VIRTIO_PCI || echo pci
}

# Report what a prebuilt kernel lacks before it boots.
check_config() {
	while read -r who opt why; do
		case $who in all | "$ARCH") ;; *) continue ;; esac
		grep -qx "$opt" "$path/config" || die "$source was built without $opt ($why)"
	done <"$here/kconfig/prebuilt.need"
	! grep -qx CONFIG_HAVE_EBPF_JIT=y "$path/config" || config_has_jit "$path/config" ||
		bad "$source was built without CONFIG_BPF_JIT: it has no JIT to test \
(KERNEL=source builds one)"
	available VIRTIO_CONSOLE || die "$source has no CONFIG_VIRTIO_CONSOLE, \
built in or as a module at hand (the byte channel)"
	bus=$(pick_bus)
	[ -n "$bus" ] || die "$source has no bus for virtio that a guest of $ARCH has \
(CONFIG_VIRTIO_PCI or CONFIG_VIRTIO_MMIO)"
	! grep -q '^CONFIG_BPF_JIT_ALWAYS_ON=y' "$path/config" ||
		say "$ARCH: $source has CONFIG_BPF_JIT_ALWAYS_ON=y: no interpreter in it"
	if ! grep -q '^CONFIG_DEBUG_INFO_BTF=y' "$path/config"; then
		[ "${BTF:-0}" = 0 ] || bad "BTF=1: $source was built without \
CONFIG_DEBUG_INFO_BTF (KERNEL=source builds one)"
		say "$ARCH: $source has no BTF: what needs it is SKIP"
	fi
}

# The image directory of a prebuilt kernel
prebuilt() {
	for v in COVERAGE KCOV DEBUG; do
		eval "[ \"\${$v:-0}\" = 0 ]" ||
			bad "$v=1 wants a source tree: $source is built already"
	done
	bus=conf
	[ ! -f "$path/config" ] || check_config
	module=$("$here/binary-module.sh" "$ARCH" "$path") || exit
	[ ! -f "$module/why" ] || say "$ARCH: $(cat "$module/why")"
	done_before=$module/image-$(echo "$ARCH $bus $source" | short_hash)
	if image=$(cat "$done_before" 2>/dev/null) && [ -f "$image/meta" ]; then return; fi
	new=$(mktemp -d "$CACHE/images/.$ARCH.XXXXXX") || die "no space left in $CACHE/images"
	chmod 755 "$new"
	for f in "$path/kernel" "$path/config" "$path"/modules/*.ko "$path/order" "$module"/*.ko; do
		[ ! -f "$f" ] || ln "$f" "$new/" 2>/dev/null || cp "$f" "$new/" ||
			die "cannot copy $f (no space left?)"
	done
	release=$(cat "$path/release")
	compiler=$(sed -n 's/^CONFIG_CC_VERSION_TEXT="\(.*\)"/\1/p' "$path/config" 2>/dev/null)
	compiler=${compiler:-unknown}
	finish_image
	echo "$image" >"$done_before.$$" && mv "$done_before.$$" "$done_before" ||
		die "no space left in $module"
}

out=$("$here/kernel.sh" "$ARCH") || exit
field() { echo "$out" | sed -n "s/^$1=//p"; }
path=$(field path) key=$(field key) source=$(field source) patches=$(field patches)
base=$(field base) basekey=$(field basekey) live=$(field live)

gcov_args='' bus=conf
kcov=
[ "${KCOV:-0}" = 0 ] || kcov=1
um_alloc=
# shellcheck disable=SC2016 # for make
[ "${LAUNCH-}$kcov" != um1 ] ||
	um_alloc='$(if $(filter kernel/bpf,$(obj)),-include $(objtree)/um_alloc.h)'
if [ "$(field kind)" = binary ]; then
	make_cache "$CACHE/images"
	prebuilt
	echo "$image"
	exit
fi

cc=${CC:-${CROSS}gcc} objcopy=${CROSS}objcopy
if [ -n "${LLVM-}" ]; then
	case $LLVM in
	-*) cc=${CC:-clang$LLVM} objcopy=llvm-objcopy$LLVM ;;
	*/) cc=${CC:-${LLVM}clang} objcopy=${LLVM}llvm-objcopy ;;
	*) cc=${CC:-clang} objcopy=llvm-objcopy ;;
	esac
fi
need_compiler
if [ "${COVERAGE:-0}" != 0 ]; then
	[ -z "${LLVM-}" ] || bad 'COVERAGE=1 wants gcc: LLVM= has counters of another form'
	for s in $(jit_stems); do gcov_args="$gcov_args GCOV_PROFILE_$s.o=y"; done
	[ -n "$gcov_args" ] ||
		say "$ARCH: nothing to count, no arch/$KARCH/net/bpf_jit*.c in $source"
	# gcc-13 has gcov-13
	gcov=${cc%gcc*}gcov${cc##*gcc}
fi
compiler=$($cc --version | head -n 1)
wanted=$(fragments) || exit
obj_dir() {
	_name=$(printf '%s\n' "$1" "$CROSS" "$cc" "$compiler" "${LLVM-}" "$wanted" | short_hash)
	echo "$CACHE/obj/$ARCH-$_name"
}
family="$key $CROSS $cc $compiler ${LLVM-}"
obj=$(obj_dir "$key")

modkey=$(cat "$here/$MODULE"/* "$here/../proto"/checkjit_*.h | short_hash)

# An immutable tree that was built before needs no make.
kernel_done() {
	[ "$live" = 0 ] && [ -f "$obj/image" ] && image=$(cat "$obj/image") && [ -f "$image/meta" ]
}

done_mark() {
	kernel_done && [ "$(cat "$obj/checkjit_raw/key" 2>/dev/null)" = "$modkey" ]
}

if ! done_mark; then
	make_cache "$CACHE/images"
	make_cache "$obj"
	lock "$obj.lock"
	if ! done_mark; then
		if ! kernel_done; then
			seed
			echo "$wanted" >"$obj/fragments"
			echo "$family" >"$obj/family"
			build
		fi
		build_module
		image_dir
		echo "$image" >"$obj/image.tmp" && mv "$obj/image.tmp" "$obj/image"
	fi
fi
echo "$image"
