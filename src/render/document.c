/* SPDX-License-Identifier: MIT */
/* document.c - a document is built piece by piece, and freed whole */
#include "render/document.h"

#include <assert.h>

#include "base/alloc.h"
#include "base/ascii.h"

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

void rendered_release(struct rendered *rendered)
{
	free(rendered->png);
	free(rendered->alt);
	free(rendered->text);
	sentence_release(&rendered->finding);
	table_free(rendered->figures);
	*rendered = (struct rendered){0};
}

static void free_parts(struct block *block)
{
	for (size_t i = 0; i < block->n_tiles; i++) {
		free((char *)(uintptr_t)block->tiles[i].label);
		free((char *)(uintptr_t)block->tiles[i].unit);
	}
	for (size_t i = 0; i < block->n_passages; i++)
		sentence_release(&block->passages[i].words);
	for (size_t i = 0; i < block->n_pictures; i++) {
		free(block->pictures[i].name);
		rendered_release(&block->pictures[i].image);
	}
	for (size_t i = 0; i < block->n_strip; i++)
		free(block->strip[i].label);
	free(block->tiles);
	free(block->passages);
	free(block->pictures);
	free(block->strip);
}

static void block_free(struct block *block)
{
	free_parts(block);
	free(block->file_name);
	free(block->total);
	free(block->heading);
	free(block->side);
	sentence_release(&block->lead);
	sentence_release(&block->after);
	free(block->empty);
	free(block->columns);
	free(block->key_now);
	free(block->key_former);
	sentence_release(&block->errors_lead);
	table_free(block->table);
	free(block);
}

static void sheet_free(struct sheet *sheet)
{
	for (size_t i = 0; sheet->heads && i < table_columns(sheet->table); i++)
		free(sheet->heads[i]);
	free(sheet->heads);
	free(sheet->name);
	table_free(sheet->table);
	free(sheet);
}

void document_free(struct document *document)
{
	if (!document)
		return;

	char *const texts[] = {
		document->title,	document->subject,    document->preheader,   document->period,
		document->compared,	document->sample_note, document->link,	      document->now_label,
		document->former_label, document->status_word, document->verdict, document->verdict_more,
		document->made_by,	document->files_prefix, document->brand_colour, document->brand_link, document->brand_footer,
	};

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		free(texts[i]);
	for (size_t i = 0; i < document->n_blocks; i++)
		block_free(document->blocks[i]);
	free(document->blocks);
	for (size_t i = 0; i < document->n_footer; i++)
		free(document->footer[i].text);
	free(document->footer);
	for (size_t i = 0; i < document->n_sheets; i++)
		sheet_free(document->sheets[i]);
	free(document->sheets);
	if (document->logo) {
		free(document->logo->bytes);
		free(document->logo->alt);
	}
	free(document->logo);
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
	block->note = block->note_mark = block->unit = block->state = SLICE_NONE;
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

	struct tile *kept = &block->tiles[block->n_tiles++];

	*kept = *tile;
	kept->label = mem_copy_text(tile->label);
	kept->unit = mem_copy_text(tile->unit);
	return (tile->label && !kept->label) || (tile->unit && !kept->unit) ? fail_memory(err) : 0;
}

static bool is_name(slice name)
{
	for (size_t i = 0; i < name.len; i++)
		if (!ascii_is_alnum(name.ptr[i]) && name.ptr[i] != '-' && name.ptr[i] != '_')
			return false;
	return name.len > 0 && name.len <= PICTURE_NAME_MAX_BYTES;
}

static bool has_picture(const struct document *document, slice name)
{
	for (size_t i = 0; i < document->n_blocks; i++)
		for (size_t k = 0; k < document->blocks[i]->n_pictures; k++)
			if (slice_equal(slice_of(document->blocks[i]->pictures[k].name), name))
				return true;
	return slice_equal(name, SLICE(LOGO_NAME));
}

int document_add_picture(struct document *document, struct block *block, slice name, struct rendered *picture, courant_error **err)
{
	AUTO(rendered) struct rendered image = *picture;

	*picture = (struct rendered){0};
	if (!is_name(name))
		return fail(err, COURANT_INVALID, "a picture's name is letters, digits, - and _, at most %d of them: %.*s",
			    PICTURE_NAME_MAX_BYTES, SLICE_ARGS(name));
	if (has_picture(document, name))
		return fail(err, COURANT_INVALID, "there is a picture named %.*s already", SLICE_ARGS(name));
	if (GROW(block->pictures, block->n_pictures, err) < 0)
		return -1;

	char *copy = mem_copy(name);

	if (!copy)
		return fail_memory(err);
	block->pictures[block->n_pictures++] = (struct block_picture){copy, image};
	image = (struct rendered){0};
	return 0;
}

int block_add_strip_row(struct block *block, slice label, const enum hour_state *hours, size_t n, courant_error **err)
{
	assert(n <= STRIP_HOURS_MAX);
	if (GROW(block->strip, block->n_strip, err) < 0)
		return -1;

	char *copy = mem_copy(label);

	if (!copy)
		return fail_memory(err);

	struct strip_row *row = &block->strip[block->n_strip++];

	*row = (struct strip_row){.label = copy, .n = n};
	memcpy(row->hours, hours, n * sizeof *hours);
	return 0;
}

struct passage *block_add_passage(struct block *block, enum passage_kind kind, courant_error **err)
{
	if (GROW(block->passages, block->n_passages, err) < 0)
		return NULL;

	struct passage *passage = &block->passages[block->n_passages++];

	*passage = (struct passage){.kind = kind};
	return passage;
}

int block_add_column(struct block *block, const struct chart_column *column, courant_error **err)
{
	if (GROW(block->columns, block->n_columns, err) < 0)
		return -1;
	block->columns[block->n_columns++] = *column;
	return 0;
}

struct sheet *document_add_sheet(struct document *document, slice name, enum sheet_layout layout, struct table *table,
				 courant_error **err)
{
	AUTO(table) struct table *taken = table;

	if (!taken || GROW(document->sheets, document->n_sheets, err) < 0)
		return NULL;

	struct sheet *sheet = mem_alloc(sizeof *sheet);

	if (!sheet || !(sheet->name = mem_copy(name))) {
		free(sheet);
		(void)fail_memory(err);
		return NULL;
	}
	sheet->layout = layout;
	sheet->table = STEAL(taken);
	return document->sheets[document->n_sheets++] = sheet;
}

int sheet_set_head(struct sheet *sheet, size_t column, slice head, courant_error **err)
{
	assert(column < table_columns(sheet->table));
	if (!sheet->heads && !(sheet->heads = mem_array(table_columns(sheet->table), sizeof *sheet->heads)))
		return fail_memory(err);
	return document_set(&sheet->heads[column], head, err);
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
	assert(block->n_shown < BLOCK_SHOWN_MAX);
	block->shown[block->n_shown++] = column;
}
