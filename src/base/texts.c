/* SPDX-License-Identifier: MIT */
/* texts.c - a list of texts: growing, filling with paths, freeing */
#include "base/texts.h"

#include <glob.h>

#include "base/alloc.h"

static void free_glob(glob_t *found)
{
	globfree(found);
}
AUTO_DEFINE_VALUE(glob, glob_t, free_glob)

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

int texts_add_paths(struct texts *texts, const char *pattern, const char *what, courant_error **err)
{
	AUTO(glob) glob_t found = {0};
	const int status = glob(pattern, 0, NULL, &found);

	if (status == GLOB_NOSPACE)
		return fail_memory(err);
	if (status != 0)
		return fail(err, COURANT_NO_INPUT, "no %s is named %s", what, pattern);
	for (size_t i = 0; i < found.gl_pathc; i++)
		if (texts_add(texts, slice_of(found.gl_pathv[i]), err) < 0)
			return -1;
	return 0;
}

void texts_release(struct texts *texts)
{
	for (size_t i = 0; i < texts->n; i++)
		free(texts->items[i]);
	free(texts->items);
	*texts = (struct texts){0};
}
