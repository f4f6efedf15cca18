/* SPDX-License-Identifier: MIT */
/* ranked_tables.c - the ranked tables of what was asked for and answered (tables.h) */
#include "weblog/address.h"
#include "weblog/anonymize.h"
#include "weblog/ranking.h"
#include "weblog/tables.h"

int fill_status(const struct table_fill *fill, courant_error **err)
{
	AUTO(ranking) struct ranking ranking;

	ranking_init(&ranking, fill->table, fill->top);
	for (size_t i = 0; i < 1000; i++) {
		const struct tally_count *count = &fill->tally->status[i];
		const struct table_cell cells[] = {CELL_COUNT(i), CELL_COUNT(count->hits), CELL_COUNT(count->bytes)};

		if (count->hits && ranking_add(&ranking, cells, err) < 0)
			return -1;
	}
	return ranking_write(&ranking, err);
}

int fill_status_classes(const struct table_fill *fill, courant_error **err)
{
	static const char names[] = "0xx1xx2xx3xx4xx5xx6xx7xx8xx9xx";
	AUTO(ranking) struct ranking ranking;

	ranking_init(&ranking, fill->table, fill->top);
	for (size_t class = 0; class < 10; class++) {
		struct tally_count sum = {0};

		for (size_t i = 100 * class; i < 100 * class + 100; i++) {
			sum.hits += fill->tally->status[i].hits;
			sum.bytes += fill->tally->status[i].bytes;
		}

		const struct table_cell cells[] = {CELL_TEXT(slice_from(names + 3 * class, 3)), CELL_COUNT(sum.hits),
						   CELL_COUNT(sum.bytes)};

		if (sum.hits && ranking_add(&ranking, cells, err) < 0)
			return -1;
	}
	return ranking_write(&ranking, err);
}

int fill_methods(const struct table_fill *fill, courant_error **err)
{
	const struct keys *methods = &fill->tally->tables[TALLY_METHODS].keys;
	AUTO(ranking) struct ranking ranking;

	ranking_init(&ranking, fill->table, fill->top);
	for (uint32_t ref = KEYS_NONE; keys_next(methods, &ref);) {
		const struct tally_name *method = keys_value(methods, ref);
		const struct table_cell cells[] = {CELL_TEXT(keys_key(methods, ref)), CELL_COUNT(method->key.hits),
						   CELL_COUNT(method->bytes)};

		if (ranking_add(&ranking, cells, err) < 0)
			return -1;
	}
	return ranking_write(&ranking, err);
}

int fill_hosts(const struct table_fill *fill, courant_error **err)
{
	const struct keys *hosts = &fill->tally->tables[TALLY_HOSTS].keys;
	AUTO(ranking) struct ranking ranking;

	ranking_init(&ranking, fill->table, fill->top);
	for (uint32_t ref = KEYS_NONE; keys_next(hosts, &ref);) {
		const struct tally_name *host = keys_value(hosts, ref);
		const struct table_cell cells[] = {CELL_TEXT(keys_key(hosts, ref)), CELL_COUNT(host->key.hits), CELL_COUNT(host->key.visitors),
						   CELL_COUNT(host->bytes)};

		if (ranking_add(&ranking, cells, err) < 0)
			return -1;
	}
	return ranking_write(&ranking, err);
}

/* What an address is shown as. */
typedef int address_name(const struct weblog *, slice address, struct buffer *name, courant_error **err);

static int name_network(const struct weblog *weblog, slice address, struct buffer *name, courant_error **err)
{
	(void)weblog;
	(void)err;
	anonymize_address(name, address);
	return 0;
}

static int name_country(const struct weblog *weblog, slice address, struct buffer *name, courant_error **err)
{
	slice code;

	if (countries_find(weblog->countries, address, &code, err) < 0)
		return -1;
	buffer_append(name, code);
	return 0;
}

/* Each scanner has addresses of its own: begin with 0 and KEYS_NONE. False at the end. */
static bool next_address(const struct table_fill *fill, size_t *scanner, uint32_t *ref, const struct tally_address **ret, slice *ret_key)
{
	for (; *scanner < fill->weblog->n_scanners; ++*scanner, *ref = KEYS_NONE) {
		const struct keys *addresses = &fill->weblog->scanners[*scanner].tallies[fill->window].tables[TALLY_ADDRESSES].keys;

		if (keys_next(addresses, ref)) {
			*ret = keys_value(addresses, *ref);
			*ret_key = keys_key(addresses, *ref);
			return true;
		}
	}
	return false;
}

/* Addresses of one name become one, with the sums of theirs. */
static int join_addresses(const struct table_fill *fill, address_name *name_of, struct keys *joined, courant_error **err)
{
	const struct tally_address *from;
	uint32_t ref = KEYS_NONE;
	slice address;

	for (size_t scanner = 0; next_address(fill, &scanner, &ref, &from, &address);) {
		char space[ADDRESS_TEXT_BYTES];
		AUTO(buffer) struct buffer name = BUFFER_LIMIT(KEYS_MAX_BYTES);
		slice key;
		bool is_new;

		if (name_of(fill->weblog, address_text(address, space), &name, err) < 0 || buffer_slice(&name, &key, err) < 0)
			return -1;

		const uint32_t at = keys_add(joined, keys_hash(key, fill->tally->seed), key, &is_new);

		if (at == KEYS_NONE)
			return fail_memory(err);

		struct tally_address *sum = keys_value(joined, at);

		sum->key.hits += from->key.hits;
		sum->key.visitors += from->key.visitors;
		sum->bytes += from->bytes;
	}
	return 0;
}

static int rank_address(struct ranking *ranking, slice name, const struct tally_address *address, courant_error **err)
{
	const struct table_cell cells[] = {CELL_TEXT(name), CELL_COUNT(address->key.hits), CELL_COUNT(address->key.visitors),
					   CELL_COUNT(address->bytes)};

	return ranking_add(ranking, cells, err);
}

/* Under names that several may share. */
static int rank_joined(const struct table_fill *fill, address_name *name_of, courant_error **err)
{
	AUTO(keys) struct keys joined;
	AUTO(ranking) struct ranking ranking;

	keys_init(&joined, sizeof(struct tally_address));
	ranking_init(&ranking, fill->table, fill->top);
	if (join_addresses(fill, name_of, &joined, err) < 0)
		return -1;
	for (uint32_t ref = KEYS_NONE; keys_next(&joined, &ref);)
		if (rank_address(&ranking, keys_key(&joined, ref), keys_value(&joined, ref), err) < 0)
			return -1;
	return ranking_write(&ranking, err);
}

static int rank_addresses(const struct table_fill *fill, courant_error **err)
{
	AUTO(ranking) struct ranking ranking;
	const struct tally_address *address;
	uint32_t ref = KEYS_NONE;
	slice key;

	ranking_init(&ranking, fill->table, fill->top);
	ranking.name = address_text;
	for (size_t scanner = 0; next_address(fill, &scanner, &ref, &address, &key);)
		if (rank_address(&ranking, key, address, err) < 0)
			return -1;
	return ranking_write(&ranking, err);
}

int fill_addresses(const struct table_fill *fill, courant_error **err)
{
	return fill->weblog->is_anonymous ? rank_joined(fill, name_network, err) : rank_addresses(fill, err);
}

int fill_countries(const struct table_fill *fill, courant_error **err)
{
	if (!fill->weblog->countries)
		return fail(err, COURANT_USAGE, "the table countries needs a database of countries");
	return rank_joined(fill, name_country, err);
}

int fill_referrers(const struct table_fill *fill, courant_error **err)
{
	const struct keys *sites = &fill->tally->tables[TALLY_SITES].keys;
	AUTO(ranking) struct ranking ranking;

	ranking_init(&ranking, fill->table, fill->top);
	for (uint32_t ref = KEYS_NONE; keys_next(sites, &ref);) {
		const struct tally_key *site = keys_value(sites, ref);
		const struct table_cell cells[] = {CELL_TEXT(keys_key(sites, ref)), CELL_COUNT(site->hits),
						   CELL_COUNT(site->visitors)};

		if (ranking_add(&ranking, cells, err) < 0)
			return -1;
	}
	return ranking_write(&ranking, err);
}

/* ---- paths ---- */

/* The cells of a path; false when it is not in the table. */
typedef bool path_cells(const struct tally_path *, struct table_cell *cells);

static bool cells_of_path(const struct tally_path *path, struct table_cell *cells)
{
	cells[1] = CELL_COUNT(path->key.hits);
	cells[2] = CELL_COUNT(path->bytes);
	return true;
}

static bool cells_of_page(const struct tally_path *path, struct table_cell *cells)
{
	cells[1] = CELL_COUNT(path->views);
	cells[2] = CELL_COUNT(path->key.visitors);
	cells[3] = CELL_COUNT(path->view_bytes);
	return path->views > 0;
}

static bool cells_of_file(const struct tally_path *path, struct table_cell *cells)
{
	cells[1] = CELL_COUNT(path->key.hits);
	cells[2] = CELL_COUNT(path->key.visitors);
	cells[3] = CELL_COUNT(path->bytes);
	return path->is_file;
}

static bool cells_of_failing(const struct tally_path *path, struct table_cell *cells)
{
	cells[1] = CELL_COUNT(path->errors_5xx);
	cells[2] = CELL_COUNT(path->key.hits);
	return path->errors_5xx > 0;
}

static int rank_paths(const struct table_fill *fill, path_cells *cells_of, courant_error **err)
{
	const struct keys *paths = &fill->tally->tables[TALLY_PATHS].keys;
	AUTO(ranking) struct ranking ranking;

	ranking_init(&ranking, fill->table, fill->top);
	for (uint32_t ref = KEYS_NONE; keys_next(paths, &ref);) {
		struct table_cell cells[RANKING_CELLS] = {CELL_TEXT(keys_key(paths, ref))};

		if (cells_of(keys_value(paths, ref), cells) && ranking_add(&ranking, cells, err) < 0)
			return -1;
	}
	return ranking_write(&ranking, err);
}

int fill_paths(const struct table_fill *fill, courant_error **err)
{
	return rank_paths(fill, cells_of_path, err);
}

int fill_pages(const struct table_fill *fill, courant_error **err)
{
	return rank_paths(fill, cells_of_page, err);
}

int fill_files(const struct table_fill *fill, courant_error **err)
{
	return rank_paths(fill, cells_of_file, err);
}

int fill_failing(const struct table_fill *fill, courant_error **err)
{
	return rank_paths(fill, cells_of_failing, err);
}

/* ---- not found ---- */

struct best_referrer {
	uint64_t hits;
	slice referrer;
};

/* The most frequent referrer of each path, the first in byte order of several; keyed by the path's reference. Cut to be anonymous, it still is that of the
 * most frequent whole one. */
static int find_referrers(const struct tally *tally, bool is_anonymous, struct keys *best, courant_error **err)
{
	const struct keys *not_found = &tally->tables[TALLY_NOT_FOUND].keys;

	for (uint32_t ref = KEYS_NONE; keys_next(not_found, &ref);) {
		const struct not_found pair = not_found_of(keys_key(not_found, ref));
		const slice path = slice_from((const char *)&pair.path, sizeof pair.path);
		const slice referrer = keys_key(&tally->referrers, pair.referrer);
		const uint64_t hits = ((const struct tally_key *)keys_value(not_found, ref))->hits;
		bool is_new;
		const uint32_t at = keys_add(best, keys_hash(path, tally->seed), path, &is_new);

		if (at == KEYS_NONE)
			return fail_memory(err);

		struct best_referrer *found = keys_value(best, at);

		if (hits > found->hits || (hits == found->hits && slice_compare(referrer, found->referrer) < 0))
			*found = (struct best_referrer){hits, referrer};
	}
	for (uint32_t ref = KEYS_NONE; is_anonymous && keys_next(best, &ref);) {
		struct best_referrer *found = keys_value(best, ref);

		found->referrer = anonymize_url(found->referrer);
	}
	return 0;
}

int fill_not_found(const struct table_fill *fill, courant_error **err)
{
	const struct keys *paths = &fill->tally->tables[TALLY_PATHS].keys;
	AUTO(keys) struct keys best;
	AUTO(ranking) struct ranking ranking;

	keys_init(&best, sizeof(struct best_referrer));
	ranking_init(&ranking, fill->table, fill->top);
	if (find_referrers(fill->tally, fill->weblog->is_anonymous, &best, err) < 0)
		return -1;
	for (uint32_t ref = KEYS_NONE; keys_next(paths, &ref);) {
		const struct tally_path *path = keys_value(paths, ref);
		const slice key = slice_from((const char *)&ref, sizeof ref);
		const uint32_t at = keys_find(&best, keys_hash(key, fill->tally->seed), key);
		const struct table_cell cells[] = {
			CELL_TEXT(keys_key(paths, ref)),
			CELL_COUNT(path->not_found),
			at == KEYS_NONE ? CELL_UNKNOWN : CELL_TEXT(((struct best_referrer *)keys_value(&best, at))->referrer),
		};

		if (path->not_found && ranking_add(&ranking, cells, err) < 0)
			return -1;
	}
	return ranking_write(&ranking, err);
}
