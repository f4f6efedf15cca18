/* SPDX-License-Identifier: MIT */
#include "render/document.h"
#include "render/image_size.h"
#include "tap.h"

/* First bytes of pictures, by the formats' specifications. */
static const struct {
	const char *name;
	slice bytes;
	const char *subtype;
	unsigned width, height;
} pictures[] = {
	{"PNG", SLICE_INIT("\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\x01\x40\0\0\0\x64"), "png", 320, 100},
	{"GIF", SLICE_INIT("GIF89a\x2c\x01\x50\0\0\0\0"), "gif", 300, 80},
	{"JPEG with a segment before its frame", SLICE_INIT("\xff\xd8\xff\xe0\0\x04xx\xff\xc0\0\x11\x08\0\x40\0\x80\x03"), "jpeg", 128, 64},
	{"JPEG, progressive", SLICE_INIT("\xff\xd8\xff\xc2\0\x11\x08\0\x40\0\x80\x03"), "jpeg", 128, 64},
	{"JPEG that ends too early", SLICE_INIT("\xff\xd8\xff\xe0\0\x04"), NULL, 0, 0},
	{"JPEG whose segment has no length", SLICE_INIT("\xff\xd8\xff\xe0\0\0\0\0\0\0\0\0\0\0"), NULL, 0, 0},
	{"a PNG without width", SLICE_INIT("\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\0\0\0\0\x64"), NULL, 0, 0},
	{"a huge PNG", SLICE_INIT("\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\x7f\0\0\0\0\0\0\x64"), NULL, 0, 0},
	{"SVG", SLICE_INIT("<svg xmlns=\"http://www.w3.org/2000/svg\"/>"), NULL, 0, 0},
	{"nothing", SLICE_INIT(""), NULL, 0, 0},
};

static void sizes_are_read_from_headers(void)
{
	EACH (row, pictures) {
		struct image_size size = {0};

		tap_row(row->name);
		CHECK(image_size_of(row->bytes, &size) == (row->subtype != NULL));
		if (!row->subtype)
			continue;
		CHECK_TEXT(size.subtype, row->subtype);
		CHECK_INT(size.width, row->width);
		CHECK_INT(size.height, row->height);
	}
}

static void a_logo_is_made_to_fit(void)
{
	AUTO(document) struct document *document = document_new(LANGUAGE_EN, NULL);
	courant_error *err = NULL;

	CHECK_INT(document_set_logo(document, pictures[0].bytes, SLICE("Example"), &err), 0);
	CHECK_INT(document->logo->height, 40); /* 320x100 */
	CHECK_INT(document->logo->width, 128);
	CHECK_INT(document_set_logo(document, SLICE("<svg/>"), SLICE(""), &err), -1);
	CHECK_ERROR(err, COURANT_INVALID, "the logo is not a PNG, JPEG or GIF picture");
	CHECK_INT(document->logo->width, 128); /* the former one stays */
}

static const struct {
	const char *name, *colour, *rule, *link;
} colours[] = {
	{"dark enough", "#0072B2", "#0072b2", "#0072b2"},
	{"too bright to read", "#e69f00", "#e69f00", NULL},
	{"white", "#ffffff", "#ffffff", NULL},
};

static double channel_of(const char *colour, size_t i)
{
	unsigned value = 0;

	for (size_t k = 1 + 2 * i; k < 3 + 2 * i; k++)
		value = value * 16 + (unsigned)(colour[k] <= '9' ? colour[k] - '0' : colour[k] - 'a' + 10);
	return value;
}

static void links_are_dark_enough(void)
{
	EACH (row, colours) {
		AUTO(document) struct document *document = document_new(LANGUAGE_EN, NULL);

		tap_row(row->name);
		CHECK_INT(document_set_brand(document, row->colour, NULL, NULL), 0);
		CHECK_TEXT(document->brand_colour, row->rule);
		if (row->link)
			CHECK_TEXT(document->brand_link, row->link);
		/* Of the same hue, and no brighter than a mid grey of contrast 4.5, #767676. */
		CHECK(channel_of(document->brand_link, 0) <= channel_of(document->brand_colour, 0));
		CHECK(0.21 * channel_of(document->brand_link, 0) + 0.72 * channel_of(document->brand_link, 1) +
			      0.07 * channel_of(document->brand_link, 2) < 128);
	}
}

static void wrong_colours_are_refused(void)
{
	static const char *const wrong[] = {"red", "#fff", "#00xx00", "0072b2", "#0072b2;background:url(x)"};
	AUTO(document) struct document *document = document_new(LANGUAGE_EN, NULL);

	EACH (colour, wrong) {
		courant_error *err = NULL;

		tap_row(*colour);
		CHECK_INT(document_set_brand(document, *colour, NULL, &err), -1);
		CHECK_ERROR(err, COURANT_INVALID, "a colour is written as #0072b2");
	}
}

static void pictures_have_names_of_their_own(void)
{
	static const struct {
		const char *name, *sentence;
	} faults[] = {
		{"net", "there is a picture named net already"},
		{"logo", "there is a picture named logo already"},
		{"", "a picture's name is letters"},
		{"a b", "a picture's name is letters"},
		{"x\"onload=", "a picture's name is letters"},
		{"../x", "a picture's name is letters"},
	};
	AUTO(document) struct document *document = document_new(LANGUAGE_EN, NULL);
	struct block *block = document_add_block(document, BLOCK_PICTURES, SLICE(""), NULL);
	struct rendered first = {.png = mem_copy(SLICE("png")), .png_len = 3, .width = 370, .height = 180};

	CHECK_INT(document_add_picture(document, block, SLICE("net"), &first, NULL), 0);
	CHECK(!first.png);
	EACH (row, faults) {
		struct rendered other = {.png = mem_copy(SLICE("png"))};
		courant_error *err = NULL;

		tap_row(row->name);
		CHECK_INT(document_add_picture(document, block, slice_of(row->name), &other, &err), -1);
		CHECK_ERROR(err, COURANT_INVALID, row->sentence);
		CHECK(!other.png); /* taken all the same */
	}
	CHECK_INT(block->n_pictures, 1);
}

static void images_are_those_of_the_page(void)
{
	AUTO(document) struct document *document = document_new(LANGUAGE_EN, NULL);
	struct block *block = document_add_block(document, BLOCK_PICTURES, SLICE(""), NULL);
	struct rendered picture = {.png = mem_copy(SLICE("png")), .png_len = 3, .width = 370, .height = 180};
	AUTO(buffer) struct buffer page = BUFFER_LIMIT((size_t)1 << 20);
	AUTO(free) struct image *images = NULL;
	size_t n = 0;

	(void)document_add_picture(document, block, SLICE("net"), &picture, NULL);
	(void)document_set_logo(document, pictures[1].bytes, SLICE("Example"), NULL);
	CHECK_INT(document_images(document, &images, &n, NULL), 0);
	CHECK_INT(n, 2);
	CHECK_TEXT(images[0].name, "logo");
	CHECK_TEXT(images[0].subtype, "gif");
	CHECK_TEXT(images[1].name, "net");
	CHECK_SLICE(images[1].bytes, SLICE("png"));
	CHECK_INT(render_html.render(document, &page, NULL), 0);
	CHECK(slice_find_slice(buffer_peek(&page), SLICE("src=\"cid:net\"")) != SLICE_NONE);
	CHECK(slice_find_slice(buffer_peek(&page), SLICE("src=\"cid:logo\"")) != SLICE_NONE);
	buffer_cut(&page, 0);
	document->references = REFERENCES_FILES;
	CHECK_INT(render_html.render(document, &page, NULL), 0);
	CHECK(slice_find_slice(buffer_peek(&page), SLICE("src=\"net.png\"")) != SLICE_NONE);
	CHECK(slice_find_slice(buffer_peek(&page), SLICE("src=\"logo.gif\"")) != SLICE_NONE);
	CHECK(slice_find_slice(buffer_peek(&page), SLICE("cid:")) == SLICE_NONE);
}

TESTS(TEST(sizes_are_read_from_headers), TEST(a_logo_is_made_to_fit), TEST(links_are_dark_enough), TEST(wrong_colours_are_refused),
      TEST(pictures_have_names_of_their_own), TEST(images_are_those_of_the_page))
