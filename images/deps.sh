#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Install missing Debian packages.
set -u
here=$(cd "$(dirname "$0")" && pwd) || exit 3
. "$here/lib.sh"

help() {
	cat <<EOF
usage: deps.sh [host | build | btf | fuzz | test | browser | slurm | hosts |
               ARCH]...
Install what images/packages lists for these purposes and is not there (no
argument: host, build and every architecture; an ARCH implies host and build).
As root or with sudo that asks no password it installs with apt-get; else it
prints the command and exits 3.
EOF
}

purposes='host build'
case ${1-} in
-h | --help) help && exit 0 ;;
'') purposes="$purposes $("$QEMU_DIR/arch.sh" --list | xargs)" ;;
esac
[ "$*" != host ] || purposes=
for p; do
	case $p in
	host | build | btf | fuzz | test | browser | slurm | hosts) ;;
	*) p=$("$QEMU_DIR/arch.sh" "$p") || exit ;;
	esac
	purposes="$purposes $p"
done

missing=
while read -r purpose needed package; do
	case $purpose in '' | '#'*) continue ;; esac
	case " $purposes " in *" $purpose "*) ;; *) continue ;; esac
	case $needed in
	/*) [ -e "$needed" ] && continue ;;
	*) command -v "$needed" >/dev/null && continue ;;
	esac
	case " $missing " in *" $package "*) ;; *) missing="$missing $package" ;; esac
done <"$here/packages"
[ -n "$missing" ] || exit 0

known() {
	apt-cache policy "$1" 2>/dev/null | grep -q 'Candidate: [0-9]'
}

# one name out of each a|b; empty when apt knows none
choose() {
	chosen=
	for alternatives in $missing; do
		name=
		for n in $(echo "$alternatives" | tr '|' ' '); do
			if known "$n"; then name=$n && break; fi
		done
		[ -n "$name" ] || return 1
		chosen="$chosen $name"
	done
}

command -v apt-get >/dev/null ||
	die "missing:$missing (no apt-get here; these are Debian's package names)"
as_root='sudo'
if [ "$(id -u)" = 0 ]; then
	as_root=
elif ! sudo -n true 2>/dev/null; then
	choose || chosen=$(echo "$missing" | sed 's/|[^ ]*//g')
	die "packages are missing; as root: apt-get install --no-install-recommends$chosen"
fi

log=$(mktemp) || die "no space left for a temporary file"
trap 'rm -f "$log"' EXIT
apt() {
	$as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y \
		-o DPkg::Lock::Timeout=300 "$@" >"$log" 2>&1 </dev/null
}

if ! choose; then
	apt update || fail_log "$log" "apt-get update"
	choose || die "apt knows no package for one of:$missing"
fi
say "installing:$chosen"
# shellcheck disable=SC2086 # a list
apt install --no-install-recommends $chosen || fail_log "$log" "apt-get install$chosen"
