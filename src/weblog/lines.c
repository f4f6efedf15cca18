/* SPDX-License-Identifier: MIT */
/* lines.c - the lines of a block, told apart by the marks in it (lines.h) */
#include "weblog/lines.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "base/ascii.h"

#define QUOTES_MAX 6 /* of request, referrer and agent */

/* ---- finding ---- */

/* The first byte that is one of two, or the end. Reads up to FIND_BYTES - 1 beyond the end: most words are shorter than that, so that there is mostly but one step. */
#define FIND_BYTES 32

static inline const char *find_either(const char *at, const char *end, char one, char other)
{
#if defined(__SSE2__)
	const __m128i ones = _mm_set1_epi8(one), others = _mm_set1_epi8(other);

	for (; at < end; at += FIND_BYTES) {
		const __m128i low = _mm_loadu_si128((const __m128i *)(const void *)at);
		const __m128i high = _mm_loadu_si128((const __m128i *)(const void *)(at + 16));
		const unsigned found_low = (unsigned)_mm_movemask_epi8(_mm_or_si128(_mm_cmpeq_epi8(low, ones), _mm_cmpeq_epi8(low, others)));
		const unsigned found_high = (unsigned)_mm_movemask_epi8(_mm_or_si128(_mm_cmpeq_epi8(high, ones), _mm_cmpeq_epi8(high, others)));
		const unsigned found = found_low | found_high << 16;

		if (found) {
			at += __builtin_ctz(found);
			return at < end ? at : end;
		}
	}
	return end;
#else
	while (at < end && *at != one && *at != other)
		at++;
	return at;
#endif
}

static inline const char *find_blank(const char *at, const char *end)
{
	return find_either(at, end, ' ', ' ');
}

static inline uint64_t load_eight(const char *from)
{
	uint64_t bytes;

	memcpy(&bytes, from, sizeof bytes);
	return bytes;
}

/* Eight bytes or fewer as a number, all at once; false when one is no digit. Seven bytes before them may be read. */
static inline bool read_digits(const char *at, const char *end, uint64_t *ret)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	const uint64_t zeros = UINT64_C(0x3030303030303030), high_halves = UINT64_C(0xf0f0f0f0f0f0f0f0);
	const uint64_t kept = UINT64_MAX << (64 - 8 * (end - at));
	uint64_t digits = (load_eight(end - 8) & kept) | (zeros & ~kept);

	if ((digits & high_halves) != zeros || ((digits + UINT64_C(0x0606060606060606)) & high_halves) != zeros)
		return false;
	/* Neighbours become two digits, then four, then eight. */
	digits -= zeros;
	digits = digits * 10 + (digits >> 8);
	digits = ((digits & UINT64_C(0x000000ff000000ff)) * UINT64_C(0x000f424000000064) +
		  (digits >> 16 & UINT64_C(0x000000ff000000ff)) * UINT64_C(0x0000271000000001)) >>
		 32;
	*ret = digits;
	return true;
#else
	for (*ret = 0; at < end && ascii_is_digit(*at); at++)
		*ret = *ret * 10 + (uint64_t)(*at - '0');
	return at == end;
#endif
}

/* ---- an ordinary line ---- */

/* From the line's beginning to the time: [host] address identity user. False when it is not quite so. */
static inline bool read_head(unsigned parts, const char *at, const char *bracket, struct log_line *ret)
{
	ret->host = (slice){NULL, 0};
	if (parts & LINE_HOST) {
		const char *blank = find_blank(at, bracket);

		if (blank == at || blank == bracket)
			return false;
		ret->host = line_host(slice_from(at, (size_t)(blank - at)));
		at = blank + 1;
	}

	const char *const blank = find_blank(at, bracket);

	if (blank == at || bracket - blank < 5)
		return false;
	ret->address = line_address(slice_from(at, (size_t)(blank - at)));
	if (bracket - blank == 5 && memcmp(blank, " - -", 4) == 0 && blank[4] == ' ')
		return true;

	/* An identity that is not empty, and a blank of its own behind the user. */
	const char *const second = find_blank(blank + 1, bracket);

	return second > blank + 1 && second + 1 < bracket;
}

/* Between the request's closing quote and `stop`: status and size, of which those with more than eight digits are left to line_parse. */
static inline bool read_figures(const char *quote, const char *stop, struct log_line *ret)
{
	const char *const at = quote + 1, *const size = at + 5;
	uint64_t status;

	if (stop <= size || stop - size > 8 || at[0] != ' ' || at[4] != ' ' || !read_digits(at + 1, at + 4, &status))
		return false;
	ret->status = (unsigned)status;
	ret->size_bytes = 0;
	return read_digits(size, stop, &ret->size_bytes) || (*size == '-' && size + 1 == stop);
}

/* "GET /path?query HTTP/1.1" between the quotes; anything else is split word by word. */
static inline void read_request(const char *at, const char *end, struct log_line *ret)
{
	const char *const path_end = end - 9;
	const char *const method_end = memcmp(at, "GET ", 4) == 0 ? at + 3 : find_blank(at, end);
	const char *const path = method_end + 1;

	const uint64_t version = load_eight(path_end);

	if (method_end > at && path < path_end && (version == load_eight(" HTTP/1.") || version == load_eight(" HTTP/2.")) && path_end[8] != ' ') {
		const char *const stop = find_either(path, path_end, ' ', '?');

		if (stop == path_end || (*stop == '?' && find_blank(stop, path_end) == path_end)) {
			ret->method = slice_from(at, (size_t)(method_end - at));
			ret->path = slice_from(path, (size_t)(stop - path));
			return;
		}
	}
	line_split_request(slice_from(at, (size_t)(end - at)), &ret->method, &ret->path);
}

/* A line whose quotes stand where they should, with no backslash before the last of them. */
static inline bool read_ordinary(unsigned parts, struct stamp_cache *stamps, const char *at, const char *end,
				 const char *const *quotes, struct log_line *ret)
{
	const char *const bracket = quotes[0] - STAMP_BYTES - 3;
	const bool has_agent = parts & LINE_AGENT;
	const char *figures_end;

	if (bracket - at < 4 || *bracket != '[' || bracket[-1] != ' ' || quotes[0][-2] != ']' || quotes[0][-1] != ' ' ||
	    !read_head(parts, at, bracket, ret))
		return false;
	if (!stamp_read(stamps, bracket + 1, &ret->time_s))
		return false;
	ret->offset_s = stamps->offset_s;
	if (has_agent) {
		figures_end = quotes[2] - 1;
		if (quotes[2] - quotes[1] < 3 || *figures_end != ' ' || quotes[3] + 2 != quotes[4] || quotes[3][1] != ' ' ||
		    (quotes[5] + 1 < end && quotes[5][1] != ' '))
			return false;
		ret->referrer = slice_from(quotes[2] + 1, (size_t)(quotes[3] - quotes[2]) - 1);
		ret->agent = slice_from(quotes[4] + 1, (size_t)(quotes[5] - quotes[4]) - 1);
		ret->rest = quotes[5] + 2 < end ? slice_from(quotes[5] + 2, (size_t)(end - quotes[5]) - 2) : slice_from(end, 0);
	} else {
		if (end - quotes[1] < 7)
			return false;
		figures_end = find_blank(quotes[1] + 6, end);
		ret->referrer = ret->agent = (slice){NULL, 0};
		ret->rest = figures_end < end ? slice_from(figures_end + 1, (size_t)(end - figures_end) - 1) : slice_from(end, 0);
	}
	if (!read_figures(quotes[1], figures_end, ret))
		return false;
	read_request(quotes[0] + 1, quotes[1], ret);
	return true;
}

/* ---- lines ---- */

void lines_begin(struct lines *lines, const struct marks_way *way, const char *block, size_t len)
{
	const size_t n_words = (len + 63) / 64;

	lines->block = lines->at = block;
	lines->end = block + len;
	way->find(block, n_words * 64, lines->bits);
	/* What stands behind the block is no part of it; its end is a mark, so that there always is a next one. */
	if (len % 64 == 0)
		lines->bits[n_words] = 0;
	lines->bits[len / 64] &= (UINT64_C(1) << len % 64) - 1;
	lines->bits[len / 64] |= UINT64_C(1) << len % 64;
	lines->word = 0;
	lines->marks = lines->bits[0];
}

/* The next mark, or the block's end; not to be called again after that. */
static inline const char *next_mark(struct lines *lines)
{
	while (!lines->marks)
		lines->marks = lines->bits[++lines->word];

	const char *mark = lines->block + lines->word * 64 + (size_t)__builtin_ctzll(lines->marks);

	lines->marks &= lines->marks - 1;
	return mark;
}

/* The line before the mark, without CR; the next one begins behind it. */
static inline slice end_line(struct lines *lines, const char *mark)
{
	const char *const at = lines->at;

	lines->at = mark + (mark < lines->end);
	if (mark > at && mark[-1] == '\r')
		mark--;
	return slice_from(at, (size_t)(mark - at));
}

/* The quotes of the line, up to `wanted` of them; whether there was a backslash before they were all found. Returns the mark of the line's end. */
static inline const char *find_quotes(struct lines *lines, size_t wanted, const char **quotes, size_t *ret_n, bool *ret_has_escape)
{
	/* A copy, which the compiler can keep in registers: whatever is written to the quotes, it stays the same. */
	struct {
		const char *block, *end;
		const uint64_t *bits;
		size_t word;
		uint64_t marks;
	} at = {lines->block, lines->end, lines->bits, lines->word, lines->marks};
	const char *mark;
	size_t n = 0;
	bool has_escape = false;

	for (;;) {
		while (!at.marks)
			at.marks = at.bits[++at.word];
		mark = at.block + at.word * 64 + (size_t)__builtin_ctzll(at.marks);
		at.marks &= at.marks - 1;
		if (mark == at.end || *mark == '\n')
			break;
		if (n == wanted)
			continue;
		if (*mark == '"')
			quotes[n++] = mark;
		else
			has_escape = true;
	}
	lines->word = at.word;
	lines->marks = at.marks;
	*ret_n = n;
	*ret_has_escape = has_escape;
	return mark;
}

bool lines_next(struct lines *lines, unsigned parts, struct stamp_cache *stamps, struct line_text *ret, struct log_line *ret_line)
{
	const size_t quotes_wanted = parts & LINE_AGENT ? QUOTES_MAX : 2;
	const char *quotes[QUOTES_MAX];
	size_t n;
	bool has_escape;

	if (lines->at == lines->end)
		return false;
	ret->text = end_line(lines, find_quotes(lines, quotes_wanted, quotes, &n, &has_escape));
	ret->fault = LINE_FINE;
	if (!ret->text.len)
		return true;
	if (has_escape || n < quotes_wanted || !read_ordinary(parts, stamps, ret->text.ptr, ret->text.ptr + ret->text.len, quotes, ret_line))
		ret->fault = line_parse(parts, stamps, ret->text, ret_line);
	return true;
}

bool lines_cut(struct lines *lines, slice *ret)
{
	const char *mark;

	if (lines->at == lines->end)
		return false;
	do
		mark = next_mark(lines);
	while (mark < lines->end && *mark != '\n');
	*ret = end_line(lines, mark);
	return true;
}
