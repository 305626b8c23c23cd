#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The job behind `make attribute`: one case on all engines of all architectures; what fails, on other emulations too.
set -u
top=$(cd "$(dirname "$0")/.." && pwd) || exit 3
cd "$top" || exit 3

help() {
	cat <<EOT
usage: ID=ID attribute.sh
Run the case on every engine of ARCH (all), and say who stands alone, and whom to
suspect. Where it fails it is run again, with

  QEMU compiling one instruction at a time, which shuts out its optimizer, and
  QEMU2, another version of QEMU: a binary, or the directory that has it

and, by the run itself, on the arch's second CPU model. What passes there is a
suspect of emulation.

environment:
  RUN=…  take the verdicts from this run; nothing is run
  KERNEL PATCHES ARCH ENGINES J and the like, as for make run

Exit codes: 0 nobody fails, 1 somebody does, 2 usage, 3 infrastructure
EOT
}

die() {
	echo "attribute: $1" >&2
	exit "${2-3}"
}

case ${1-} in
-h | --help) help && exit 0 ;;
'') ;;
*) help >&2 && exit 2 ;;
esac
[ -n "${ID-}" ] || die "ID= is needed (\`make list\` shows all ids)" 2
O=${O:-build}
checkjit=$O/checkjit
[ -z "${RUN-}" ] || exec "$checkjit" attribute "$RUN" "$ID"
"$checkjit" list "$ID" >/dev/null || exit 2
[ "$("$checkjit" list "$ID" | wc -l)" -eq 1 ] || die "ID=$ID names more than one case (\`make list ID=…\` shows them)" 2
if [ -n "${QEMU2-}" ]; then
	[ -d "$QEMU2" ] || [ -x "$QEMU2" ] || die "QEMU2=$QEMU2 is neither a QEMU nor a directory of them" 2
fi

out=$(mktemp -d "$O/attribute.XXXXXX") || die "cannot make a directory in $O"
trap 'rm -rf "$out"' EXIT
trap 'exit 130' INT TERM
unset CASES CASE RESUME REQUIRE_JIT

# again NAME WHAT VARIABLE=VALUE...: the architectures where it fails, on another emulation
again() {
	_name=$1 _what=$2
	shift 2
	echo "attribute:$failing once more, with $_what" >&2
	env "$@" KVM=0 QEMU_CPU="${QEMU_CPU:-primary}" ARCH="$failing" RUN="$out/$_name" runners/run.sh run >"$out/log" 2>&1
	[ $? -ne 3 ] || ! grep -h '^\(run\|checkjit\): ' "$out/log" >&2
}

RUN=$out/run runners/run.sh run >"$out/log"
rc=$?
[ $rc -ne 2 ] || exit 2
[ -d "$out/run" ] && ls "$out/run"/*.jsonl >/dev/null 2>&1 || die "no verdicts"

failing=''
for f in "$out/run"/*.jsonl; do
	arch=${f##*/}
	arch=${arch%%.*}
	! "$checkjit" results "$out/run" --arch "$arch" --failures 2>/dev/null | grep -q . &&
		! grep -q '"verdict":"XFAIL"' "$f" || failing="$failing $arch"
done
if [ -n "$failing" ] && [ "${KVM-}" != 1 ]; then
	again one-insn 'one instruction at a time' ONE_INSN=1
	set -- --also "one instruction at a time=$out/one-insn"
	if [ -n "${QEMU2-}" ]; then
		again qemu2 "QEMU2=$QEMU2" QEMU_BIN="$QEMU2"
		set -- "$@" --also "$QEMU2=$out/qemu2"
	fi
fi
"$checkjit" attribute "$@" "$out/run" "$ID"
rc2=$?
[ $rc -ne 3 ] || [ $rc2 -ne 0 ] || rc2=3
exit $rc2
