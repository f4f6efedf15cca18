/* SPDX-License-Identifier: MIT */
/* help.c - the table of commands as text for a terminal (help.h) */
#include "cli/help.h"

#include "base/nearest.h"
#include "base/utf8.h"

#define WIDTH           80
#define HELP_COLUMN     30 /* where the sentences of options begin */
#define HELP_MAX_BYTES  ((size_t)256 * 1024)
#define DEFAULT_HEADING "Options"

/* Words with blanks between them, in lines of at most WIDTH columns. The first line goes on at column `at`; the others begin at `indent`. */
static void write_wrapped(struct buffer *out, slice text, size_t at, size_t indent)
{
	bool is_first = true;

	for (slice word; slice_next(&text, ' ', &word);) {
		const size_t width = utf8_width(word);

		if (!is_first && at + 1 + width > WIDTH) {
			buffer_append_byte(out, '\n');
			buffer_append_repeated(out, ' ', indent);
			at = indent;
		} else if (!is_first) {
			buffer_append_byte(out, ' ');
			at++;
		}
		buffer_append(out, word);
		at += width;
		is_first = false;
	}
	buffer_append_byte(out, '\n');
}

/* Paragraphs, one a line; what begins with a blank stays as it is. */
static void write_paragraphs(struct buffer *out, const char *text)
{
	slice rest = slice_of(text);

	for (slice line; slice_next_line(&rest, &line);) {
		if (slice_starts(line, SLICE(" "))) {
			buffer_append(out, line);
			buffer_append_byte(out, '\n');
		} else {
			write_wrapped(out, line, 0, 0);
		}
	}
}

static void write_option(struct buffer *out, const struct cli_option *option)
{
	AUTO(buffer) struct buffer left = BUFFER_LIMIT(HELP_MAX_BYTES);

	if (option->letter)
		buffer_printf(&left, "  -%c, --%s", option->letter, option->name);
	else
		buffer_printf(&left, "      --%s", option->name);
	if (option->value)
		buffer_printf(&left, " %s", option->value);

	size_t width = utf8_width(buffer_peek(&left));

	buffer_append(out, buffer_peek(&left));
	if (width + 2 > HELP_COLUMN) {
		buffer_append_byte(out, '\n');
		width = 0;
	}
	buffer_append_repeated(out, ' ', HELP_COLUMN - width);

	AUTO(buffer) struct buffer right = BUFFER_LIMIT(HELP_MAX_BYTES);

	buffer_append(&right, slice_of(option->help));
	if (option->repeats)
		buffer_append(&right, SLICE("; may be repeated"));
	write_wrapped(out, buffer_peek(&right), HELP_COLUMN, HELP_COLUMN);
}

static const char *heading_of(const struct cli_option *option)
{
	return option->group ? option->group : DEFAULT_HEADING;
}

static bool same_heading(const struct cli_option *a, const struct cli_option *b)
{
	return slice_equal(slice_of(heading_of(a)), slice_of(heading_of(b)));
}

/* Headings in the order of their first option; those without one come last, with what every command has. */
static void write_options(struct buffer *out, const struct cli_command *command)
{
	for (size_t i = 0; i < command->n_options; i++) {
		const struct cli_option *first = &command->options[i];
		bool is_written = !first->group;

		for (size_t k = 0; k < i && !is_written; k++)
			is_written = same_heading(&command->options[k], first);
		if (is_written)
			continue;
		buffer_printf(out, "\n%s:\n", first->group);
		for (size_t k = i; k < command->n_options; k++)
			if (same_heading(&command->options[k], first))
				write_option(out, &command->options[k]);
	}
	buffer_append(out, SLICE("\n" DEFAULT_HEADING ":\n"));
	for (size_t i = 0; i < command->n_options; i++)
		if (!command->options[i].group)
			write_option(out, &command->options[i]);
	for (size_t i = 0; i < CLI_COMMON_OPTIONS; i++) {
		const struct cli_option common = cli_common_option(command, i);

		write_option(out, &common);
	}
}

void help_write_command(struct buffer *out, const struct cli_command *command)
{
	buffer_printf(out, "Usage: courant %s [OPTION…]%s%s\n\n", command->name, *command->arguments ? " " : "",
		      command->arguments);
	write_paragraphs(out, command->about);
	write_options(out, command);
	if (!command->examples)
		return;
	buffer_append(out, SLICE("\nExamples:\n"));

	slice rest = slice_of(command->examples);

	for (slice line; slice_next_line(&rest, &line);)
		buffer_printf(out, "  %.*s\n", SLICE_ARGS(line));
}

void help_write_overview(struct buffer *out)
{
	buffer_append(out, SLICE("Usage: courant COMMAND [OPTION…] [ARGUMENT…]\n\n"));
	write_wrapped(out, SLICE("Courant turns access logs, metrics and probes into reports and mails them; any other mail too."), 0, 0);
	buffer_append(out, SLICE("\nCommands:\n"));
	for (size_t at = 0; cli_commands[at]; at++) {
		const struct cli_command *command = cli_commands[at];

		buffer_printf(out, "  %-10s", command->name);
		write_wrapped(out, slice_of(command->summary), 12, 12);
	}
	buffer_append(out, SLICE("\n  --help      show this help\n"
				 "  --version   show the version\n\n"
				 "courant COMMAND --help says everything about one command.\n"));
}

int help_print(const struct cli_call *call, const struct cli_command *command)
{
	AUTO(buffer) struct buffer text = BUFFER_LIMIT(HELP_MAX_BYTES);
	courant_error *err = NULL;
	slice bytes;

	if (command)
		help_write_command(&text, command);
	else
		help_write_overview(&text);
	if (buffer_slice(&text, &bytes, &err) < 0 || cli_print(bytes, &err) < 0)
		return cli_fail(call, err);
	return 0;
}

int help_run(struct cli_call *call)
{
	const struct cli_command *command = NULL;
	courant_error *err = NULL;

	if (call->n_arguments > 0) {
		command = cli_command_find(call->arguments[0], &err);
		if (!command)
			return cli_fail(call, err);
	}
	return help_print(call, command);
}
