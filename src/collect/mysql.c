/* SPDX-License-Identifier: MIT */
/* mysql.c - asking a MySQL server for its counters (mysql.h) */
#include "collect/mysql.h"

#include <errmsg.h>
#include <math.h>
#include <mysql.h>
#include <mysqld_error.h>

#include "base/buffer.h"
#include "base/num.h"

#define TIMEOUT_S       10
#define QUERY_MAX_BYTES 4096

static const struct {
	const char *variable;
	enum mysql_figure figure;
} variables[] = {
	{"Bytes_received", MYSQL_NETWORK_RECEIVED},
	{"Bytes_sent", MYSQL_NETWORK_SENT},
	{"Connections", MYSQL_CONNECTIONS_NEW},
	{"Innodb_buffer_pool_read_requests", MYSQL_INNODB_READ_REQUESTS},
	{"Innodb_buffer_pool_reads", MYSQL_INNODB_READS},
	{"Key_read_requests", MYSQL_KEY_READ_REQUESTS},
	{"Key_reads", MYSQL_KEY_READS},
	{"Key_write_requests", MYSQL_KEY_WRITE_REQUESTS},
	{"Key_writes", MYSQL_KEY_WRITES},
	{"Queries", MYSQL_QUERIES_ALL},
	{"Slow_queries", MYSQL_QUERIES_SLOW},
	{"Threads_connected", MYSQL_CONNECTIONS_OPEN},
	{"Threads_running", MYSQL_CONNECTIONS_RUNNING},
};
#define VARIABLES (sizeof variables / sizeof *variables)

static void free_connection(MYSQL *connection)
{
	if (connection)
		mysql_close(connection);
}
AUTO_DEFINE(connection, MYSQL, free_connection)

static void free_result(MYSQL_RES *result)
{
	mysql_free_result(result);
}
AUTO_DEFINE(result, MYSQL_RES, free_result)

static enum courant_code code_of(unsigned number)
{
	switch (number) {
	case ER_ACCESS_DENIED_ERROR:
	case ER_ACCESS_DENIED_NO_PASSWORD_ERROR:
		return COURANT_LOGIN;
	case CR_SSL_CONNECTION_ERROR:
		return COURANT_TLS;
	case CR_UNKNOWN_HOST:
		return COURANT_HOST_UNKNOWN;
	default:
		return COURANT_TEMPORARY;
	}
}

static int fail_mysql(const struct mysql_server *server, MYSQL *connection, courant_error **err)
{
	const char *place = server->host ? server->host : server->socket ? server->socket : "this machine";

	return fail(err, code_of(mysql_errno(connection)), "MySQL at %s: %s", place, mysql_error(connection));
}

static bool is_local(const struct mysql_server *server)
{
	static const char *const here[] = {"localhost", "127.0.0.1", "::1"};

	for (size_t i = 0; server->host && i < sizeof here / sizeof *here; i++)
		if (slice_equal(slice_of(server->host), slice_of(here[i])))
			return true;
	return !server->host;
}

static void set_options(const struct mysql_server *server, MYSQL *connection)
{
	const unsigned timeout_s = server->timeout_s ? server->timeout_s : TIMEOUT_S, nothing = 0;
	const my_bool yes = 1;

	(void)mysql_optionsv(connection, MYSQL_OPT_CONNECT_TIMEOUT, &timeout_s);
	(void)mysql_optionsv(connection, MYSQL_OPT_READ_TIMEOUT, &timeout_s);
	(void)mysql_optionsv(connection, MYSQL_OPT_WRITE_TIMEOUT, &timeout_s);
	/* A server may ask for files of ours otherwise. */
	(void)mysql_optionsv(connection, MYSQL_OPT_LOCAL_INFILE, &nothing);
	if (is_local(server) || server->is_clear)
		return;
	(void)mysql_optionsv(connection, MYSQL_OPT_SSL_ENFORCE, &yes);
	(void)mysql_optionsv(connection, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &yes);
	if (server->ca_file)
		(void)mysql_optionsv(connection, MYSQL_OPT_SSL_CA, server->ca_file);
	else
		(void)mysql_optionsv(connection, MYSQL_OPT_SSL_CAPATH, "/etc/ssl/certs");
}

static int write_query(struct buffer *query, courant_error **err)
{
	buffer_append(query, SLICE("show global status where Variable_name in ("));
	for (size_t i = 0; i < VARIABLES; i++)
		buffer_printf(query, "%s'%s'", i ? "," : "", variables[i].variable);
	buffer_append_byte(query, ')');
	return buffer_check(query, err);
}

static void keep(slice name, slice value, double *figures)
{
	for (size_t i = 0; i < VARIABLES; i++)
		if (slice_equal_nocase(name, slice_of(variables[i].variable)))
			(void)num_parse_double(value, &figures[variables[i].figure]);
}

static int ask(const struct mysql_server *server, MYSQL *connection, double *figures, courant_error **err)
{
	AUTO(buffer) struct buffer query = BUFFER_LIMIT(QUERY_MAX_BYTES);

	if (write_query(&query, err) < 0)
		return -1;
	if (mysql_real_query(connection, query.bytes, query.len))
		return fail_mysql(server, connection, err);

	AUTO(result) MYSQL_RES *result = mysql_store_result(connection);

	if (!result || mysql_num_fields(result) != 2)
		return result ? fail(err, COURANT_PROTOCOL, "MySQL's answer has not two columns") : fail_mysql(server, connection, err);
	for (MYSQL_ROW row; (row = mysql_fetch_row(result));) {
		const unsigned long *lengths = mysql_fetch_lengths(result);

		if (row[0] && row[1])
			keep(slice_from(row[0], lengths[0]), slice_from(row[1], lengths[1]), figures);
	}
	return 0;
}

int mysql_read(const struct mysql_server *server, double figures[MYSQL_FIGURES], courant_error **err)
{
	AUTO(connection) MYSQL *connection = mysql_init(NULL);

	for (size_t i = 0; i < MYSQL_FIGURES; i++)
		figures[i] = NAN;
	if (!connection)
		return fail_memory(err);
	set_options(server, connection);
	if (!mysql_real_connect(connection, server->host, server->user, server->password, NULL, server->port, server->socket, 0))
		return fail_mysql(server, connection, err);
	return ask(server, connection, figures, err);
}
