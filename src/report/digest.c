/* SPDX-License-Identifier: MIT */
/* digest.c - the figures of a report as one number (digest.h) */
#include "report/digest.h"

#include "base/hash.h"

static uint64_t add_number(uint64_t digest, uint64_t number)
{
	return hash_u64(number, digest);
}

static uint64_t add_cell(uint64_t digest, enum table_type type, const struct table_cell *cell)
{
	uint64_t bits = 0;

	digest = add_number(digest, cell->is_known);
	if (!cell->is_known || type == TABLE_TIME)
		return digest;
	if (type == TABLE_TEXT)
		return hash_bytes(cell->text, digest);
	if (table_type_is_double(type))
		memcpy(&bits, &cell->number, sizeof bits);
	else
		bits = cell->count;
	return add_number(digest, bits);
}

static int add_table(uint64_t *digest, const struct table *table, courant_error **err)
{
	struct table_cursor cursor = {.table = table};
	const struct table_cell *cells;
	int more;

	while ((more = table_next(&cursor, &cells, err)) > 0)
		for (size_t i = 0; i < table_columns(table); i++)
			*digest = add_cell(*digest, table_column(table, i)->type, &cells[i]);
	return more;
}

static int add_block(uint64_t *digest, const struct block *block, courant_error **err)
{
	*digest = add_number(*digest, (uint64_t)block->kind);
	for (size_t i = 0; i < block->n_tiles; i++)
		*digest = add_cell(*digest, block->tiles[i].type, &block->tiles[i].now);
	for (size_t i = 0; i < block->n_columns; i++)
		*digest = add_number(add_number(*digest, block->columns[i].value), block->columns[i].errors);
	return block->table ? add_table(digest, block->table, err) : 0;
}

int digest_document(const struct document *document, uint64_t *ret, courant_error **err)
{
	uint64_t digest = add_number(0, (uint64_t)document->status);

	for (size_t i = 0; i < document->n_blocks; i++)
		if (add_block(&digest, document->blocks[i], err) < 0)
			return -1;
	*ret = digest;
	return 0;
}
