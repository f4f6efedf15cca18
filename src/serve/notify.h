/* SPDX-License-Identifier: MIT */
/* notify.h - telling systemd how the service is: sd_notify(3), by hand */
#ifndef COURANT_SERVE_NOTIFY_H
#define COURANT_SERVE_NOTIFY_H

/* `socket` is $NOTIFY_SOCKET; NULL or empty: nobody wants to know. "READY=1", "STOPPING=1", "WATCHDOG=1", "STATUS=…". What does not arrive is no reason to
 * stop. */
void notify_send(const char *socket, const char *state);
#endif
