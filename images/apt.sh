# SPDX-License-Identifier: GPL-2.0
# Debian's archive without touching the machine's apt state. Source it after lib.sh.
# shellcheck shell=sh disable=SC2034 # used by the scripts that source this

# Where the newest kernels are, where sources come from, and where older kernels are kept.
NEWEST=trixie-backports
SOURCES=trixie
RELEASES='trixie bookworm'
# what apt says where an index does not match its Release file
mismatch='Hash Sum mismatch|unexpected size'
KEYRING=/usr/share/keyrings/debian-archive-keyring

# private COMMAND ARGUMENT...: an apt command on the state that apt_use chose
private() {
	_cmd=$1
	shift
	"$_cmd" -q -c "$state/apt.conf" "$@"
}

# The machine's configuration still says how to reach the mirror. Its hooks are not for our state,
# and where it keeps no cache (images of containers), apt would parse the lists in each command.
write_conf() {
	cat >"$state/apt.conf.$$" <<-EOF || return
	Dir::State "$state";
	Dir::State::status "$state/status";
	Dir::Cache "$state";
	Dir::Cache::pkgcache "pkgcache.bin";
	Dir::Cache::srcpkgcache "";
	Dir::Etc::sourcelist "$state/sources.list";
	Dir::Etc::sourceparts "-";
	APT::Sandbox::User "";
	APT::Architecture "$apt_arch";
	#clear APT::Architectures;
	APT::Architectures "$apt_arch";
	#clear APT::Update::Pre-Invoke;
	#clear APT::Update::Post-Invoke;
	#clear APT::Update::Post-Invoke-Success;
	EOF
	# at once: another process may be reading it
	mv "$state/apt.conf.$$" "$state/apt.conf"
}

# SITE SUITE ORIGIN of what the machine's own apt uses. Before its first update ORIGIN is missing.
# (`apt-get indextargets` knows them too, but parses all lists where apt keeps no cache.)
own_suites() {
	_lists=
	eval "$(apt-config shell _lists Dir::State::lists/d)"
	apt-get update --print-uris 2>/dev/null |
		sed -n "s|^'\(.*\)/dists/\([^/']*\)/InRelease' \([^ ]*\).*|\1 \2 \3|p" |
		while read -r _site _suite _file; do
			_origin=$(sed -n 's/^Origin: *//p; /^SHA256/q' "$_lists/$_file" 2>/dev/null)
			echo "$_site $_suite $_origin"
		done
}

# Does the machine's own apt use suites of other releases than $RELEASES?
other_releases() {
	own_suites | awk -v known="$RELEASES" '
		{ sub(/-.*/, "", $2) }
		index(" " known " ", " " $2 " ") == 0 { found = 1 }
		END { exit !found }'
}

# mirrors main|security: the sites of Debian, as far as their origin is known: a wrong one has no
# suite of ours, or no signature.
mirrors() {
	own_suites | awk -v want="$1" '
		$3 != "Debian" && $3 != "" { next }
		(want == "security") == ($1 " " $2 ~ /security/) { print $1 }' | sort -u
}

# source_lines REACH MIRROR: the lines of sources.list
source_lines() {
	case $1 in
	newest) echo "deb [signed-by=$keyring] $2 $NEWEST main" ;;
	tools) echo "deb [signed-by=$keyring] $2 $SOURCES main" ;;
	backports)
		r=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
		echo "deb [signed-by=$keyring] $2 $r-backports main"
		;;
	sources) echo "deb-src [signed-by=$keyring] $2 $SOURCES main" ;;
	all)
		for r in $RELEASES; do
			for suite in "$r" "$r-updates" "$r-backports"; do
				echo "deb [signed-by=$keyring] $2 $suite main"
			done
			for m in $(mirrors security); do
				echo "deb [signed-by=$keyring] $m $r-security main"
			done
		done
		;;
	esac
}

find_keyring() {
	for keyring in "$KEYRING.gpg" "$KEYRING.pgp"; do
		[ ! -e "$keyring" ] || return 0
	done
	die "the debian-archive-keyring is missing (images/deps.sh host installs it)"
}

# Debian gave an index that does not match, a moment ago: it still will.
refused_lately() {
	[ -f "$state/refused" ] && [ -n "$(find "$state/refused" -mmin -10)" ]
}

lists_fresh() {
	[ -f "$state/ok" ] && [ -z "$(find "$state/ok" -mmin +1440)" ]
}

# fetch_lists ARCH REACH: one attempt for each mirror. The archive updates an index and its Release
# file minutes apart: apt then reports a hash mismatch, and one more attempt is worth its time.
fetch_lists() {
	! refused_lately || return
	say "asking Debian for its packages ($1, $2)"
	for mirror in $(mirrors main); do
		source_lines "$2" "$mirror" >"$state/sources.list"
		for attempt in 1 2; do
			private apt-get update -o APT::Update::Error-Mode=any >"$log" 2>&1 && return
			grep -qE "$mismatch" "$log" || break
			[ $attempt = 2 ] || say "Debian's index for $apt_arch does not match" \
				"its Release file; trying once more"
		done
	done
	! grep -qE "$mismatch" "$log" || : >"$state/refused"
	return 1
}

# apt_use ARCH REACH: let `private` see Debian's packages for the dpkg architecture ARCH. REACH is
# newest (the suite with the newest kernels), all (every suite that holds kernels), tools (the
# programs of the release that these kernels are built with), backports (of this machine's own
# release) or sources.
# The lists are fetched at most once a day. Sets state, log, apt_arch. Returns 1 where only a part
# of the lists could be had; without any list it ends the script.
apt_use() {
	apt_arch=$1
	state=$CACHE/apt/$1-$2
	log=$state/log
	[ ! -d "$state" ] || write_conf
	! lists_fresh || return 0
	need_cmd apt-get
	need_cmd dpkg-deb
	find_keyring
	make_cache "$state/lists/partial"
	make_cache "$state/archives/partial"
	: >>"$state/status" && write_conf || die "no space left in $state"
	[ -n "$(mirrors main)" ] || die "no Debian mirror in this machine's apt configuration \
(give KERNEL= a source tree or a built kernel)"
	if (lock "$CACHE/apt.lock" && { lists_fresh || fetch_lists "$1" "$2"; }); then
		: >"$state/ok"
		return
	fi
	if grep -qE 'is not signed|NO_PUBKEY|EXPKEYSIG|BADSIG' "$log"; then
		TAIL=3 fail_log "$log" \
			"Debian's index for $apt_arch is not signed by $keyring; apt-get update"
	fi
	if [ -e "$state/ok" ]; then
		say "no answer from Debian: using the package lists of $(date -r "$state/ok" +%F)"
		return
	fi
	if [ -n "$(find "$state/lists" -maxdepth 1 -name '*_Packages*' -print -quit)" ]; then
		say "some of Debian's indexes for $apt_arch could not be had," \
			"going on without them (log: $log)"
		return 1
	fi
	if grep -qE "$mismatch" "$log"; then
		say "Debian's index for $apt_arch does not match its Release file," \
			"as in the middle of an update; try later (log: $log)"
		return 1
	fi
	TAIL=4 fail_log "$log" "apt-get update of a private package list (no network?)"
}

# apt_unpack PACKAGE...: the newest of these, below root/ of this directory, which holds no other
# .deb. Returns 1 where they cannot be had.
apt_unpack() {
	private apt-get download "$@" >"$log" 2>&1 || return 1
	for _deb in *.deb; do
		dpkg-deb -x "$_deb" root || die "cannot unpack $_deb (no space left?)"
	done
}

# memo_holds FILE: was FILE written after the lists that apt_use chose?
memo_holds() {
	[ -f "$1" ] && [ -z "$(find "$state/ok" -newer "$1" 2>/dev/null)" ]
}

# memo_write FILE TEXT: at once, since another process may be reading it
memo_write() {
	echo "$2" >"$1.$$" && mv "$1.$$" "$1" || die "cannot write $1"
}

# apt_fetch DIR PACKAGE=VERSION...: download into DIR; what is there already is not fetched again,
# and half a file is continued. Prints the files, one a line.
apt_fetch() {
	_dir=$1
	shift
	make_cache "$_dir/partial"
	for _p; do
		_f=$(find "$_dir" -maxdepth 1 -name "${_p%%=*}_*.deb" | head -n 1)
		if [ -z "$_f" ]; then
			(cd "$_dir/partial" && private apt-get download "$_p" >"$log" 2>&1) ||
				TAIL=4 fail_log "$log" "fetching ${_p%%=*}"
			_f=$(find "$_dir/partial" -name "${_p%%=*}_*.deb" | head -n 1)
			[ -n "$_f" ] && dpkg-deb -I "$_f" >/dev/null 2>"$log" ||
				die "${_p%%=*}: damaged download (log: $log)"
			mv "$_f" "$_dir/" || die "no space left in $_dir"
			_f=$_dir/${_f##*/}
		fi
		echo "$_f"
	done
}
