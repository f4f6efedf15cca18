/* SPDX-License-Identifier: MIT */
/* manual.c - the table of commands as manual pages (manual.h) */
#include "cli/manual.h"

#include "base/ascii.h"

/* Text in which nothing is a request or an escape: a line must not begin with a dot or a quote, a hyphen is the one of command lines. */
static void write_text(struct buffer *out, slice text)
{
	if (text.len > 0 && (text.ptr[0] == '.' || text.ptr[0] == '\''))
		buffer_append(out, SLICE("\\&"));
	for (size_t i = 0; i < text.len; i++) {
		const char c = text.ptr[i];

		if (c == '\\')
			buffer_append(out, SLICE("\\e"));
		else if (c == '-')
			buffer_append(out, SLICE("\\-"));
		else
			buffer_append_byte(out, c);
	}
}

static void write_line(struct buffer *out, slice text)
{
	write_text(out, text);
	buffer_append_byte(out, '\n');
}

static void write_upper(struct buffer *out, const char *name)
{
	for (; *name; name++)
		buffer_append_byte(out, ascii_upper(*name));
}

/* `name` is NULL for the page of the program itself. */
static void write_head(struct buffer *out, const char *name, const char *summary)
{
	buffer_append(out, SLICE(".\\\" Made of the table of commands.\n.TH COURANT"));
	if (name) {
		buffer_append(out, SLICE("\\-"));
		write_upper(out, name);
	}
	buffer_append(out, SLICE(" 1 \"" COURANT_MANUAL_DATE "\" \"Courant " COURANT_VERSION "\" \"Courant\"\n.SH NAME\ncourant"));
	if (name)
		buffer_printf(out, "\\-%s", name);
	buffer_append(out, SLICE(" \\- "));
	write_line(out, slice_of(summary));
}

/* Paragraphs, one a line; what begins with a blank stays as it is. */
static void write_paragraphs(struct buffer *out, const char *text)
{
	slice rest = slice_of(text);
	bool is_verbatim = false;

	for (slice line; slice_next_line(&rest, &line);) {
		const bool starts_blank = slice_starts(line, SLICE(" "));

		if (starts_blank != is_verbatim)
			buffer_append(out, starts_blank ? SLICE(".EX\n") : SLICE(".EE\n"));
		is_verbatim = starts_blank;
		if (line.len == 0)
			buffer_append(out, SLICE(".PP\n"));
		else
			write_line(out, line);
	}
	if (is_verbatim)
		buffer_append(out, SLICE(".EE\n"));
}

static void write_option(struct buffer *out, const struct cli_option *option)
{
	buffer_append(out, SLICE(".TP\n"));
	if (option->letter)
		buffer_printf(out, "\\fB\\-%c\\fR, ", option->letter);
	buffer_append(out, SLICE("\\fB\\-\\-"));
	write_text(out, slice_of(option->name));
	buffer_append(out, SLICE("\\fR"));
	if (option->value) {
		buffer_append(out, SLICE(" \\fI"));
		write_text(out, slice_of(option->value));
		buffer_append(out, SLICE("\\fR"));
	}
	buffer_append_byte(out, '\n');
	write_text(out, slice_of(option->help));
	buffer_append(out, option->repeats ? SLICE("; may be repeated.\n") : SLICE(".\n"));
}

static bool is_first_of_group(const struct cli_command *command, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (slice_equal(slice_of(command->options[k].group), slice_of(command->options[i].group)))
			return false;
	return true;
}

static void write_options(struct buffer *out, const struct cli_command *command)
{
	buffer_append(out, SLICE(".SH OPTIONS\n"));
	for (size_t i = 0; i < command->n_options; i++) {
		const char *group = command->options[i].group;

		if (!group || !is_first_of_group(command, i))
			continue;
		buffer_printf(out, ".SS %s\n", group);
		for (size_t k = i; k < command->n_options; k++)
			if (slice_equal(slice_of(command->options[k].group), slice_of(group)))
				write_option(out, &command->options[k]);
	}
	if (command->n_options > 0 && command->options[0].group)
		buffer_append(out, SLICE(".SS Options\n"));
	for (size_t i = 0; i < command->n_options; i++)
		if (!command->options[i].group)
			write_option(out, &command->options[i]);
	for (size_t i = 0; i < CLI_COMMON_OPTIONS; i++) {
		const struct cli_option common = cli_common_option(command, i);

		write_option(out, &common);
	}
}

static void write_statuses(struct buffer *out)
{
	buffer_append(out, SLICE(".SH EXIT STATUS\nThe numbers of\n.IR sysexits.h (3head),\nand one of its own.\n"));
	for (const struct cli_status *status = cli_statuses; status->meaning; status++) {
		buffer_printf(out, ".TP\n.B %d\n", status->status);
		write_text(out, slice_of(status->meaning));
		buffer_append(out, SLICE(".\n"));
	}
}

void manual_write_command(struct buffer *out, const struct cli_command *command)
{
	write_head(out, command->name, command->summary);
	buffer_printf(out, ".SH SYNOPSIS\n.B courant %s\n[\\fIOPTION\\fR…]", command->name);
	if (*command->arguments) {
		buffer_append_byte(out, ' ');
		write_text(out, slice_of(command->arguments));
	}
	buffer_append(out, SLICE("\n.SH DESCRIPTION\n"));
	write_paragraphs(out, command->about);
	write_options(out, command);
	if (command->examples) {
		slice rest = slice_of(command->examples);

		buffer_append(out, SLICE(".SH EXAMPLES\n.EX\n"));
		for (slice line; slice_next_line(&rest, &line);)
			write_line(out, line);
		buffer_append(out, SLICE(".EE\n"));
	}
	write_statuses(out);
	buffer_append(out, SLICE(".SH SEE ALSO\n.BR courant (1)\n"));
}

/* What all commands read from the environment. */
static const struct {
	const char *name, *meaning;
} variables[] = {
	{"BROWSER", "the program that shows a report in the browser; else xdg-open"},
	{"COURANT_CONFIG", "the configuration file, when there is no --config"},
	{"COURANT_NOW", "the instant that is taken for now (2026-11-10T08:00:00+08:00), for tests"},
	{"COURANT_PASSWORD", "the password for the mail server, when no command and no file is given for it"},
	{"SOURCE_DATE_EPOCH", "seconds since 1970: the date of mails that are made; their ids and boundaries repeat as well"},
};

void manual_write_overview(struct buffer *out)
{
	write_head(out, NULL, "turn access logs into reports and mail them; send any other mail");
	buffer_append(out, SLICE(".SH SYNOPSIS\n.B courant\n\\fICOMMAND\\fR [\\fIOPTION\\fR…] [\\fIARGUMENT\\fR…]\n"
				 ".SH DESCRIPTION\n"
				 "Options are written \\-\\-name=value or \\-\\-name value, anywhere behind the command; what follows \\-\\- "
				 "is no option.\n"
				 ".SH COMMANDS\n"));
	for (size_t at = 0; cli_commands[at]; at++) {
		const struct cli_command *command = cli_commands[at];

		buffer_printf(out, ".TP\n.BR courant\\-%s (1)\n", command->name);
		write_line(out, slice_of(command->summary));
	}
	buffer_append(out, SLICE(".SH ENVIRONMENT\n"));
	for (size_t i = 0; i < sizeof variables / sizeof *variables; i++) {
		buffer_printf(out, ".TP\n.B %s\n", variables[i].name);
		write_line(out, slice_of(variables[i].meaning));
	}
	write_statuses(out);
}
