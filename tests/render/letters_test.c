/* SPDX-License-Identifier: MIT */
/* Runs where no font has Chinese letters. */
#include "render/letters.h"

#include "pictures.h"
#include "render/studio.h"
#include "tap.h"

static const struct text_style style = {12, false};

static void a_missing_font_is_told(void)
{
	AUTO(letters) struct letters *letters = letters_new(NULL);
	courant_error *err = NULL;

	CHECK(!letters_find(letters, style, SLICE("网络 MB/s")));
	CHECK_INT(letters_check(letters, &err), -1);
	CHECK_ERROR(err, COURANT_CONFIG, "no font here has the letter 网 (U+7F51): install the package fonts-wqy-microhei or fonts-noto-cjk");
	/* What failed is no hindrance afterwards. */
	CHECK(letters_find(letters, style, SLICE("MB/s")));
	CHECK_INT(letters_check(letters, &err), 0);
}

static void no_picture_is_made_of_boxes(void)
{
	AUTO(studio) struct studio *studio = studio_new(NULL);
	AUTO(sitting) struct sitting zh = sitting_of(SITTER_NET, LANGUAGE_ZH), en = sitting_of(SITTER_NET, LANGUAGE_EN);
	AUTO(rendered) struct rendered rendered = {0};
	courant_error *err = NULL;

	CHECK_INT(studio_draw(studio, &zh.picture, zh.table, &rendered, &err), -1);
	CHECK_ERROR(err, COURANT_CONFIG, "install the package fonts-wqy-microhei");
	CHECK(!rendered.png);
	CHECK_INT(studio_draw(studio, &en.picture, en.table, &rendered, &err), 0);
	CHECK_NO_ERROR(err);
}

static void rare_letters_are_spelled(void)
{
	AUTO(letters) struct letters *letters = letters_new(NULL);
	const double spelled = letters_find(letters, style, SLICE("\\u{13000}"))->width_px;

	CHECK_NEAR(letters_find(letters, style, SLICE("\U00013000"))->width_px, spelled, 0.01);
	CHECK_INT(letters_check(letters, NULL), 0);
}

TESTS(TEST(a_missing_font_is_told), TEST(no_picture_is_made_of_boxes), TEST(rare_letters_are_spelled))
