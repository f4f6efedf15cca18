/* SPDX-License-Identifier: MIT */
/* sample.c - what both kinds of sample logs share: lines, Zipf's law, output */
#include "sample.h"

#include <math.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/hash.h"

#define BLOCK_BYTES ((size_t)1 << 20)

static void write_two(char *at, int value)
{
	at[0] = (char)('0' + value / 10);
	at[1] = (char)('0' + value % 10);
}

static void clock_set(struct sample_clock *clock, int64_t second)
{
	static const char months[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	struct civil at;

	if (clock->is_set && clock->second == second)
		return;
	civil_from_ms(second * MS_PER_SECOND, SAMPLE_OFFSET_S, &at);
	memcpy(clock->text, "../.../....:..:..:.. " SAMPLE_ZONE, sizeof clock->text - 1);
	write_two(clock->text, at.day);
	memcpy(clock->text + 3, months[at.month - 1], 3);
	write_two(clock->text + 7, at.year / 100);
	write_two(clock->text + 9, at.year % 100);
	write_two(clock->text + 12, at.hour);
	write_two(clock->text + 15, at.minute);
	write_two(clock->text + 18, at.second);
	clock->second = second;
	clock->is_set = true;
}

/* One visitor in twelve comes by IPv6. */
static void write_address(struct buffer *out, uint32_t visitor)
{
	const uint64_t mixed = hash_u64(visitor, 7);

	if (mixed % 12 == 0) {
		buffer_printf(out, "2001:db8:%x:%x::%x", (unsigned)(mixed >> 16 & 0xfff), (unsigned)(mixed >> 32 & 0xffff),
			      (unsigned)(visitor & 0xffff) + 1);
		return;
	}
	/* 198.18.0.0/15 */
	buffer_append(out, mixed & 1 << 20 ? SLICE("198.18.") : SLICE("198.19."));
	buffer_append_u64(out, mixed >> 24 & 255);
	buffer_append_byte(out, '.');
	buffer_append_u64(out, mixed >> 40 & 255);
}

static void write_quoted(struct buffer *out, slice text)
{
	buffer_append(out, SLICE(" \""));
	buffer_append(out, text.len > 0 ? text : SLICE("-"));
	buffer_append_byte(out, '"');
}

void sample_write_hit(struct buffer *out, struct sample_clock *clock, const struct sample_hit *hit)
{
	clock_set(clock, hit->second);
	write_address(out, hit->visitor);
	buffer_append(out, SLICE(" - - ["));
	buffer_append(out, slice_from(clock->text, sizeof clock->text - 1));
	buffer_append(out, SLICE("] \""));
	buffer_append(out, slice_of(hit->method));
	buffer_append_byte(out, ' ');
	buffer_append(out, hit->path);
	buffer_append(out, SLICE(" HTTP/1.1\" "));
	buffer_append_u64(out, hit->status);
	buffer_append_byte(out, ' ');
	buffer_append_u64(out, hit->bytes);
	write_quoted(out, hit->referrer);
	write_quoted(out, hit->agent);
	buffer_append_byte(out, '\n');
}

#define NAME_MAX_BYTES 512

int sample_names_init(struct sample_names *names, uint32_t n, void (*write)(struct buffer *, uint32_t), courant_error **err)
{
	names->all = mem_array(n, sizeof *names->all);
	if (!names->all)
		return fail_memory(err);
	for (names->n = 0; names->n < n; names->n++) {
		AUTO(buffer) struct buffer text = BUFFER_LIMIT(NAME_MAX_BYTES);
		char *bytes;
		size_t len;

		write(&text, names->n);
		if (buffer_take(&text, &bytes, &len, err) < 0)
			return -1;
		names->all[names->n] = slice_from(bytes, len);
	}
	return 0;
}

void sample_names_release(struct sample_names *names)
{
	for (uint32_t i = 0; names->all && i < names->n; i++)
		free((char *)names->all[i].ptr);
	free(names->all);
	names->all = NULL;
	names->n = 0;
}

/* How finely the law is cut; names rarer than one in so many share what is left. */
#define ZIPF_SLOTS ((size_t)1 << 18)

int sample_zipf_init(struct sample_zipf *zipf, uint32_t n_names, double exponent, courant_error **err)
{
	double total = 0;
	double sum = 0;

	zipf->n = ZIPF_SLOTS;
	zipf->ids = mem_array(ZIPF_SLOTS, sizeof *zipf->ids);
	if (!zipf->ids)
		return fail_memory(err);
	for (uint32_t i = 0; i < n_names; i++)
		total += pow(i + 1, -exponent);

	uint32_t name = 0;

	for (size_t slot = 0; slot < ZIPF_SLOTS; slot++) {
		while (name + 1 < n_names && sum + pow(name + 1, -exponent) < total * (double)slot / (double)ZIPF_SLOTS)
			sum += pow(++name, -exponent);
		zipf->ids[slot] = name;
	}
	return 0;
}

uint32_t sample_zipf_next(const struct sample_zipf *zipf, struct random_stream *random)
{
	return zipf->ids[random_next(random) % zipf->n];
}

void sample_zipf_release(struct sample_zipf *zipf)
{
	free(zipf->ids);
	zipf->ids = NULL;
}

int sample_flush(struct buffer *out, bool is_last, courant_error **err)
{
	slice bytes;

	if (out->len < BLOCK_BYTES && !is_last)
		return 0;
	if (buffer_slice(out, &bytes, err) < 0 || file_write_all(STDOUT_FILENO, bytes, "standard output", err) < 0)
		return -1;
	buffer_cut(out, 0);
	return 0;
}
