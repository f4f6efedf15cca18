/* SPDX-License-Identifier: MIT */
/* queue_test.c - src/outbox/queue.c: a mail that becomes worthless while a runner has it; on both stores */
#include "outbox/queue.h"

#include "fixture.h"
#include "tap.h"

#define EXPIRES_MS (NOW + 10000)

/* One mail, leased a second before it expires. */
struct late {
	struct queue queue;
	struct outbox *outbox;
	int64_t id, route;
	struct parcel *parcel;
};

static struct parcel *lease(struct late *late, int64_t now_ms)
{
	struct parcel *parcel = NULL;

	CHECK_INT(queue_lease(&late->queue, late->route, 10, now_ms, &parcel, NULL), 0);
	return parcel;
}

static void begin_late(struct late *late, struct outbox *outbox, size_t n_recipients)
{
	struct outbox_order order = plain_order;
	struct queue_store *store = outbox_store(outbox);

	order.expires_ms = EXPIRES_MS;
	*late = (struct late){.queue = {.store = store, .random = {7}}, .outbox = outbox, .id = put_mail(outbox, n_recipients, "x", &order, NOW, NULL)};
	CHECK_INT(store->calls->begin(store, NULL), 0);
	CHECK_INT(store->calls->add_runner(store, "test", NOW, &late->queue.runner, NULL), 0);
	CHECK_INT(store->calls->add_route(store, "", &late->route, NULL), 0);
	late->parcel = lease(late, EXPIRES_MS - 1000);
	CHECK(late->parcel && late->parcel->n == n_recipients);
}

static void end_late(struct late *late)
{
	CHECK_INT(late->queue.store->calls->commit(late->queue.store, NULL), 0);
	parcel_free(late->parcel);
}

static size_t expire(struct late *late, int64_t now_ms)
{
	size_t n = 0;

	CHECK_INT(queue_expire(&late->queue, now_ms, 100, &n, NULL), 0);
	return n;
}

static int64_t expiry(struct late *late)
{
	AUTO(arena) struct arena arena = {0};
	struct outbox_mail mail = {0};

	CHECK_INT(late->queue.store->calls->find_mail(late->queue.store, late->id, &arena, &mail, NULL), 1);
	return mail.expires_ms;
}

static void settle(struct late *late, enum courant_outcome outcome, int code, int64_t now_ms)
{
	const struct courant_result result = {.outcome = outcome, .phase = COURANT_PHASE_RCPT, .code = code, .text = "later", .text_size = 5};

	for (size_t i = 0; i < late->parcel->n; i++)
		results_set(&late->parcel->results, i, &result);
	late->parcel->is_tried = true;
	late->parcel->server = "";
	CHECK_INT(queue_settle(&late->queue, late->parcel, now_ms, NULL), 0);
}

static void what_comes_back_too_late_is_not_sent_again(void)
{
	static const struct {
		const char *name;
		enum courant_outcome outcome;
		int code;
		const char *states;
	} rows[] = {
		{"put off", COURANT_OUTCOME_DEFERRED, 451, "refused refused "},
		{"perhaps delivered", COURANT_OUTCOME_UNKNOWN, 0, "unknown unknown "},
		{"delivered all the same", COURANT_OUTCOME_ACCEPTED, 250, "accepted accepted "},
	};
	EACH (row, rows) {
		struct place place;

		tap_row(row->name);
		for (EACH_STORE(place)) {
			AUTO(outbox) struct outbox *outbox = place_open(&place);
			struct late late;

			begin_late(&late, outbox, 2);
			CHECK_INT(expire(&late, EXPIRES_MS + 1000), 0);
			check_states(outbox, late.id, "leased leased ");
			CHECK_INT(expiry(&late), EXPIRES_MS);
			settle(&late, row->outcome, row->code, EXPIRES_MS + 2000);
			check_states(outbox, late.id, row->states);
			CHECK(!lease(&late, EXPIRES_MS + 30 * RETRY_HORIZON_MS));
			/* And nobody looks at it again for ever. */
			CHECK_INT(expire(&late, EXPIRES_MS + 3000), 0);
			CHECK(expiry(&late) == NEVER);
			end_late(&late);
		}
	}
}

static void what_is_given_back_too_late_expires(void)
{
	struct place place;

	for (EACH_STORE(place)) {
		AUTO(outbox) struct outbox *outbox = place_open(&place);
		struct late late;

		begin_late(&late, outbox, 1);
		CHECK_INT(expire(&late, EXPIRES_MS), 0);
		CHECK_INT(queue_give_back(&late.queue, late.parcel, EXPIRES_MS + 1, NULL), 0);
		CHECK_INT(expire(&late, EXPIRES_MS + 2), 1);
		check_states(outbox, late.id, "refused ");
		CHECK(expiry(&late) == NEVER);
		end_late(&late);
	}
}

static void in_time_it_is_tried_again_as_ever(void)
{
	struct place place;

	for (EACH_STORE(place)) {
		AUTO(outbox) struct outbox *outbox = place_open(&place);
		struct late late;

		begin_late(&late, outbox, 1);
		settle(&late, COURANT_OUTCOME_DEFERRED, 451, EXPIRES_MS - 1);
		check_states(outbox, late.id, "deferred ");
		CHECK_INT(expiry(&late), EXPIRES_MS);
		CHECK_INT(expire(&late, EXPIRES_MS), 1);
		check_states(outbox, late.id, "refused ");
		end_late(&late);
	}
}

TESTS(TEST(what_comes_back_too_late_is_not_sent_again), TEST(what_is_given_back_too_late_expires), TEST(in_time_it_is_tried_again_as_ever))
