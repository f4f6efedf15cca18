/* SPDX-License-Identifier: MIT */
/* fields.c - values of fields, whatever the format they stand in (pattern.h) */
#include "base/ascii.h"
#include "base/clock.h"
#include "base/num.h"
#include "weblog/address.h"
#include "weblog/lines.h"
#include "weblog/pattern.h"

#define MILLION         INT64_C(1000000)
#define STAMP_PLAIN     20 /* bytes of 10/Oct/2000:13:55:36 */
#define TIME_MAX        64 /* bytes of 2000-10-10T13:55:36.123456789+00:00 and more */
#define SIZE_LIMIT      UINT64_C(1000000000000000)
#define DURATION_LIMIT  1e12 /* microseconds */
#define SECONDS_LIMIT   INT64_C(253402300799) /* the end of the year 9999 */

void fields_begin(struct line_parts_read *parts, struct log_line *line)
{
	*line = (struct log_line){.duration_us = LINE_NO_DURATION, .time_s = INT64_MIN, .status = UINT32_MAX};
	parts->request = parts->method = parts->uri = parts->date = parts->clock = (slice){NULL, 0};
	parts->is_url = parts->has_pieces = false;
}

/* ---- times ---- */

static enum line_fault read_stamp(struct line_parts_read *parts, slice value, struct log_line *line)
{
	if (value.len != STAMP_BYTES || !stamp_has_shape(value.ptr))
		return LINE_NO_TIME;
	if (!stamp_parse(&parts->stamps, value.ptr, &line->time_s))
		return LINE_IMPOSSIBLE_TIME;
	line->offset_s = parts->stamps.offset_s;
	return LINE_FINE;
}

/* Milliseconds are cut off. */
static enum line_fault read_haproxy(struct line_parts_read *parts, slice value, struct log_line *line)
{
	char text[STAMP_BYTES];

	if (value.len < STAMP_PLAIN)
		return LINE_NO_TIME;
	memcpy(text, value.ptr, STAMP_PLAIN);
	memcpy(text + STAMP_PLAIN, " +0000", 6);
	return read_stamp(parts, slice_from(text, sizeof text), line);
}

static enum line_fault set_instant(struct log_line *line, int64_t time_ms)
{
	line->time_s = time_ms / MS_PER_SECOND - (time_ms % MS_PER_SECOND < 0);
	return LINE_FINE;
}

/* RFC 3339, or with an offset of ISO 8601's basic format, as strftime's %z of Apache and Logstash writes it: "+0000". */
static enum line_fault read_iso(slice value, struct log_line *line)
{
	char text[TIME_MAX];
	int64_t time_ms;

	if (value.len > 5 && value.len < sizeof text && ascii_is_one_of(value.ptr[value.len - 5], "+-") && value.ptr[value.len - 3] != ':') {
		memcpy(text, value.ptr, value.len - 2);
		text[value.len - 2] = ':';
		memcpy(text + value.len - 1, value.ptr + value.len - 2, 2);
		value = slice_from(text, value.len + 1);
	}
	if (!rfc3339_parse(value, &time_ms, &line->offset_s))
		return value.len && ascii_is_digit(value.ptr[0]) ? LINE_IMPOSSIBLE_TIME : LINE_NO_TIME;
	return set_instant(line, time_ms);
}

static enum line_fault read_epoch(slice value, int64_t per_second, struct log_line *line)
{
	uint64_t whole;

	if (!num_parse_u64(slice_part(value, 0, slice_find(value, '.')), &whole))
		return LINE_NO_TIME;
	if (whole / (uint64_t)per_second > (uint64_t)SECONDS_LIMIT)
		return LINE_IMPOSSIBLE_TIME;
	line->time_s = (int64_t)(whole / (uint64_t)per_second);
	return LINE_FINE;
}

/* "2000-10-10" and "13:55:36", perhaps with a fraction. */
static enum line_fault join_time(struct line_parts_read *parts, struct log_line *line)
{
	char text[21] = "0000-00-00T00:00:00Z";
	const slice date = parts->date.ptr ? parts->date : parts->default_date;

	if (date.len != 10 || parts->clock.len < 8)
		return LINE_NO_TIME;
	memcpy(text, date.ptr, 10);
	memcpy(text + 11, parts->clock.ptr, 8);
	return read_iso(slice_from(text, 20), line);
}

/* Where the pieces of a time stand in an instant (RFC 3339). */
static const struct {
	unsigned char at, width;
} pieces[] = {
	[FIELD_YEAR] = {0, 4}, [FIELD_YEAR_SHORT] = {2, 2}, [FIELD_MONTH] = {5, 2},   [FIELD_MONTH_NAME] = {5, 3}, [FIELD_DAY] = {8, 2},
	[FIELD_HOUR] = {11, 2}, [FIELD_MINUTE] = {14, 2},   [FIELD_SECOND] = {17, 2}, [FIELD_ZONE] = {19, 5},
};

size_t field_width(enum pattern_field field)
{
	return field < sizeof pieces / sizeof *pieces ? pieces[field].width : 0;
}

static enum line_fault read_piece(enum pattern_field field, slice value, struct line_parts_read *parts)
{
	static const char months[] = "janfebmaraprmayjunjulaugsepoctnovdec";
	char *const at = parts->instant + pieces[field].at;
	unsigned month = 0;

	if (value.len != pieces[field].width)
		return LINE_NO_TIME;
	if (!parts->has_pieces)
		memcpy(parts->instant, "2000-01-01T00:00:00+00:00", FIELD_INSTANT_BYTES);
	parts->has_pieces = true;
	if (field == FIELD_MONTH_NAME) {
		while (month < 12 && !slice_equal_nocase(value, slice_from(months + 3 * month, 3)))
			month++;
		month++;
		at[0] = (char)('0' + month / 10);
		at[1] = (char)('0' + month % 10);
		return month > 12 ? LINE_NO_TIME : LINE_FINE;
	}
	memcpy(at, value.ptr, field == FIELD_ZONE ? 3 : value.len);
	if (field == FIELD_ZONE)
		memcpy(at + 4, value.ptr + 3, 2);
	/* strftime's %e pads with a blank; two digits of a year are of 1969 to 2068, as in POSIX. */
	if (field == FIELD_DAY && at[0] == ' ')
		at[0] = '0';
	if (field == FIELD_YEAR_SHORT)
		memcpy(parts->instant, memcmp(at, "69", 2) < 0 ? "20" : "19", 2);
	return LINE_FINE;
}

/* ---- others ---- */

static enum line_fault read_status(slice value, struct log_line *line)
{
	uint64_t status;

	if (value.len != 3 || !num_parse_range(value, 0, 999, &status))
		return LINE_NO_STATUS;
	line->status = (unsigned)status;
	return LINE_FINE;
}

static enum line_fault read_size(slice value, struct log_line *line)
{
	if (slice_equal(value, SLICE("-")))
		return LINE_FINE;
	/* HAProxy writes so what may have become more since (option logasap). */
	if (value.len && value.ptr[0] == '+')
		value = slice_after(value, 1);
	return num_parse_range(value, 0, SIZE_LIMIT - 1, &line->size_bytes) ? LINE_FINE : LINE_NO_SIZE;
}

/* What is no number ("-", "-1" for none) is no duration. */
static void add_duration(slice value, double microseconds, struct log_line *line)
{
	double number;

	if (!num_parse_double(value, &number) || number < 0 || number * microseconds > DURATION_LIMIT)
		return;
	line->duration_us = (line->duration_us < 0 ? 0 : line->duration_us) + (int64_t)(number * microseconds + 0.5);
}

static void set_duration(slice value, double microseconds, struct log_line *line)
{
	if (line->duration_us == LINE_NO_DURATION)
		add_duration(value, microseconds, line);
}

/* The last one is the whole, with a + when it has not come to its end. */
static void add_timers(slice value, struct log_line *line)
{
	value = slice_after(value, slice_find_last(value, '/') + 1);
	add_duration(slice_starts(value, SLICE("+")) ? slice_after(value, 1) : value, 1e3, line);
}

/* HAProxy writes a port behind IPv6 without brackets, AWS with them. */
static slice without_port(slice value)
{
	return address_bare(line_host(value));
}

/* Blanks for +, and for %20 and the like what they stand for. */
static slice decode(struct line_parts_read *parts, slice value, bool is_escaped)
{
	char *const out = parts->scratch + parts->scratch_len;
	size_t n = 0;

	if (value.len > LINES_MAX - parts->scratch_len)
		return value;
	for (size_t i = 0; i < value.len; i++) {
		const int high = i + 2 < value.len ? ascii_hex_value(value.ptr[i + 1]) : -1;
		const int low = i + 2 < value.len ? ascii_hex_value(value.ptr[i + 2]) : -1;

		if (is_escaped && value.ptr[i] == '%' && high >= 0 && low >= 0) {
			out[n++] = (char)(high * 16 + low);
			i += 2;
		} else {
			out[n++] = value.ptr[i] == '+' && !is_escaped ? ' ' : value.ptr[i];
		}
	}
	parts->scratch_len += n;
	return slice_from(out, n);
}

enum line_fault field_read(enum pattern_field field, slice value, struct line_parts_read *parts, struct log_line *line)
{
	switch (field) {
	case FIELD_SKIP:
		break;
	case FIELD_ADDRESS:
		line->address = value;
		break;
	case FIELD_ADDRESS_PORT:
		line->address = without_port(value);
		break;
	case FIELD_ADDRESS_TOLD:
		line->address = slice_part(value, 0, slice_find(value, ','));
		break;
	case FIELD_HOST:
		line->host = slice_equal(value, SLICE("-")) ? (slice){NULL, 0} : line_host(value);
		break;
	case FIELD_TIME:
		return read_stamp(parts, value, line);
	case FIELD_TIME_ISO:
		return read_iso(value, line);
	case FIELD_TIME_EPOCH:
		return read_epoch(value, 1, line);
	case FIELD_TIME_EPOCH_MS:
		return read_epoch(value, MS_PER_SECOND, line);
	case FIELD_TIME_EPOCH_US:
		return read_epoch(value, MILLION, line);
	case FIELD_TIME_HAPROXY:
		return read_haproxy(parts, value, line);
	case FIELD_DATE:
		parts->date = value;
		break;
	case FIELD_CLOCK:
		parts->clock = value;
		break;
	case FIELD_YEAR:
	case FIELD_YEAR_SHORT:
	case FIELD_MONTH:
	case FIELD_MONTH_NAME:
	case FIELD_DAY:
	case FIELD_HOUR:
	case FIELD_MINUTE:
	case FIELD_SECOND:
	case FIELD_ZONE:
		return read_piece(field, value, parts);
	case FIELD_REQUEST_URL:
		parts->is_url = true;
		parts->request = value;
		break;
	case FIELD_REQUEST:
		parts->request = value;
		break;
	case FIELD_METHOD:
		parts->method = value;
		break;
	case FIELD_URI:
		parts->uri = value;
		break;
	case FIELD_STATUS:
		return read_status(value, line);
	case FIELD_SIZE:
	case FIELD_SIZE_SENT:
		return read_size(value, line);
	case FIELD_REFERRER:
		line->referrer = value;
		break;
	case FIELD_AGENT:
		line->agent = value;
		break;
	case FIELD_AGENT_PLUS:
		line->agent = decode(parts, value, false);
		break;
	case FIELD_AGENT_ESCAPED:
		line->agent = decode(parts, value, true);
		break;
	case FIELD_SECONDS:
		set_duration(value, 1e6, line);
		break;
	case FIELD_MILLISECONDS:
		set_duration(value, 1e3, line);
		break;
	case FIELD_MICROSECONDS:
		set_duration(value, 1, line);
		break;
	case FIELD_SECONDS_PART:
		add_duration(value, 1e6, line);
		break;
	case FIELD_TIMERS:
		add_timers(value, line);
		break;
	}
	return LINE_FINE;
}

/* The path of "https://host:443/path". */
static slice path_of_url(slice url)
{
	const size_t scheme = slice_find_slice(url, SLICE("://"));

	if (scheme == SLICE_NONE)
		return url;

	const slice rest = slice_after(url, scheme + 3);
	const size_t path = slice_find(rest, '/');

	return path == SLICE_NONE ? SLICE("/") : slice_after(rest, path);
}

enum line_fault fields_end(struct line_parts_read *parts, struct log_line *line)
{
	if (line->time_s == INT64_MIN) {
		const enum line_fault fault = parts->has_pieces ? read_iso(slice_from(parts->instant, FIELD_INSTANT_BYTES), line)
					      : parts->clock.ptr ? join_time(parts, line)
								 : LINE_NO_TIME;

		if (fault)
			return fault;
	}
	if (!line->address.len)
		return LINE_NO_ADDRESS;
	if (line->status == UINT32_MAX)
		return LINE_NO_STATUS;
	if (parts->request.ptr) {
		line_split_request(parts->request, &line->method, &line->path);
	} else if (parts->uri.len && !slice_equal(parts->uri, SLICE("-"))) {
		line->method = parts->method.ptr ? parts->method : SLICE("GET");
		line->path = slice_part(parts->uri, 0, slice_find(parts->uri, '?'));
	}
	if (parts->is_url && line->path.ptr)
		line->path = path_of_url(line->path);
	return LINE_FINE;
}
