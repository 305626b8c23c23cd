#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Debian's newest source of something, without touching the machine's apt state.
set -u
here=$(cd "$(dirname "$0")" && pwd) || exit 3
. "$here/lib.sh"

SUITE=trixie-backports
SOURCES=trixie

help() {
	cat <<EOF
usage: debian-source.sh linux-source | SOURCE_PACKAGE
Fetch and unpack into the cache, once, and print the directory:
  linux-source    the newest linux-source-X.Y of $SUITE, or of the machine's
                  own suites if theirs is newer
  SOURCE_PACKAGE  upstream's part of this source package of $SOURCES
The mirror is the one that the machine's apt uses; apt's lists live in the cache;
the debian-archive-keyring verifies them.
EOF
}

case ${1-} in -h | --help) help && exit 0 ;; esac
[ $# -eq 1 ] || { help >&2 && exit 2; }
what=$1

need_cmd apt-get
need_cmd dpkg-deb
state=$CACHE/apt
log=$CACHE/apt.log
lock "$CACHE/apt.lock"

private() {
	_cmd=$1
	shift
	"$_cmd" -q -o Dir::State="$state" -o Dir::State::status="$state/status" -o Dir::Cache="$state" \
		-o Dir::Etc::sourcelist="$state/sources.list" -o Dir::Etc::sourceparts=- \
		-o Dir::Etc::main=- -o Dir::Etc::parts=- -o APT::Sandbox::User= "$@"
}

mirrors() {
	apt-get indextargets --format '$(SITE) $(RELEASE) $(ORIGIN)' 2>/dev/null |
		awk '/security/ { next } $3 == "Debian" { print $1; next } $3 == "" { print $1 }' | sort -u
}

# The first of the machine's mirrors that has the suites
private_state() {
	[ -f "$state/ok" ] && [ -z "$(find "$state/ok" -mmin +1440)" ] && return
	for keyring in /usr/share/keyrings/debian-archive-keyring.gpg /usr/share/keyrings/debian-archive-keyring.pgp ''; do
		[ ! -e "$keyring" ] || break
	done
	[ -n "$keyring" ] || die "the debian-archive-keyring is missing (images/deps.sh build installs it)"
	mkdir -p "$state/lists/partial" "$state/archives/partial"
	: >"$state/status"
	say "asking Debian for the newest kernel source"
	for mirror in $(mirrors); do
		cat >"$state/sources.list" <<-EOF
		deb [signed-by=$keyring] $mirror $SUITE main
		deb-src [signed-by=$keyring] $mirror $SOURCES main
		EOF
		if private apt-get update -o APT::Update::Error-Mode=any >"$log" 2>&1; then
			: >"$state/ok"
			return
		fi
	done
	[ -s "$state/sources.list" ] || die "no Debian mirror in this machine's apt configuration (give KERNEL= a source tree)"
	[ ! -e "$state/ok" ] || { say "no network: using yesterday's package lists" && return; }
	TAIL=4 fail_log "$log" "apt-get update of a private package list"
}

# version and package of the newest linux-source-X.Y that $1 (private or env) sees
newest() {
	_p=$("$1" apt-cache pkgnames linux-source- 2>/dev/null | grep -xE 'linux-source-[0-9]+\.[0-9]+' | sort -V | tail -n 1)
	[ -n "$_p" ] || return
	"$1" apt-cache show --no-all-versions "$_p" | awk -v p="$_p" '/^Version:/ { print $2, p; exit }'
}

linux_source() {
	via=private
	best=$(newest private)
	own=$(newest env)
	if [ -n "$own" ] && { [ -z "$best" ] || dpkg --compare-versions "${own% *}" gt "${best% *}"; }; then
		via=env best=$own
	fi
	[ -n "$best" ] || die "no linux-source package in $SUITE (give KERNEL= a source tree)"
	package=${best#* }
	to=$CACHE/src/$package-${best% *}
	[ ! -d "$to" ] || return 0
	make_cache "$CACHE/src"
	need_space "$CACHE/src" 2200 "the kernel source"
	say "fetching $package ${best% *}"
	cd "$state/archives" || die "cannot enter $state/archives"
	"$via" apt-get download "$package" >"$log" 2>&1 || TAIL=4 fail_log "$log" "fetching $package"
	deb=$(find "$PWD" -name "${package}_*.deb")
	dpkg-deb --fsys-tarfile "$deb" | tar -xOf - "./usr/src/$package.tar.xz" |
		"$here/unpack.sh" - "$to" || exit
	rm -f "$deb"
}

# Only upstream's tarball: it is what gets built, and some mirrors lack the rest.
source_package() {
	to=$(find "$CACHE/src" -maxdepth 1 -type d -name "$what-*" ! -name "*.tmp" 2>/dev/null | sort -V | tail -n 1)
	[ -z "$to" ] || return 0
	private_state
	make_cache "$CACHE/src"
	say "fetching the source of $what"
	cd "$state/archives" || die "cannot enter $state/archives"
	private apt-get source --download-only --tar-only --only-source "$what" >"$log" 2>&1 || TAIL=4 fail_log "$log" "fetching $what"
	tar=$(find "$PWD" -name "${what}_*.orig.tar.*" ! -name "*.asc" | sort -V | tail -n 1)
	[ -n "$tar" ] || die "apt-get source $what gave no tarball (log: $log)"
	version=${tar##*_}
	to=$CACHE/src/$what-${version%%.orig.*}
	NEED=100 "$here/unpack.sh" "$tar" "$to" || exit
	rm -f "$tar"
}

if [ "$what" = linux-source ]; then
	private_state
	linux_source
else
	source_package
fi
echo "$to"
