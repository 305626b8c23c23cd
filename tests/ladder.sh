#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# `make ladder` with a checkjit that pretends to run: which releases, what becomes of one that does
# not come up, exit codes. The table: tests/unit/report_ladder.c.
set -u
top=$(cd "$(dirname "$0")/.." && pwd) || exit 3
cd "$top" || exit 3

case ${1-} in -h | --help) echo "usage: tests/ladder.sh" && exit 0 ;; esac
# shellcheck source=tests/lib.sh
. tests/lib.sh

cat >"$work/fake" <<END
#!/bin/sh
# what the real one does, but for runs: those of 6.1 work, others do not
case \$1 in
job)
	[ "\$KERNEL" = debian:6.1 ] || { echo 'images: Debian has no such kernel' >&2 && exit 2; }
	mkdir -p "\$RUN" && cp "$work/run.jsonl" "\$RUN/\$ARCH.jsonl"
	cp "$work/run.stats" "\$RUN/\$ARCH.stats"
	echo "\$CASES" >"$work/cases"
	exit 1
	;;
esac
exec "$checkjit" "\$@"
END
chmod +x "$work/fake"
cat >"$work/run.jsonl" <<'END'
{"run":{"arch":"x86_64","kernel":"6.1.0-57-amd64","engines":["interp"],"caps":{},"planned":1}}
{"id":"regress/interp_sdiv_min/one","arch":"x86_64","engine":"interp","verdict":"PASS","vectors":1}
{"totals":{"records":1,"pass":1}}
END
cat >"$work/run.stats" <<'END'
engine=interp seconds=2.0 cases=10 checks=100
engine=jit seconds=1.0 cases=10 checks=100
engine=all seconds=4.5 cases=20 checks=200
END
# climb NAME STATUS PATTERN SETTING...
climb() {
	_name=$1 _status=$2 _pattern=$3
	shift 3
	expect "$_name" "$_status" "$_pattern" env CHECKJIT="$work/fake" ARCH=x86_64 \
		RUN="$work/ladder" "$@" runners/ladder.sh
}
climb columns 0 '^\| bug \| 6.1 \| 6.99 \| what it is' KERNELS='6.1 6.99'
says row '^\| interp_tailcall_stack|regress/interp_tailcall_stack/one \| - \| - \|'
says untested '^6.99 is not testable: Debian has no such kernel$'
says speed '^\| 6.1 \| 4.5 \| 50 \| 100 \| - \|$'
grep -q '^regress .*verifier_callback_unused/one' "$work/cases"
result $? cases "not those of the rows: $(cat "$work/cases")"
climb none 3 '6.99 is not testable' KERNELS=6.99
expect no-run 2 "no/such: .*expected results, or a file|no such run" "$checkjit" ladder x86_64 \
	"$work/no/such"
expect no-arch 2 'no results of arm64' "$checkjit" ladder arm64 "$work/ladder/x86_64/6.1"
expect arguments 2 'expected ARCH and at least one RUN' "$checkjit" ladder x86_64
expect unknown-arch 2 'vax' env ARCH=vax runners/ladder.sh
finish
