/* SPDX-License-Identifier: MIT */
/* fold.c - tokens into lines */
#include "mime/fold.h"

void fold_begin(struct fold *fold, struct buffer *out, slice name)
{
	*fold = (struct fold){.out = out, .column = name.len + 1};
	buffer_append(out, name);
	buffer_append_byte(out, ':');
}

size_t fold_left(const struct fold *fold)
{
	return fold->column + 1 < FOLD_COLUMNS ? FOLD_COLUMNS - fold->column - 1 : 0;
}

void fold_line(struct fold *fold)
{
	if (fold->column == 0)
		return;
	buffer_append(fold->out, SLICE("\r\n"));
	fold->column = 0;
}

void fold_token(struct fold *fold, slice token)
{
	if (token.len > fold_left(fold))
		fold_line(fold);

	char *to = buffer_room(fold->out, token.len + 1);

	if (!to)
		return;
	*to = ' ';
	if (token.len)
		memcpy(to + 1, token.ptr, token.len);
	buffer_added(fold->out, token.len + 1);
	fold->column += token.len + 1;
}

void fold_open(struct fold *fold)
{
	fold->mark = fold->out->len;
	buffer_append_byte(fold->out, ' ');
}

void fold_close(struct fold *fold)
{
	const size_t len = fold->out->len - fold->mark;

	if (fold->out->failure != BUFFER_FINE)
		return;
	if (len > fold_left(fold) + 1 && fold->column && buffer_room(fold->out, 2)) {
		char *at = fold->out->bytes + fold->mark;

		memmove(at + 2, at, len);
		memcpy(at, "\r\n", 2);
		buffer_added(fold->out, 2);
		fold->column = 0;
	}
	fold->column += len;
}

void fold_token_before(struct fold *fold, slice token, size_t columns)
{
	if (token.len + columns > fold_left(fold))
		fold_line(fold);
	fold_token(fold, token);
}

void fold_glue(struct fold *fold, slice text)
{
	buffer_append(fold->out, text);
	fold->column += text.len;
}

void fold_end(struct fold *fold)
{
	buffer_append(fold->out, SLICE("\r\n"));
	fold->column = 0;
}
