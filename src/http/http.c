/* SPDX-License-Identifier: MIT */
/* http.c - setting up libcurl, and what its failures mean (http.h) */
#include "http/http.h"

#include <sys/stat.h>

#include "base/alloc.h"

#define CA_FOLDER     "/etc/ssl/certs"
#define REDIRECTS_MAX 10L
#define URL_SHOWN_MAX 512

static size_t keep_body(char *bytes, size_t size, size_t n, void *context)
{
	struct http *http = context;
	const size_t room = http->limit_bytes - http->body.len, len = size * n;

	buffer_append(&http->body, slice_from(bytes, len < room ? len : room));
	if (len <= room)
		return buffer_check(&http->body, NULL) < 0 ? CURL_WRITEFUNC_ERROR : len;
	http->is_cut = true;
	return CURL_WRITEFUNC_ERROR;
}

/* The folder of hashed certificates first: reading the bundle takes 30 ms. */
static CURLcode set_trust(CURL *easy, const char *ca_file)
{
	struct stat facts;

	if (ca_file) {
		const CURLcode status = curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);

		return status ? status : curl_easy_setopt(easy, CURLOPT_CAINFO, ca_file);
	}
	if (stat(CA_FOLDER, &facts) < 0 || !S_ISDIR(facts.st_mode))
		return CURLE_OK;

	const CURLcode status = curl_easy_setopt(easy, CURLOPT_CAINFO, NULL);

	return status ? status : curl_easy_setopt(easy, CURLOPT_CAPATH, CA_FOLDER);
}

static CURLcode set_login(struct http *http, const struct http_options *options)
{
	CURLcode status = CURLE_OK;

	if (options->user) {
		status = curl_easy_setopt(http->easy, CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
		status = status ? status : curl_easy_setopt(http->easy, CURLOPT_USERNAME, options->user);
		status = status ? status : curl_easy_setopt(http->easy, CURLOPT_PASSWORD, options->password ? options->password : "");
	} else if (options->token) {
		status = curl_easy_setopt(http->easy, CURLOPT_HTTPAUTH, CURLAUTH_BEARER);
		status = status ? status : curl_easy_setopt(http->easy, CURLOPT_XOAUTH2_BEARER, options->token);
	}
	return status;
}

static CURLcode set_method(struct http *http, const struct http_options *options)
{
	if (options->post)
		return curl_easy_setopt(http->easy, CURLOPT_COPYPOSTFIELDS, options->post);
	if (options->is_head)
		return curl_easy_setopt(http->easy, CURLOPT_NOBODY, 1L);
	return CURLE_OK;
}

/* The first failure sticks. */
#define SET(option, value) (status = status ? status : curl_easy_setopt(http->easy, (option), (value)))

static CURLcode set_all(struct http *http, const struct http_options *options)
{
	CURLcode status = CURLE_OK;

	SET(CURLOPT_NOSIGNAL, 1L);
	SET(CURLOPT_PROTOCOLS_STR, "http,https");
	SET(CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
	SET(CURLOPT_URL, options->url);
	SET(CURLOPT_PROXY, options->proxy ? options->proxy : "");
	SET(CURLOPT_USERAGENT, "courant/" COURANT_VERSION);
	SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	SET(CURLOPT_TIMEOUT_MS, (long)options->timeout_ms);
	SET(CURLOPT_CONNECTTIMEOUT_MS, (long)options->timeout_ms);
	SET(CURLOPT_FOLLOWLOCATION, options->follows ? 1L : 0L);
	SET(CURLOPT_MAXREDIRS, REDIRECTS_MAX);
	SET(CURLOPT_WRITEFUNCTION, keep_body);
	SET(CURLOPT_WRITEDATA, http);
	SET(CURLOPT_ERRORBUFFER, http->words);
	status = status ? status : set_trust(http->easy, options->ca_file);
	status = status ? status : set_login(http, options);
	return status ? status : set_method(http, options);
}
#undef SET

int http_init(struct http *http, const struct http_options *options, courant_error **err)
{
	*http = (struct http){.limit_bytes = options->limit_bytes, .body = BUFFER_LIMIT(options->limit_bytes)};
	http->easy = curl_easy_init();
	if (!http->easy)
		return fail_memory(err);

	const CURLcode status = set_all(http, options);

	if (status == CURLE_OK)
		return 0;
	http_release(http);
	return status == CURLE_OUT_OF_MEMORY ? fail_memory(err) : fail(err, COURANT_CONFIG, "%s cannot be asked: %s", options->url, curl_easy_strerror(status));
}

void http_release(struct http *http)
{
	curl_easy_cleanup(http->easy);
	buffer_release(&http->body);
	*http = (struct http){0};
}

enum http_failure http_failure_of(const struct http *http, CURLcode status)
{
	switch (status) {
	case CURLE_OK:
		return HTTP_FINE;
	case CURLE_WRITE_ERROR:
		return http->is_cut ? HTTP_FINE : HTTP_BROKEN;
	case CURLE_COULDNT_RESOLVE_HOST:
	case CURLE_COULDNT_RESOLVE_PROXY:
		return HTTP_NO_NAME;
	case CURLE_COULDNT_CONNECT:
		return HTTP_REFUSED;
	case CURLE_OPERATION_TIMEDOUT:
		return HTTP_TIMEOUT;
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CERTPROBLEM:
	case CURLE_SSL_CIPHER:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_SSL_ISSUER_ERROR:
	case CURLE_SSL_INVALIDCERTSTATUS:
		return HTTP_TLS;
	case CURLE_GOT_NOTHING:
	case CURLE_RECV_ERROR:
	case CURLE_SEND_ERROR:
	case CURLE_PARTIAL_FILE:
		return HTTP_LOST;
	default:
		return HTTP_BROKEN;
	}
}

static enum courant_code code_of(enum http_failure failure)
{
	switch (failure) {
	case HTTP_NO_NAME:
		return COURANT_HOST_UNKNOWN;
	case HTTP_REFUSED:
	case HTTP_LOST:
		return COURANT_TEMPORARY;
	case HTTP_TLS:
		return COURANT_TLS;
	case HTTP_TIMEOUT:
		return COURANT_TIMEOUT;
	case HTTP_FINE:
	case HTTP_BROKEN:
		break;
	}
	return COURANT_PROTOCOL;
}

int http_run(struct http *http, const char *url, long *ret_status, courant_error **err)
{
	const CURLcode status = curl_easy_perform(http->easy);
	const enum http_failure failure = http_failure_of(http, status);
	slice shown = slice_of(url);

	shown = slice_part(shown, 0, slice_find(shown, '?'));
	shown = slice_part(shown, 0, URL_SHOWN_MAX);
	if (status == CURLE_OUT_OF_MEMORY || buffer_check(&http->body, NULL) < 0)
		return fail_memory(err);
	if (failure != HTTP_FINE)
		return fail(err, code_of(failure), "%.*s: %s", SLICE_ARGS(shown), http->words[0] ? http->words : curl_easy_strerror(status));
	if (http->is_cut)
		return fail(err, COURANT_TOO_LARGE, "%.*s answers with more than %zu bytes", SLICE_ARGS(shown), http->limit_bytes);
	(void)curl_easy_getinfo(http->easy, CURLINFO_RESPONSE_CODE, ret_status);
	return 0;
}
