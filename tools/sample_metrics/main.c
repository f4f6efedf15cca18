/* SPDX-License-Identifier: MIT */
/* main.c - courant-sample-metrics: writes made-up samples into RRD files and a store of probes, or as CSV; the same every time */
#include <math.h>
#include <stdio.h>
#include <sysexits.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/num.h"
#include "cli/libexec.h"
#include "collect/collect.h"
#include "sample.h"

#define OUT_MAX_BYTES ((size_t)256 << 20)
#define BATCH         2880 /* probes that are kept at once */

static const char usage[] =
	"Usage: courant-sample-metrics machine FOLDER|- [END]\n"
	"       courant-sample-metrics probes FOLDER|- [END]\n"
	"\n"
	"machine   eight days of a machine's and its MySQL's counters, until END (2026-11-10T05:50:00+08:00), into system.rrd and mysql.rrd\n"
	"probes    two weeks of probes of one page, until END (2026-03-23T00:00:00+08:00), into probes.db\n"
	"-         CSV on standard output instead\n";

/* ---- CSV ---- */

static void write_number(struct buffer *out, double value)
{
	buffer_append_byte(out, ',');
	if (isfinite(value))
		num_write_double(out, value);
}

static void write_series(struct buffer *out, const struct sample_series *series)
{
	const size_t n = series->layout->n_figures;

	buffer_append(out, SLICE("time"));
	for (size_t i = 0; i < n; i++)
		if (series->layout->figures[i].measure)
			buffer_printf(out, ",%s", series->layout->figures[i].name);
	buffer_append_byte(out, '\n');
	for (size_t row = 0; row < series->n; row++) {
		rfc3339_write(out, series->times_ms[row], 8 * 3600);
		for (size_t i = 0; i < n; i++)
			if (series->layout->figures[i].measure)
				write_number(out, series->figures[row * n + i]);
		buffer_append_byte(out, '\n');
	}
}

static void write_results(struct buffer *out, const struct probe_result *results, size_t n)
{
	buffer_append(out, SLICE("time,result,status,total_us\n"));
	for (size_t i = 0; i < n; i++) {
		rfc3339_write(out, results[i].at_ms, 8 * 3600);
		buffer_printf(out, ",%s,%u,%lld\n", probe_kind_name(results[i].kind), results[i].status, (long long)results[i].total_us);
	}
}

static int print(const struct buffer *out, courant_error **err)
{
	slice text;

	if (buffer_slice(out, &text, err) < 0)
		return -1;
	return fwrite(text.ptr, 1, text.len, stdout) == text.len && fflush(stdout) == 0 ? 0 : fail(err, COURANT_IO, "cannot write to standard output");
}

/* ---- both ---- */

static bool is_printed(const char *folder)
{
	return slice_equal(slice_of(folder), SLICE("-"));
}

static int store_series(struct rrd_pipe *pipe, const char *folder, struct sample_series *series, courant_error **err)
{
	AUTO(buffer) struct buffer out = BUFFER_LIMIT(OUT_MAX_BYTES);

	if (!is_printed(folder))
		return collect_store_all(pipe, folder, series->layout, series->times_ms, series->figures, series->n, err);
	write_series(&out, series);
	return print(&out, err);
}

static int make_machine(const char *folder, int64_t end_ms, courant_error **err)
{
	AUTO(buffer) struct buffer program = BUFFER_LIMIT(4096);
	AUTO(rrd_pipe) struct rrd_pipe *pipe = rrd_pipe_new(libexec_find("courant-rrd", &program) ? program.bytes : NULL, err);
	struct sample_series system = {.n = 0}, mysql = {.n = 0};
	const bool is_made = pipe && sample_system(end_ms, &system, err) == 0 && store_series(pipe, folder, &system, err) == 0 &&
			     sample_mysql(end_ms, &mysql, err) == 0 && store_series(pipe, folder, &mysql, err) == 0;

	sample_series_release(&system);
	sample_series_release(&mysql);
	return is_made ? 0 : -1;
}

static int store_results(const char *folder, const struct probe_target *target, const struct probe_result *results, size_t n, courant_error **err)
{
	AUTO(buffer) struct buffer path = BUFFER_LIMIT(4096);
	AUTO(free) struct probe_target *targets = mem_array(BATCH, sizeof *targets);

	buffer_printf(&path, "%s/probes.db", folder);
	if (!targets || buffer_check(&path, err) < 0)
		return targets ? -1 : fail_memory(err);
	for (size_t i = 0; i < BATCH; i++)
		targets[i] = *target; /* borrows */

	AUTO(probe_store) struct probe_store *store = probe_store_open(path.bytes, PROBE_STORE_WRITE, err);

	for (size_t at = 0; store && at < n; at += BATCH)
		if (probe_store_add(store, targets, results + at, n - at < BATCH ? n - at : BATCH, err) < 0)
			return -1;
	return store ? 0 : -1;
}

static int make_probes(const char *folder, int64_t end_ms, courant_error **err)
{
	AUTO(free) struct probe_result *results = mem_array(SAMPLE_PROBES, sizeof *results);
	AUTO(buffer) struct buffer out = BUFFER_LIMIT(OUT_MAX_BYTES);
	struct probe_target target;

	if (!results)
		return fail_memory(err);

	const size_t n = sample_probes(end_ms, results);
	int status;

	sample_target(&target);
	if (is_printed(folder)) {
		write_results(&out, results, n);
		status = print(&out, err);
	} else {
		status = store_results(folder, &target, results, n, err);
	}
	probe_target_release(&target);
	return status;
}

int main(int argc, char **argv)
{
	const bool is_machine = argc > 2 && slice_equal(slice_of(argv[1]), SLICE("machine"));
	const bool is_probes = argc > 2 && slice_equal(slice_of(argv[1]), SLICE("probes"));
	const char *end = argc > 3 ? argv[3] : is_machine ? "2026-11-10T05:50:00+08:00" : "2026-03-23T00:00:00+08:00";
	courant_error *err = NULL;
	int64_t end_ms;
	int offset_s;

	if ((!is_machine && !is_probes) || argc > 4 || !rfc3339_parse(slice_of(end), &end_ms, &offset_s)) {
		fputs(usage, stderr);
		return EX_USAGE;
	}
	if ((is_machine ? make_machine(argv[2], end_ms, &err) : make_probes(argv[2], end_ms, &err)) == 0)
		return 0;
	fprintf(stderr, "courant-sample-metrics: %s\n", courant_error_sentence(err));
	courant_error_free(err);
	return EX_IOERR;
}
