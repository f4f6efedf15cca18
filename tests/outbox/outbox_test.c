/* SPDX-License-Identifier: MIT */
/* outbox_test.c - what is put comes out as it was, once, and people can change its fate; on both stores */
#include "outbox/outbox.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/random.h"
#include "fixture.h"
#include "outbox/body.h"
#include "outbox/retry.h"
#include "tap.h"

static void a_mail_comes_out_as_it_was_put(void)
{
	struct place place;

	for (EACH_STORE(place)) {
		AUTO(outbox) struct outbox *outbox = place_open(&place);
		AUTO(buffer) struct buffer got = BUFFER_LIMIT(10000);
		const struct courant_recipient recipients[] = {
			{.path = {.ascii = "b@xn--fiqs8s.example", .utf8 = "b@中国.example"}, .notify = COURANT_NOTIFY_FAILURE, .orcpt = "rfc822;c@example.org"},
			{.path = {.utf8 = "文@example.org"}},
		};
		AUTO(reader) courant_reader *message = courant_reader_new_bytes("Subject: x\n\ny\n", 14, NULL);
		const struct courant_mail mail = {.sender = {.ascii = ""}, .recipients = recipients, .n_recipients = 2, .message = message,
						  .flags = COURANT_MAIL_UTF8_HEADER, .ret = COURANT_RETURN_HEADERS, .envelope_id = "id 1"};
		const struct outbox_order order = {.accounts = "office,backup", .origin = "report weekly", .expires_ms = NOW + 1};

		CHECK_INT(outbox_put(outbox, &mail, &order, NOW, NULL), 0);
		write_all(&got, outbox);
		CHECK_INT(got.len, 0); /* not before the sync */
		CHECK_INT(outbox_sync(outbox, NULL), 0);

		AUTO(outbox) struct outbox *another = place_open(&place);
		struct queue_store *store = outbox_store(another);
		AUTO(arena) struct arena arena = {0};
		struct outbox_mail found;

		CHECK_INT(store->calls->find_mail(store, place.kind == STORE_SQLITE ? 1 : 3, &arena, &found, NULL), 1);
		CHECK_INT(found.ret, COURANT_RETURN_HEADERS);
		CHECK_TEXT(found.envelope_id, "id 1");
		write_all(&got, another);
		CHECK_TEXT(got.bytes ? got.bytes : "",
			   "mail from <> \"x\"  by report weekly, 14 bytes, flags 4 queued 0 expires 1 finished never\n"
			   "  <b@xn--fiqs8s.example> queued, 0 attempts, 0 unknown, due 0 since 0: 0   ()\n"
			   "  <(null)> queued, 0 attempts, 0 unknown, due 0 since 0: 0   ()\n");

		courant_reader *read = NULL;
		char bytes[32];
		size_t n = 0;

		CHECK_INT(store->calls->open_message(store, found.message, &read, NULL), 0);
		CHECK(read && courant_reader_read(read, bytes, sizeof bytes, &n, NULL) == 0 && n == 14 && memcmp(bytes, "Subject: x\n\ny\n", 14) == 0);
		courant_reader_free(read);
	}
}

static size_t n_messages(struct outbox *outbox)
{
	static const struct outbox_filter all = {0};
	struct queue_store *store = outbox_store(outbox);
	courant_reader *reader = NULL;
	size_t n = 0;

	(void)all;
	for (int64_t id = 1; id < 40; id++)
		if (store->calls->open_message(store, id, &reader, NULL) == 0) {
			courant_reader_free(reader);
			reader = NULL;
			n++;
		}
	return n;
}

static void a_message_is_stored_once(void)
{
	struct place place;

	for (EACH_STORE(place)) {
		AUTO(outbox) struct outbox *outbox = place_open(&place);

		CHECK(put_mail(outbox, 1, "same", &plain_order, NOW, NULL) > 0);
		CHECK(put_mail(outbox, 2, "same", &plain_order, NOW, NULL) > 0);
		CHECK_INT(n_messages(outbox), 1);
		CHECK(put_mail(outbox, 1, "another", &plain_order, NOW, NULL) > 0);
		CHECK_INT(n_messages(outbox), 2);
	}
}

/* Names in a folder, "." and ".." not among them. */
static size_t n_files(const char *folder, const char *beginning)
{
	DIR *open = opendir(folder);
	size_t n = 0;

	for (const struct dirent *entry; open && (entry = readdir(open));)
		n += entry->d_name[0] != '.' && strncmp(entry->d_name, beginning, strlen(beginning)) == 0;
	if (open)
		(void)closedir(open);
	return n;
}

static void large_messages_are_files(void)
{
	struct place place;
	char folder[400];

	place_init(&place, STORE_SQLITE);
	(void)snprintf(folder, sizeof folder, "%s-messages", place.path);

	AUTO(outbox) struct outbox *outbox = place_open(&place);
	AUTO(buffer) struct buffer large = BUFFER_LIMIT((size_t)1 << 20);
	struct stat status;

	buffer_append_repeated(&large, 'x', 300000);
	buffer_append_byte(&large, '\0');
	CHECK(put_mail(outbox, 1, large.bytes, &plain_order, NOW, NULL) > 0);
	CHECK(put_mail(outbox, 1, large.bytes, &plain_order, NOW, NULL) > 0);
	CHECK_INT(n_files(folder, ""), 1);
	CHECK(stat(folder, &status) == 0 && (status.st_mode & 0777) == 0700);

	/* What is put and not synced leaves nothing behind. */
	AUTO(reader) courant_reader *message = courant_reader_new_borrowed(large.bytes, large.len, NULL);
	const struct courant_recipient recipient = {.path = {.ascii = "b@example.org"}};
	const struct courant_mail mail = {.sender = {.ascii = "a@example.com"}, .recipients = &recipient, .n_recipients = 1, .message = message};
	struct outbox *other = place_open(&place);

	CHECK_INT(outbox_put(other, &mail, &plain_order, NOW, NULL), 0);
	CHECK_INT(n_files(folder, "draft-"), 1);
	/* A draft whose writer lives is no orphan. */
	CHECK_INT(outbox_sweep(outbox, NULL), 0);
	CHECK_INT(n_files(folder, "draft-"), 1);
	outbox_free(other);
	CHECK_INT(n_files(folder, ""), 1);

	/* What a crash leaves is swept up. */
	char path[500];

	(void)snprintf(path, sizeof path, "%s/draft-1234567890abcdef", folder);
	CHECK_INT(file_write_atomic(path, SLICE("half"), 0600, NULL), 0);
	(void)snprintf(path, sizeof path, "%s/%064d", folder, 0);
	CHECK_INT(file_write_atomic(path, SLICE("nobody speaks of it"), 0600, NULL), 0);
	CHECK_INT(outbox_sweep(outbox, NULL), 0);
	CHECK_INT(n_files(folder, ""), 1);

	/* And the file goes with the last mail. */
	static const struct outbox_filter all = {0};
	struct outbox_effect effect;

	CHECK_INT(outbox_say(outbox, OUTBOX_DROP, &all, NOW, &effect, NULL), 0);
	CHECK_INT(effect.n_changed, 2);
	CHECK_INT(n_files(folder, ""), 0);
	place_release(&place);
}

static void a_slot_has_one_mail_for_each_recipient_ever(void)
{
	struct place place;

	for (EACH_STORE(place)) {
		AUTO(outbox) struct outbox *outbox = place_open(&place);
		const struct outbox_slot monday = {.report = "weekly", .from_ms = NOW, .to_ms = NOW + MS_PER_DAY};
		struct outbox_slot other = monday;
		struct outbox_order order = plain_order;
		static const struct outbox_filter all = {0};
		struct outbox_effect effect;

		order.slot = &monday;

		const int64_t id = put_mail(outbox, 2, "x", &order, NOW, NULL);

		CHECK(id > 0);
		CHECK_INT(put_mail(outbox, 2, "x", &order, NOW, NULL), 0);
		/* One more recipient gets it, the others don't. */
		const int64_t more = put_mail(outbox, 3, "x", &order, NOW, NULL);

		check_states(outbox, id, "queued queued ");
		check_states(outbox, more, "queued ");
		/* Also when the mail is long gone. */
		CHECK_INT(outbox_say(outbox, OUTBOX_DROP, &all, NOW, &effect, NULL), 0);
		CHECK_INT(put_mail(outbox, 3, "x", &order, NOW, NULL), 0);
		/* Another window, another report: another slot. */
		order.slot = &other;
		other.to_ms++;
		CHECK(put_mail(outbox, 1, "x", &order, NOW, NULL) > 0);
		other = monday;
		other.report = "daily";
		CHECK(put_mail(outbox, 1, "x", &order, NOW, NULL) > 0);
	}
}

static void what_a_queue_cannot_keep_is_refused(void)
{
	struct place place;
	const struct courant_recipient recipient = {.path = {.ascii = "b@example.org"}}, special = {.path = {.ascii = "b@example.org"}, .parameters = "X=1"};
	const struct {
		const char *name;
		struct courant_mail mail;
		enum courant_code code;
	} rows[] = {
		{"nobody", {.n_recipients = 0}, COURANT_USAGE},
		{"a time", {.recipients = &recipient, .n_recipients = 1, .hold_for_s = 5}, COURANT_INVALID},
		{"a priority", {.recipients = &recipient, .n_recipients = 1, .priority = 5}, COURANT_INVALID},
		{"parameters", {.recipients = &recipient, .n_recipients = 1, .parameters = "X=1"}, COURANT_INVALID},
		{"parameters of a recipient", {.recipients = &special, .n_recipients = 1}, COURANT_INVALID},
	};

	place_init(&place, STORE_MEMORY);

	AUTO(outbox) struct outbox *outbox = place_open(&place);

	EACH (row, rows) {
		courant_error *err = NULL;

		tap_row(row->name);
		CHECK_INT(outbox_put(outbox, &row->mail, &plain_order, NOW, &err), -1);
		CHECK_ERROR(err, row->code, "");
	}
	outbox_free(STEAL(outbox));
	place_release(&place);
}

static void a_store_that_refuses_keeps_nothing(void)
{
	struct place place;

	for (EACH_STORE(place)) {
		AUTO(outbox) struct outbox *outbox = place_open(&place), *other = place_open(&place);
		courant_error *err = NULL;

		if (place.kind == STORE_SQLITE)
			continue; /* it would wait a minute */
		CHECK_INT(outbox_store(other)->calls->begin(outbox_store(other), NULL), 0);
		CHECK_INT(put_mail(outbox, 1, "x", &plain_order, NOW, &err), -1);
		CHECK_ERROR(err, COURANT_TEMPORARY, "in use");
		outbox_store(other)->calls->rollback(outbox_store(other));
		/* Forgotten, not put off. */
		CHECK_INT(outbox_sync(outbox, NULL), 0);

		AUTO(buffer) struct buffer got = BUFFER_LIMIT(10000);

		write_all(&got, outbox);
		CHECK_INT(got.len, 0);
	}
}

static struct outbox_effect say(struct outbox *outbox, enum outbox_word word, const struct outbox_filter *filter)
{
	struct outbox_effect effect = {0};

	CHECK_INT(outbox_say(outbox, word, filter, NOW + 1, &effect, NULL), 0);
	return effect;
}

static void words_reach_what_the_filter_finds(void)
{
	struct place place;

	for (EACH_STORE(place)) {
		AUTO(outbox) struct outbox *outbox = place_open(&place);
		const int64_t one = put_mail(outbox, 3, "x", &plain_order, NOW, NULL), two = put_mail(outbox, 2, "y", &plain_order, NOW + 5, NULL);
		struct outbox_effect effect = say(outbox, OUTBOX_HOLD, &(struct outbox_filter){.mail = one, .recipient = "B1@EXAMPLE"});

		CHECK_INT(effect.n_changed, 1);
		check_states(outbox, one, "queued held queued ");
		check_states(outbox, two, "queued queued ");
		effect = say(outbox, OUTBOX_HOLD, &(struct outbox_filter){.mail = one});
		CHECK_INT(effect.n_changed, 2);
		CHECK_INT(effect.n_unfitting, 1);
		effect = say(outbox, OUTBOX_RELEASE, &(struct outbox_filter){.states = 1 << OUTBOX_HELD | 1 << OUTBOX_UNKNOWN, .recipient = "b2"});
		CHECK_INT(effect.n_changed, 1);
		check_states(outbox, one, "held held queued ");
		effect = say(outbox, OUTBOX_HOLD, &(struct outbox_filter){.before_ms = NOW + 5, .subject = "周报", .sender = "a@"});
		CHECK_INT(effect.n_changed, 1);
		check_states(outbox, two, "queued queued ");
		effect = say(outbox, OUTBOX_DROP, &(struct outbox_filter){.mail = two, .recipient = "b0"});
		check_states(outbox, two, "queued ");
		effect = say(outbox, OUTBOX_DROP, &(struct outbox_filter){.mail = two});
		check_states(outbox, two, "(none)");
		CHECK_INT(say(outbox, OUTBOX_DROP, &(struct outbox_filter){.mail = 12345}).n_changed, 0);
	}
}

static void a_word_reaches_thousands(void)
{
	struct place place;

	for (EACH_STORE(place)) {
		AUTO(outbox) struct outbox *outbox = place_open(&place);
		static const struct outbox_filter all = {0};
		const int n_mails = place.kind == STORE_SQLITE ? 80 : 40;

		for (int i = 0; i < n_mails; i++)
			CHECK(put_mail(outbox, 32, "x", &plain_order, NOW, NULL) > 0);
		CHECK_INT(say(outbox, OUTBOX_HOLD, &all).n_changed, n_mails * 32);
		CHECK_INT(say(outbox, OUTBOX_DROP, &all).n_changed, n_mails * 32);
	}
}

/* As a runner would: every recipient of the mail comes to this state. */
static void become(struct outbox *outbox, int64_t mail, enum outbox_state state, int64_t now_ms);

struct becoming {
	struct outbox_recipient items[8];
	size_t n;
};

static int collect(void *context, const struct outbox_recipient *recipient, courant_error **err)
{
	struct becoming *becoming = context;

	(void)err;
	becoming->items[becoming->n] = *recipient;
	becoming->items[becoming->n].enhanced = becoming->items[becoming->n].reply = becoming->items[becoming->n].server = "";
	becoming->n++;
	return 0;
}

static void become(struct outbox *outbox, int64_t mail, enum outbox_state state, int64_t now_ms)
{
	struct queue_store *store = outbox_store(outbox);
	AUTO(arena) struct arena arena = {0};
	struct becoming becoming = {.n = 0};
	struct outbox_mail found;

	CHECK_INT(store->calls->each_recipient(store, mail, collect, &becoming, NULL), 0);
	CHECK_INT(store->calls->begin(store, NULL), 0);
	for (size_t i = 0; i < becoming.n; i++) {
		becoming.items[i].state = state;
		becoming.items[i].due_ms = NEVER;
		becoming.items[i].runner = state == OUTBOX_LEASED ? 1 : 0;
		CHECK_INT(store->calls->set_recipient(store, &becoming.items[i], NULL), 0);
	}
	CHECK_INT(store->calls->find_mail(store, mail, &arena, &found, NULL), 1);
	found.finished_ms = retry_is_over(&becoming.items[0]) ? now_ms : NEVER;
	CHECK_INT(store->calls->set_mail(store, &found, NULL), 0);
	CHECK_INT(store->calls->commit(store, NULL), 0);
}

static void what_is_leased_is_left_alone(void)
{
	struct place place;

	for (EACH_STORE(place)) {
		AUTO(outbox) struct outbox *outbox = place_open(&place);
		const int64_t id = put_mail(outbox, 2, "x", &plain_order, NOW, NULL);
		static const struct outbox_filter all = {0};

		CHECK_INT(outbox_store(outbox)->calls->claim(outbox_store(outbox), CLAIM_RUNNER, 1, NULL), 1);
		become(outbox, id, OUTBOX_LEASED, NOW);
		for (int word = OUTBOX_HOLD; word <= OUTBOX_DROP; word++) {
			const struct outbox_effect effect = say(outbox, (enum outbox_word)word, &all);

			CHECK_INT(effect.n_changed, 0);
			CHECK_INT(effect.n_leased, 2);
		}
		check_states(outbox, id, "leased leased ");
	}
}

/* Its mails need not be sent once more before somebody can stop them. */
static void what_a_dead_runner_had_obeys(void)
{
	static const struct {
		enum outbox_word word;
		const char *states;
	} rows[] = {{OUTBOX_HOLD, "held held "}, {OUTBOX_RELEASE, "unknown unknown "}, {OUTBOX_RETRY, "unknown unknown "}, {OUTBOX_DROP, "(none)"}};
	struct place place;

	for (EACH_STORE(place)) {
		AUTO(outbox) struct outbox *outbox = place_open(&place);

		EACH (row, rows) {
			const int64_t id = put_mail(outbox, 2, "x", &plain_order, NOW, NULL);
			const struct outbox_filter filter = {.mail = id};
			struct becoming is = {.n = 0};

			become(outbox, id, OUTBOX_LEASED, NOW);
			CHECK_INT(say(outbox, row->word, &filter).n_changed, 2);
			check_states(outbox, id, row->states);
			CHECK_INT(outbox_store(outbox)->calls->each_recipient(outbox_store(outbox), id, collect, &is, NULL), 0);
			for (size_t i = 0; i < is.n; i++) {
				CHECK_INT(is.items[i].unknowns, 1);
				CHECK_INT(is.items[i].runner, 0);
				CHECK_INT(is.items[i].due_ms, row->word == OUTBOX_HOLD ? NEVER : NOW + 1);
			}
		}
	}
}

static void a_dead_mail_that_is_wanted_again_is_not_finished(void)
{
	struct place place;

	for (EACH_STORE(place)) {
		AUTO(outbox) struct outbox *outbox = place_open(&place);
		AUTO(buffer) struct buffer got = BUFFER_LIMIT(10000);
		struct outbox_order order = plain_order;
		static const struct outbox_filter all = {0};
		size_t n;

		order.expires_ms = NOW + 1; /* and over by the time of the word */

		const int64_t id = put_mail(outbox, 1, "x", &order, NOW, NULL);

		become(outbox, id, OUTBOX_REFUSED, NOW);
		CHECK_INT(say(outbox, OUTBOX_RETRY, &all).n_changed, 1);
		write_all(&got, outbox);
		CHECK_TEXT(got.bytes ? got.bytes : "", "mail from <a@example.com> \"周报 1\" <1@example.com> by test, 86 bytes, flags 0 queued 0 expires never finished never\n"
						       "  <b0@example.org> queued, 0 attempts, 0 unknown, due 1 since 1: 0   ()\n");
		CHECK_INT(outbox_purge(outbox, NOW + MS_PER_DAY, &n, NULL), 0);
		CHECK_INT(n, 0);
	}
}

static void old_mails_are_purged_with_their_messages(void)
{
	struct place place;

	for (EACH_STORE(place)) {
		AUTO(outbox) struct outbox *outbox = place_open(&place);
		const int64_t old = put_mail(outbox, 2, "x", &plain_order, NOW, NULL), young = put_mail(outbox, 1, "y", &plain_order, NOW, NULL),
			      open = put_mail(outbox, 1, "z", &plain_order, NOW, NULL);
		size_t n;

		become(outbox, old, OUTBOX_ACCEPTED, NOW);
		become(outbox, young, OUTBOX_REFUSED, NOW + 10);
		CHECK_INT(outbox_purge(outbox, NOW + 10, &n, NULL), 0);
		CHECK_INT(n, 1);
		check_states(outbox, old, "(none)");
		check_states(outbox, young, "refused ");
		check_states(outbox, open, "queued ");
		CHECK_INT(n_messages(outbox), 2);
	}
}

static void short_texts_are_remembered(void)
{
	struct place place;

	for (EACH_STORE(place)) {
		AUTO(outbox) struct outbox *outbox = place_open(&place);
		AUTO(free) char *text = NULL;

		CHECK_INT(outbox_recall(outbox, "report weekly", &text, NULL), 0);
		CHECK_INT(outbox_remember(outbox, "report weekly", "one", NULL), 0);
		CHECK_INT(outbox_remember(outbox, "report weekly", "two", NULL), 0);
		CHECK_INT(outbox_recall(outbox, "report weekly", &text, NULL), 1);
		CHECK_TEXT(text, "two");
	}
}

static void claims_are_held_by_one(void)
{
	struct place place;

	for (EACH_STORE(place)) {
		AUTO(outbox) struct outbox *one = place_open(&place);
		struct outbox *two = place_open(&place);
		struct queue_store *a = outbox_store(one), *b = outbox_store(two);

		CHECK_INT(b->calls->claim(b, CLAIM_HOST, 7, NULL), 1);
		CHECK_INT(a->calls->claim(a, CLAIM_HOST, 7, NULL), 0);
		CHECK_INT(a->calls->is_claimed(a, CLAIM_HOST, 7, NULL), 1);
		CHECK_INT(b->calls->is_claimed(b, CLAIM_HOST, 7, NULL), 0);
		CHECK_INT(a->calls->claim(a, CLAIM_RUNNER, 7, NULL), 1);
		CHECK_INT(a->calls->claim(a, CLAIM_HOST, 8, NULL), 1);
		b->calls->drop(b, CLAIM_HOST, 7);
		CHECK_INT(a->calls->claim(a, CLAIM_HOST, 7, NULL), 1);
		a->calls->drop(a, CLAIM_HOST, 7);
		/* With its holder goes the claim. */
		CHECK_INT(b->calls->claim(b, CLAIM_HOST, 7, NULL), 1);
		outbox_free(two);
		CHECK_INT(a->calls->claim(a, CLAIM_HOST, 7, NULL), 1);
	}
}

static void everything_survives_without_memory(void)
{
	EACH_ALLOCATION
	{
		AUTO(memory_shelf) struct memory_shelf *shelf = memory_shelf_new(NULL);
		AUTO(outbox) struct outbox *outbox = shelf ? outbox_new(store_memory_open(shelf, NULL), NULL) : NULL;
		static const struct outbox_filter all = {0};
		struct outbox_effect effect;
		size_t n;

		if (outbox && put_mail(outbox, 2, "x", &plain_order, NOW, NULL) > 0) {
			(void)outbox_say(outbox, OUTBOX_HOLD, &all, NOW, &effect, NULL);
			(void)outbox_purge(outbox, NOW, &n, NULL);
		}
		outbox_free(STEAL(outbox));
	}
}

TESTS(TEST(a_mail_comes_out_as_it_was_put), TEST(a_message_is_stored_once), TEST(large_messages_are_files), TEST(a_slot_has_one_mail_for_each_recipient_ever),
      TEST(what_a_queue_cannot_keep_is_refused), TEST(a_store_that_refuses_keeps_nothing), TEST(words_reach_what_the_filter_finds), TEST(a_word_reaches_thousands),
      TEST(what_is_leased_is_left_alone), TEST(what_a_dead_runner_had_obeys), TEST(a_dead_mail_that_is_wanted_again_is_not_finished), TEST(old_mails_are_purged_with_their_messages),
      TEST(short_texts_are_remembered), TEST(claims_are_held_by_one), TEST(everything_survives_without_memory))
