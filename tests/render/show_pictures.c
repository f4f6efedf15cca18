/* SPDX-License-Identifier: MIT */
/* show_pictures.c - every picture of pictures.h into a folder, with its words, to be looked at: show-pictures FOLDER */
#include <stdio.h>

#include "base/file.h"
#include "pictures.h"
#include "render/studio.h"

static int write_file(const char *folder, const char *name, const char *language, const char *extension, slice bytes, courant_error **err)
{
	AUTO(buffer) struct buffer path = BUFFER_LIMIT(4096);

	buffer_printf(&path, "%s/%s-%s%s", folder, name, language, extension);
	return buffer_check(&path, err) < 0 ? -1 : file_write_atomic(path.bytes, bytes, 0644, err);
}

static int show(struct studio *studio, const char *folder, enum sitter sitter, enum language language, courant_error **err)
{
	AUTO(sitting) struct sitting sitting = sitting_of(sitter, language);
	AUTO(rendered) struct rendered rendered = {0};
	AUTO(buffer) struct buffer words = BUFFER_LIMIT((size_t)1 << 20);
	const char *tag = language == LANGUAGE_ZH ? "zh" : "en";

	if (studio_draw(studio, &sitting.picture, sitting.table, &rendered, err) < 0)
		return fail_within(err, "%s", sitter_names[sitter]);
	buffer_append(&words, slice_of(rendered.text));
	buffer_append_byte(&words, '\n');
	for (size_t i = 0; i < rendered.finding.n; i++)
		buffer_append(&words, slice_of(rendered.finding.runs[i].text));
	buffer_append(&words, SLICE("\n\n"));
	buffer_append(&words, slice_of(rendered.alt));
	buffer_append_byte(&words, '\n');
	return write_file(folder, sitter_names[sitter], tag, ".png", slice_from(rendered.png, rendered.png_len), err) < 0 ||
	               write_file(folder, sitter_names[sitter], tag, ".txt", buffer_peek(&words), err) < 0
	       ? -1
	       : 0;
}

int main(int argc, char **argv)
{
	AUTO(error) courant_error *err = NULL;
	AUTO(studio) struct studio *studio = studio_new(&err);
	int done = studio && argc == 2 ? 0 : -1;

	for (unsigned sitter = 0; sitter < SITTERS && done == 0; sitter++)
		for (unsigned language = 0; language < LANGUAGES && done == 0; language++)
			done = show(studio, argv[1], sitter, language, &err);
	if (done < 0)
		(void)fprintf(stderr, "show-pictures: %s\n", err ? courant_error_sentence(err) : "usage: show-pictures FOLDER");
	return done < 0 ? 1 : 0;
}
