/* SPDX-License-Identifier: MIT */
/* probe_events.c - what went wrong: the tables events and failures of the source probe (probe_figures.h) */
#include "base/alloc.h"
#include "source/probe_figures.h"

/* ---- events ---- */

struct told {
	const struct probe_known *target;
	struct probe_event event;
};

struct list {
	struct told *items;
	size_t n, space;
};

static int add(struct list *list, const struct probe_known *target, const struct probe_event *event, courant_error **err)
{
	if (list->n == list->space) {
		const size_t space = list->space ? list->space * 2 : 16;
		struct told *grown = mem_resize(list->items, space, sizeof *grown);

		if (!grown)
			return fail_memory(err);
		list->items = grown;
		list->space = space;
	}
	list->items[list->n++] = (struct told){target, *event};
	return 0;
}

/* When the last probe's word does not count any more: a distance later; now, when the distance is not known. */
static int64_t end_of_last(const struct probe_taking *taking, const struct probe_known *target)
{
	const int64_t end_ms = target->last_ms + target->every_ms, now_ms = taking->probe->source.now_ms;

	return !target->every_ms || end_ms > now_ms ? now_ms : end_ms;
}

/* Nobody has probed since the last one: an event that is in no store yet. */
static int add_silence(struct list *list, const struct probe_taking *taking, const struct probe_known *target, courant_error **err)
{
	const int64_t now_ms = taking->probe->source.now_ms, to_ms = taking->window.to_ms < now_ms ? taking->window.to_ms : now_ms;
	const struct probe_event event = {.kind = PROBE_NONE, .from_ms = target->last_ms + target->every_ms, .to_ms = to_ms};

	if (!target->every_ms || (double)(now_ms - target->last_ms) <= PROBE_MISSED * (double)target->every_ms || event.from_ms >= to_ms)
		return 0;
	return add(list, target, &event, err);
}

static int add_events(struct list *list, const struct probe_taking *taking, const struct probe_known *target, courant_error **err)
{
	struct probe_event *events = NULL;
	size_t n = 0;
	int status = probe_store_events(taking->probe->store, target->id, taking->window.from_ms, taking->window.to_ms, &events, &n, err);

	for (size_t i = 0; status == 0 && i < n; i++) {
		if (!events[i].to_ms)
			events[i].to_ms = end_of_last(taking, target);
		status = add(list, target, &events[i], err);
	}
	free(events);
	return status < 0 ? -1 : add_silence(list, taking, target, err);
}

static int compare_told(const void *a, const void *b)
{
	const struct told *left = a, *right = b;

	if (left->event.from_ms != right->event.from_ms)
		return left->event.from_ms < right->event.from_ms ? -1 : 1;
	return slice_compare(slice_of(left->target->name), slice_of(right->target->name));
}

static int add_row(struct table *table, const struct told *told, courant_error **err)
{
	const struct probe_event *event = &told->event;
	const struct table_cell cells[] = {
		CELL_TEXT(slice_of(probe_kind_name(event->kind))),
		event->status ? CELL_COUNT(event->status) : CELL_UNKNOWN,
		CELL_TEXT(slice_of(told->target->name)),
		CELL_TIME(event->from_ms),
		CELL_TIME(event->to_ms),
		CELL_NUMBER((double)(event->to_ms - event->from_ms) / MS_PER_SECOND),
		event->kind == PROBE_NONE ? CELL_UNKNOWN : CELL_COUNT(event->failures),
	};

	return table_add_row(table, cells, err);
}

int probe_fill_events(struct probe_taking *taking, courant_error **err)
{
	const struct probe_source *probe = taking->probe;
	struct list list = {.n = 0};
	int status = probe_make_table(taking, 0, false, err);

	for (size_t i = 0; status == 0 && i < probe->n_chosen; i++)
		status = add_events(&list, taking, probe->chosen[i], err);
	if (list.n)
		qsort(list.items, list.n, sizeof *list.items, compare_told);
	for (size_t i = 0; status == 0 && i < list.n; i++) {
		if (taking->request->top && i == taking->request->top) {
			table_set_left_out(taking->table, list.n - i, 0);
			break;
		}
		status = add_row(taking->table, &list.items[i], err);
	}
	free(list.items);
	return status;
}

/* ---- failures ---- */

/* The same kind of several targets is one row. */
static int join_failures(struct probe_failures **all, size_t *n_all, const struct probe_failures *more, size_t n, courant_error **err)
{
	for (size_t i = 0; i < n; i++) {
		size_t k = 0;

		while (k < *n_all && ((*all)[k].kind != more[i].kind || (*all)[k].status != more[i].status))
			k++;
		if (k < *n_all) {
			(*all)[k].n += more[i].n;
			continue;
		}

		struct probe_failures *grown = mem_resize(*all, *n_all + 1, sizeof *grown);

		if (!grown)
			return fail_memory(err);
		*all = grown;
		grown[(*n_all)++] = more[i];
	}
	return 0;
}

static int compare_failures(const void *a, const void *b)
{
	const struct probe_failures *left = a, *right = b;

	if (left->n != right->n)
		return left->n > right->n ? -1 : 1;
	return left->kind != right->kind ? (int)left->kind - (int)right->kind : (int)left->status - (int)right->status;
}

static int collect_failures(const struct probe_taking *taking, struct probe_failures **all, size_t *n_all, courant_error **err)
{
	const struct probe_source *probe = taking->probe;

	for (size_t i = 0; i < probe->n_chosen; i++) {
		struct probe_failures *more = NULL;
		size_t n = 0;
		int status = probe_store_failures(probe->store, probe->chosen[i]->id, taking->window.from_ms, taking->window.to_ms, &more, &n, err);

		status = status < 0 ? -1 : join_failures(all, n_all, more, n, err);
		free(more);
		if (status < 0)
			return -1;
	}
	return 0;
}

int probe_fill_failures(struct probe_taking *taking, courant_error **err)
{
	struct probe_failures *all = NULL;
	size_t n = 0;
	int status = probe_make_table(taking, 0, false, err) < 0 ? -1 : collect_failures(taking, &all, &n, err);

	if (n)
		qsort(all, n, sizeof *all, compare_failures);
	for (size_t i = 0; status == 0 && i < n; i++) {
		const struct table_cell cells[] = {CELL_TEXT(slice_of(probe_kind_name(all[i].kind))), all[i].status ? CELL_COUNT(all[i].status) : CELL_UNKNOWN,
						   CELL_COUNT(all[i].n)};

		status = table_add_row(taking->table, cells, err);
	}
	free(all);
	return status;
}
