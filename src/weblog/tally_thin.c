/* SPDX-License-Identifier: MIT */
/* tally_thin.c - keeping a tally within its limit of memory (struct tally_bound)
 *
 * What grows with distinct keys is tables and visitors. When all of it together is over the limit, each part that has more than its share loses half: a table the
 * keys that came least often (space_saving.h), visitors every other one by their keys, which are random. The parts refer to each other by numbers, so all
 * of them are written anew, and what a key's number has become is noted in the old one. */
#include "base/alloc.h"
#include "sketch/space_saving.h"
#include "weblog/tally.h"

#define DROPPED UINT64_MAX /* instead of a key's new number */

/* Shares of the limit in hundredths; what is left is for hours and agents, which cannot be left out. */
static const size_t shares[TALLY_KINDS] = {
	[TALLY_PATHS] = 25, [TALLY_SITES] = 5, [TALLY_HOSTS] = 5, [TALLY_ADDRESSES] = 12, [TALLY_METHODS] = 2, [TALLY_NOT_FOUND] = 6,
};
#define VISITORS_SHARE 40
#define REST_SHARE     30 /* that hours and agents may have: more than their own, for the others are seldom all full */

/* ---- how large ---- */

static size_t table_bytes(const struct tally *tally, enum tally_kind kind)
{
	return keys_bytes(&tally->tables[kind].keys) + (kind == TALLY_PATHS ? tally->duration_bytes : 0) +
	       (kind == TALLY_NOT_FOUND ? keys_bytes(&tally->referrers) : 0);
}

static size_t rest_bytes(const struct tally *tally)
{
	return tally->space_hours * (sizeof *tally->hours + sizeof *tally->hour_order) + tally->n_agents * sizeof *tally->by_agent;
}

size_t tally_bytes(const struct tally *tally)
{
	size_t sum = rest_bytes(tally) + visitors_bytes(&tally->visitors) + tally->seen_keys.space * sizeof *tally->seen_keys.all;

	for (size_t kind = 0; kind < TALLY_KINDS; kind++)
		sum += table_bytes(tally, (enum tally_kind)kind);
	return sum;
}

/* What has six tenths of its share is halved: when all is full, that makes room for a fifth at least. */
static bool is_large(const struct tally *tally, size_t bytes, size_t share)
{
	return bytes > tally->bound.limit_bytes / 1000 * share * 6;
}

/* ---- tables ---- */

/* The tables as they become. */
struct thinning {
	struct tally *tally;
	struct keys keys[TALLY_KINDS];
	struct visitors visitors;
	struct seen_keys seen_keys;
	struct keys referrers;
	unsigned zeros;
};

static void thinning_release(struct thinning *thinning)
{
	tally_release_durations(&thinning->keys[TALLY_PATHS]);
	for (size_t kind = 0; kind < TALLY_KINDS; kind++)
		keys_release(&thinning->keys[kind]);
	visitors_release(&thinning->visitors);
	free(thinning->seen_keys.all);
	keys_release(&thinning->referrers);
}
AUTO_DEFINE_VALUE(thinning, struct thinning, thinning_release)

static uint64_t most_of(const struct tally_key *key)
{
	return key->hits + key->missed;
}

static int find_cut(const struct keys *keys, struct space_saving_cut *ret, courant_error **err)
{
	AUTO(free) uint64_t *mosts = mem_array(keys_count(keys) + 1, sizeof *mosts);
	size_t n = 0;

	if (!mosts)
		return fail_memory(err);
	for (uint32_t ref = KEYS_NONE; keys_next(keys, &ref);)
		mosts[n++] = most_of(keys_value(keys, ref));
	*ret = space_saving_cut(mosts, n);
	return 0;
}

static bool stays(const struct tally_key *key, struct space_saving_cut *cut)
{
	const uint64_t most = most_of(key);

	if (most != cut->missed)
		return most > cut->missed;
	return cut->may_stay && cut->may_stay--;
}

static void drop(struct tally *tally, enum tally_kind kind, struct tally_key *key)
{
	struct tally_path *path = (struct tally_path *)(void *)key;

	if (kind == TALLY_PATHS && path->durations) {
		tally->duration_bytes -= histogram_bytes(path->durations) + sizeof *path->durations;
		histogram_release(path->durations);
		free(STEAL(path->durations));
	}
	key->hits = DROPPED;
}

static uint64_t new_path(const struct thinning *thinning, slice not_found)
{
	return ((const struct tally_key *)tally_value(thinning->tally, TALLY_PATHS, not_found_of(not_found).path))->hits;
}

/* Who refers to what in the new tables. */
static int rename_pair(struct thinning *thinning, slice key, struct not_found *ret, courant_error **err)
{
	const struct tally *tally = thinning->tally;
	const slice referrer = keys_key(&tally->referrers, not_found_of(key).referrer);
	bool is_new;

	*ret = (struct not_found){(uint32_t)new_path(thinning, key),
				  keys_add(&thinning->referrers, keys_hash(referrer, tally->seed), referrer, &is_new)};
	return ret->referrer == KEYS_NONE ? fail_memory(err) : 0;
}

/* The key in the new table, with the figures of the old one but the visitors, who are counted anew. */
static int keep(struct thinning *thinning, enum tally_kind kind, struct tally_key *old, slice text, courant_error **err)
{
	struct keys *keys = &thinning->keys[kind];
	struct not_found pair;
	bool is_new;

	if (kind == TALLY_NOT_FOUND) {
		if (rename_pair(thinning, text, &pair, err) < 0)
			return -1;
		text = not_found_key(&pair);
	}

	const uint32_t ref = keys_add(keys, tally_hash(thinning->tally, kind, text), text, &is_new);

	if (ref == KEYS_NONE)
		return fail_memory(err);

	struct tally_key *key = keys_value(keys, ref);

	memcpy(key, old, keys->value_bytes);
	if (seen_keys_add(&thinning->seen_keys, kind, ref, key) < 0)
		return fail_memory(err);
	key->visitors = 0;
	if (kind == TALLY_ADDRESSES)
		((struct tally_address *)(void *)key)->visitor = VISITOR_NONE;
	if (kind == TALLY_PATHS)
		((struct tally_path *)(void *)old)->durations = NULL;
	old->hits = ref;
	return 0;
}

static int thin_table(struct thinning *thinning, enum tally_kind kind, courant_error **err)
{
	struct tally *tally = thinning->tally;
	struct tally_table *table = &tally->tables[kind];
	const bool is_cut = is_large(tally, table_bytes(tally, kind), shares[kind]);
	struct space_saving_cut cut = {0};

	keys_init(&thinning->keys[kind], table->keys.value_bytes);
	if (is_cut && find_cut(&table->keys, &cut, err) < 0)
		return -1;
	if (cut.missed > table->missed)
		table->missed = cut.missed;
	for (uint32_t ref = KEYS_NONE; keys_next(&table->keys, &ref);) {
		struct tally_key *key = keys_value(&table->keys, ref);
		const slice text = keys_key(&table->keys, ref);
		const bool is_gone = kind == TALLY_NOT_FOUND && new_path(thinning, text) == DROPPED;

		if (!is_gone && (!is_cut || stays(key, &cut))) {
			if (keep(thinning, kind, key, text, err) < 0)
				return -1;
			continue;
		}
		if (most_of(key) > table->missed)
			table->missed = most_of(key);
		drop(tally, kind, key);
	}
	return 0;
}

/* ---- visitors ---- */

static int keep_seen(struct thinning *thinning, struct visitor *visitor, const struct visitor *old, courant_error **err)
{
	const struct tally *tally = thinning->tally;
	uint32_t number;

	for (size_t at = 0; seen_next(&tally->visitors.seen, &old->seen, &at, &number);) {
		const enum tally_kind kind = seen_kind(&tally->seen_keys, number);
		const uint64_t here = ((const struct tally_key *)tally_value(tally, kind, seen_ref(&tally->seen_keys, number)))->hits;

		if (here == DROPPED)
			continue;

		struct tally_key *key = keys_value(&thinning->keys[kind], (uint32_t)here);

		if (visitors_see(&thinning->visitors, visitor, seen_number(kind, key)) < 0)
			return fail_memory(err);
		key->visitors++;
	}
	return 0;
}

static int keep_visitor(struct thinning *thinning, const struct visitor *old, struct stretch *stretches, courant_error **err)
{
	struct tally *tally = thinning->tally;
	const uint64_t address = old->address == KEYS_NONE ? DROPPED : ((const struct tally_key *)tally_value(tally, TALLY_ADDRESSES, old->address))->hits;
	const size_t n = visitors_count_stretches(&tally->visitors, old);
	bool is_new;
	const uint32_t index = visitors_add(&thinning->visitors, old->key, (uint32_t)address, old->agent, &is_new);

	if (index == VISITOR_NONE)
		return fail_memory(err);

	struct visitor *visitor = visitors_at(&thinning->visitors, index);

	visitor->bytes = old->bytes;
	visitor->hits = old->hits;
	visitor->reads_robots_txt = old->reads_robots_txt;
	visitors_list_stretches(&tally->visitors, old, stretches);
	/* The latest one last, so that it is the current one again. */
	for (size_t i = n; i; i--)
		if (visitors_add_stretch(&thinning->visitors, visitor, &stretches[i - 1]) < 0)
			return fail_memory(err);
	tally->by_agent[old->agent].visitors++;
	if (address != DROPPED)
		((struct tally_key *)keys_value(&thinning->keys[TALLY_ADDRESSES], (uint32_t)address))->visitors++;
	return keep_seen(thinning, visitor, old, err);
}

static size_t most_stretches(const struct visitors *visitors)
{
	size_t most = 0;

	for (size_t i = 0; i < visitors->n; i++) {
		const size_t n = visitors_count_stretches(visitors, visitors_at(visitors, (uint32_t)i));

		if (n > most)
			most = n;
	}
	return most;
}

static int thin_visitors(struct thinning *thinning, courant_error **err)
{
	struct tally *tally = thinning->tally;
	AUTO(free) struct stretch *stretches = mem_array(most_stretches(&tally->visitors) + 1, sizeof *stretches);

	if (!stretches)
		return fail_memory(err);
	tally->bound.zeros = thinning->zeros;
	visitors_init(&thinning->visitors);
	for (size_t i = 0; i < tally->n_agents; i++)
		tally->by_agent[i].visitors = 0;
	for (size_t i = 0; i < tally->visitors.n; i++) {
		const struct visitor *visitor = visitors_at(&tally->visitors, (uint32_t)i);

		if (tally_samples(tally, visitor->key) && keep_visitor(thinning, visitor, stretches, err) < 0)
			return -1;
	}
	return 0;
}

/* ---- all of it ---- */

int tally_begin_sketches(struct tally *tally, courant_error **err)
{
	const struct keys *addresses = &tally->tables[TALLY_ADDRESSES].keys;

	if (tally->bound.is_thinned)
		return 0;
	tally->bound.is_thinned = true;
	for (uint32_t ref = KEYS_NONE; keys_next(addresses, &ref);)
		if (hyperloglog_add(&tally->bound.addresses, tally_hash(tally, TALLY_ADDRESSES, keys_key(addresses, ref))) < 0)
			return fail_memory(err);
	for (size_t i = 0; i < tally->visitors.n; i++)
		if (hyperloglog_add(&tally->bound.visitors, visitors_at(&tally->visitors, (uint32_t)i)->key) < 0)
			return fail_memory(err);
	return 0;
}

static int thin(struct tally *tally, unsigned zeros, courant_error **err)
{
	AUTO(thinning) struct thinning thinning = {.tally = tally, .zeros = zeros};

	if (tally_begin_sketches(tally, err) < 0)
		return -1;
	/* Paths before the referrers that go with them. */
	for (size_t kind = 0; kind < TALLY_KINDS; kind++)
		if (thin_table(&thinning, (enum tally_kind)kind, err) < 0)
			return -1;
	if (thin_visitors(&thinning, err) < 0)
		return -1;
	for (size_t kind = 0; kind < TALLY_KINDS; kind++) {
		keys_release(&tally->tables[kind].keys);
		tally->tables[kind].keys = thinning.keys[kind];
		thinning.keys[kind] = (struct keys){0};
	}
	visitors_release(&tally->visitors);
	tally->visitors = thinning.visitors;
	thinning.visitors = (struct visitors){0};
	keys_release(&tally->referrers);
	tally->referrers = thinning.referrers;
	thinning.referrers = (struct keys){0};
	free(tally->seen_keys.all);
	tally->seen_keys = thinning.seen_keys;
	thinning.seen_keys = (struct seen_keys){0};
	tally->get = KEYS_NONE;
	return 0;
}

int tally_sample(struct tally *tally, unsigned zeros, courant_error **err)
{
	return zeros > tally->bound.zeros ? thin(tally, zeros, err) : 0;
}

int tally_keep_within(struct tally *tally, courant_error **err)
{
	const size_t limit = tally->bound.limit_bytes;

	if (!limit || tally_bytes(tally) <= limit)
		return 0;
	if (rest_bytes(tally) > limit / 100 * REST_SHARE)
		return fail(err, COURANT_TOO_LARGE, "the log's %zu hours do not fit into the memory that is allowed: choose a part of them with --since and --until, "
						    "or allow more with --memory", tally->n_hours);
	return thin(tally, tally->bound.zeros + is_large(tally, visitors_bytes(&tally->visitors), VISITORS_SHARE), err);
}

double tally_weight(const struct tally *tally)
{
	return tally->bound.zeros && tally->visitors.n ? hyperloglog_estimate(&tally->bound.visitors) / (double)tally->visitors.n : 1;
}
