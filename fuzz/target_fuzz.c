/* SPDX-License-Identifier: MIT */
/* target_fuzz.c - servers' URLs and addresses: what comes out holds no byte that could end a command or a line */
#include "client/target.h"

#include "base/ascii.h"
#include "fuzz.h"
#include "net/address.h"

static void must_be_one_line(const char *text)
{
	for (; text && *text; text++)
		MUST(!ascii_is_control(*text));
}

static void must_lead_somewhere(const struct target *target)
{
	switch (target->kind) {
	case TARGET_SMTP:
		MUST(target->host && *target->host && target->port > 0);
		if (target->host[0] != '/') /* a socket's path may hold anything */
			must_be_one_line(target->host);
		break;
	case TARGET_SENDMAIL:
	case TARGET_MAILDIR:
	case TARGET_FILE:
		MUST(target->path && *target->path && !target->host);
		break;
	case TARGET_MX:
		MUST(!target->host && !target->path);
		break;
	}
}

static void check_url(slice text)
{
	AUTO(target) struct target target = {0};
	AUTO(buffer) struct buffer written = BUFFER_LIMIT(10000);

	if (target_parse(text, &target, NULL) < 0 || target_finish(&target, NULL) < 0)
		return;
	must_lead_somewhere(&target);
	must_be_one_line(target.user);
	must_be_one_line(target.hello);
	target_write(&written, &target);
	MUST(buffer_check(&written, NULL) == 0);
}

static void check_address(slice text)
{
	AUTO(buffer) struct buffer written = BUFFER_LIMIT(1000);
	struct net_address address;
	slice host = {NULL, 0};
	uint16_t port = 0;

	if (address_split(text, &host, &port, NULL) < 0 || !address_parse_numeric(host, port, &address))
		return;
	MUST(address_is_numeric(host) && address_port(&address) == port);
	address_write(&written, &address);
	MUST(buffer_check(&written, NULL) == 0 && written.len > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const slice text = slice_from((const char *)data, size);

	check_url(text);
	check_address(text);
	return 0;
}
