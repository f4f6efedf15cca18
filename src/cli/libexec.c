/* SPDX-License-Identifier: MIT */
/* libexec.c - finding Courant's other programs (libexec.h) */
#include "cli/libexec.h"

#include <stdlib.h>
#include <unistd.h>

#define PATH_MAX_BYTES 4096

/* FOLDER/below/program, if it can be run. */
static bool is_in(slice folder, const char *below, const char *program, struct buffer *ret_path)
{
	buffer_cut(ret_path, 0);
	buffer_append(ret_path, folder);
	buffer_printf(ret_path, "%s/%s", below, program);
	return buffer_check(ret_path, NULL) == 0 && access(ret_path->bytes, X_OK) == 0;
}

bool libexec_find(const char *program, struct buffer *ret_path)
{
	AUTO(buffer) struct buffer own = BUFFER_LIMIT(PATH_MAX_BYTES);
	const char *named = secure_getenv("COURANT_LIBEXEC_DIR");
	char *room = buffer_room(&own, PATH_MAX_BYTES - 1);
	const ssize_t len = room ? readlink("/proc/self/exe", room, PATH_MAX_BYTES - 1) : -1;

	if (len > 0)
		buffer_added(&own, (size_t)len);

	const size_t slash = slice_find_last(buffer_peek(&own), '/');
	const slice folder = slice_part(buffer_peek(&own), 0, slash == SLICE_NONE ? 0 : slash);

	return (named && is_in(slice_of(named), "", program, ret_path)) || is_in(folder, "", program, ret_path) ||
	       is_in(folder, "/../libexec/courant", program, ret_path) || is_in(SLICE(COURANT_LIBEXEC_DIR), "", program, ret_path);
}
