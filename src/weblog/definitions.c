/* SPDX-License-Identifier: MIT */
/* definitions.c - what is counted, in words (weblog_definitions) and as rules (definitions.h) */
#include "weblog/definitions.h"

#include "base/alloc.h"
#include "base/ascii.h"
#include "weblog/weblog.h"

#define STATIC_SUFFIXES                                                                            \
	"7z apk atom avi avif bin bmp bz2 css csv deb dmg doc docx eot exe flac flv gif gz ico "   \
	"iso jar jpeg jpg js json m4a m4v map md5 mjs mov mp3 mp4 mpeg mpg msi ogg ogv otf pdf "   \
	"png ppt pptx rar rpm rss svg swf tar tgz tif tiff ttf txt wav webm webmanifest webp wma " \
	"wmv woff woff2 xls xlsx xml xz zip zst"

#define SUFFIX_MAX_BYTES 16

const char *const weblog_definitions[] = {
	"line: a non-empty line, the unterminated last one too; directives of W3C logs (#Fields: …) are none",
	"hit: a line whose fields can be told apart (address, identity, user, [time], \"request\", three-digit status, size or -; in combined also "
	"referrer and agent; more fields may follow), whatever its request, method and status are; every other line (an impossible time too) is rejected",
	"bytes: sum of the response sizes, - as 0",
	"path: the second of exactly three words of the request, cut at ?, as written; a request of another shape has no path",
	"method: the first of exactly three words of the request",
	"static file: a path that ends in one of these suffixes after a dot, in capitals or not, unless others are given: " STATIC_SUFFIXES,
	"page view: a GET answered 2xx or 304 whose path is no static file, by a person",
	"pages: page views by path; files: all hits on static files",
	"addresses: distinct remote addresses among all hits",
	"visitor: distinct (address, user agent) in the period (in a row of hours or days: in that hour or day), robots excluded; over several days a "
	"visitor counts once",
	"visit: a visitor's hits with no gap over 30 minutes, ordered by time whatever order the lines had; it belongs to the bucket of its first hit",
	"robot: decided by the line's user agent alone; an empty or missing agent is a robot of kind suspected. Readers of /robots.txt that look like "
	"browsers are listed as suspected but keep counting as people",
	"referrers: hits by the site (host, without port) of their referrer; - and referrers without a host are none",
	"not_found: hits answered 404 by path, with the most frequent referrer among them, the first in byte order of several",
	"failing: paths with hits answered 5xx, with those and all their hits",
	"browsers, systems: people's programs by family; share is that of all visitors",
	"latency, latency_days, latency_total, slow_pages: how long answers took, where the format carries it; right to one per cent, max exactly; slow_pages (paths that are no static files) "
	"by p95",
	"countries: addresses by the country a given database has them in, with their hits, visitors and bytes; unknown for those it has not",
	"rejected: up to ten lines for each reason, the first ones; totals.rejected has the count",
	"visitors are told apart by 64 bits of a keyed hash of address and agent, agents by 64 bits of their text's: that two of ten million are taken for one happens "
	"once in 370,000 times",
	"with bounded memory (--memory) everything is exact until it no longer fits. Then the number of visitors and of addresses is that of a HyperLogLog sketch, and visits "
	"and the visitors of hours, days, pages and so on are those of a random sample of visitors, weighted; keys that come seldom are left out of the ranked tables, "
	"whose counts may be too low by no more than is said",
	"times bucket in the report's zone (without one, in the offset of the log's first line); each line's own offset is honoured",
	"bytes that are not UTF-8 are shown as \\xNN",
	NULL,
};

static bool is_between(char c)
{
	return c == ' ' || c == ',';
}

char *suffixes_read(const char *list, courant_error **err)
{
	char *suffixes = mem_array(2 * strlen(list) + 2, 1);
	size_t n = 0;

	if (!suffixes) {
		(void)fail_memory(err);
		return NULL;
	}
	/* Small letters, each suffix between blanks. */
	suffixes[n++] = ' ';
	for (const char *at = list; *at;) {
		const char *const word = at + (*at == '.');
		size_t len = 0;

		if (is_between(*at)) {
			at++;
			continue;
		}
		for (; ascii_is_alnum(word[len]); len++)
			suffixes[n++] = ascii_lower(word[len]);
		if (!len || len > SUFFIX_MAX_BYTES || (word[len] && !is_between(word[len]))) {
			free(suffixes);
			(void)fail(err, COURANT_USAGE, "%s holds a suffix that is not of 1 to %d letters and digits", list, SUFFIX_MAX_BYTES);
			return NULL;
		}
		suffixes[n++] = ' ';
		at = word + len;
	}
	suffixes[n] = '\0';
	return suffixes;
}

bool path_is_static(slice path, const char *suffixes)
{
	char padded[SUFFIX_MAX_BYTES + 2];
	size_t n = 0;

	/* " jpg " is looked for among the suffixes, from behind the last dot. */
	while (n < path.len && n <= SUFFIX_MAX_BYTES && path.ptr[path.len - 1 - n] != '.')
		n++;
	if (n == 0 || n > SUFFIX_MAX_BYTES || n == path.len)
		return false;
	padded[0] = ' ';
	for (size_t i = 0; i < n; i++) {
		padded[i + 1] = ascii_lower(path.ptr[path.len - n + i]);
		if (!ascii_is_alnum(padded[i + 1]))
			return false;
	}
	padded[n + 1] = ' ';
	return slice_find_slice(suffixes ? slice_of(suffixes) : SLICE(" " STATIC_SUFFIXES " "), slice_from(padded, n + 2)) != SLICE_NONE;
}

/* Behind "scheme://"; http and https, which most are, are known at a glance. NULL: there is none. */
static const char *find_authority(slice referrer)
{
	if (referrer.len > 8 && memcmp(referrer.ptr, "https://", 8) == 0)
		return referrer.ptr + 8;
	if (referrer.len > 7 && memcmp(referrer.ptr, "http://", 7) == 0)
		return referrer.ptr + 7;

	const size_t colon = slice_find(referrer, ':');

	if (colon == SLICE_NONE || referrer.len - colon < 4 || referrer.ptr[colon + 1] != '/' || referrer.ptr[colon + 2] != '/')
		return NULL;
	return referrer.ptr + colon + 3;
}

slice referrer_site(slice referrer)
{
	enum { ENDS = 1, IS_AT, IS_COLON, IS_BRACKET };
	static const unsigned char kinds[256] = {['/'] = ENDS, ['?'] = ENDS, ['#'] = ENDS, ['@'] = IS_AT, [':'] = IS_COLON, [']'] = IS_BRACKET};
	const char *begin, *at, *port = NULL;

	if (referrer.len < 4 || !(begin = find_authority(referrer)))
		return (slice){NULL, 0};

	const char *const end = referrer.ptr + referrer.len;

	for (at = begin; at < end; at++) {
		const unsigned char kind = kinds[(unsigned char)*at];

		if (kind == ENDS)
			break;
		if (kind == IS_AT)
			begin = at + 1;
		/* An IPv6 address has its colons inside of brackets. */
		if (kind)
			port = kind == IS_COLON ? at : NULL;
	}
	if (port)
		at = port;
	return at > begin ? slice_from(begin, (size_t)(at - begin)) : (slice){NULL, 0};
}
