/* SPDX-License-Identifier: MIT */
/* letter_paths.c - the mails that a path means: a file, or a maildir's */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "cli/letter.h"

#define PATH_MAX_BYTES 8192

void letter_paths_release(struct letter_paths *paths)
{
	for (size_t i = 0; i < paths->n; i++)
		free(paths->items[i]);
	free(paths->items);
	*paths = (struct letter_paths){0};
}

static int add(struct letter_paths *paths, const char *folder, const char *name, courant_error **err)
{
	AUTO(buffer) struct buffer whole = BUFFER_LIMIT(PATH_MAX_BYTES);

	if ((paths->n & (paths->n - 1)) == 0) {
		char **more = mem_resize(paths->items, paths->n ? paths->n * 2 : 1, sizeof *more);

		if (!more)
			return fail_memory(err);
		paths->items = more;
	}
	buffer_printf(&whole, "%s%s%s", folder, folder[0] ? "/" : "", name);
	if (buffer_take(&whole, &paths->items[paths->n], NULL, err) < 0)
		return -1;
	paths->n++;
	return 0;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* What begins with a dot is no mail. */
static int add_folder(struct letter_paths *paths, const char *path, const char *part, courant_error **err)
{
	AUTO(buffer) struct buffer whole = BUFFER_LIMIT(PATH_MAX_BYTES);
	const size_t before = paths->n;
	int status = 0;

	buffer_printf(&whole, "%s/%s", path, part);
	if (buffer_check(&whole, err) < 0)
		return -1;

	DIR *folder = opendir(whole.bytes);

	if (!folder)
		return errno == ENOENT ? fail(err, COURANT_NO_INPUT, "%s is a folder, but no maildir: it has no %s/", path, part)
				       : fail_errno(err, errno, "cannot open %s", whole.bytes);
	for (const struct dirent *entry; status == 0 && (entry = readdir(folder));)
		if (entry->d_name[0] != '.')
			status = add(paths, whole.bytes, entry->d_name, err);
	(void)closedir(folder);
	if (paths->n > before)
		qsort(paths->items + before, paths->n - before, sizeof *paths->items, by_name);
	return status;
}

int letter_paths_add(struct letter_paths *paths, const char *path, courant_error **err)
{
	struct stat facts;

	if (strcmp(path, "-") != 0 && stat(path, &facts) < 0)
		return fail_errno(err, errno, "cannot open %s", path);
	if (strcmp(path, "-") == 0 || !S_ISDIR(facts.st_mode))
		return add(paths, "", path, err);
	return add_folder(paths, path, "new", err) < 0 ? -1 : add_folder(paths, path, "cur", err);
}
