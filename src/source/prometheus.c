/* SPDX-License-Identifier: MIT */
/* prometheus.c - the source prometheus: range queries, each of them a table with a column a series
 *
 * A row's value is what the query gives at the end of the row's step: rate(…[5m]) and its kind look back. Samples are asked for as finely as `step` says and joined
 * by us, so that a spike is seen in the bands of longer rows. */
#include <math.h>

#include "base/alloc.h"
#include "base/secret_file.h"
#include "http/http.h"
#include "http/url.h"
#include "source/grid.h"
#include "source/measure.h"
#include "source/prometheus_answer.h"
#include "source/series.h"

#define POINTS_MAX       11000 /* that Prometheus gives for one request */
#define POINTS_ALL_MAX   55000 /* of a series that we ask for; a longer window has longer steps */
#define STEP_DEFAULT_MS  MS_PER_MINUTE
#define TIMEOUT_MS       (30 * MS_PER_SECOND)
#define ANSWER_MAX_BYTES ((size_t)128 << 20)
#define URL_MAX_BYTES    ((size_t)64 * 1024)
#define QUERIES_MAX      256

struct query {
	char *name, *text;
};

struct prometheus {
	struct source source;
	char *url; /* without a slash at its end */
	char *label, *user, *password, *token, *ca_file, *proxy;
	struct query *queries;
	size_t n_queries;
	struct overrides overrides;
	int64_t step_ms, timeout_ms;
};

/* ---- settings ---- */

static const struct source_option options[] = {
	{.name = "prometheus", .value = "URL", .help = "the server: https://prometheus.example.com"},
	{.name = "queries", .value = "NAME: PROMQL", .shape = SOURCE_MAP, .help = "a table each: the names are the tables', the queries give rates or gauges"},
	{.name = "label", .value = "LABEL", .help = "the label whose values are the columns' names, instead of all in which the series differ"},
	{.name = "step", .value = "DURATION", .help = "how far apart the samples are (1 min)"},
	TYPES_OPTION("QUERY"),
	UNITS_OPTION("QUERY"),
	{.name = "user", .value = "NAME", .help = "the user of a server that wants a login"},
	{.name = "password_file", .value = "FILE", .help = "a file with its password in the first line, readable by its owner only"},
	{.name = "token_file", .value = "FILE", .help = "a file with a token in the first line, instead of user and password"},
	{.name = "ca_file", .value = "FILE", .help = "certificates to trust instead of the system's"},
	{.name = "proxy", .value = "URL", .help = "a proxy that leads there"},
	{.name = "timeout", .value = "DURATION", .help = "how long an answer may take (30 s)"},
};

static void free_prometheus(struct source *source)
{
	struct prometheus *prometheus = (struct prometheus *)source;

	for (size_t i = 0; i < prometheus->n_queries; i++) {
		free(prometheus->queries[i].name);
		free(prometheus->queries[i].text);
	}
	free(prometheus->queries);
	free(prometheus->url);
	free(prometheus->label);
	free(prometheus->user);
	free(prometheus->ca_file);
	free(prometheus->proxy);
	secret_free(prometheus->password);
	secret_free(prometheus->token);
	overrides_release(&prometheus->overrides);
	free(prometheus);
}

static int read_text(const struct settings *settings, const char *name, char **ret, courant_error **err)
{
	const slice value = settings_text(settings, name);

	return value.ptr && !(*ret = mem_copy(value)) ? fail_memory(err) : 0;
}

static int read_secret(const struct settings *settings, const char *name, char **ret, courant_error **err)
{
	const size_t i = settings_find(settings, name, 0);

	if (i == SLICE_NONE)
		return 0;

	AUTO(free) char *path = settings_path(settings, i, err);
	AUTO(error) courant_error *error = NULL;

	if (!path)
		return -1;
	*ret = secret_take_file(path, &error);
	return *ret ? 0 : settings_fail(settings, i, err, "%s", courant_error_sentence(error));
}

static int read_url(struct prometheus *prometheus, const struct settings *settings, courant_error **err)
{
	const size_t at = settings_find(settings, "prometheus", 0);
	slice url = settings->items[at].value;

	if (!http_is_url(url) || slice_find(url, '?') != SLICE_NONE)
		return settings_fail(settings, at, err, "\"%.*s\" is no URL of a server such as https://prometheus.example.com (a user has options of its own)",
				     SLICE_ARGS(url));
	if ((prometheus->password || prometheus->token) && !http_is_safe(url))
		return settings_fail(settings, at, err, "\"%.*s\" would send a password in clear: use https", SLICE_ARGS(url));
	while (url.len && url.ptr[url.len - 1] == '/')
		url.len--;
	prometheus->url = mem_copy(url);
	return prometheus->url ? 0 : fail_memory(err);
}

static int read_queries(struct prometheus *prometheus, const struct settings *settings, courant_error **err)
{
	prometheus->queries = mem_array(QUERIES_MAX, sizeof *prometheus->queries);
	if (!prometheus->queries)
		return fail_memory(err);
	for (size_t at = 0; (at = settings_find(settings, "queries", at)) != SLICE_NONE; at++) {
		struct query *query = &prometheus->queries[prometheus->n_queries];

		if (prometheus->n_queries == QUERIES_MAX)
			return settings_fail(settings, at, err, "more than %d queries", QUERIES_MAX);
		prometheus->n_queries++;
		query->name = mem_copy(settings->items[at].key);
		query->text = mem_copy(settings->items[at].value);
		if (!query->name || !query->text)
			return fail_memory(err);
	}
	return prometheus->n_queries ? 0 : fail(err, COURANT_CONFIG, "a source of kind prometheus needs \"queries\": {requests: sum(rate(http_requests_total[5m]))}");
}

static int check_overrides(const struct prometheus *prometheus, courant_error **err)
{
	const char *names[QUERIES_MAX + 1] = {0};

	for (size_t i = 0; i < prometheus->n_queries; i++)
		names[i] = prometheus->queries[i].name;
	return overrides_check(&prometheus->overrides, names, "query", err);
}

static int read_settings(struct prometheus *prometheus, const struct settings *settings, courant_error **err)
{
	const size_t user = settings_find(settings, "user", 0), ca_file = settings_find(settings, "ca_file", 0);

	if (read_queries(prometheus, settings, err) < 0 || overrides_read(settings, false, &prometheus->overrides, err) < 0 || check_overrides(prometheus, err) < 0 ||
	    settings_duration(settings, "step", &prometheus->step_ms, err) < 0 || settings_duration(settings, "timeout", &prometheus->timeout_ms, err) < 0 ||
	    read_text(settings, "label", &prometheus->label, err) < 0 || read_text(settings, "user", &prometheus->user, err) < 0 ||
	    read_text(settings, "proxy", &prometheus->proxy, err) < 0 || read_secret(settings, "password_file", &prometheus->password, err) < 0 ||
	    read_secret(settings, "token_file", &prometheus->token, err) < 0)
		return -1;
	if (ca_file != SLICE_NONE && !(prometheus->ca_file = settings_path(settings, ca_file, err)))
		return -1;
	if (prometheus->user && prometheus->token)
		return settings_fail(settings, user, err, "a server wants either a user or a token");
	if (prometheus->password && !prometheus->user)
		return settings_fail(settings, settings_find(settings, "password_file", 0), err, "a password needs a \"user\"");
	return read_url(prometheus, settings, err);
}

static struct source *make(const struct settings *settings, courant_error **err)
{
	struct prometheus *prometheus = mem_alloc(sizeof *prometheus);

	if (!prometheus) {
		(void)fail_memory(err);
		return NULL;
	}
	prometheus->step_ms = STEP_DEFAULT_MS;
	prometheus->timeout_ms = TIMEOUT_MS;
	if (read_settings(prometheus, settings, err) == 0)
		return &prometheus->source;
	free_prometheus(&prometheus->source);
	return NULL;
}

/* Its tables are its queries; columns are known when it has answered. */
static int begin(struct source *source, courant_error **err)
{
	const struct prometheus *prometheus = (const struct prometheus *)source;

	if (source_need_zone(source, err) < 0)
		return -1;
	for (size_t i = 0; i < prometheus->n_queries; i++)
		if (source_add_table(source, slice_of(prometheus->queries[i].name), true, NULL, 0, err) < 0)
			return -1;
	return 0;
}

/* ---- asking ---- */

/* query=…&start=…&end=…&step=…, times as seconds with three decimals. */
static int write_form(struct buffer *form, const char *query, int64_t from_ms, int64_t to_ms, int64_t step_ms, courant_error **err)
{
	buffer_append(form, SLICE("query="));
	http_write_escaped(form, slice_of(query));
	buffer_printf(form, "&start=%lld.%03d&end=%lld.%03d&step=%lld.%03d", (long long)(from_ms / 1000), (int)(from_ms % 1000), (long long)(to_ms / 1000),
		      (int)(to_ms % 1000), (long long)(step_ms / 1000), (int)(step_ms % 1000));
	return buffer_check(form, err);
}

/* An answer that is no JSON of Prometheus, from a proxy perhaps, is told by its status. */
static int read_answer(const struct prometheus *prometheus, long status, const struct http *http, struct matrix *matrix, courant_error **err)
{
	AUTO(error) courant_error *error = NULL;

	if (matrix_read(matrix, buffer_peek(&http->body), &error) == 0 && status == 200)
		return 0;
	if (status == 401 || status == 403)
		return fail(err, COURANT_LOGIN, "%s answers %ld: it wants a login (user and password_file, or token_file), or does not accept this one",
			    prometheus->url, status);
	if (status != 200 && (!error || courant_error_code(error) == COURANT_PROTOCOL))
		return fail(err, status >= 500 ? COURANT_TEMPORARY : COURANT_CONFIG, "%s answers %ld", prometheus->url, status);
	return fail(err, courant_error_code(error), "%s: %s", prometheus->url, courant_error_sentence(error));
}

static int ask(const struct prometheus *prometheus, const char *query, int64_t from_ms, int64_t to_ms, struct matrix *matrix, courant_error **err)
{
	AUTO(buffer) struct buffer form = BUFFER_LIMIT(URL_MAX_BYTES), url = BUFFER_LIMIT(URL_MAX_BYTES);
	AUTO(http) struct http http = {0};
	long status = 0;

	buffer_printf(&url, "%s/api/v1/query_range", prometheus->url);
	if (write_form(&form, query, from_ms, to_ms, matrix->step_ms, err) < 0 || buffer_check(&url, err) < 0)
		return -1;

	const struct http_options request = {
		.url = url.bytes,
		.post = form.bytes,
		.timeout_ms = prometheus->timeout_ms,
		.ca_file = prometheus->ca_file,
		.proxy = prometheus->proxy,
		.user = prometheus->user,
		.password = prometheus->password,
		.token = prometheus->token,
		.limit_bytes = ANSWER_MAX_BYTES,
	};

	return http_init(&http, &request, err) < 0 || http_run(&http, url.bytes, &status, err) < 0 ? -1 : read_answer(prometheus, status, &http, matrix, err);
}

static int ask_all(const struct prometheus *prometheus, const char *query, struct matrix *matrix, courant_error **err)
{
	for (size_t i = 0; i < matrix->n_points; i += POINTS_MAX) {
		const size_t n = matrix->n_points - i < POINTS_MAX ? matrix->n_points - i : POINTS_MAX;
		const int64_t from_ms = matrix->from_ms + (int64_t)i * matrix->step_ms;

		if (ask(prometheus, query, from_ms, from_ms + (int64_t)(n - 1) * matrix->step_ms, matrix, err) < 0)
			return -1;
	}
	return 0;
}

/* ---- taking ---- */

/* Without an end until now, without a beginning the day before. */
static struct source_window limit_window(const struct source *source, const struct source_window *window)
{
	struct source_window limited = *window;

	if (limited.to_ms == INT64_MAX)
		limited.to_ms = source->now_ms;
	if (limited.from_ms == INT64_MIN)
		limited.from_ms = limited.to_ms - MS_PER_DAY;
	return limited;
}

/* The points at the ends of the steps that lie in the window, steps counted from 1970 on. */
static void plan_points(const struct prometheus *prometheus, const struct source_window *window, struct matrix *matrix)
{
	const int64_t span_ms = window->to_ms - window->from_ms;

	matrix->step_ms = prometheus->step_ms;
	if (span_ms / matrix->step_ms > POINTS_ALL_MAX)
		matrix->step_ms = grid_choose_step(prometheus->step_ms, span_ms / POINTS_ALL_MAX + 1);

	const int64_t first_ms = grid_floor_plain(window->from_ms + matrix->step_ms - 1, 0, matrix->step_ms);
	const int64_t end_ms = grid_floor_plain(window->to_ms, 0, matrix->step_ms);

	matrix->from_ms = first_ms + matrix->step_ms;
	matrix->n_points = end_ms > first_ms ? (size_t)((end_ms - first_ms) / matrix->step_ms) : 0;
}

static int fill_series(const struct matrix *matrix, struct series *series, double scale, courant_error **err)
{
	for (size_t i = 0; i < matrix->n_points; i++) {
		const size_t row = series_add_row(series, matrix->from_ms + ((int64_t)i - 1) * matrix->step_ms, err);

		if (row == SLICE_NONE)
			return -1;
		for (size_t k = 0; k < matrix->n_series; k++)
			series_row(series, row)[k] = matrix->series[k].values[i] * scale;
	}
	return 0;
}

/* Names of the columns, a text each; two of one name are told. */
static int name_columns(const struct prometheus *prometheus, const struct matrix *matrix, char **names, courant_error **err)
{
	for (size_t i = 0; i < matrix->n_series; i++) {
		AUTO(buffer) struct buffer name = BUFFER_LIMIT(URL_MAX_BYTES);

		matrix_write_name(matrix, i, prometheus->label, &name);
		if (buffer_take(&name, &names[i], NULL, err) < 0)
			return -1;
		for (size_t k = 0; k < i; k++)
			if (slice_equal(slice_of(names[i]), slice_of(names[k])))
				return fail(err, COURANT_CONFIG, "several series have the %s \"%s\": join them, as sum by (%s) does",
					    prometheus->label ? prometheus->label : "name", names[i], prometheus->label ? prometheus->label : "instance");
	}
	return 0;
}

static const struct query *find_query(const struct prometheus *prometheus, const char *name)
{
	const struct query *query = prometheus->queries;

	while (!slice_equal(slice_of(query->name), slice_of(name)))
		query++;
	return query;
}

static struct table *make_table(const struct prometheus *prometheus, const struct query *query, const struct matrix *matrix, char *const *names,
				const struct source_window *window, const struct source_request *request, courant_error **err)
{
	const struct override *override = overrides_find(&prometheus->overrides, slice_of(query->name));
	struct series_column columns[MATRIX_SERIES_MAX];
	AUTO(series) struct series series = {0};

	for (size_t i = 0; i < matrix->n_series; i++)
		columns[i] = (struct series_column){names[i], override->measure ? override->measure->type : TABLE_NUMBER, override->unit};
	if (series_init(&series, columns, matrix->n_series, matrix->step_ms, err) < 0 ||
	    fill_series(matrix, &series, override->measure ? override->measure->scale : 1, err) < 0)
		return NULL;
	return series_take(&series, &(struct table_head){.name = query->name, .source = prometheus->url}, window, request, prometheus->source.zone, err);
}

static struct table *take(struct source *source, const struct source_table *what, const struct source_request *request, courant_error **err)
{
	const struct prometheus *prometheus = (const struct prometheus *)source;
	const struct source_window window = limit_window(source, source_window(source, request));
	const struct query *query = find_query(prometheus, what->name);
	AUTO(free) struct matrix *matrix = mem_alloc(sizeof *matrix);
	char *names[MATRIX_SERIES_MAX] = {0};
	struct table *table = NULL;

	if (!matrix) {
		(void)fail_memory(err);
		return NULL;
	}
	plan_points(prometheus, &window, matrix);
	if (ask_all(prometheus, query->text, matrix, err) < 0)
		(void)fail_within(err, "query %s", query->name);
	else if (name_columns(prometheus, matrix, names, err) == 0)
		table = make_table(prometheus, query, matrix, names, &window, request, err);
	for (size_t i = 0; i < matrix->n_series; i++)
		free(names[i]);
	matrix_release(matrix);
	return table;
}

static void facts(const struct source *source, struct source_facts *ret)
{
	ret->places = (const char *const *)&((const struct prometheus *)source)->url;
}

/* Its server is another machine. */
static int look(struct source *source, courant_error **err)
{
	(void)source;
	(void)err;
	return 0;
}

static const struct source_functions functions = {make, begin, take, facts, free_prometheus, look};

const struct source_kind source_prometheus = {
	.name = "prometheus", .help = "a Prometheus server, or one that answers like it: range queries", OPTIONS(options), .functions = &functions};
