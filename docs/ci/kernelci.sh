#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Send a run to KernelCI. The node that runs checkjit is an external CI system for it.
set -u

help() {
	cat <<EOT
usage: docs/ci/kernelci.sh [RUN]
Send kcidb.json.gz of RUN (default: of the newest below results/) to KernelCI with
kcidb-submit. kernelci@lists.linux.dev gives the credentials, and an origin.
environment: GOOGLE_APPLICATION_CREDENTIALS (file of the credentials),
KCIDB_PROJECT (kernelci-production), KCIDB_TOPIC (playground_kcidb_new, where
anybody may try)
EOT
}
case ${1-} in -h | --help) help && exit 0 ;; esac

cd "$(dirname "$0")/../.." || exit 3
run=${1:-$(ls -td results/*/kcidb.json.gz 2>/dev/null | head -n 1)}
run=${run%/kcidb.json.gz}
[ -s "$run/kcidb.json.gz" ] || {
	echo "kernelci.sh: no kcidb.json.gz in '$run' (expected the directory of a run)" >&2
	exit 2
}
command -v kcidb-submit >/dev/null || {
	echo "kernelci.sh: kcidb-submit is missing (it is a part of github.com/kernelci/kcidb)" >&2
	exit 3
}
gunzip -c "$run/kcidb.json.gz" |
	kcidb-submit -p "${KCIDB_PROJECT:-kernelci-production}" \
		-t "${KCIDB_TOPIC:-playground_kcidb_new}"
