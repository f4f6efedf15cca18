/* SPDX-License-Identifier: MIT */
/* delivery.c - mails on their way, and the list of those that wait */
#include "client/delivery.h"

#include "base/alloc.h"
#include "base/clock.h"

struct delivery *delivery_new(const struct courant_mail *mail, courant_error **err)
{
	struct delivery *delivery = mem_alloc(sizeof *delivery);

	if (!delivery) {
		(void)fail_memory(err);
		return NULL;
	}
	delivery->mail = mail;
	rest_init(&delivery->rest, mail);
	delivery->begun_ms = clock_monotonic_ms();
	if (results_init(&delivery->results, mail->n_recipients, err) == 0)
		return delivery;
	delivery_free(delivery);
	return NULL;
}

void delivery_free(struct delivery *delivery)
{
	if (!delivery)
		return;
	rest_release(&delivery->rest);
	results_release(&delivery->results);
	free(delivery);
}

void deliveries_init(struct deliveries *waiting)
{
	*waiting = (struct deliveries){.last = &waiting->first};
}

void deliveries_release(struct deliveries *waiting)
{
	while (waiting->first)
		delivery_free(deliveries_take_first(waiting));
}

void deliveries_add_first(struct deliveries *waiting, struct delivery *delivery)
{
	delivery->next = waiting->first;
	if (!waiting->first)
		waiting->last = &delivery->next;
	waiting->first = delivery;
	waiting->n++;
}

void deliveries_add_last(struct deliveries *waiting, struct delivery *delivery)
{
	delivery->next = NULL;
	*waiting->last = delivery;
	waiting->last = &delivery->next;
	waiting->n++;
}

struct delivery *deliveries_take_first(struct deliveries *waiting)
{
	struct delivery *delivery = waiting->first;

	waiting->first = delivery->next;
	if (!waiting->first)
		waiting->last = &waiting->first;
	waiting->n--;
	return delivery;
}
