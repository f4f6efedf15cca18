/* SPDX-License-Identifier: MIT */
/* complete_bash.c - the tables that tools/completions/courant.bash asks */
#include "cli/complete.h"

static const char *const kinds[] = {
	[COMPLETE_TEXT] = "text", [COMPLETE_FILE] = "files", [COMPLETE_FOLDER] = "folders", [COMPLETE_PROGRAM] = "programs", [COMPLETE_WORD] = "word", [COMPLETE_WORDS] = "words",
};

/* A list of words as a shell's text with a word a line. */
static void write_words(struct buffer *out, slice words, enum complete_kind kind)
{
	AUTO(buffer) struct buffer lines = BUFFER_LIMIT(out->limit);

	for (slice word; complete_next_word(kind, &words, &word);) {
		buffer_append(&lines, word);
		buffer_append_byte(&lines, '\n');
	}
	complete_write_quoted(out, slice_part(buffer_peek(&lines), 0, lines.len > 0 ? lines.len - 1 : 0));
}

static void write_command_names(struct buffer *out)
{
	for (size_t i = 0; cli_commands[i]; i++)
		buffer_printf(out, "%s%s", i > 0 ? "\n" : "", cli_commands[i]->name);
}

/* What a command takes: sets options, first and arguments. */
static void write_command(struct buffer *out, const struct cli_command *command)
{
	struct cli_option option;

	buffer_printf(out, "\t%s)\n\t\toptions='", command->name);
	for (size_t i = 0; complete_option_at(command, i, &option); i++)
		buffer_printf(out, "%s--%s", i > 0 ? "\n" : "", option.name);
	buffer_append(out, SLICE("'\n"));
	if (complete_takes_commands(command))
		buffer_append(out, SLICE("\t\tfirst=$_courant_commands\n"));
	if (command->first_words) {
		buffer_append(out, SLICE("\t\tfirst="));
		write_words(out, slice_of(command->first_words), COMPLETE_WORD);
		buffer_append_byte(out, '\n');
	}
	if (complete_takes_files(command))
		buffer_append(out, SLICE("\t\targuments=files\n"));
	buffer_append(out, SLICE("\t\t;;\n"));
}

/* What an option takes: sets kind and known. */
static void write_option(struct buffer *out, const struct cli_command *command, const struct cli_option *option)
{
	const enum complete_kind kind = complete_option_kind(option);

	if (kind == COMPLETE_FLAG)
		return;
	buffer_printf(out, "\t%s:--%s", command->name, option->name);
	if (option->letter)
		buffer_printf(out, " | %s:-%c", command->name, option->letter);
	buffer_printf(out, ") kind=%s", kinds[kind]);
	if (kind == COMPLETE_WORD || kind == COMPLETE_WORDS) {
		buffer_append(out, SLICE(" known="));
		write_words(out, complete_words(option), kind);
	}
	buffer_append(out, SLICE(" ;;\n"));
}

void complete_write_bash(struct buffer *out)
{
	struct cli_option option;

	buffer_append(out, SLICE("# shellcheck shell=bash\n# Completion for courant in bash. Made of the table of commands.\n\n_courant_commands='"));
	write_command_names(out);
	buffer_append(out, SLICE("'\n\n_courant_command()\n{\n\tcase $1 in\n"));
	for (size_t i = 0; cli_commands[i]; i++)
		write_command(out, cli_commands[i]);
	buffer_append(out, SLICE("\t*) return 1 ;;\n\tesac\n}\n\n# _courant_option COMMAND OPTION\n_courant_option()\n{\n\tcase $1:$2 in\n"));
	for (size_t i = 0; cli_commands[i]; i++)
		for (size_t k = 0; complete_option_at(cli_commands[i], k, &option); k++)
			write_option(out, cli_commands[i], &option);
	buffer_append(out, SLICE("\tesac\n}\n\n"));
}
