/* SPDX-License-Identifier: MIT */
/* complete_fish.c - the lines of the completion for fish; tools/completions/courant.fish has the functions that they call */
#include "cli/complete.h"

/* Between single quotes fish knows \' and \\. */
static void write_quoted(struct buffer *out, slice text)
{
	buffer_append_byte(out, '\'');
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] == '\'' || text.ptr[i] == '\\')
			buffer_append_byte(out, '\\');
		buffer_append_byte(out, text.ptr[i]);
	}
	buffer_append_byte(out, '\'');
}

/* Words, each quoted, as one text: " -a '\'last 24 h\' today'". `call` is a function that gets them, or "". */
static void write_words(struct buffer *out, slice words, enum complete_kind kind, const char *call)
{
	AUTO(buffer) struct buffer list = BUFFER_LIMIT(out->limit);

	bool goes_on = false;

	if (*call)
		buffer_printf(&list, "(%s ", call);
	for (slice word; complete_next_word(kind, &words, &word);) {
		goes_on |= slice_ends(word, SLICE(":"));
		write_quoted(&list, word);
		buffer_append_byte(&list, ' ');
	}
	buffer_cut(&list, list.len > 0 ? list.len - 1 : 0);
	if (*call)
		buffer_append_byte(&list, ')');
	else if (goes_on)
		buffer_append(&list, SLICE(" (__courant_paths)"));
	buffer_append(out, SLICE(" -a "));
	write_quoted(out, buffer_peek(&list));
}

static void write_value(struct buffer *out, const struct cli_option *option)
{
	const enum complete_kind kind = complete_option_kind(option);

	switch (kind) {
	case COMPLETE_FLAG:
		return;
	case COMPLETE_TEXT:
		buffer_append(out, SLICE(" -x"));
		return;
	case COMPLETE_FILE:
		buffer_append(out, SLICE(" -r -F"));
		return;
	case COMPLETE_FOLDER:
		buffer_append(out, SLICE(" -x -a '(__fish_complete_directories)'"));
		return;
	case COMPLETE_PROGRAM:
		buffer_append(out, SLICE(" -x -a '(__fish_complete_command)'"));
		return;
	case COMPLETE_WORD:
		buffer_append(out, SLICE(" -x"));
		write_words(out, complete_words(option), kind, "");
		return;
	case COMPLETE_WORDS:
		buffer_append(out, SLICE(" -x"));
		write_words(out, complete_words(option), kind, "__courant_list");
		return;
	}
}

static void write_condition(struct buffer *out, const char *function, const char *command)
{
	buffer_printf(out, "complete -c courant -n '%s %s'", function, command);
}

static void write_command(struct buffer *out, const struct cli_command *command)
{
	struct cli_option option;

	for (size_t i = 0; complete_option_at(command, i, &option); i++) {
		write_condition(out, "__courant_in", command->name);
		buffer_printf(out, " -l %s", option.name);
		if (option.letter)
			buffer_printf(out, " -s %c", option.letter);
		write_value(out, &option);
		buffer_append(out, SLICE(" -d "));
		write_quoted(out, slice_of(option.help));
		buffer_append_byte(out, '\n');
	}
	if (command->first_words) {
		write_condition(out, "__courant_begins", command->name);
		write_words(out, slice_of(command->first_words), COMPLETE_WORD, "");
		buffer_append_byte(out, '\n');
	}
	if (complete_takes_files(command)) {
		write_condition(out, "__courant_in", command->name);
		buffer_append(out, SLICE(" -F\n"));
	}
}

static void write_command_names(struct buffer *out, const char *condition)
{
	for (size_t i = 0; cli_commands[i]; i++) {
		buffer_printf(out, "complete -c courant -n '%s' -a %s -d ", condition, cli_commands[i]->name);
		write_quoted(out, slice_of(cli_commands[i]->summary));
		buffer_append_byte(out, '\n');
	}
}

void complete_write_fish(struct buffer *out)
{
	buffer_append(out, SLICE("# Made of the table of commands.\n"));
	write_command_names(out, "test (count (commandline -opc)) -eq 1");
	for (size_t i = 0; cli_commands[i]; i++) {
		if (complete_takes_commands(cli_commands[i]))
			write_command_names(out, "__courant_begins help");
		write_command(out, cli_commands[i]);
	}
}
