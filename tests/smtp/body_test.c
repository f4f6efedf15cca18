/* SPDX-License-Identifier: MIT */
/* body_test.c - src/smtp/body.c: what leaves has CRLF line ends and no line that ends the message early */
#include "smtp/body.h"

#include "base/random.h"
#include "tap.h"

static const struct {
	const char *name, *in, *data, *bdat;
} rows[] = {
	{"nothing", "", "", ""},
	{"a line", "a\r\n", "a\r\n", "a\r\n"},
	{"a last line without its end", "a", "a\r\n", "a\r\n"},
	{"LF alone", "a\nb\n", "a\r\nb\r\n", "a\r\nb\r\n"},
	{"CR alone", "a\rb\r", "a\r\nb\r\n", "a\r\nb\r\n"},
	{"a dot", ".\r\n", "..\r\n", ".\r\n"},
	{"dots", "..a\r\n.\r\n", "...a\r\n..\r\n", "..a\r\n.\r\n"},
	{"a dot inside", "a.\r\n", "a.\r\n", "a.\r\n"},
	{"LF dot LF", "a\n.\nb", "a\r\n..\r\nb\r\n", "a\r\n.\r\nb\r\n"},
	{"CR dot CR", "a\r.\rb", "a\r\n..\r\nb\r\n", "a\r\n.\r\nb\r\n"},
	{"LF dot CRLF", "a\n.\r\nb", "a\r\n..\r\nb\r\n", "a\r\n.\r\nb\r\n"},
	{"CRLF dot LF", "a\r\n.\nb", "a\r\n..\r\nb\r\n", "a\r\n.\r\nb\r\n"},
	{"CRLF dot CR", "a\r\n.\rb", "a\r\n..\r\nb\r\n", "a\r\n.\r\nb\r\n"},
	{"CR CRLF", "a\r\r\nb", "a\r\n\r\nb\r\n", "a\r\n\r\nb\r\n"},
	{"LF CR", "a\n\rb", "a\r\n\r\nb\r\n", "a\r\n\r\nb\r\n"},
	{"empty lines", "\r\n\n\r", "\r\n\r\n\r\n", "\r\n\r\n\r\n"},
	{"CRLF dot CRLF in the text", "a\r\n.\r\nMAIL FROM:<x@y>\r\n", "a\r\n..\r\nMAIL FROM:<x@y>\r\n", "a\r\n.\r\nMAIL FROM:<x@y>\r\n"},
	{"a dot at the very begin", ".", "..\r\n", ".\r\n"},
};

static void filter_by(struct body_filter filter, slice in, size_t step, struct buffer *ret)
{
	for (; in.len > 0; in = slice_after(in, step)) {
		const slice piece = slice_part(in, 0, step);
		char *to = buffer_room(ret, body_worst(piece.len));

		buffer_added(ret, body_write(&filter, piece, to));
	}
	buffer_added(ret, body_end(&filter, buffer_room(ret, 2)));
}

static void lines_end_in_crlf_and_dots_are_doubled(void)
{
	static const size_t steps[] = {1, 2, 3, 1000};

	EACH (row, rows)
		EACH (step, steps) {
			AUTO(buffer) struct buffer data = BUFFER_LIMIT(1000);
			AUTO(buffer) struct buffer bdat = BUFFER_LIMIT(1000);

			tap_row(row->name);
			filter_by((struct body_filter)BODY_FILTER_DATA, slice_of(row->in), *step, &data);
			filter_by((struct body_filter)BODY_FILTER_BDAT, slice_of(row->in), *step, &bdat);
			CHECK_SLICE(buffer_peek(&data), slice_of(row->data));
			CHECK_SLICE(buffer_peek(&bdat), slice_of(row->bdat));
		}
}

static void nuls_and_eight_bits_pass(void)
{
	AUTO(buffer) struct buffer out = BUFFER_LIMIT(1000);

	filter_by((struct body_filter)BODY_FILTER_DATA, SLICE("\0\xff.\x80"), 2, &out);
	CHECK_SLICE(buffer_peek(&out), SLICE("\0\xff.\x80\r\n"));
}

/* Whatever goes in, however it is cut: no bare CR or LF, no line of one dot, and the same bytes. */
static void nothing_can_be_smuggled(void)
{
	struct random_stream random = {.state = 7};

	for (int round = 0; round < 20000; round++) {
		AUTO(buffer) struct buffer whole = BUFFER_LIMIT(1000);
		AUTO(buffer) struct buffer cut = BUFFER_LIMIT(1000);
		char in[12];
		const size_t n = random_below(&random, sizeof in + 1);
		bool is_clean = true;

		for (size_t i = 0; i < n; i++)
			in[i] = "\r\n.a"[random_below(&random, 4)];
		filter_by((struct body_filter)BODY_FILTER_DATA, slice_from(in, n), 100, &whole);
		filter_by((struct body_filter)BODY_FILTER_DATA, slice_from(in, n), 1 + random_below(&random, 3), &cut);
		for (size_t i = 0; i < whole.len; i++) {
			if (whole.bytes[i] == '\r')
				is_clean = is_clean && whole.bytes[i + 1] == '\n';
			if (whole.bytes[i] == '\n')
				is_clean = is_clean && i > 0 && whole.bytes[i - 1] == '\r';
		}
		if (!CHECK(is_clean) || !CHECK(slice_find_slice(buffer_peek(&whole), SLICE("\r\n.\r\n")) == SLICE_NONE) ||
		    !CHECK(!slice_starts(buffer_peek(&whole), SLICE(".\r\n"))) ||
		    !CHECK_SLICE(buffer_peek(&cut).len ? buffer_peek(&cut) : SLICE(""),
				 buffer_peek(&whole).len ? buffer_peek(&whole) : SLICE("")))
			return;
	}
}

/* The same by another way: byte by byte, nothing remembered but the last two. */
static void filter_slowly(slice in, bool dots, struct buffer *ret)
{
	char last = '\n';

	for (size_t i = 0; i < in.len; i++) {
		const bool ends = in.ptr[i] == '\r' || (in.ptr[i] == '\n' && last != '\r');

		if (ends)
			buffer_append(ret, SLICE("\r\n"));
		else if (in.ptr[i] != '\n' && dots && in.ptr[i] == '.' && (last == '\n' || last == '\r'))
			buffer_append(ret, SLICE(".."));
		else if (in.ptr[i] != '\n')
			buffer_append_byte(ret, in.ptr[i]);
		last = in.ptr[i];
	}
	if (last != '\n' && last != '\r')
		buffer_append(ret, SLICE("\r\n"));
}

/* Long pieces are copied in spans: one fault anywhere, at any place in a span, is found as in a short one. */
static void a_fault_in_a_long_piece_is_found(void)
{
	static const char *const faults[] = {"\r", "\n", ".", "\r\n", "\n.", "\r.", "\r\n.", "\r\n.\r\n", "\n\r", "\r\r\n"};
	struct random_stream random = {.state = 11};

	EACH (fault, faults)
		for (size_t at = 0; at < 300; at++) {
			char in[320];
			const struct body_filter filter = {.dots = random_below(&random, 2) == 1};
			const size_t lines = 1 + random_below(&random, 90);
			AUTO(buffer) struct buffer out = BUFFER_LIMIT(1000);
			AUTO(buffer) struct buffer due = BUFFER_LIMIT(1000);

			for (size_t i = 0; i < sizeof in; i++)
				in[i] = i % (lines + 2) < lines ? 'x' : "\r\n"[i % (lines + 2) - lines];
			memcpy(in + at, *fault, strlen(*fault));
			tap_row(*fault);
			filter_by(filter, slice_from(in, sizeof in), 1 + random_below(&random, sizeof in), &out);
			filter_slowly(slice_from(in, sizeof in), filter.dots, &due);
			if (!CHECK_SLICE(buffer_peek(&out), buffer_peek(&due)))
				return;
		}
}

TESTS(TEST(a_fault_in_a_long_piece_is_found), TEST(lines_end_in_crlf_and_dots_are_doubled), TEST(nuls_and_eight_bits_pass), TEST(nothing_can_be_smuggled))
