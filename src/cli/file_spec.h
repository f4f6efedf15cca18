/* SPDX-License-Identifier: MIT */
/* file_spec.h - a file with what is to be known of it: 'week.xlsx;name="12周.xlsx";type=application/octet-stream' */
#ifndef COURANT_CLI_FILE_SPEC_H
#define COURANT_CLI_FILE_SPEC_H
#include "base/auto.h"
#include "base/fail.h"
#include "base/slice.h"

struct file_spec {
	char *path;
	char *name, *type; /* NULL: not said */
};

void file_spec_release(struct file_spec *);
AUTO_DEFINE_VALUE(file_spec, struct file_spec, file_spec_release)

/* FILE[;name=NAME][;type=TYPE]. A ';' that no known word follows belongs to the path. A value ends at the next ';', or stands in double quotes with \" and
 * \\ inside. COURANT_USAGE. */
int file_spec_parse(slice text, struct file_spec *ret, courant_error **err);
#endif
