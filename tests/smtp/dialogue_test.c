/* SPDX-License-Identifier: MIT */
/* dialogue_test.c - every dialogue of tests/dialogues/, in each of the ways to play it */
#include <glob.h>
#include <stdio.h>

#include "base/file.h"
#include "dialogue.h"
#include "tap.h"

static const char *folder;

static void each_dialogue(void (*run)(const struct dialogue *))
{
	glob_t files;
	char pattern[4096];
	size_t n = 0;

	(void)snprintf(pattern, sizeof pattern, "%s/*.smtp", folder);
	if (glob(pattern, 0, NULL, &files) != 0) {
		CHECK(false);
		return;
	}
	for (size_t i = 0; i < files.gl_pathc; i++) {
		AUTO(buffer) struct buffer text = BUFFER_LIMIT((size_t)4 * 1024 * 1024);

		CHECK(file_read(files.gl_pathv[i], &text, NULL) == 0);
		slice rest = buffer_peek(&text);

		for (struct dialogue *dialogue; (dialogue = dialogue_read(&rest)); n++) {
			tap_row(dialogue->name);
			run(dialogue);
			dialogue_free(dialogue);
		}
	}
	globfree(&files);
	printf("# %zu dialogues\n", n);
}

static void play_whole(const struct dialogue *dialogue)
{
	const struct play play = {.checks_lines = true, .cut_after = SLICE_NONE};
	struct outcome_count count;

	dialogue_play(dialogue, &play, &count);
	CHECK(count.is_orderly);
}

static void play_by_byte(const struct dialogue *dialogue)
{
	const struct play play = {.checks_lines = true, .by_byte = true, .cut_after = SLICE_NONE};
	struct outcome_count count;

	if (dialogue->only_whole)
		return;
	dialogue_play(dialogue, &play, &count);
	CHECK(count.is_orderly);
}

/* Long floods are cut here and there; every byte of a session that people would write is a place
 * to cut. */
#define CUTS_EACH 3000

static void play_cut(const struct dialogue *dialogue)
{
	const size_t step = 1 + dialogue->server_bytes / CUTS_EACH;
	struct outcome_count whole, cut, before = {0};

	if (dialogue->only_whole)
		return;
	dialogue_play(dialogue, &(struct play){.cut_after = SLICE_NONE}, &whole);
	for (size_t at = 1; at < dialogue->server_bytes; at += step) {
		dialogue_play(dialogue, &(struct play){.cut_after = at}, &cut);
		CHECK(cut.is_orderly);
		CHECK(cut.is_closed);
		CHECK(cut.n[0] + cut.n[1] + cut.n[2] + cut.n[3] == cut.n_recipients);
		/* What was accepted stays so when more is heard, and nothing is accepted that
		 * the whole session does not accept. */
		CHECK(cut.n[COURANT_OUTCOME_ACCEPTED] >= before.n[COURANT_OUTCOME_ACCEPTED]);
		CHECK(cut.n[COURANT_OUTCOME_ACCEPTED] <= whole.n[COURANT_OUTCOME_ACCEPTED]);
		before = cut;
	}
}

static void play_without_memory(const struct dialogue *dialogue)
{
	struct outcome_count whole, poor = {0};

	if (dialogue->server_bytes > 20000)
		return; /* a flood allocates like a short reply */
	dialogue_play(dialogue, &(struct play){.cut_after = SLICE_NONE}, &whole);
	EACH_ALLOCATION
	{
		dialogue_play(dialogue, &(struct play){.cut_after = SLICE_NONE}, &poor);
		CHECK(poor.is_orderly);
		CHECK(poor.n[COURANT_OUTCOME_ACCEPTED] <= whole.n[COURANT_OUTCOME_ACCEPTED]);
	}
	CHECK_INT(poor.n[COURANT_OUTCOME_ACCEPTED], whole.n[COURANT_OUTCOME_ACCEPTED]);
}

static void dialogues_go_as_written(void)
{
	each_dialogue(play_whole);
}

static void dialogues_go_byte_by_byte(void)
{
	each_dialogue(play_by_byte);
}

static void a_connection_lost_at_any_byte_loses_no_result(void)
{
	each_dialogue(play_cut);
}

static void an_allocation_that_fails_loses_no_result(void)
{
	each_dialogue(play_without_memory);
}

int main(int argc, char **argv)
{
	static const struct tap_test tests[] = {
		TEST(dialogues_go_as_written),
		TEST(dialogues_go_byte_by_byte),
		TEST(a_connection_lost_at_any_byte_loses_no_result),
		TEST(an_allocation_that_fails_loses_no_result),
	};

	folder = argc > 1 ? argv[1] : "tests/dialogues";
	return tap_main(tests, sizeof tests / sizeof *tests);
}
