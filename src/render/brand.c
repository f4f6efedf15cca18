/* SPDX-License-Identifier: MIT */
/* brand.c - the sender's colour, words and logo */
#include <math.h>

#include "base/alloc.h"
#include "base/ascii.h"
#include "render/document.h"
#include "render/image_size.h"

#define CONTRAST_MIN   4.5 /* of a link on white (WCAG 2, 1.4.3) */
#define LOGO_HEIGHT_MAX 40
#define LOGO_WIDTH_MAX  300

/* "#0072b2" as its three channels. */
static bool parse_colour(slice text, double ret[3])
{
	if (text.len != 7 || text.ptr[0] != '#')
		return false;
	for (size_t i = 0; i < 3; i++) {
		const int high = ascii_hex_value(text.ptr[1 + 2 * i]), low = ascii_hex_value(text.ptr[2 + 2 * i]);

		if (high < 0 || low < 0)
			return false;
		ret[i] = high * 16 + low;
	}
	return true;
}

static double linear(double channel)
{
	const double share = channel / 255;

	return share <= 0.03928 ? share / 12.92 : pow((share + 0.055) / 1.055, 2.4);
}

static double contrast_on_white(const double colour[3])
{
	return 1.05 / (0.2126 * linear(colour[0]) + 0.7152 * linear(colour[1]) + 0.0722 * linear(colour[2]) + 0.05);
}

static int set_colour(char **field, const double colour[3], courant_error **err)
{
	AUTO(buffer) struct buffer text = BUFFER_LIMIT(16);

	buffer_printf(&text, "#%02x%02x%02x", (unsigned)colour[0], (unsigned)colour[1], (unsigned)colour[2]);
	return document_set(field, buffer_peek(&text), err);
}

int document_set_brand(struct document *document, const char *colour, const char *footer, courant_error **err)
{
	double channels[3];

	if (footer && *footer && document_set(&document->brand_footer, slice_of(footer), err) < 0)
		return -1;
	if (!colour || !*colour)
		return 0;
	if (!parse_colour(slice_of(colour), channels))
		return fail(err, COURANT_INVALID, "a colour is written as #0072b2, not as %s", colour);
	if (set_colour(&document->brand_colour, channels, err) < 0)
		return -1;
	/* A link is darkened until it can be read; the rule need not be. */
	while (contrast_on_white(channels) < CONTRAST_MIN)
		for (size_t i = 0; i < 3; i++)
			channels[i] *= 0.95;
	return set_colour(&document->brand_link, channels, err);
}

/* Shown as large as it is, or smaller: logos are made for sharp screens, so a high one is at most half of its px. */
static void fit(struct logo *logo, unsigned width, unsigned height)
{
	double scale = height > LOGO_HEIGHT_MAX ? (double)LOGO_HEIGHT_MAX / height : 1;

	if (width * scale > LOGO_WIDTH_MAX)
		scale = (double)LOGO_WIDTH_MAX / width;
	logo->width = (unsigned)fmax(width * scale + 0.5, 1);
	logo->height = (unsigned)fmax(height * scale + 0.5, 1);
}

int document_set_logo(struct document *document, slice bytes, slice alt, courant_error **err)
{
	struct image_size size;

	if (bytes.len > LOGO_MAX_BYTES)
		return fail(err, COURANT_TOO_LARGE, "a logo of %zu bytes is too large for a mail: the limit is %zu", bytes.len,
			    LOGO_MAX_BYTES);
	if (!image_size_of(bytes, &size))
		return fail(err, COURANT_INVALID, "the logo is not a PNG, JPEG or GIF picture");

	struct logo *logo = mem_alloc(sizeof *logo);

	if (!logo)
		return fail_memory(err);
	logo->bytes = mem_copy(bytes);
	logo->alt = mem_copy(alt);
	if (!logo->bytes || !logo->alt) {
		free(logo->bytes);
		free(logo->alt);
		free(logo);
		return fail_memory(err);
	}
	logo->len = bytes.len;
	logo->subtype = size.subtype;
	fit(logo, size.width, size.height);
	if (document->logo) {
		free(document->logo->bytes);
		free(document->logo->alt);
		free(document->logo);
	}
	document->logo = logo;
	return 0;
}
