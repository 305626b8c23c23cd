#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Run `checkjit job JOB` in checkjit's directory, where JOB is run, repro, images, ...; make would
# hide its exit code.
set -u
cd "$(dirname "$0")/.." || exit 3
O=${O:-build}
[ -x "$O/checkjit" ] || {
	echo "run.sh: $O/checkjit is missing (\`make all\` makes it)" >&2 && exit 3
}
exec "$O/checkjit" job "$@"
