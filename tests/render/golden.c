/* SPDX-License-Identifier: MIT */
/* golden.c - writes the files that html_test, plot_test and others compare with: `ninja -C build golden`, then read the difference in git */
#include <stdio.h>

#include "base/file.h"
#include "dump.h"
#include "fixture.h"

static int write_golden(const char *folder, const char *name, enum language language, const struct document *document,
			const struct renderer *renderer, courant_error **err)
{
	AUTO(buffer) struct buffer page = BUFFER_LIMIT((size_t)1 << 20), path = BUFFER_LIMIT(4096);
	slice bytes;

	buffer_printf(&path, "%s/%s-%.2s%s", folder, name, language_tag(language), renderer->extension);
	if (renderer->render(document, &page, err) < 0 || buffer_slice(&page, &bytes, err) < 0)
		return -1;
	return file_write_atomic(path.bytes, bytes, 0644, err);
}

static int write_drawing(const char *folder, enum sitter sitter, courant_error **err)
{
	AUTO(sitting) struct sitting sitting = sitting_of(sitter, LANGUAGE_ZH);
	AUTO(drawing) struct drawing drawing = {0};
	AUTO(buffer) struct buffer text = BUFFER_LIMIT((size_t)1 << 20), path = BUFFER_LIMIT(4096);
	slice bytes;

	buffer_printf(&path, "%s/%s.drawing", folder, sitter_names[sitter]);
	if (dump_draw(&drawing, &sitting, err) < 0)
		return -1;
	dump_write(&text, &drawing);
	return buffer_slice(&text, &bytes, err) < 0 ? -1 : file_write_atomic(path.bytes, bytes, 0644, err);
}

int main(int argc, char **argv)
{
	AUTO(error) courant_error *err = NULL;

	if (argc != 2)
		return 64;
	for (unsigned fixture = 0; fixture < FIXTURES; fixture++) {
		for (unsigned language = 0; language < LANGUAGES; language++) {
			AUTO(document) struct document *document = fixture_new(fixture, language);

			if (!document ||
			    write_golden(argv[1], fixture_names[fixture], language, document, &render_html, &err) < 0 ||
			    write_golden(argv[1], fixture_names[fixture], language, document, &render_text, &err) < 0) {
				(void)fprintf(stderr, "golden: %s\n", courant_error_sentence(err));
				return 74;
			}
		}
	}
	for (unsigned sitter = 0; sitter < SITTER_MANY; sitter++) {
		if (write_drawing(argv[1], sitter, &err) < 0) {
			(void)fprintf(stderr, "golden: %s\n", courant_error_sentence(err));
			return 74;
		}
	}
	return 0;
}
