/* SPDX-License-Identifier: MIT */
#include "table/stranger.h"

#include "base/printable.h"
#include "base/utf8.h"
#include "tap.h"

static const struct {
	const char *name, *text;
	size_t columns;
	const char *shown, *shown_path;
} texts[] = {
	{"plain", "/index.php", 40, "/index.php", "/index.php"},
	{"empty", "", 40, "", ""},
	{"it fits exactly", "/index.php", 10, "/index.php", "/index.php"},
	{"one column too long", "/index.php", 9, "/index.p…", "/index.p…"},
	{"wide characters count two", "搜索引擎", 8, "搜索引擎", "搜索引擎"},
	{"a wide character is not halved", "搜索引擎", 6, "搜索…", "搜索…"},
	{"no room", "abc", 0, "…", "…"},
	{"an escape sequence", "\x1b[31mred", 40, "\\u{1b}[31mred", "\\u{1b}[31mred"},
	{"a line end", "a\r\nb", 40, "a\\u{d}\\u{a}b", "a\\u{d}\\u{a}b"},
	{"a right-to-left override", "abc\u202etxt.exe", 40, "abc\\u{202e}txt.exe", "abc\\u{202e}txt.exe"},
	{"bytes that are not UTF-8", "a\xff\xfe", 40, "a\\xff\\xfe", "a\\xff\\xfe"},
	{"percent-encoded Chinese", "/%E6%90%9C%e7%b4%a2?q", 40, "/%E6%90%9C%e7%b4%a2?q", "/搜索?q"},
	{"percent-encoded ASCII stays", "/%3Cscript%3E%20%2e%2e%2F", 40, "/%3Cscript%3E%20%2e%2e%2F", "/%3Cscript%3E%20%2e%2e%2F"},
	{"a percent-encoded override stays", "/%E2%80%AEexe", 40, "/%E2%80%AEexe", "/%E2%80%AEexe"},
	{"an overlong slash stays", "/%C0%AF", 40, "/%C0%AF", "/%C0%AF"},
	{"GBK stays", "/%CB%D1%CB%F7", 40, "/%CB%D1%CB%F7", "/%CB%D1%CB%F7"},
	{"half a character stays, what follows is decoded", "/%E6%90%E6%90%9C", 40, "/%E6%90%E6%90%9C", "/%E6%90搜"},
	{"four bytes", "/%F0%9F%98%80.", 40, "/%F0%9F%98%80.", "/\U0001F600."},
	{"an end in the middle", "/%E6%90%9", 40, "/%E6%90%9", "/%E6%90%9"},
	{"a lone percent", "100%", 40, "100%", "100%"},
	{"marks are taken off a pile", "a\u0301\u0301\u0301\u0301\u0301\u0301b", 60, "a\u0301\u0301\u0301\u0301\\u{301}\\u{301}b",
	 "a\u0301\u0301\u0301\u0301\\u{301}\\u{301}b"},
	{"decoded text is cut by its own width", "/%E6%90%9C%E7%B4%A2", 5, "/%E6…", "/搜索"},
};

static void text_is_harmless(void)
{
	EACH (row, texts) {
		AUTO(buffer) struct buffer out = BUFFER_LIMIT(4096);

		tap_row(row->name);
		stranger_write(&out, slice_of(row->text), row->columns);
		CHECK_SLICE(buffer_peek(&out), row->shown[0] ? slice_of(row->shown) : buffer_peek(&out));
		CHECK_INT(out.len, strlen(row->shown));
		buffer_cut(&out, 0);
		stranger_write_path(&out, slice_of(row->text), row->columns);
		CHECK_SLICE(buffer_peek(&out), row->shown_path[0] ? slice_of(row->shown_path) : buffer_peek(&out));
	}
}

/* Doing it twice shows the same: a report's sentence may hold what was made harmless before. */
static void twice_is_once(void)
{
	EACH (row, texts) {
		AUTO(buffer) struct buffer once = BUFFER_LIMIT(4096), twice = BUFFER_LIMIT(4096);

		tap_row(row->name);
		stranger_write_path(&once, slice_of(row->text), SIZE_MAX);
		stranger_write(&twice, buffer_peek(&once), SIZE_MAX);
		CHECK(slice_equal(buffer_peek(&twice), buffer_peek(&once)));
		CHECK(printable_is(buffer_peek(&once)));
		CHECK(utf8_is_valid(buffer_peek(&once)));
	}
}

/* Megabytes of marks, of escapes, of bad bytes: never wider than asked for, and never many bytes. */
static void a_limit_holds_for_bytes_too(void)
{
	static const struct {
		const char *name, *piece;
	} rows[] = {{"letters", "a"}, {"marks", "\u0301"}, {"controls", "\x01"}, {"bad bytes", "\xff"}, {"encoded", "%E6%90%9C"}};

	EACH (row, rows) {
		AUTO(buffer) struct buffer text = BUFFER_LIMIT((size_t)1 << 22), out = BUFFER_LIMIT(4096);

		tap_row(row->name);
		while (text.len < (size_t)1 << 21)
			buffer_append(&text, slice_of(row->piece));
		stranger_write(&out, buffer_peek(&text), 100);
		stranger_write_path(&out, buffer_peek(&text), 100);
		CHECK(utf8_width(buffer_peek(&out)) <= 200);
		CHECK_INT(buffer_check(&out, NULL), 0);
		CHECK(slice_ends(buffer_peek(&out), SLICE("…")));
	}
}

TESTS(TEST(text_is_harmless), TEST(twice_is_once), TEST(a_limit_holds_for_bytes_too))
