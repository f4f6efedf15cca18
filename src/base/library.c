/* SPDX-License-Identifier: MIT */
/* library.c - loading a shared library when it is needed (library.h) */
#include "base/library.h"

#include <dlfcn.h>
#include <pthread.h>
#include <string.h>

#include "base/fail.h"

static int fail_loading(const struct library *library, courant_error **err)
{
	const char *why = dlerror();

	return fail(err, COURANT_CONFIG, "%s needs %s: %s", library->purpose, library->file, why ? why : "it cannot be loaded");
}

static int load(struct library *library, courant_error **err)
{
	char *slot = library->functions;
	void *handle = dlopen(library->file, RTLD_NOW | RTLD_LOCAL);

	if (!handle)
		return fail_loading(library, err);
	for (size_t i = 0; i < library->count; i++, slot += sizeof handle) {
		void *function = dlsym(handle, library->names[i]);

		if (!function) {
			(void)fail_loading(library, err);
			(void)dlclose(handle);
			return -1;
		}
		memcpy(slot, &function, sizeof function); /* C has no conversion from void * to a function; POSIX lets them be alike (dlsym) */
	}
	return 0;
}

int library_load(struct library *library, courant_error **err)
{
	static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;
	int status = 0;

	if (library->is_loaded)
		return 0;
	(void)pthread_mutex_lock(&turn);
	if (!library->is_loaded)
		status = load(library, err);
	if (status == 0)
		library->is_loaded = true;
	(void)pthread_mutex_unlock(&turn);
	return status;
}
