/* SPDX-License-Identifier: MIT */
/* reader_known.h - what the maker of a reader knows of its bytes, so that nobody has to read them to find out */
#ifndef COURANT_BASE_READER_KNOWN_H
#define COURANT_BASE_READER_KNOWN_H
#include <courant/reader.h>

/* Copied. */
void reader_know(courant_reader *, const struct courant_facts *);

/* NULL: nothing is known. */
const struct courant_facts *reader_known(const courant_reader *);
#endif
