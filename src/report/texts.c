/* SPDX-License-Identifier: MIT */
/* texts.c - growing and freeing a list of texts */
#include "report/texts.h"

#include "base/alloc.h"

int texts_add(struct texts *texts, slice text, courant_error **err)
{
	AUTO(free) char *copy = mem_copy(text);
	char **grown = mem_resize(texts->items, texts->n + 1, sizeof *grown);

	if (grown)
		texts->items = grown;
	if (!copy || !grown)
		return fail_memory(err);
	texts->items[texts->n++] = STEAL(copy);
	return 0;
}

void texts_release(struct texts *texts)
{
	for (size_t i = 0; i < texts->n; i++)
		free(texts->items[i]);
	free(texts->items);
	*texts = (struct texts){0};
}
