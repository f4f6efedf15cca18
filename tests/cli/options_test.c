/* SPDX-License-Identifier: MIT */
/* options_test.c - the words of a command line become options and arguments */
#include "cli/options.h"

#include "tap.h"

static const struct cli_option mail_options[] = {
	{.name = "from", .letter = 'f', .value = "ADDRESS", .help = "the sender"},
	{.name = "to", .value = "ADDRESS", .repeats = true, .help = "a recipient"},
	{.name = "dry-run", .letter = 'n', .help = "send nothing"},
};

static const struct cli_command mail = {
	.name = "mail",
	.arguments = "FILE…",
	.options = mail_options,
	.n_options = sizeof mail_options / sizeof *mail_options,
	.min_arguments = 1,
	.max_arguments = 2,
};

#define WORDS_MAX 8

static size_t count(const char *const *words)
{
	size_t n = 0;

	while (words[n])
		n++;
	return n;
}

static int parse(struct cli_call *call, const char *const *words, courant_error **err)
{
	call->command = &mail;
	return options_parse(call, (int)count(words), (char **)words, err);
}

static const struct {
	const char *name;
	const char *words[WORDS_MAX];
	const char *from;
	const char *to[3];
	bool dry_run;
	const char *arguments[3];
} fine[] = {
	{"an argument alone", {"a"}, NULL, {0}, false, {"a"}},
	{"a value in the next word", {"--from", "x", "a"}, "x", {0}, false, {"a"}},
	{"a value behind the equals sign", {"--from=x", "a"}, "x", {0}, false, {"a"}},
	{"a value that holds an equals sign", {"--from=x=y", "a"}, "x=y", {0}, false, {"a"}},
	{"an empty value", {"--from=", "a"}, "", {0}, false, {"a"}},
	{"a value that looks like an option", {"--from", "--to", "a"}, "--to", {0}, false, {"a"}},
	{"the last of two values", {"--from", "x", "--from", "y", "a"}, "y", {0}, false, {"a"}},
	{"all values of one that repeats, in order", {"--to", "x", "a", "--to=y"}, NULL, {"x", "y"}, false, {"a"}},
	{"options behind arguments", {"a", "-n"}, NULL, {0}, true, {"a"}},
	{"a letter with its value in the next word", {"-f", "x", "a"}, "x", {0}, false, {"a"}},
	{"a letter with its value in the same word", {"-fx", "a"}, "x", {0}, false, {"a"}},
	{"a cluster that ends with a value", {"-nfx", "a"}, "x", {0}, true, {"a"}},
	{"no options behind two dashes", {"--", "-n", "--from"}, NULL, {0}, false, {"-n", "--from"}},
	{"one dash as an argument", {"-"}, NULL, {0}, false, {"-"}},
	{"an empty argument", {""}, NULL, {0}, false, {""}},
};

static void words_are_read(void)
{
	EACH (row, fine) {
		AUTO(call) struct cli_call call = {0};
		courant_error *err = NULL;
		size_t n;

		tap_row(row->name);
		CHECK_INT(parse(&call, row->words, &err), 0);
		CHECK_NO_ERROR(err);
		CHECK_TEXT(cli_value(&call, "from"), row->from);
		CHECK(cli_flag(&call, "from") == (row->from != NULL));
		CHECK_INT(cli_flag(&call, "dry-run"), row->dry_run);

		const char *const *to = cli_values(&call, "to", &n);

		CHECK_INT(n, count(row->to));
		for (size_t i = 0; i < n; i++)
			CHECK_TEXT(to[i], row->to[i]);
		CHECK_INT(call.n_arguments, count(row->arguments));
		for (size_t i = 0; i < call.n_arguments; i++)
			CHECK_TEXT(call.arguments[i], row->arguments[i]);
	}
}

static const struct {
	const char *name;
	const char *words[WORDS_MAX];
	const char *sentence;
} wrong[] = {
	{"an unknown option near another", {"--form=x", "a"}, "mail: unknown option --form (did you mean --from?)"},
	{"an unknown option far from all", {"--wavelength", "a"}, "unknown option --wavelength; courant mail --help"},
	{"an abbreviation", {"--dry", "a"}, "unknown option --dry"},
	{"an unknown letter", {"-x", "a"}, "mail: unknown option -x"},
	{"a value for a flag", {"--dry-run=yes", "a"}, "option --dry-run takes no value"},
	{"no value where one is needed", {"a", "--from"}, "option --from needs a value: --from ADDRESS"},
	{"no value for a letter", {"a", "-f"}, "option --from needs a value"},
	{"too few arguments", {"-n"}, "an argument is missing: courant mail FILE…"},
	{"too many arguments", {"a", "b", "c"}, "one argument too many: c"},
	{"control characters", {"--\x1b[31m", "a"}, "unknown option --\\u{1b}[31m"},
};

static void faults_are_told(void)
{
	EACH (row, wrong) {
		AUTO(call) struct cli_call call = {0};
		courant_error *err = NULL;

		tap_row(row->name);
		CHECK_INT(parse(&call, row->words, &err), -1);
		CHECK_ERROR(err, COURANT_USAGE, row->sentence);
	}
}

static void help_comes_before_faults_behind_it(void)
{
	AUTO(call) struct cli_call call = {0};
	static const char *const words[] = {"--help", "--form", NULL};

	CHECK_INT(parse(&call, words, NULL), 0);
	CHECK(cli_flag(&call, "help"));
}

static void every_command_is_quiet_or_verbose_when_told(void)
{
	AUTO(call) struct cli_call call = {0};
	static const char *const words[] = {"-qv", "a", NULL};

	CHECK_INT(parse(&call, words, NULL), 0);
	CHECK(call.is_quiet);
	CHECK(call.is_verbose);
}

static void no_memory_is_told(void)
{
	static const char *const words[] = {"--from=x", "--to=y", "a", NULL};

	EACH_ALLOCATION {
		AUTO(call) struct cli_call call = {0};
		courant_error *err = NULL;

		if (parse(&call, words, &err) < 0)
			CHECK_INT(courant_error_code(err), COURANT_NO_MEMORY);
		courant_error_free(err);
	}
}

TESTS(TEST(words_are_read), TEST(faults_are_told), TEST(help_comes_before_faults_behind_it),
      TEST(every_command_is_quiet_or_verbose_when_told), TEST(no_memory_is_told))
