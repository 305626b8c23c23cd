# SPDX-License-Identifier: GPL-2.0
# Sourced: unset the settings of the jobs, so that a test does the same in every environment. O
# stays, and is exported. Guests are booted for the tests, whatever `make vm` keeps.
# shellcheck shell=sh
O=${O:-build}
_names=$("$O/checkjit" settings --unset) ||
	{ echo "tests: $O/checkjit is missing: \`make all\` makes it" >&2 && exit 3; }
# shellcheck disable=SC2086 # a list
unset $_names
WARM=0
export O WARM
