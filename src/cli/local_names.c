/* SPDX-License-Identifier: MIT */
/* local_names.c - aliases(5), as far as it leads to addresses */
#include "cli/local_names.h"

#include "base/ascii.h"
#include "base/file.h"

#define ALIASES_MAX_BYTES ((size_t)4 << 20)
#define ALIAS_DEPTH_MAX   10
#define ADDRESS_MAX_BYTES 2048

struct resolving {
	const struct local_names *names;
	slice aliases; /* the file's text */
	slice domain;
	struct mailbox_list *into;
	struct arena *arena;
	courant_error **err;
};

/* The next entry: its line, and those that continue it because they begin with a blank. */
static bool next_entry(slice *rest, slice *ret)
{
	size_t n = 0;

	if (rest->len == 0)
		return false;
	do {
		const size_t end = slice_find(slice_after(*rest, n), '\n');

		n = end == SLICE_NONE ? rest->len : n + end + 1;
	} while (n < rest->len && ascii_is_blank(rest->ptr[n]));
	*ret = slice_part(*rest, 0, n);
	*rest = slice_after(*rest, n);
	return true;
}

/* What stands behind "name:", or ptr NULL. */
static slice find_alias(slice aliases, slice name)
{
	for (slice entry; next_entry(&aliases, &entry);) {
		const size_t colon = slice_find(entry, ':');
		slice word = slice_trim_space(slice_part(entry, 0, colon));

		if (colon == SLICE_NONE || slice_starts(word, SLICE("#")))
			continue;
		if (slice_starts(word, SLICE("\"")) && slice_ends(word, SLICE("\"")) &&
		    word.len > 1)
			word = slice_part(word, 1, word.len - 2);
		if (slice_equal_nocase(word, name))
			return slice_after(entry, colon + 1);
	}
	return (slice){0};
}

/* Up to the next comma outside quotes. */
static bool next_target(slice *rest, slice *ret)
{
	bool is_quoted = false;
	size_t n = 0;

	if (rest->len == 0)
		return false;
	for (; n < rest->len && (is_quoted || rest->ptr[n] != ','); n++) {
		if (rest->ptr[n] == '\\')
			n++;
		else if (rest->ptr[n] == '"')
			is_quoted = !is_quoted;
	}
	*ret = slice_trim_space(slice_part(*rest, 0, n));
	*rest = slice_after(*rest, n + 1);
	return true;
}

static int resolve_name(struct resolving *, slice name, unsigned depth);
static int add_default(struct resolving *, slice name);

static int add_addresses(struct resolving *resolving, slice text, unsigned depth)
{
	struct mailbox_list list = {0};

	if (mailbox_list_parse(&list, resolving->arena, text, MAILBOX_BARE_ALLOWED,
			       resolving->err) < 0)
		return -1;
	for (size_t i = 0; i < list.n; i++) {
		if (list.items[i].kind != MAILBOX_ADDRESS)
			continue;
		if (list.items[i].domain.len > 0
			    ? mailbox_list_add(resolving->into, resolving->arena, &list.items[i],
					       resolving->err) < 0
			    : resolve_name(resolving, list.items[i].local, depth) < 0)
			return -1;
	}
	return 0;
}

static bool is_program_or_file(slice target)
{
	return slice_starts(target, SLICE("|")) || slice_starts(target, SLICE("\"|")) ||
	       slice_starts(target, SLICE("/")) || slice_starts(target, SLICE("\"/")) ||
	       slice_starts_nocase(target, SLICE(":include:"));
}

static int follow_alias(struct resolving *resolving, slice name, slice targets, unsigned depth)
{
	const char *path = resolving->names->aliases;

	if (depth == ALIAS_DEPTH_MAX)
		return fail(resolving->err, COURANT_CONFIG,
			    "the alias %.*s in %s leads in a circle", SLICE_ARGS(name), path);
	for (slice target; next_target(&targets, &target);) {
		if (target.len == 0)
			continue;
		if (is_program_or_file(target))
			return fail(
				resolving->err, COURANT_CONFIG,
				"the alias %.*s in %s leads to %.*s: only addresses and other names can be followed",
				SLICE_ARGS(name), path, SLICE_ARGS(target));
		/* "\root" is root, whatever the aliases say. */
		if (slice_starts(target, SLICE("\\"))
			    ? add_default(resolving, slice_after(target, 1)) < 0
			    : add_addresses(resolving, target, depth + 1) < 0)
			return fail_within(resolving->err, "the alias %.*s in %s", SLICE_ARGS(name),
					   path);
	}
	return 0;
}

/* A name that no alias knows. */
static int add_default(struct resolving *resolving, slice name)
{
	struct mailbox made = {.kind = MAILBOX_ADDRESS,
			       .domain = resolving->domain,
			       .ascii = resolving->domain};

	if (resolving->names->owner)
		return mailbox_list_parse(resolving->into, resolving->arena,
					  slice_of(resolving->names->owner), MAILBOX_STRICT,
					  resolving->err);
	if (resolving->domain.len == 0)
		return fail(
			resolving->err, COURANT_CONFIG,
			"who gets the mail of %.*s? Give \"owner\" in courant.yaml, or an alias in /etc/aliases",
			SLICE_ARGS(name));
	/* It may lie in the text of the aliases, which is released. */
	made.local = arena_copy(resolving->arena, name);
	if (!made.local.ptr)
		return fail_memory(resolving->err);
	return mailbox_list_add(resolving->into, resolving->arena, &made, resolving->err);
}

static int resolve_name(struct resolving *resolving, slice name, unsigned depth)
{
	slice targets = find_alias(resolving->aliases, name);

	if (!targets.ptr && depth == 0)
		targets = find_alias(resolving->aliases, SLICE("default"));
	return targets.ptr ? follow_alias(resolving, name, targets, depth)
			   : add_default(resolving, name);
}

int local_names_resolve(const struct local_names *names, slice domain,
			struct mailbox_list *recipients, struct arena *arena, courant_error **err)
{
	AUTO(buffer) struct buffer aliases = BUFFER_LIMIT(ALIASES_MAX_BYTES);
	struct mailbox_list made = {.n_broken = recipients->n_broken};
	struct resolving resolving = {.names = names, .into = &made, .arena = arena, .err = err};
	slice copy = arena_copy(arena, domain);

	if (!copy.ptr)
		return fail_memory(err);
	resolving.domain = copy;
	if (names->aliases &&
	    (file_read(names->aliases, &aliases, err) < 0 || buffer_check(&aliases, err) < 0))
		return fail_within(err, "aliases");
	resolving.aliases = buffer_peek(&aliases);
	for (size_t i = 0; i < recipients->n; i++) {
		const struct mailbox *one = &recipients->items[i];

		if (one->kind == MAILBOX_ADDRESS &&
		    (one->domain.len > 0 ? mailbox_list_add(&made, arena, one, err)
					 : resolve_name(&resolving, one->local, 0)) < 0)
			return -1;
	}
	*recipients = made;
	return 0;
}
