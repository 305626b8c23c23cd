#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#SBATCH --job-name=checkjit
#SBATCH --array=0-4
#SBATCH --cpus-per-task=2
#SBATCH --mem=2G
#SBATCH --time=08:00:00
#SBATCH --output=checkjit-%A-%a.log
set -u

help() {
	cat <<EOT
usage: sbatch docs/ci/slurm.sh
A job array with a task for each arch, submitted from the top directory of a
checkout that all nodes share, after \`make\`. The tasks write into one run,
results/slurm-JOB. \$HOME/.cache/checkjit on the shared disk keeps kernels; for
one cache a node, export XDG_CACHE_HOME with a directory of the node.
A report of all arches, once they are done:
  sbatch --dependency=afterany:JOB --wrap 'RUN=results/slurm-JOB runners/run.sh report'
environment: ARCHES (x86_64 arm64 riscv32 s390x m68k; --array must fit), and the
settings of \`make run\`
EOT
}
case ${1-} in -h | --help) help && exit 0 ;; esac

cd "${SLURM_SUBMIT_DIR:-.}" || exit 3
# shellcheck disable=SC2086 # a list
set -- ${ARCHES:-x86_64 arm64 riscv32 s390x m68k}
task=${SLURM_ARRAY_TASK_ID:-0}
[ "$task" -lt $# ] || {
	echo "slurm.sh: task $task of $# architectures (expected --array=0-$(($# - 1)))" >&2
	exit 2
}
shift "$task"
export ARCH="$1" RUN="results/slurm-${SLURM_ARRAY_JOB_ID:-local}" J="${SLURM_CPUS_PER_TASK:-1}"
exec runners/run.sh run
