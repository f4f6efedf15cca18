/* SPDX-License-Identifier: MIT */
/* builtin.h - the report files that the program carries in itself: the bytes of reports/NAME.yaml */
#ifndef COURANT_REPORT_BUILTIN_H
#define COURANT_REPORT_BUILTIN_H
#include "base/slice.h"

slice builtin_performance(void);
slice builtin_quality(void);
slice builtin_traffic(void);
#endif
