/* SPDX-License-Identifier: MIT */
/* sniff.c - signatures and endings */
#include "mime/sniff.h"

#include "base/ascii.h"

/* The bytes at an offset, and perhaps more at a second one. */
static const struct {
	const char *type;
	slice bytes;
	size_t more_at;
	slice more;
} signatures[] = {
	{"image/png", {"\x89PNG\r\n\x1a\n", 8}, 0, {NULL, 0}},
	{"image/jpeg", {"\xff\xd8\xff", 3}, 0, {NULL, 0}},
	{"image/gif", {"GIF87a", 6}, 0, {NULL, 0}},
	{"image/gif", {"GIF89a", 6}, 0, {NULL, 0}},
	{"image/webp", {"RIFF", 4}, 8, {"WEBP", 4}},
	{"image/bmp", {"BM", 2}, 6, {"\0\0\0\0", 4}},
	{"image/tiff", {"II*\0", 4}, 0, {NULL, 0}},
	{"image/tiff", {"MM\0*", 4}, 0, {NULL, 0}},
	{"image/vnd.microsoft.icon", {"\0\0\1\0", 4}, 0, {NULL, 0}},
	{"audio/wav", {"RIFF", 4}, 8, {"WAVE", 4}},
	{"audio/mpeg", {"ID3", 3}, 0, {NULL, 0}},
	{"audio/mpeg", {"\xff\xfb", 2}, 0, {NULL, 0}},
	{"audio/mpeg", {"\xff\xf3", 2}, 0, {NULL, 0}},
	{"audio/mpeg", {"\xff\xf2", 2}, 0, {NULL, 0}},
	{"audio/ogg", {"OggS", 4}, 0, {NULL, 0}},
	{"audio/flac", {"fLaC", 4}, 0, {NULL, 0}},
	{"audio/midi", {"MThd", 4}, 0, {NULL, 0}},
	{"audio/aac", {"\xff\xf1", 2}, 0, {NULL, 0}},
	{"audio/aac", {"\xff\xf9", 2}, 0, {NULL, 0}},
	{"audio/basic", {".snd", 4}, 0, {NULL, 0}},
	{"audio/aiff", {"FORM", 4}, 8, {"AIFF", 4}},
	{"application/pdf", {"%PDF-", 5}, 0, {NULL, 0}},
	{"application/gzip", {"\x1f\x8b", 2}, 0, {NULL, 0}},
	{"application/zstd", {"\x28\xb5\x2f\xfd", 4}, 0, {NULL, 0}},
	{"application/x-xz", {"\3757zXZ\0", 6}, 0, {NULL, 0}},
	{"application/x-bzip2", {"BZh", 3}, 0, {NULL, 0}},
	{"application/x-7z-compressed", {"7z\xbc\xaf\x27\x1c", 6}, 0, {NULL, 0}},
	{"application/vnd.rar", {"Rar!\x1a\x07", 6}, 0, {NULL, 0}},
	{"application/zip", {"PK\3\4", 4}, 0, {NULL, 0}},
	{"application/zip", {"PK\5\6", 4}, 0, {NULL, 0}},
	{"application/vnd.sqlite3", {"SQLite format 3", 16}, 0, {NULL, 0}},
	{"application/postscript", {"%!PS", 4}, 0, {NULL, 0}},
	{"application/rtf", {"{\\rtf", 5}, 0, {NULL, 0}},
	{"application/x-ole-storage", {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8}, 0, {NULL, 0}},
	{"application/wasm", {"\0asm", 4}, 0, {NULL, 0}},
	{"font/woff2", {"wOF2", 4}, 0, {NULL, 0}},
	{"font/woff", {"wOFF", 4}, 0, {NULL, 0}},
};

/* The boxes of ISO media files begin with a brand. */
static const struct {
	const char *brand, *type;
} brands[] = {
	{"M4A ", "audio/mp4"},  {"M4B ", "audio/mp4"},       {"avif", "image/avif"},
	{"avis", "image/avif"}, {"heic", "image/heic"},      {"heix", "image/heic"},
	{"mif1", "image/heif"}, {"qt  ", "video/quicktime"}, {"isom", "video/mp4"},
	{"mp41", "video/mp4"},  {"mp42", "video/mp4"},       {"iso2", "video/mp4"},
	{"M4V ", "video/mp4"},
};

#define OFFICE "application/vnd.openxmlformats-officedocument."
#define OPEN   "application/vnd.oasis.opendocument."

static const struct {
	const char *ending, *type;
} endings[] = {
	{"7z", "application/x-7z-compressed"},
	{"aac", "audio/aac"},
	{"avif", "image/avif"},
	{"bmp", "image/bmp"},
	{"css", "text/css"},
	{"csv", "text/csv"},
	{"doc", "application/msword"},
	{"docm", "application/vnd.ms-word.document.macroEnabled.12"},
	{"docx", OFFICE "wordprocessingml.document"},
	{"eml", "message/rfc822"},
	{"epub", "application/epub+zip"},
	{"flac", "audio/flac"},
	{"gif", "image/gif"},
	{"gz", "application/gzip"},
	{"htm", "text/html"},
	{"html", "text/html"},
	{"ico", "image/vnd.microsoft.icon"},
	{"ics", "text/calendar"},
	{"jar", "application/java-archive"},
	{"jpeg", "image/jpeg"},
	{"jpg", "image/jpeg"},
	{"js", "text/javascript"},
	{"json", "application/json"},
	{"log", "text/plain"},
	{"m4a", "audio/mp4"},
	{"md", "text/markdown"},
	{"mid", "audio/midi"},
	{"mov", "video/quicktime"},
	{"mp3", "audio/mpeg"},
	{"mp4", "video/mp4"},
	{"odp", OPEN "presentation"},
	{"ods", OPEN "spreadsheet"},
	{"odt", OPEN "text"},
	{"oga", "audio/ogg"},
	{"ogg", "audio/ogg"},
	{"opus", "audio/ogg"},
	{"p7s", "application/pkcs7-signature"},
	{"pdf", "application/pdf"},
	{"png", "image/png"},
	{"ppt", "application/vnd.ms-powerpoint"},
	{"pptx", OFFICE "presentationml.presentation"},
	{"rtf", "application/rtf"},
	{"svg", "image/svg+xml"},
	{"tar", "application/x-tar"},
	{"tif", "image/tiff"},
	{"tiff", "image/tiff"},
	{"tsv", "text/tab-separated-values"},
	{"txt", "text/plain"},
	{"vcf", "text/vcard"},
	{"wav", "audio/wav"},
	{"webm", "video/webm"},
	{"webp", "image/webp"},
	{"xls", "application/vnd.ms-excel"},
	{"xlsm", "application/vnd.ms-excel.sheet.macroEnabled.12"},
	{"xlsx", OFFICE "spreadsheetml.sheet"},
	{"xml", "application/xml"},
	{"xz", "application/x-xz"},
	{"yaml", "application/yaml"},
	{"yml", "application/yaml"},
	{"zip", "application/zip"},
	{"zst", "application/zstd"},
};

/* Office files are zip files whose first member tells what they are. */
static const struct {
	const char *member, *type;
} members[] = {
	{"word/", OFFICE "wordprocessingml.document"},
	{"xl/", OFFICE "spreadsheetml.sheet"},
	{"ppt/", OFFICE "presentationml.presentation"},
};
#undef OFFICE

#define ZIP_NAME_AT 30 /* of a local file header */
#define MEMBERS_MAX 16

/* Looks at the names of the members that lie in the beginning. */
static const char *zip_type(slice bytes)
{
	if (slice_starts(slice_after(bytes, ZIP_NAME_AT), SLICE("mimetype" OPEN "spreadsheet")))
		return OPEN "spreadsheet";
	if (slice_starts(slice_after(bytes, ZIP_NAME_AT), SLICE("mimetype" OPEN "text")))
		return OPEN "text";
	if (slice_starts(slice_after(bytes, ZIP_NAME_AT), SLICE("mimetype" OPEN "presentation")))
		return OPEN "presentation";
	if (slice_starts(slice_after(bytes, ZIP_NAME_AT), SLICE("mimetypeapplication/epub+zip")))
		return "application/epub+zip";
	for (size_t n = 0; n < MEMBERS_MAX; n++) {
		const size_t at = slice_find_slice(bytes, SLICE("PK\3\4"));

		if (at == SLICE_NONE)
			return NULL;
		bytes = slice_after(bytes, at);
		for (size_t i = 0; i < sizeof members / sizeof *members; i++)
			if (slice_starts(slice_after(bytes, ZIP_NAME_AT),
					 slice_of(members[i].member)))
				return members[i].type;
		bytes = slice_after(bytes, 4);
	}
	return NULL;
}
#undef OPEN

/* Text whose first tag, after what may stand before it, is svg. */
static bool is_svg(slice bytes)
{
	const size_t svg = slice_find_slice(bytes, SLICE("<svg"));
	slice start = bytes;

	if (slice_starts(start, SLICE("\xef\xbb\xbf")))
		start = slice_after(start, 3);
	start = slice_trim_space(start);
	return svg != SLICE_NONE &&
	       (slice_starts(start, SLICE("<?xml")) || slice_starts(start, SLICE("<svg")) ||
		slice_starts(start, SLICE("<!--")) ||
		slice_starts_nocase(start, SLICE("<!DOCTYPE svg")));
}

static const char *type_by_bytes(slice bytes)
{
	for (size_t i = 0; i < sizeof signatures / sizeof *signatures; i++)
		if (slice_starts(bytes, signatures[i].bytes) &&
		    slice_starts(slice_after(bytes, signatures[i].more_at), signatures[i].more))
			return signatures[i].type;
	if (slice_starts(slice_after(bytes, 4), SLICE("ftyp")))
		for (size_t i = 0; i < sizeof brands / sizeof *brands; i++)
			if (slice_starts(slice_after(bytes, 8), slice_of(brands[i].brand)))
				return brands[i].type;
	return is_svg(bytes) ? "image/svg+xml" : NULL;
}

static const char *type_by_ending(slice name)
{
	const size_t dot = slice_find_last(name, '.');
	const slice ending = dot == SLICE_NONE ? SLICE("") : slice_after(name, dot + 1);

	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
		if (slice_equal_nocase(ending, slice_of(endings[i].ending)))
			return endings[i].type;
	return NULL;
}

/* Containers of which the name knows more than the first bytes do. */
static bool is_container(const char *type)
{
	return strcmp(type, "application/zip") == 0 ||
	       strcmp(type, "application/x-ole-storage") == 0;
}

const char *sniff_type(slice beginning, slice name)
{
	const char *by_bytes = type_by_bytes(beginning);
	const char *by_ending = type_by_ending(name);

	if (by_bytes && strcmp(by_bytes, "application/zip") == 0) {
		const char *inner = zip_type(beginning);

		by_bytes = inner ? inner : by_bytes;
	}
	if (by_bytes && is_container(by_bytes) && by_ending)
		return by_ending;
	return by_bytes ? by_bytes : by_ending;
}
