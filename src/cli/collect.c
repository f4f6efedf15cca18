/* SPDX-License-Identifier: MIT */
/* collect.c - courant collect [system] [mysql]: one sample of counters, into RRD files or onto standard output */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "base/num.h"
#include "base/secret.h"
#include "cli/libexec.h"
#include "cli/settings.h"
#include "collect/collect.h"
#include "collect/mysql.h"
#include "collect/system.h"
#include "table/export.h"

#define OUT_MAX_BYTES ((size_t)1 << 20)
#define FIGURES_MAX   64
#define PORT_MAX      65535

/* What is collected: one row a layout. */
enum what { WHAT_SYSTEM, WHAT_MYSQL, WHATS };

struct collection {
	struct cli_call *call;
	struct config config;
	char *folder; /* NULL: nowhere */
	struct rrd_pipe *pipe;
	bool is_wanted[WHATS];
	struct buffer out;
	size_t n_shown;
};

static const struct layout *layout_of(enum what what)
{
	switch (what) {
	case WHAT_SYSTEM:
		return &layout_system;
	case WHAT_MYSQL:
	case WHATS:
		break;
	}
	return &layout_mysql;
}

/* ---- what is asked for ---- */

static int choose(struct collection *collection, courant_error **err)
{
	const struct config_mysql *mysql = &collection->config.samples.mysql;
	const struct cli_call *call = collection->call;

	for (size_t i = 0; i < call->n_arguments; i++) {
		enum what what = WHAT_SYSTEM;

		while (what < WHATS && !slice_equal(slice_of(call->arguments[i]), slice_of(layout_of(what)->name)))
			what++;
		if (what == WHATS)
			return fail(err, COURANT_USAGE, "unknown counters %s: there are system and mysql", call->arguments[i]);
		collection->is_wanted[what] = true;
	}
	if (!call->n_arguments) {
		collection->is_wanted[WHAT_SYSTEM] = true;
		collection->is_wanted[WHAT_MYSQL] = mysql->host || mysql->socket || mysql->user;
	}
	return 0;
}

static const char *either(const struct cli_call *call, const char *option, const char *configured)
{
	const char *value = cli_value(call, option);

	return value ? value : configured;
}

static int read_server(const struct collection *collection, struct mysql_server *ret, char **ret_password, courant_error **err)
{
	static const struct config_mysql nothing;
	const struct cli_call *call = collection->call;
	/* A server that the command line names has nothing of the one that is configured. */
	const bool is_named = cli_value(call, "host") || cli_value(call, "socket");
	const struct config_mysql *mysql = is_named ? &nothing : &collection->config.samples.mysql;
	const char *port = cli_value(call, "port"), *tls = cli_value(call, "tls");
	uint64_t number = mysql->port;
	const struct cli_password_source password = {
		.command = either(call, "password-command", mysql->password_command),
		.file = either(call, "password-file", mysql->password_file),
	};

	if (cli_value(call, "host") && cli_value(call, "socket"))
		return fail(err, COURANT_USAGE, "--host and --socket exclude each other");
	if (port && !num_parse_range(slice_of(port), 1, PORT_MAX, &number))
		return fail(err, COURANT_USAGE, "--port is %s, not a number from 1 to %d", port, PORT_MAX);
	if (tls && !slice_equal(slice_of(tls), SLICE("verified")) && !slice_equal(slice_of(tls), SLICE("none")))
		return fail(err, COURANT_USAGE, "--tls is %s, neither verified nor none", tls);
	*ret = (struct mysql_server){
		.host = either(call, "host", mysql->host),
		.socket = either(call, "socket", mysql->socket),
		.user = either(call, "user", mysql->user),
		.ca_file = either(call, "ca-file", mysql->ca_file),
		.port = (unsigned)number,
		.is_clear = tls ? slice_equal(slice_of(tls), SLICE("none")) : mysql->is_clear,
	};
	if (!password.command && !password.file && !getenv("COURANT_PASSWORD"))
		return 0;
	ret->password = *ret_password = cli_password_take(&password, err);
	return ret->password ? 0 : -1;
}

static int read_mysql(const struct collection *collection, double *figures, courant_error **err)
{
	AUTO(secret) char *password = NULL;
	struct mysql_server server;

	return read_server(collection, &server, &password, err) < 0 ? -1 : mysql_read(&server, figures, err);
}

static int read_figures(const struct collection *collection, enum what what, double *figures, courant_error **err)
{
	const char *root = cli_value(collection->call, "root");

	switch (what) {
	case WHAT_SYSTEM:
		return system_read(root ? root : "", figures, err);
	case WHAT_MYSQL:
	case WHATS:
		break;
	}
	return read_mysql(collection, figures, err);
}

/* ---- what becomes of it ---- */

static void show_lines(struct buffer *out, const struct layout *layout, const double *figures)
{
	for (size_t i = 0; i < layout->n_figures; i++) {
		if (!layout->figures[i].measure)
			continue;
		buffer_printf(out, "%s.%s ", layout->name, layout->figures[i].name);
		if (isfinite(figures[i]))
			num_write_double(out, figures[i]);
		else
			buffer_append_byte(out, '-');
		buffer_append_byte(out, '\n');
	}
}

static void show_json(struct collection *collection, const struct layout *layout, const double *figures)
{
	struct buffer *out = &collection->out;

	if (!collection->n_shown) {
		buffer_append(out, SLICE("{\"time\":\""));
		rfc3339_write(out, collection->call->now_ms, 0);
		buffer_append_byte(out, '"');
	}
	buffer_printf(out, ",\n\"%s\":{", layout->name);
	for (size_t i = 0, n = 0; i < layout->n_figures; i++) {
		if (!layout->figures[i].measure)
			continue;
		buffer_printf(out, "%s\"%s\":", n++ ? "," : "", layout->figures[i].name);
		if (isfinite(figures[i]))
			num_write_double(out, figures[i]);
		else
			buffer_append(out, SLICE("null"));
	}
	buffer_append_byte(out, '}');
}

static int collect_one(struct collection *collection, enum what what, courant_error **err)
{
	const struct cli_call *call = collection->call;
	const struct layout *layout = layout_of(what);
	double figures[FIGURES_MAX];

	if (read_figures(collection, what, figures, err) < 0)
		return -1;
	if (cli_flag(call, "json"))
		show_json(collection, layout, figures);
	else if (cli_flag(call, "print") || !collection->folder)
		show_lines(&collection->out, layout, figures);
	collection->n_shown++;
	return collection->folder ? collect_store(collection->pipe, collection->folder, layout, call->now_ms, figures, err) : 0;
}

/* One that fails does not keep the others from being collected. The first one's exit status. */
static int collect_all(struct collection *collection)
{
	courant_error *err = NULL;
	int status = 0;

	for (enum what what = WHAT_SYSTEM; what < WHATS; what++) {
		if (!collection->is_wanted[what] || collect_one(collection, what, &err) == 0)
			continue;

		const int failed = cli_fail(collection->call, err);

		err = NULL;
		status = status ? status : failed;
	}
	if (cli_flag(collection->call, "json") && collection->n_shown)
		buffer_append(&collection->out, SLICE("}\n"));
	if (cli_print(buffer_peek(&collection->out), &err) < 0)
		return cli_fail(collection->call, err);
	return status;
}

static int prepare(struct collection *collection, courant_error **err)
{
	AUTO(buffer) struct buffer program = BUFFER_LIMIT(4096);

	if (settings_load(collection->call, &collection->config, err) < 0 || choose(collection, err) < 0 ||
	    settings_samples(collection->call, &collection->config, &collection->folder, err) < 0)
		return -1;
	collection->pipe = rrd_pipe_new(libexec_find("courant-rrd", &program) ? program.bytes : NULL, err);
	return collection->pipe ? 0 : -1;
}

int collect_run(struct cli_call *call)
{
	struct collection collection = {.call = call, .out = BUFFER_LIMIT(OUT_MAX_BYTES)};
	courant_error *err = NULL;
	const int status = prepare(&collection, &err) < 0 ? cli_fail(call, err) : collect_all(&collection);

	rrd_pipe_free(collection.pipe);
	free(collection.folder);
	buffer_release(&collection.out);
	config_release(&collection.config);
	return status;
}
