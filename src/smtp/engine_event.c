/* SPDX-License-Identifier: MIT */
/* engine_event.c - the queue of events
 *
 * Room for an event is made when what may cause it is begun, so that a result is never lost for
 * want of memory. */
#include "base/alloc.h"
#include "smtp/engine_state.h"

/* The i-th event that waits. */
static struct stored_event *event_at(const struct courant_engine *engine, size_t i)
{
	return &engine->events[(engine->events_head + i) % engine->events_space];
}

int event_reserve(struct courant_engine *engine, size_t n, courant_error **err)
{
	size_t need, space;

	if (!size_add(engine->n_events + engine->events_promised, n, &need) ||
	    !size_mul(need, 2, &space))
		return fail_memory(err);
	if (need > engine->events_space) {
		struct stored_event *events = mem_array(space, sizeof *events);

		if (!events)
			return fail_memory(err);
		for (size_t i = 0; i < engine->n_events; i++)
			events[i] = *event_at(engine, i);
		free(engine->events);
		engine->events = events;
		engine->events_space = space;
		engine->events_head = 0;
	}
	engine->events_promised += n;
	return 0;
}

/* Whether the last event has the same text: a refused sender is told once for each of ten
 * thousand recipients. */
static bool is_last_text(const struct courant_engine *engine, slice text)
{
	if (engine->n_events == 0)
		return false;

	const struct stored_event *last = event_at(engine, engine->n_events - 1);

	return last->text_at != SLICE_NONE &&
	       slice_equal(text, slice_from(engine->words.bytes + last->text_at,
					    last->event.result.text_size));
}

/* Copies the text, terminated; SLICE_NONE when there is no memory for it. */
static size_t keep_text(struct courant_engine *engine, slice text)
{
	const size_t at = engine->words.len;

	if (text.len > 0 && is_last_text(engine, text))
		return event_at(engine, engine->n_events - 1)->text_at;
	if (text.len == 0 || !buffer_room(&engine->words, text.len + 1)) {
		engine->words.failure = BUFFER_FINE; /* this text is lost, the next may fit */
		return SLICE_NONE;
	}
	buffer_append(&engine->words, text);
	buffer_append_byte(&engine->words, '\0');
	return at;
}

void event_push(struct courant_engine *engine, struct courant_event event, slice text)
{
	if (engine->n_events == engine->events_space)
		return; /* never: see the promise above */
	if (engine->n_events == 0)
		buffer_cut(&engine->words, 0);
	if (engine->events_promised > 0)
		engine->events_promised--;

	if (login_is_repeated(engine, text))
		text = LOGIN_REPEATED;
	if (event.kind == COURANT_EVENT_RECIPIENT)
		text = slice_part(text, 0, RESULT_TEXT_MAX_BYTES);
	event.result.text_size = text.len;

	const size_t text_at = keep_text(engine, text);

	*event_at(engine, engine->n_events++) =
		(struct stored_event){.event = event, .text_at = text_at};
}

void event_push_reply(struct courant_engine *engine, enum courant_event_kind kind,
		      const struct reply *reply, const courant_error *error)
{
	struct courant_event event = {.kind = kind, .error = error};
	slice text = SLICE("");

	if (reply) {
		text = reply->text;
		event.result.code = reply->code;
		event.result.outcome = reply->code < 400   ? COURANT_OUTCOME_ACCEPTED
				       : reply->code < 500 ? COURANT_OUTCOME_DEFERRED
							   : COURANT_OUTCOME_REFUSED;
		memcpy(event.result.enhanced, reply->enhanced, sizeof event.result.enhanced);
	}
	event_push(engine, event, text);
}

bool courant_engine_next(courant_engine *engine, struct courant_event *ret)
{
	if (engine->n_events == 0)
		return false;

	const struct stored_event *from = event_at(engine, 0);

	*ret = from->event;
	ret->result.text = "";
	if (from->text_at == SLICE_NONE)
		ret->result.text_size = 0;
	else
		ret->result.text = engine->words.bytes + from->text_at;
	engine->events_head = (engine->events_head + 1) % engine->events_space;
	engine->n_events--;
	return true;
}
