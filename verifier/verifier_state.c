// SPDX-License-Identifier: GPL-2.0
/*
 * States in the verifier's log, as print_verifier_state() and print_reg_state() of kernel/bpf/log.c
 * write them.
 */
#include <string.h>
#include "verifier/verifier_log_int.h"
#include "lib/util.h"

static const char *const bound_names[VLOG_STATEMENTS] = {
	[VLOG_SMIN] = "smin",	  [VLOG_SMAX] = "smax",	    [VLOG_UMIN] = "umin",
	[VLOG_UMAX] = "umax",	  [VLOG_SMIN32] = "smin32", [VLOG_SMAX32] = "smax32",
	[VLOG_UMIN32] = "umin32", [VLOG_UMAX32] = "umax32", [VLOG_VAR_OFF] = "var_off",
};

const char *vlog_bound_name(enum vlog_bound b)
{
	return bound_names[b];
}

bool vlog_holds(const struct vlog_value *val, enum vlog_bound b, u64 v)
{
	u64 bound = b < VLOG_BOUNDS ? val->bound[b] : 0;

	switch (b) {
	case VLOG_SMIN:
		return (s64)v >= (s64)bound;
	case VLOG_SMAX:
		return (s64)v <= (s64)bound;
	case VLOG_UMIN:
		return v >= bound;
	case VLOG_UMAX:
		return v <= bound;
	case VLOG_SMIN32:
		return (s32)v >= (s32)bound;
	case VLOG_SMAX32:
		return (s32)v <= (s32)bound;
	case VLOG_UMIN32:
		return (u32)v >= (u32)bound;
	case VLOG_UMAX32:
		return (u32)v <= (u32)bound;
	default:
		return (v & ~val->mask) == val->value;
	}
}

bool vlog_word(struct scan *s, const char *word)
{
	size_t len = strlen(word);

	if ((size_t)(s->end - s->p) < len || memcmp(s->p, word, len))
		return false;
	s->p += len;
	return true;
}

static int digit(char c, u32 base)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return base == 16 && c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool vlog_number(struct scan *s, u64 *out)
{
	const char *from = s->p;
	bool minus = scan_char(s, '-');
	u32 base = vlog_word(s, "0x") ? 16 : 10;
	const char *first = s->p;
	u64 v = 0;

	for (; s->p < s->end && digit(*s->p, base) >= 0; s->p++) {
		if (v >> 60 && (v > (UINT64_MAX - 15) / base))
			break;
		v = v * base + (u32)digit(*s->p, base);
	}
	if (s->p == first || (s->p - first > 1 && *first == '0') ||
	    (s->p < s->end && digit(*s->p, base) >= 0)) {
		s->p = from;
		return false;
	}
	*out = minus ? 0 - v : v;
	return true;
}

/* Up to the next @stop outside of parentheses, or the end. */
static struct scan scan_piece(struct scan *s, char stop)
{
	struct scan piece = { s->p, s->p };
	int depth = 0;

	for (; s->p < s->end && !(!depth && *s->p == stop); s->p++) {
		depth += *s->p == '(';
		depth -= *s->p == ')';
	}
	piece.end = s->p;
	scan_char(s, stop);
	return piece;
}

static void set_unbounded(struct vlog_value *v)
{
	*v = (struct vlog_value){
		.frame = -1,
		.bound = {
			[VLOG_SMIN] = (u64)INT64_MIN,
			[VLOG_SMAX] = INT64_MAX,
			[VLOG_UMAX] = UINT64_MAX,
			[VLOG_SMIN32] = (u32)INT32_MIN,
			[VLOG_SMAX32] = INT32_MAX,
			[VLOG_UMAX32] = UINT32_MAX,
		},
		.mask = UINT64_MAX,
	};
}

static void set_const(struct vlog_value *v, u64 value)
{
	v->type = VLOG_SCALAR;
	v->stated = 1u << VLOG_VAR_OFF;
	v->value = value;
	v->mask = 0;
	for (int b = 0; b < VLOG_BOUNDS; b++)
		v->bound[b] = b < VLOG_SMIN32 ? value : (u32)value;
}

static int bound_of(struct scan name)
{
	for (int b = 0; b < VLOG_BOUNDS; b++)
		if ((size_t)(name.end - name.p) == strlen(bound_names[b]) &&
		    !memcmp(name.p, bound_names[b], (size_t)(name.end - name.p)))
			return b;
	return -1;
}

/* "smin=umin32=5": each of them is 5. */
static bool parse_bounds(struct scan s, struct vlog_value *v)
{
	int names[VLOG_BOUNDS], n = 0;
	u64 value;

	while (n < VLOG_BOUNDS) {
		struct scan name = { s.p, s.p };

		while (name.end < s.end && *name.end != '=')
			name.end++;
		names[n] = name.end < s.end ? bound_of(name) : -1;
		if (names[n] < 0)
			break;
		s.p = name.end + 1;
		n++;
	}
	if (!n)
		return false;
	if (!vlog_number(&s, &value) || s.p != s.end)
		return false;
	while (n--) {
		v->bound[names[n]] = names[n] < VLOG_SMIN32 ? value : (u32)value;
		v->stated |= 1u << names[n];
	}
	return true;
}

static bool parse_var_off(struct scan s, struct vlog_value *v)
{
	if (!scan_char(&s, '(') || !vlog_number(&s, &v->value) || !vlog_word(&s, "; ") ||
	    !vlog_number(&s, &v->mask) || !scan_char(&s, ')') || s.p != s.end || v->value & v->mask)
		return false;
	v->stated |= 1u << VLOG_VAR_OFF;
	return true;
}

/* The text between the parentheses. Other attributes (id, ks, vs, map, …) do not concern values. */
static bool parse_attrs(struct scan s, struct vlog_value *v)
{
	u64 n;

	while (s.p < s.end) {
		struct scan a = scan_piece(&s, ','), first = a;

		if (vlog_word(&a, "off=") || vlog_word(&a, "imm=")) {
			if (!vlog_number(&a, &n) || a.p != a.end)
				return false;
			v->off += (s64)n;
		} else if (vlog_word(&a, "var_off=")) {
			if (!parse_var_off(a, v))
				return false;
		} else if ((vlog_word(&a, "smin") || vlog_word(&a, "smax") ||
			    vlog_word(&a, "umin") || vlog_word(&a, "umax")) &&
			   !parse_bounds(first, v)) {
			return false;
		}
	}
	return true;
}

static const struct {
	const char *name;
	enum vlog_type type;
	bool maybe_null;
} type_names[] = {
	{ "scalar", VLOG_SCALAR, false },
	{ "fp", VLOG_FP, false },
	{ "ctx", VLOG_CTX, false },
	{ "map_value", VLOG_MAP_VALUE, false },
	{ "map_value_or_null", VLOG_MAP_VALUE, true },
};

static void set_type(struct vlog_value *v, struct scan name)
{
	v->type = VLOG_OTHER;
	for (u32 i = 0; i < ARRAY_SIZE(type_names); i++) {
		if ((size_t)(name.end - name.p) == strlen(type_names[i].name) &&
		    !memcmp(name.p, type_names[i].name, (size_t)(name.end - name.p))) {
			v->type = type_names[i].type;
			v->maybe_null = type_names[i].maybe_null;
		}
	}
}

/* "scalar(…)", "P12", "fp-8", "fp[1](…)", "map_value(…)", … with nothing after it. */
static bool parse_value(struct scan s, struct vlog_value *v)
{
	struct scan name;
	u64 n;

	set_unbounded(v);
	scan_char(&s, 'P');
	if (vlog_number(&s, &n)) {
		set_const(v, n);
		return s.p == s.end;
	}
	name.p = s.p;
	while (s.p < s.end && ((*s.p >= 'a' && *s.p <= 'z') || *s.p == '_'))
		s.p++;
	name.end = s.p;
	if (name.p == name.end)
		return false;
	set_type(v, name);
	if (v->type == VLOG_OTHER)
		return true;
	if (v->type == VLOG_FP && scan_char(&s, '[')) {
		if (!vlog_number(&s, &n) || n > 255 || !scan_char(&s, ']'))
			return false;
		v->frame = (s32)n;
	}
	if (v->type == VLOG_FP && vlog_number(&s, &n)) {
		v->off = (s64)n;
		v->fixed = true;
		return s.p == s.end;
	}
	if (!scan_char(&s, '(') || s.p == s.end || s.end[-1] != ')')
		return false;
	s.end--;
	if (!parse_attrs(s, v))
		return false;
	v->fixed = !v->stated;
	return true;
}

static bool are_bytes(const char *p, u32 n)
{
	for (u32 i = 0; i < n; i++)
		if (!strchr("?rm0difp", p[i]) || !p[i])
			return false;
	return true;
}

/* "mmmm0000", "scalar()", and "0000scalar()" if the first half of the slot is a narrow spill. */
static bool parse_slot(struct scan s, struct vlog_item *item)
{
	static const u8 above[] = { 4, 6, 7 };
	size_t len = (size_t)(s.end - s.p);

	if (len == 8 && are_bytes(s.p, 8)) {
		memcpy(item->bytes, s.p, 8);
		set_unbounded(&item->value);
		return true;
	}
	for (u32 i = 0; i < ARRAY_SIZE(above); i++) {
		struct scan rest = { s.p + above[i], s.end };

		if (len <= above[i] || !are_bytes(s.p, above[i]) ||
		    !parse_value(rest, &item->value) || item->value.type != VLOG_SCALAR)
			continue;
		memcpy(item->bytes, s.p, above[i]);
		item->size = 8 - above[i];
		return true;
	}
	item->size = 8;
	return parse_value(s, &item->value);
}

static bool parse_item(struct scan s, struct vlog_item *item)
{
	u64 n;

	if (scan_char(&s, 'R')) {
		if (!vlog_number(&s, &n) || n > 10 || !scan_char(&s, '='))
			return false;
		item->reg = n;
		item->size = 8;
		return parse_value(s, &item->value);
	}
	if (!vlog_word(&s, "fp") || !vlog_number(&s, &n) || (s64)n > -8 || (s64)n < -4096 ||
	    n % 8 || !scan_char(&s, '='))
		return false;
	item->off = (s16)n;
	return parse_slot(s, item);
}

static bool is_mark(struct scan s)
{
	return vlog_word(&s, "refs=") || vlog_word(&s, "cb") || vlog_word(&s, "async_cb");
}

bool vlog_parse_state(struct vlog *log, struct scan s, bool whole)
{
	struct vlog_state state = { .first = log->nitems, .whole = whole };
	bool sound = true;
	u64 n;

	while (scan_char(&s, ' '))
		;
	if (vlog_word(&s, "frame")) {
		if (!vlog_number(&s, &n) || n > 255 || !scan_char(&s, ':'))
			return false;
		state.frame = n;
		scan_char(&s, ' ');
	}
	while (s.p < s.end) {
		struct scan piece = scan_piece(&s, ' ');
		struct vlog_item item = { .text = (u32)(piece.p - log->text),
					  .len = (u32)(piece.end - piece.p) };

		if (piece.p == piece.end || is_mark(piece))
			continue;
		if (!parse_item(piece, &item)) {
			sound = false;
			continue;
		}
		ARRAY_GROW(log->items, log->nitems, log->items_cap);
		log->items[log->nitems++] = item;
		state.cnt++;
	}
	ARRAY_GROW(log->states, log->nstates, log->states_cap);
	log->states[log->nstates++] = state;
	return sound;
}
