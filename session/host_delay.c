// SPDX-License-Identifier: GPL-2.0
#include <dirent.h>
#include <stdio.h>
#include "session/host_delay.h"

static u64 thread_ns(pid_t pid, const char *tid)
{
	unsigned long long waited = 0;
	char path[300];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/task/%s/schedstat", pid, tid);
	f = fopen(path, "r");
	if (!f)
		return 0;
	if (fscanf(f, "%*u %llu", &waited) != 1)
		waited = 0;
	fclose(f);
	return waited;
}

u64 host_delay_ms(pid_t pid)
{
	char path[64];
	struct dirent *d;
	u64 most = 0;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	dir = opendir(path);
	if (!dir)
		return 0;
	while ((d = readdir(dir))) {
		u64 ns = d->d_name[0] == '.' ? 0 : thread_ns(pid, d->d_name);

		most = ns > most ? ns : most;
	}
	closedir(dir);
	return most / 1000000;
}
