/* SPDX-License-Identifier: MIT */
/* tally.c - the figures of one window, counted hit by hit (tally.h) */
#include "weblog/tally.h"

#include "base/alloc.h"
#include "base/ascii.h"
#include "weblog/definitions.h"

#define HOUR_S      3600
#define SITE_MAX    255          /* a longer host name is none (RFC 1035, 2.3.4) */
#define SCRATCH_MAX ((size_t)1 << 22)

void tally_init(struct tally *tally, const struct zone *zone, struct agents *agents, uint64_t seed)
{
	*tally = (struct tally){.zone = zone, .agents = agents, .seed = seed, .get = KEYS_NONE, .scratch = BUFFER_LIMIT(SCRATCH_MAX)};
	keys_init(&tally->addresses, sizeof(struct tally_address));
	keys_init(&tally->methods, sizeof(struct tally_count));
	keys_init(&tally->paths, sizeof(struct tally_path));
	keys_init(&tally->sites, sizeof(struct tally_site));
	keys_init(&tally->hosts, sizeof(struct tally_host));
	keys_init(&tally->not_found, sizeof(uint64_t));
	visitors_init(&tally->visitors, seed);
}

static void release_durations(struct tally *tally)
{
	for (size_t i = 0; i < tally->n_hours; i++)
		histogram_release(&tally->hours[i].durations);
	for (uint32_t ref = KEYS_NONE; keys_next(&tally->paths, &ref);) {
		struct tally_path *path = keys_value(&tally->paths, ref);

		if (path->durations)
			histogram_release(path->durations);
		free(path->durations);
	}
}

void tally_release(struct tally *tally)
{
	release_durations(tally);
	free(tally->hours);
	free(tally->hour_order);
	free(tally->days);
	free(tally->by_agent);
	keys_release(&tally->addresses);
	keys_release(&tally->methods);
	keys_release(&tally->paths);
	keys_release(&tally->sites);
	keys_release(&tally->hosts);
	keys_release(&tally->not_found);
	visitors_release(&tally->visitors);
	buffer_release(&tally->scratch);
}

/* ---- hours ---- */

/* The local hour that holds the instant, cut where the zone's offset changes: so none is longer than an hour. */
static void hour_limits(const struct zone *zone, int64_t time_s, int64_t *ret_from_s, int64_t *ret_to_s)
{
	struct zone_moment moment;

	zone_at(zone, time_s * MS_PER_SECOND, &moment);

	const int64_t local = time_s + moment.offset_s;
	const int64_t begin = local - ((local % HOUR_S) + HOUR_S) % HOUR_S;

	*ret_from_s = begin - moment.offset_s;
	*ret_to_s = *ret_from_s + HOUR_S;
	if (moment.from_ms > *ret_from_s * MS_PER_SECOND)
		*ret_from_s = moment.from_ms / MS_PER_SECOND;
	if (moment.to_ms / MS_PER_SECOND < *ret_to_s)
		*ret_to_s = moment.to_ms / MS_PER_SECOND;
}

/* Position in hour_order of the first hour that begins after the instant. */
static size_t hours_after(const struct tally *tally, int64_t time_s)
{
	size_t low = 0, high = tally->n_hours;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		if (tally->hours[tally->hour_order[middle]].from_s <= time_s)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static int add_hour(struct tally *tally, size_t position, int64_t time_s, courant_error **err)
{
	if (tally->n_hours == tally->space_hours) {
		const size_t space = tally->space_hours ? 2 * tally->space_hours : 32;
		struct tally_hour *hours = mem_resize(tally->hours, space, sizeof *hours);

		if (!hours)
			return fail_memory(err);
		tally->hours = hours;

		uint32_t *order = mem_resize(tally->hour_order, space, sizeof *order);

		if (!order)
			return fail_memory(err);
		tally->hour_order = order;
		tally->space_hours = space;
	}

	struct tally_hour *hour = &tally->hours[tally->n_hours];

	*hour = (struct tally_hour){0};
	hour_limits(tally->zone, time_s, &hour->from_s, &hour->to_s);
	memmove(tally->hour_order + position + 1, tally->hour_order + position,
		(tally->n_hours - position) * sizeof *tally->hour_order);
	tally->hour_order[position] = (uint32_t)tally->n_hours;
	tally->current_hour = tally->n_hours++;
	return 0;
}

/* Makes the hour of the instant the current one. */
int tally_find_hour(struct tally *tally, int64_t time_s, courant_error **err)
{
	if (tally->n_hours) {
		const struct tally_hour *hour = &tally->hours[tally->current_hour];

		if (time_s >= hour->from_s && time_s < hour->to_s)
			return 0;
	}

	const size_t position = hours_after(tally, time_s);

	if (position && time_s < tally->hours[tally->hour_order[position - 1]].to_s) {
		tally->current_hour = tally->hour_order[position - 1];
		return 0;
	}
	return add_hour(tally, position, time_s, err);
}

/* ---- a hit ---- */

static void *value_of(struct keys *keys, uint64_t hash, slice key, uint32_t *ret_ref, bool *ret_new, courant_error **err)
{
	*ret_ref = keys_add(keys, hash, key, ret_new);
	if (*ret_ref > SEEN_REF_MAX) {
		(void)fail_memory(err);
		return NULL;
	}
	return keys_value(keys, *ret_ref);
}

int tally_reach_agent(struct tally *tally, uint32_t id, courant_error **err)
{
	if (id < tally->n_agents)
		return 0;

	const size_t n = 2 * ((size_t)id + 16);
	struct tally_agent *figures = mem_resize(tally->by_agent, n, sizeof *figures);

	if (!figures)
		return fail_memory(err);
	memset(figures + tally->n_agents, 0, (n - tally->n_agents) * sizeof *figures);
	tally->by_agent = figures;
	tally->n_agents = n;
	return 0;
}

static int count_agent(struct tally *tally, const struct log_line *line, const struct agent *agent, courant_error **err)
{
	if (agent->id >= tally->n_agents && tally_reach_agent(tally, agent->id, err) < 0)
		return -1;
	tally->by_agent[agent->id].hits++;
	tally->by_agent[agent->id].bytes += line->size_bytes;
	return 0;
}

/* The visitor behind the hit; NULL and no error for a robot. */
static int find_visitor(struct tally *tally, const struct hit *hit, struct visitor **ret, courant_error **err)
{
	const struct log_line *line = &hit->line;
	const struct agent *agent = hit->agent;
	uint32_t ref;
	bool is_new;
	struct tally_address *address = value_of(&tally->addresses, hit->address_hash, line->address, &ref, &is_new, err);

	*ret = NULL;
	if (!address)
		return -1;
	if (is_new)
		address->visitor = VISITOR_NONE;
	address->hits++;
	address->bytes += line->size_bytes;
	if (agent->kind != ROBOT_NONE)
		return 0;
	if (address->visitor == VISITOR_NONE || address->agent != agent->id) {
		const uint32_t visitor = visitors_add(&tally->visitors, ref, agent->id, &is_new);

		if (visitor == VISITOR_NONE)
			return fail_memory(err);
		tally->by_agent[agent->id].visitors += is_new;
		address->visitors += is_new;
		address->agent = agent->id;
		address->visitor = visitor;
	}
	*ret = visitors_at(&tally->visitors, address->visitor);
	(*ret)->bytes += line->size_bytes;

	const struct tally_hour *hour = &tally->hours[tally->current_hour];

	if (visitors_hit(&tally->visitors, *ret, (uint32_t)tally->current_hour,
			 (unsigned)(line->time_s - hour->from_s)) < 0)
		return fail_memory(err);
	return 0;
}

/* Whether the visitor sees it for the first time; -1: no memory. */
static int see(struct tally *tally, struct visitor *visitor, uint32_t ref, courant_error **err)
{
	const int is_first = visitors_see(&tally->visitors, visitor, ref);

	return is_first < 0 ? fail_memory(err) : is_first;
}

static int count_not_found(struct tally *tally, const struct log_line *line, uint32_t path, courant_error **err)
{
	uint32_t ref;
	bool is_new;
	slice key;

	if (!line->referrer.len || slice_equal(line->referrer, SLICE("-")))
		return 0;
	buffer_cut(&tally->scratch, 0);
	buffer_append(&tally->scratch, slice_from((const char *)&path, sizeof path));
	buffer_append(&tally->scratch, line->referrer);
	if (buffer_slice(&tally->scratch, &key, err) < 0)
		return -1;

	uint64_t *hits = value_of(&tally->not_found, keys_hash(key, tally->seed), key, &ref, &is_new, err);

	if (!hits)
		return -1;
	++*hits;
	return 0;
}

static int count_duration(struct tally *tally, struct tally_path *path, int64_t duration_us, courant_error **err)
{
	if (duration_us < 0)
		return 0;
	if (histogram_add(&tally->hours[tally->current_hour].durations, (uint64_t)duration_us) < 0)
		return fail_memory(err);
	if (!path || path->is_file)
		return 0;
	if (!path->durations)
		path->durations = mem_alloc(sizeof *path->durations);
	if (!path->durations || histogram_add(path->durations, (uint64_t)duration_us) < 0)
		return fail_memory(err);
	return 0;
}

static bool is_get(const struct log_line *line)
{
	return line->method.len == 3 && memcmp(line->method.ptr, "GET", 3) == 0;
}

static bool is_view(const struct log_line *line)
{
	return (line->status / 100 == 2 || line->status == 304) && is_get(line);
}

static int count_path(struct tally *tally, const struct hit *hit, struct visitor *visitor, courant_error **err)
{
	const struct log_line *line = &hit->line;
	uint32_t ref;
	bool is_new;
	struct tally_path *path = value_of(&tally->paths, hit->path_hash, line->path, &ref, &is_new, err);

	if (!path)
		return -1;
	if (is_new) {
		path->is_file = path_is_static(line->path, tally->suffixes);
		path->is_robots_txt = slice_equal(line->path, SLICE("/robots.txt"));
	}
	path->hits++;
	path->bytes += line->size_bytes;
	path->errors_5xx += line->status / 100 == 5;
	if (count_duration(tally, path, line->duration_us, err) < 0)
		return -1;
	if (line->status == 404) {
		path->not_found++;
		if (count_not_found(tally, line, ref, err) < 0)
			return -1;
	}
	if (!visitor)
		return 0;

	visitor->reads_robots_txt |= path->is_robots_txt;
	if (!path->is_file) {
		if (!is_view(line))
			return 0;
		path->views++;
		path->view_bytes += line->size_bytes;
		tally->page_views++;
		tally->hours[tally->current_hour].page_views++;
	}

	const int is_first = see(tally, visitor, seen_number(SEEN_PATH, ref), err);

	path->visitors += is_first > 0;
	return is_first < 0 ? -1 : 0;
}

/* Small letters, in the caller's space. */
static slice lower_name(slice written, char *space)
{
	for (size_t i = 0; i < written.len; i++)
		space[i] = ascii_lower(written.ptr[i]);
	return slice_from(space, written.len);
}

static int count_host(struct tally *tally, const struct log_line *line, struct visitor *visitor, courant_error **err)
{
	char space[SITE_MAX];
	uint32_t ref;
	bool is_new;

	if (!line->host.ptr || line->host.len > SITE_MAX)
		return 0;

	const slice name = lower_name(line->host, space);
	struct tally_host *host = value_of(&tally->hosts, keys_hash(name, tally->seed), name, &ref, &is_new, err);

	if (!host)
		return -1;
	host->hits++;
	host->bytes += line->size_bytes;
	if (!visitor)
		return 0;

	const int is_first = see(tally, visitor, seen_number(SEEN_HOST, ref), err);

	host->visitors += is_first > 0;
	return is_first < 0 ? -1 : 0;
}

static int count_site(struct tally *tally, const struct log_line *line, struct visitor *visitor, courant_error **err)
{
	const slice written = referrer_site(line->referrer);
	char space[SITE_MAX];
	uint32_t ref;
	bool is_new;

	if (!written.ptr || written.len > SITE_MAX)
		return 0;

	const slice name = lower_name(written, space);
	struct tally_site *site = value_of(&tally->sites, keys_hash(name, tally->seed), name, &ref, &is_new, err);

	if (!site)
		return -1;
	site->hits++;
	if (!visitor)
		return 0;

	const int is_first = see(tally, visitor, seen_number(SEEN_SITE, ref), err);

	site->visitors += is_first > 0;
	return is_first < 0 ? -1 : 0;
}

static void count_status(struct tally *tally, const struct log_line *line)
{
	struct tally_hour *hour = &tally->hours[tally->current_hour];
	const unsigned second = (unsigned)(line->time_s - hour->from_s);
	const bool is_4xx = line->status / 100 == 4, is_5xx = line->status / 100 == 5;

	tally->hits++;
	tally->bytes += line->size_bytes;
	tally->errors_4xx += is_4xx;
	tally->errors_5xx += is_5xx;
	tally->status[line->status].hits++;
	tally->status[line->status].bytes += line->size_bytes;
	hour->hits++;
	hour->bytes += line->size_bytes;
	hour->errors_4xx += is_4xx;
	hour->errors_5xx += is_5xx;
	hour->seconds[second / 64] |= UINT64_C(1) << second % 64;
}

static int count_method(struct tally *tally, const struct log_line *line, bool gets, courant_error **err)
{
	uint32_t ref = tally->get;
	bool is_new;
	struct tally_count *method =
		gets && ref != KEYS_NONE
			? keys_value(&tally->methods, ref)
			: value_of(&tally->methods, keys_hash(line->method, tally->seed), line->method, &ref, &is_new, err);

	if (!method)
		return -1;
	if (gets)
		tally->get = ref;
	method->hits++;
	method->bytes += line->size_bytes;
	return 0;
}

static int count_hit(struct tally *tally, const struct hit *hit, courant_error **err)
{
	const struct log_line *line = &hit->line;
	struct visitor *visitor;

	if (tally_find_hour(tally, line->time_s, err) < 0)
		return -1;
	if (!tally->hits || line->time_s < tally->first_s)
		tally->first_s = line->time_s;
	if (!tally->hits || line->time_s > tally->last_s)
		tally->last_s = line->time_s;
	count_status(tally, line);
	tally->robot_hits += hit->agent->kind != ROBOT_NONE;
	if (count_agent(tally, line, hit->agent, err) < 0 || find_visitor(tally, hit, &visitor, err) < 0)
		return -1;
	if (!line->method.ptr && count_duration(tally, NULL, line->duration_us, err) < 0)
		return -1;
	if (line->method.ptr && (count_method(tally, line, is_get(line), err) < 0 || count_path(tally, hit, visitor, err) < 0))
		return -1;
	return count_site(tally, line, visitor, err) < 0 || count_host(tally, line, visitor, err) < 0 ? -1 : 0;
}

void hit_hash(struct hit *hit, uint64_t seed)
{
	hit->address_hash = keys_hash(hit->line.address, seed);
	hit->path_hash = hit->line.path.ptr ? keys_hash(hit->line.path, seed) : 0;
}

/* Most of the time of a large log would be spent waiting for memory: so for all hits what is needed first is asked for first. */
static void prefetch(const struct tally *tally, const struct hit *hits, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		keys_prefetch_slot(&tally->addresses, hits[i].address_hash);
		keys_prefetch_slot(&tally->paths, hits[i].path_hash);
	}
	for (size_t i = 0; i < n; i++) {
		keys_fetch(&tally->addresses, hits[i].address_hash);
		keys_fetch(&tally->paths, hits[i].path_hash);
		if (hits[i].agent->id < tally->n_agents)
			__builtin_prefetch(&tally->by_agent[hits[i].agent->id]);
	}
	for (size_t i = 0; i < n; i++) {
		const struct tally_address *address = keys_guess(&tally->addresses, hits[i].address_hash);

		if (address && address->visitor < tally->visitors.n)
			__builtin_prefetch(visitors_at(&tally->visitors, address->visitor));
	}
	for (size_t i = 0; i < n; i++) {
		const struct tally_address *address = keys_guess(&tally->addresses, hits[i].address_hash);

		if (address && address->visitor < tally->visitors.n)
			__builtin_prefetch(visitors_at(&tally->visitors, address->visitor)->seen);
	}
}

int tally_add(struct tally *tally, const struct hit *hits, size_t n, courant_error **err)
{
	prefetch(tally, hits, n);
	for (size_t i = 0; i < n; i++)
		if (count_hit(tally, &hits[i], err) < 0)
			return -1;
	return 0;
}
