/* SPDX-License-Identifier: MIT */
/* words.h - the words of the reports, Chinese and English side by side in one table
 *
 * A word is asked for by its id; sentences with figures are made by the functions of the room that knows the figures, out of these. */
#ifndef COURANT_TABLE_WORDS_H
#define COURANT_TABLE_WORDS_H
#include "base/slice.h"

enum language { LANGUAGE_EN, LANGUAGE_ZH };
#define LANGUAGES 2

/* "zh", "en"; false for another. */
bool language_parse(slice, enum language *ret);
const char *language_tag(enum language); /* "zh-CN", "en": for HTML's lang and Content-Language */

/* WORD_VISITORS, … : the list stands in words.def, one line a word: WORD(VISITORS, "Visitors", "访客") */
enum word {
#define WORD(id, en, zh) WORD_##id,
#include "table/words.def"
#undef WORD
	WORDS
};

const char *word(enum word, enum language);
#endif
