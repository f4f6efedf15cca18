/* SPDX-License-Identifier: MIT */
/* document.c - a document is built piece by piece, and freed whole */
#include "render/document.h"

#include <assert.h>

#include "base/alloc.h"

/* Room for one more element behind n: arrays here are short, so each grows by doubling from one. */
static int grow(void **array, size_t n, size_t size_each, courant_error **err)
{
	if (n & (n - 1))
		return 0;

	void *grown = mem_resize(*array, n ? n * 2 : 1, size_each);

	if (!grown)
		return fail_memory(err);
	*array = grown;
	return 0;
}

#define GROW(array, n, err)                                                                        \
	__extension__({                                                                            \
		void *array_ = (array);                                                            \
		const int grown_ = grow(&array_, (n), sizeof *(array), (err));                     \
		(array) = array_;                                                                  \
		grown_;                                                                            \
	})

int sentence_add(struct sentence *sentence, enum run_tone tone, slice text, courant_error **err)
{
	AUTO(free) char *copy = mem_copy(text);

	if (!copy)
		return fail_memory(err);
	if (GROW(sentence->runs, sentence->n, err) < 0)
		return -1;
	sentence->runs[sentence->n++] = (struct run){tone, STEAL(copy)};
	return 0;
}

void sentence_release(struct sentence *sentence)
{
	for (size_t i = 0; i < sentence->n; i++)
		free(sentence->runs[i].text);
	free(sentence->runs);
	*sentence = (struct sentence){0};
}

struct document *document_new(enum language language, courant_error **err)
{
	struct document *document = mem_alloc(sizeof *document);

	if (!document) {
		(void)fail_memory(err);
		return NULL;
	}
	document->language = language;
	return document;
}

static void block_free(struct block *block)
{
	free(block->heading);
	free(block->side);
	sentence_release(&block->lead);
	sentence_release(&block->after);
	free(block->empty);
	free(block->tiles);
	free(block->columns);
	free(block->key_now);
	free(block->key_former);
	sentence_release(&block->errors_lead);
	table_free(block->table);
	free(block);
}

void document_free(struct document *document)
{
	if (!document)
		return;

	char *const texts[] = {
		document->title,	document->subject,    document->preheader,   document->period,
		document->compared,	document->sample_note, document->link,	      document->now_label,
		document->former_label, document->status_word, document->verdict, document->verdict_more,
		document->made_by,
	};

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		free(texts[i]);
	for (size_t i = 0; i < document->n_blocks; i++)
		block_free(document->blocks[i]);
	free(document->blocks);
	for (size_t i = 0; i < document->n_footer; i++)
		free(document->footer[i].text);
	free(document->footer);
	free(document);
}

int document_set(char **field, slice text, courant_error **err)
{
	char *copy = mem_copy(text);

	if (!copy)
		return fail_memory(err);
	free(*field);
	*field = copy;
	return 0;
}

struct block *document_add_block(struct document *document, enum block_kind kind, slice heading, courant_error **err)
{
	if (GROW(document->blocks, document->n_blocks, err) < 0)
		return NULL;

	struct block *block = mem_alloc(sizeof *block);

	if (!block || (heading.len && !(block->heading = mem_copy(heading)))) {
		free(block);
		(void)fail_memory(err);
		return NULL;
	}
	block->kind = kind;
	block->note = block->note_mark = SLICE_NONE;
	block->more = WORDS;
	return document->blocks[document->n_blocks++] = block;
}

int document_add_footer(struct document *document, const char *label, slice text, courant_error **err)
{
	AUTO(free) char *copy = mem_copy(text);

	if (!copy)
		return fail_memory(err);
	if (GROW(document->footer, document->n_footer, err) < 0)
		return -1;
	document->footer[document->n_footer++] = (struct footer_row){label, STEAL(copy)};
	return 0;
}

int block_add_tile(struct block *block, const struct tile *tile, courant_error **err)
{
	if (GROW(block->tiles, block->n_tiles, err) < 0)
		return -1;
	block->tiles[block->n_tiles++] = *tile;
	return 0;
}

int block_add_column(struct block *block, const struct chart_column *column, courant_error **err)
{
	if (GROW(block->columns, block->n_columns, err) < 0)
		return -1;
	block->columns[block->n_columns++] = *column;
	return 0;
}

int block_set_table(struct block *block, struct table *table, courant_error **err)
{
	(void)err; /* it says already why there is no table */
	table_free(block->table);
	block->table = table;
	return table ? 0 : -1;
}

void block_show(struct block *block, struct block_column column)
{
	assert(block->n_shown < BLOCK_COLUMNS_MAX);
	block->shown[block->n_shown++] = column;
}
