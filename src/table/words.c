/* SPDX-License-Identifier: MIT */
/* words.c - the table of words.def, and sentences with figures in their places */
#include "table/words.h"

static const char *const words[WORDS][LANGUAGES] = {
#define WORD(id, en, zh) [WORD_##id] = {[LANGUAGE_EN] = (en), [LANGUAGE_ZH] = (zh)},
#include "table/words.def"
#undef WORD
};

bool language_parse(slice text, enum language *ret)
{
	const slice name = slice_part(text, 0, 2);

	if (text.len > 2 && text.ptr[2] != '-' && text.ptr[2] != '_')
		return false;
	if (slice_equal_nocase(name, SLICE("zh")))
		*ret = LANGUAGE_ZH;
	else if (slice_equal_nocase(name, SLICE("en")))
		*ret = LANGUAGE_EN;
	else
		return false;
	return true;
}

const char *language_tag(enum language language)
{
	switch (language) {
	case LANGUAGE_EN:
		return "en";
	case LANGUAGE_ZH:
		return "zh-CN";
	}
	return "";
}

const char *word(enum word id, enum language language)
{
	return words[id][language];
}

/* What stands between the braces: "0" or "0:page|pages". */
static void write_place(struct buffer *out, slice place, const slice *figures, size_t n)
{
	const size_t i = place.len ? (size_t)(place.ptr[0] - '0') : n;

	if (i >= n)
		return;
	if (place.len == 1) {
		buffer_append(out, figures[i]);
		return;
	}

	slice forms = slice_after(place, 2), one;

	(void)slice_next(&forms, '|', &one);
	buffer_append(out, slice_equal(figures[i], SLICE("1")) ? one : forms);
}

void word_write(struct buffer *out, enum word id, enum language language, const slice *figures, size_t n)
{
	slice rest = slice_of(word(id, language)), text, place;

	while (slice_next(&rest, '{', &text)) {
		buffer_append(out, text);
		if (slice_next(&rest, '}', &place))
			write_place(out, place, figures, n);
	}
}

bool word_read(enum word id, slice text, slice figures[WORD_FIGURES_MAX])
{
	slice form = slice_of(word(id, LANGUAGE_EN)), literal, place;

	(void)slice_next(&form, '{', &literal);
	if (!slice_starts(text, literal))
		return false;
	text = slice_after(text, literal.len);
	while (slice_next(&form, '}', &place)) {
		(void)slice_next(&form, '{', &literal);

		/* What stands at the end is looked for at the end. */
		const bool is_last = !form.ptr;
		const size_t at = !is_last			 ? slice_find_slice(text, literal)
				  : slice_ends(text, literal) ? text.len - literal.len
							      : SLICE_NONE;

		if (at == SLICE_NONE || at == 0)
			return false;
		figures[place.ptr[0] - '0'] = slice_part(text, 0, at);
		text = slice_after(text, at + literal.len);
	}
	return text.len == 0;
}
