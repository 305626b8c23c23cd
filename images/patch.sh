#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# A source tree with PATCHES= on top.
set -u
here=$(cd "$(dirname "$0")" && pwd) || exit 3
. "$here/lib.sh"

help() {
	cat <<EOF
usage: PATCHES=... patch.sh TREE KEY LIVE
Print "NUMBER DIRECTORY": how many patch files were applied, and a copy of TREE
in the cache that has them. TREE (named by KEY, LIVE=1 if it may change) is not
written to. Calling it again renews only what has changed in TREE.

The patches are tried first, on copies of just the files that they touch, and
only then is the tree copied: what does not apply costs no time and no space.
EOF
}

case ${1-} in -h | --help) help && exit 0 ;; esac
[ $# -eq 3 ] || { help >&2 && exit 2; }
tree=$1 key=$2 live=$3

expand() {
	for p in $PATCHES; do
		if [ -d "$p" ]; then
			found=$(find "$p" -maxdepth 1 -name "*.*" |
				grep -E "\.(patch|mbox|mbx|diff)$" | LC_ALL=C sort)
			[ -n "$found" ] ||
				bad "PATCHES=$p holds no *.patch, *.mbox, *.mbx or *.diff"
			echo "$found"
		elif [ -r "$p" ]; then
			grep -q '^+++ ' "$p" ||
				grep -qi '^Content-Transfer-Encoding: base64' "$p" ||
				bad "PATCHES=$p is not a patch \
(expected a unified diff or mails with diffs)"
			echo "$p"
		else
			bad "PATCHES=$p does not exist \
(expected patches, mboxes or directories of them)"
		fi
	done
}

# the diffs of a file of mails, decoded if need be
plain() {
	if ! grep -qiE '^Content-Transfer-Encoding: (base64|quoted-printable)' "$1"; then
		cat "$1"
		return
	fi
	need_cmd git build
	rm -rf "$work/mails" && mkdir "$work/mails"
	git mailsplit -b -o"$work/mails" "$1" >/dev/null || return
	for mail in "$work/mails"/*; do
		git mailinfo "$work/message" "$work/diff" <"$mail" >/dev/null || return
		cat "$work/diff"
	done
}

# the files that a diff names, without the a/ and b/
touched() {
	sed -n -e 's/\r$//' -e 's/^\(---\|+++\) [^/]*\/\([^\t]*\).*/\2/p' \
		-e 's/^\(rename\|copy\) \(from\|to\) //p' "$1" | sort -u
}

need_cmd patch build
need_cmd rsync build
list=$(expand) || exit
number=$(echo "$list" | wc -l)
# shellcheck disable=SC2086 # file names without blanks: PATCHES is split at them
hash=$(cat $list | short_hash)
name=patched-$(echo "$key $hash" | short_hash)
to=$CACHE/overlay/$name
make_cache "$CACHE/overlay"
[ "$live" = 0 ] && [ -f "$to.done" ] && echo "$number $to" && exit

lock "$to.lock"
work=$CACHE/overlay/$name.work
rm -rf "$work"
mkdir "$work" "$work/tree" || die "cannot create $work"
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

for p in $list; do
	plain "$p" >"$work/patch" || die "cannot decode $p"
	touched "$work/patch" >"$work/files"
	while IFS= read -r f; do
		case /$f/ in */../*) bad "PATCHES=$p names a file outside the tree: $f" ;; esac
		# keep what an earlier patch created or removed
		if [ -f "$tree/$f" ] && ! grep -qxF -- "$f" "$work/all" 2>/dev/null; then
			mkdir -p "$work/tree/${f%/*}" && cp -p "$tree/$f" "$work/tree/$f" ||
				die "cannot copy $f"
		fi
		echo "$f" >>"$work/all"
	done <"$work/files"
	if ! (cd "$work/tree" && patch -p1 -E -f --no-backup-if-mismatch -r -) \
		<"$work/patch" >"$work/log" 2>&1; then
		awk '
			/^(patching|checking) file/ { f = $3 }
			/FAILED|can.t find|malformed|No file to patch/ { print "  " f ": " $0 }' \
			"$work/log" >&2
		file=$(awk '
			/^(patching|checking) file/ { f = $3 }
			/FAILED|malformed/ { print f; exit }' "$work/log")
		[ -n "$file" ] || file=$(head -n 1 "$work/files")
		die "$p does not apply to ${KERNEL:-$key}: $file" 4
	fi
	! grep -q 'with fuzz' "$work/log" || say "$p applied with fuzz"
done

# A copy made of hard links is safe for a tree in the cache: nothing writes into it, and patched
# files are new files.
sort -u "$work/all" | sed 's/^/\//' >"$work/skip"
if [ ! -d "$to" ]; then
	say "copying the sources for $number patch file(s)"
	need_space "$CACHE" 1800 "a patched copy of the sources"
fi
link=
[ "$live" = 1 ] || link="--link-dest=$tree"
rsync -a --delete ${link:+"$link"} --exclude-from="$work/skip" "$tree/" "$to/" >"$work/log" 2>&1 ||
	TAIL=3 fail_log "$work/log" "copying $tree"
rsync -rlpc "$work/tree/" "$to/" >"$work/log" 2>&1 ||
	TAIL=3 fail_log "$work/log" "copying patched files"
# removed by a patch
while IFS= read -r f; do
	[ -e "$work/tree$f" ] || rm -f "$to$f"
done <"$work/skip"
cp "$work/all" "$to.files"
: >"$to.done"
echo "$number $to"
