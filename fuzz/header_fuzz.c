/* SPDX-License-Identifier: MIT */
/* header_fuzz.c - headers of strangers are walked and decoded; texts of ours come back as they went
 * in */
#include "base/utf8.h"
#include "fuzz.h"
#include "mime/date.h"
#include "mime/encoded_word.h"
#include "mime/header.h"
#include "mime/header_parse.h"

static void walk(slice bytes)
{
	AUTO(arena) struct arena arena = {0};
	struct header header;
	size_t at = 0;

	if (header_parse(&header, &arena, bytes, NULL) < 0)
		return;
	MUST(header.body_from <= bytes.len);
	for (size_t i = 0; i < header.n; i++) {
		AUTO(buffer) struct buffer decoded = BUFFER_LIMIT((size_t)1 << 24);
		const struct header_field *field = &header.items[i];

		MUST(field->from >= at && field->to > field->from && field->to <= bytes.len);
		at = field->to;
		header_decode(&decoded, field->value);
		MUST(utf8_is_valid(buffer_peek(&decoded)));
	}
}

static void roundtrip(slice text)
{
	AUTO(buffer) struct buffer out = BUFFER_LIMIT((size_t)1 << 24);
	AUTO(buffer) struct buffer again = BUFFER_LIMIT((size_t)1 << 24);
	slice rest, line, value;

	if (header_write(&out, SLICE("Subject"), text, NULL) < 0)
		return;
	rest = buffer_peek(&out);
	while (slice_next_line(&rest, &line))
		MUST(line.len <= LINE_MAX_BYTES && utf8_is_ascii(line) && slice_trim(line).len > 0);
	value = slice_part(buffer_peek(&out), 8, out.len - 10);
	if (slice_starts(value, SLICE("\r\n")))
		value = slice_after(value, 2);
	encoded_words_decode(&again, slice_after(value, 1));
	MUST(slice_equal(buffer_peek(&again), text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const slice text = slice_from((const char *)data, size);
	AUTO(buffer) struct buffer decoded = BUFFER_LIMIT((size_t)1 << 24);
	int64_t instant_ms;
	int offset_s;

	walk(text);
	roundtrip(text);
	encoded_words_decode(&decoded, text);
	MUST(decoded.failure == BUFFER_FINE);
	if (date_parse(text, &instant_ms, &offset_s) && date_is_valid(instant_ms, offset_s)) {
		AUTO(buffer) struct buffer date = BUFFER_LIMIT(64);
		int64_t again_ms;
		int again_s;

		date_write(&date, instant_ms, offset_s);
		MUST(date_parse(buffer_peek(&date), &again_ms, &again_s));
		MUST(again_ms / 1000 == instant_ms / 1000 && again_s == offset_s);
	}
	return 0;
}
