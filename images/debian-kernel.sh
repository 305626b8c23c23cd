#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The kernels that Debian distributes in binary form.
set -u
here=$(cd "$(dirname "$0")" && pwd) || exit 3
. "$here/lib.sh"
. "$here/apt.sh"

help() {
	cat <<EOF
usage: debian-kernel.sh list ARCH
       debian-kernel.sh find ARCH [VERSION]
       debian-kernel.sh default ARCH
       debian-kernel.sh get ARCH RELEASE
  list     every kernel that Debian has for ARCH, oldest first:
           RELEASE PACKAGE_VERSION SUITE
  find     the release that KERNEL=debian:VERSION means: the newest whose release
           or version is VERSION or begins with it (6.12, 6.18.15, 7.3.4+deb13);
           without VERSION the newest of $NEWEST
  default  the release that a run of ARCH takes when KERNEL= is not given: one of
           the version that would be built from source, or a newer one, with a
           BPF JIT; nothing is printed where there is none, and the reason said
  get      fetch it once, and print its directory (see binary.sh --help)
Nothing is installed. Exit codes: 0; 2 no such kernel; 3 it cannot be had.
EOF
}

case ${1-} in -h | --help) help && exit 0 ;; esac
case ${1-}:$# in list:2 | find:[23] | default:2 | get:3) ;; *) help >&2 && exit 2 ;; esac
job=$1
load_arch "$2"
[ -n "$DEBIAN" ] || {
	[ "$job" != default ] || exit 0
	bad "Debian has no kernel for $ARCH (give KERNEL=source, or a built kernel)"
}
debarch=${DEBIAN% *} flavour=${DEBIAN#* }
binaries=$CACHE/binary headers='' files=''

# rows: RELEASE VERSION PACKAGE SUITE of what the chosen lists hold, oldest first. A kernel has one
# package linux-image-RELEASE, signed or not, or, since 7.0, linux-binary-RELEASE and
# linux-base-RELEASE.
rows() {
	_names=$(private apt-cache pkgnames linux-image- |
		grep -E "^linux-image-[0-9][^_]*[0-9]-$flavour(-unsigned)?\$")
	# shellcheck disable=SC2086 # a list
	[ -z "$_names" ] || private apt-cache madison $_names |
		awk -F ' *[|] *' -v flavour="$flavour" '
	{
		gsub(/ /, "", $1)
		release = $1
		sub(/^linux-image-/, "", release)
		unsigned = sub(/-unsigned$/, "", release)
		if (release ~ /-(cloud|rt)-/ || !(release ~ "-" flavour "$"))
			next
		split($3, where, " ")
		sub(/\/main$/, "", where[2])
		key = release " " $2
		if (!(key in package) || !unsigned) {
			package[key] = $1
			suite[key] = where[2]
		}
	}
	END { for (k in package) print k, package[k], suite[k] }' | sort -k 2,2V
}

matches() {
	awk -v want="$1" '
	function begins(s) {
		return s == want ||
			(index(s, want) == 1 && substr(s, length(want) + 1, 1) ~ /[-+.~]/)
	}
	{ upstream = $2; sub(/-.*/, "", upstream) }
	begins($1) || begins($2) || upstream == want'
}

# Releases in the cache need no package list.
cached() {
	for d in "$binaries/$ARCH"-*; do
		[ -f "$d/kernel" ] && echo "${d##*/"$ARCH"-} $(cat "$d/version")"
	done | sort -k 2,2V | matches "$1" | tail -n 1
}

# nearest VERSION: some releases around one that does not exist
nearest() {
	{ rows && echo "$1 $1 wanted"; } | sort -k 2,2V | awk '
	{ release[NR] = $1; if ($3 == "wanted") at = NR }
	END {
		for (i = at - 2; i <= at + 2; i++)
			if (i != at && i in release) printf " %s", release[i]
	}'
}

find_release() {
	case $1 in
	*[!A-Za-z0-9.+~-]*)
		bad "KERNEL=debian:$1 is no version (expected one such as 6.12 or 7.3.4+deb13)"
		;;
	esac
	if [ -n "$1" ]; then
		row=$(cached "$1")
		[ -z "$row" ] || { echo "${row%% *}" && return; }
	fi
	for reach in newest all; do
		partial=
		apt_use "$debarch" $reach || partial=1
		row=$(rows | { [ -n "$1" ] && matches "$1" || cat; } | tail -n 1)
		[ -z "$row" ] || { echo "${row%% *}" && return; }
		[ -n "$1" ] || break
	done
	[ -z "$partial" ] || die "KERNEL=debian${1:+:$1}: not in the indexes that Debian gave; \
its archive may be in the middle of an update (log: $log)"
	[ -n "$1" ] ||
		bad "$NEWEST has no kernel for $ARCH (\`make kernels ARCH=$ARCH\` lists older ones)"
	bad "Debian has no kernel $1 for $ARCH (nearest:$(nearest "$1"))"
}

# sets release, version, package
look_up() {
	for reach in newest all; do
		apt_use "$debarch" $reach || :
		row=$(rows | awk -v r="$1" '$1 == r' | tail -n 1)
		[ -z "$row" ] || break
	done
	[ -n "$row" ] || bad "Debian has no kernel $1 for $ARCH any more"
	release=$1 version=$(echo "$row" | cut -d ' ' -f 2) package=$(echo "$row" | cut -d ' ' -f 3)
}

# package_version NAME: print the version that belongs to the kernel, or nothing if there is none
package_version() {
	private apt-cache madison "$1" 2>/dev/null |
		awk -F ' *[|] *' -v v="$version" '$2 == v { print v; exit }'
}

# best_version NAME: print the version that belongs to the kernel, or else the first one listed
best_version() {
	private apt-cache madison "$1" 2>/dev/null | awk -F ' *[|] *' -v v="$version" '
	{ if ($2 == v || !n++) best = $2 }
	END { print best }'
}

# The headers come first: they are small and contain the configuration.
fetch_headers() {
	[ -z "$headers" ] || return 0
	debs=$CACHE/debs/$ARCH-$release
	for p in "linux-headers-$release" "linux-headers-${release%-"$flavour"}-common"; do
		[ -n "$(package_version "$p")" ] || continue
		f=$(apt_fetch "$debs" "$p=$version") || exit
		headers=${headers:+$headers }$f
	done
}

# linux-kbuild contains programs, so it must match this machine's architecture.
fetch_kbuild() {
	host=$(dpkg --print-architecture)
	short=${release%-"$flavour"}
	for reach in newest all; do
		apt_use "$host" $reach || :
		# 6.1 has one for all of its releases
		for p in "linux-kbuild-$short" "linux-kbuild-${short%%.0-*}"; do
			v=$(best_version "$p")
			[ -z "$v" ] || break 2
		done
	done
	if [ -n "$v" ]; then
		f=$(apt_fetch "$debs" "$p=$v") || exit
		headers="$headers $f"
	fi
}

# The packages that contain the kernel: sets files.
fetch_image() {
	[ -z "$files" ] || return 0
	debs=$CACHE/debs/$ARCH-$release
	set -- "$package"
	[ -z "$(package_version "linux-binary-$release")" ] ||
		set -- "linux-binary-$release" "linux-base-$release"
	say "fetching $ARCH $release (Debian $version)"
	for p; do
		[ -n "$(package_version "$p")" ] ||
			bad "Debian has no $p any more, a part of this kernel"
	done
	for p; do
		f=$(apt_fetch "$debs" "$p=$version") || exit
		files="${files:+$files }$f"
	done
}

# sets config: that of the release that look_up found
fetch_config() {
	config=$binaries/$ARCH-$release/config
	[ ! -f "$config" ] || return 0
	config=$binaries/$ARCH-$release.config
	[ ! -s "$config" ] || return 0
	make_cache "$binaries"
	fetch_headers
	# of older releases Debian may keep just the kernel, which contains its configuration, too
	[ -n "$headers" ] || fetch_image
	# shellcheck disable=SC2086 # a list
	"$here/binary.sh" --config "$ARCH" ${headers:-$files} >"$config.$$" &&
		mv "$config.$$" "$config" || exit
}

get() {
	to=$binaries/$ARCH-$1
	[ ! -f "$to/kernel" ] || { echo "$to" && return; }
	look_up "$1"
	lock "$binaries/$ARCH-$1.lock"
	[ ! -f "$to/kernel" ] || { echo "$to" && return; }
	fetch_config
	config_has_jit "$config" ||
		bad "Debian's $release was built without CONFIG_BPF_JIT: it has no JIT to test"
	fetch_headers
	fetch_image
	[ -z "$headers" ] || fetch_kbuild
	# shellcheck disable=SC2086 # lists
	CONFIG=$config "$here/binary.sh" "$ARCH" "$to" $files $headers || exit
	echo "$version" >"$to/version"
	# shellcheck disable=SC2086 # a list
	rm -f "$binaries/$ARCH-$release.config" $files
	echo "$to"
}

# The answer holds until the lists are fetched again, or there is another source.
default_release() {
	source=$("$here/kernel.sh" --source-version) || exit
	apt_use "$debarch" newest || :
	memo=$state/default-$ARCH
	if memo_holds "$memo"; then
		read -r of release <"$memo"
		[ "$of" != "$source" ] || { echo "$release" && return; }
	fi
	row=$(rows | awk -v v="${source%%-*}" '
		{ upstream = $2; sub(/-.*/, "", upstream) }
		upstream == v' | tail -n 1)
	if [ -z "$row" ]; then
		row=$(rows | tail -n 1)
		_v=$(echo "$row" | cut -d ' ' -f 2)
		[ -n "$row" ] && dpkg --compare-versions "${_v%%-*}" gt "${source%%-*}" || return 0
	fi
	[ -n "$row" ] || return 0
	look_up "${row%% *}"
	fetch_config
	if config_has_jit "$config"; then
		memo_write "$memo" "$source $release"
		echo "$release"
	else
		say "$ARCH: Debian's $release was built without CONFIG_BPF_JIT," \
			"so that a kernel is built"
	fi
}

case $job in
list)
	apt_use "$debarch" all || :
	rows | while read -r release version _ suite; do echo "$release $version $suite"; done
	;;
find) find_release "${3-}" ;;
get) get "$3" ;;
default) default_release ;;
esac
