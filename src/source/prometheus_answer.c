/* SPDX-License-Identifier: MIT */
/* prometheus_answer.c - JSON of Prometheus into rows (prometheus_answer.h) */
#include "source/prometheus_answer.h"

#include <jansson.h>
#include <math.h>

#include "base/alloc.h"
#include "base/num.h"

static void free_json(json_t *json)
{
	json_decref(json);
}
AUTO_DEFINE(json, json_t, free_json)

static void free_labels(struct matrix_label *labels, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		free(labels[i].name);
		free(labels[i].value);
	}
	free(labels);
}

void matrix_release(struct matrix *matrix)
{
	for (size_t i = 0; i < matrix->n_series; i++) {
		free_labels(matrix->series[i].labels, matrix->series[i].n_labels);
		free(matrix->series[i].values);
	}
	matrix->n_series = 0;
}

static int make_no_sense(const char *what, courant_error **err)
{
	return fail(err, COURANT_PROTOCOL, "the answer is none of Prometheus: %s", what);
}

/* ---- labels ---- */

static bool has_labels(const struct matrix_series *series, const json_t *metric)
{
	if (series->n_labels != json_object_size(metric))
		return false;
	for (size_t i = 0; i < series->n_labels; i++) {
		const char *value = json_string_value(json_object_get(metric, series->labels[i].name));

		if (!value || !slice_equal(slice_of(value), slice_of(series->labels[i].value)))
			return false;
	}
	return true;
}

static int copy_labels(struct matrix_series *series, json_t *metric, courant_error **err)
{
	const char *name;
	json_t *value;

	series->labels = mem_array(json_object_size(metric) + 1, sizeof *series->labels);
	if (!series->labels)
		return fail_memory(err);
	json_object_foreach (metric, name, value) {
		struct matrix_label *label = &series->labels[series->n_labels];

		if (!json_is_string(value))
			return make_no_sense("a label is no text", err);
		label->name = mem_copy_text(name);
		label->value = mem_copy_text(json_string_value(value));
		series->n_labels++;
		if (!label->name || !label->value)
			return fail_memory(err);
	}
	return 0;
}

static struct matrix_series *add_series(struct matrix *matrix, json_t *metric, courant_error **err)
{
	if (matrix->n_series == MATRIX_SERIES_MAX) {
		(void)fail(err, COURANT_TOO_LARGE, "the query gives more than %d series: join them, as sum by (instance) does", MATRIX_SERIES_MAX);
		return NULL;
	}
	if (json_object_size(metric) > MATRIX_LABELS_MAX) {
		(void)make_no_sense("a series of more than 64 labels", err);
		return NULL;
	}

	struct matrix_series *series = &matrix->series[matrix->n_series++];

	*series = (struct matrix_series){.values = mem_array(matrix->n_points + 1, sizeof *series->values)};
	if (!series->values) {
		(void)fail_memory(err);
		return NULL;
	}
	for (size_t i = 0; i < matrix->n_points; i++)
		series->values[i] = NAN;
	return copy_labels(series, metric, err) < 0 ? NULL : series;
}

static struct matrix_series *find_series(struct matrix *matrix, json_t *metric, courant_error **err)
{
	for (size_t i = 0; i < matrix->n_series; i++)
		if (has_labels(&matrix->series[i], metric))
			return &matrix->series[i];
	return add_series(matrix, metric, err);
}

/* ---- values ---- */

/* "0.5", "1e+06"; NaN and infinities are unknown. */
static bool read_value(const char *text, double *ret)
{
	static const char *const unknown[] = {"NaN", "+Inf", "-Inf", "Inf"};

	for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++) {
		if (slice_equal(slice_of(text), slice_of(unknown[i]))) {
			*ret = NAN;
			return true;
		}
	}
	return num_parse_double(slice_of(text), ret);
}

/* [1794182400.25, "0.5"]: its time must be one that was asked for. */
static int read_point(const struct matrix *matrix, struct matrix_series *series, const json_t *point, courant_error **err)
{
	const json_t *time = json_array_get(point, 0), *text = json_array_get(point, 1);
	double value;

	if (json_array_size(point) != 2 || !json_is_number(time) || !json_is_string(text) || !read_value(json_string_value(text), &value))
		return make_no_sense("a point is no pair of a time and a number", err);

	const double place = (json_number_value(time) * 1000 - (double)matrix->from_ms) / (double)matrix->step_ms;
	const double whole = round(place);

	if (!(whole >= 0 && whole < (double)matrix->n_points) || fabs(place - whole) * (double)matrix->step_ms > 1)
		return make_no_sense("it holds a time that was not asked for", err);
	series->values[(size_t)whole] = value;
	return 0;
}

static int read_series(struct matrix *matrix, const json_t *item, courant_error **err)
{
	json_t *metric = json_object_get(item, "metric"), *values = json_object_get(item, "values");
	size_t i;
	json_t *point;

	if (json_object_get(item, "histograms"))
		return fail(err, COURANT_CONFIG, "the query gives histograms: make numbers of them, as histogram_quantile(0.95, \xe2\x80\xa6) does");
	if (!json_is_object(metric) || !json_is_array(values))
		return make_no_sense("a series has no labels or no values", err);

	struct matrix_series *series = find_series(matrix, metric, err);

	if (!series)
		return -1;
	json_array_foreach (values, i, point)
		if (read_point(matrix, series, point, err) < 0)
			return -1;
	return 0;
}

static int read_refusal(const json_t *answer, courant_error **err)
{
	const char *type = json_string_value(json_object_get(answer, "errorType")), *words = json_string_value(json_object_get(answer, "error"));
	const bool is_late = type && (slice_equal(slice_of(type), SLICE("timeout")) || slice_equal(slice_of(type), SLICE("unavailable")));

	return fail(err, is_late ? COURANT_TEMPORARY : COURANT_CONFIG, "Prometheus refuses the query: %s: %s", type ? type : "no reason",
		    words ? words : "it does not say why");
}

int matrix_read(struct matrix *matrix, slice bytes, courant_error **err)
{
	json_error_t fault;
	AUTO(json) json_t *answer = json_loadb(bytes.ptr ? bytes.ptr : "", bytes.len, JSON_REJECT_DUPLICATES, &fault);
	const char *status = json_string_value(json_object_get(answer, "status"));
	const json_t *data = json_object_get(answer, "data"), *result = json_object_get(data, "result");
	const char *type = json_string_value(json_object_get(data, "resultType"));
	size_t i;
	json_t *item;

	if (!answer)
		return fail(err, COURANT_PROTOCOL, "the answer is none of Prometheus: line %d: %s", fault.line, fault.text);
	if (!status)
		return make_no_sense("it has no status", err);
	if (!slice_equal(slice_of(status), SLICE("success")))
		return read_refusal(answer, err);
	if (!type || !slice_equal(slice_of(type), SLICE("matrix")) || !json_is_array(result))
		return make_no_sense("its result is no matrix", err);
	json_array_foreach (result, i, item)
		if (read_series(matrix, item, err) < 0)
			return -1;
	return 0;
}

/* ---- names ---- */

static const char *value_of(const struct matrix_series *series, const char *label)
{
	for (size_t i = 0; i < series->n_labels; i++)
		if (slice_equal(slice_of(series->labels[i].name), slice_of(label)))
			return series->labels[i].value;
	return "";
}

/* Whether a label does not have the same value everywhere. */
static bool differs(const struct matrix *matrix, const char *label)
{
	for (size_t i = 1; i < matrix->n_series; i++)
		if (!slice_equal(slice_of(value_of(&matrix->series[i], label)), slice_of(value_of(&matrix->series[0], label))))
			return true;
	return false;
}

void matrix_write_name(const struct matrix *matrix, size_t i, const char *label, struct buffer *out)
{
	const struct matrix_series *series = &matrix->series[i];
	const size_t begun = out->len;

	if (label)
		buffer_append(out, slice_of(value_of(series, label)));
	for (size_t k = 0; !label && k < series->n_labels; k++) {
		if (!differs(matrix, series->labels[k].name))
			continue;
		if (out->len > begun)
			buffer_append_byte(out, ' ');
		buffer_append(out, slice_of(series->labels[k].value));
	}
	if (out->len == begun)
		buffer_append(out, SLICE("value"));
}
