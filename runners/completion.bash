# SPDX-License-Identifier: GPL-2.0
# Completion for bash: jobs, settings, their values and ids of cases, for checkjit anywhere and for
# make in a checkout. `checkjit complete` knows the words. Source this file; `make install` puts it
# where bash looks for it.
# shellcheck shell=bash

# _checkjit_complete PROGRAM DOOR: COMPREPLY for the command line of DOOR, make or checkjit
_checkjit_complete() {
	local line=${COMP_LINE:0:COMP_POINT} word before
	# bash splits at = and :, which belong to our words
	word=${line##*[[:blank:]]}
	before=$word
	[[ $word != *[=:]* ]] || before=${word##*[=:]}
	local -a words
	read -ra words <<<"${line%"$word"}"
	mapfile -t COMPREPLY < <("$1" complete "$2" "${words[@]:1}" "$word" 2>/dev/null)
	# bash wants only what stands behind the last = or :
	COMPREPLY=("${COMPREPLY[@]#"${word%"$before"}"}")
	[[ ${#COMPREPLY[@]} -ne 1 || $COMPREPLY != *[=/] ]] || compopt -o nospace 2>/dev/null
}

_checkjit() {
	_checkjit_complete "$1" checkjit
}

# what completes make elsewhere
_checkjit_before=''
if declare -F _comp_load >/dev/null; then
	_comp_load make
elif declare -F _completion_loader >/dev/null; then
	_completion_loader make
fi
_checkjit_before=$(complete -p make 2>/dev/null | sed -n 's/.* -F \([^ ]*\) .*/\1/p')
[[ $_checkjit_before != _checkjit_make ]] || _checkjit_before=''

_checkjit_make() {
	if [[ -f cmd/settings.def && -x ${O:-build}/checkjit ]]; then
		_checkjit_complete "${O:-build}/checkjit" make
	elif [[ -n $_checkjit_before ]]; then
		"$_checkjit_before" "$@"
	fi
}

complete -o bashdefault -o default -F _checkjit checkjit
complete -o bashdefault -o default -F _checkjit_make make
