/* SPDX-License-Identifier: MIT */
/* lane.c - one connection, and the mails in its slots */
#include "client/lane.h"

#include "base/alloc.h"
#include "base/clock.h"

/* ---- life ---- */

int lane_init(struct lane *lane, unsigned n_slots, courant_error **err)
{
	*lane = (struct lane){.n_slots = n_slots};
	lane->slots = mem_array(n_slots, sizeof(struct delivery *));
	return lane->slots ? 0 : fail_memory(err);
}

void lane_close(struct lane *lane)
{
	link_free(STEAL(lane->link));
	courant_error_free(STEAL(lane->why));
	lane->is_open = lane->is_closed = lane->is_asleep = false;
	lane->n_done = lane->n_loaded = 0;
}

void lane_release(struct lane *lane)
{
	lane_close(lane);
	for (unsigned i = 0; lane->slots && i < lane->n_slots; i++)
		delivery_free(lane->slots[i]);
	free(lane->slots);
	*lane = (struct lane){0};
}

/* ---- mails ---- */

/* The slot of this mail; NULL: of none, a free one. */
static struct delivery **find_slot(struct lane *lane, const struct courant_mail *mail)
{
	for (unsigned i = 0; i < lane->n_slots; i++)
		if (mail ? lane->slots[i] && &lane->slots[i]->rest.mail == mail : !lane->slots[i])
			return &lane->slots[i];
	return NULL;
}

bool lane_is_spent(const struct lane *lane, unsigned most)
{
	return (most > 0 && lane->n_loaded >= most) || courant_engine_is_spent(link_engine(lane->link));
}

bool lane_has_room(const struct lane *lane, unsigned most)
{
	return lane->link && lane->is_open && lane->n_busy < lane->n_slots && !lane_is_spent(lane, most) &&
	       courant_engine_room(link_engine(lane->link)) > 0;
}

int lane_load(struct lane *lane, struct delivery *delivery, courant_error **err)
{
	if (courant_engine_send(link_engine(lane->link), &delivery->rest.mail, err) < 0)
		return -1;
	*find_slot(lane, NULL) = delivery;
	lane->n_busy++;
	lane->n_loaded++;
	lane->is_asleep = false;
	return 0;
}

static struct delivery **find_done(struct lane *lane)
{
	struct delivery **found = NULL;

	for (unsigned i = 0; i < lane->n_slots; i++) {
		struct delivery **slot = &lane->slots[i];

		if (!*slot || !(*slot)->is_done)
			continue;
		if (rest_is_begun(&(*slot)->rest, &(*slot)->results))
			return slot;
		found = found ? found : slot;
	}
	return found;
}

struct delivery *lane_take_done(struct lane *lane)
{
	struct delivery **slot = find_done(lane);

	if (!slot)
		return NULL;
	lane->n_busy--;
	(*slot)->is_done = false;
	return STEAL(*slot);
}

bool lane_was_asleep(const struct lane *lane, const struct delivery *delivery)
{
	return lane->n_done > 0 && !rest_is_begun(&delivery->rest, &delivery->results);
}

/* ---- what happens ---- */

static void handle(struct lane *lane, const struct courant_event *event)
{
	struct delivery **slot;

	switch (event->kind) {
	case COURANT_EVENT_OPEN:
		lane->is_open = true;
		break;
	case COURANT_EVENT_RECIPIENT:
		slot = find_slot(lane, event->mail);
		if (slot)
			results_set(&(*slot)->results, rest_origin(&(*slot)->rest, event->recipient), &event->result);
		break;
	case COURANT_EVENT_MESSAGE:
		slot = find_slot(lane, event->mail);
		if (slot)
			(*slot)->is_done = true;
		break;
	case COURANT_EVENT_CLOSED:
		lane->is_closed = true;
		if (event->error)
			(void)fail_copy(&lane->why, event->error);
		break;
	case COURANT_EVENT_GREETED:
	case COURANT_EVENT_HELLO:
	case COURANT_EVENT_START_TLS:
	case COURANT_EVENT_LOGIN:
	case COURANT_EVENT_REPLY:
		break;
	}
}

bool lane_drain(struct lane *lane)
{
	struct courant_event event;
	bool has_any = false;

	while (link_next(lane->link, &event)) {
		handle(lane, &event);
		has_any = true;
	}
	return has_any;
}

bool lane_step(struct lane *lane, int64_t now_ms)
{
	const bool has_moved = link_step(lane->link, now_ms);

	lane->is_asleep = !lane_drain(lane) && !has_moved;
	return !lane->is_asleep;
}

void lane_quit(struct lane *lane)
{
	courant_engine_quit(link_engine(lane->link), clock_monotonic_ms());
	lane->is_asleep = false;
}
