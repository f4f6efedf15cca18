/* SPDX-License-Identifier: MIT */
/* places.c - paths and failures for a reader */
#include "report/places.h"

#include <errno.h>

#include "base/utf8.h"

#define PLACE_MAX_COLUMNS 60 /* say_text cuts there */

slice place_name(struct say *say, const char *const *places, size_t i)
{
	const slice place = slice_of(places[i]), previous = slice_of(i ? places[i - 1] : NULL);
	const size_t slash = slice_find_last(place, '/');
	const bool is_path = slash != SLICE_NONE && slice_find_slice(place, SLICE("://")) == SLICE_NONE;
	const bool is_same_folder = i > 0 && is_path && slash == slice_find_last(previous, '/') &&
				    slice_equal(slice_part(place, 0, slash), slice_part(previous, 0, slash));

	return say_text(say, is_path && (is_same_folder || utf8_width(place) > PLACE_MAX_COLUMNS) ? slice_after(place, slash + 1) : place);
}

slice place_failure(struct say *say, const struct plan_source *source)
{
	const int error_number = courant_error_errno(source->failure);
	struct source_facts facts = {.n_places = 0};

	if (source->source)
		source_facts(source->source, &facts);
	if (facts.n_places && (error_number == ENOENT || error_number == ENOTDIR))
		return SAY(say, WORD_PLACE_MISSING, place_name(say, facts.places, 0));
	if (facts.n_places && error_number == EACCES)
		return SAY(say, WORD_PLACE_FORBIDDEN, place_name(say, facts.places, 0));
	return say_sentence(say, slice_of(courant_error_sentence(source->failure)));
}
