/* SPDX-License-Identifier: MIT */
/* complete_zsh.c - the tables that tools/completions/courant.zsh asks: specifications for zsh's _arguments */
#include "cli/complete.h"

/* Text of a specification: colons and brackets have a meaning there. */
static void write_escaped(struct buffer *out, slice text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] == ':' || text.ptr[i] == '[' || text.ptr[i] == ']' || text.ptr[i] == '\\')
			buffer_append_byte(out, '\\');
		buffer_append_byte(out, text.ptr[i]);
	}
}

/* The words of an action are read once more as words of the shell. */
static void write_words(struct buffer *out, slice words, enum complete_kind kind)
{
	for (slice word; complete_next_word(kind, &words, &word);) {
		AUTO(buffer) struct buffer quoted = BUFFER_LIMIT(out->limit);

		complete_write_quoted(&quoted, word);
		buffer_append_byte(out, ' ');
		write_escaped(out, buffer_peek(&quoted));
	}
}

static void write_action(struct buffer *out, const struct cli_option *option)
{
	const enum complete_kind kind = complete_option_kind(option);

	switch (kind) {
	case COMPLETE_FLAG:
	case COMPLETE_TEXT:
		return;
	case COMPLETE_FILE:
		buffer_append(out, slice_find_slice(slice_of(option->value), SLICE("=FILE")) == SLICE_NONE ? SLICE("_files") : SLICE("_courant_named_file"));
		return;
	case COMPLETE_FOLDER:
		buffer_append(out, SLICE("_files -/"));
		return;
	case COMPLETE_PROGRAM:
		buffer_append(out, SLICE("_command_names -e"));
		return;
	case COMPLETE_WORD:
		buffer_append(out, SLICE("_courant_pick -"));
		write_words(out, complete_words(option), kind);
		return;
	case COMPLETE_WORDS:
		buffer_append(out, SLICE("_sequence compadd -"));
		write_words(out, complete_words(option), kind);
		return;
	}
}

/* One of an option's two names, as "'(-f --from)--from=[…]:ADDRESS:'". */
static void write_name(struct buffer *out, const struct cli_option *option, bool is_letter)
{
	AUTO(buffer) struct buffer text = BUFFER_LIMIT(out->limit);

	if (option->repeats)
		buffer_append_byte(&text, '*');
	else if (option->letter)
		buffer_printf(&text, "(-%c --%s)", option->letter, option->name);
	if (is_letter)
		buffer_printf(&text, "-%c%s", option->letter, option->value ? "+" : "");
	else
		buffer_printf(&text, "--%s%s", option->name, option->value ? "=" : "");
	buffer_append_byte(&text, '[');
	write_escaped(&text, slice_of(option->help));
	buffer_append_byte(&text, ']');
	if (option->value) {
		buffer_append_byte(&text, ':');
		write_escaped(&text, slice_of(option->value));
		buffer_append_byte(&text, ':');
		write_action(&text, option);
	}
	buffer_append(out, SLICE("\t\t\t"));
	complete_write_quoted(out, buffer_peek(&text));
	buffer_append_byte(out, '\n');
}

static void write_arguments(struct buffer *out, const struct cli_command *command)
{
	const char *rest = complete_takes_files(command) ? "_files" : "";

	if (command->first_words) {
		AUTO(buffer) struct buffer first = BUFFER_LIMIT(out->limit);

		buffer_append(&first, SLICE("1: :{ _courant_pick - "));
		write_words(&first, slice_of(command->first_words), COMPLETE_WORD);
		buffer_printf(&first, "%s }", *rest ? "; _files" : "");
		buffer_append(out, SLICE("\t\t\t"));
		complete_write_quoted(out, buffer_peek(&first));
		buffer_append_byte(out, '\n');
	}
	if (complete_takes_commands(command))
		buffer_append(out, SLICE("\t\t\t'1: :_courant_names'\n"));
	if (*rest)
		buffer_printf(out, "\t\t\t'*: :%s'\n", rest);
}

static void write_command(struct buffer *out, const struct cli_command *command)
{
	struct cli_option option;

	buffer_printf(out, "\t%s)\n\t\toptions=(\n", command->name);
	for (size_t i = 0; complete_option_at(command, i, &option); i++) {
		write_name(out, &option, false);
		if (option.letter)
			write_name(out, &option, true);
	}
	write_arguments(out, command);
	buffer_append(out, SLICE("\t\t) ;;\n"));
}

void complete_write_zsh(struct buffer *out)
{
	buffer_append(out, SLICE("#compdef courant\n# Completion for courant in zsh. Made of the table of commands.\n\n_courant_commands=(\n"));
	for (size_t i = 0; cli_commands[i]; i++) {
		AUTO(buffer) struct buffer text = BUFFER_LIMIT(out->limit);

		buffer_printf(&text, "%s:", cli_commands[i]->name);
		write_escaped(&text, slice_of(cli_commands[i]->summary));
		buffer_append_byte(out, '\t');
		complete_write_quoted(out, buffer_peek(&text));
		buffer_append_byte(out, '\n');
	}
	buffer_append(out, SLICE(")\n\n_courant_names()\n{\n\t_describe -t commands command _courant_commands\n}\n\n_courant_command()\n{\n\tcase $1 in\n"));
	for (size_t i = 0; cli_commands[i]; i++)
		write_command(out, cli_commands[i]);
	buffer_append(out, SLICE("\t*) return 1 ;;\n\tesac\n}\n\n"));
}
