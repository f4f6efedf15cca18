/* SPDX-License-Identifier: MIT */
/* probe.c - many requests at once by libcurl's multi interface (probe.h) */
#include "collect/probe.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/printable.h"
#include "collect/certificate.h"
#include "http/http.h"

#define WAIT_MS         1000
#define WORDS_MAX_BYTES 2048

/* One request under way. */
struct request {
	struct http http;
	const struct probe_target *target;
	struct probe_report *report;
	bool is_begun;
};

struct run {
	CURLM *multi;
	struct request *requests;
	size_t n, begun, ended;
};

static void free_multi(CURLM *multi)
{
	if (multi)
		(void)curl_multi_cleanup(multi);
}
AUTO_DEFINE(multi, CURLM, free_multi)

/* ---- beginning ---- */

/* Nothing of one probe may make the next one faster: no connection, no name and no TLS session is used again. */
static CURLcode set_apart(CURL *easy)
{
	CURLcode status = curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);

	status = status ? status : curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
	status = status ? status : curl_easy_setopt(easy, CURLOPT_DNS_CACHE_TIMEOUT, 0L);
	status = status ? status : curl_easy_setopt(easy, CURLOPT_SSL_SESSIONID_CACHE, 0L);
	return status ? status : curl_easy_setopt(easy, CURLOPT_CERTINFO, 1L);
}

static int begin(struct run *run, struct request *request, courant_error **err)
{
	const struct probe_target *target = request->target;
	const struct http_options options = {
		.url = target->url,
		.timeout_ms = target->timeout_ms,
		.ca_file = target->ca_file,
		.proxy = target->proxy,
		.is_head = target->is_head,
		.limit_bytes = TARGET_LIMIT_BYTES,
		.follows = target->follows,
	};

	if (http_init(&request->http, &options, err) < 0)
		return -1;
	request->is_begun = true;
	if (set_apart(request->http.easy) || curl_easy_setopt(request->http.easy, CURLOPT_PRIVATE, request) ||
	    curl_multi_add_handle(run->multi, request->http.easy))
		return fail_memory(err);
	return 0;
}

/* ---- what came of it ---- */

static int64_t time_of(CURL *easy, CURLINFO info)
{
	curl_off_t time_us = 0;

	return curl_easy_getinfo(easy, info, &time_us) == CURLE_OK && time_us > 0 ? time_us : PROBE_UNKNOWN;
}

static enum probe_kind kind_of(enum http_failure failure)
{
	switch (failure) {
	case HTTP_FINE:
		return PROBE_OK;
	case HTTP_NO_NAME:
		return PROBE_NAME;
	case HTTP_REFUSED:
		return PROBE_REFUSED;
	case HTTP_TLS:
		return PROBE_TLS;
	case HTTP_TIMEOUT:
		return PROBE_TIMEOUT;
	case HTTP_LOST:
		return PROBE_LOST;
	case HTTP_BROKEN:
		break;
	}
	return PROBE_BROKEN;
}

/* An answer is judged by what the target expects. */
static enum probe_kind judge(const struct request *request, unsigned status, struct buffer *words)
{
	const struct probe_target *target = request->target;

	if (!probe_target_expects(target, status)) {
		buffer_printf(words, "the status is %u", status);
		return PROBE_STATUS;
	}
	if (target->body && slice_find_slice(buffer_peek(&request->http.body), slice_of(target->body)) == SLICE_NONE) {
		buffer_printf(words, "the body %sdoes not hold \"%s\"", request->http.is_cut ? "as far as it was read " : "", target->body);
		return PROBE_BODY;
	}
	return PROBE_OK;
}

static int keep_words(struct probe_report *report, const struct buffer *words, courant_error **err)
{
	AUTO(buffer) struct buffer shown = BUFFER_LIMIT(4 * WORDS_MAX_BYTES);

	if (report->result.kind == PROBE_OK)
		return 0;
	printable_write(&shown, buffer_peek(words));
	return buffer_take(&shown, &report->words, NULL, err);
}

static int conclude(struct request *request, CURLcode code, courant_error **err)
{
	const struct http *http = &request->http;
	struct probe_result *result = &request->report->result;
	AUTO(buffer) struct buffer words = BUFFER_LIMIT(WORDS_MAX_BYTES);
	long status = 0;

	if (code == CURLE_OUT_OF_MEMORY || buffer_check(&http->body, NULL) < 0)
		return fail_memory(err);
	(void)curl_easy_getinfo(http->easy, CURLINFO_RESPONSE_CODE, &status);
	result->kind = kind_of(http_failure_of(http, code));
	result->status = status >= 100 && status <= 999 ? (unsigned)status : 0;
	result->name_us = time_of(http->easy, CURLINFO_NAMELOOKUP_TIME_T);
	result->connect_us = time_of(http->easy, CURLINFO_CONNECT_TIME_T);
	result->tls_us = time_of(http->easy, CURLINFO_APPCONNECT_TIME_T);
	result->first_us = time_of(http->easy, CURLINFO_STARTTRANSFER_TIME_T);
	result->total_us = time_of(http->easy, CURLINFO_TOTAL_TIME_T);
	result->size_bytes = http->body.len;
	result->certificate_ms = certificate_expiry(http->easy);
	if (result->kind == PROBE_OK)
		result->kind = judge(request, result->status, &words);
	else
		buffer_append(&words, slice_of(http->words[0] ? http->words : curl_easy_strerror(code)));
	return keep_words(request->report, &words, err);
}

/* ---- all of them ---- */

static void end(struct run *run, struct request *request)
{
	(void)curl_multi_remove_handle(run->multi, request->http.easy);
	http_release(&request->http);
	request->is_begun = false;
	run->ended++;
}

static int take_ended(struct run *run, courant_error **err)
{
	int left;

	for (CURLMsg *message; (message = curl_multi_info_read(run->multi, &left));) {
		struct request *request = NULL;
		const CURLcode code = message->data.result;

		if (message->msg != CURLMSG_DONE || curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&request) || !request)
			continue;
		if (conclude(request, code, err) < 0)
			return -1;
		end(run, request);
	}
	return 0;
}

static int step(struct run *run, courant_error **err)
{
	int running;

	while (run->begun < run->n && run->begun - run->ended < PROBE_TOGETHER)
		if (begin(run, &run->requests[run->begun++], err) < 0)
			return -1;
	if (curl_multi_perform(run->multi, &running) != CURLM_OK || take_ended(run, err) < 0)
		return fail_memory(err);
	/* Not while others can begin. */
	const bool is_full = run->begun == run->n || run->begun - run->ended == PROBE_TOGETHER;

	if (is_full && run->ended < run->n && curl_multi_poll(run->multi, NULL, 0, WAIT_MS, NULL) != CURLM_OK)
		return fail_memory(err);
	return 0;
}

int probe_all(const struct probe_target *targets, size_t n, int64_t at_ms, struct probe_report *reports, courant_error **err)
{
	AUTO(multi) CURLM *multi = curl_multi_init();
	AUTO(free) struct request *requests = mem_array(n + 1, sizeof *requests);
	struct run run = {.multi = multi, .requests = requests, .n = n};
	int status = multi && requests ? 0 : fail_memory(err);

	for (size_t i = 0; status == 0 && i < n; i++) {
		reports[i] = (struct probe_report){.result = {.at_ms = at_ms}};
		requests[i].target = &targets[i];
		requests[i].report = &reports[i];
	}
	while (status == 0 && run.ended < n)
		status = step(&run, err);
	/* Those that were under way when something failed. */
	for (size_t i = 0; requests && i < n; i++)
		if (requests[i].is_begun)
			end(&run, &requests[i]);
	return status;
}

void probe_reports_release(struct probe_report *reports, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		free(reports[i].words);
		reports[i].words = NULL;
	}
}
