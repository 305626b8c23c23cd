#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# A branch of a remote repository as a source tree in the cache.
set -u
here=$(cd "$(dirname "$0")" && pwd) || exit 3
. "$here/lib.sh"

help() {
	cat <<EOF
usage: git-tree.sh git:URL[#BRANCH[@COMMIT]]
Print "git:URL#BRANCH@COMMIT TREE": the newest commit of BRANCH, or COMMIT, and the
tree in the cache where it is checked out. BRANCH may be a tag; without it, it is
the branch that the repository has checked out.

The repository is fetched without its history, and what is there is not fetched
again: with COMMIT mostly nothing is. Each branch has one tree, so that the next
commit compiles only what it changes.
EOF
}

case ${1-} in -h | --help) help && exit 0 ;; esac
[ $# -eq 1 ] || { help >&2 && exit 2; }
spec=$1

parse() {
	url=${spec#git:} branch=HEAD commit=''
	case $url in *'#'*) branch=${url#*#} url=${url%%#*} ;; esac
	case $branch in
	*@*)
		commit=${branch##*@}
		if [ ${#commit} -eq 40 ] && [ -z "$(echo "$commit" | tr -d 0-9a-f)" ]; then
			branch=${branch%@*}
		else
			commit=''
		fi
		;;
	esac
	{ [ -n "$url" ] && [ -n "$branch" ]; } ||
		bad "KERNEL=$spec (expected git:URL#BRANCH)"
}

# fetch REF: a ref of $url becomes $ref here
fetch() {
	say "fetching $1 of $url"
	GIT_TERMINAL_PROMPT=0 git -C "$repo" fetch -q --depth=1 --no-tags -- "$url" "+$1:$ref" \
		</dev/null >"$repo.log" 2>&1 && return
	if grep -q "find remote ref" "$repo.log"; then
		bad "KERNEL=$spec: no $1 in $url (expected a branch or a tag of it)"
	fi
	TAIL=3 fail_log "$repo.log" "fetching $1 of $url"
}

checkout() {
	[ "$(git -C "$tree" rev-parse -q --verify HEAD 2>/dev/null)" != "$commit" ] || return 0
	if [ ! -e "$tree/.git" ]; then
		need_space "$CACHE" 2000 "a source tree of $url"
		rm -rf "$tree"
		git -C "$repo" worktree prune
		git -C "$repo" worktree add -q -f --detach --no-checkout "$tree" "$commit" \
			>"$repo.log" 2>&1 || TAIL=3 fail_log "$repo.log" "making a tree of $url"
	fi
	git -C "$tree" checkout -q --force --detach "$commit" >"$repo.log" 2>&1 ||
		TAIL=3 fail_log "$repo.log" "checking out $commit of $url"
}

parse
need_cmd git build
name=$(echo "$url" | short_hash)
repo=$CACHE/git/$name.git
tree=$CACHE/git/$(echo "$url#$branch" | short_hash)
ref=refs/checkjit/${tree##*/}
lock "$repo.lock"
[ -d "$repo" ] || git init -q --bare "$repo" || die "git init failed in $repo"
if [ -z "$commit" ]; then
	fetch "$branch"
	commit=$(git -C "$repo" rev-parse -q --verify "$ref^{commit}") ||
		bad "KERNEL=$spec: $branch of $url is no commit (expected a branch or a tag)"
elif ! git -C "$repo" cat-file -e "$commit^{commit}" 2>/dev/null; then
	fetch "$commit"
fi
checkout
echo "git:$url#$branch@$commit $tree"
