/* SPDX-License-Identifier: MIT */
/* catch.c - courant catch: a mail server on this machine that keeps what it is sent */
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/num.h"
#include "base/secret.h"
#include "catch/catch.h"
#include "cli/cli.h"
#include "net/tls.h"

#define PEM_MAX_BYTES   ((size_t)1 << 20)
#define WORDS_MAX_BYTES 16384

/* Certificate and key, and the file that a client can be told to trust. */
struct identity {
	struct buffer certificate, key;
	struct buffer path;
	bool is_own; /* made here: the file has to be written */
};
#define IDENTITY_NONE                                                                              \
	{.certificate = BUFFER_LIMIT(PEM_MAX_BYTES), .key = BUFFER_LIMIT(PEM_MAX_BYTES), .path = BUFFER_LIMIT(WORDS_MAX_BYTES)}

static void identity_release(struct identity *identity)
{
	buffer_release(&identity->certificate);
	secret_release(&identity->key);
	buffer_release(&identity->path);
}
AUTO_DEFINE_VALUE(identity, struct identity, identity_release)

static int make_identity(const char *maildir, int64_t now_ms, struct identity *identity, courant_error **err)
{
	AUTO(secret) char *certificate = NULL;
	AUTO(secret) char *key = NULL;

	if (tls_make_certificate(now_ms, &certificate, &key, err) < 0)
		return -1;
	buffer_append(&identity->certificate, slice_of(certificate));
	buffer_append(&identity->key, slice_of(key));
	buffer_printf(&identity->path, "%s/ca.pem", maildir);
	identity->is_own = true;
	return buffer_check(&identity->path, err);
}

static int find_identity(const struct cli_call *call, const char *maildir, struct identity *identity, courant_error **err)
{
	const char *certificate = cli_value(call, "cert"), *key = cli_value(call, "key");

	if (!certificate && !key)
		return make_identity(maildir, call->now_ms, identity, err);
	if (!certificate)
		return fail(err, COURANT_USAGE, "--key is of no use without --cert");
	if (file_read(certificate, &identity->certificate, err) < 0)
		return fail_within(err, "--cert");
	if (file_read(key ? key : certificate, &identity->key, err) < 0)
		return fail_within(err, "--key");
	buffer_append(&identity->path, slice_of(certificate));
	return 0;
}

static int read_tls(const struct cli_call *call, enum catch_tls *ret, courant_error **err)
{
	static const char *const words[] = {[CATCH_TLS_STARTTLS] = "starttls", [CATCH_TLS_FIRST] = "tls", [CATCH_TLS_NONE] = "none"};
	const char *value = cli_value(call, "tls");

	for (size_t i = 0; value && i < sizeof words / sizeof *words; i++)
		if (strcmp(value, words[i]) == 0) {
			*ret = (enum catch_tls)i;
			return 0;
		}
	return value ? fail(err, COURANT_USAGE, "--tls is \"%s\", not starttls, tls or none", value) : 0;
}

static int read_count(const struct cli_call *call, uint64_t *ret, courant_error **err)
{
	const char *value = cli_value(call, "count");

	if (value && (!num_parse_u64(slice_of(value), ret) || *ret == 0))
		return fail(err, COURANT_USAGE, "--count is \"%s\", not a number of mails", value);
	return 0;
}

static void say_caught(void *context, const char *name, slice summary)
{
	const struct cli_call *call = context;
	AUTO(buffer) struct buffer line = BUFFER_LIMIT(WORDS_MAX_BYTES);

	buffer_printf(&line, "caught new/%s ", name);
	buffer_append(&line, summary);
	buffer_append_byte(&line, '\n');
	if (!call->is_quiet)
		(void)cli_print(buffer_peek(&line), NULL);
}

/* What scripts wait for: when the line is there, the server answers and the certificate can be read. */
static int announce(const struct catch *catch, const struct identity *identity, courant_error **err)
{
	AUTO(buffer) struct buffer words = BUFFER_LIMIT(WORDS_MAX_BYTES);
	slice text;

	if (identity->is_own && file_write_atomic(identity->path.bytes, buffer_peek(&identity->certificate), 0644, err) < 0)
		return -1;
	if (identity->path.len > 0)
		buffer_printf(&words, "certificate %s\n", identity->path.bytes);
	buffer_append(&words, SLICE("listening on "));
	address_write(&words, catch_address(catch));
	buffer_append_byte(&words, '\n');
	return buffer_slice(&words, &text, err) < 0 ? -1 : cli_print(text, err);
}

static int run(struct cli_call *call, courant_error **err)
{
	const char *listen = cli_value(call, "listen");
	const struct cli_password_source source = {.command = cli_value(call, "password-command"), .file = cli_value(call, "password-file"),
						   .user = cli_value(call, "user"), .host = "localhost"};
	struct catch_options options = {.maildir = cli_value(call, "maildir"), .user = source.user, .caught = say_caught, .context = call};
	AUTO(secret) char *password = NULL;
	AUTO(identity) struct identity identity = IDENTITY_NONE;

	if (!options.maildir)
		return fail(err, COURANT_USAGE, "where do the mails go? Give --maildir FOLDER");
	if (read_tls(call, &options.tls, err) < 0 || read_count(call, &options.mails_max, err) < 0 ||
	    (options.user && !(password = cli_password_take(&source, err))) ||
	    (options.tls != CATCH_TLS_NONE && find_identity(call, options.maildir, &identity, err) < 0))
		return -1;
	options.password = password;
	options.certificate_pem = buffer_peek(&identity.certificate);
	options.key_pem = buffer_peek(&identity.key);

	AUTO(close) int stop_fd = cli_stop_open(err);

	if (stop_fd < 0)
		return -1;
	options.stop_fd = stop_fd;

	AUTO(catch) struct catch *catch = catch_new(&options, slice_of(listen ? listen : "127.0.0.1:0"), err);

	return !catch || announce(catch, &identity, err) < 0 ? -1 : catch_serve(catch, err);
}

int catch_run(struct cli_call *call)
{
	courant_error *err = NULL;

	return run(call, &err) < 0 ? cli_fail(call, err) : 0;
}
