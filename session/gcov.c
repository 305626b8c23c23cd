// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "lib/util.h"
#include "session/gcov.h"

#define MAX_BOOTS 100000
#define MAX_MSGS  64 /* a JIT has a handful of files; an answer of more is malformed */

/* Create a new directory for this boot. Returns its path (caller frees), or NULL with errno set. */
static char *boot_dir(const char *dir)
{
	if (mkdir(dir, 0755) && errno != EEXIST)
		return NULL;
	for (int n = 1; n < MAX_BOOTS; n++) {
		char *path = xasprintf("%s/%d", dir, n);

		if (!mkdir(path, 0755))
			return path;
		free(path);
		if (errno != EEXIST)
			return NULL;
	}
	errno = ENOSPC;
	return NULL;
}

/* Is @name NAME.gcda, of characters that are safe in a file name? */
static bool good_name(const char *name, size_t size)
{
	static const char ok[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
	size_t len = strnlen(name, size), stem;

	if (len == size)
		return false;
	stem = strspn(name, ok);
	return stem && !strcmp(name + stem, ".gcda");
}

static int store(const char *dir, const char *name, const u8 *data, u32 size)
{
	char *path = xasprintf("%s/%s", dir, name), *tmp = xasprintf("%s.tmp", path);
	FILE *f = fopen(tmp, "we");
	int ret = 0;

	if (!f || fwrite(data, 1, size, f) != size)
		ret = errno ? -errno : -EIO;
	if (f && fclose(f) && !ret)
		ret = -errno;
	if (!ret && rename(tmp, path))
		ret = -errno;
	free(path);
	free(tmp);
	return ret;
}

static int take_file(struct guest *g, const struct guest_msg *f, const char *dir)
{
	const struct wire_file *file = (const void *)f->data;
	u32 size;

	if (f->len < sizeof(*file))
		return -EBADMSG;
	size = guest_u32(g, &file->size);
	if (size > f->len - sizeof(*file) || !good_name(file->name, sizeof(file->name)))
		return -EBADMSG;
	return store(dir, file->name, f->data + sizeof(*file), size);
}

int gcov_fetch(struct guest *g, const char *dir, char **to)
{
	struct guest_msg f;
	int msgs, files = 0, ret;

	ret = guest_send(g, WIRE_GCOV, 0, NULL, 0);
	for (msgs = 0; !ret && msgs < MAX_MSGS; msgs++) {
		ret = guest_recv(g, &f);
		if (ret || (f.type == WIRE_GCOV && !f.len))
			break;
		if (f.type == WIRE_RESULT && !files)
			continue; /* an answer to an earlier request */
		if (f.type != WIRE_GCOV) {
			ret = -EBADMSG;
			break;
		}
		if (!*to)
			*to = boot_dir(dir);
		ret = *to ? take_file(g, &f, *to) : -errno;
		files++;
	}
	if (ret)
		return ret;
	if (msgs == MAX_MSGS)
		return -EBADMSG;
	return files ? files : -ENODATA;
}
