/* SPDX-License-Identifier: MIT */
/* metrics_scene.c - what may be the matter with series: no samples, a limit crossed, too few of them, memory nearly full, a gap; and how each is said */
#include <math.h>

#include "report/labels.h"
#include "report/metrics.h"
#include "report/scene.h"
#include "report/tile_words.h"

#define GAP_LEAST_MS (30 * MS_PER_MINUTE)

/* ---- Which situations there are ---- */

/* The first picture of which something holds, or NULL. */
typedef bool chart_test(const struct scene *, const struct metric_chart *);

static const struct metric_chart *find(const struct scene *scene, chart_test *holds)
{
	for (size_t i = 0; i < scene->metrics->n; i++)
		if (holds(scene, scene->metrics->items[i]))
			return scene->metrics->items[i];
	return NULL;
}

static bool has_data(const struct scene *scene, const struct metric_chart *chart)
{
	(void)scene;
	return metric_chart_has_data(chart);
}

static bool is_without_data(const struct scene *scene)
{
	return scene->metrics->n > 0 && !find(scene, has_data);
}

/* Rows of the first series beyond the limit: how many, and the worst of them. */
struct crossing {
	size_t n, worst;
	double limit;
};

static struct crossing crossing_of(const struct metric_chart *chart)
{
	struct crossing crossing = {.limit = chart->wanted->threshold};
	const double *values = chart->samples.series[0].values;
	const bool is_floor = chart->wanted->is_floor;

	for (size_t i = 0; chart->wanted->has_threshold && i < chart->samples.n; i++) {
		if (isnan(values[i]) || (is_floor ? values[i] >= crossing.limit : values[i] <= crossing.limit))
			continue;
		if (crossing.n++ == 0 || (is_floor ? values[i] < values[crossing.worst] : values[i] > values[crossing.worst]))
			crossing.worst = i;
	}
	return crossing;
}

static bool is_crossed(const struct scene *scene, const struct metric_chart *chart)
{
	(void)scene;
	return crossing_of(chart).n > 0;
}

static bool has_crossing(const struct scene *scene)
{
	return find(scene, is_crossed);
}

static double coverage_of(const struct metric_chart *chart)
{
	const struct table_head *head = table_head(chart->taken->now);

	return chart->taken->of->is_series ? head->coverage : 1;
}

/* One without any sample is told in its place: no machine has everything. */
static bool lacks_much(const struct scene *scene, const struct metric_chart *chart)
{
	return metric_chart_has_data(chart) && coverage_of(chart) < scene->targets->coverage;
}

static bool is_lacking(const struct scene *scene)
{
	return find(scene, lacks_much);
}

static bool is_full(const struct scene *scene, const struct metric_chart *chart)
{
	const struct picture *picture = &chart->picture;
	const struct summary *summary = &chart->samples.series[0].summary;

	for (size_t i = 0; i < picture->n_references; i++)
		if (picture->references[i].kind == REFERENCE_TOTAL && summary->n && summary->last >= scene->targets->memory * picture->references[i].value)
			return true;
	return false;
}

static bool is_nearly_full(const struct scene *scene)
{
	return find(scene, is_full);
}

static const struct gap *longest_gap(const struct metric_chart *chart)
{
	const struct gap *longest = NULL;

	for (size_t i = 0; i < chart->samples.n_gaps; i++) {
		const struct gap *gap = &chart->samples.gaps[i];

		if (!longest || gap->to_ms - gap->from_ms > longest->to_ms - longest->from_ms)
			longest = gap;
	}
	return longest;
}

static bool has_long_gap(const struct scene *scene, const struct metric_chart *chart)
{
	const struct gap *gap = longest_gap(chart);

	return metric_chart_has_data(chart) && !lacks_much(scene, chart) && coverage_of(chart) < 1 && gap && gap->to_ms - gap->from_ms >= GAP_LEAST_MS;
}

static bool has_gap(const struct scene *scene)
{
	return find(scene, has_long_gap);
}

static bool is_always(const struct scene *scene)
{
	(void)scene;
	return true;
}

/* ---- How each is said ---- */

static slice figure(const struct scene *scene, const struct metric_chart *chart, double value)
{
	AUTO(buffer) struct buffer out = BUFFER_LIMIT(200);

	quantity_write_whole(&out, &chart->quantity, value, scene->say->context);
	return say_text(scene->say, buffer_peek(&out));
}

static slice when(const struct scene *scene, int64_t at_ms)
{
	return label_minute(scene->say, &scene->span, at_ms);
}

static slice no_data_sentence(const struct scene *scene)
{
	const slice period = SAY(scene->say, WORD_IN_PERIOD, label_period(scene->say, &scene->span));
	int64_t last_ms = 0;

	for (size_t i = 0; i < scene->metrics->n; i++) {
		struct source_facts facts;

		source_facts(scene->metrics->items[i]->taken->source->source, &facts);
		last_ms = facts.last_ms > last_ms ? facts.last_ms : last_ms;
	}
	if (last_ms && last_ms <= scene->span.window.from_ms)
		return SAY(scene->say, WORD_VERDICT_NO_SAMPLES_LAST, period, say_iso_time(scene->say, last_ms));
	return SAY(scene->say, WORD_VERDICT_NO_SAMPLES, period);
}

static slice no_data_headline(const struct scene *scene)
{
	return say_word(scene->say, WORD_STATUS_NO_DATA);
}

static slice crossing_sentence(const struct scene *scene)
{
	const struct metric_chart *chart = find(scene, is_crossed);
	const struct crossing crossing = crossing_of(chart);
	struct say *say = scene->say;

	return SAY(say, chart->wanted->is_floor ? WORD_VERDICT_UNDER : WORD_VERDICT_OVER_LIMIT, metric_full_name(say, chart, 0),
		   figure(scene, chart, chart->samples.series[0].values[crossing.worst]), figure(scene, chart, crossing.limit),
		   say_duration(say, (int64_t)crossing.n * chart->samples.step_ms), when(scene, chart->samples.at_ms[crossing.worst]));
}

static slice crossing_cause(const struct scene *scene)
{
	const struct metric_chart *chart = find(scene, is_crossed);

	return SAY(scene->say, WORD_CAUSE_CROSSED, metric_full_name(scene->say, chart, 0),
		   figure(scene, chart, chart->samples.series[0].values[crossing_of(chart).worst]));
}

static slice gap_words(const struct scene *scene, const struct metric_chart *chart, enum word one, enum word several)
{
	const struct gap *gap = longest_gap(chart);
	struct say *say = scene->say;

	return SAY(say, chart->samples.n_gaps > 1 ? several : one, metric_subject(say, chart), when(scene, gap->from_ms),
		   label_minute_end(say, &scene->span, gap->to_ms), say_duration(say, gap->to_ms - gap->from_ms), say_share(say, coverage_of(chart)),
		   say_count(say, chart->samples.n_gaps));
}

static slice lacking_sentence(const struct scene *scene)
{
	const struct metric_chart *chart = find(scene, lacks_much);

	if (!longest_gap(chart))
		return SAY(scene->say, WORD_VERDICT_THIN, metric_subject(scene->say, chart), say_share(scene->say, coverage_of(chart)));
	return gap_words(scene, chart, WORD_VERDICT_LACKING, WORD_VERDICT_LACKING_OFTEN);
}

static slice lacking_cause(const struct scene *scene)
{
	const struct metric_chart *chart = find(scene, lacks_much);

	return SAY(scene->say, WORD_CAUSE_LACKING, metric_subject(scene->say, chart), say_share(scene->say, coverage_of(chart)));
}

static slice gap_sentence(const struct scene *scene)
{
	return gap_words(scene, find(scene, has_long_gap), WORD_VERDICT_SAMPLES_GAP, WORD_VERDICT_SAMPLES_GAPS);
}

static slice gap_cause(const struct scene *scene)
{
	return gap_words(scene, find(scene, has_long_gap), WORD_CAUSE_SAMPLES_GAP, WORD_CAUSE_SAMPLES_GAPS);
}

static double total_of(const struct metric_chart *chart)
{
	for (size_t i = 0; i < chart->picture.n_references; i++)
		if (chart->picture.references[i].kind == REFERENCE_TOTAL)
			return chart->picture.references[i].value;
	return NAN;
}

/* Whether nothing else is the matter with the series. */
static bool is_alone(const struct scene *scene)
{
	return !has_crossing(scene) && !is_lacking(scene) && !scene->is_beside;
}

static slice full_sentence(const struct scene *scene)
{
	const struct metric_chart *chart = find(scene, is_full);
	struct say *say = scene->say;

	return SAY(say, is_alone(scene) ? WORD_VERDICT_FULL : WORD_VERDICT_FULL_BESIDE, metric_subject(say, chart),
		   figure(scene, chart, chart->samples.series[0].summary.last), figure(scene, chart, total_of(chart)));
}

static slice full_cause(const struct scene *scene)
{
	const struct metric_chart *chart = find(scene, is_full);

	return SAY(scene->say, WORD_CAUSE_FULL, metric_subject(scene->say, chart),
		   say_share(scene->say, chart->samples.series[0].summary.last / total_of(chart)));
}

static slice full_headline(const struct scene *scene)
{
	const struct metric_chart *chart = find(scene, is_full);
	const double last = chart->samples.series[0].summary.last;

	return SAY(scene->say, WORD_HEADLINE_FULL, metric_subject(scene->say, chart), figure(scene, chart, last), figure(scene, chart, total_of(chart)),
		   say_share(scene->say, last / total_of(chart)));
}

/* What memory gives way to. */
static slice swap_detail(const struct scene *scene)
{
	const struct metric_chart *chart = find(scene, is_full);
	const size_t column = table_find_column(chart->taken->now, "swap_used");
	struct summary summary;

	if (column == SLICE_NONE || taken_summary(chart->taken->now, column, &summary, NULL) < 0 || !summary.n || !(summary.greatest > 0))
		return SLICE("");
	if (summary.greatest - summary.least <= 0.1 * summary.average)
		return SAY(scene->say, WORD_SWAP_STEADY, say_memory(scene->say, summary.average));
	return SAY(scene->say, WORD_SWAP_BETWEEN, say_memory(scene->say, summary.least), say_memory(scene->say, summary.greatest));
}

/* The first two figures that the report shows; `none`: what is said without any, WORDS: nothing. */
static slice normal_words(const struct scene *scene, enum word none, enum word one, enum word two)
{
	const struct tile *first = tile_of_document(scene->document, 0), *second = tile_of_document(scene->document, 1);
	struct say *say = scene->say;

	if (!first)
		return none == WORDS ? SLICE("") : say_word(say, none);
	return second ? SAY(say, two, tile_words(say, first, false), tile_words(say, second, false)) : SAY(say, one, tile_words(say, first, false));
}

static slice normal_sentence(const struct scene *scene)
{
	if (scene->is_beside)
		return say_word(scene->say, WORD_VERDICT_SERIES_NORMAL);
	return normal_words(scene, WORD_VERDICT_ALL_NORMAL, WORD_VERDICT_NORMAL_ONE, WORD_VERDICT_NORMAL);
}

static slice normal_cause(const struct scene *scene)
{
	return normal_words(scene, WORDS, WORD_CAUSE_ONE, WORD_CAUSE_TWO);
}

/* The worst first. A gap that leaves most of the samples is told, but counts less than what the others say. */
static const struct situation situations[] = {
	{.status = STATUS_INCOMPLETE, .status_word = WORD_STATUS_NO_DATA, .subject_word = WORD_SUBJECT_NO_DATA, .holds = is_without_data,
	 .sentence = no_data_sentence, .headline = no_data_headline, .ends = true},
	{.status = STATUS_PROBLEM, .status_word = WORD_STATUS_PROBLEM, .subject_word = WORD_SUBJECT_PROBLEM, .holds = has_crossing,
	 .sentence = crossing_sentence, .cause = crossing_cause},
	{.status = STATUS_INCOMPLETE, .status_word = WORD_STATUS_INCOMPLETE, .subject_word = WORD_SUBJECT_INCOMPLETE, .holds = is_lacking,
	 .sentence = lacking_sentence, .cause = lacking_cause},
	{.status = STATUS_ATTENTION, .status_word = WORD_STATUS_ATTENTION, .subject_word = WORD_SUBJECT_ATTENTION, .holds = is_nearly_full,
	 .sentence = full_sentence, .cause = full_cause, .headline = full_headline, .detail = swap_detail},
	{.status = STATUS_ATTENTION, .status_word = WORD_STATUS_ATTENTION, .subject_word = WORD_SUBJECT_ATTENTION, .holds = has_gap,
	 .sentence = gap_sentence, .cause = gap_cause},
	{.status = STATUS_OK, .status_word = WORD_STATUS_OK, .subject_word = WORD_SUBJECT_OK, .holds = is_always, .sentence = normal_sentence,
	 .cause = normal_cause},
	{.holds = NULL},
};

struct scene scene_of_metrics(struct say *say, const struct targets *targets, const struct metrics *metrics, const struct document *document,
			      const struct span *span)
{
	return (struct scene){.situations = situations, .say = say, .targets = targets, .metrics = metrics, .document = document, .span = *span};
}
