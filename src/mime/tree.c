/* SPDX-License-Identifier: MIT */
/* tree.c - mixed( related( alternative( plain, html, … ), pictures… ), attachments… ), without the
 * levels that hold one thing only */
#include "mime/message.h"

void tree_init(struct tree *tree)
{
	tree->alternative.arena = tree->related.arena = tree->mixed.arena = (struct arena){0};
	tree->root = NULL;
}

void tree_release(struct tree *tree)
{
	arena_release(&tree->alternative.arena);
	arena_release(&tree->related.arena);
	arena_release(&tree->mixed.arena);
}

/* A level over the parts, which stay the message's: `first`, then those of the list. */
static int level_init(courant_message *message, courant_part *level, const char *subtype,
		      courant_part *first, const struct part_list *list, courant_error **err)
{
	if (part_init(level, PART_MULTIPART, SLICE("multipart"), slice_of(subtype), err) < 0)
		return -1;
	level->parts = arena_alloc(&message->arena, (list->n + 2) * sizeof *level->parts);
	if (!level->parts)
		return fail_memory(err);
	if (first)
		level->parts[level->n_parts++] = first;
	for (size_t i = 0; i < list->n; i++)
		level->parts[level->n_parts++] = list->items[i];
	return 0;
}

/* Text, HTML and the other alternatives, the plainest first. NULL in *ret when there is none. */
static int alternatives_build(struct tree *tree, courant_message *message, courant_part **ret,
			      courant_error **err)
{
	courant_part *const first = message->text ? message->text : message->html;
	const size_t n =
		(message->text ? 1 : 0) + (message->html ? 1 : 0) + message->alternatives.n;
	courant_part *level = &tree->alternative;

	*ret = first ? first : n ? message->alternatives.items[0] : NULL;
	if (n < 2)
		return 0;
	if (level_init(message, level, "alternative", first, &message->alternatives, err) < 0)
		return -1;
	if (message->text && message->html) {
		memmove(level->parts + 2, level->parts + 1,
			message->alternatives.n * sizeof *level->parts);
		level->parts[1] = message->html;
		level->n_parts++;
	}
	*ret = level;
	return 0;
}

/* The HTML, or the alternatives with it, and the pictures it shows. RFC 2387, 3.1: the type of what
 * is shown stands in a parameter. */
static int related_build(struct tree *tree, courant_message *message, courant_part **root,
			 courant_error **err)
{
	courant_part *level = &tree->related;

	if (message->inlines.n == 0)
		return 0;
	if (level_init(message, level, "related", *root, &message->inlines, err) < 0 ||
	    parameters_set(&level->type, &level->arena, SLICE("type"), (*root)->type.word, err) < 0)
		return -1;
	*root = level;
	return 0;
}

static int mixed_build(struct tree *tree, courant_message *message, courant_part **root,
		       courant_error **err)
{
	if (message->attachments.n == 0)
		return 0;
	if (level_init(message, &tree->mixed, "mixed", *root, &message->attachments, err) < 0)
		return -1;
	*root = &tree->mixed;
	return 0;
}

int tree_build(struct tree *tree, courant_message *message, courant_error **err)
{
	courant_part *root = NULL;

	if (message->body) {
		if (message->text || message->html || message->alternatives.n ||
		    message->inlines.n || message->attachments.n)
			return fail(
				err, COURANT_USAGE,
				"a message has either a body of its own or text, HTML, pictures and attachments");
		tree->root = message->body;
		return 0;
	}
	if (cid_check(message, err) < 0 || alternatives_build(tree, message, &root, err) < 0 ||
	    related_build(tree, message, &root, err) < 0 ||
	    mixed_build(tree, message, &root, err) < 0)
		return -1;
	tree->root = root;
	return 0;
}
