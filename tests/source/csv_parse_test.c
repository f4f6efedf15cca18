/* SPDX-License-Identifier: MIT */
#include "source/csv_parse.h"

#include "tap.h"

/* Records as [a|b][c|d], or the error's sentence. */
static void show(const char *text, char separator, struct buffer *out, courant_error **err)
{
	AUTO(csv) struct csv csv;

	csv_init(&csv, slice_of(text), "x.csv", separator);
	while (csv_next(&csv, err) > 0) {
		for (size_t i = 0; i < csv.n_fields; i++) {
			buffer_append_byte(out, i ? '|' : '[');
			buffer_append(out, csv.fields[i]);
		}
		buffer_append_byte(out, ']');
	}
}

static const struct {
	const char *name, *text, *records;
} texts[] = {
	{"nothing", "", ""},
	{"lines that end in CRLF", "a,b\r\nc,d\r\n", "[a|b][c|d]"},
	{"lines that end in LF, the last one not at all", "a,b\nc,d", "[a|b][c|d]"},
	{"empty fields", ",\n,,\n", "[|][||]"},
	{"quotes", "\"a\",\"b c\"\n", "[a|b c]"},
	{"a separator in quotes", "\"a,b\",c\n", "[a,b|c]"},
	{"doubled quotes", "\"say \"\"no\"\"\",\"\"\"\"\n", "[say \"no\"|\"]"},
	{"nothing in quotes", "\"\",a\n", "[|a]"},
	{"a line break in quotes", "\"a\r\nb\",c\nd,e\n", "[a\r\nb|c][d|e]"},
	{"a quote inside a plain field is itself", "5\" disk,x\n", "[5\" disk|x]"},
	{"a byte order mark", "\xef\xbb\xbf" "a,b\n", "[a|b]"},
	{"blank lines", "\na,b\n\n\r\nc,d\n\n", "[a|b][c|d]"},
	{"semicolons are recognised", "a;b;c,d\n1;2;3,5\n", "[a|b|c,d][1|2|3,5]"},
	{"tabs are recognised", "a\tb\n1\t2\n", "[a|b][1|2]"},
	{"separators in quotes do not count", "\"a;b;c\",d\n", "[a;b;c|d]"},
	{"a lone CR is no line end", "a\rb,c\n", "[a\rb|c]"},
	{"a CR at the end of the text is", "a,b\r", "[a|b]"},
	{"blanks stay", " a , b \n", "[ a | b ]"},
	{"one column", "a\n1\n", "[a][1]"},
};

static void records_are_read(void)
{
	EACH (row, texts) {
		AUTO(buffer) struct buffer out = BUFFER_LIMIT(4096);
		courant_error *err = NULL;

		tap_row(row->name);
		buffer_append(&out, SLICE(""));
		show(row->text, 0, &out, &err);
		CHECK_NO_ERROR(err);
		CHECK_SLICE(buffer_peek(&out), slice_of(row->records));
	}
}

static void faults_name_their_line(void)
{
	static const struct {
		const char *name, *text, *sentence;
	} rows[] = {
		{"a quote that stays open", "a,b\n1,\"2\n3,4\n", "x.csv:2: the quote that opens here is never closed"},
		{"letters behind a quote", "a,b\n\"1\"x,2\n", "x.csv:2: something stands between a closing quote and the next separator"},
		{"behind line breaks in quotes", "\"a\nb\",c\n\"1\n\n2\"x\n", "x.csv:5: something stands between"},
	};

	EACH (row, rows) {
		AUTO(buffer) struct buffer out = BUFFER_LIMIT(4096);
		courant_error *err = NULL;

		tap_row(row->name);
		show(row->text, 0, &out, &err);
		CHECK_ERROR(err, COURANT_NO_INPUT, row->sentence);
	}
}

static void what_is_too_much_is_told(void)
{
	AUTO(buffer) struct buffer text = BUFFER_LIMIT((size_t)1 << 20), out = BUFFER_LIMIT((size_t)1 << 20);
	courant_error *err = NULL;

	buffer_append_repeated(&text, ',', 512);
	show(text.bytes, 0, &out, &err);
	CHECK_ERROR(err, COURANT_NO_INPUT, "x.csv:1: more than 512 fields");
	err = NULL;
	buffer_cut(&text, 0);
	buffer_append_repeated(&text, 'x', 65537);
	show(text.bytes, 0, &out, &err);
	CHECK_ERROR(err, COURANT_NO_INPUT, "x.csv:1: a field of more than 64 KB");
}

static void the_separator_may_be_given(void)
{
	AUTO(buffer) struct buffer out = BUFFER_LIMIT(4096);

	show("a,b;c\n", ';', &out, NULL);
	CHECK_TEXT(out.bytes, "[a,b|c]");
}

static void lines_are_counted(void)
{
	AUTO(csv) struct csv csv;

	csv_init(&csv, SLICE("a\n\n\"b\nb\"\nc\n"), "x.csv", 0);
	CHECK(csv_next(&csv, NULL) == 1 && csv.record_line == 1);
	CHECK(csv_next(&csv, NULL) == 1 && csv.record_line == 3);
	CHECK(csv_next(&csv, NULL) == 1 && csv.record_line == 5);
	CHECK(csv_next(&csv, NULL) == 0);
}

TESTS(TEST(records_are_read), TEST(faults_name_their_line), TEST(what_is_too_much_is_told), TEST(the_separator_may_be_given), TEST(lines_are_counted))
