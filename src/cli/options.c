/* SPDX-License-Identifier: MIT */
/* options.c - the words of a command line, read by the table of commands (options.h) */
#include "cli/options.h"

#include "base/alloc.h"
#include "base/nearest.h"
#include "base/zone.h"

const struct cli_option cli_common_options[CLI_COMMON_OPTIONS] = {
	{.name = "help", .letter = 'h', .help = "show this help"},
	{.name = "quiet", .letter = 'q', .help = "say nothing but errors"},
	{.name = "verbose", .letter = 'v', .help = "say what is being done"},
};

struct cli_option cli_common_option(const struct cli_command *command, size_t i)
{
	struct cli_option option = cli_common_options[i];

	for (size_t k = 0; k < command->n_options; k++)
		if (command->options[k].letter == option.letter)
			option.letter = 0;
	return option;
}

/* What was given for one option. */
struct cli_value {
	const char **texts; /* NULL for a flag */
	size_t n;
};

static size_t option_count(const struct cli_command *command)
{
	return command->n_options + CLI_COMMON_OPTIONS;
}

static const struct cli_option *option_at(const struct cli_command *command, size_t i)
{
	return i < command->n_options ? &command->options[i] : &cli_common_options[i - command->n_options];
}

static size_t find_name(const struct cli_command *command, slice name)
{
	for (size_t i = 0; i < option_count(command); i++)
		if (slice_equal(slice_of(option_at(command, i)->name), name))
			return i;
	return SLICE_NONE;
}

static size_t find_letter(const struct cli_command *command, char letter)
{
	for (size_t i = 0; i < option_count(command); i++)
		if (option_at(command, i)->letter == letter)
			return i;
	return SLICE_NONE;
}

static int fail_unknown(const struct cli_command *command, slice name, courant_error **err)
{
	const char **names = mem_array(option_count(command) + 1, sizeof *names);

	if (!names)
		return fail_memory(err);
	for (size_t i = 0; i < option_count(command); i++)
		names[i] = option_at(command, i)->name;

	const char *nearest = nearest_word(name, names);

	free(names);
	if (nearest)
		return fail(err, COURANT_USAGE, "%s: unknown option --%.*s (did you mean --%s?)", command->name, SLICE_ARGS(name),
			    nearest);
	return fail(err, COURANT_USAGE, "%s: unknown option --%.*s; courant %s --help lists what there is", command->name,
		    SLICE_ARGS(name), command->name);
}

/* Keeps what was given; text is NULL for a flag. */
static int value_add(struct cli_value *value, const char *text, courant_error **err)
{
	if (text) {
		const char **more = mem_resize(value->texts, value->n + 1, sizeof *more);

		if (!more)
			return fail_memory(err);
		more[value->n] = text;
		value->texts = more;
	}
	value->n++;
	return 0;
}

/* The words still to be read. */
struct words {
	char **at;
	int n;
};

static const char *words_next(struct words *words)
{
	if (words->n == 0)
		return NULL;
	words->n--;
	return *words->at++;
}

/* Option i; `attached` is the value written in the same word, or NULL. */
static int option_add(struct cli_call *call, size_t i, const char *attached, struct words *words, courant_error **err)
{
	const struct cli_option *option = option_at(call->command, i);

	if (!option->value) {
		if (attached)
			return fail(err, COURANT_USAGE, "%s: option --%s takes no value", call->command->name, option->name);
		return value_add(&call->values[i], NULL, err);
	}

	const char *text = attached ? attached : words_next(words);

	if (!text)
		return fail(err, COURANT_USAGE, "%s: option --%s needs a value: --%s %s", call->command->name, option->name,
			    option->name, option->value);
	return value_add(&call->values[i], text, err);
}

/* "--name", "--name=value", without the dashes. */
static int parse_long(struct cli_call *call, const char *word, struct words *words, courant_error **err)
{
	const slice whole = slice_of(word);
	const size_t equals = slice_find(whole, '=');
	const slice name = slice_part(whole, 0, equals);
	const size_t i = find_name(call->command, name);

	if (i == SLICE_NONE)
		return fail_unknown(call->command, name, err);
	return option_add(call, i, equals == SLICE_NONE ? NULL : word + equals + 1, words, err);
}

/* "-qv", "-oVALUE", without the dash. */
static int parse_letters(struct cli_call *call, const char *letters, struct words *words, courant_error **err)
{
	for (const char *at = letters; *at; at++) {
		const size_t i = find_letter(call->command, *at);

		if (i == SLICE_NONE)
			return fail(err, COURANT_USAGE, "%s: unknown option -%s; courant %s --help lists what there is",
				    call->command->name, letters, call->command->name);
		if (option_at(call->command, i)->value)
			return option_add(call, i, at[1] ? at + 1 : NULL, words, err);
		if (option_add(call, i, NULL, words, err) < 0)
			return -1;
	}
	return 0;
}

static int check_arguments(const struct cli_call *call, courant_error **err)
{
	const struct cli_command *command = call->command;

	if (call->n_arguments < command->min_arguments)
		return fail(err, COURANT_USAGE, "%s: an argument is missing: courant %s %s", command->name, command->name,
			    command->arguments);
	if (call->n_arguments <= command->max_arguments)
		return 0;

	const char *first = call->arguments[command->max_arguments];

	if (command->max_arguments == 0)
		return fail(err, COURANT_USAGE, "%s takes no arguments, only options: what is %s?", command->name, first);
	return fail(err, COURANT_USAGE, "%s: one argument too many: %s", command->name, first);
}

int options_parse(struct cli_call *call, int n_words, char **words, courant_error **err)
{
	struct words rest = {words, n_words};

	call->values = mem_array(option_count(call->command), sizeof *call->values);
	call->arguments = mem_array((size_t)n_words + 1, sizeof *call->arguments);
	if (!call->values || !call->arguments)
		return fail_memory(err);

	bool only_arguments = false;

	while (rest.n > 0) {
		char *word = *rest.at;
		int status = 0;

		(void)words_next(&rest);
		if (only_arguments || word[0] != '-' || !word[1])
			call->arguments[call->n_arguments++] = word;
		else if (word[1] != '-')
			status = parse_letters(call, word + 1, &rest, err);
		else if (word[2])
			status = parse_long(call, word + 2, &rest, err);
		else
			only_arguments = true;
		if (status < 0)
			return -1;
		if (cli_flag(call, "help"))
			return 0;
	}
	call->is_quiet = cli_flag(call, "quiet");
	call->is_verbose = cli_flag(call, "verbose");
	return check_arguments(call, err);
}

void options_release(struct cli_call *call)
{
	if (call->values)
		for (size_t i = 0; i < option_count(call->command); i++)
			free(call->values[i].texts);
	free(call->values);
	free(call->arguments);
	call->values = NULL;
	call->arguments = NULL;
	call->n_arguments = 0;
}

static const struct cli_value *value_of(const struct cli_call *call, const char *option)
{
	static const struct cli_value nothing;
	const size_t i = find_name(call->command, slice_of(option));

	return i == SLICE_NONE ? &nothing : &call->values[i];
}

const char *cli_value(const struct cli_call *call, const char *option)
{
	const struct cli_value *value = value_of(call, option);

	return value->texts ? value->texts[value->n - 1] : NULL;
}

bool cli_flag(const struct cli_call *call, const char *option)
{
	return value_of(call, option)->n > 0;
}

const char *const *cli_values(const struct cli_call *call, const char *option, size_t *ret_n)
{
	const struct cli_value *value = value_of(call, option);

	*ret_n = value->texts ? value->n : 0;
	return value->texts;
}

int cli_fail_usage(courant_error *error, courant_error **err)
{
	AUTO(error) courant_error *taken = error;

	if (courant_error_code(taken) != COURANT_CONFIG)
		return fail_pass(err, STEAL(taken));
	return fail(err, COURANT_USAGE, "%s", courant_error_sentence(taken));
}

int cli_language(const struct cli_call *call, enum language *ret, courant_error **err)
{
	const char *name = cli_value(call, "language");

	if (name && !language_parse(slice_of(name), ret))
		return fail(err, COURANT_USAGE, "unknown language %s; known are zh and en", name);
	return 0;
}

struct zone *cli_zone(const char *name, courant_error **err)
{
	courant_error *error = NULL;
	struct zone *zone = zone_load(slice_of(name), &error);

	if (!zone)
		(void)cli_fail_usage(error, err);
	return zone;
}
