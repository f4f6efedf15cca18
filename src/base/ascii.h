/* SPDX-License-Identifier: MIT */
/* ascii.h - classes of ASCII bytes, whatever the locale */
#ifndef COURANT_BASE_ASCII_H
#define COURANT_BASE_ASCII_H
#include <stdbool.h>
#include <string.h>

static inline bool ascii_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline bool ascii_is_alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static inline bool ascii_is_alnum(char c)
{
	return ascii_is_alpha(c) || ascii_is_digit(c);
}

static inline bool ascii_is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static inline bool ascii_is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* NUL to US, and DEL. */
static inline bool ascii_is_control(char c)
{
	return (unsigned char)c < 32 || c == 127;
}

static inline bool ascii_is_eight_bit(char c)
{
	return (unsigned char)c > 127;
}

static inline char ascii_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static inline char ascii_upper(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

/* Whether it is one of these; NUL never is (strchr finds it at the end of every text). */
static inline bool ascii_is_one_of(char c, const char *bytes)
{
	return c && strchr(bytes, c);
}

/* What an atom is made of (RFC 5322, 3.2.3), and any byte of UTF-8 (RFC 6531, 3.3), whose validity is looked at as a whole. */
static inline bool ascii_is_atext(char c)
{
	return ascii_is_alnum(c) || ascii_is_eight_bit(c) || ascii_is_one_of(c, "!#$%&'*+-/=?^_`{|}~");
}

/* 0 to 15, or -1. */
static inline int ascii_hex_value(char c)
{
	if (ascii_is_digit(c))
		return c - '0';
	if (ascii_lower(c) >= 'a' && ascii_lower(c) <= 'f')
		return ascii_lower(c) - 'a' + 10;
	return -1;
}
#endif
