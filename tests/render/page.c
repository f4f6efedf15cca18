/* SPDX-License-Identifier: MIT */
/* page.c - the rules for HTML that survives mail readers, as checks */
#include "page.h"

#include <math.h>
#include <stdio.h>

#include "base/ascii.h"
#include "base/num.h"
#include "base/printable.h"
#include "base/utf8.h"
#include "tap.h"

static const char *const elements[] = {"a",  "b",    "body", "br",   "div",   "h1",    "h2", "head", "html",
				       "img", "meta", "p",    "span", "table", "td",    "th",    "title", "tr"};
static const char *const attributes[] = {"align", "alt", "bgcolor", "border", "cellpadding", "cellspacing", "charset", "colspan",
					 "content", "height",  "href",	 "lang",	"name",	       "nowrap",  "role",
					 "scope",  "src", "style",   "valign", "width",	"xmlns:o"};
static const char *const properties[] = {
	"-webkit-text-size-adjust", "background-color", "border", "border-bottom", "border-collapse", "border-top",   "color",
	"display",		    "font-family",	"font-size",	 "font-weight",	    "height",	    "line-height",
	"margin",		    "max-height",	"max-width",	 "mso-hide",	    "opacity",	    "overflow",
	"padding",		    "text-align",	"text-decoration", "vertical-align", "white-space",   "width",	    "word-break",
};

#define DEPTH_MAX 40
#define CONTRAST_MIN 4.5

struct level {
	slice name;
	slice colour, ground; /* "#14181f" */
	bool is_hidden;	      /* display: none, or no text height */
	bool is_bare;	      /* in <title> and the like: not on the page */
};

struct walk {
	struct level levels[DEPTH_MAX];
	size_t depth;
	const struct page_reader *reader;
};

static bool is_one_of(slice word, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (slice_equal(word, slice_of(words[i])))
			return true;
	return false;
}
#define IS_ONE_OF(word, words) is_one_of((word), (words), sizeof(words) / sizeof *(words))

static void check(bool holds, const char *rule, slice where)
{
	if (holds) {
		(void)tap_check(true, rule, __FILE__, __LINE__);
		return;
	}
	char words[300];

	(void)snprintf(words, sizeof words, "%s: %.*s", rule, (int)(where.len > 200 ? 200 : where.len), where.ptr);
	(void)tap_check(false, words, __FILE__, __LINE__);
}

static double luminance(slice colour)
{
	static const double weights[3] = {0.2126, 0.7152, 0.0722};
	double sum = 0;

	for (size_t i = 0; i < 3; i++) {
		uint64_t value = 0;

		if (!num_parse_hex(slice_part(colour, 1 + 2 * i, 2), &value))
			return -1;

		const double c = (double)value / 255;

		sum += weights[i] * (c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4)); /* WCAG 2.1 */
	}
	return sum;
}

static double contrast(slice a, slice b)
{
	const double x = luminance(a), y = luminance(b);

	return x > y ? (x + 0.05) / (y + 0.05) : (y + 0.05) / (x + 0.05);
}

static bool is_colour(slice value)
{
	uint64_t number;

	return value.len == 7 && value.ptr[0] == '#' && num_parse_hex(slice_after(value, 1), &number);
}

/* The value of one property of a style; {NULL, 0} when it is not there. */
static slice property_of(slice style, slice name)
{
	for (slice declaration; slice_next(&style, ';', &declaration);) {
		slice key;

		if (slice_next(&declaration, ':', &key) && slice_equal(key, name))
			return declaration;
	}
	return (slice){NULL, 0};
}

static void check_style(slice tag, slice name, slice style)
{
	const bool is_cell = slice_equal(name, SLICE("td")) || slice_equal(name, SLICE("th"));
	const bool is_body = slice_equal(name, SLICE("body"));

	for (slice declaration; slice_next(&style, ';', &declaration);) {
		slice value = declaration, key;

		if (declaration.len == 0 || !slice_next(&value, ':', &key))
			continue;
		check(IS_ONE_OF(key, properties), "a property that survives", tag);
		check(!slice_equal(key, SLICE("padding")) || is_cell || is_body, "padding only on cells", tag);
		if (slice_equal(key, SLICE("color")) || slice_equal(key, SLICE("background-color")))
			check(is_colour(value), "colours as six hex digits", tag);
		check(slice_find(value, '(') == SLICE_NONE, "no functions in styles", tag);
	}
}

/* Cuts ` name="value"` or ` name` off a tag's rest. */
static bool next_attribute(slice *rest, slice *ret_name, slice *ret_value)
{
	*rest = slice_trim_space(*rest);
	if (rest->len == 0)
		return false;

	size_t n = 0;

	while (n < rest->len && (rest->ptr[n] != '=' || n == 0) && !ascii_is_space(rest->ptr[n]))
		n++;
	*ret_name = slice_part(*rest, 0, n);
	*rest = slice_after(*rest, n);
	*ret_value = SLICE("");
	if (!slice_starts(*rest, SLICE("=\"")))
		return true;
	*rest = slice_after(*rest, 2);
	return slice_next(rest, '"', ret_value);
}

static void check_width(slice tag, slice name, slice attribute, slice style)
{
	const slice css = property_of(style, SLICE("width"));

	if (slice_equal(name, SLICE("div")) || slice_equal(name, SLICE("body")))
		return;
	check((css.ptr != NULL) == (attribute.len > 0), "widths as attribute and as CSS", tag);
}

static void open_element(struct walk *walk, slice tag)
{
	slice rest = tag, name, key, value, style = SLICE(""), width = SLICE(""), source = SLICE("");
	bool has_alt = false;
	size_t n = 0;

	while (n < tag.len && !ascii_is_space(tag.ptr[n]))
		n++;
	name = slice_part(tag, 0, n);
	rest = slice_after(tag, n);
	check(IS_ONE_OF(name, elements), "an element that survives", tag);

	struct level level = walk->depth ? walk->levels[walk->depth - 1] : (struct level){0};

	level.name = name;
	level.is_bare = slice_equal(name, SLICE("head")) || slice_equal(name, SLICE("title")) || level.is_bare;
	while (next_attribute(&rest, &key, &value)) {
		check(IS_ONE_OF(key, attributes), "an attribute that survives", tag);
		if (slice_equal(key, SLICE("style")))
			style = value;
		if (slice_equal(key, SLICE("width")))
			width = value;
		if (slice_equal(key, SLICE("src")))
			source = value;
		has_alt |= slice_equal(key, SLICE("alt"));
		if (slice_equal(key, SLICE("bgcolor")))
			level.ground = value;
		if (slice_equal(key, SLICE("href")))
			check(slice_starts(value, SLICE("https://")) || slice_starts(value, SLICE("http://")), "links to pages only", tag);
	}
	level.is_bare = level.is_bare && !slice_equal(name, SLICE("body"));
	check_style(tag, name, style);
	check_width(tag, name, width, style);

	const slice ground = property_of(style, SLICE("background-color")), colour = property_of(style, SLICE("color"));
	const slice size = property_of(style, SLICE("font-size"));

	if (ground.ptr) {
		check(slice_equal(name, SLICE("div")) || slice_equal(name, SLICE("img")) || slice_equal(ground, level.ground), "grounds as attribute and as CSS", tag);
		level.ground = ground;
	}
	if (colour.ptr)
		level.colour = colour;
	if (slice_equal(property_of(style, SLICE("display")), SLICE("none")))
		level.is_hidden = true;
	if (size.ptr)
		level.is_hidden = slice_equal(size, SLICE("0")) || slice_equal(property_of(style, SLICE("display")), SLICE("none"));
	if (slice_equal(name, SLICE("img"))) {
		check(has_alt, "pictures have words", tag);
		check(slice_starts(source, SLICE("cid:")) || slice_find(source, ':') == SLICE_NONE, "pictures of the mail only", tag);
		return;
	}
	if (slice_equal(name, SLICE("meta")) || slice_equal(name, SLICE("br")))
		return;
	check(walk->depth < DEPTH_MAX, "not nested too deep", tag);
	if (walk->depth < DEPTH_MAX)
		walk->levels[walk->depth++] = level;
}

static void close_element(struct walk *walk, slice name)
{
	check(walk->depth && slice_equal(walk->levels[walk->depth - 1].name, name), "elements close in order", name);
	if (walk->depth)
		walk->depth--;
}

static void read_text(struct walk *walk, slice text)
{
	const struct level *level = walk->depth ? &walk->levels[walk->depth - 1] : NULL;
	/* A square is read by the words behind it. */
	const bool is_blank = slice_trim_space(text).len == 0 || slice_equal(text, SLICE("&nbsp;")) || slice_equal(text, SLICE("■"));
	const bool is_shown = level && !level->is_bare && !level->is_hidden;

	if (!is_blank && is_shown) {
		check(level->ground.ptr && level->colour.ptr, "text has a colour and a ground", text);
		if (level->ground.ptr && level->colour.ptr)
			check(contrast(level->colour, level->ground) >= CONTRAST_MIN, "contrast of at least 4.5", text);
	}
	if (walk->reader)
		walk->reader->text(walk->reader->self, text, is_shown);
}

static void read_tag(struct walk *walk, slice tag)
{
	if (slice_starts(tag, SLICE("!")))
		return;
	if (slice_starts(tag, SLICE("/")))
		close_element(walk, slice_after(tag, 1));
	else
		open_element(walk, tag);
	if (walk->reader)
		walk->reader->element(walk->reader->self, tag);
}

static void check_lines(slice html)
{
	slice rest = html, line;
	size_t n_lines = 0;

	check(slice_find(html, '\0') == SLICE_NONE, "no NUL", SLICE("page"));
	while (slice_next_line(&rest, &line)) {
		n_lines++;
		check(line.len <= 998, "lines of at most 998 bytes", line);
		check(printable_is(line), "nothing invisible as it is", line);
	}
	check(html.len + n_lines <= 80000, "at most 80 KB with CRLF line ends", SLICE("page"));
}

void page_check(slice html, const struct page_reader *reader)
{
	struct walk walk = {.reader = reader};
	slice rest = html, text, tag;

	check_lines(html);
	while (slice_next(&rest, '<', &text)) {
		if (text.len)
			read_text(&walk, text);
		if (slice_starts(rest, SLICE("!--"))) {
			const size_t end = slice_find_slice(rest, SLICE("-->"));

			rest = slice_after(rest, end == SLICE_NONE ? rest.len : end + 3);
		} else if (rest.ptr && slice_next(&rest, '>', &tag)) {
			read_tag(&walk, tag);
		}
	}
	check(walk.depth == 0, "every element is closed", SLICE("page"));
}

void page_decode(struct buffer *out, slice text)
{
	static const struct {
		const char *entity, *character;
	} entities[] = {{"&amp;", "&"}, {"&lt;", "<"},   {"&gt;", ">"},	  {"&quot;", "\""},
			{"&#39;", "'"}, {"&nbsp;", " "}, {"&#847;", ""}, {"&zwnj;", ""}};

	while (text.len) {
		size_t n = 0;

		for (size_t i = 0; i < sizeof entities / sizeof *entities && !n; i++)
			if (slice_starts(text, slice_of(entities[i].entity))) {
				buffer_append(out, slice_of(entities[i].character));
				n = strlen(entities[i].entity);
			}
		if (!n)
			buffer_append_byte(out, text.ptr[0]);
		text = slice_after(text, n ? n : 1);
	}
}
