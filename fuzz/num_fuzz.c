/* SPDX-License-Identifier: MIT */
/* num_fuzz.c - numbers: what is read and written again reads the same */
#include <math.h>

#include "base/clock.h"
#include "base/num.h"
#include "fuzz.h"

static void check_double(slice text)
{
	AUTO(buffer) struct buffer written = BUFFER_LIMIT(64);
	double value, again;

	if (!num_parse_double(text, &value))
		return;
	MUST(isfinite(value));
	num_write_double(&written, value);
	MUST(buffer_check(&written, NULL) == 0 && written.len <= 25);
	MUST(num_parse_double(buffer_peek(&written), &again) && again == value);
}

static void check_integers(slice text)
{
	AUTO(buffer) struct buffer written = BUFFER_LIMIT(64);
	uint64_t value, again;
	int64_t with_sign;

	if (!num_parse_u64(text, &value))
		return;
	buffer_append_u64(&written, value);
	MUST(num_parse_u64(buffer_peek(&written), &again) && again == value);
	MUST(num_parse_i64(text, &with_sign) == (value <= INT64_MAX));
}

static void check_instants(slice text)
{
	AUTO(buffer) struct buffer written = BUFFER_LIMIT(64);
	int64_t instant_ms, again_ms;
	int offset_s, offset_again_s;

	if (!rfc3339_parse(text, &instant_ms, &offset_s))
		return;
	rfc3339_write(&written, instant_ms, offset_s);
	MUST(rfc3339_parse(buffer_peek(&written), &again_ms, &offset_again_s));
	MUST(again_ms == instant_ms && offset_again_s == offset_s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const slice text = slice_from((const char *)data, size);
	uint64_t value;

	check_double(text);
	check_integers(text);
	check_instants(text);
	(void)num_parse_hex(text, &value);
	(void)num_parse_duration(text, &value);
	(void)num_parse_size(text, &value);
	return 0;
}
