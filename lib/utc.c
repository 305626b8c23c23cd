// SPDX-License-Identifier: GPL-2.0
#include <time.h>
#include "lib/utc.h"

const char *utc_minute(s64 seconds)
{
	static char text[4][32];
	static u32 turn;
	time_t t = seconds;
	char *to = text[turn++ % 4];

	strftime(to, sizeof(text[0]), "%Y-%m-%d %H:%M", gmtime(&t));
	return to;
}

const char *utc_stamp(void)
{
	static char text[32];
	time_t now = time(NULL);

	strftime(text, sizeof(text), "%Y%m%d-%H%M%S", gmtime(&now));
	return text;
}
