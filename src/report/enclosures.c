/* SPDX-License-Identifier: MIT */
/* enclosures.c - names of attachments */
#include "report/enclosures.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/nearest.h"
#include "base/utf8.h"

#define NAME_MAX_BYTES 200 /* of a file's name, in every file system */
#define PATH_MAX_BYTES 4096

void enclosures_release(struct enclosures *enclosures)
{
	for (size_t i = 0; i < enclosures->n; i++) {
		free(enclosures->items[i].name);
		free(enclosures->items[i].path);
		free(enclosures->items[i].type);
	}
	free(enclosures->items);
	*enclosures = (struct enclosures){.n = 0};
}

void enclosure_write_name(struct buffer *out, slice name)
{
	const size_t begin = out->len;

	for (slice rest = utf8_cut(name, NAME_MAX_BYTES); rest.len;) {
		const uint32_t code = utf8_next(&rest);
		const bool is_dot_in_front = code == '.' && out->len == begin;

		if (code < ' ' || code == '/' || code == '\\' || code == 0x7f || is_dot_in_front || code == UTF8_BAD || (code >= 0x80 && utf8_char_width(code) == 0))
			buffer_append_byte(out, '-');
		else
			utf8_write(out, code);
	}
}

/* ---- Placeholders ---- */

enum placeholder { PLACE_DATE, PLACE_FROM, PLACE_TITLE, PLACE_TO, PLACE_WEEK, PLACES };
static const char *const placeholders[PLACES + 1] = {"date", "from", "title", "to", "week", NULL};

struct naming {
	struct say *say;
	const struct span *span;
	slice title;
	const struct attachment *attachment;
	struct faults *faults;
};

static void write_date(struct buffer *out, const struct naming *naming, int64_t ms)
{
	format_date(out, DATE_ISO, ms, naming->say->zone, LANGUAGE_EN);
}

static void write_placeholder(struct buffer *out, const struct naming *naming, enum placeholder place)
{
	const struct window *window = &naming->span->window;
	int year;

	if (naming->span->is_empty && place != PLACE_TITLE) {
		buffer_append(out, SLICE("all"));
		return;
	}
	switch (place) {
	case PLACE_DATE:
	case PLACE_FROM:
		write_date(out, naming, window->from_ms);
		break;
	case PLACE_TO:
		write_date(out, naming, window->to_ms - 1);
		break;
	case PLACE_TITLE:
		buffer_append(out, naming->title);
		break;
	case PLACE_WEEK:
		buffer_append_u64(out, (uint64_t)week_of_year(window->from_ms, naming->say->zone, &year));
		break;
	case PLACES:
		break;
	}
}

/* The next word in braces: where they open and close; false: none. */
static bool find_braces(slice pattern, size_t *ret_open, size_t *ret_close)
{
	const size_t open = slice_find(pattern, '{'), length = open == SLICE_NONE ? SLICE_NONE : slice_find(slice_after(pattern, open), '}');

	if (length == SLICE_NONE)
		return false;
	*ret_open = open;
	*ret_close = open + length;
	return true;
}

static enum placeholder find_placeholder(slice word)
{
	unsigned place = 0;

	while (place < PLACES && !slice_equal(word, slice_of(placeholders[place])))
		place++;
	return (enum placeholder)place;
}

void enclosure_check_name(const struct yaml_node *value, struct faults *faults)
{
	slice pattern = value->text;

	for (size_t open, close; find_braces(pattern, &open, &close); pattern = slice_after(pattern, close + 1)) {
		const slice word = slice_part(pattern, open + 1, close - open - 1);
		const char *nearest = find_placeholder(word) == PLACES ? nearest_word(word, placeholders) : NULL;

		if (nearest)
			faults_add(faults, value->line, value->column, "unknown word {%.*s} in a name; did you mean {%s}?", SLICE_ARGS(word), nearest);
		else if (find_placeholder(word) == PLACES)
			faults_add(faults, value->line, value->column, "unknown word {%.*s} in a name; known are {date}, {from}, {to}, {week} and {title}",
				   SLICE_ARGS(word));
	}
}

static void fill(struct buffer *out, const struct naming *naming, slice pattern)
{
	for (size_t open, close; find_braces(pattern, &open, &close); pattern = slice_after(pattern, close + 1)) {
		buffer_append(out, slice_part(pattern, 0, open));
		write_placeholder(out, naming, find_placeholder(slice_part(pattern, open + 1, close - open - 1)));
	}
	buffer_append(out, pattern);
}

/* ---- Choosing ---- */

/* What a workbook without a name is called, in the report's language. */
static slice own_name(const struct naming *naming, const struct report_file *file)
{
	AUTO(buffer) struct buffer place = BUFFER_LIMIT(40);
	const bool is_week = window_is_week(&naming->span->window, naming->say->zone);

	write_placeholder(&place, naming, is_week ? PLACE_WEEK : PLACE_DATE);
	if (file->kind == REPORT_QUALITY && is_week)
		return SAY(naming->say, WORD_WORKBOOK_QUALITY_WEEK, buffer_peek(&place));
	return SAY(naming->say, is_week ? WORD_WORKBOOK_WEEK : WORD_WORKBOOK_DAY, naming->title, buffer_peek(&place));
}

static slice last_part(slice path)
{
	const size_t slash = slice_find_last(path, '/');

	return slash == SLICE_NONE ? path : slice_after(path, slash + 1);
}

static char *name_of(const struct naming *naming, const struct report_file *file, courant_error **err)
{
	const struct attachment *attachment = naming->attachment;
	AUTO(buffer) struct buffer whole = BUFFER_LIMIT(4000), name = BUFFER_LIMIT(4000);
	char *taken = NULL;

	if (attachment->workbook && !attachment->workbook[0])
		buffer_append(&whole, own_name(naming, file));
	else if (attachment->workbook || attachment->name)
		fill(&whole, naming, slice_of(attachment->workbook ? attachment->workbook : attachment->name));
	else
		buffer_append(&whole, last_part(slice_of(attachment->path)));
	if (attachment->workbook && !slice_ends(buffer_peek(&whole), SLICE(".xlsx")))
		buffer_append(&whole, SLICE(".xlsx"));
	enclosure_write_name(&name, buffer_peek(&whole));
	(void)buffer_take(&name, &taken, NULL, err);
	return taken;
}

/* Relative paths begin at the report file's folder. */
static char *path_of(const struct naming *naming, const struct report_file *file, courant_error **err)
{
	AUTO(buffer) struct buffer path = BUFFER_LIMIT(PATH_MAX_BYTES);
	char *taken = NULL;

	if (naming->attachment->path[0] != '/' && file->folder[0])
		buffer_printf(&path, "%s/", file->folder);
	buffer_append(&path, slice_of(naming->attachment->path));
	if (buffer_take(&path, &taken, NULL, err) == 0 && access(taken, R_OK) < 0)
		faults_add(naming->faults, naming->attachment->place.line, naming->attachment->place.column, "cannot read the file %s: %s", taken, strerror(errno));
	return taken;
}

static int add(struct enclosures *ret, const struct naming *naming, const struct report_file *file, courant_error **err)
{
	const struct attachment *attachment = naming->attachment;
	struct enclosure *enclosure = &ret->items[ret->n++];

	if (!(enclosure->name = name_of(naming, file, err)) || (attachment->path && !(enclosure->path = path_of(naming, file, err))))
		return -1;
	if (attachment->type && !(enclosure->type = mem_copy_text(attachment->type)))
		return fail_memory(err);
	return 0;
}

int enclosures_choose(struct enclosures *ret, const struct report_file *file, struct say *say, const struct span *span, slice title, struct faults *faults,
		      courant_error **err)
{
	struct naming naming = {.say = say, .span = span, .title = title, .faults = faults};

	if (file->n_attachments && !(ret->items = mem_array(file->n_attachments, sizeof *ret->items)))
		return fail_memory(err);
	for (size_t i = 0; i < file->n_attachments; i++) {
		naming.attachment = &file->attachments[i];
		if (add(ret, &naming, file, err) < 0)
			return -1;
	}
	return 0;
}
