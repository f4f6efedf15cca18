/* SPDX-License-Identifier: MIT */
#include "render/studio.h"

#include <libdeflate.h>
#include <stdio.h>
#include <unistd.h>

#include "base/file.h"
#include "pictures.h"
#include "render/drawing.h"
#include "render/letters.h"
#include "tap.h"

/* A palette PNG, read as the standard says (ISO/IEC 15948), by no code of the writer's. */
struct decoded {
	unsigned width, height, n_colours;
	uint32_t colours[256];
	char *rows;       /* each led by its filter */
	char chunks[200]; /* "IHDR PLTE IDAT IEND " */
};

static uint32_t u32_at(slice bytes, size_t at)
{
	uint32_t value = 0;

	for (size_t i = 0; i < 4; i++)
		value = value << 8 | (unsigned char)bytes.ptr[at + i];
	return value;
}

static void decode(struct decoded *ret, slice png)
{
	struct libdeflate_decompressor *inflate = libdeflate_alloc_decompressor();

	*ret = (struct decoded){0};
	CHECK(slice_starts(png, SLICE("\x89PNG\r\n\x1a\n")));
	for (size_t at = 8; at + 12 <= png.len;) {
		const uint32_t len = u32_at(png, at);
		const slice type = slice_part(png, at + 4, 4), data = slice_part(png, at + 8, len);

		CHECK_INT(u32_at(png, at + 8 + len), libdeflate_crc32(0, type.ptr, len + 4));
		(void)snprintf(ret->chunks + strlen(ret->chunks), sizeof ret->chunks - strlen(ret->chunks), "%.4s ", type.ptr);
		if (slice_equal(type, SLICE("IHDR"))) {
			ret->width = u32_at(data, 0);
			ret->height = u32_at(data, 4);
			CHECK(slice_equal(slice_after(data, 8), slice_from("\x08\x03\0\0\0", 5)));
		} else if (slice_equal(type, SLICE("PLTE"))) {
			for (ret->n_colours = 0; ret->n_colours * 3 < len; ret->n_colours++)
				ret->colours[ret->n_colours] = u32_at(data, ret->n_colours * 3) >> 8;
		} else if (slice_equal(type, SLICE("IDAT"))) {
			const size_t size = ((size_t)ret->width + 1) * ret->height;

			ret->rows = mem_alloc(size);
			CHECK_INT(libdeflate_zlib_decompress(inflate, data.ptr, data.len, ret->rows, size, NULL), LIBDEFLATE_SUCCESS);
		}
		at += 12 + len;
	}
	libdeflate_free_decompressor(inflate);
}

static void decoded_release(struct decoded *decoded)
{
	free(decoded->rows);
}
AUTO_DEFINE_VALUE(decoded, struct decoded, decoded_release)

static uint32_t pixel_at(const struct decoded *decoded, unsigned x, unsigned y)
{
	const unsigned char number = (unsigned char)decoded->rows[(size_t)y * (decoded->width + 1) + 1 + x];

	return number < decoded->n_colours ? decoded->colours[number] : 0;
}

static slice png_of(const struct rendered *rendered)
{
	return slice_from(rendered->png, rendered->png_len);
}

static void pictures_are_small_palettes(void)
{
	AUTO(studio) struct studio *studio = studio_new(NULL);

	for (unsigned sitter = 0; sitter < SITTER_MANY; sitter++) {
		for (unsigned language = 0; language < LANGUAGES; language++) {
			AUTO(sitting) struct sitting sitting = sitting_of(sitter, language);
			AUTO(rendered) struct rendered rendered = {0};
			AUTO(decoded) struct decoded decoded;
			courant_error *err = NULL;

			tap_row(sitter_names[sitter]);
			CHECK_INT(studio_draw(studio, &sitting.picture, sitting.table, &rendered, &err), 0);
			if (!CHECK_NO_ERROR(err))
				return;
			decode(&decoded, png_of(&rendered));
			CHECK_INT(decoded.width, rendered.width * 2);
			CHECK_INT(decoded.height, rendered.height * 2);
			CHECK(decoded.n_colours <= 40);
			CHECK(rendered.png_len < 20000);
			/* No alpha (tRNS), no physical size (pHYs), nothing else. */
			CHECK_TEXT(decoded.chunks, "IHDR PLTE IDAT IEND ");
			/* The frame and the ground, each exactly. */
			CHECK_INT(pixel_at(&decoded, 0, 0), 0xc9ced6);
			CHECK_INT(pixel_at(&decoded, 1, decoded.height - 1), 0xc9ced6);
			CHECK_INT(pixel_at(&decoded, 4, 4), 0xffffff);
		}
	}
}

/* Where a line must be, its colour is. */
static void lines_have_their_colours(void)
{
	AUTO(studio) struct studio *studio = studio_new(NULL);
	AUTO(sitting) struct sitting sitting = sitting_of(SITTER_WEEK, LANGUAGE_ZH);
	AUTO(rendered) struct rendered rendered = {0};
	AUTO(decoded) struct decoded decoded;

	CHECK_INT(studio_draw(studio, &sitting.picture, sitting.table, &rendered, NULL), 0);
	decode(&decoded, png_of(&rendered));

	/* Saturday is the sixth of seven days from 46 to 560; its p95 is 247 of 500 between 120 and 40. */
	const unsigned x = (unsigned)((46 + 5.5 * (560 - 46) / 7) * 2), y = (unsigned)((120 - 247.0 / 500 * 80) * 2);

	CHECK_INT(pixel_at(&decoded, x, y), 0x0072b2);
	CHECK_INT(pixel_at(&decoded, x, (unsigned)((120 - 428.0 / 500 * 80) * 2)), 0xa8558a);
	CHECK_INT(pixel_at(&decoded, x, y + 6 + 30), 0xdcebf4); /* below the value's letters, above p50 */
	CHECK_INT(pixel_at(&decoded, x + 60, 300 - 24), 0xf5f7f9); /* the weekend's ground */
	CHECK_INT(pixel_at(&decoded, x, 306), 0xb9c0cb);           /* the volume's bar */
}

static unsigned channel_difference(uint32_t a, uint32_t b)
{
	unsigned sum = 0;

	for (unsigned shift = 0; shift < 24; shift += 8)
		sum += (unsigned)abs((int)(a >> shift & 255) - (int)(b >> shift & 255));
	return sum / 3;
}

/* With the tests' own fonts a picture is what it was, but for what another version of FreeType does at the edges of letters.
 * COURANT_MAKE_GOLDEN=1 writes the file anew. */
static void a_picture_is_as_before(void)
{
	static const enum sitter sitters[] = {SITTER_NET, SITTER_WEEK};
	AUTO(studio) struct studio *studio = studio_new(NULL);

	if (access("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc", R_OK) != 0) {
		tap_skip("the font that the files were made with, fonts-wqy-microhei, is missing");
		return;
	}
	EACH (sitter, sitters) {
		AUTO(sitting) struct sitting sitting = sitting_of(*sitter, LANGUAGE_ZH);
		AUTO(rendered) struct rendered rendered = {0};
		AUTO(buffer) struct buffer want = BUFFER_LIMIT((size_t)1 << 20);
		AUTO(decoded) struct decoded now = {0}, before = {0};
		uint64_t sum = 0, far = 0;
		char path[500];

		tap_row(sitter_names[*sitter]);
		(void)snprintf(path, sizeof path, "%s/%s.png", getenv("COURANT_GOLDEN"), sitter_names[*sitter]);
		CHECK_INT(studio_draw(studio, &sitting.picture, sitting.table, &rendered, NULL), 0);
		if (getenv("COURANT_MAKE_GOLDEN"))
			CHECK_INT(file_write_atomic(path, png_of(&rendered), 0644, NULL), 0);
		CHECK_INT(file_read(path, &want, NULL), 0);
		decode(&now, png_of(&rendered));
		decode(&before, buffer_peek(&want));
		if (!CHECK_INT(now.width, before.width) || !CHECK_INT(now.height, before.height))
			continue;
		for (unsigned y = 0; y < now.height; y++)
			for (unsigned x = 0; x < now.width; x++) {
				const unsigned difference = channel_difference(pixel_at(&now, x, y), pixel_at(&before, x, y));

				sum += difference;
				far += difference > 64;
			}
		CHECK((double)sum / (now.width * now.height) < 0.5);
		CHECK((double)far / (now.width * now.height) < 0.002);
	}
}

/* What the picture says, its alt text, its plain twin and the table beside it: one set of numbers. */
static void all_renderings_say_the_same_numbers(void)
{
	AUTO(studio) struct studio *studio = studio_new(NULL);
	AUTO(sitting) struct sitting sitting = sitting_of(SITTER_NET, LANGUAGE_EN);
	AUTO(rendered) struct rendered rendered = {0};

	CHECK_INT(studio_draw(studio, &sitting.picture, sitting.table, &rendered, NULL), 0);
	CHECK_INT(table_rows(rendered.figures), 2);
	CHECK_SLICE(table_get(rendered.figures, 0, "series").text, SLICE("Network sent"));
	CHECK_SLICE(table_get(rendered.figures, 0, "unit").text, SLICE("MB/s"));
	CHECK_NEAR(table_get(rendered.figures, 0, "max").number, 2.49, 1e-9);
	CHECK_INT(table_get(rendered.figures, 0, "time").time_ms, SITTING_FROM + 1150 * MS_PER_MINUTE);
	for (size_t row = 0; row < 2; row++) {
		static const char *const names[] = {"last", "average", "max", "p95"};

		EACH (name, names) {
			char figure[32];

			tap_row(*name);
			(void)snprintf(figure, sizeof figure, "%.2f", table_get(rendered.figures, row, *name).number);
			CHECK(slice_find_slice(slice_of(rendered.alt), slice_of(figure)) != SLICE_NONE);
			CHECK(slice_find_slice(slice_of(rendered.text), slice_of(figure)) != SLICE_NONE);
		}
	}
}

static void the_same_picture_has_the_same_bytes(void)
{
	AUTO(studio) struct studio *studio = studio_new(NULL), *other = studio_new(NULL);
	AUTO(sitting) struct sitting net = sitting_of(SITTER_NET, LANGUAGE_ZH), swap = sitting_of(SITTER_SWAP, LANGUAGE_EN);
	AUTO(rendered) struct rendered first = {0}, between = {0}, again = {0}, elsewhere = {0};

	CHECK_INT(studio_draw(studio, &net.picture, net.table, &first, NULL), 0);
	CHECK_INT(studio_draw(studio, &swap.picture, swap.table, &between, NULL), 0);
	CHECK_INT(studio_draw(studio, &net.picture, net.table, &again, NULL), 0);
	CHECK_INT(studio_draw(other, &net.picture, net.table, &elsewhere, NULL), 0);
	CHECK_SLICE(png_of(&again), png_of(&first));
	CHECK_SLICE(png_of(&elsewhere), png_of(&first));
}

/* Bytes that a stranger may choose, in every text of a picture. */
static const struct {
	const char *name, *text;
} payloads[] = {
	{"markup", "<a href=\"https://evil.example\">x</a>"}, {"pango's markup", "<span size='999999'>x</span>"},
	{"an escape sequence", "\x1b[31mred"},                 {"an override", "a\u202eb"},
	{"line ends", "a\nb\r\nc"},                            {"not UTF-8", "a\xff\xfe"},
	{"an emoji, which no font here has", "\U0001F600"},    {"a tag character", "\U000e0041"},
	{"a formula", "=cmd|'/C calc'!A0"},                    {"empty", ""},
	{"a letter of a script no font here has", "\U00013000"},
};

static void hostile_labels_do_no_harm(void)
{
	AUTO(studio) struct studio *studio = studio_new(NULL);

	EACH (row, payloads) {
		AUTO(sitting) struct sitting sitting = sitting_of(SITTER_NET, LANGUAGE_ZH);
		AUTO(rendered) struct rendered rendered = {0};
		AUTO(decoded) struct decoded decoded = {0};
		courant_error *err = NULL;

		tap_row(row->name);
		sitting.picture.title = sitting.picture.unit = sitting.picture.note = row->text;
		sitting.picture.series[0].label = sitting.picture.series[1].name = row->text;
		sitting.picture.former.label = sitting.picture.figure.label = row->text;
		CHECK_INT(studio_draw(studio, &sitting.picture, sitting.table, &rendered, &err), 0);
		if (!CHECK_NO_ERROR(err))
			continue;
		decode(&decoded, png_of(&rendered));
		CHECK_INT(decoded.width, 740);
		CHECK_INT(decoded.height, 360);
		/* The picture's plain twin has one line more or less for no text. */
		CHECK(slice_find(slice_of(rendered.text), '\x1b') == SLICE_NONE);
		CHECK(slice_find_slice(slice_of(rendered.text), SLICE("\u202e")) == SLICE_NONE);
	}
}

static void figures_are_all_one_width(void)
{
	AUTO(letters) struct letters *letters = letters_new(NULL);
	const struct text_style style = {12, false};
	const double one = letters_find(letters, style, SLICE("11111"))->width_px;

	CHECK_NEAR(letters_find(letters, style, SLICE("88888"))->width_px, one, 0.01);
	CHECK_NEAR(letters_find(letters, style, SLICE("40527"))->width_px, one, 0.01);
	CHECK(letters_find(letters, style, SLICE("网络吞吐"))->width_px > 40);
}

TESTS(TEST(pictures_are_small_palettes), TEST(lines_have_their_colours), TEST(a_picture_is_as_before), TEST(the_same_picture_has_the_same_bytes),
      TEST(all_renderings_say_the_same_numbers),
      TEST(hostile_labels_do_no_harm), TEST(figures_are_all_one_width))
