#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# A boot script: the agent as a program on another machine.
set -u
here=$(cd "$(dirname "$0")" && pwd) || exit 3
me=target
. "$here/../lib.sh"
. "$here/ssh-options.sh"

help() {
	cat <<EOT
usage: ssh.sh ARCH ssh:USER@HOST AGENT
Copy AGENT to HOST and run it there, its stdin and stdout on file descriptor 3;
what it and HOST's kernel say goes to stderr. Needs a login without a password,
as root. A HOST that was there before (then \$SEEN exists) is waited for: a
case may have made it boot.
EOT
}

case ${1-} in -h | --help) help && exit 0 ;; esac
[ $# -eq 3 ] || { help >&2 && exit 2; }
host=${2#ssh:} agent=$3 SEEN=${SEEN-}

copy() {
	# shellcheck disable=SC2016 # for the other side
	_keep='f=$(mktemp /tmp/checkjit-agent.XXXXXX) && cat >"$f" && chmod 700 "$f" && echo "$f"'
	remote "$host" "$_keep" <"$agent" 3>&-
}

# the caller enforces a time limit
until there=$(copy); do
	[ -e "$SEEN" ] || die "$host cannot be reached, or the agent not be copied to its /tmp"
	sleep 2
done
case $there in
/tmp/checkjit-agent.??????) ;;
*)
	die "$host answers '$(echo "$there" | head -n 1)' \
(expected the name of a file that the shell there has made)"
	;;
esac
[ -z "$SEEN" ] || : >"$SEEN"
# no `exec` there: the file must be removed afterwards
remote "$host" "$there --stdio; rc=\$?; rm -f $there; exit \$rc" <&3 >&3 3>&-
