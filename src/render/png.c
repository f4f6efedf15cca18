/* SPDX-License-Identifier: MIT */
/* png.c - colours are chosen, pixels become their numbers, libdeflate packs them */
#include "render/png.h"

#include <libdeflate.h>

#include "base/alloc.h"

/* Level 6 makes files 2 % larger than 9, in half the time. */
#define LEVEL 6

/* Colours that share their five upper bits in each channel are one shade. */
#define SHADES   32768

struct shade {
	uint32_t n;
	uint32_t colour; /* of the first pixel of this shade, or the kept colour among them */
};

struct png_writer {
	struct libdeflate_compressor *deflate;
	struct shade shades[SHADES];
	unsigned char number[SHADES]; /* of the palette's colour that stands for the shade */
	uint16_t seen[SHADES];        /* the shades that occur */
	size_t n_seen;
	uint32_t palette[PNG_COLOURS];
	size_t n_palette;
	unsigned char *rows; /* each led by its filter, 0 */
	size_t rows_len, rows_space;
};

struct png_writer *png_writer_new(courant_error **err)
{
	AUTO(png_writer) struct png_writer *writer = mem_alloc(sizeof *writer);

	if (writer)
		writer->deflate = libdeflate_alloc_compressor(LEVEL);
	if (!writer || !writer->deflate) {
		(void)fail_memory(err);
		return NULL;
	}
	return STEAL(writer);
}

void png_writer_free(struct png_writer *writer)
{
	if (!writer)
		return;
	if (writer->deflate)
		libdeflate_free_compressor(writer->deflate);
	free(writer->rows);
	free(writer);
}

static unsigned shade_of(uint32_t colour)
{
	return (colour >> 9 & 0x7c00) | (colour >> 6 & 0x3e0) | (colour >> 3 & 0x1f);
}

static void count_shades(struct png_writer *writer, const uint32_t *pixels, size_t n)
{
	for (size_t i = 0; i < writer->n_seen; i++)
		writer->shades[writer->seen[i]].n = 0;
	writer->n_seen = 0;
	for (size_t i = 0; i < n;) {
		const uint32_t colour = pixels[i];
		const size_t begin = i;

		while (i < n && pixels[i] == colour)
			i++;

		struct shade *shade = &writer->shades[shade_of(colour)];

		if (shade->n == 0) {
			shade->colour = colour;
			writer->seen[writer->n_seen++] = (uint16_t)shade_of(colour);
		}
		shade->n += (uint32_t)(i - begin);
	}
}

/* As the eye sees it, roughly: green counts most. */
static uint64_t distance(uint32_t a, uint32_t b)
{
	const int red = (int)(a >> 16 & 255) - (int)(b >> 16 & 255), green = (int)(a >> 8 & 255) - (int)(b >> 8 & 255);
	const int blue = (int)(a & 255) - (int)(b & 255);

	return (uint64_t)(3 * red * red + 4 * green * green + 2 * blue * blue);
}

/* Every shade that is nearer to the new colour than to the former ones becomes the new colour's. */
static void add_colour(struct png_writer *writer, uint64_t *away, uint32_t colour)
{
	for (size_t i = 0; i < writer->n_seen; i++) {
		const uint64_t now = distance(writer->shades[writer->seen[i]].colour, colour);

		if (writer->n_palette && now >= away[i])
			continue;
		away[i] = now;
		writer->number[writer->seen[i]] = (unsigned char)writer->n_palette;
	}
	writer->palette[writer->n_palette++] = colour;
}

static int choose_palette(struct png_writer *writer, const uint32_t *kept, size_t n_kept, courant_error **err)
{
	AUTO(free) uint64_t *away = mem_array(writer->n_seen, sizeof *away);

	if (!away)
		return fail_memory(err);
	writer->n_palette = 0;
	for (size_t i = 0; i < n_kept && writer->n_palette < PNG_COLOURS; i++) {
		struct shade *shade = &writer->shades[shade_of(kept[i])];

		/* Of two kept colours of one shade the first stands for both. */
		if (shade->n == 0 || (i && distance(shade->colour, kept[i]) == 0 && writer->n_palette &&
				      writer->palette[writer->number[shade_of(kept[i])]] == kept[i]))
			continue;
		shade->colour = kept[i];
		add_colour(writer, away, kept[i]);
	}
	/* Then whatever would be missed most: by how many pixels, and by how much. */
	while (writer->n_palette < PNG_COLOURS) {
		uint64_t most = 0;
		size_t worst = 0;

		for (size_t i = 0; i < writer->n_seen; i++) {
			const uint64_t missed = writer->n_palette ? away[i] * writer->shades[writer->seen[i]].n : UINT64_MAX;

			if (missed > most) {
				most = missed;
				worst = i;
			}
		}
		if (most == 0)
			break;
		add_colour(writer, away, writer->shades[writer->seen[worst]].colour);
	}
	return 0;
}

static int number_rows(struct png_writer *writer, const uint32_t *pixels, unsigned width, unsigned height, courant_error **err)
{
	writer->rows_len = ((size_t)width + 1) * height;
	if (writer->rows_len > writer->rows_space) {
		free(writer->rows);
		writer->rows_space = 0;
		if (!(writer->rows = mem_alloc(writer->rows_len)))
			return fail_memory(err);
		writer->rows_space = writer->rows_len;
	}

	unsigned char *to = writer->rows;
	uint32_t former = 0;
	unsigned char number = writer->number[0];

	if (writer->shades[0].n == 0)
		former = ~(uint32_t)0; /* no pixel has this */
	for (unsigned y = 0; y < height; y++) {
		*to++ = 0;
		for (unsigned x = 0; x < width; x++, pixels++) {
			if (*pixels != former) {
				former = *pixels;
				number = writer->number[shade_of(former)];
			}
			*to++ = number;
		}
	}
	return 0;
}

static void append_u32(struct buffer *out, uint32_t value)
{
	const char bytes[] = {(char)(value >> 24), (char)(value >> 16), (char)(value >> 8), (char)value};

	buffer_append(out, slice_from(bytes, sizeof bytes));
}

/* The bytes behind `begin` are the chunk's type and data: its length goes before them (there is room), its checksum behind (5.3). */
static void end_chunk(struct buffer *out, size_t begin)
{
	if (out->failure != BUFFER_FINE)
		return;

	const size_t len = out->len - begin;

	for (unsigned i = 0; i < 4; i++)
		out->bytes[begin - 4 + i] = (char)((len - 4) >> (24 - 8 * i));
	append_u32(out, libdeflate_crc32(0, out->bytes + begin, len));
}

static size_t begin_chunk(struct buffer *out, const char *type)
{
	append_u32(out, 0);

	const size_t begin = out->len;

	buffer_append(out, slice_of(type));
	return begin;
}

static void write_file(struct png_writer *writer, struct buffer *out, unsigned width, unsigned height)
{
	size_t begin;

	buffer_append(out, SLICE("\x89PNG\r\n\x1a\n"));
	begin = begin_chunk(out, "IHDR");
	append_u32(out, width);
	append_u32(out, height);
	buffer_append(out, slice_from("\x08\x03\0\0\0", 5)); /* 8 bits of palette; the only methods there are; not interlaced */
	end_chunk(out, begin);

	begin = begin_chunk(out, "PLTE");
	for (size_t i = 0; i < writer->n_palette; i++) {
		const uint32_t colour = writer->palette[i];

		buffer_append(out, slice_from((const char[]){(char)(colour >> 16), (char)(colour >> 8), (char)colour}, 3));
	}
	end_chunk(out, begin);

	begin = begin_chunk(out, "IDAT");

	const size_t bound = libdeflate_zlib_compress_bound(writer->deflate, writer->rows_len);
	char *room = buffer_room(out, bound);

	if (room)
		buffer_added(out, libdeflate_zlib_compress(writer->deflate, writer->rows, writer->rows_len, room, bound));
	end_chunk(out, begin);
	end_chunk(out, begin_chunk(out, "IEND"));
}

int png_write(struct png_writer *writer, struct buffer *out, const uint32_t *pixels, unsigned width, unsigned height, const uint32_t *kept,
	      size_t n_kept, courant_error **err)
{
	count_shades(writer, pixels, (size_t)width * height);
	if (choose_palette(writer, kept, n_kept, err) < 0 || number_rows(writer, pixels, width, height, err) < 0)
		return -1;
	write_file(writer, out, width, height);
	return buffer_check(out, err);
}
