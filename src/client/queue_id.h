/* SPDX-License-Identifier: MIT */
/* queue_id.h - the name a server gives a mail it has taken, out of the words of its 250 */
#ifndef COURANT_CLIENT_QUEUE_ID_H
#define COURANT_CLIENT_QUEUE_ID_H
#include "base/slice.h"

/* Knows the words of Postfix and most others ("queued as 4Wx1Yz"), Exim ("id=1abcDE-00012x-3G"), sendmail and OpenSMTPD ("5AB1c2d Message accepted for
 * delivery"), qmail ("ok 1700000000 qp 1234") and Google ("OK  1700 x1-2si3 - gsmtp"). Empty when there is none. */
slice queue_id_find(slice text);
#endif
