/* SPDX-License-Identifier: MIT */
/* countries.c - the country of an address (countries.h) */
#include "weblog/countries.h"

#include <arpa/inet.h>
#include <errno.h>
#include <maxminddb.h>

#include "base/alloc.h"
#include "weblog/address.h"

#define IPV4_ONLY 4 /* ip_version of a database that has no tree for IPv6 */

struct countries {
	MMDB_s database;
	char *path;
};

/* Where databases keep the code: MaxMind's own, and the free ones of one table. */
static const char *const commercial[] = {"country", "iso_code", NULL};
static const char *const plain[] = {"country_code", NULL};

struct countries *countries_open(const char *path, courant_error **err)
{
	AUTO(free) struct countries *countries = mem_alloc(sizeof *countries);
	AUTO(free) char *copy = mem_copy_text(path);

	if (!countries || !copy) {
		(void)fail_memory(err);
		return NULL;
	}

	errno = 0;
	const int status = MMDB_open(path, MMDB_MODE_MMAP, &countries->database);
	const bool is_of_system = status == MMDB_FILE_OPEN_ERROR && errno;

	if (status != MMDB_SUCCESS) {
		(void)fail(err, COURANT_NO_INPUT, "%s cannot be used as a database of countries: %s", path,
			   is_of_system ? strerror(errno) : MMDB_strerror(status));
		return NULL;
	}
	countries->path = STEAL(copy);
	return STEAL(countries);
}

void countries_free(struct countries *countries)
{
	if (!countries)
		return;
	MMDB_close(&countries->database);
	free(countries->path);
	free(countries);
}

/* The address as a socket's. */
static bool read_address(slice written, struct sockaddr_storage *ret)
{
	unsigned char bytes[ADDRESS_BYTES] = {0};

	*ret = (struct sockaddr_storage){.ss_family = (sa_family_t)address_read(address_bare(written), bytes)};
	if (ret->ss_family == AF_INET)
		memcpy(&((struct sockaddr_in *)ret)->sin_addr, bytes, sizeof(struct in_addr));
	else
		memcpy(&((struct sockaddr_in6 *)ret)->sin6_addr, bytes, sizeof(struct in6_addr));
	return ret->ss_family != AF_UNSPEC;
}

/* An empty code where the record has none. */
static int read_code(MMDB_entry_s *entry, const char *const *keys, slice *ret)
{
	MMDB_entry_data_s data;
	const int status = MMDB_aget_value(entry, &data, keys);

	*ret = (slice){NULL, 0};
	if (status == MMDB_LOOKUP_PATH_DOES_NOT_MATCH_DATA_ERROR)
		return MMDB_SUCCESS;
	if (status == MMDB_SUCCESS && data.has_data && data.type == MMDB_DATA_TYPE_UTF8_STRING)
		*ret = slice_from(data.utf8_string, data.data_size);
	return status;
}

int countries_find(const struct countries *countries, slice address, slice *ret_code, courant_error **err)
{
	struct sockaddr_storage socket;
	int status = MMDB_SUCCESS;
	slice code = {NULL, 0};

	*ret_code = SLICE("unknown");
	if (!read_address(address, &socket) ||
	    (socket.ss_family == AF_INET6 && countries->database.metadata.ip_version == IPV4_ONLY))
		return 0;

	MMDB_lookup_result_s found = MMDB_lookup_sockaddr(&countries->database, (const struct sockaddr *)&socket, &status);

	if (status == MMDB_SUCCESS && found.found_entry) {
		status = read_code(&found.entry, commercial, &code);
		if (status == MMDB_SUCCESS && !code.len)
			status = read_code(&found.entry, plain, &code);
	}
	if (status != MMDB_SUCCESS)
		return fail(err, COURANT_NO_INPUT, "%s is damaged: %s", countries->path, MMDB_strerror(status));
	if (code.len)
		*ret_code = code;
	return 0;
}
