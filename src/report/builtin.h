/* SPDX-License-Identifier: MIT */
/* builtin.h - the report files that the program carries in itself */
#ifndef COURANT_REPORT_BUILTIN_H
#define COURANT_REPORT_BUILTIN_H
#include "base/slice.h"

/* The bytes of reports/traffic.yaml. */
slice builtin_traffic(void);
#endif
