#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The program that afl-fuzz drives, called in place of checkjit with its arguments. fuzz.sh sets the
# environment.
set -u
case ${1-} in
-h | --help)
	echo "usage: afl.sh fuzz-target ARGUMENT..." \
		"(CHECKJIT, CORPUS, AFL_OUT, AFL_ROLE, LIMIT in the environment)" && exit 0
	;;
esac

AFL_AUTORESUME=1 AFL_SKIP_CRASHES=1 AFL_IMPORT_FIRST=1 AFL_FAST_CAL=1 AFL_NO_STARTUP_CALIBRATION=1
# a guest gains nothing from one core's cache, and dumps no core
AFL_NO_AFFINITY=1 AFL_SKIP_CPUFREQ=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1
# time for several boots on a busy host; our own timeout for a hung guest is much shorter
AFL_FORKSRV_INIT_TMOUT=300000
# lets the target write its numbers
AFL_KILL_SIGNAL=15
# beside the program where it was built, or where `make install` puts it
AFL_CUSTOM_MUTATOR_LIBRARY=$(dirname "$CHECKJIT")/libcheckjit-mutator.so
[ -e "$AFL_CUSTOM_MUTATOR_LIBRARY" ] ||
	AFL_CUSTOM_MUTATOR_LIBRARY=$(dirname "$CHECKJIT")/../lib/checkjit/libcheckjit-mutator.so
AFL_CUSTOM_MUTATOR_ONLY=1
export AFL_AUTORESUME AFL_SKIP_CRASHES AFL_IMPORT_FIRST AFL_FAST_CAL AFL_NO_STARTUP_CALIBRATION \
	AFL_NO_AFFINITY AFL_SKIP_CPUFREQ AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES \
	AFL_FORKSRV_INIT_TMOUT AFL_KILL_SIGNAL AFL_CUSTOM_MUTATOR_LIBRARY AFL_CUSTOM_MUTATOR_ONLY
if [ "$LIMIT" -gt 0 ]; then
	set -- -V "$LIMIT" -- "$CHECKJIT" "$@"
else
	set -- -- "$CHECKJIT" "$@"
fi
# shellcheck disable=SC2086 # -M NAME
exec afl-fuzz -m none -t 600000 $AFL_ROLE -i "$CORPUS" -o "$AFL_OUT" "$@"
