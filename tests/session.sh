#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What must fail: guests that lie, die and hang, wrong cases, wrong arguments. Each ends in its
# verdict, its exit status and its message, in bounded time.
set -u
top=$(cd "$(dirname "$0")/.." && pwd) || exit 3
cd "$top" || exit 3

case ${1-} in
-h | --help)
	cat <<EOT
usage: tests/session.sh [PART...]   (default: all)
  fake   guests that are programs and break the protocol
  real   an arm64 guest that is killed, stopped, or whose messages are damaged
  input  wrong arguments of checkjit run
  make   wrong settings of make run
environment: O; it has checkjit and san/checkjit
EOT
	exit 0
	;;
esac
parts=${*:-fake real input make}
# shellcheck source=tests/lib.sh
. tests/lib.sh
trap 'umount "$work/full" 2>/dev/null; rm -rf "$work"' EXIT
engines=$("$checkjit" run --list-engines | wc -l)

for fake in guest proxy; do
	gcc -std=gnu11 -Wall -Wextra -Werror -O1 -I. -o "$work/$fake" "tests/fakes/$fake.c" ||
		exit 3
done

# few cases, so that the host has read them at once
mkdir -p "$work/few/cases/alu" "$work/few/cases/jmp"
cp cases/alu/neg.case "$work/few/cases/alu" && cp cases/jmp/ja.case "$work/few/cases/jmp" || exit 3

# run NAME STATUS PATTERN ARGUMENT...: begin a test with checkjit run
run() {
	begin "$1"
	status=$2 pattern=$3
	shift 3
	dir=$work/${name%%/*}.${name#*/} log=$work/${name%%/*}.${name#*/}.log
	# 99: what a sanitizer finds may not look like an exit status of checkjit
	ASAN_OPTIONS=detect_leaks=0:exitcode=99 timeout 300 "$program" run --arch arm64 --image \
		"$image" --initrd "$initrd" \
		--out "$dir" --cases "$work/few/cases" --known /dev/null "$@" >"$log" 2>&1 \
		</dev/null
	rc=$?
	[ $rc -eq "$status" ] || because "exit status $rc, not $status"
	grep -qE -e "$pattern" "$log" || because "no line with /$pattern/"
}

# has N VERDICT [COLUMN=ERE...]: the last run has that many records (+: at least one)
has() {
	_want=$1 _verdict=$2
	shift 2
	_n=$(count "$dir" verdict="$_verdict" "$@")
	case $_want in
	+) [ "$_n" -gt 0 ] ;;
	*) equals "$_want" "$_n" ;;
	esac || because "$_n $_verdict, expected $_want${*:+ with $*}"
}

# shellcheck disable=SC2317 # called by holds
no_file() {
	[ ! -e "$1" ]
}

# in_results PATTERN [ARGUMENT...]: checkjit results of the last run prints it
in_results() {
	_text=$1
	shift
	"$checkjit" results "$dir" "$@" 2>&1 | grep -q -e "$_text"
}

# engines, ids and verdicts of the last run
verdicts() {
	"$checkjit" results "$dir" --columns engine,id,verdict 2>/dev/null | LC_ALL=C sort
}

# ---- guests that are no guests, or break the protocol ----

fake() {
	program=$O/san/checkjit image=$work initrd=/dev/null
	# no hello: no results, exit status 3
	while read -r mode pattern; do
		echo "exec $work/guest $mode" >"$work/boot.sh"
		run "hello/$mode" 3 "$pattern" --boot "$work/boot.sh" --boot-timeout 2 --timeout 2 \
			alu/neg64
		holds 'it has records' [ -z "$(records "$dir")" ]
		end
	done <<-EOT
	nohello no hello in time
	drip no hello in time
	garbage not the protocol
	truncated QEMU ended or the kernel died
	closed QEMU ended or the kernel died
	version not the protocol
	caps not the protocol
	nr-caps not the protocol
	io-size not the protocol
	EOT
	for code in 0 1; do
		echo "exit $code" >"$work/boot.sh"
		run "hello/exit-$code" 3 'QEMU ended or the kernel died' --boot "$work/boot.sh" \
			alu/neg64
		end
	done
	echo 'echo "boot: no such machine" >&2; exit 3' >"$work/boot.sh"
	run hello/exit-3 3 'the boot script failed' --boot "$work/boot.sh" alu/neg64
	holds 'its message is not shown' grep -q 'boot: no such machine' "$log"
	end
	run hello/no-script 3 'the boot script failed' --boot "$work/nothing.sh" alu/neg64
	end
	echo "echo '[    0.100000] VFS: Unable to mount root fs'; exit 0" >"$work/boot.sh"
	run hello/no-initrd 3 'CONFIG_BLK_DEV_INITRD' --boot "$work/boot.sh" alu/neg64
	end

	# broken replies after the hello: the null block gets this verdict, and no case has one of
	# its own
	while read -r mode status verdict; do
		echo "exec $work/guest $mode" >"$work/boot.sh"
		run "reply/$mode" "$status" ' [12] boot' --boot "$work/boot.sh" --timeout 1 \
			--engines jit alu/neg64
		has 1 "$verdict" 'id=frame/null.*'
		has 10 NOTRUN
		has 0 PASS
		has 0 FAIL
		end
	done <<-EOT
	silent 1 TIMEOUT
	die 1 CRASH
	endless 3 LOST
	sum 3 LOST
	seq 3 LOST
	max-len 3 LOST
	odd-len 3 LOST
	log-len 3 LOST
	dump-len 3 LOST
	nr-blocks 3 LOST
	nr-vecs 3 LOST
	survived 3 LOST
	engine 3 LOST
	stage 3 LOST
	short 3 LOST
	type 3 LOST
	agent-error 3 LOST
	small 3 ERROR
	map-stage 3 ERROR
	abi-none 3 LOST
	abi-many 3 LOST
	abi-vec 3 LOST
	release 3 LOST
	EOT
	# what the JIT leaves to the interpreter, or refuses
	while read -r mode verdict reason; do
		echo "exec $work/guest $mode" >"$work/boot.sh"
		run "reply/$mode" "$([ "$verdict" = FALLBACK ] && echo 3 || echo 1)" ' 1 boot' \
			--boot "$work/boot.sh" --engines jit alu/neg64
		has 1 "$verdict" 'id=frame/null.*'
		holds "no '$reason'" in_results "$reason" --columns reason
		end
	done <<-EOT
	left FAIL the JIT leaves it to the interpreter, which gets it wrong
	no-fallback REJECT refused, not left to the interpreter, which can run it
	native-only FALLBACK the JIT refuses it, and only native code could run it
	EOT
	# a JIT that leaves some of the programs to the interpreter is no finding
	echo "exec $work/guest mixed" >"$work/boot.sh"
	run reply/mixed 3 " 0 checks" --boot "$work/boot.sh" --engines jit alu/neg64
	has 0 REJECT
	has + FALLBACK
	end
	echo "exec $work/guest die" >"$work/boot.sh"
	run reply/all-engines 1 " $((2 * engines)) boots" --boot "$work/boot.sh" alu/neg64 alu/neg32
	has $engines CRASH 'id=frame/null.*'
	has 0 PASS
	end
	run stop/after-a-crash 1 "stopped after 1 finding" --boot "$work/boot.sh" --stop-after 1 \
		alu/neg64
	has 1 CRASH
	end
}

# ---- a real guest that is killed, stopped, or whose messages are damaged ----

proxied() {
	rm -f "$work/mark"
	echo "exec $work/proxy $1 $2 $work/mark runners/qemu/boot.sh \"\$@\"" >"$work/boot.sh"
}

real() {
	tree=$(images/kernel.sh --tree) && image=$(images/build.sh arm64) && mkdir -p "$O/guests" &&
		runners/agent.sh arm64 "$tree" "$image" "$O/guests" || {
		result 1 real 'no arm64 kernel'
		return
	}
	program=$O/checkjit initrd=$O/guests/arm64.cpio

	run guest/healthy 0 ' 1 boot,' --batch 1 alu/neg64 alu/neg32
	has $((21 * engines)) PASS
	end
	verdicts >"$work/healthy"

	APPEND=rdinit=/nothing
	export APPEND
	run guest/panics-at-boot 3 'does not come up' alu/neg64
	holds 'no word of the panic' grep -qi panic "$log"
	end
	unset APPEND
	# QEMU keeps the socket open, but has no port on it
	echo 'exec 4>&3 3>&-; exec sh runners/qemu/boot.sh "$@"' >"$work/boot.sh"
	run guest/no-port 3 'CONFIG_VIRTIO_CONSOLE' --boot "$work/boot.sh" alu/neg64
	holds 'no word of the agent' grep -q 'no virtio port' "$log"
	end

	# it goes wrong once: one more record that blames no case, and every case has its verdict
	while read -r mode at status verdict; do
		proxied "$mode" "$at"
		run "once/$mode-$at" "$status" ' [2-9] boots,' --boot "$work/boot.sh" --engines \
			jit --batch 1 --timeout 3 \
			alu/neg64 alu/neg32
		has 1 "$verdict" 'id=session/unattributed.*'
		has 21 PASS
		end
	done <<-EOT
	kill 1 1 CRASH
	kill 2 1 CRASH
	stop 3 1 TIMEOUT
	flip 2 3 LOST
	splat 3 1 CRASH
	EOT
	holds "the kernel's words are not in the record" in_results 'WARNING: CPU: 0 PID: 1' \
		--columns console

	# one instruction kills it: that one is found, and no other
	proxied poison 0x387
	run culprit/dies 1 boots --boot "$work/boot.sh" --engines jit alu/neg64 alu/neg32
	has 1 CRASH
	has 1 CRASH id=alu/neg64/r3
	has 20 PASS
	end
	proxied poison-stop 0x387
	run culprit/hangs 1 boots --boot "$work/boot.sh" --engines jit --timeout 2 \
		'alu/neg64/r[2-4]' alu/neg32
	has 1 TIMEOUT
	has 1 TIMEOUT id=alu/neg64/r3
	has 13 PASS
	end
	proxied poison 0xff87
	run culprit/quarantine 1 boots --boot "$work/boot.sh" --engines jit --max-crashes 2 \
		alu/neg64 jmp/ja
	has 2 CRASH
	has 8 NOTRUN
	has 0 PASS 'id=alu/.*'
	has + PASS 'id=jmp/.*'
	end

	# Ctrl-C, and on from there
	proxied interrupt 4
	run interrupt/partial 3 'stopped by a signal' --boot "$work/boot.sh" --batch 1 alu/neg64 \
		alu/neg32
	holds 'it looks complete' no_file "$dir/arm64.jsonl"
	holds 'not marked partial' in_results partial
	has 0 LOST
	has + PASS
	end
	cp -r "$dir" "$work/interrupt.resumed"
	run interrupt/resumed 0 ' 1 boot,' --resume --batch 1 alu/neg64 alu/neg32
	verdicts >"$work/resumed"
	holds 'not the same as an uninterrupted run' cmp -s "$work/healthy" "$work/resumed"
	holds 'a partial file is left' no_file "$dir/arm64.partial.jsonl"
	holds 'a second verdict' sh -c "! grep -q 'second verdict' '$log'"
	end

	# two at a time
	proxied kill 2
	(run pair/ill 1 boots --boot "$work/boot.sh" --engines jit --batch 1 alu/neg32 &&
		has 1 CRASH && has 11 PASS && end) >"$work/pair" &
	pair=$!
	run pair/well 0 ' 1 boot,' --engines jit alu/neg32
	has 11 PASS
	end
	wait $pair
	cat "$work/pair"
	grep -q '^ok' "$work/pair" || failures=$((failures + 1))

	# no space left: 4 KiB for the console and 4 for the records
	mkdir "$work/full"
	if ! mount -t tmpfs -o size=8k none "$work/full" 2>"$work/mount"; then
		skip guest/disk-full "$(head -n 1 "$work/mount")"
		return
	fi
	mkdir "$work/full/run"
	ln -s "$work/full/run" "$work/guest.disk-full"
	run guest/disk-full 3 'No space left on device' alu/neg64 alu/neg32
	holds 'it looks complete' no_file "$dir/arm64.jsonl"
	holds 'it goes on' grep -q 'results cannot be written' "$log"
	holds 'the records are not readable' in_results 'PASS' --columns verdict
	end
}

# ---- wrong arguments ----

input() {
	program=$O/checkjit image=$work initrd=/dev/null
	mkdir -p "$work/cases/alu"
	printf 'case x\n\tprog\n\t\tr3 = \n\tend\n' >"$work/cases/alu/x.case"
	run input/malformed 2 'alu/x.case:3:[0-9]+: ' --cases "$work/cases"
	end
	run input/unknown-id 2 "no case matches 'alu/nothing'" alu/nothing
	end
	run input/unknown-vector 2 "no case matches 'alu/neg64/r0.99999'" alu/neg64/r0.99999
	end
	run input/bad-engine 2 "unknown engine 'foo'" --engines 'jit foo' alu/neg64
	end
	run input/no-engine 2 'no engine' --engines ' ' alu/neg64
	end
	run input/bad-number 2 "timeout '0'" --timeout 0 alu/neg64
	end
	run input/bad-image 3 'kernel is missing' alu/neg64
	end
	run input/bad-known 2 'known.txt:1' --known "$work/known.txt" alu/neg64
	end
	: >"$work/file"
	run input/bad-out 3 'Not a directory|File exists' --out "$work/file/x" alu/neg64
	end
}

# an expectation that the model contradicts is an error of the case, not of a JIT
wrong_model() {
	mkdir -p "$work/wrong/cases/alu"
	printf '%b' 'case x\n\tprog\n\t\tr3 = 7\n\tend\n\tvec r1=1 -> r3=7\n\tvec r1=2 -> r3=8\n' \
		'case y\n\tprog\n\t\tr3 = 7\n\tend\n' \
		>"$work/wrong/cases/alu/x.case"
	run input/wrong-literal 3 ' 1 boot,' --cases "$work/wrong/cases" alu
	has $engines ERROR id=alu/x/one 'file=.*/x.case' 'reason=.*alu/x.case:6: model: .*'
	has 0 FAIL
	has $((2 * engines)) PASS
	end
}

# make NAME STATUS PATTERN VARIABLE...: make run, fast
make_run() {
	begin "make/$1"
	log=$work/make.log
	status=$2 pattern=$3
	shift 3
	t=$(date +%s)
	timeout 300 make -s --no-print-directory run O="$O" RUN="$work/none" "$@" >"$log" 2>&1 \
		</dev/null
	rc=$?
	# make says 2 for whatever a recipe says; the code is in its message
	code=$(sed -n 's/^make\(\[[0-9]*\]\)*: \*\*\*.* Error \([0-9]*\)$/\2/p' "$log" | tail -n 1)
	[ $rc -eq 2 ] && [ "${code:-0}" -eq "$status" ] ||
		because "exit status $rc, $code, not $status"
	grep -qE -e "$pattern" "$log" || because "no line with /$pattern/"
	[ $(($(date +%s) - t)) -le 30 ] || because "it took $(($(date +%s) - t)) s"
	end
}

# guests_of RUN: the processes that have it on their command line
guests_of() {
	grep -laF -- "$1" /proc/[0-9]*/cmdline 2>/dev/null
}

# A service manager or timeout(1) sends SIGTERM to the job alone.
job_term() {
	begin make/term
	log=$work/term.log
	ARCH=arm64 RUN=$work/term WARM=0 "$checkjit" job run >"$log" 2>&1 </dev/null &
	job=$!
	seconds=0
	while [ ! -s "$work/term/arm64.console" ] && [ $seconds -lt 120 ]; do
		sleep 1
		seconds=$((seconds + 1))
	done
	holds 'no guest' guests_of "$work/term" >/dev/null
	kill $job
	wait $job
	rc=$?
	[ $rc -eq 3 ] || because "exit status $rc, not 3"
	grep -q 'interrupted' "$log" || because 'it does not say that it was interrupted'
	[ -z "$(guests_of "$work/term")" ] || because 'a guest is left'
	end
}

make_level() {
	tree=$work/tree
	mkdir -p "$tree/kernel/bpf" "$tree/include/uapi"
	echo 'VERSION = 7' >"$tree/Makefile"
	: >"$tree/Kconfig"
	echo one >"$tree/kernel/bpf/core.c"
	printf -- '--- a/kernel/bpf/core.c\n+++ b/kernel/bpf/core.c\n@@ -1 +1 @@\n-two\n+three\n' \
		>"$work/bad.patch"
	make_run ambiguous-arch 2 'ambiguous.*x86_64' ARCH=x86
	make_run unknown-arch 2 "'foo' is unknown.*arm64" ARCH=foo
	make_run bad-kernel 2 'does not exist.*expected' ARCH=arm64 KERNEL="$work/nothing"
	make_run bad-patches 2 'nothing does not exist' ARCH=arm64 KERNEL="$tree" \
		PATCHES="$work/nothing"
	make_run patch-does-not-apply 3 'bad.patch does not apply.*core.c' ARCH=arm64 \
		KERNEL="$tree" PATCHES="$work/bad.patch"
	make_run unknown-id 2 "alu/nothing" ARCH=arm64 ID=alu/nothing
	make_run unknown-cases 2 "nothing/" ARCH=arm64 CASES='nothing/*'
	make_run bad-engine 2 "foo" ARCH=arm64 ENGINES=foo
	job_term
}

echo 'alu/x jit * REJECT' >"$work/known.txt"
for part in $parts; do
	case $part in
	fake) fake ;;
	real)
		real
		wrong_model
		;;
	input) input ;;
	make) make_level ;;
	*)
		echo "session.sh: no part '$part' (expected fake, real, input or make)" >&2
		exit 2
		;;
	esac
done
finish
