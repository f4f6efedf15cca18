/* SPDX-License-Identifier: MIT */
/* preheader.h - what lists of mails show beside the subject: the verdict's figures, then the tiles' */
#ifndef COURANT_REPORT_PREHEADER_H
#define COURANT_REPORT_PREHEADER_H
#include "report/build.h"
#include "report/verdict.h"

/* 60 to 110 characters, as far as there is something to say. */
slice preheader_of(const struct build *, const struct verdict *);
#endif
