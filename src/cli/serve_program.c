/* SPDX-License-Identifier: MIT */
/* serve_program.c - running courant-report for the service (serve.h) */
#include "base/alloc.h"
#include "base/clock.h"
#include "cli/libexec.h"
#include "cli/serve.h"

#define WORDS_MAX      16
#define PATH_MAX_BYTES 4096

extern char **environ;

/* Our environment, but that COURANT_NOW has gone on. The array is the caller's; `now` lives as long. */
static char **make_environment(const struct serve *serve, struct buffer *now, courant_error **err)
{
	size_t n = 0, n_kept = 0;

	while (environ[n])
		n++;

	char **environment = mem_array(n + 2, sizeof *environment);

	if (!environment) {
		(void)fail_memory(err);
		return NULL;
	}
	for (size_t i = 0; i < n; i++)
		if (serve->shift_ms == 0 || !slice_starts(slice_of(environ[i]), SLICE("COURANT_NOW=")))
			environment[n_kept++] = environ[i];
	if (serve->shift_ms == 0)
		return environment;
	buffer_append(now, SLICE("COURANT_NOW="));
	rfc3339_write(now, serve_now_ms(serve), 0);
	environment[n_kept] = now->bytes;
	return environment;
}

struct child *serve_start_program(const struct serve *serve, const char *const words[], int64_t until_ms, courant_error **err)
{
	AUTO(buffer) struct buffer path = BUFFER_LIMIT(PATH_MAX_BYTES);
	AUTO(buffer) struct buffer now = BUFFER_LIMIT(100);
	const char *config = cli_value(serve->call, "config");
	char *all[WORDS_MAX] = {(char *)"courant"};
	size_t n = 1;

	for (; words[n - 1] && n < WORDS_MAX - 3; n++)
		all[n] = (char *)words[n - 1];
	if (config) {
		all[n++] = (char *)"--config";
		all[n++] = (char *)config;
	}
	if (!libexec_find("courant-report", &path)) {
		(void)fail(err, COURANT_CONFIG, "there is no courant-report: install the package courant-report");
		return NULL;
	}

	AUTO(free) char **environment = make_environment(serve, &now, err);

	return environment ? child_start(path.bytes, all, environment, until_ms, err) : NULL;
}
