/* SPDX-License-Identifier: MIT */
/* tally_count.c - counting hits (tally_add)
 *
 * Most of the time of a large log would be spent waiting for memory. So some hits are counted together: for all of them, what is needed first is asked for first,
 * and looked at while what comes later is on its way. */
#include "base/alloc.h"
#include "base/ascii.h"
#include "weblog/address.h"
#include "weblog/definitions.h"
#include "weblog/tally.h"

#define SITE_MAX 255 /* a longer host name is none (RFC 1035, 2.3.4) */

/* Where the figures of a hit are. */
struct place {
	uint32_t address_ref, path_ref; /* KEYS_NONE: it has none. Until it is found, what it most probably is */
	struct tally_address *address;
	struct tally_path *path;
	struct tally_site *site;
	struct visitor *visitor; /* NULL: a robot, or one who is not known one by one */
};

/* ---- finding ---- */

/* The key's value; NULL: no memory. */
static inline void *find_key(struct tally *tally, enum tally_kind kind, uint64_t hash, slice key, uint32_t *ref, bool *ret_new, courant_error **err)
{
	*ret_new = false;
	if (*ref != KEYS_NONE && keys_is(&tally->tables[kind].keys, *ref, key))
		return tally_value(tally, kind, *ref);
	return tally_add_key(tally, kind, hash, key, ref, ret_new, err);
}

static int find_visitor(struct tally *tally, const struct hit *hit, struct place *place, courant_error **err)
{
	const uint64_t key = keys_mix(hit->address_hash, hit->agent_hash);
	struct tally_address *address = place->address;
	bool is_new;

	if (address->visitor != VISITOR_NONE) {
		place->visitor = visitors_at(&tally->visitors, address->visitor);
		if (place->visitor->key == key)
			return 0;
	}

	if (tally->bound.is_thinned && hyperloglog_add(&tally->bound.visitors, key) < 0)
		return fail_memory(err);
	if (!tally_samples(tally, key)) {
		place->visitor = NULL;
		return 0;
	}

	const uint32_t visitor = visitors_add(&tally->visitors, key, place->address_ref, hit->agent->id, &is_new);

	if (visitor == VISITOR_NONE)
		return fail_memory(err);
	tally->by_agent[hit->agent->id].visitors += is_new;
	address->key.visitors += is_new;
	address->visitor = visitor;
	place->visitor = visitors_at(&tally->visitors, visitor);
	return 0;
}

static inline int find_address(struct tally *tally, const struct hit *hit, struct place *place, courant_error **err)
{
	uint64_t packed;
	bool is_new;
	slice key;

	if (address_key(hit->line.address, &packed, &tally->scratch, &key, err) < 0 ||
	    !(place->address = find_key(tally, TALLY_ADDRESSES, hit->address_hash, key, &place->address_ref, &is_new, err)))
		return -1;
	place->address->key.hits++;
	place->address->bytes += hit->line.size_bytes;
	place->visitor = NULL;
	return 0;
}

static int find_path(struct tally *tally, const struct hit *hit, struct place *place, courant_error **err)
{
	bool is_new;

	place->path = NULL;
	if (!hit->line.path.ptr)
		return 0;
	place->path = find_key(tally, TALLY_PATHS, hit->path_hash, hit->line.path, &place->path_ref, &is_new, err);
	if (!place->path)
		return -1;
	if (is_new) {
		place->path->is_file = path_is_static(hit->line.path, tally->suffixes);
		place->path->is_robots_txt = slice_equal(hit->line.path, SLICE("/robots.txt"));
	}
	return 0;
}

/* Small letters, in the caller's space. */
static slice lower_name(slice written, char *space)
{
	for (size_t i = 0; i < written.len; i++)
		space[i] = ascii_lower(written.ptr[i]);
	return slice_from(space, written.len);
}

static int find_site(struct tally *tally, slice referrer, struct place *place, courant_error **err)
{
	const slice written = referrer_site(referrer);
	char space[SITE_MAX];
	uint32_t ref;
	bool is_new;

	place->site = NULL;
	if (!written.ptr || written.len > SITE_MAX)
		return 0;

	const slice name = lower_name(written, space);

	place->site = tally_add_key(tally, TALLY_SITES, keys_hash(name, tally->seed), name, &ref, &is_new, err);
	return place->site ? 0 : -1;
}

static int find_places(struct tally *tally, const struct hit *hits, struct place *places, size_t n, courant_error **err)
{
	for (size_t i = 0; i < n; i++) {
		slots_prefetch(&tally->tables[TALLY_ADDRESSES].keys.slots, hits[i].address_hash);
		slots_prefetch(&tally->tables[TALLY_PATHS].keys.slots, hits[i].path_hash);
	}
	for (size_t i = 0; i < n; i++) {
		places[i].address_ref = keys_fetch(&tally->tables[TALLY_ADDRESSES].keys, hits[i].address_hash);
		places[i].path_ref = hits[i].line.path.ptr ? keys_fetch(&tally->tables[TALLY_PATHS].keys, hits[i].path_hash) : KEYS_NONE;
	}
	for (size_t i = 0; i < n; i++) {
		if (find_address(tally, &hits[i], &places[i], err) < 0)
			return -1;
		if (places[i].address->visitor != VISITOR_NONE)
			__builtin_prefetch(visitors_at(&tally->visitors, places[i].address->visitor));
	}
	for (size_t i = 0; i < n; i++)
		if (find_path(tally, &hits[i], &places[i], err) < 0 || find_site(tally, hits[i].line.referrer, &places[i], err) < 0)
			return -1;
	for (size_t i = 0; i < n; i++) {
		if (hits[i].agent->id >= tally->n_agents && tally_reach_agent(tally, hits[i].agent->id, err) < 0)
			return -1;
		if (hits[i].agent->kind != ROBOT_NONE)
			continue;
		if (find_visitor(tally, &hits[i], &places[i], err) < 0)
			return -1;
		if (places[i].visitor)
			seen_prefetch(&tally->visitors.seen, &places[i].visitor->seen);
	}
	return 0;
}

/* ---- counting ---- */

static inline void count_sums(struct tally *tally, struct tally_hour *hour, const struct log_line *line)
{
	const unsigned second = (unsigned)(line->time_s - hour->from_s), class = line->status / 100;

	if (!tally->hits || line->time_s < tally->first_s)
		tally->first_s = line->time_s;
	if (!tally->hits || line->time_s > tally->last_s)
		tally->last_s = line->time_s;
	tally->hits++;
	tally->bytes += line->size_bytes;
	tally->errors_4xx += class == 4;
	tally->errors_5xx += class == 5;
	tally->status[line->status].hits++;
	tally->status[line->status].bytes += line->size_bytes;
	hour->hits++;
	hour->bytes += line->size_bytes;
	hour->errors_4xx += class == 4;
	hour->errors_5xx += class == 5;
	hour->seconds[second / 64] |= UINT64_C(1) << second % 64;
}

static inline void count_agent(struct tally *tally, const struct hit *hit)
{
	struct tally_agent *figures = &tally->by_agent[hit->agent->id];

	tally->robot_hits += hit->agent->kind != ROBOT_NONE;
	figures->hits++;
	figures->bytes += hit->line.size_bytes;
}

static int count_method(struct tally *tally, const struct log_line *line, bool gets, courant_error **err)
{
	struct tally_name *method;
	uint32_t ref;
	bool is_new;

	if (gets && tally->get != KEYS_NONE) {
		method = tally_value(tally, TALLY_METHODS, tally->get);
	} else {
		method = tally_add_key(tally, TALLY_METHODS, keys_hash(line->method, tally->seed), line->method, &ref, &is_new, err);
		if (!method)
			return -1;
		if (gets)
			tally->get = ref;
	}
	method->key.hits++;
	method->bytes += line->size_bytes;
	return 0;
}

static int add_duration(struct tally *tally, struct histogram *durations, int64_t duration_us, courant_error **err)
{
	const size_t before = histogram_bytes(durations);

	if (histogram_add(durations, (uint64_t)duration_us) < 0)
		return fail_memory(err);
	tally->duration_bytes += histogram_bytes(durations) - before;
	return 0;
}

static int count_duration(struct tally *tally, struct tally_hour *hour, struct tally_path *path, int64_t duration_us, courant_error **err)
{
	if (add_duration(tally, &hour->durations, duration_us, err) < 0)
		return -1;
	if (!path || path->is_file)
		return 0;
	if (!path->durations) {
		path->durations = mem_alloc(sizeof *path->durations);
		tally->duration_bytes += sizeof *path->durations;
	}
	return path->durations ? add_duration(tally, path->durations, duration_us, err) : fail_memory(err);
}

static int count_not_found(struct tally *tally, const struct log_line *line, uint32_t path, courant_error **err)
{
	return !line->referrer.len || slice_equal(line->referrer, SLICE("-")) ? 0 : tally_add_not_found(tally, path, line->referrer, 1, err);
}

/* A visitor counts once for each key; NULL: nobody who is known. */
static inline int see(struct tally *tally, struct visitor *visitor, uint32_t number, struct tally_key *key, courant_error **err)
{
	if (!visitor)
		return 0;

	const int is_first = visitors_see(&tally->visitors, visitor, number);

	key->visitors += is_first > 0;
	return is_first < 0 ? fail_memory(err) : 0;
}

/* A person's hit on a path. */
static int count_view(struct tally *tally, struct tally_hour *hour, const struct log_line *line, bool gets, const struct place *place, courant_error **err)
{
	struct tally_path *path = place->path;

	if (place->visitor)
		place->visitor->reads_robots_txt |= path->is_robots_txt;
	if (!path->is_file) {
		if (!gets || (line->status / 100 != 2 && line->status != 304))
			return 0;
		path->views++;
		path->view_bytes += line->size_bytes;
		tally->page_views++;
		hour->page_views++;
	}
	return see(tally, place->visitor, path->number, &path->key, err);
}

static int count_path(struct tally *tally, struct tally_hour *hour, const struct log_line *line, bool is_person, const struct place *place,
		      courant_error **err)
{
	const bool gets = line->method.len == 3 && memcmp(line->method.ptr, "GET", 3) == 0;
	struct tally_path *path = place->path;

	path->key.hits++;
	path->bytes += line->size_bytes;
	path->errors_5xx += line->status / 100 == 5;
	if (line->status == 404) {
		path->not_found++;
		if (count_not_found(tally, line, place->path_ref, err) < 0)
			return -1;
	}
	if (count_method(tally, line, gets, err) < 0)
		return -1;
	return is_person ? count_view(tally, hour, line, gets, place, err) : 0;
}

static int count_site(struct tally *tally, const struct place *place, courant_error **err)
{
	place->site->key.hits++;
	return see(tally, place->visitor, place->site->number, &place->site->key, err);
}

static int count_host(struct tally *tally, const struct log_line *line, struct visitor *visitor, courant_error **err)
{
	char space[SITE_MAX];
	uint32_t ref;
	bool is_new;

	if (line->host.len > SITE_MAX)
		return 0;

	const slice name = lower_name(line->host, space);
	struct tally_name *host = tally_add_key(tally, TALLY_HOSTS, keys_hash(name, tally->seed), name, &ref, &is_new, err);

	if (!host)
		return -1;
	host->key.hits++;
	host->bytes += line->size_bytes;
	return see(tally, visitor, host->number, &host->key, err);
}

static int count_hit(struct tally *tally, const struct hit *hit, const struct place *place, courant_error **err)
{
	const struct log_line *line = &hit->line;

	if (!tally_is_in_hour(tally, line->time_s) && tally_find_hour(tally, line->time_s, err) < 0)
		return -1;

	struct tally_hour *hour = &tally->hours[tally->current_hour];

	count_sums(tally, hour, line);
	count_agent(tally, hit);
	if (place->visitor) {
		place->visitor->bytes += line->size_bytes;
		if (visitors_hit(&tally->visitors, place->visitor, (uint32_t)tally->current_hour, (unsigned)(line->time_s - hour->from_s)) < 0)
			return fail_memory(err);
	}
	if (line->duration_us >= 0 && count_duration(tally, hour, place->path, line->duration_us, err) < 0)
		return -1;
	if (place->path && count_path(tally, hour, line, hit->agent->kind == ROBOT_NONE, place, err) < 0)
		return -1;
	if (place->site && count_site(tally, place, err) < 0)
		return -1;
	return line->host.ptr ? count_host(tally, line, place->visitor, err) : 0;
}

int tally_add(struct tally *tally, const struct hit *hits, size_t n, courant_error **err)
{
	struct place places[HITS_AT_ONCE];

	if (find_places(tally, hits, places, n, err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (count_hit(tally, &hits[i], &places[i], err) < 0)
			return -1;
	return tally_keep_within(tally, err);
}
