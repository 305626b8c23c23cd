#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What HACKING.md promises of additions: a family, a capability and an engine are added to a copy
# of the checkout, touch just the files that HACKING.md names, and work in the checkjit that is
# built of them.
set -u
top=$(cd "$(dirname "$0")/.." && pwd) || exit 3
cd "$top" || exit 3

[ "${1-}" != --help ] || { echo "usage: tests/promises.sh" && exit 0; }
# shellcheck source=tests/lib.sh
. tests/lib.sh

# all that checkjit is built of
sources=
for f in *; do
	case $f in build* | results | tests | cases | docs) ;; *) sources="$sources $f" ;; esac
done
tree=$work/tree before=$work/before
# shellcheck disable=SC2086 # a list
mkdir "$tree" && cp -a $sources "$tree" || exit 3

# begin, then edits in $tree, then touched: the files that were changed, and the folders with new
# ones
begin() {
	rm -rf "$before"
	cp -a "$tree" "$before"
}
touched() {
	diff -rq "$before" "$tree" | sed -n \
		"s|^Files $before/\(.*\) and .*|\1|p; s|^Only in $tree/\(.*\): .*|\1/|p" | sort
}

# promised ROW: the paths in the row of HACKING.md's table that begins so
promised() {
	sed -n "s/^| $1 | \(.*\) |\$/\1/p" HACKING.md | grep -o '`[^`]*`' | tr -d '`' | sort
}

# keeps NAME ROW
keeps() {
	touched >"$work/touched"
	promised "$2" >"$work/promised"
	[ -s "$work/promised" ] && diff "$work/promised" "$work/touched" >"$log" 2>&1
	result $? "$1" "HACKING.md names other files"
}

# insert FILE BEGIN TEXT: behind the one line of FILE that begins with BEGIN
insert() {
	awk -v begin="$2" -v text="$3" \
		'{ print } index($0, begin) == 1 { print text; n++ } END { exit n != 1 }' \
		"$tree/$1" >"$work/new" &&
		cat "$work/new" >"$tree/$1" || echo "$1 has no line that begins with '$2'"
}

begin
cat >"$tree/gen/promise.c" <<'END'
#include "gen/dims.h"
#include "gen/families.h"
#include "gen/text.h"

static const char *const ops[] = { "kept" };

GEN_DIM(value, 3, "%u", i);

static void build(struct gen *g, u32 op, const u32 *at)
{
	(void)op;
	emit(g, "prog; r0 = %u; end; vec r1 in few64", at[0]);
}

const struct gen_family family_promise = {
	.name = "promise",
	.doc = "one that a test adds",
	.ops = ops,
	.nops = ARRAY_SIZE(ops),
	.dims = { &dim_value },
	.build = build,
};
END
insert gen/families.h '#define GEN_FAMILIES(X)' '	X(promise) \\'
keeps family 'a family of generated cases'

begin
insert proto/caps.h '#define CHECKJIT_CAPS(X)' \
	'	X(PROMISE, "promise", CAPF_NATIVE, "what a test adds") \\'
insert agent/caps.c 'static const struct probe probes[] = {' \
	'	{ CAP_PROMISE, JIT, .insns = { MOV(0, 0), EXIT() } },'
keeps capability 'a capability'

begin
insert proto/caps.h '#define CHECKJIT_CAPS(X)' \
	'	X(JIT_PROMISE, "jit_promise", 0, "an engine that a test adds") \\'
insert proto/engines.h '#define CHECKJIT_ENGINES(X)' \
	'	X(JIT_PROMISE, "jit_promise", ENGINE_NATIVE, 1, 0, 4, "none here") \\'
keeps engine 'an engine'

# make uses what is built already as far as it is still good
mkdir "$tree/build"
for f in "$O"/*; do
	case ${f##*/} in san | unit) ;; *) cp -a "$f" "$tree/build" ;; esac
done
make -s -C "$tree" O=build build/checkjit >"$log" 2>&1
result $? build
[ -x "$tree/build/checkjit" ] || finish
new=$tree/build/checkjit

expect family/listed 0 '^gen/promise +1 operations +3 cases' "$new" list --gen
expect family/cases 0 '^gen/promise/kept/2$' "$new" list gen/promise
mkdir "$work/cases"
printf 'case p\n\tneeds promise\n\tprog\n\tr0 = 1\n\tend\n\tvec r1 = 1\n' >"$work/cases/p.case"
expect capability/needs 0 '^local/p/one$' "$new" list --cases "$work/cases"
expect engine/known 2 'expected some of: jit_promise interp ' "$new" repro --engines none

# Every capability has a probe. Those of engines are probed by the list of engines.
for cap in $(sed -n 's/^\tX(\([A-Z0-9_]*\), .*/\1/p' proto/caps.h); do
	grep -q "CAP_${cap}[,; )]" agent/caps.c || grep -q "^	X(${cap}, " proto/engines.h ||
		echo "$cap"
done >"$work/unprobed"
[ ! -s "$work/unprobed" ]
result $? capability/probed "no probe for $(tr '\n' ' ' <"$work/unprobed")"

# no code knows an engine by its name
for engine in $(sed -n 's/^\tX([A-Z_]*, "\([a-z_]*\)", .*/\1/p' proto/engines.h); do
	# shellcheck disable=SC2086
	grep -rlF "\"$engine\"" --include='*.[ch]' $sources
done | sort -u | grep -vE '^proto/(caps|engines)\.h$' >"$work/named"
[ ! -s "$work/named" ]
result $? engine/named "named in $(tr '\n' ' ' <"$work/named")"
finish
