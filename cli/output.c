/* SPDX-License-Identifier: BSD-2-Clause */
#include "output.h"

#include <string.h>

#include "kasper-json.h"

/* no list of ours has more */
#define CLI_COLUMNS_MAX 16
/* a longer value does not push the columns of all other rows to the right */
#define CLI_WIDTH_MAX 60

struct _CliTable {
	Cli *cli;
	const CliColumn *columns;
	guint n_columns;
	guint widths[CLI_COLUMNS_MAX];
	gint places[CLI_COLUMNS_MAX]; /* of the columns in a tuple; -1: it has no such value */
	GPtrArray *labels; /* of the values of a tuple in JSON: "{\"zone\":"; NULL: no tuple yet */
	gboolean has_places;
	gboolean is_begun;
	guint64 n_rows;
	GString *line;
};

CliTable *
cli_table_new(Cli *cli, const CliColumn *columns)
{
	CliTable *self = g_new0(CliTable, 1);

	self->cli = cli;
	self->columns = columns;
	self->line = g_string_new(NULL);
	for (; columns[self->n_columns].field != NULL; self->n_columns++) {
		const CliColumn *column = &columns[self->n_columns];

		g_assert(self->n_columns < CLI_COLUMNS_MAX);
		self->widths[self->n_columns] =
		    MAX(column->width, (guint)g_utf8_strlen(column->title, -1));
	}
	return self;
}

void
cli_table_free(CliTable *self)
{
	g_clear_pointer(&self->labels, g_ptr_array_unref);
	g_string_free(self->line, TRUE);
	g_free(self);
}

static void
cli_table_widen(CliTable *self, guint column, const gchar *text)
{
	guint length = (guint)g_utf8_strlen(text, -1);

	self->widths[column] = MAX(self->widths[column], MIN(length, CLI_WIDTH_MAX));
}

static void
cli_table_append(CliTable *self, guint column, const gchar *text)
{
	guint length = (guint)g_utf8_strlen(text, -1);

	g_string_append(self->line, text);
	/* nothing stands behind the last one */
	if (column + 1 == self->n_columns)
		return;
	for (guint i = length; i < self->widths[column]; i++)
		g_string_append_c(self->line, ' ');
	g_string_append(self->line, "  ");
}

static void
cli_table_write(CliTable *self)
{
	g_string_append_c(self->line, '\n');
	fwrite(self->line->str, 1, self->line->len, self->cli->out);
	g_string_truncate(self->line, 0);
}

static void
cli_table_begin(CliTable *self)
{
	if (self->is_begun)
		return;
	self->is_begun = TRUE;
	if (self->cli->format == CLI_FORMAT_JSON) {
		fputc('[', self->cli->out);
		return;
	}
	if (self->cli->quiet)
		return;
	for (guint i = 0; i < self->n_columns; i++)
		cli_table_append(self, i, self->columns[i].title);
	cli_table_write(self);
}

void
cli_table_fit(CliTable *self, GVariant *rows)
{
	gsize n_rows = g_variant_n_children(rows);

	for (gsize i = 0; i < n_rows; i++) {
		g_autoptr(GVariant) row = g_variant_get_child_value(rows, i);

		for (guint k = 0; k < self->n_columns; k++) {
			g_autoptr(GVariant) value =
			    g_variant_lookup_value(row, self->columns[k].field, NULL);
			g_autofree gchar *text = cli_value_to_text(value, self->columns[k].kind);

			cli_table_widen(self, k, text);
		}
	}
}

/* who waits for the first row sees it at once; then speed counts */
static void
cli_table_end_row(CliTable *self)
{
	self->n_rows++;
	if (self->n_rows == 1)
		fflush(self->cli->out);
}

static void
cli_table_begin_object(CliTable *self)
{
	g_string_append(self->line, self->n_rows > 0 ? ",\n " : "\n ");
}

static void
cli_table_end_object(CliTable *self)
{
	fwrite(self->line->str, 1, self->line->len, self->cli->out);
	g_string_truncate(self->line, 0);
	cli_table_end_row(self);
}

static void
cli_table_append_value(CliTable *self, guint column, GVariant *value)
{
	g_autofree gchar *text = cli_value_to_text(value, self->columns[column].kind);

	cli_table_widen(self, column, text);
	cli_table_append(self, column, text);
}

void
cli_table_add(CliTable *self, GVariant *row)
{
	cli_table_begin(self);
	if (self->cli->format == CLI_FORMAT_JSON) {
		cli_table_begin_object(self);
		kasper_json_append(self->line, row);
		cli_table_end_object(self);
		return;
	}
	for (guint i = 0; i < self->n_columns; i++) {
		g_autoptr(GVariant) value =
		    g_variant_lookup_value(row, self->columns[i].field, NULL);

		cli_table_append_value(self, i, value);
	}
	cli_table_write(self);
	cli_table_end_row(self);
}

static void
cli_table_find_places(CliTable *self, const gchar *const *fields)
{
	if (self->has_places)
		return;
	self->has_places = TRUE;
	for (guint i = 0; i < self->n_columns; i++) {
		self->places[i] = -1;
		for (gint k = 0; fields[k] != NULL; k++)
			if (strcmp(fields[k], self->columns[i].field) == 0)
				self->places[i] = k;
	}
}

static void
cli_table_make_labels(CliTable *self, const gchar *const *fields)
{
	if (self->labels != NULL)
		return;
	self->labels = g_ptr_array_new_with_free_func(g_free);
	for (guint i = 0; fields[i] != NULL; i++) {
		GString *label = g_string_new(i > 0 ? "," : "{");

		kasper_json_append_string(label, fields[i]);
		g_string_append_c(label, ':');
		g_ptr_array_add(self->labels, g_string_free(label, FALSE));
	}
}

static void
cli_table_add_tuple_object(CliTable *self, const gchar *const *fields, GVariant *row)
{
	cli_table_make_labels(self, fields);
	cli_table_begin_object(self);
	kasper_json_append_members(self->line,
				   (const gchar *const *)self->labels->pdata,
				   self->labels->len,
				   row);
	g_string_append_c(self->line, '}');
	cli_table_end_object(self);
}

void
cli_table_add_tuple(CliTable *self, const gchar *const *fields, GVariant *row)
{
	cli_table_begin(self);
	if (self->cli->format == CLI_FORMAT_JSON) {
		cli_table_add_tuple_object(self, fields, row);
		return;
	}
	cli_table_find_places(self, fields);
	for (guint i = 0; i < self->n_columns; i++) {
		g_autoptr(GVariant) value =
		    self->places[i] >= 0 ? g_variant_get_child_value(row, (gsize)self->places[i])
					 : NULL;

		cli_table_append_value(self, i, value);
	}
	cli_table_write(self);
	cli_table_end_row(self);
}

void
cli_table_add_all(CliTable *self, GVariant *rows)
{
	gsize n_rows = g_variant_n_children(rows);

	cli_table_fit(self, rows);
	for (gsize i = 0; i < n_rows; i++) {
		g_autoptr(GVariant) row = g_variant_get_child_value(rows, i);

		cli_table_add(self, row);
	}
}

void
cli_table_end(CliTable *self)
{
	cli_table_begin(self);
	if (self->cli->format == CLI_FORMAT_JSON)
		fputs(self->n_rows > 0 ? "\n]\n" : "]\n", self->cli->out);
}

void
cli_print_rows(Cli *cli, const CliColumn *columns, GVariant *rows)
{
	g_autoptr(CliTable) table = cli_table_new(cli, columns);

	cli_table_add_all(table, rows);
	cli_table_end(table);
}

void
cli_print_row(Cli *cli, const CliColumn *columns, GVariant *row)
{
	guint width = 0;

	if (cli->format == CLI_FORMAT_JSON) {
		g_autoptr(GString) json = g_string_new(NULL);

		kasper_json_append(json, row);
		fprintf(cli->out, "%s\n", json->str);
		return;
	}
	for (const CliColumn *column = columns; column->field != NULL; column++)
		width = MAX(width, (guint)g_utf8_strlen(column->title, -1));
	for (const CliColumn *column = columns; column->field != NULL; column++) {
		g_autoptr(GVariant) value = g_variant_lookup_value(row, column->field, NULL);
		g_autofree gchar *text = cli_value_to_text(value, column->kind);

		fprintf(cli->out,
			"%s:%*s %s\n",
			column->title,
			(int)(width - (guint)g_utf8_strlen(column->title, -1)),
			"",
			text);
	}
}

void
cli_print_part(Cli *cli,
	       const gchar *headline,
	       const CliColumn *columns,
	       GVariant *row,
	       const gchar *name)
{
	g_autoptr(GVariant) rows = g_variant_lookup_value(row, name, G_VARIANT_TYPE("aa{sv}"));

	if (cli->format == CLI_FORMAT_JSON || rows == NULL || g_variant_n_children(rows) == 0)
		return;
	fprintf(cli->out, "\n%s\n", headline);
	cli_print_rows(cli, columns, rows);
}
