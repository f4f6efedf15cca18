/* SPDX-License-Identifier: MIT */
/* mailbox_fuzz.c - address lists: what is accepted strictly is read to the same when it is written
 * again, and holds nothing that ends a line */
#include "fuzz.h"
#include "mime/header.h"
#include "mime/mailbox.h"

static void same(const struct mailbox_list *a, const struct mailbox_list *b)
{
	MUST(a->n == b->n);
	for (size_t i = 0; i < a->n; i++) {
		MUST(a->items[i].kind == b->items[i].kind);
		MUST(slice_equal(a->items[i].name, b->items[i].name));
		MUST(slice_equal(a->items[i].local, b->items[i].local));
		MUST(slice_equal(a->items[i].ascii, b->items[i].ascii));
	}
}

/* Through a header and back, as a reader of the mail gets it. */
static void header_roundtrip(const struct mailbox_list *list)
{
	AUTO(buffer) struct buffer out = BUFFER_LIMIT((size_t)1 << 24);
	AUTO(arena) struct arena arena = {0};
	struct mailbox_list again = {0};
	slice rest, line;

	header_write_addresses(&out, SLICE("To"), list);
	MUST(out.failure == BUFFER_FINE);
	rest = buffer_peek(&out);
	while (slice_next_line(&rest, &line)) {
		MUST(line.len <= LINE_MAX_BYTES && slice_trim(line).len > 0);
		MUST(slice_find(line, '\r') == SLICE_NONE && slice_find(line, '\0') == SLICE_NONE);
	}
	MUST(mailbox_list_parse(&again, &arena, slice_after(buffer_peek(&out), 3), MAILBOX_LENIENT,
				NULL) == 0);
	MUST(again.n_broken == 0);
	same(list, &again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const slice text = slice_from((const char *)data, size);
	AUTO(arena) struct arena arena = {0};
	struct mailbox_list strict = {0}, lenient = {0}, one = {0};

	MUST(mailbox_list_parse(&lenient, &arena, text, MAILBOX_LENIENT, NULL) == 0 || size > 1000);
	(void)mailbox_list_parse(&one, &arena, text, MAILBOX_ONE | MAILBOX_BARE_ALLOWED, NULL);
	MUST(one.n <= 1);
	if (mailbox_list_parse(&strict, &arena, text, MAILBOX_STRICT, NULL) == 0) {
		MUST(strict.n > 0);
		header_roundtrip(&strict);
	}
	return 0;
}
