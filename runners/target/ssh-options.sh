# SPDX-License-Identifier: GPL-2.0
# Sourced: how a board is spoken to.
# shellcheck shell=sh

# remote HOST COMMAND: nobody is there to be asked for a password; a board that died is noticed within 15 seconds
remote() {
	ssh -T -o BatchMode=yes -o LogLevel=ERROR -o ConnectTimeout=10 -o ServerAliveInterval=5 -o ServerAliveCountMax=3 -- "$@"
}
