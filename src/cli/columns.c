/* SPDX-License-Identifier: MIT */
/* columns.c - lines of cells under each other (columns.h) */
#include "cli/columns.h"

#include "base/printable.h"
#include "base/utf8.h"

void columns_release(struct columns *columns)
{
	buffer_release(&columns->text);
}

void columns_add(struct columns *columns, slice cell)
{
	size_t *widest = &columns->width[columns->n_cells++ % columns->n];
	const size_t begin = columns->text.len;

	printable_write(&columns->text, cell);

	const size_t width = utf8_width(slice_after(buffer_peek(&columns->text), begin));

	buffer_append_byte(&columns->text, '\0');
	*widest = width > *widest ? width : *widest;
}

void columns_write(const struct columns *columns, struct buffer *ret)
{
	slice rest = buffer_peek(&columns->text), cell;

	buffer_fail_like(ret, &columns->text);
	for (size_t i = 0; i < columns->n_cells && slice_next(&rest, '\0', &cell); i++) {
		const size_t column = i % columns->n;

		buffer_append(ret, cell);
		if (column + 1 == columns->n)
			buffer_append_byte(ret, '\n');
		else
			buffer_append_repeated(ret, ' ', columns->width[column] - utf8_width(cell) + 2);
	}
}
