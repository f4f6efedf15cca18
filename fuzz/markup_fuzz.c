/* SPDX-License-Identifier: MIT */
/* markup_fuzz.c - free text: no bytes of it are lost but markup, and the page stays whole */
#include "fuzz.h"
#include "render/document.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(document) struct document *document = document_new(LANGUAGE_ZH, NULL);
	struct block *block = document_add_block(document, BLOCK_TEXT, SLICE(""), NULL);
	AUTO(buffer) struct buffer html = BUFFER_LIMIT((size_t)1 << 22), text = BUFFER_LIMIT((size_t)1 << 22);
	size_t n = 0;

	(void)block_add_markup(block, slice_from((const char *)data, size), NULL);
	for (size_t i = 0; i < block->n_passages; i++)
		for (size_t k = 0; k < block->passages[i].words.n; k++)
			n += strlen(block->passages[i].words.runs[k].text);
	MUST(n <= size);
	if (render_html.render(document, &html, NULL) == 0)
		MUST(slice_ends(buffer_peek(&html), SLICE("</html>\n")));
	(void)render_text.render(document, &text, NULL);
	return 0;
}
