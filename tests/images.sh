#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# images/ and runners/qemu/*.sh without building or booting a kernel.
set -u
top=$(cd "$(dirname "$0")/.." && pwd) || exit 3
cd "$top" || exit 3

case ${1-} in -h | --help) echo "usage: tests/images.sh" && exit 0 ;; esac
# shellcheck source=tests/lib.sh
. tests/lib.sh
images=$top/images qemu=$top/runners/qemu
export XDG_CACHE_HOME="$work/cache"
mkdir "$XDG_CACHE_HOME"

# the smallest thing that passes for a kernel source tree
fake_tree() {
	mkdir -p "$1/kernel/bpf" "$1/arch/riscv/net" "$1/include/uapi"
	echo 'VERSION = 7' >"$1/Makefile"
	: >"$1/Kconfig"
	printf '*.o\n/include/config/\n.config\n' >"$1/.gitignore"
	printf 'one\ntwo\nthree\nfour\nfive\n' >"$1/kernel/bpf/core.c"
	printf 'int a;\nint b;\nint c;\n' >"$1/arch/riscv/net/jit.c"
}

# a patch that turns the line $2 of kernel/bpf/core.c into $3, context included
fake_patch() {
	cat >"$1" <<-EOP
	From: A Person <person@example.org>
	Subject: [PATCH] a change

	---
	--- a/kernel/bpf/core.c
	+++ b/kernel/bpf/core.c
	@@ -1,5 +1,5 @@
	 one
	 two
	-$2
	+$3
	 four
	 five
	EOP
}

state() {
	(cd "$1" && find . -exec stat -c '%n %s %Y %Z' {} + | LC_ALL=C sort &&
		find . -type f -exec sha256sum {} + | LC_ALL=C sort) | sha256sum
}

field() {
	sed -n "s/^$1=//p" "$log"
}

# names of architectures
for pair in aarch64:arm64 ARM64:arm64 s390:s390x amd64:x86_64 x86-64:x86_64 rv32:riscv32 \
	m68k:m68k; do
	expect "arch/${pair%:*}" 0 "^${pair#*:}\$" "$qemu/arch.sh" "${pair%:*}"
done
expect arch/ambiguous-x86 2 'ambiguous.*x86_64' "$qemu/arch.sh" x86
expect arch/ambiguous-riscv 2 'ambiguous.*riscv32' "$qemu/arch.sh" riscv
expect arch/unknown 2 'unknown.*arm64.*x86_64' "$qemu/arch.sh" vax
expect arch/none 2 'no architecture given' "$qemu/arch.sh"
expect arch/path 2 'no architecture' "$qemu/arch.sh" ../arch/m68k
expect arch/all-is-several 2 'all. is several.*m68k.*x86_64' "$qemu/arch.sh" all

# what ARCH= may hold: all is every conf, and each comes once
confs=$(cd "$qemu/arch" && echo *.conf | sed 's/\.conf//g')
expect arch/list-all 0 "^$confs\$" sh -c "$qemu/arch.sh --list all | xargs"
expect arch/list-once 0 "^$confs\$" sh -c "$qemu/arch.sh --list s390 all arm64 | sort | xargs"
expect arch/list-order 0 '^s390x arm64$' sh -c "$qemu/arch.sh --list s390 aarch64 arm64 | xargs"
expect arch/list-unknown 2 'vax. is unknown' "$qemu/arch.sh" --list all vax
expect arch/list-default 0 '^arm64 m68k riscv32 s390x x86_64$' sh -c "$qemu/arch.sh --list | xargs"

# every conf is complete, and is data
for arch in $confs; do
	conf=$qemu/arch/$arch.conf
	(
		set -e
		ALIASES='' KARCH='' CROSS='' IMAGE='' QEMU='' CPU='' CMDLINE='' SERIAL='' \
			QEMU_USER='' LAUNCH=''
		. "$conf"
		[ -z "$LAUNCH" ] || QEMU=- SERIAL=- QEMU_USER=-
		for v in "$ALIASES" "$KARCH" "$CROSS" "$IMAGE" "$QEMU" "$CPU" "$CMDLINE" "$SERIAL" \
			"$QEMU_USER"; do
			[ -n "$v" ] || { echo "a variable is missing" && exit 1; }
		done
		! grep -vnE '^(#.*|[A-Z0-9_]+=([^"$`; ]*|"[^"$`]*"))$' "$conf" || exit 1
		[ "$(grep -c = "$conf")" -le 16 ] || { echo "more than 16 variables" && exit 1; }
		[ -f "$images/kconfig/$arch.config" ] || { echo "no images/kconfig/$arch.config" &&
			exit 1; }
		grep -q "^$arch " "$images/packages" || { echo "not in images/packages" && exit 1; }
	) >"$log" 2>&1
	result $? "conf/$arch"
done

# every script explains itself
for s in "$images"/*.sh "$qemu"/*.sh; do
	case ${s##*/} in lib.sh | apt.sh) continue ;; esac
	expect "help/${s##*/}" 0 '^usage: ' "$s" --help
done

# bad arguments
fake_tree "$work/tree"
expect kernel/missing 2 'does not exist.*expected' env KERNEL="$work/nothing" "$images/kernel.sh"
mkdir "$work/empty"
expect kernel/not-a-tree 2 'not a kernel source tree.*expected' env KERNEL="$work/empty" \
	"$images/kernel.sh"
echo hello >"$work/file"
expect kernel/not-an-image 2 'neither a source tree' env KERNEL="$work/file" "$images/kernel.sh"
expect build/unknown-arch 2 'unknown' "$images/build.sh" vax
expect build/no-arch 2 'usage' "$images/build.sh"
expect build/kernel 2 'does not exist' env KERNEL="$work/nothing" "$images/build.sh" arm64
expect build/kconfig-add 2 'KCONFIG_ADD=what is neither' env KERNEL="$work/tree" KCONFIG_ADD=what \
	"$images/build.sh" x86_64
expect build/missing-compiler 3 'none-gcc is missing.*deps.sh' env KERNEL="$work/tree" \
	CROSS_COMPILE=none- "$images/build.sh" x86_64
expect boot/no-kernel 2 'kernel is missing' "$qemu/boot.sh" arm64 "$work/empty" "$work/file"
: >"$work/empty/kernel"
expect boot/no-initrd 2 'nothing is missing' "$qemu/boot.sh" arm64 "$work/empty" "$work/nothing"
expect initramfs/no-init 2 'nothing is missing' "$images/initramfs.sh" "$work/empty" \
	"$work/nothing" "$work/cpio"

# a clean tree is used where it is; one that was built in-tree is not written to
expect tree/clean 0 "^path=$work/tree\$" env KERNEL="$work/tree" "$images/kernel.sh"
fake_tree "$work/built"
: >"$work/built/.config"
mkdir "$work/built/include/config"
: >"$work/built/kernel/bpf/core.o"
before=$(state "$work/built")
expect tree/built 0 "^path=$XDG_CACHE_HOME/" env KERNEL="$work/built" "$images/kernel.sh"
copy=$(field path)
[ -f "$copy/kernel/bpf/core.c" ] && [ ! -e "$copy/kernel/bpf/core.o" ] && [ ! -e "$copy/.config" ]
result $? tree/built-copy-is-clean
[ "$before" = "$(state "$work/built")" ]
result $? tree/built-is-not-written

# a change, an addition and a removal follow; the rest keeps its time
unchanged=$(stat -c '%Y %Z' "$copy/kernel/bpf/core.c")
echo 'int changed;' >"$work/built/arch/riscv/net/jit.c"
echo new >"$work/built/kernel/new.c"
KERNEL=$work/built "$images/kernel.sh" >"$log" 2>&1
grep -q changed "$copy/arch/riscv/net/jit.c" && [ -f "$copy/kernel/new.c" ] &&
	[ "$unchanged" = "$(stat -c '%Y %Z' "$copy/kernel/bpf/core.c")" ]
result $? tree/refresh
rm "$work/built/kernel/new.c"
KERNEL=$work/built "$images/kernel.sh" >"$log" 2>&1
[ ! -e "$copy/kernel/new.c" ]
result $? tree/refresh-removal

# tarballs
tar -cJf "$work/linux.tar.xz" -C "$work" tree
expect tarball/good 0 "^path=$XDG_CACHE_HOME/" env KERNEL="$work/linux.tar.xz" "$images/kernel.sh"
[ -f "$(field path)/kernel/bpf/core.c" ]
result $? tarball/unpacked
tar -cf "$work/other.tar" -C "$work" file
expect tarball/no-tree 2 'holds no kernel source tree' env KERNEL="$work/other.tar" \
	"$images/kernel.sh"
head -c 300 "$work/linux.tar.xz" >"$work/cut.tar.xz"
expect tarball/truncated 3 'unpacking.*failed' env KERNEL="$work/cut.tar.xz" "$images/kernel.sh"

# patches
mkdir "$work/series"
fake_patch "$work/series/0001.patch" three THREE
fake_patch "$work/series/0002.patch" THREE 3
fake_patch "$work/bad.patch" thirty 30
before=$(state "$work/tree")
expect patches/series 0 '^patches=2$' env KERNEL="$work/tree" PATCHES="$work/series" \
	"$images/kernel.sh"
copy=$(field path)
grep -qx 3 "$copy/kernel/bpf/core.c"
result $? patches/applied
expect patches/does-not-apply 4 'bad.patch does not apply.*kernel/bpf/core.c' \
	env KERNEL="$work/tree" PATCHES="$work/series/0001.patch $work/bad.patch" \
	"$images/kernel.sh"
[ "$before" = "$(state "$work/tree")" ]
result $? patches/tree-is-not-written
# as b4 writes it: several mails in one file, in any encoding; the first is a cover letter
mkdir "$work/b4"
{
	printf 'From git@z Thu Jan  1 00:00:00 1970\nFrom: A <a@example.org>\n'
	printf 'Subject: [PATCH 0/2] two\n\n kernel/bpf/core.c | 2 +-\n\n--- \n2.47.0\n\n'
	printf 'From git@z Thu Jan  1 00:00:00 1970\nMIME-Version: 1.0\n'
	printf 'Content-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: 8bit\n'
	cat "$work/series/0001.patch"
	printf -- '-- \n2.47.0\n\n'
	printf 'From git@z Thu Jan  1 00:00:00 1970\nMIME-Version: 1.0\n'
	printf 'Content-Type: text/plain; charset=UTF-8\n'
	printf 'Content-Transfer-Encoding: quoted-printable\n'
	sed 's/=/=3D/g' "$work/series/0002.patch"
	printf -- '-- =\n\n2.47.0\n\n'
} >"$work/b4/20260101_two.mbx"
expect patches/b4 0 '^patches=1$' env KERNEL="$work/tree" PATCHES="$work/b4" "$images/kernel.sh"
grep -qx 3 "$(field path)/kernel/bpf/core.c"
result $? patches/b4/applied

# a source that does not compile: the first error, where it is, and the log
fake_tree "$work/broken"
cat >>"$work/broken/Makefile" <<'EOT'
allnoconfig:
	grep -v =n $(KCONFIG_ALLCONFIG) >$(O)/.config
vmlinux modules:
	@echo '$(CURDIR)/kernel/bpf/core.c:3:1: error: no such thing' >&2; false
EOT
if (command -v m68k-linux-gnu-gcc && command -v flex && command -v bison && command -v bc) \
	>/dev/null; then
	expect build/broken 4 \
		'building m68k failed: kernel/bpf/core.c:3:1: error: no such thing \(log: /' \
		env KERNEL="$work/broken" "$images/build.sh" m68k
else
	skip build/broken 'no tools to build a kernel'
fi

expect patches/missing 2 'does not exist' env KERNEL="$work/tree" PATCHES="$work/none.patch" \
	"$images/kernel.sh"
expect patches/not-a-patch 2 'not a patch' env KERNEL="$work/tree" PATCHES="$work/file" \
	"$images/kernel.sh"
expect patches/empty-directory 2 'holds no' env KERNEL="$work/tree" PATCHES="$work/empty" \
	"$images/kernel.sh"
printf -- '--- a/../../evil\n+++ b/../../evil\n@@ -0,0 +1 @@\n+x\n' >"$work/evil.patch"
expect patches/outside 2 'outside the tree' env KERNEL="$work/tree" PATCHES="$work/evil.patch" \
	"$images/kernel.sh"

# a live tree under patches: a change follows, what did not change keeps its time
unchanged=$(stat -c '%Y %Z' "$copy/kernel/bpf/core.c")
echo 'int changed;' >"$work/tree/arch/riscv/net/jit.c"
KERNEL=$work/tree PATCHES=$work/series "$images/kernel.sh" >"$log" 2>&1
grep -q changed "$copy/arch/riscv/net/jit.c" &&
	[ "$unchanged" = "$(stat -c '%Y %Z' "$copy/kernel/bpf/core.c")" ]
result $? patches/refresh

# an encoded mail, a new file and a removed one
{
	printf '%b' 'From 0 Mon Sep 17 00:00:00 2001\n' \
		'From: A <a@example.org>\nSubject: [PATCH] x\n' \
		'MIME-Version: 1.0\n'
	printf 'Content-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: base64\n\n'
	{
		printf '%b' 'text\n---\ndiff --git a/lib/new.c b/lib/new.c\n' \
			'new file mode 100644\n' \
			'--- /dev/null\n+++ b/lib/new.c\n@@ -0,0 +1 @@\n+int n;\n'
		printf '%b' 'diff --git a/arch/riscv/net/jit.c b/arch/riscv/net/jit.c\n' \
			'deleted file mode 100644\n' \
			'--- a/arch/riscv/net/jit.c\n+++ /dev/null\n@@ -1 +0,0 @@\n-int changed;\n'
	} | base64
} >"$work/mail.mbox"
expect patches/base64-mail 0 '^patches=1$' env KERNEL="$work/tree" PATCHES="$work/mail.mbox" \
	"$images/kernel.sh"
copy=$(field path)
[ -f "$copy/lib/new.c" ] && [ ! -e "$copy/arch/riscv/net/jit.c" ]
result $? patches/new-and-removed

# no space, no tool, no package
if [ "$(id -u)" = 0 ] && mkdir "$work/full" &&
	mount -t tmpfs -o size=2m none "$work/full" 2>/dev/null; then
	expect full/tarball 3 'no space left' env XDG_CACHE_HOME="$work/full" \
		KERNEL="$work/linux.tar.xz" "$images/kernel.sh"
	expect full/patches 3 'no space left' env XDG_CACHE_HOME="$work/full" KERNEL="$work/tree" \
		PATCHES="$work/series" "$images/kernel.sh"
	expect full/build 3 'no space left' env XDG_CACHE_HOME="$work/full" KERNEL="$work/tree" \
		CC=cc "$images/build.sh" x86_64
	umount "$work/full"
else
	skip full 'cannot mount a tmpfs'
fi
mkdir "$work/bin"
for t in sh dirname cat tr xargs id sed env mkdir sort grep head find readlink sha256sum cut; do
	ln -s "$(command -v $t)" "$work/bin/$t"
done
expect tools/qemu 3 'qemu-system-aarch64 is not installed.*deps.sh' env PATH="$work/bin" \
	"$qemu/boot.sh" arm64 "$work/empty" "$work/file"
expect tools/patch 3 'patch is missing.*deps.sh' env PATH="$work/bin" KERNEL="$work/tree" \
	PATCHES="$work/series" "$images/kernel.sh"
expect tools/empty-cross-compile 3 'aarch64-linux-gnu-gcc is missing' env PATH="$work/bin" \
	CROSS_COMPILE= KERNEL="$work/tree" "$images/build.sh" arm64
expect tools/no-apt 3 'missing.*gcc' env PATH="$work/bin" "$images/deps.sh" host
printf '#!/bin/sh\nexit 1\n' >"$work/bin/sudo"
printf '#!/bin/sh\necho 1000\n' >"$work/bin/fakeid"
printf '#!/bin/sh\necho "  Candidate: 1"\n' >"$work/bin/apt-cache"
cp "$work/bin/sudo" "$work/bin/apt-get"
rm "$work/bin/id" && mv "$work/bin/fakeid" "$work/bin/id"
(cd "$work/bin" && chmod +x sudo id apt-cache apt-get)
expect tools/not-root 3 'as root: apt-get install --no-install-recommends.* gcc' env \
	PATH="$work/bin" "$images/deps.sh" host

# kvm.sh never says yes for another architecture
case $(uname -m) in s390x) other=m68k ;; *) other=s390x ;; esac
expect kvm/other-arch 0 '^no: the host is' "$qemu/kvm.sh" $other "$work/empty"

# ---- a branch of a repository ----

remote=$work/remote
fake_tree "$remote"
git init -q -b main "$remote"
commit() {
	git -C "$remote" add -A &&
		git -C "$remote" -c user.name=a -c user.email=a@b commit -q -m "$1" &&
		git -C "$remote" rev-parse HEAD
}
first=$(commit one)
git -C "$remote" branch stable
expect git/branch 0 '^kind=tree$' env KERNEL="git:file://$remote#main" "$images/kernel.sh"
says git/branch/commit "^source=git:file://$remote#main@$first\$"
says git/branch/live '^live=1$'
tree=$(field path) key=$(field key)
begin git/branch/tree
holds 'no file of the commit' cmp "$tree/kernel/bpf/core.c" "$remote/kernel/bpf/core.c"
holds 'in the repository itself' test "$tree" != "$remote"
end
echo six >>"$remote/kernel/bpf/core.c"
rm "$remote/arch/riscv/net/jit.c"
before=$(stat -c %y "$tree/Kconfig")
second=$(commit two)
expect git/updated 0 "^source=git:file://$remote#main@$second\$" \
	env KERNEL="git:file://$remote#main" "$images/kernel.sh"
begin git/updated/tree
holds 'another place' equals "$(printf %s "$key" | cksum | cut -d ' ' -f 1)" \
	"$(field key | tr -d '\n' | cksum | cut -d ' ' -f 1)"
holds 'not the new file' grep -q six "$tree/kernel/bpf/core.c"
holds 'a file that was removed' test ! -e "$tree/arch/riscv/net/jit.c"
holds 'what did not change was written' test "$before" = "$(stat -c %y "$tree/Kconfig")"
end
mv "$remote" "$remote.away"
expect git/commit-needs-no-network 0 "@$first\$" \
	env KERNEL="git:file://$remote#main@$first" "$images/kernel.sh"
! grep -q six "$tree/kernel/bpf/core.c"
result $? git/commit/tree 'not the tree of the older commit'
expect git/unreachable 3 "fetching main of file://$remote failed" \
	env KERNEL="git:file://$remote#main" "$images/kernel.sh"
mv "$remote.away" "$remote"
expect git/no-branch 2 "no nosuch in file://$remote" \
	env KERNEL="git:file://$remote#nosuch" "$images/kernel.sh"
expect git/no-url 2 'expected git:URL#BRANCH' env KERNEL='git:#main' "$images/kernel.sh"
expect git/option 3 'failed' env KERNEL='git:--upload-pack=x#main' "$images/kernel.sh"
expect git/kind 0 '^tree$' env KERNEL='git:file:///nowhere#main' "$images/kernel.sh" --kind arm64
for set in PATCHES=x.patch DEBUG=1 COVERAGE=1; do
	expect "built/${set%%=*}" 2 "${set%%=*}= needs a build .KERNEL=x.deb is" \
		env KERNEL=x.deb "$set" "$images/kernel.sh" --kind x86_64
done
expect git/head 0 "#HEAD@$second\$" env KERNEL="git:file://$remote" "$images/kernel.sh"
git -C "$remote" rm -q Kconfig
commit three >/dev/null
expect git/no-kernel 2 'is not a kernel source tree' \
	env KERNEL="git:file://$remote#main" "$images/kernel.sh"

finish
