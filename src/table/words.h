/* SPDX-License-Identifier: MIT */
/* words.h - the words of the reports, Chinese and English side by side in one table
 *
 * A word is asked for by its id. A sentence has places for figures: {0}, {1} …, and {0:page|pages} for the form that goes with the figure
 * (the first with exactly "1"). A language may leave a place out. */
#ifndef COURANT_TABLE_WORDS_H
#define COURANT_TABLE_WORDS_H
#include "base/buffer.h"

enum language { LANGUAGE_EN, LANGUAGE_ZH };
#define LANGUAGES 2

/* "zh", "en", also "zh-CN", "zh_CN", "en-GB" …; false for another. */
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

/* Writes the sentence with the figures in their places. A place without a figure stays empty. */
void word_write(struct buffer *, enum word, enum language, const slice *figures, size_t n);

/* The other way round: whether a text is that English sentence, and what stands in its places {0}, {1} …, borrowed from the text. Each is as short as it can be. */
#define WORD_FIGURES_MAX 10
bool word_read(enum word, slice text, slice figures[WORD_FIGURES_MAX]);

/* The figures as arguments: WORD_WRITE(&out, WORD_MORE_PAGES, language, rows, sum). */
#define WORD_WRITE(out, id, language, ...)                                                         \
	word_write((out), (id), (language), (const slice[]){__VA_ARGS__},                          \
		   sizeof((const slice[]){__VA_ARGS__}) / sizeof(slice))
#endif
