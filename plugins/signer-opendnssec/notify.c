/* SPDX-License-Identifier: BSD-2-Clause */
#include "notify.h"

#include <string.h>

#define ZONE "%zone"

struct OdsNotify {
	gchar **argv;	  /* NULL: nobody is told */
	gchar **all_argv; /* NULL: each zone has to be told of by itself */
	gboolean per_zone;
	guint limit;
	guint deadline;
};

static gboolean
ods_notify_names_zone(const gchar *const *argv)
{
	for (guint i = 0; argv[i] != NULL; i++) {
		if (strstr(argv[i], ZONE) != NULL)
			return TRUE;
	}
	return FALSE;
}

/* NULL: %zone is only a part of an argument, so that there is no way to say "all" */
static gchar **
ods_notify_derive_all(const gchar *const *argv)
{
	g_auto(GStrv) all = g_strdupv((gchar **)argv);

	for (guint i = 0; all[i] != NULL; i++) {
		if (g_str_equal(all[i], ZONE)) {
			g_free(all[i]);
			all[i] = g_strdup("--all");
		}
	}
	return ods_notify_names_zone((const gchar *const *)all) ? NULL : g_steal_pointer(&all);
}

OdsNotify *
ods_notify_new(const gchar *command,
	       const gchar *all_command,
	       guint limit,
	       guint deadline,
	       GError **error)
{
	g_autoptr(OdsNotify) self = g_new0(OdsNotify, 1);

	self->limit = limit;
	self->deadline = deadline;
	if (command == NULL || *command == '\0')
		return g_steal_pointer(&self);
	self->argv = kasper_program_parse(command, error);
	if (self->argv == NULL) {
		g_prefix_error(error, "notify-command: ");
		return NULL;
	}
	self->per_zone = ods_notify_names_zone((const gchar *const *)self->argv);
	if (all_command == NULL || *all_command == '\0') {
		self->all_argv = ods_notify_derive_all((const gchar *const *)self->argv);
		return g_steal_pointer(&self);
	}
	self->all_argv = kasper_program_parse(all_command, error);
	if (self->all_argv == NULL) {
		g_prefix_error(error, "notify-all-command: ");
		return NULL;
	}
	return g_steal_pointer(&self);
}

void
ods_notify_free(OdsNotify *self)
{
	if (self == NULL)
		return;
	g_strfreev(self->argv);
	g_strfreev(self->all_argv);
	g_free(self);
}

/* (nullable): what went wrong. @ret_hopeless: whoever comes next will fare no better */
static gchar *
ods_notify_run(OdsNotify *self, gchar **argv, gboolean *ret_hopeless, GCancellable *cancellable)
{
	const KasperProgram program = {
	    .argv = (const gchar *const *)argv,
	    .deadline = self->deadline,
	};
	g_auto(KasperProgramEnd) end = {0};
	g_autoptr(GError) error = NULL;
	g_autofree gchar *words = NULL;

	*ret_hopeless = TRUE;
	if (!kasper_program_run(&program, &end, cancellable, &error))
		return g_strdup_printf("the signer was not told of its orders: %s", error->message);
	if (end.status == 0)
		return NULL;
	*ret_hopeless = end.late;
	words = kasper_program_end_to_text(&end);
	return g_strdup_printf("the signer was not told of its orders: %s: %s; they are written, "
			       "and it will be told again",
			       argv[0],
			       words);
}

static gchar **
ods_notify_dup_argv(OdsNotify *self, const gchar *zone)
{
	gchar **argv = g_strdupv(self->argv);

	for (guint i = 0; argv[i] != NULL; i++) {
		GString *argument;

		if (strstr(argv[i], ZONE) == NULL)
			continue;
		argument = g_string_new(argv[i]);
		g_free(argv[i]);
		g_string_replace(argument, ZONE, zone, 0);
		argv[i] = g_string_free(argument, FALSE);
	}
	return argv;
}

/* a program that cannot be run, or hangs, is not tried once more for each zone that is left */
static GHashTable *
ods_notify_tell_each(OdsNotify *self, GPtrArray *zones, GCancellable *cancellable)
{
	g_autoptr(GHashTable) failures =
	    g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	g_autofree gchar *hopeless_text = NULL;

	for (guint i = 0; i < zones->len; i++) {
		const gchar *zone = g_ptr_array_index(zones, i);
		g_auto(GStrv) argv = ods_notify_dup_argv(self, zone);
		g_autofree gchar *failure = g_strdup(hopeless_text);
		gboolean hopeless = FALSE;

		if (failure == NULL)
			failure = ods_notify_run(self, argv, &hopeless, cancellable);
		if (failure == NULL)
			continue;
		if (hopeless)
			hopeless_text = g_strdup(failure);
		g_hash_table_insert(failures, g_strdup(zone), g_steal_pointer(&failure));
	}
	return g_hash_table_size(failures) > 0 ? g_steal_pointer(&failures) : NULL;
}

static GHashTable *
ods_notify_tell_all(OdsNotify *self, gchar **argv, GPtrArray *zones, GCancellable *cancellable)
{
	gboolean hopeless;
	g_autofree gchar *failure = ods_notify_run(self, argv, &hopeless, cancellable);
	GHashTable *failures;

	if (failure == NULL)
		return NULL;
	failures = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	for (guint i = 0; i < zones->len; i++)
		g_hash_table_insert(failures,
				    g_strdup(g_ptr_array_index(zones, i)),
				    g_strdup(failure));
	return failures;
}

GHashTable *
ods_notify_tell(OdsNotify *self, GPtrArray *zones, gboolean list_changed, GCancellable *cancellable)
{
	if (self->argv == NULL || zones->len == 0)
		return NULL;
	if (!self->per_zone)
		return ods_notify_tell_all(self, self->argv, zones, cancellable);
	/* told of a zone that it does not know, the signer reads the whole list: once is enough */
	if (self->all_argv != NULL && (list_changed || zones->len > self->limit))
		return ods_notify_tell_all(self, self->all_argv, zones, cancellable);
	return ods_notify_tell_each(self, zones, cancellable);
}
