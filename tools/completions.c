/* SPDX-License-Identifier: MIT */
/* completions.c - courant-completions bash|zsh|fish FILE: writes a shell's completion to standard output; used by the build
 *
 * FILE is the shell's part of tools/completions, which belongs behind the tables (fish: in front of them, for they call it). */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "base/file.h"
#include "cli/complete.h"

#define SCRIPT_LIMIT ((size_t)1 << 20)

static const struct {
	const char *shell;
	void (*write)(struct buffer *);
	bool is_last;
} shells[] = {
	{"bash", complete_write_bash, false},
	{"zsh", complete_write_zsh, false},
	{"fish", complete_write_fish, true},
};

static int write_script(const char *shell, const char *path, courant_error **err)
{
	AUTO(buffer) struct buffer script = BUFFER_LIMIT(SCRIPT_LIMIT);
	slice bytes;

	for (size_t i = 0; i < sizeof shells / sizeof *shells; i++) {
		if (strcmp(shell, shells[i].shell) != 0)
			continue;
		if (!shells[i].is_last)
			shells[i].write(&script);
		if (file_read(path, &script, err) < 0)
			return -1;
		if (shells[i].is_last)
			shells[i].write(&script);
		return buffer_slice(&script, &bytes, err) < 0 || cli_print(bytes, err) < 0 ? -1 : 0;
	}
	return fail(err, COURANT_USAGE, "there is no completion for %s", shell);
}

int main(int argc, char **argv)
{
	AUTO(error) courant_error *err = NULL;

	if (argc == 3 && write_script(argv[1], argv[2], &err) == 0)
		return 0;
	fprintf(stderr, "courant-completions: %s\n", err ? courant_error_sentence(err) : "usage: courant-completions SHELL FILE");
	return EX_SOFTWARE;
}
