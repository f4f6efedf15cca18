/* SPDX-License-Identifier: MIT */
/* stamp.h - the times of access logs: "10/Oct/2000:13:55:36 -0700"
 *
 * Lines of the same minute follow each other, so the minute read last is kept as text and as a number. */
#ifndef COURANT_WEBLOG_STAMP_H
#define COURANT_WEBLOG_STAMP_H
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define STAMP_BYTES        26
#define STAMP_MINUTE_BYTES 17 /* "10/Oct/2000:13:55" */

struct stamp_cache {
	char minute[STAMP_MINUTE_BYTES];
	char offset[6]; /* " -0700" */
	int64_t utc_s;  /* the start of that minute */
	int offset_s;
};

/* Whether the 26 bytes have the shape of a time: digits, letters and signs in their places. */
bool stamp_has_shape(const char *text);

/* Seconds since 1970 of 26 bytes that have the shape; false when there is no such time. The cache is zeroed before its first use. */
bool stamp_parse(struct stamp_cache *, const char *text, int64_t *ret_s);

/* Whether minute and offset are those of the text, in words: a call of memcmp would take longer than all the rest. */
static inline bool stamp_is_minute(const struct stamp_cache *cache, const char *text)
{
	uint64_t kept[2], read[2];
	uint32_t kept_offset[2], read_offset[2];

	memcpy(kept, cache->minute, sizeof kept);
	memcpy(read, text, sizeof read);
	memcpy(kept_offset, cache->offset, 4);
	memcpy(kept_offset + 1, cache->offset + 2, 4);
	memcpy(read_offset, text + 20, 4);
	memcpy(read_offset + 1, text + 22, 4);
	return ((kept[0] ^ read[0]) | (kept[1] ^ read[1])) == 0 && ((kept_offset[0] ^ read_offset[0]) | (kept_offset[1] ^ read_offset[1])) == 0 &&
	       cache->minute[16] == text[16];
}

/* The same for any 26 bytes; false too when they have not the shape. */
static inline bool stamp_read(struct stamp_cache *cache, const char *text, int64_t *ret_s)
{
	const unsigned tens = (unsigned)(text[18] - '0'), ones = (unsigned)(text[19] - '0');

	if (stamp_is_minute(cache, text) && text[2] == '/' && text[17] == ':' && tens < 6 && ones < 10) {
		*ret_s = cache->utc_s + tens * 10 + ones;
		return true;
	}
	return stamp_has_shape(text) && stamp_parse(cache, text, ret_s);
}
#endif
