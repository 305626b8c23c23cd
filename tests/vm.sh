#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# make vm: one guest for many, one after the other. What clients do to it, and what is not taken for it.
set -u
top=$(cd "$(dirname "$0")/.." && pwd) || exit 3
cd "$top" || exit 3

case ${1-} in -h | --help) echo "usage: vm.sh" && exit 0 ;; esac
. tests/settings.sh
unset WARM BOOT
work=$(mktemp -d) || exit 3
keeper=
trap 'stop_keeper; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
failures=0

# a directory of our own: whoever keeps a guest in $O is not disturbed
tree=$(images/kernel.sh --tree) && image=$(images/build.sh arm64) && mkdir -p "$work/guests" &&
	runners/agent.sh arm64 "$tree" "$image" "$work/guests" || exit 3
ln -s "$top/$O/checkjit" "$work/checkjit"
case $O in /*) ln -sf "$O/checkjit" "$work/checkjit" ;; esac
KVM=0 CHECKJIT=$work/checkjit socket=$work/guests/arm64.vm

export KVM CHECKJIT

# ---- the words of a test ----

because() {
	why="${why:+$why; }$1"
}

holds() {
	text=$1
	shift
	"$@" || because "$text"
}

end() {
	if [ -z "$why" ]; then
		echo "ok vm/$name"
		return
	fi
	tail -n 15 "$work/out" | sed 's/^/#   /'
	sed 's/^/#   keeper: /' "$work/keeper.log"
	echo "not ok vm/$name: $why"
	failures=$((failures + 1))
}

# run.sh JOB as make runs it; the output in $work/out
job() {
	job=$1
	shift
	env O="$work" ARCH=arm64 "$@" timeout 60 runners/run.sh "$job" >"$work/out" 2>&1 </dev/null
}

start_keeper() {
	# a session of its own: one signal ends all of it
	env O="$work" ARCH=arm64 setsid runners/run.sh vm >"$work/keeper.log" 2>&1 </dev/null &
	keeper=$!
	wait_for ' is up '
}

stop_keeper() {
	[ -z "$keeper" ] || kill -INT "-$keeper" 2>/dev/null
	[ -z "$keeper" ] || wait "$keeper"
	keeper=
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
	name=$1 why=
	shift
	job repro ID=alu/neg64/r3 "$@" || because "exit status $?"
	[ "$(grep -c PASS "$work/out")" -eq "$("$CHECKJIT" run --list-engines | wc -l)" ] || because 'not PASS on every engine'
}

boots() { grep -c ' is up ' "$work/keeper.log"; }

# one of the keeper's clients, without a job
client() {
	VM_SOCKET=$socket "$CHECKJIT" repro --arch arm64 --image "$image" \
		--initrd "$work/guests/arm64.cpio" --cpu "$cpu" --boot runners/target/vm.sh --console "$work/console" "$@" >"$work/out" 2>&1
}

# the CPU: as in the guest that is kept
# shellcheck source=runners/qemu/arch/arm64.conf
cpu=$(CPU='' && . runners/qemu/arch/arm64.conf && echo "$CPU")

# ---- ----

name=start why=
start_keeper
[ -S "$socket" ] || because 'no socket'
end

repro first
end
repro second
grep -q 'not in the guest' "$work/out" && because 'it was not used'
end
# warm: neither of them booted
name=console why=
: >"$work/console"
client --id alu/neg64/r3 || because "exit status $?"
grep -q 'kept warm: boot 1, client 3' "$work/console" || because "its console: $(head -n 1 "$work/console")"
[ "$(boots)" -eq 1 ] || because "$(boots) boots"
end

name=fast why=
t=$(date +%s%N)
for _ in 1 2 3 4 5; do
	client --id alu/neg64/r3
done
ms=$((($(date +%s%N) - t) / 5000000))
[ $ms -lt 2000 ] || because "$ms ms for a case"
echo "# $ms ms for a case"
end

# one that has its request under way is killed: by its own signal, and with its helper
name=killed why=
: >"$work/console"
VM_SOCKET=$socket setsid "$CHECKJIT" run --arch arm64 --image "$image" --initrd "$work/guests/arm64.cpio" \
	--cpu "$cpu" --boot runners/target/vm.sh --out "$work/run" 'alu/*' >"$work/out" 2>&1 </dev/null &
client=$!
for _ in $(seq 100); do
	grep -q 'kept warm' "$work/run/arm64.console" 2>/dev/null && break
	sleep 0.1
done
sleep 0.5
# it is in use: another one boots its own
"$CHECKJIT" vm --socket "$socket" --ask --arch arm64 --image "$image" --initrd "$work/guests/arm64.cpio" --cpu "$cpu" >"$work/why"
[ $? -eq 1 ] || because 'it is lent twice'
grep -q 'another client has it' "$work/why" || because "busy: it says '$(cat "$work/why")'"
kill -KILL "-$client"
wait $client 2>/dev/null
wait_for ' is up ' 2
grep -qE 'a client left (in the middle of a request|without goodbye)' "$work/keeper.log" || because 'nobody noticed'
end
repro after-killed
[ "$(boots)" -eq 2 ] || because "$(boots) boots"
end

# the kernel dies of a case: its last words are in the client's console, and the next client has a new guest
name=crash why=
: >"$work/console"
client --id regress/interp_tailcall_stack/one --engines interp
rc=$?
[ $rc -eq 1 ] || because "exit status $rc, not 1"
grep -q 'CRASH' "$work/out" || because 'no CRASH'
grep -q 'Kernel panic' "$work/console" || because "the kernel's last words are not there"
wait_for ' is up ' 3
end
repro after-crash
[ "$(boots)" -eq 3 ] || because "$(boots) boots"
end

# ---- what is another guest ----

differs() {
	[ "$(grep -c 'not in the guest of .make vm.: '"$1" "$work/out")" -eq 1 ] || because "it does not say that it has another $1"
	[ "$(boots)" -eq 3 ] || because "$(boots) boots"
}

repro other-cpu QEMU_CPU=second
differs 'it has another CPU model'
end
repro other-append APPEND=loglevel=4
differs 'it has another APPEND'
end
cp -r "$image" "$work/image"
name=other-image why=
"$CHECKJIT" vm --socket "$socket" --ask --arch arm64 --image "$work/image" --initrd "$work/guests/arm64.cpio" --cpu "$cpu" >"$work/out"
[ $? -eq 1 ] || because 'it is taken for the same'
grep -q "another image than $work/image" "$work/out" || because 'it does not say why'
# and who joins all the same becomes the other guest
: >"$work/console"
image=$work/image client --id alu/neg64/r3 || because "joined: exit status $?"
grep -q 'another image' "$work/console" || because 'joined: it does not say why'
end
name=other-agent why=
cp "$work/guests/arm64.cpio" "$work/other.cpio" && echo x >>"$work/other.cpio"
"$CHECKJIT" vm --socket "$socket" --ask --arch arm64 --image "$image" --initrd "$work/other.cpio" --cpu "$cpu" >"$work/out"
[ $? -eq 1 ] || because 'it is taken for the same'
grep -q 'another agent' "$work/out" || because 'it does not say why'
end
n=$(grep -c . "$work/keeper.log")
repro not-wanted WARM=0
grep -q 'in the guest of' "$work/out" && because 'it speaks of it'
end

name=run why=
job run CASES='alu/neg64' RUN="$work/results" || because "exit status $?"
grep -q 'kept warm' "$work/results/arm64.console" || because 'it was not used'
end

# ---- sockets ----

name=second-keeper why=
job vm
rc=$?
[ $rc -eq 2 ] || because "exit status $rc, not 2"
grep -q 'another one keeps a guest there' "$work/out" || because 'it does not say why'
end

name=stop why=
stop_keeper
[ ! -e "$socket" ] || because 'the socket is left'
[ "$(grep -c . "$work/keeper.log")" -ge "$n" ] || because 'its words are lost'
end

name=stale why=
# the inode of one that was killed
start_keeper
kill -KILL "-$keeper"
wait "$keeper" 2>/dev/null
keeper=
[ -S "$socket" ] || because 'there is no stale socket to try'
end
repro stale-socket
end
name=stale-replaced why=
start_keeper
end
repro stale-replaced-used
grep -q 'not in the guest' "$work/out" && because 'it was not used'
end
stop_keeper

# a path that no unix address has room for
name=long-path why=
long=$work/$(printf '%0100d' 0)/$(printf '%0100d' 1)
mkdir -p "$long"
"$CHECKJIT" vm --socket "$long/s" --arch arm64 --image "$image" --initrd "$work/guests/arm64.cpio" --cpu "$cpu" >"$work/keeper.log" 2>&1 &
keeper=$!
wait_for ' is up '
socket=$long/s client --id alu/neg64/r3 || because "exit status $?"
kill -INT $keeper
wait $keeper || because "the keeper: exit status $?"
keeper=
end

name=does-not-boot why=
job vm APPEND=rdinit=/nothing
rc=$?
: >"$work/keeper.log"
[ $rc -eq 3 ] || because "exit status $rc, not 3"
grep -qi 'panic' "$work/out" || because 'no word of the panic'
[ ! -e "$work/guests/arm64.vm" ] || because 'the socket is left'
end
[ $failures -eq 0 ]
