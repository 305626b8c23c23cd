// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <string.h>
#include "lib/util.h"
#include "session/gcov.h"
#include "session/request.h"
#include "session/session.h"

#define LATER_BOOTS 3 /* attempts at each boot after the first */
#define LAST_WORDS  4000
#define BOOT_WORDS  2000
#define COUNTERS_US 500000

static const char *boot_failure(int err)
{
	switch (err) {
	case -ETIMEDOUT:
		return "no hello in time";
	case -EINTR:
		return "stopped by a signal";
	case -EPIPE:
		return "QEMU ended or the kernel died before the hello";
	case -EBADMSG:
		return "its first message is not the protocol's";
	case -ENODEV:
		return "the kernel cannot run the agent: it needs CONFIG_BLK_DEV_INITRD, "
		       "CONFIG_VIRTIO_CONSOLE and the transport of its machine";
	case -ENOENT:
		return "the boot script failed";
	case -ESTALE:
		return "it runs another kernel than the first guest";
	default:
		return strerror(-err);
	}
}

static void say_boot_failure(struct session *s, int err)
{
	char *tail = guest_console_tail(&s->guest, BOOT_WORDS);

	pr_err("%s: the guest does not come up: %s\nend of %s:\n%s", s->conf.arch,
	       boot_failure(err), s->conf.console, tail);
	free(tail);
}

/* Values computed for one kernel must not be compared with those of another. */
static bool same_guest(const struct guest *a, const struct guest *b)
{
	return a->order == b->order && a->word_bits == b->word_bits && a->io_size == b->io_size &&
	       !memcmp(a->release, b->release, sizeof(a->release));
}

static int boot_once(struct session *s)
{
	int ret = guest_boot(&s->guest, &s->conf);
	char *words;

	s->boots++;
	if (ret)
		return ret;
	if (!*s->first.release)
		s->first = s->guest;
	if (!same_guest(&s->first, &s->guest)) {
		guest_kill(&s->guest);
		return -ESTALE;
	}
	/* no case caused messages before the first request */
	words = guest_splat(&s->guest);
	if (words && s->boots == 1)
		pr_err("%s: the kernel complains while it boots:\n%s", s->conf.arch, words);
	free(words);
	return 0;
}

static void forget_counters(struct session *s)
{
	free(s->gcov_dir);
	s->gcov_dir = NULL;
	s->gcov_us = 0;
}

int session_boot(struct session *s)
{
	/* a kernel that came up once boots again if a busy host gives it time */
	u32 tries = s->boots ? LATER_BOOTS : 1;
	int ret;

	if (s->up)
		return 0;
	memset(s->vec_keys, 0, sizeof(s->vec_keys));
	s->answers = 0;
	forget_counters(s);
	do {
		ret = boot_once(s);
	} while (ret && ret != -EINTR && --tries);
	s->up = !ret;
	return ret;
}

int session_open(struct session *s, const struct guest_conf *conf)
{
	int ret;

	memset(s, 0, sizeof(*s));
	s->conf = *conf;
	ret = session_boot(s);
	if (ret)
		say_boot_failure(s, ret);
	return ret;
}

int session_patience(struct session *s, int seconds)
{
	int was = s->conf.reply_timeout;

	s->conf.reply_timeout = seconds;
	return was;
}

int session_hurry(struct session *s)
{
	int sixth = s->conf.reply_timeout / 6;

	return session_patience(s, sixth > HURRY_SECONDS ? sixth : HURRY_SECONDS);
}

void session_expect(struct session *s, const struct known *known)
{
	s->watch = 0;
	for (u32 i = 0; i < nr_engines; i++) {
		const struct engine *e = &engines[i];
		quirk_set set = known_quirks(known, e->name, s->first.release);

		s->quirks[e->wire] = (struct quirks){ .set = set, .verified = !e->raw };
		s->watch |= set;
	}
}

bool session_counters_due(const struct session *s)
{
	if (!s->conf.gcov)
		return false;
	/* not again if the first answer was that there are none */
	return !s->gcov_us || (s->gcov_dir && clock_us() - s->gcov_us >= COUNTERS_US);
}

void session_counters(struct session *s)
{
	int ret;

	if (!s->conf.gcov || guest_stop)
		return;
	ret = gcov_fetch(&s->guest, s->conf.gcov, &s->gcov_dir);
	s->gcov_us = clock_us();
	if (ret < 0)
		pr_err("%s: no counters from this boot: %s", s->conf.arch,
		       ret == -ENODATA ? "its kernel was built without COVERAGE=1"
				       : strerror(-ret));
}

void session_end(struct session *s)
{
	if (s->up) {
		session_counters(s);
		guest_bye(&s->guest);
	}
	s->up = false;
	forget_counters(s);
}

void session_kill(struct session *s)
{
	guest_kill(&s->guest);
	s->up = false;
	forget_counters(s);
}

int session_send_vectors(struct session *s, const struct vectors *vectors, u32 *id)
{
	int ret;

	for (u32 i = 0; i < WIRE_MAX_VEC_TABLES; i++) {
		if (s->vec_keys[i] == vectors->key) {
			*id = i;
			return 0;
		}
	}
	*id = s->vec_next++ % WIRE_MAX_VEC_TABLES;
	ret = request_send_set(&s->guest, *id, vectors);
	if (!ret)
		s->vec_keys[*id] = vectors->key;
	return ret;
}

int session_free_memory(struct session *s, u64 *kb)
{
	struct guest_msg f;
	int ret = guest_send(&s->guest, WIRE_MEMORY, ++s->seq, NULL, 0);

	if (!ret)
		ret = guest_recv(&s->guest, &f);
	if (!ret &&
	    (f.type != WIRE_MEMORY || f.seq != s->seq || f.len != sizeof(struct wire_memory)))
		ret = -EBADMSG;
	if (ret)
		session_kill(s);
	else
		*kb = guest_u64(&s->guest, f.data);
	return ret;
}

char *session_last_words(struct session *s)
{
	char *words = guest_splat(&s->guest);

	if (!words)
		return guest_console_tail(&s->guest, LAST_WORDS);
	if (strlen(words) > LAST_WORDS)
		words[LAST_WORDS] = 0;
	return words;
}
