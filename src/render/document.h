/* SPDX-License-Identifier: MIT */
/* document.h - what a report is made of, before it is HTML, text or a workbook
 *
 * A document is a title, a verdict, blocks and a footer. Blocks hold tables (never formatted figures), so that every rendering prints
 * the same numbers; sentences come as runs of text, some bold. All text is UTF-8 and hostile unless it came out of words.def: renderers
 * escape it, show its control characters and cut it. A document owns its tables and copies its texts.
 *
 * Figures in sentences are written by table/format.h in the context FIGURE_SENTENCE (a no-break blank before the unit); the plain
 * rendering turns that blank, en dashes and the like into ASCII. */
#ifndef COURANT_RENDER_DOCUMENT_H
#define COURANT_RENDER_DOCUMENT_H
#include "base/buffer.h"
#include "base/zone.h"
#include "table/change.h"
#include "table/table.h"
#include "table/words.h"

enum status { STATUS_OK, STATUS_ATTENTION, STATUS_INCOMPLETE, STATUS_PROBLEM }; /* the worst wins: the greatest */

/* A sentence: runs of text one after the other. */
enum run_tone { RUN_PLAIN, RUN_BOLD, RUN_ALARM, RUN_BREAK /* the line ends here */ };
struct run {
	enum run_tone tone;
	char *text;
};
struct sentence {
	struct run *runs;
	size_t n;
};
int sentence_add(struct sentence *, enum run_tone, slice text, courant_error **err);
void sentence_release(struct sentence *);

/* How a figure is written, where its type leaves a choice. */
enum form {
	FORM_SCALED, /* the column's unit, once in its head; in a tile the figure's own */
	FORM_OWN,    /* each with a unit of its own: 7 min 00 s, 30 s */
	FORM_FINE,   /* a ratio with two decimals: availability, hit ratios */
	FORM_THREE,  /* three digits each, in a unit that stands elsewhere (block->unit) */
	FORM_CLOCK,  /* a time as 05:40; with its date when the table's window is longer than a day */
	FORM_DAY,    /* a time as its day: 周一 3/16 */
};

/* What a figure should be: no more than a limit (better BETTER_DOWN), or no less (BETTER_UP). Unknown: there is no target. */
struct figure_target {
	struct table_cell limit;
	enum better better;
};

/* One headline figure, with the former one when there is a comparison. */
struct tile {
	const char *label; /* copied by block_add_tile */
	enum table_type type;
	struct table_cell now, former; /* unknown: shown as an en dash, and "no comparison" */
	enum better better;
	enum form form;       /* FORM_SCALED or FORM_FINE */
	struct figure_target target;
	const char *unit;     /* of a rate or number: as in struct table_column; copied */
};

/* A column of a column chart drawn with table cells: an hour of the day, a day. */
struct chart_column {
	char label[16];   /* under the column: "0", "3", "11-09"; empty: none under this one. At most 8 labels fit */
	char name[24];    /* at the beginning of its row in the plain text: "00", "11-09" */
	uint64_t value, errors;
	struct table_cell former; /* a count, or unknown */
};

/* More columns are merged, so many neighbours into one, and a sentence says so. */
#define CHART_COLUMNS_MAX 31

/* How a column of a block's table is shown. */
enum look {
	LOOK_NAME,   /* text, left */
	LOOK_CODE,   /* a status code (count or text): bold, 5xx in the alarm colour */
	LOOK_PATH,   /* monospaced, decoded for reading, cut to fit; a bar under it when bar_of is set */
	LOOK_LEAD,   /* the leading number: right, bold */
	LOOK_FIGURE, /* right, in the colour of text */
	LOOK_NUMBER, /* right, grey */
	LOOK_CHANGE, /* the change of `value` against `former`; left out when the document has no former_label */
};
struct block_column {
	const char *head; /* out of words.def; NULL for LOOK_CHANGE: "Change", 较上周一 */
	enum look look;
	size_t value;  /* column of the table */
	size_t former; /* LOOK_CHANGE: column of the table with the former figure (unknown: no data; 0: new) */
	size_t bar_of; /* LOOK_PATH: column whose share of the greatest is the bar's length; SLICE_NONE: no bar */
	enum better better; /* in a row that begins with a LOOK_CODE below 400: always BETTER_NEITHER */
	enum form form;
	struct figure_target target; /* a figure that misses it is in the alarm colour */
	bool is_note;   /* in HTML no column, but words on the second line of the first cell; in plain text a column */
	enum word note; /* those words, with the figure as {0}: "{0} 次", "p50 {0}" */
};
#define BLOCK_COLUMNS_MAX 6
#define BLOCK_SHOWN_MAX   10 /* with notes */

/* A picture, and everything that stands for it where it is not shown. */
struct rendered {
	char *png;
	size_t png_len;
	unsigned width, height; /* CSS px: half of the PNG's */
	char *alt;
	char *text;             /* its plain twin */
	struct sentence finding; /* the line under it */
	struct table *figures;  /* a row a series: series, unit, last, average, greatest, time, p95; in that unit. NULL: none */
};
void rendered_release(struct rendered *);
AUTO_DEFINE_VALUE(rendered, struct rendered, rendered_release)

#define PICTURE_NAME_MAX_BYTES 64
#define LOGO_NAME              "logo"
struct block_picture {
	char *name; /* letters, digits, - and _: the HTML names it "cid:NAME", its file is NAME.png */
	struct rendered image;
};

/* How an hour was: of the availability strip, and the square before a row of a table. */
enum hour_state { HOUR_UP, HOUR_SOME_FAILED, HOUR_MOST_FAILED, HOUR_NO_DATA };
#define STRIP_HOURS_MAX 25
struct strip_row {
	char *label; /* "周一" */
	enum hour_state hours[STRIP_HOURS_MAX]; /* 23 to 25 of them */
	size_t n;
};

/* A paragraph, or an item of a list. */
enum passage_kind { PASSAGE_PARAGRAPH, PASSAGE_ITEM, PASSAGE_NUMBERED };
struct passage {
	enum passage_kind kind;
	unsigned number; /* PASSAGE_NUMBERED */
	struct sentence words;
};

enum block_kind {
	BLOCK_TILES,   /* figures with their change, three a row */
	BLOCK_COLUMNS, /* column chart out of table cells, errors below on the same axis */
	BLOCK_BARS,    /* name, bar, share, count: shown columns name (text), share (ratio), count */
	BLOCK_TABLE,   /* a data table; its first shown column is LOOK_NAME, LOOK_CODE or LOOK_PATH */
	BLOCK_TEXT,    /* paragraphs and lists */
	BLOCK_PICTURES, /* two a row; a wide one alone */
	BLOCK_STRIP,   /* a row a day, a stretch an hour: up, some failed, most failed, no data */
	BLOCK_ATTACHMENT, /* what is attached: file_name, and what it holds in `lead` */
};

struct block {
	enum block_kind kind;
	char *heading;          /* NULL: none in HTML; the plain text heads tiles with "Summary" */
	char *side;             /* grey words at the heading's right; NULL: none */
	struct sentence lead;   /* grey sentence above; empty: none */
	struct sentence after;  /* grey sentence below ("38,214 hits in all …"); empty: none */
	char *empty;            /* when there is nothing: the one grey line that is shown instead ("No 404s"); NULL: there is something */

	struct tile *tiles;
	size_t n_tiles;

	struct chart_column *columns;
	size_t n_columns;
	const char *counted;         /* what the columns count: "hits", out of words.def */
	const char *errors_counted;  /* "5xx"; NULL: no row of errors */
	char *key_now, *key_former;  /* "11月9日", "11月2日"; key_former NULL: no comparison */
	struct sentence errors_lead; /* above the errors' row */

	struct passage *passages; /* BLOCK_TEXT */
	size_t n_passages;
	struct block_picture *pictures;
	size_t n_pictures;
	struct strip_row *strip;
	size_t n_strip;
	char *file_name; /* BLOCK_ATTACHMENT */

	struct table *table; /* BLOCK_BARS, BLOCK_TABLE */
	struct block_column shown[BLOCK_SHOWN_MAX];
	size_t n_shown;
	size_t note;      /* column of the table with a second, grey line of the first cell; SLICE_NONE: none */
	size_t unit;      /* column with a unit that stands in grey behind the first cell ("MB/s"), SLICE_NONE: none */
	size_t state;     /* column of counts, an enum hour_state each: a square of that colour before the first cell; SLICE_NONE: none */
	char *total;      /* the last row is the whole of the others: bold, with these words as its first cell; NULL: it is not */
	size_t note_mark; /* column with marked words in front of the note ("our own link"; unknown: no mark), SLICE_NONE: none */
	enum word more;   /* the sentence for rows that the table or the rendering left out, of {0} rows and {1}, the sum of the first count
			   * over them: WORD_MORE_PAGES. WORDS: such rows are not mentioned */
};

/* A row of the footer that vouches for the data: label (out of words.def) and text. */
struct footer_row {
	const char *label;
	char *text;
};

/* "cid:net" in a mail; "net.png" beside a page in a folder. */
enum references { REFERENCES_CID, REFERENCES_FILES };

struct logo;

struct document {
	enum language language;
	const struct zone *zone; /* for columns of times; borrowed while the document lives; NULL: UTC */
	char *title;        /* h1 */
	char *subject;      /* of the mail, and the HTML's title: title · period · status: cause */
	char *preheader;    /* 60 to 110 characters */
	char *period;       /* the line under the title: period and zone, without a full stop */
	char *compared;     /* "对比：11月2日 周一", without a full stop; NULL: no comparison */
	char *sample_note;  /* bold behind it ("sample data"), or NULL */
	char *link;         /* http(s) URL behind 更多 », or NULL; another scheme is not made a link */
	char *now_label;    /* the period's short name: "11月9日" */
	char *former_label; /* what the comparison is called in tiles and tables: "上周一"; NULL: no comparison */

	enum status status;
	char *status_word;  /* 注意 */
	char *verdict;      /* one sentence */
	char *verdict_more; /* one or two; may be NULL */

	struct block **blocks;
	size_t n_blocks;

	struct footer_row *footer;
	size_t n_footer;
	char *made_by; /* program, version, report, time made, time taken */

	/* The sender's own: document_set_brand */
	char *brand_colour;  /* "#0072b2", of the rule above the title; NULL: ink */
	char *brand_link;    /* the same for links, as dark as reading needs */
	char *brand_footer;  /* words at the page's end; NULL: none */
	struct logo *logo;   /* above the title; NULL: none */

	struct sheet **sheets; /* of the workbook */
	size_t n_sheets;

	enum references references; /* how the HTML names its pictures */
	char *files_prefix; /* of REFERENCES_FILES: stands before each name; NULL: nothing */
};

/* A picture of the sender's, as it came: PNG, JPEG or GIF. */
struct logo {
	char *bytes;
	size_t len;
	const char *subtype;    /* "png", "jpeg", "gif" */
	unsigned width, height; /* as it is shown */
	char *alt;
};

/* How a sheet of the workbook is laid out. */
enum sheet_layout {
	SHEET_ROWS,     /* as the table is: a head, filters, a row a row */
	SHEET_WEEKDAYS, /* a week's series with a column a weekday: of days a row a figure, of hours a row an hour (the first figure alone) */
};

struct sheet {
	char *name;          /* as wished; what a workbook does not allow in it is replaced, and it is made the only one of its name */
	enum sheet_layout layout;
	struct table *table; /* owned; a stream is read once or twice, and never held */
	char **heads;        /* of the columns; NULL, or an entry NULL: the column's own name */
	bool has_chart;      /* its figures over its first column as a native chart on the first sheet */
};

/* One picture that the page needs: bytes borrowed from the document. */
struct image {
	const char *name;    /* the Content-ID's left side */
	const char *subtype; /* "png": type image/png, and the file's extension */
	slice bytes;
};

struct document *document_new(enum language, courant_error **err);
void document_free(struct document *);
AUTO_DEFINE(document, struct document, document_free)

/* Copies the text into one of the document's or a block's fields (&document->title); the former text is freed. */
int document_set(char **field, slice text, courant_error **err);

/* A new block at the end, owned by the document, with note and note_mark SLICE_NONE and more WORDS; NULL without memory. An empty heading
 * is none. It stays where it is. */
struct block *document_add_block(struct document *, enum block_kind, slice heading, courant_error **err);
int document_add_footer(struct document *, const char *label, slice text, courant_error **err);

/* The texts of each are copied or taken by the block. */
int block_add_tile(struct block *, const struct tile *, courant_error **err);
/* Takes the picture, always, and leaves it empty. COURANT_INVALID: a name of other bytes, or of another picture of the document. */
int document_add_picture(struct document *, struct block *, slice name, struct rendered *, courant_error **err);
/* A table of pictures' figures, for readers that show none: render/figures.h; taken, always; NULL: those of all pictures that the document has so far. NULL without memory. */
struct block *document_add_figures(struct document *, slice heading, struct table *figures, courant_error **err);
int block_add_strip_row(struct block *, slice label, const enum hour_state *hours, size_t n, courant_error **err);
/* One more passage, for words to be added to; NULL without memory. It stays until the next one is added. */
struct passage *block_add_passage(struct block *, enum passage_kind, courant_error **err);
/* The passages of a text: paragraphs are apart by empty lines; "- " and "* " begin items, "1. " numbered ones; **bold**; a line end
 * breaks the line; a backslash takes the meaning from the next sign. Everything else is what it is. */
int block_add_markup(struct block *, slice text, courant_error **err);

/* "#0072b2". COURANT_INVALID for anything else. NULL or empty texts: none. */
int document_set_brand(struct document *, const char *colour, const char *footer, courant_error **err);
/* At most 40 px high, 300 wide. COURANT_INVALID: not a PNG, JPEG or GIF, or larger than LOGO_MAX_BYTES. */
int document_set_logo(struct document *, slice bytes, slice alt, courant_error **err);
#define LOGO_MAX_BYTES ((size_t)200 << 10)

/* The pictures that the HTML refers to, in its order; blocks that have no room there are left out, and so are theirs. The array is the
 * caller's to free(), what it points to the document's. */
int document_images(const struct document *, struct image **ret, size_t *ret_n, courant_error **err);
int block_add_column(struct block *, const struct chart_column *, courant_error **err);

/* A sheet of the workbook, after the first one with the report's figures. Takes the table, always; NULL: it failed before. */
struct sheet *document_add_sheet(struct document *, slice name, enum sheet_layout, struct table *, courant_error **err);
int sheet_set_head(struct sheet *, size_t column, slice head, courant_error **err);

/* Takes the table, always; NULL: it failed before. */
int block_set_table(struct block *, struct table *, courant_error **err);

/* One more shown column; at most BLOCK_COLUMNS_MAX. */
void block_show(struct block *, struct block_column);

/* A rendering: appends to the buffer. */
struct renderer {
	const char *name;      /* "html" */
	const char *extension; /* ".html" */
	int (*render)(const struct document *, struct buffer *ret, courant_error **err);
};
extern const struct renderer render_html, render_text;

/* A rendering into a file, in constant memory. */
struct file_renderer {
	const char *name;      /* "xlsx" */
	const char *extension; /* ".xlsx" */
	/* `created_ms`: what the file says of its making; the same gives the same bytes. COURANT_CANT_CREATE: it cannot be written. */
	int (*render)(const struct document *, const char *path, int64_t created_ms, courant_error **err);
};
extern const struct file_renderer render_xlsx;
#endif
