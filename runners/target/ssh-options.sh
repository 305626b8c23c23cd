# SPDX-License-Identifier: GPL-2.0
# Sourced: ssh options for a board.
# shellcheck shell=sh

# remote HOST COMMAND: never asks for a password; notices a dead board within 15 seconds
remote() {
	ssh -T -o BatchMode=yes -o LogLevel=ERROR -o ConnectTimeout=10 \
		-o ServerAliveInterval=5 -o ServerAliveCountMax=3 -- "$@"
}
