/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "cli.h"
#include "value.h"

G_BEGIN_DECLS

typedef struct {
	const gchar *field; /* of the row */
	const gchar *title;
	CliValueKind kind;
	guint width; /* at least so many letters; it grows with what comes */
} CliColumn;

/*
 * A list: rows for people, an array of objects for programs. A row is printed as it comes, so a
 * list may have any length; columns are as wide as what has been seen so far.
 */
typedef struct _CliTable CliTable;

/* @columns: end with one without a field; not copied */
CliTable *cli_table_new(Cli *cli, const CliColumn *columns);
/* makes room for rows (aa{sv}) that will come, so that the first of them are aligned, too */
void cli_table_fit(CliTable *self, GVariant *rows);
/* @row: a{sv} */
void cli_table_add(CliTable *self, GVariant *row);
/* a tuple and the names of its values, which must be the same for every row */
void cli_table_add_tuple(CliTable *self, const gchar *const *fields, GVariant *row);
/* all of @rows (aa{sv}) */
void cli_table_add_all(CliTable *self, GVariant *rows);
/* nothing is missing. Without it JSON stays open: no program takes half a list for a whole one */
void cli_table_end(CliTable *self);
void cli_table_free(CliTable *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CliTable, cli_table_free)

/* a whole list that is at hand (aa{sv}) */
void cli_print_rows(Cli *cli, const CliColumn *columns, GVariant *rows);
/* one row (a{sv}): for people a line a field, for programs the whole row */
void cli_print_row(Cli *cli, const CliColumn *columns, GVariant *row);
/* for people only: a list (aa{sv}) that is field @name of @row, under a headline, if it is not
 * empty */
void cli_print_part(Cli *cli,
		    const gchar *headline,
		    const CliColumn *columns,
		    GVariant *row,
		    const gchar *name);

G_END_DECLS
