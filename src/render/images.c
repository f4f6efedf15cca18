/* SPDX-License-Identifier: MIT */
/* images.c - the pictures of a page as it is laid out */
#include "base/alloc.h"
#include "render/layout.h"

int document_images(const struct document *document, struct image **ret, size_t *ret_n, courant_error **err)
{
	struct layout layout;
	size_t most = 1, n = 0;

	if (layout_fit(document, &layout, err) < 0)
		return -1;
	for (size_t i = 0; i < document->n_blocks; i++)
		most += document->blocks[i]->n_pictures;

	struct image *images = mem_array(most, sizeof *images);

	if (!images)
		return fail_memory(err);
	if (document->logo)
		images[n++] = (struct image){LOGO_NAME, document->logo->subtype, slice_from(document->logo->bytes, document->logo->len)};
	for (size_t i = 0; i < document->n_blocks && i < layout.blocks_max; i++) {
		const struct block *block = document->blocks[i];

		for (size_t k = 0; k < block->n_pictures && !block->empty; k++)
			if (block->pictures[k].image.width)
				images[n++] = (struct image){block->pictures[k].name, "png",
							     slice_from(block->pictures[k].image.png, block->pictures[k].image.png_len)};
	}
	*ret = images;
	*ret_n = n;
	return 0;
}
