/* SPDX-License-Identifier: MIT */
/* manual.c - courant-manual [COMMAND]: writes a manual page to standard output; used by the build */
#include <stdio.h>
#include <sysexits.h>

#include "cli/manual.h"

#define PAGE_LIMIT ((size_t)1 << 20)

int main(int argc, char **argv)
{
	AUTO(buffer) struct buffer page = BUFFER_LIMIT(PAGE_LIMIT);
	AUTO(error) courant_error *err = NULL;
	const struct cli_command *command = argc > 1 ? cli_command_find(argv[1], &err) : NULL;
	slice bytes;

	if (command)
		manual_write_command(&page, command);
	else if (!err)
		manual_write_overview(&page);
	if (!err && buffer_slice(&page, &bytes, &err) == 0 && cli_print(bytes, &err) == 0)
		return 0;
	fprintf(stderr, "courant-manual: %s\n", courant_error_sentence(err));
	return EX_SOFTWARE;
}
