/* SPDX-License-Identifier: MIT */
/* complete_test.c - the words that shells offer are the ones that the commands understand */
#include "cli/complete.h"

#include <string.h>

#include "client/provider.h"
#include "client/target.h"
#include "outbox/record.h"
#include "report/file.h"
#include "schedule/period.h"
#include "smtp/sasl.h"
#include "tap.h"
#include "weblog/formats.h"
#include "weblog/weblog.h"

static const struct cli_option *option_of(const char *command, const char *name)
{
	const struct cli_command *found = cli_command_find(command, NULL);

	for (size_t i = 0; found && i < found->n_options; i++)
		if (strcmp(found->options[i].name, name) == 0)
			return &found->options[i];
	CHECK(!"the option is there");
	return NULL;
}

static bool offers(const struct cli_option *option, const char *wanted)
{
	slice rest = complete_words(option);

	for (slice word; complete_next_word(complete_option_kind(option), &rest, &word);)
		if (slice_equal(word, slice_of(wanted)))
			return true;
	return false;
}

static size_t count_words(const struct cli_option *option)
{
	slice rest = complete_words(option);
	size_t n = 0;

	for (slice word; complete_next_word(complete_option_kind(option), &rest, &word);)
		n++;
	return n;
}

static void every_name_of_a_table_is_offered(void)
{
	const struct cli_option *server = option_of("send", "server"), *table = option_of("weblog", "table"), *auth = option_of("send", "auth");
	size_t n = 0;

	for (const char *const *name = provider_names(); *name; name++) {
		tap_row(*name);
		CHECK(offers(server, *name));
	}
	for (n = 0; weblog_table_names[n]; n++) {
		tap_row(weblog_table_names[n]);
		CHECK(offers(table, weblog_table_names[n]));
	}
	CHECK_INT(count_words(table), n);
	for (n = 0; sasl_mechanisms[n].name; n++) {
		tap_row(sasl_mechanisms[n].name);
		CHECK(offers(auth, sasl_mechanisms[n].name));
	}
	CHECK_INT(count_words(auth), n + 1);
}

static bool is_period(slice word)
{
	struct period period;

	return period_parse(word, &period, NULL) == 0;
}

static bool is_comparison(slice word)
{
	enum compare_kind kind;

	return compare_parse(word, &kind, NULL) == 0;
}

static bool is_format(slice word)
{
	AUTO(free) char *name = mem_copy(word);
	AUTO(formats) struct formats *formats = formats_new(name, NULL);

	return formats;
}

static bool is_server(slice word)
{
	AUTO(target) struct target target = {0};
	AUTO(buffer) struct buffer url = BUFFER_LIMIT(1000);

	/* What ends in a colon or a slash goes on. */
	buffer_append(&url, word);
	if (slice_ends(word, SLICE("/")) || (slice_ends(word, SLICE(":")) && !slice_equal(word, SLICE("mx:"))))
		buffer_append(&url, slice_starts(word, SLICE("lmtp+unix")) ? SLICE("/x") : SLICE("x"));
	return target_parse(buffer_peek(&url), &target, NULL) == 0;
}

static bool is_tls(slice word)
{
	AUTO(target) struct target target = {0};

	return target_set(&target, SLICE("tls"), word, NULL) == 0;
}

static bool is_tls_min(slice word)
{
	AUTO(target) struct target target = {0};

	return target_set(&target, SLICE("tls_min"), word, NULL) == 0;
}

static bool is_state(slice word)
{
	enum outbox_state state;

	return outbox_state_parse(word, &state);
}

static void every_word_is_understood(void)
{
	static const struct {
		const char *command, *option;
		bool (*is)(slice);
	} rows[] = {
		{"report", "period", is_period}, {"report", "compare", is_comparison}, {"weblog", "format", is_format},
		{"outbox", "state", is_state},
		{"send", "server", is_server},   {"send", "tls", is_tls},              {"send", "tls-min", is_tls_min},
	};

	EACH (row, rows) {
		const struct cli_option *option = option_of(row->command, row->option);
		slice rest = complete_words(option);

		tap_row(row->option);
		CHECK(!row->is(SLICE("nonsense")));
		for (slice word; complete_next_word(complete_option_kind(option), &rest, &word);)
			if (!CHECK(row->is(word)))
				CHECK_SLICE(word, SLICE("a word that is understood"));
	}
}

static void the_built_in_reports_are_offered(void)
{
	slice rest = slice_of(cli_command_find("report", NULL)->first_words);

	CHECK(rest.len > 0);
	for (slice word; complete_next_word(COMPLETE_WORD, &rest, &word);)
		CHECK(report_file_is_builtin(word));
}

static void what_stands_for_a_value_says_what_it_is(void)
{
	static const struct {
		const char *value;
		enum complete_kind kind;
	} rows[] = {
		{NULL, COMPLETE_FLAG},      {"FILE", COMPLETE_FILE},       {"FILE[;name=NAME][;type=TYPE]", COMPLETE_FILE}, {"LEDGER", COMPLETE_FILE},
		{"DIR", COMPLETE_FOLDER},   {"FOLDER", COMPLETE_FOLDER},   {"COMMAND", COMPLETE_PROGRAM},                   {"zh|en", COMPLETE_WORD},
		{"ADDRESS", COMPLETE_TEXT},
	};

	EACH (row, rows) {
		const struct cli_option option = {.name = "x", .value = row->value};

		tap_row(row->value ? row->value : "a flag");
		CHECK_INT(complete_option_kind(&option), row->kind);
	}
	CHECK_INT(complete_option_kind(&(struct cli_option){.name = "x", .value = "WHEN", .words = "a,b"}), COMPLETE_WORDS);
}

/* A first word that is unknown is told with all there are; these are known, whatever else they then miss. */
static void every_verb_is_known(void)
{
	slice rest = slice_of(cli_command_find("outbox", NULL)->first_words);
	size_t n = 0;

	for (slice word; complete_next_word(COMPLETE_WORD, &rest, &word); n++)
		CHECK(slice_find_slice(slice_of(cli_command_find("outbox", NULL)->about), word) != SLICE_NONE);
	CHECK_INT(n, 8);
}

TESTS(TEST(every_verb_is_known), TEST(every_name_of_a_table_is_offered), TEST(every_word_is_understood), TEST(the_built_in_reports_are_offered),
      TEST(what_stands_for_a_value_says_what_it_is))
