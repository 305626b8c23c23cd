// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "lib/duration.h"

#define MINUTE 60u
#define HOUR   (60 * MINUTE)
#define DAY    (24 * HOUR)

static const struct {
	char unit;
	u32 seconds;
} units[] = { { '\0', 1 }, { 's', 1 }, { 'm', MINUTE }, { 'h', HOUR }, { 'd', DAY } };

int duration_parse(const char *text, u32 *seconds)
{
	char *end;
	unsigned long long n;

	errno = 0;
	n = strtoull(text, &end, 10);
	if (*text < '0' || *text > '9' || errno || !n || n > 365 * DAY)
		return -EINVAL;
	for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
		if (*end != units[i].unit || (*end && end[1]) || n > 365 * DAY / units[i].seconds)
			continue;
		*seconds = n * units[i].seconds;
		return 0;
	}
	return -EINVAL;
}

const char *duration_text(double seconds)
{
	static char buffers[4][32];
	static u32 turn;
	char *text = buffers[turn++ % ARRAY_SIZE(buffers)];

	if (seconds < 2 * MINUTE)
		snprintf(text, sizeof(buffers[0]), "%.0f s", seconds);
	else if (seconds < 2 * HOUR)
		snprintf(text, sizeof(buffers[0]), "%.0f min", seconds / MINUTE);
	else
		snprintf(text, sizeof(buffers[0]), "%.1f h", seconds / HOUR);
	return text;
}
