#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# make vm: one guest for many clients, one after the other. What clients do to it, and when it is
# not used.
set -u
top=$(cd "$(dirname "$0")/.." && pwd) || exit 3
cd "$top" || exit 3

case ${1-} in -h | --help) echo "usage: tests/vm.sh" && exit 0 ;; esac
# shellcheck source=tests/lib.sh
. tests/lib.sh
unset WARM
log=$work/out
keeper=''
trap 'stop_keeper; rm -rf "$work"' EXIT

# a directory of its own: a guest that is kept in $O is not disturbed
tree=$(images/kernel.sh --tree) && image=$(images/build.sh arm64) && mkdir -p "$work/guests" &&
	runners/agent.sh arm64 "$tree" "$image" "$work/guests" || exit 3
ln -s "$top/$O/checkjit" "$work/checkjit"
case $O in /*) ln -sf "$O/checkjit" "$work/checkjit" ;; esac
KVM=0 CHECKJIT=$work/checkjit socket=$work/guests/arm64.vm

export KVM CHECKJIT

# end_vm: as end, and where it fails the keeper's output is shown
end_vm() {
	[ -z "$why" ] || sed 's/^/#   keeper: /' "$work/keeper.log"
	end
}

# run.sh JOB as make runs it; the output in $work/out
job() {
	job=$1
	shift
	env O="$work" ARCH=arm64 "$@" timeout 300 runners/run.sh "$job" >"$log" 2>&1 </dev/null
}

start_keeper() {
	: >"$work/keeper.log" # there before it is read
	# a session of its own: one signal ends all of it
	env O="$work" ARCH=arm64 setsid runners/run.sh vm >"$work/keeper.log" 2>&1 </dev/null &
	keeper=$!
	wait_for ' is up '
}

stop_keeper() {
	[ -z "$keeper" ] || kill -INT "-$keeper" 2>/dev/null
	[ -z "$keeper" ] || wait "$keeper"
	keeper=''
}

# until the keeper has said $1, $2 times
wait_for() {
	for _ in $(seq 300); do
		[ "$(grep -c -- "$1" "$work/keeper.log")" -lt "${2:-1}" ] || return 0
		sleep 0.1
	done
	because "the keeper does not say '$1'"
}

# repro NAME VARIABLE=VALUE...: alu/neg64/r3 passes on all engines
repro() {
	begin "$1"
	shift
	job repro ID=alu/neg64/r3 "$@" || because "exit status $?"
	[ "$(grep -c PASS "$log")" -eq "$("$CHECKJIT" run --list-engines | wc -l)" ] ||
		because 'not PASS on every engine'
}

boots() {
	grep -c ' is up ' "$work/keeper.log"
}

# a client without a job
client() {
	VM_SOCKET=$socket "$CHECKJIT" repro --arch arm64 --image "$image" \
		--initrd "$work/guests/arm64.cpio" --cpu "$cpu" --boot runners/target/vm.sh \
		--console "$work/console" "$@" >"$log" 2>&1
}

# the CPU model of the guest that is kept
# shellcheck source=runners/qemu/arch/arm64.conf
cpu=$(CPU='' && . runners/qemu/arch/arm64.conf && echo "$CPU")

# ---- one guest, many clients ----

begin start
start_keeper
[ -S "$socket" ] || because 'no socket'
end_vm

repro first
end_vm
repro second
grep -q 'not in the guest' "$log" && because 'it was not used'
end_vm
# neither of them booted a guest
begin console
: >"$work/console"
client --id alu/neg64/r3 || because "exit status $?"
grep -q 'kept warm: boot 1, client 3' "$work/console" ||
	because "its console: $(head -n 1 "$work/console")"
[ "$(boots)" -eq 1 ] || because "$(boots) boots"
end_vm

begin fast
t=$(date +%s%N)
for _ in 1 2 3 4 5; do
	client --id alu/neg64/r3
done
ms=$((($(date +%s%N) - t) / 5000000))
[ $ms -lt 2000 ] || because "$ms ms for a case"
echo "# $ms ms for a case"
end_vm

# a client is killed while its request is in flight, together with its helper process
begin killed
: >"$work/console"
VM_SOCKET=$socket setsid "$CHECKJIT" run --arch arm64 --image "$image" --initrd \
	"$work/guests/arm64.cpio" \
	--cpu "$cpu" --boot runners/target/vm.sh --out "$work/run" 'alu/*' >"$log" 2>&1 </dev/null &
client=$!
for _ in $(seq 100); do
	grep -q 'kept warm' "$work/run/arm64.console" 2>/dev/null && break
	sleep 0.1
done
sleep 0.5
# while a client uses it, others boot their own
"$CHECKJIT" vm --socket "$socket" --ask --arch arm64 --image "$image" --initrd \
	"$work/guests/arm64.cpio" --cpu "$cpu" >"$work/why"
[ $? -eq 1 ] || because 'it is lent twice'
grep -q 'another client has it' "$work/why" || because "busy: it says '$(cat "$work/why")'"
kill -KILL "-$client"
wait $client 2>/dev/null
wait_for ' is up ' 2
grep -qE 'a client left (in the middle of a request|without goodbye)' "$work/keeper.log" ||
	because 'the keeper did not notice'
end_vm
repro after-killed
[ "$(boots)" -eq 2 ] || because "$(boots) boots"
end_vm

# a case crashes the kernel: its last messages are in the client's console, and the next client has
# a new guest
begin crash
: >"$work/console"
client --id regress/interp_tailcall_stack/one --engines interp
rc=$?
[ $rc -eq 1 ] || because "exit status $rc, not 1"
grep -q 'CRASH' "$log" || because 'no CRASH'
grep -q 'Kernel panic' "$work/console" || because "the kernel's last words are not there"
wait_for ' is up ' 3
end_vm
repro after-crash
[ "$(boots)" -eq 3 ] || because "$(boots) boots"
end_vm

# ---- when another guest is wanted ----

differs() {
	[ "$(grep -c 'not in the guest of .make vm.: '"$1" "$log")" -eq 1 ] ||
		because "it does not say that it has another $1"
	[ "$(boots)" -eq 3 ] || because "$(boots) boots"
}

repro other-cpu QEMU_CPU=second
differs 'it has another CPU model'
end_vm
repro other-append APPEND=loglevel=4
differs 'it has another APPEND'
end_vm
cp -r "$image" "$work/image"
begin other-image
"$CHECKJIT" vm --socket "$socket" --ask --arch arm64 --image "$work/image" --initrd \
	"$work/guests/arm64.cpio" --cpu "$cpu" >"$log"
[ $? -eq 1 ] || because 'it is taken for the same'
grep -q "another image than $work/image" "$log" || because 'it does not say why'
# a client that joins all the same gets the guest that is kept, and is told so
: >"$work/console"
image=$work/image client --id alu/neg64/r3 || because "joined: exit status $?"
grep -q 'another image' "$work/console" || because 'joined: it does not say why'
end_vm
begin other-agent
cp "$work/guests/arm64.cpio" "$work/other.cpio" && echo x >>"$work/other.cpio"
"$CHECKJIT" vm --socket "$socket" --ask --arch arm64 --image "$image" --initrd "$work/other.cpio" \
	--cpu "$cpu" >"$log"
[ $? -eq 1 ] || because 'it is taken for the same'
grep -q 'another agent' "$log" || because 'it does not say why'
end_vm
n=$(grep -c . "$work/keeper.log")
repro not-wanted WARM=0
grep -q 'in the guest of' "$log" && because 'it speaks of it'
end_vm

begin run
job run CASES='alu/neg64' RUN="$work/results" || because "exit status $?"
grep -q 'kept warm' "$work/results/arm64.console" || because 'it was not used'
end_vm

# ---- sockets ----

begin second-keeper
job vm
rc=$?
[ $rc -eq 2 ] || because "exit status $rc, not 2"
grep -q 'another one keeps a guest there' "$log" || because 'it does not say why'
end_vm

begin stop
stop_keeper
[ ! -e "$socket" ] || because 'the socket is left'
[ "$(grep -c . "$work/keeper.log")" -ge "$n" ] || because 'its words are lost'
end_vm

begin stale
# the socket of a keeper that was killed
start_keeper
kill -KILL "-$keeper"
wait "$keeper" 2>/dev/null
keeper=''
[ -S "$socket" ] || because 'there is no stale socket to try'
end_vm
repro stale-socket
end_vm
begin stale-replaced
start_keeper
end_vm
repro stale-replaced-used
grep -q 'not in the guest' "$log" && because 'it was not used'
end_vm
stop_keeper

# a path that is too long for a unix address
begin long-path
long=$work/$(printf '%0100d' 0)/$(printf '%0100d' 1)
mkdir -p "$long"
"$CHECKJIT" vm --socket "$long/s" --arch arm64 --image "$image" --initrd "$work/guests/arm64.cpio" \
	--cpu "$cpu" >"$work/keeper.log" 2>&1 &
keeper=$!
wait_for ' is up '
socket=$long/s client --id alu/neg64/r3 || because "exit status $?"
kill -INT $keeper
wait $keeper || because "the keeper: exit status $?"
keeper=''
end_vm

begin does-not-boot
job vm APPEND=rdinit=/nothing
rc=$?
: >"$work/keeper.log"
[ $rc -eq 3 ] || because "exit status $rc, not 3"
grep -qi 'panic' "$log" || because 'no word of the panic'
[ ! -e "$work/guests/arm64.vm" ] || because 'the socket is left'
end_vm
finish
