/* SPDX-License-Identifier: MIT */
/* space_saving_test.c - a small table of counts against all of them: no count is more wrong than it says */
#include "sketch/space_saving.h"

#include <stdbool.h>

#include "base/random.h"
#include "tap.h"

#define KEYS  5000
#define ROOM  200 /* of the table; half of it stays at a cut */

struct kept {
	size_t key;
	uint64_t count, missed_before;
};

struct table {
	struct kept kept[ROOM];
	size_t n;
	uint64_t missed;
};

static void cut(struct table *table)
{
	uint64_t mosts[ROOM];
	size_t n = 0;

	for (size_t i = 0; i < table->n; i++)
		mosts[i] = table->kept[i].count + table->kept[i].missed_before;

	struct space_saving_cut what = space_saving_cut(mosts, table->n);

	CHECK(what.missed >= table->missed);
	for (size_t i = 0; i < table->n; i++) {
		const uint64_t most = table->kept[i].count + table->kept[i].missed_before;

		if (most > what.missed || (most == what.missed && what.may_stay && what.may_stay--))
			table->kept[n++] = table->kept[i];
	}
	CHECK_INT(n, table->n / 2);
	table->n = n;
	table->missed = what.missed;
}

static void add(struct table *table, size_t key)
{
	for (size_t i = 0; i < table->n; i++) {
		if (table->kept[i].key == key) {
			table->kept[i].count++;
			return;
		}
	}
	if (table->n == ROOM)
		cut(table);
	table->kept[table->n++] = (struct kept){key, 1, table->missed};
}

/* Some keys come often, most seldom; or all alike; or each once. */
static size_t next_key(struct random_stream *random, int kind, size_t i)
{
	if (kind == 0)
		return (size_t)(random_below(random, KEYS) * random_below(random, KEYS) / KEYS * random_below(random, KEYS) / KEYS);
	return kind == 1 ? (size_t)random_below(random, KEYS) : i % KEYS;
}

static void counts_are_no_more_wrong_than_told(void)
{
	for (int kind = 0; kind < 3; kind++) {
		static uint64_t truth[KEYS];
		struct table table = {0};
		struct random_stream random = {(uint64_t)kind + 5};
		const size_t hits = 60000;

		memset(truth, 0, sizeof truth);
		for (size_t i = 0; i < hits; i++) {
			const size_t key = next_key(&random, kind, i);

			truth[key]++;
			add(&table, key);
		}
		CHECK(table.missed <= hits / (ROOM / 2));
		for (size_t i = 0; i < table.n; i++) {
			const struct kept *kept = &table.kept[i];

			CHECK(kept->count <= truth[kept->key] && truth[kept->key] <= kept->count + kept->missed_before);
			truth[kept->key] = 0;
		}
		/* What is left is not in the table. */
		for (size_t key = 0; key < KEYS; key++)
			CHECK(truth[key] <= table.missed);
	}
}

static void of_equals_half_stay(void)
{
	uint64_t mosts[] = {4, 4, 4, 4, 4};
	const struct space_saving_cut what = space_saving_cut(mosts, 5);

	CHECK_INT(what.missed, 4);
	CHECK_INT(what.may_stay, 2);
	CHECK_INT(space_saving_cut(mosts, 0).missed, 0);
	CHECK_INT(space_saving_cut(mosts, 1).may_stay, 0);
}

TESTS(TEST(counts_are_no_more_wrong_than_told), TEST(of_equals_half_stay))
