#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# TARGET=: the agent as a program on another machine. The machine is a guest whose init knows
# nothing of checkjit, and ssh is a script that runs its commands here and the agent there; all
# the rest is what a board would see.
set -u
top=$(cd "$(dirname "$0")/.." && pwd) || exit 3
cd "$top" || exit 3

case ${1-} in -h | --help) echo "usage: tests/target.sh" && exit 0 ;; esac
# shellcheck source=tests/lib.sh
. tests/lib.sh

# ---- the machine ----

tree=$(images/kernel.sh --tree) && image=$(images/build.sh arm64) &&
	headers=$(images/headers.sh "$tree" arm64) &&
	mkdir -p "$O/guests" && runners/agent.sh arm64 "$tree" "$image" "$O/guests" || exit 3
gen=${XDG_CACHE_HOME:-$HOME/.cache}/checkjit/bin/gen_init_cpio
aarch64-linux-gnu-gcc -Os -std=gnu11 -Wall -Wextra -Werror -static -nostdlib -nostdinc \
	-ffreestanding -fno-stack-protector -fno-pie -no-pie \
	-isystem "$tree/tools/include/nolibc" -isystem "$headers" -include nolibc.h -o \
	"$work/board" tests/fakes/board.c || exit 3

mkdir "$work/bin"
cat >"$work/bin/ssh" <<EOT
#!/bin/sh
while [ "\$1" != -- ]; do shift; done
echo "\$2" >>$work/hosts
case \$3 in
'uname -m') echo aarch64 ;;
*--stdio*)
	agent=\${3%% *}
	cmp -s "\$agent" $O/guests/arm64.agent && echo same >>$work/copied
	for d in dev proc sys; do echo "dir /\$d 0755 0 0"; done >$work/list
	echo "nod /dev/console 0600 0 0 c 5 1" >>$work/list
	echo "file /init $work/board 0755 0 0" >>$work/list
	echo "file /agent \$agent 0755 0 0" >>$work/list
	$gen -t 0 $work/list >$work/cpio
	case \${APPEND-} in
	board=term) if [ -e $work/once ]; then APPEND=''; else : >$work/once; fi ;;
	esac
	exec 3<&0
	runners/qemu/boot.sh arm64 $image $work/cpio >&2
	rm -f "\$agent"
	;;
*) exec sh -c "\$3" ;;
esac
EOT
chmod +x "$work/bin/ssh"

# run NAME STATUS PATTERN VARIABLE=VALUE...: run.sh run, its exit status, and PATTERN in what it
# says
run() {
	begin "$1"
	status=$2 pattern=$3
	shift 3
	dir=$work/$name
	env PATH="$work/bin:$PATH" O="$O" RUN="$dir" "$@" timeout 300 runners/run.sh "${job:-run}" \
		>"$log" 2>&1 </dev/null
	rc=$?
	[ $rc -eq "$status" ] || because "exit status $rc, not $status"
	grep -qE -e "$pattern" "$log" || because "no line with /$pattern/"
}

console() {
	# after an oops the kernel's own words may come in the middle of a line
	tr -d '\r' <"$dir/arm64.console" 2>/dev/null |
		sed ':a;N;$!ba;s/\[ *[0-9.]*\] init (1): drop_caches: 1\n//g' | grep -qE -- "$1" ||
		because "the console has no '$1'"
}

# end_board: as end, and where it fails the board's console is shown
end_board() {
	[ -z "$why" ] || tail -n 20 "$dir/arm64.console" 2>/dev/null | sed 's/^/#   console: /'
	end
}

restored() {
	console 'board: bpf_jit_enable is 0$'
	console 'board: bpf_jit_harden is 1$'
	console 'board: panic_on_oops is 0$'
	console 'board: panic is 77$'
}

# ---- ssh ----

board=TARGET=ssh:root@board.example
run ssh 0 'pass:126 fail:0' $board CASES=alu/neg*
[ "$(sort -u "$work/hosts")" = root@board.example ] ||
	because "it spoke with $(sort -u "$work/hosts" | xargs)"
[ -s "$work/copied" ] || because "what ran is not the agent"
[ -z "$(find /tmp -maxdepth 1 -name 'checkjit-agent.*' -newer "$work/board")" ] ||
	because 'the agent is still in /tmp'
"$checkjit" results "$dir" --columns image,kernel >"$work/where"
cut -f 1 "$work/where" | grep -qx 'ssh:root@board.example' ||
	because 'the results do not name the machine'
cut -f 2 "$work/where" | grep -qxF "$(sed -n 's/^release=//p' "$image/meta")" ||
	because "the results do not have the machine's kernel"
console 'board: the agent ended with status 0$'
restored
# the guest's own console is silent at that level: it came by /dev/kmsg
console '^kernel: .*drop_caches: 1'
end_board

# with oops=panic undone the machine survives what the agent's worker dies of; the ssh that comes
# then boots it
run oops 0 'xfail:1 ' $board ID=regress/interp_tailcall_stack/one ENGINES=interp
[ "$(count "$dir" raw=CRASH)" -gt 0 ] || because 'no CRASH in the results'
console '^kernel: Internal error: Oops'
console 'the worker died of signal'
restored
end_board

run tainted 3 'this kernel has had an oops' $board ID=alu/neg64/r3 APPEND=board=oops
end_board

# ended by a signal at work: the first time only
run signal 1 'crash:1 ' $board CASES='alu/*' ENGINES=jit_hardened APPEND=board=term
console 'checkjit-agent: ended by signal 15'
console "board: the agent ended with status 3$"
restored
end_board

run user 3 'this needs root' $board ID=alu/neg64/r3 APPEND=board=user
end_board

job=repro run repro 0 'alu/neg64/r3' $board ID=alu/neg64/r3 ARCH=aarch64
end_board

# ---- what must not be ----

run here 2 'I_KNOW=1' TARGET=local ID=alu/neg64/r3
[ ! -e "$dir" ] || because 'it began a run'
end_board
run here/boot-script 3 'nothing' TARGET=local ID=alu/neg64/r3 I_KNOW=0
why=''
[ $rc -eq 2 ] || because "exit status $rc"
runners/target/local.sh arm64 local /bin/true >"$log" 2>&1 && because 'the boot script ran it'
end_board
run unknown 2 'expected ssh:USER@HOST' TARGET=serial:/dev/ttyS0 ID=alu/neg64/r3
end_board
run option 2 'no name of a machine' TARGET=ssh:-oProxyCommand=true ID=alu/neg64/r3
end_board
run kernel 2 'KERNEL=' $board ID=alu/neg64/r3 KERNEL=/
end_board
run several 2 'are several' $board ID=alu/neg64/r3 ARCH='arm64 m68k'
end_board
job=vm run vm 2 'is a machine' $board
end_board
printf '#!/bin/sh\necho "ssh: connect to host: No route to host" >&2\nexit 255\n' >"$work/bin/ssh"
run unreachable 3 'cannot be reached' $board ID=alu/neg64/r3 ARCH=arm64
end_board
run silent 3 'does not say what it is' $board ID=alu/neg64/r3
end_board
finish
