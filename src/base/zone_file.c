/* SPDX-License-Identifier: MIT */
/* zone_file.c - zones by their names: in the system's database, as offsets, and the machine's own */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/ascii.h"
#include "base/file.h"
#include "base/nearest.h"
#include "base/zone_data.h"

#define ZONE_FOLDER "/usr/share/zoneinfo"
#define ZONE_LINK   "/etc/localtime"
/* The largest of the database has under 4 KB. */
#define ZONE_FILE_MAX_BYTES ((size_t)256 * 1024)

struct zone *zone_new_fixed(int offset_s, courant_error **err)
{
	AUTO(zone) struct zone *zone = mem_alloc(sizeof *zone);
	AUTO(buffer) struct buffer name = BUFFER_LIMIT(ZONE_ABBREVIATION_SPACE - 1);
	const int minutes = (offset_s < 0 ? -offset_s : offset_s) / 60;

	if (offset_s <= -24 * 3600 || offset_s >= 24 * 3600) {
		(void)fail(err, COURANT_CONFIG, "a clock %d seconds from UTC", offset_s);
		return NULL;
	}
	if (offset_s == 0)
		buffer_append(&name, SLICE("UTC"));
	else
		buffer_printf(&name, "%c%02d:%02d", offset_s < 0 ? '-' : '+', minutes / 60, minutes % 60);
	if (zone && buffer_take(&name, &zone->name, NULL, err) < 0)
		return NULL;

	struct zone_listed *listed = zone ? mem_alloc(sizeof *listed) : NULL;

	if (!listed) {
		(void)fail_memory(err);
		return NULL;
	}
	*listed = (struct zone_listed){.from_ms = INT64_MIN, .offset_s = offset_s, .abbreviation = zone->name};
	zone->listed = listed;
	zone->n_listed = 1;
	return STEAL(zone);
}

/* "+08:00", "-0530", "+8" is none. */
static bool parse_offset(slice name, int *ret_s)
{
	int numbers[2] = {0, 0};
	const slice digits = slice_after(name, 1);
	size_t n = 0;

	if (!slice_starts(name, SLICE("+")) && !slice_starts(name, SLICE("-")))
		return false;
	for (size_t i = 0; i < digits.len; i++) {
		if (i == 2 && digits.len == 5 && digits.ptr[i] == ':')
			continue;
		if (!ascii_is_digit(digits.ptr[i]) || n == 4)
			return false;
		numbers[n / 2] = numbers[n / 2] * 10 + (digits.ptr[i] - '0');
		n++;
	}
	*ret_s = (numbers[0] * 60 + numbers[1]) * (name.ptr[0] == '-' ? -60 : 60);
	return (n == 2 || n == 4) && numbers[0] < 24 && numbers[1] < 60;
}

/* What may be put behind the folder's name: neither "..", nor anything that begins with a slash. */
static bool is_name(slice name)
{
	if (name.len == 0 || name.len > NAME_MAX || name.ptr[0] == '/')
		return false;
	for (size_t i = 0; i < name.len; i++)
		if (!ascii_is_alnum(name.ptr[i]) && !memchr("+-_/", name.ptr[i], 4))
			return false;
	return true;
}

/* The search for the name that was meant. */
struct search {
	slice wanted;
	struct buffer best; /* empty as long as there is none */
	size_t best_distance;
};

static void search_consider(struct search *search, slice name)
{
	const slice city = slice_after(name, slice_find_last(name, '/') + 1); /* SLICE_NONE + 1 is 0 */
	const size_t whole = nearest_distance(search->wanted, name);
	const size_t part = nearest_distance(search->wanted, city);
	const size_t distance = whole < part ? whole : part;

	if (distance >= search->best_distance)
		return;
	search->best_distance = distance;
	buffer_cut(&search->best, 0);
	buffer_append(&search->best, name);
}

static void search_folder(struct search *search, const char *path, slice prefix, unsigned depth)
{
	DIR *folder = opendir(path);
	const struct dirent *entry;

	while (folder && (entry = readdir(folder))) {
		const slice name = slice_of(entry->d_name);
		AUTO(buffer) struct buffer below = BUFFER_LIMIT(PATH_MAX);
		AUTO(buffer) struct buffer whole = BUFFER_LIMIT(PATH_MAX);

		buffer_printf(&below, "%s/%s", path, entry->d_name);
		buffer_append(&whole, prefix);
		buffer_append(&whole, name);
		/* "posix" and "right" hold everything again. */
		if (!is_name(name) || slice_equal(name, SLICE("posix")) || slice_equal(name, SLICE("right")) ||
		    buffer_check(&below, NULL) < 0 || buffer_check(&whole, NULL) < 0)
			continue;
		if (entry->d_type == DT_DIR) {
			buffer_append_byte(&whole, '/');
			if (depth)
				search_folder(search, below.bytes, buffer_peek(&whole), depth - 1);
		} else {
			search_consider(search, buffer_peek(&whole));
		}
	}
	if (folder)
		(void)closedir(folder);
}

static int fail_unknown(const char *folder, slice name, courant_error **err)
{
	struct search search = {.wanted = name, .best = BUFFER_LIMIT(PATH_MAX), .best_distance = (name.len + 1) / 3 + 1};

	if (access(folder, R_OK) < 0)
		return fail(err, COURANT_CONFIG, "unknown time zone %.*s: %s is missing (package tzdata)", SLICE_ARGS(name), folder);
	search_folder(&search, folder, SLICE(""), 2);

	AUTO(buffer) struct buffer best = search.best;

	if (best.len)
		return fail(err, COURANT_CONFIG, "unknown time zone %.*s: is %s meant?", SLICE_ARGS(name), best.bytes);
	return fail(err, COURANT_CONFIG, "unknown time zone %.*s: names are like Asia/Shanghai, UTC, +08:00", SLICE_ARGS(name));
}

static struct zone *load_file(const char *path, slice name, courant_error **err)
{
	AUTO(buffer) struct buffer bytes = BUFFER_LIMIT(ZONE_FILE_MAX_BYTES);
	slice read;

	if (file_read(path, &bytes, err) < 0 || buffer_slice(&bytes, &read, err) < 0)
		return NULL;
	return zone_parse(read, name, err);
}

struct zone *zone_load_from(const char *folder, slice name, courant_error **err)
{
	AUTO(buffer) struct buffer path = BUFFER_LIMIT(PATH_MAX);
	AUTO(error) courant_error *cause = NULL;
	int offset_s;

	/* These need no database. */
	if (slice_equal(name, SLICE("UTC")))
		return zone_new_fixed(0, err);
	if (parse_offset(name, &offset_s))
		return zone_new_fixed(offset_s, err);
	buffer_printf(&path, "%s/%.*s", folder, SLICE_ARGS(name));
	if (buffer_check(&path, err) < 0)
		return NULL;

	struct zone *zone = is_name(name) ? load_file(path.bytes, name, &cause) : NULL;

	if (!zone && (!cause || courant_error_code(cause) == COURANT_NO_INPUT))
		(void)fail_unknown(folder, name, err);
	else if (!zone)
		(void)fail_pass(err, STEAL(cause));
	return zone;
}

struct zone *zone_load(slice name, courant_error **err)
{
	return zone_load_from(ZONE_FOLDER, name, err);
}

/* What follows "zoneinfo/" in the link's target, or nothing. */
static slice name_in_link(slice target)
{
	const slice mark = SLICE("zoneinfo/");
	const size_t at = slice_find_slice(target, mark);

	return at == SLICE_NONE ? SLICE("") : slice_after(target, at + mark.len);
}

struct zone *zone_load_system(courant_error **err)
{
	char target[PATH_MAX];
	const ssize_t n = readlink(ZONE_LINK, target, sizeof target);
	const slice name = n > 0 ? name_in_link(slice_from(target, (size_t)n)) : SLICE("");

	if (is_name(name)) {
		struct zone *zone = zone_load(name, NULL);

		if (zone)
			return zone;
	}
	if (access(ZONE_LINK, F_OK) < 0)
		return zone_new_fixed(0, err);
	return load_file(ZONE_LINK, SLICE("local"), err);
}
