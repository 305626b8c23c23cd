#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# HOSTS=: units on several machines: sshd in network namespaces, or on loopback ports where those
# cannot be made. One of them disappears while it works. The merged run is the same whatever the
# shards and machines were.
set -u
top=$(cd "$(dirname "$0")/.." && pwd) || exit 3
cd "$top" || exit 3

help() {
	cat <<EOT
usage: tests/hosts.sh [guests]
Units whose results are made up; guests: with guests of m68k.
EOT
}
case ${1-} in -h | --help) help && exit 0 ;; esac
# shellcheck source=tests/lib.sh
. tests/lib.sh
case $checkjit in /*) ;; *) checkjit=$top/$checkjit ;; esac

# ---- what is refused ----

job() {
	env ARCH=m68k "$@" "$checkjit" job run
}
: >"$work/empty"
printf '# none\n\n' >"$work/comments"
echo : >"$work/local"
expect no-file 2 "HOSTS=.*nowhere" job HOSTS="$work/nowhere"
expect empty 2 'no machine in it .expected one a line' job HOSTS="$work/empty"
expect comments 2 'no machine in it' job HOSTS="$work/comments"
expect shard 2 'HOSTS= and SHARD= exclude each other' job HOSTS="$work/local" SHARD=1/2
expect resume 2 'RESUME=1 needs RUN=' job HOSTS="$work/local" RESUME=1

if ! command -v parallel >/dev/null || [ ! -x /usr/sbin/sshd ]; then
	skip machines 'parallel or sshd is not installed (images/deps.sh hosts test)'
	finish
fi

# ---- machines ----

machines=
namespaces=
# descendants PID: the process and all below it
descendants() {
	echo "$1"
	for _child in $(ps -o pid= --ppid "$1"); do
		descendants "$_child"
	done
}
# no process of the machine goes on
kill_machine() {
	# shellcheck disable=SC2046 # a list
	kill -9 $(descendants "$1") 2>/dev/null
}
stop_machines() {
	for _pid in $machines; do
		kill_machine "$_pid"
	done
	for _net in $namespaces; do
		ip link del "$_net" 2>/dev/null
		ip netns del "$_net"
	done
}
trap 'stop_machines; rm -rf "$work"' EXIT

ssh=$work/ssh
mkdir -m 700 "$ssh"
[ "$(id -u)" != 0 ] || mkdir -p /run/sshd
ssh-keygen -q -t ed25519 -N '' -f "$ssh/host" && ssh-keygen -q -t ed25519 -N '' -f "$ssh/key" ||
	exit 3
cp "$ssh/key.pub" "$ssh/authorized"

# namespace NAME: a network namespace, at $address behind the link NAME of this machine
namespace() {
	_net=198.18.$(($$ % 256)) _host=$((${_host:-0} + 4))
	ip netns add "$1" 2>/dev/null || return
	namespaces="$namespaces $1" address=$_net.$((_host + 2))
	ip link add "$1" type veth peer name eth0 netns "$1" &&
		ip addr add "$_net.$((_host + 1))/30" dev "$1" && ip link set "$1" up &&
		ip -n "$1" addr add "$address/30" dev eth0 && ip -n "$1" link set eth0 up
}

# machine NAME: $_sshd is its sshd, on a free port of $address. At that SHLVL, bash reads no
# ~/.bashrc, which may do anything and take minutes.
machine() {
	address=127.0.0.1 _in=
	! namespace "cj$$$1" || _in="ip netns exec cj$$$1"
	for _port in $(seq $((20000 + $$ % 20000)) $((20200 + $$ % 20000))); do
		$_in /usr/sbin/sshd -D -e -f /dev/null -p "$_port" -h "$ssh/host" -o UsePAM=no \
			-o ListenAddress=$address -o "AuthorizedKeysFile=$ssh/authorized" \
			-o StrictModes=no -o PermitRootLogin=yes -o PidFile=none -o SetEnv=SHLVL=1 \
			>"$ssh/$1.log" 2>&1 &
		_sshd=$!
		until grep -q 'Server listening' "$ssh/$1.log" || ! kill -0 $_sshd 2>/dev/null; do
			sleep 0.1
		done
		kill -0 $_sshd 2>/dev/null && break
	done
	machines="$machines $_sshd"
	cat >>"$ssh/config" <<EOT
Host $1
	HostName $address
	Port $_port
	User $(id -un)
	IdentityFile $ssh/key
	UserKnownHostsFile /dev/null
	StrictHostKeyChecking no
	LogLevel ERROR
	BatchMode yes
EOT
	echo "1/ssh -F $ssh/config $1" >>"$work/hosts"
}
machine one
machine two
gone=$_sshd
if ! ssh -F "$ssh/config" two true 2>"$log"; then
	skip machines "sshd lets nobody in: $(tail -n 1 "$log")"
	finish
fi

if [ "${1-}" = guests ]; then
	for n in 1 3; do
		expect "guests/$n" 0 'pass:121 fail:0' env ARCH=m68k ENGINES=interp \
			CASES='alu/neg* alu/sdiv64' HOSTS="$work/hosts" SHARDS=$n \
			RUN="$work/guests$n" "$checkjit" job run
		sed 's/"start":"[^"]*"//' "$work/guests$n/m68k.jsonl" >"$work/guests$n.records"
	done
	cmp -s "$work/guests1.records" "$work/guests3.records"
	result $? guests/same 'other records with 3 shards than with 1'
	finish
fi

# ---- units: a program in checkjit's place that takes a second for its results ----

cat >"$work/unit-program" <<'EOT'
#!/bin/sh
[ "$1" != --version ] || { echo 'checkjit v1' && exit; }
sleep "${UNIT_SECONDS:-0.3}"
awk -v arch="$ARCH" -v shard="$SHARD" 'BEGIN {
	split(shard, part, "/")
	n = 1
	line[n++] = "{\"id\":\"frame/null/one\",\"engine\":\"interp\",\"verdict\":\"PASS\"}"
	for (i = 0; i < 40; i++) {
		if (i % part[2] != part[1] - 1)
			continue
		cases += 2
		line[n++] = "{\"id\":\"alu/op" i "/r1\",\"engine\":\"interp\",\"verdict\":\"" \
			(i == 7 ? "FAIL\",\"vector\":3" : "PASS\"") "}"
		line[n++] = "{\"id\":\"alu/op" i "/r2\",\"engine\":\"interp\",\"verdict\":\"PASS\"}"
		gen++
	}
	if (gen)
		line[n++] = "{\"id\":\"gen/f/op/*\",\"engine\":\"interp\",\"verdict\":\"PASS\"," \
			"\"cases\":" 3 * gen ",\"vectors\":" 9 * gen "}"
	print "{\"run\":{\"arch\":\"" arch "\",\"kernel\":\"7.3.4\",\"config_hash\":\"c0ffee\"," \
		"\"version\":\"v1\",\"start\":\"2026-01-02T03:04:05Z\"," \
		"\"sweep\":\"SWEEP=quick SEED=0 SHARD=" shard "\",\"engines\":[\"interp\"]," \
		"\"planned\":" 1 + cases + 3 * gen "}}"
	for (i = 1; i < n; i++)
		print line[i]
	fail = (7 % part[2] == part[1] - 1)
	print "{\"totals\":{\"records\":" n - 1 ",\"pass\":" 1 + cases - fail + 3 * gen \
		",\"fail\":" fail "}}"
}' >"$RUN/$ARCH.jsonl"
exit 1
EOT
chmod +x "$work/unit-program"

# units NAME HOSTS N [ARCH...]: run N shards of each arch into $work/NAME, and merge them
units() {
	_units=$work/$1 _hosts=$2 _n=$3
	shift 3
	[ $# -gt 0 ] || set -- m68k s390x
	mkdir -p "$_units/units"
	for _k in $(seq "$_n"); do
		for _arch; do
			echo "$_arch $_k $_n"
		done
	done >"$_units/units/list"
	CHECKJIT=$work/unit-program runners/hosts.sh "$_units/units" "$_hosts" 'checkjit v1' \
		"UNIT_SECONDS=${UNIT_SECONDS:-0.3}" &&
		"$checkjit" merge --out "$_units" "$_units"/units/*/ &&
		{ "$checkjit" results --summary "$_units" | sed "s|$_units|RUN|"; } >"$_units.text"
}

# same NAME: all outputs of that run are those of the run whole
same() {
	_differs=
	for _file in m68k.jsonl s390x.jsonl m68k.ktap.gz s390x.ktap.gz junit.xml matrix.txt; do
		cmp -s "$work/whole/$_file" "$work/$1/$_file" || _differs="$_differs $_file"
	done
	for _run in whole "$1"; do
		gunzip -c "$work/$_run/kcidb.json.gz" |
			sed "s/:$_run\\//:RUN\\//g" >"$work/$_run.kcidb"
	done
	cmp -s "$work/whole.kcidb" "$work/$1.kcidb" || _differs="$_differs kcidb.json"
	cmp -s "$work/whole.text" "$work/$1.text" || _differs="$_differs summary"
	[ -z "$_differs" ]
	result $? "$1/same" "other$_differs"
}

units whole "$work/local" 1 >"$log" 2>&1
result $? whole "$(tail -n 3 "$log")"
grep -q 'pass:400 fail:2' "$work/whole.text"
result $? whole/all "$(grep Totals "$work/whole.text")"
units three "$work/hosts" 3 >"$log" 2>&1
result $? three "$(tail -n 3 "$log")"
used=$(awk -F'\t' 'NR > 1 { print $2 }' "$work/three/units/joblog" | sort -u | wc -l)
equals 2 "$used"
result $? three/machines "$used machines had units"
same three

# in any order
mkdir "$work/backwards"
# shellcheck disable=SC2046 # a list
"$checkjit" merge --out "$work/backwards" $(ls -dr "$work"/three/units/*/) >"$log" 2>&1
result $? backwards "$(cat "$log")"
cmp -s "$work/three/m68k.jsonl" "$work/backwards/m68k.jsonl"
result $? backwards/same

# ---- a machine disappears while it works ----

UNIT_SECONDS=1 units killed "$work/hosts" 5 >"$log" 2>&1 &
pid=$!
until [ "$(ps -o pid= --ppid "$gone" | wc -l)" -gt 0 ] || ! kill -0 $pid 2>/dev/null; do
	sleep 0.1
done
sleep 0.5
if [ -n "$namespaces" ]; then
	# the other side hears nothing more
	ip link set "cj$$two" down
else
	kill_machine "$gone"
fi
wait $pid
result $? killed "$(tail -n 3 "$log")"
equals 10 "$(awk -F'\t' 'NR > 1 && $7 == 0' "$work/killed/units/joblog" | wc -l)"
result $? killed/elsewhere "$(cut -f 2,7 "$work/killed/units/joblog" | xargs)"
same killed

# ---- parts that are missing, or do not fit ----

mkdir "$work/gap"
expect gap 3 'm68k: part 2 of 3 is missing on interp' "$checkjit" merge --out "$work/gap" \
	"$work/three/units/m68k-1of3" "$work/three/units/m68k-3of3"
[ -s "$work/gap/m68k.partial.jsonl" ] && [ ! -e "$work/gap/m68k.jsonl" ]
result $? gap/partial
expect twice 3 'have the same cases on the same engines' "$checkjit" merge --out "$work/gap" \
	"$work/three/units/m68k-1of3" "$work/whole/units/m68k-1of1"
cp -r "$work/three/units/m68k-2of3" "$work/other"
sed -i 's/c0ffee/decaf/' "$work/other/m68k.jsonl"
expect other 3 'another kernel configuration: decaf .expected c0ffee' "$checkjit" merge \
	--out "$work/gap" "$work/three/units/m68k-1of3" "$work/other"
expect no-parts 2 'expected --out RUN' "$checkjit" merge --out "$work/gap"
expect version 3 'checkjit v1 .expected checkjit v2' env CHECKJIT="$work/unit-program" \
	runners/unit.sh 'checkjit v2' m68k 1 1

# what is missing runs, and nothing else
sed -i '$d' "$work/three/units/joblog"
rm -r "$work/three/units/$(tail -n 1 "$work/three/units/list" | sed 's/ \(.*\) /-\1of/')"
before=$(wc -l <"$work/three/units/joblog")
units three "$work/local" 3 >"$log" 2>&1
result $? again "$(tail -n 3 "$log")"
equals $((before + 1)) "$(wc -l <"$work/three/units/joblog")"
result $? again/alone "$(cut -f 2,9 "$work/three/units/joblog")"
same three
finish
