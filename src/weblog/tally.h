/* SPDX-License-Identifier: MIT */
/* tally.h - the figures of one window, counted hit by hit
 *
 * Everything is counted in a way that does not depend on the order of the hits. Hours are those of the report's zone. */
#ifndef COURANT_WEBLOG_TALLY_H
#define COURANT_WEBLOG_TALLY_H
#include "base/zone.h"
#include "sketch/histogram.h"
#include "sketch/hyperloglog.h"
#include "weblog/agents.h"
#include "weblog/line.h"
#include "weblog/visitors.h"

/* Figures of an hour; the bitmap says in which of its seconds there were hits. */
struct tally_hour {
	int64_t from_s, to_s;
	uint64_t hits, page_views, bytes, errors_4xx, errors_5xx;
	uint64_t visitors, visits; /* by tally_finish */
	uint64_t seconds[57];
	struct histogram durations; /* in microseconds, where the format has times */
};

struct tally_day {
	int64_t from_s;
	uint64_t hits, page_views, bytes, errors_4xx, errors_5xx, visitors, visits;
};

struct tally_count {
	uint64_t hits, bytes;
};

struct tally_agent {
	uint64_t hits, bytes, visitors;
};

/* What every key of a table has, at the beginning of its value. */
struct tally_key {
	uint64_t hits;
	uint32_t missed; /* hits that it may have had before it came into the table, beside those missed elsewhere */
	uint32_t visitors;
};

struct tally_path {
	struct tally_key key; /* visitors: of the page, or of the static file */
	uint64_t bytes;
	uint64_t views, view_bytes; /* people's page views */
	uint64_t not_found, errors_5xx;
	struct histogram *durations; /* of a path that is no file; NULL: none */
	uint32_t number;              /* as something that can be seen */
	bool is_file, is_robots_txt;
};

/* Of a referring site. */
struct tally_site {
	struct tally_key key;
	uint32_t number;
};

/* Of a host, or a method. */
struct tally_name {
	struct tally_key key;
	uint64_t bytes;
	uint32_t number; /* of a host */
};

struct tally_address {
	struct tally_key key;
	uint64_t bytes;
	uint32_t visitor; /* that came last: most addresses have but one. What follows it in the table is the key (address.h) */
};

/* Tables of keys; those of which visitors remember what they have seen come first. */
enum tally_kind {
	TALLY_PATHS,     /* struct tally_path */
	TALLY_SITES,     /* struct tally_site */
	TALLY_HOSTS,     /* struct tally_name */
	TALLY_ADDRESSES, /* struct tally_address; the key is that of address.h */
	TALLY_METHODS,   /* struct tally_name */
	TALLY_NOT_FOUND, /* struct tally_key; the key is a struct not_found */
	TALLY_KINDS,
};
#define TALLY_SEEN_KINDS (TALLY_HOSTS + 1)

/* What visitors remember: keys of the first kinds, numbered from 1 in the order of coming. Those that come often come soon, and so have numbers that take little room. */
struct seen_keys {
	uint32_t *all; /* kinds and references, by number - 1 */
	size_t n, space;
};

/* Keys that come seldom may have been left out, to save memory (space_saving.h). */
struct tally_table {
	struct keys keys;
	uint64_t missed;           /* no key that is left out came more often here … */
	uint64_t missed_elsewhere; /* … and so often, any key may have come in those tallies that were added to this one */
};

/* How a tally is kept small (tally_thin.c). From the first time that it would be too large, visitors are sampled: those whose keys begin with so many zeros are known one
 * by one and stand for all; how many there are, and how many addresses, say sketches. */
struct tally_bound {
	size_t limit_bytes; /* of memory; 0: none */
	bool is_thinned;
	unsigned zeros;
	struct hyperloglog addresses, visitors;
};

struct tally {
	const struct zone *zone;
	struct agents *agents;
	const char *suffixes; /* of static files (definitions.h); NULL: the usual ones. Set before the first hit, and borrowed */
	uint64_t seed;

	uint64_t hits, bytes, page_views, robot_hits, errors_4xx, errors_5xx;
	uint64_t n_addresses, n_visitors, visits; /* by tally_finish … */
	uint64_t n_known;                         /* … visitors that are known one by one */
	struct tally_count robots_txt;            /* … hits and bytes of visitors that read /robots.txt */
	int64_t first_s, last_s;
	struct tally_count status[1000];

	struct tally_hour *hours; /* in the order of their first hit; by tally_finish in the order of time */
	size_t n_hours, space_hours;
	uint32_t *hour_order;     /* indices in the order of time */
	size_t current_hour;
	struct tally_day *days;   /* by tally_finish */
	size_t n_days;

	struct tally_table tables[TALLY_KINDS];
	struct keys referrers; /* to pages that were not found, each once; they have no value */
	uint32_t get; /* reference of GET, which most hits are; KEYS_NONE: not yet seen */
	struct tally_agent *by_agent; /* by the agent's id; ids that did not occur may be beyond the end */
	size_t n_agents;
	struct visitors visitors;
	struct seen_keys seen_keys;
	size_t duration_bytes; /* of all histograms */
	struct tally_bound bound;
	struct buffer scratch;
};

/* The zone and the agents are borrowed. */
void tally_init(struct tally *, const struct zone *, struct agents *, uint64_t seed);
void tally_release(struct tally *);

/* A line whose agent has been looked at. */
struct hit {
	struct log_line line;
	const struct agent *agent;
	uint64_t address_hash, path_hash, agent_hash; /* with the tally's seed */
};

/* Counts some hits. They are few enough to stay in the nearest cache while what they will touch is fetched. */
#define HITS_AT_ONCE 32
int tally_add(struct tally *, const struct hit *hits, size_t n, courant_error **err);

size_t tally_bytes(const struct tally *); /* memory that grows with what is counted */

/* Makes it smaller when it is larger than its limit allows; COURANT_TOO_LARGE when that cannot be. tally_add does so itself. */
int tally_keep_within(struct tally *, courant_error **err);

/* Whether a visitor is known one by one. */
static inline bool tally_samples(const struct tally *tally, uint64_t key)
{
	return !tally->bound.zeros || key >> (64 - tally->bound.zeros) == 0;
}

/* For those who merge tallies: notes all keys in the sketches, and keeps no visitors whose keys begin with fewer zeros. */
int tally_begin_sketches(struct tally *, courant_error **err);
int tally_sample(struct tally *, unsigned zeros, courant_error **err);

/* What is known one by one stands for so many: 1, unless visitors are sampled. */
double tally_weight(const struct tally *);

/* Visitors, visits and addresses are right to this share in 19 of 20 cases; 0: they are exact. After tally_finish. */
double tally_error(const struct tally *);

/* Joins visits and makes the days. No hits after this. */
int tally_finish(struct tally *, courant_error **err);

/* Adds what another has counted of the same window, with the same seed and agents. Both are finished, and have no address in common: those of the other stay where
 * they are, everything else of it is of no use afterwards, but to be released. */
int tally_join(struct tally *, struct tally *other, courant_error **err);

/* For those who fill a tally: makes the hour of the instant the current one; room for the agent's figures. */
int tally_find_hour(struct tally *, int64_t time_s, courant_error **err);
int tally_reach_agent(struct tally *, uint32_t id, courant_error **err);
void tally_release_durations(struct keys *paths);

static inline bool tally_is_in_hour(const struct tally *tally, int64_t time_s)
{
	return tally->n_hours && time_s >= tally->hours[tally->current_hour].from_s && time_s < tally->hours[tally->current_hour].to_s;
}

#define SEEN_REF_MAX ((UINT32_MAX - TALLY_SEEN_KINDS) / TALLY_SEEN_KINDS - 1)
static inline enum tally_kind seen_kind(const struct seen_keys *keys, uint32_t number)
{
	return (enum tally_kind)(keys->all[number - 1] % TALLY_SEEN_KINDS);
}

static inline uint32_t seen_ref(const struct seen_keys *keys, uint32_t number)
{
	return keys->all[number - 1] / TALLY_SEEN_KINDS;
}

/* Gives a new key its number; those of kinds that are not seen have none. -1: no memory. */
int seen_keys_add(struct seen_keys *, enum tally_kind, uint32_t ref, void *value);

/* The number of a key of a kind that is seen. */
uint32_t seen_number(enum tally_kind, const void *value);

/* The value of a key, for which there are at least those of struct tally_key. */
static inline void *tally_value(const struct tally *tally, enum tally_kind kind, uint32_t ref)
{
	return keys_value(&tally->tables[kind].keys, ref);
}

/* The key's value, added when it is new; NULL: no memory. */
void *tally_add_key(struct tally *, enum tally_kind, uint64_t hash, slice key, uint32_t *ret_ref, bool *ret_new, courant_error **err);

/* Under which hash a key is in its table: an address that of its text. */
uint64_t tally_hash(const struct tally *, enum tally_kind, slice key);

/* The key of TALLY_NOT_FOUND: who refers to a page that is not there. */
struct not_found {
	uint32_t path, referrer; /* references, the latter to tally.referrers */
};

static inline struct not_found not_found_of(slice key)
{
	struct not_found ret;

	memcpy(&ret, key.ptr, sizeof ret);
	return ret;
}

static inline slice not_found_key(const struct not_found *pair)
{
	return slice_from((const char *)pair, sizeof *pair);
}

int tally_add_not_found(struct tally *, uint32_t path, slice referrer, uint64_t hits, courant_error **err);

/* The longest silence between two hits, and when it began; 0 with fewer than two hits. */
int64_t tally_longest_gap_s(const struct tally *, int64_t *ret_from_s);
#endif
