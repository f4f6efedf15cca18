/* SPDX-License-Identifier: MIT */
/* courant.h - all of libcourant: compose mail and send it */
#ifndef COURANT_COURANT_H
#define COURANT_COURANT_H

#include <courant/engine.h>
#include <courant/error.h>
#include <courant/message.h>
#include <courant/pool.h>
#include <courant/reader.h>
#include <courant/smtp.h>

#endif
