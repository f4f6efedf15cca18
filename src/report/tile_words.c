/* SPDX-License-Identifier: MIT */
/* tile_words.c - writing a tile's figure */
#include "report/tile_words.h"

#include "table/change.h"

slice tile_figure(struct say *say, const struct tile *tile)
{
	AUTO(buffer) struct buffer out = BUFFER_LIMIT(400);

	if (tile->type == TABLE_RATIO && tile->form == FORM_FINE && tile->now.is_known)
		format_share_fine(&out, tile->now.number);
	else if (tile->type == TABLE_RATE && tile->now.is_known)
		format_rate(&out, tile->now.number, tile->unit, say->context, say->language);
	else
		format_cell(&out, tile->type, &tile->now, say->zone, say->context, say->language);
	return say_text(say, buffer_peek(&out));
}

slice tile_words(struct say *say, const struct tile *tile, bool with_change)
{
	const slice label = slice_of(tile->label), figure = tile_figure(say, tile);
	AUTO(buffer) struct buffer out = BUFFER_LIMIT(400);

	if (!tile->now.is_known)
		return SLICE("");
	if (!with_change || !tile->former.is_known)
		return SAY(say, WORD_PREHEADER_FIGURE, label, figure);

	const struct change change = change_of(tile->type, tile->now, tile->former, tile->better);

	change_write(&out, &change, FIGURE_SENTENCE, say->language);
	return SAY(say, WORD_PREHEADER_FIGURE_CHANGED, label, figure, say_text(say, buffer_peek(&out)));
}

const struct tile *tile_of_document(const struct document *document, size_t i)
{
	for (size_t k = 0; k < document->n_blocks; k++) {
		const struct block *block = document->blocks[k];

		for (size_t t = 0; t < block->n_tiles; t++)
			if (block->tiles[t].now.is_known && i-- == 0)
				return &block->tiles[t];
	}
	return NULL;
}
