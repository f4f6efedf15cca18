/* SPDX-License-Identifier: MIT */
/* preheader.c - choosing what has room in it */
#include "report/preheader.h"

#include "base/utf8.h"
#include "report/labels.h"
#include "report/tile_words.h"

#define LEAST 60 /* characters: shorter, and mail readers show the beginning of the title behind it */
#define MOST  110

#define PARTS 16
struct parts {
	slice items[PARTS];
	size_t n;
};

static void add(struct parts *parts, slice part)
{
	if (part.len && parts->n < PARTS)
		parts->items[parts->n++] = part;
}

static void add_figure(struct parts *parts, const struct log *log, enum word label, slice now_text, uint64_t now, uint64_t former)
{
	struct say *say = log->say;

	add(parts, log->figures->has_comparison ? SAY(say, WORD_PREHEADER_FIGURE_CHANGED, say_word(say, label), now_text, say_arrow(say, now, former))
						: SAY(say, WORD_PREHEADER_FIGURE, say_word(say, label), now_text));
}

/* What may follow the verdict's figures, the most wanted first. */
static void add_traffic(struct parts *parts, const struct log *log)
{
	const struct figures *figures = log->figures;
	const struct side *now = &figures->now, *former = &figures->former;
	struct say *say = log->say;

	if (now->hits == 0) {
		add(parts, SAY(say, WORD_PREHEADER_LINES, say_count(say, figures->lines), say_count(say, figures->hits), say_count(say, figures->rejected)));
		return;
	}
	if (log->has_agents) {
		add_figure(parts, log, WORD_PREHEADER_VISITORS, say_count(say, now->visitors), now->visitors, former->visitors);
		add_figure(parts, log, WORD_PREHEADER_PAGE_VIEWS, say_count(say, now->page_views), now->page_views, former->page_views);
	}
	add_figure(parts, log, WORD_PREHEADER_DATA, say_bytes(say, now->bytes), now->bytes, former->bytes);
	add_figure(parts, log, WORD_PREHEADER_HITS, say_count(say, now->hits), now->hits, former->hits);
	if (log->has_agents)
		add_figure(parts, log, WORD_PREHEADER_VISITS, say_count(say, now->visits), now->visits, former->visits);
}

/* Of other reports what the tiles show. */
static void add_tiles(struct parts *parts, const struct build *build)
{
	const struct tile *tile;

	for (size_t i = 0; (tile = tile_of_document(build->document, i)) && parts->n < PARTS; i++)
		add(parts, tile_words(build->say, tile, true));
}

static const struct log *find_traffic(const struct build *build)
{
	for (size_t i = 0; i < build->plan->n_sources; i++)
		if (build->logs[i].weblog && build->logs[i].shows_traffic)
			return &build->logs[i];
	return NULL;
}

/* Parts are added until there are enough characters, and those that would make too many are left out. */
slice preheader_of(const struct build *build, const struct verdict *verdict)
{
	struct say *say = build->say;
	slice joined = {NULL, 0}, whole = verdict->preheader;
	const struct log *log = find_traffic(build);
	struct parts parts = {.n = 0};

	if (log)
		add_traffic(&parts, log);
	else
		add_tiles(&parts, build);
	add(&parts, SAY(say, WORD_PREHEADER_MADE, say_iso_time(say, build->span.now_ms), label_period(say, &build->span)));
	if (build->plan->n_sources)
		add(&parts, SAY(say, WORD_PREHEADER_SOURCE, slice_of(build->plan->sources[0].said->name)));
	for (size_t i = 0; i < parts.n && (i < 3 || utf8_count(whole) < LEAST); i++) {
		const slice longer = joined.len ? SAY(say, WORD_PREHEADER_JOIN, joined, parts.items[i]) : parts.items[i];
		const slice candidate =
			verdict->preheader.len ? SAY(say, WORD_PREHEADER, verdict->preheader, longer) : SAY(say, WORD_PART_SENTENCE, longer);

		if (utf8_count(candidate) > MOST)
			continue;
		joined = longer;
		whole = candidate;
	}
	return whole;
}
