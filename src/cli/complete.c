/* SPDX-License-Identifier: MIT */
/* complete.c - what can be completed, whatever the shell (complete.h) */
#include "cli/complete.h"

static bool names(const char *placeholder, const char *word)
{
	return slice_find_slice(slice_of(placeholder), slice_of(word)) != SLICE_NONE;
}

slice complete_words(const struct cli_option *option)
{
	if (option->words)
		return slice_of(option->words);
	return names(option->value, "|") ? slice_of(option->value) : SLICE("");
}

enum complete_kind complete_option_kind(const struct cli_option *option)
{
	static const struct {
		const char *word;
		enum complete_kind kind;
	} placeholders[] = {
		{"FILE", COMPLETE_FILE}, {"LEDGER", COMPLETE_FILE}, {"FOLDER", COMPLETE_FOLDER}, {"DIR", COMPLETE_FOLDER}, {"COMMAND", COMPLETE_PROGRAM},
	};

	if (!option->value)
		return COMPLETE_FLAG;

	const slice words = complete_words(option);

	if (words.len > 0)
		return slice_find(words, ',') == SLICE_NONE ? COMPLETE_WORD : COMPLETE_WORDS;
	for (size_t i = 0; i < sizeof placeholders / sizeof *placeholders; i++)
		if (names(option->value, placeholders[i].word))
			return placeholders[i].kind;
	return COMPLETE_TEXT;
}

bool complete_next_word(enum complete_kind kind, slice *rest, slice *ret)
{
	return rest->len > 0 && slice_next(rest, kind == COMPLETE_WORDS ? ',' : '|', ret);
}

bool complete_takes_files(const struct cli_command *command)
{
	return names(command->arguments, "FILE") || names(command->arguments, "LOG") || names(command->arguments, "LEDGER");
}

bool complete_takes_commands(const struct cli_command *command)
{
	return names(command->arguments, "COMMAND");
}

bool complete_option_at(const struct cli_command *command, size_t i, struct cli_option *ret)
{
	if (i < command->n_options)
		*ret = command->options[i];
	else if (i < command->n_options + CLI_COMMON_OPTIONS)
		*ret = cli_common_option(command, i - command->n_options);
	else
		return false;
	return true;
}

void complete_write_quoted(struct buffer *out, slice text)
{
	buffer_append_byte(out, '\'');
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] == '\'')
			buffer_append(out, SLICE("'\\''"));
		else
			buffer_append_byte(out, text.ptr[i]);
	}
	buffer_append_byte(out, '\'');
}
