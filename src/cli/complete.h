/* SPDX-License-Identifier: MIT */
/* complete.h - the table of commands as completions for shells
 *
 * What is offered as a value follows from what stands for it in help: FILE, LOG and LEDGER are files, FOLDER and DIR folders, COMMAND a program; a list
 * like "zh|en" is the words themselves, and an option's `words` say them where help names them in a sentence. */
#ifndef COURANT_CLI_COMPLETE_H
#define COURANT_CLI_COMPLETE_H
#include "cli/cli.h"

enum complete_kind {
	COMPLETE_FLAG, /* the option takes no value */
	COMPLETE_TEXT, /* nothing is known of it */
	COMPLETE_FILE,
	COMPLETE_FOLDER,
	COMPLETE_PROGRAM,
	COMPLETE_WORD,  /* one of the words */
	COMPLETE_WORDS, /* some of them, with commas between */
};

enum complete_kind complete_option_kind(const struct cli_option *);

/* The words of an option, one at a time; *rest begins as complete_words(). */
slice complete_words(const struct cli_option *);
bool complete_next_word(enum complete_kind, slice *rest, slice *ret);

/* Whether the arguments of a command are files, or names of commands. */
bool complete_takes_files(const struct cli_command *);
bool complete_takes_commands(const struct cli_command *);

/* Every option of a command, the common ones last; false behind them. */
bool complete_option_at(const struct cli_command *, size_t i, struct cli_option *ret);

/* Text between single quotes for a POSIX-like shell. */
void complete_write_quoted(struct buffer *, slice text);

/* The tables for a shell; tools/completions has the programs that ask them, which come behind. */
void complete_write_bash(struct buffer *);
void complete_write_zsh(struct buffer *);
void complete_write_fish(struct buffer *);
#endif
