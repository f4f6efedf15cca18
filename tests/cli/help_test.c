/* SPDX-License-Identifier: MIT */
/* help_test.c - the table of commands is in order, and its help is complete and fits a terminal */
#include "cli/help.h"

#include "base/utf8.h"
#include "cli/manual.h"
#include "cli/options.h"
#include "tap.h"

#define TEXT_LIMIT ((size_t)1 << 20)

static void check_width(slice text)
{
	for (slice line; slice_next_line(&text, &line);)
		if (!CHECK(utf8_width(line) <= 80))
			CHECK_SLICE(line, SLICE("a line of at most 80 columns"));
}

static bool holds(slice text, const char *before, const char *words)
{
	AUTO(buffer) struct buffer wanted = BUFFER_LIMIT(TEXT_LIMIT);

	buffer_printf(&wanted, "%s%s", before, words);
	return slice_find_slice(text, buffer_peek(&wanted)) != SLICE_NONE;
}

static void the_overview_names_every_command(void)
{
	AUTO(buffer) struct buffer text = BUFFER_LIMIT(TEXT_LIMIT);

	help_write_overview(&text);
	check_width(buffer_peek(&text));
	for (size_t nth = 0; cli_commands[nth]; nth++) {
		const struct cli_command *command = cli_commands[nth];
		tap_row(command->name);
		CHECK(holds(buffer_peek(&text), "\n  ", command->name));
	}
}

static void the_help_of_a_command_names_every_option(void)
{
	for (size_t nth = 0; cli_commands[nth]; nth++) {
		const struct cli_command *command = cli_commands[nth];
		AUTO(buffer) struct buffer text = BUFFER_LIMIT(TEXT_LIMIT);

		tap_row(command->name);
		help_write_command(&text, command);
		check_width(buffer_peek(&text));
		for (size_t i = 0; i < command->n_options; i++)
			if (!CHECK(holds(buffer_peek(&text), " --", command->options[i].name)))
				CHECK_TEXT(command->options[i].name, "named");
		CHECK(holds(buffer_peek(&text), "-q, --", "quiet"));
	}
}

/* Macros that the pages use; any other line that begins with a dot would be lost. */
static bool is_macro(slice line)
{
	static const char *const macros[] = {".\\\"", ".TH ", ".SH ", ".SS ", ".TP", ".PP", ".EX", ".EE", ".B ", ".BR ", ".IR "};

	EACH (macro, macros)
		if (slice_starts(line, slice_of(*macro)))
			return true;
	return false;
}

static void the_manual_of_a_command_names_every_option(void)
{
	for (size_t nth = 0; cli_commands[nth]; nth++) {
		const struct cli_command *command = cli_commands[nth];
		AUTO(buffer) struct buffer text = BUFFER_LIMIT(TEXT_LIMIT);
		size_t n = 0;

		tap_row(command->name);
		manual_write_command(&text, command);

		slice rest = buffer_peek(&text);

		for (slice line; slice_next_line(&rest, &line);) {
			n += slice_starts(line, SLICE("\\fB\\-\\-")) || slice_find_slice(line, SLICE(", \\fB\\-\\-")) != SLICE_NONE;
			CHECK(!slice_starts(line, SLICE(".")) || is_macro(line));
			CHECK(!slice_starts(line, SLICE("'")));
		}
		CHECK_INT(n, command->n_options + CLI_COMMON_OPTIONS);
	}
}

/* Rules of the table that help and manual rely on. */
static void check_option(const struct cli_command *command, size_t i)
{
	const struct cli_option *option = &command->options[i];
	const slice help = slice_of(option->help);

	tap_row(option->name);
	CHECK(help.len > 0 && !slice_ends(help, SLICE(".")));
	for (size_t k = 0; k < CLI_COMMON_OPTIONS; k++) {
		CHECK(!slice_equal(slice_of(option->name), slice_of(cli_common_options[k].name)));
		CHECK(!option->letter || option->letter != cli_common_option(command, k).letter);
	}
	for (size_t k = 0; k < i; k++) {
		CHECK(!slice_equal(slice_of(option->name), slice_of(command->options[k].name)));
		CHECK(!option->letter || option->letter != command->options[k].letter);
	}
}

static void the_table_is_in_order(void)
{
	for (size_t nth = 0; cli_commands[nth]; nth++) {
		const struct cli_command *command = cli_commands[nth];
		tap_row(command->name);
		CHECK(command->summary && !slice_ends(slice_of(command->summary), SLICE(".")));
		CHECK(command->about && command->arguments && command->examples && command->run);
		CHECK(command->min_arguments <= command->max_arguments);
		if (cli_commands[nth + 1])
			CHECK(slice_compare(slice_of(command->name), slice_of(cli_commands[nth + 1]->name)) < 0);
		for (size_t i = 0; i < command->n_options; i++)
			check_option(command, i);
	}
}

#define EXAMPLE_WORDS 64

/* Cuts one word off, as a shell does: quotes keep blanks, a backslash at the end of a line goes on. False at the end, and where another program
 * or a file begins. */
static bool next_word(slice *rest, struct buffer *ret)
{
	char quote = 0;

	while (rest->len > 0 && (rest->ptr[0] == ' ' || rest->ptr[0] == '\t' || slice_starts(*rest, SLICE("\\\n"))))
		*rest = slice_after(*rest, rest->ptr[0] == '\\' ? 2 : 1);
	if (rest->len == 0 || strchr("|<>&;\n", rest->ptr[0]))
		return false;
	for (; rest->len > 0; *rest = slice_after(*rest, 1)) {
		const char c = rest->ptr[0];

		if (!quote && strchr(" \n", c))
			break;
		if (quote ? c == quote : c == '\'' || c == '"')
			quote = quote ? 0 : c;
		else
			buffer_append_byte(ret, c);
	}
	buffer_append_byte(ret, '\0');
	return true;
}

/* The words behind "courant" become a command and its options. */
static void check_example(slice line)
{
	AUTO(buffer) struct buffer text = BUFFER_LIMIT(TEXT_LIMIT);
	size_t starts[EXAMPLE_WORDS];
	char *words[EXAMPLE_WORDS];
	int n = 0;

	(void)buffer_room(&text, line.len * 2 + EXAMPLE_WORDS); /* so that it does not move */
	for (starts[0] = 0; n < EXAMPLE_WORDS - 1 && next_word(&line, &text); starts[n] = text.len)
		n++;
	for (int i = 0; i < n; i++)
		words[i] = text.bytes + starts[i];
	if (!CHECK(n > 1))
		return;

	courant_error *err = NULL;
	AUTO(call) struct cli_call call = {.command = cli_command_find(words[1], &err)};

	if (call.command)
		(void)options_parse(&call, n - 2, words + 2, &err);
	CHECK_NO_ERROR(err);
}

static void every_example_is_a_command_line(void)
{
	for (size_t nth = 0; cli_commands[nth]; nth++) {
		const struct cli_command *command = cli_commands[nth];
		const slice examples = slice_of(command->examples);
		bool is_named = false;

		tap_row(command->name);
		for (size_t at = 0; at < examples.len;) {
			const slice rest = slice_after(examples, at);
			const size_t end = slice_find(rest, '\n');
			const size_t found = slice_find_slice(slice_part(rest, 0, end), SLICE("courant "));

			if (rest.ptr[0] != '#' && found != SLICE_NONE) {
				check_example(slice_after(rest, found));
				is_named = true;
			}
			at += end == SLICE_NONE ? rest.len : end + 1;
		}
		CHECK(is_named);
	}
}

static void commands_are_found_by_name(void)
{
	courant_error *err = NULL;

	CHECK_TEXT(cli_command_find("help", &err)->name, "help");
	CHECK_NO_ERROR(err);
	CHECK(!cli_command_find("hepl", &err));
	CHECK_ERROR(err, COURANT_USAGE, "unknown command hepl (did you mean help?)");
	CHECK(!cli_command_find("wavelength", &err));
	CHECK_ERROR(err, COURANT_USAGE, "unknown command wavelength; courant --help lists what there is");
}

static const struct {
	const char *name;
	enum courant_code code;
	int status;
} statuses[] = {
	{"usage", COURANT_USAGE, 64},
	{"the mail cannot be composed", COURANT_INVALID, 65},
	{"an input file is missing", COURANT_NO_INPUT, 66},
	{"the host is unknown", COURANT_HOST_UNKNOWN, 68},
	{"refused for good", COURANT_REFUSED, 69},
	{"too large", COURANT_TOO_LARGE, 69},
	{"no memory", COURANT_NO_MEMORY, 71},
	{"cannot create", COURANT_CANT_CREATE, 73},
	{"input or output", COURANT_IO, 74},
	{"not now", COURANT_TEMPORARY, 75},
	{"a deadline passed", COURANT_TIMEOUT, 75},
	{"stopped", COURANT_CANCELLED, 75},
	{"protocol", COURANT_PROTOCOL, 76},
	{"TLS", COURANT_TLS, 76},
	{"login", COURANT_LOGIN, 77},
	{"in clear", COURANT_INSECURE, 77},
	{"configuration", COURANT_CONFIG, 78},
	{"perhaps delivered", COURANT_UNKNOWN, 79},
};

static void errors_have_their_exit_status(void)
{
	EACH (row, statuses) {
		tap_row(row->name);
		CHECK_INT(cli_exit_status(row->code), row->status);
	}
}

TESTS(TEST(the_overview_names_every_command), TEST(the_help_of_a_command_names_every_option),
      TEST(the_manual_of_a_command_names_every_option),
      TEST(the_table_is_in_order), TEST(every_example_is_a_command_line),
      TEST(commands_are_found_by_name), TEST(errors_have_their_exit_status))
