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

/* The English sentence of an error in the report's language, and so what it names; ptr NULL: there are no such words. */
#define WITHIN_MAX 3
static slice failure_words(struct say *say, slice sentence, unsigned depth)
{
	for (enum word id = WORD_FAILURE_NO_FILE; depth < WITHIN_MAX && id <= WORD_FAILURE_IO_ERROR; id++) {
		slice figures[WORD_FIGURES_MAX] = {{0}};

		if (!word_read(id, sentence, figures))
			continue;
		for (size_t i = 0; i < WORD_FIGURES_MAX; i++) {
			const slice said = failure_words(say, figures[i], depth + 1);

			figures[i] = said.ptr ? said : say_sentence(say, figures[i]);
		}
		return say_figures(say, id, figures, WORD_FIGURES_MAX);
	}
	return (slice){NULL, 0};
}

/* What fails by other people's words. */
static enum word kind_of_failure(const courant_error *failure)
{
	static const struct {
		enum courant_code code;
		enum word word;
	} kinds[] = {
		{COURANT_TIMEOUT, WORD_FAILED_TIMEOUT}, {COURANT_HOST_UNKNOWN, WORD_FAILED_HOST}, {COURANT_TEMPORARY, WORD_FAILED_TEMPORARY},
		{COURANT_TLS, WORD_FAILED_TLS},		{COURANT_PROTOCOL, WORD_FAILED_PROTOCOL}, {COURANT_TOO_LARGE, WORD_FAILED_LARGE},
	};

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (courant_error_code(failure) == kinds[i].code)
			return kinds[i].word;
	return WORD_FAILED_OTHER;
}

/* A query's own name stands before whatever failed. */
static slice failure_said(struct say *say, const struct plan_source *source, slice sentence, slice place)
{
	slice query[WORD_FIGURES_MAX];

	if (word_read(WORD_FAILURE_QUERY, sentence, query))
		return SAY(say, WORD_FAILURE_QUERY, say_sentence(say, query[0]), failure_said(say, source, query[1], place));

	const slice said = failure_words(say, sentence, 0);

	return said.ptr ? said : SAY(say, kind_of_failure(source->failure), say_sentence(say, sentence), place);
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
	return failure_said(say, source, slice_of(courant_error_sentence(source->failure)), facts.n_places ? place_name(say, facts.places, 0) : slice_of(source->said->name));
}
