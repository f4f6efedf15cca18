/* SPDX-License-Identifier: MIT */
/* xlsx.c - a workbook of made-up rows, by Courant or by bare libxlsxwriter
 *
 *     bench-xlsx ROWS -o OUT.xlsx          8 columns: 4 numbers, a date, 2 repeated strings, 1 string of its own
 *     bench-xlsx ROWS -o OUT.xlsx --bare   the same cells by libxlsxwriter in constant memory, with nothing around it
 *
 * Rows are made one by one, so that memory is what the writing needs. Prints the milliseconds it took and the greatest memory in KB. */
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <xlsxwriter.h>

#include "base/clock.h"
#include "base/num.h"
#include "render/document.h"

#define USAGE   "usage: bench-xlsx ROWS -o OUT.xlsx [--bare]"
#define FROM_MS INT64_C(1773590400000)

struct rows {
	uint64_t at, n;
	char own[48];
	struct table_cell cells[8];
};

static const char *const methods[] = {"GET", "POST", "HEAD", "PUT"};
static const char *const statuses[] = {"200 OK", "304 Not Modified", "404 Not Found"};

static void make_row(struct rows *rows)
{
	const uint64_t i = rows->at++;

	(void)snprintf(rows->own, sizeof rows->own, "/page/%llu.html", (unsigned long long)(i * 7919));
	rows->cells[0] = CELL_COUNT(i);
	rows->cells[1] = CELL_NUMBER((double)i * 0.25);
	rows->cells[2] = CELL_NUMBER((double)(i % 1000) / 1000);
	rows->cells[3] = CELL_COUNT(i * 13 % 100000);
	rows->cells[4] = CELL_TIME(FROM_MS + (int64_t)i * 1000);
	rows->cells[5] = CELL_TEXT(slice_of(methods[i % 4]));
	rows->cells[6] = CELL_TEXT(slice_of(statuses[i % 3]));
	rows->cells[7] = CELL_TEXT(slice_of(rows->own));
}

static int next(void *context, const struct table_cell **ret_cells, courant_error **err)
{
	struct rows *rows = context;

	(void)err;
	if (rows->at == rows->n)
		return 0;
	make_row(rows);
	*ret_cells = rows->cells;
	return 1;
}

static int begin(void *context, courant_error **err)
{
	(void)err;
	((struct rows *)context)->at = 0;
	return 0;
}

static void end(void *context)
{
	(void)context;
}

static const struct table_column columns[8] = {
	{.name = "n", .type = TABLE_COUNT},       {.name = "value", .type = TABLE_NUMBER}, {.name = "share", .type = TABLE_RATIO},
	{.name = "bytes", .type = TABLE_BYTES},   {.name = "time", .type = TABLE_TIME},    {.name = "method", .type = TABLE_TEXT},
	{.name = "status", .type = TABLE_TEXT}, {.name = "path", .type = TABLE_TEXT},
};

static int write_ours(struct rows *rows, const char *path, courant_error **err)
{
	AUTO(document) struct document *document = document_new(LANGUAGE_EN, err);
	struct table *table = table_new_stream(&(struct table_head){.name = "rows"}, columns, 8, (struct table_stream){rows, next, begin, end}, err);

	if (!document || !document_add_sheet(document, SLICE("rows"), SHEET_ROWS, table, err))
		return -1;
	return render_xlsx.render(document, path, FROM_MS, err);
}

static int write_bare(struct rows *rows, const char *path, courant_error **err)
{
	lxw_workbook_options options = {.constant_memory = LXW_TRUE, .use_zip64 = LXW_TRUE};
	lxw_workbook *book = workbook_new_opt(path, &options);
	lxw_worksheet *sheet = book ? workbook_add_worksheet(book, "rows") : NULL;

	if (!sheet)
		return fail_memory(err);

	lxw_format *date = workbook_add_format(book);

	format_set_num_format(date, "yyyy-mm-dd hh:mm:ss");
	for (uint16_t i = 0; i < 8; i++)
		(void)worksheet_write_string(sheet, 0, i, columns[i].name, NULL);
	for (uint32_t row = 1; rows->at < rows->n; row++) {
		make_row(rows);
		(void)worksheet_write_number(sheet, row, 0, (double)rows->cells[0].count, NULL);
		(void)worksheet_write_number(sheet, row, 1, rows->cells[1].number, NULL);
		(void)worksheet_write_number(sheet, row, 2, rows->cells[2].number, NULL);
		(void)worksheet_write_number(sheet, row, 3, (double)rows->cells[3].count, NULL);
		(void)worksheet_write_number(sheet, row, 4, (double)rows->cells[4].time_ms / 86400000.0 + 25569, date);
		for (uint16_t i = 5; i < 8; i++)
			(void)worksheet_write_string(sheet, row, i, rows->cells[i].text.ptr, NULL);
	}
	return workbook_close(book) == LXW_NO_ERROR ? 0 : fail(err, COURANT_CANT_CREATE, "cannot write %s", path);
}

int main(int argc, char **argv)
{
	AUTO(error) courant_error *err = NULL;
	struct rows rows = {0};
	const bool is_bare = argc == 5 && strcmp(argv[4], "--bare") == 0;
	const int64_t begun = clock_monotonic_ms();
	struct rusage usage;

	if ((argc != 4 && !is_bare) || !num_parse_u64(slice_of(argv[1]), &rows.n) || strcmp(argv[2], "-o") != 0) {
		(void)fprintf(stderr, USAGE "\n");
		return 64;
	}
	if ((is_bare ? write_bare : write_ours)(&rows, argv[3], &err) < 0) {
		(void)fprintf(stderr, "bench-xlsx: %s\n", courant_error_sentence(err));
		return 1;
	}
	(void)getrusage(RUSAGE_SELF, &usage);
	(void)printf("%lld ms, %ld KB\n", (long long)(clock_monotonic_ms() - begun), usage.ru_maxrss);
	return 0;
}
