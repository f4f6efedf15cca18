/* SPDX-License-Identifier: MIT */
/* mailbox_fuzz.c - addresses: what was read and written again is read as the same, and holds no line end */
#include "mime/mailbox.h"

#include "fuzz.h"

static void check_again(const struct mailbox *mailbox)
{
	AUTO(buffer) struct buffer written = BUFFER_LIMIT(100000);
	char ground[4096];
	struct arena arena;
	struct mailbox_list again = {0};
	slice text;

	if (mailbox->kind != MAILBOX_ADDRESS)
		return;
	mailbox_write_spec(&written, mailbox, MAILBOX_UTF8);
	MUST(buffer_slice(&written, &text, NULL) == 0);
	MUST(slice_find(text, '\r') == SLICE_NONE && slice_find(text, '\n') == SLICE_NONE && slice_find(text, '\0') == SLICE_NONE);
	arena_init(&arena, ground, sizeof ground);
	MUST(mailbox_list_parse(&again, &arena, text, MAILBOX_ONE, NULL) == 0 && again.n == 1);
	MUST(slice_equal(again.items[0].local, mailbox->local));
	MUST(slice_equal(again.items[0].ascii, mailbox->ascii));
	arena_release(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const slice text = slice_from((const char *)data, size);

	for (int flags = MAILBOX_STRICT; flags <= MAILBOX_LENIENT; flags++) {
		char ground[4096];
		struct arena arena;
		struct mailbox_list list = {0};

		arena_init(&arena, ground, sizeof ground);
		if (mailbox_list_parse(&list, &arena, text, (enum mailbox_flags)flags, NULL) == 0)
			for (size_t i = 0; flags == MAILBOX_STRICT && i < list.n; i++)
				check_again(&list.items[i]);
		arena_release(&arena);
	}
	return 0;
}
