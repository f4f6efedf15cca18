/* SPDX-License-Identifier: MIT */
/* literals.h - what a text must hold for a regular expression to match it
 *
 * A set of words of which at least one must stand in the text, in small letters: looking for words is a hundred times cheaper than trying the expression. */
#ifndef COURANT_TOOLS_LITERALS_H
#define COURANT_TOOLS_LITERALS_H
#include <stdbool.h>
#include <stddef.h>

#define LITERAL_BYTES    16  /* with its NUL; longer ones are cut */
#define LITERAL_MIN      3   /* shorter ones are no help */
#define LITERALS_MAX     400 /* of one expression */
#define LITERALS_GOOD    0
#define LITERALS_NOTHING 1   /* nothing useful must be there: the expression is always tried */
#define LITERALS_STRANGE 2   /* not understood: likewise, but somebody should look at it */

struct literals {
	size_t n;
	char words[LITERALS_MAX][LITERAL_BYTES];
};

int literals_find(const char *expression, struct literals *ret);
#endif
