/* SPDX-License-Identifier: BSD-2-Clause */
#include "zone-list.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "signconf.h"
#include "zone-list-parser.h"

/* A list that we wrote begins with this, has a zone a line, and is not parsed as XML again */
#define HEAD                                                                                       \
	"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"                                             \
	"<!-- Written by Kasper, one zone a line. -->\n"                                           \
	"<ZoneList>\n"
#define TAIL  "</ZoneList>\n"
#define BEGIN "<Zone name=\""

/* a list that is smaller than this is written after each change; a larger one when so many parts
 * of it have changed */
#define SMALL ((gsize)4 << 20)
#define PARTS 16

struct OdsZoneList {
	gchar *path;
	gid_t group;
	gboolean loaded;
	struct stat seen;    /* when it was read or written */
	gboolean foreign;    /* the file is not in our form: all of it is in changes */
	GHashTable *zones;   /* name, as in the file, to a digest of its line */
	GHashTable *changes; /* name to its line; NULL: it goes */
	gsize changed;	     /* octets of lines in changes */
};

OdsZoneList *
ods_zone_list_new(const gchar *path, gid_t group)
{
	OdsZoneList *self = g_new0(OdsZoneList, 1);

	self->path = g_strdup(path);
	self->group = group;
	self->zones = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	self->changes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	return self;
}

void
ods_zone_list_free(OdsZoneList *self)
{
	if (self == NULL)
		return;
	g_hash_table_unref(self->zones);
	g_hash_table_unref(self->changes);
	g_free(self->path);
	g_free(self);
}

/* FNV-1a: it only has to tell the lines of one zone apart, and is never 0 */
static gpointer
ods_zone_list_digest(const gchar *line, gsize length)
{
	guint64 digest = G_GUINT64_CONSTANT(14695981039346656037);

	for (gsize i = 0; i < length; i++)
		digest = (digest ^ (guint8)line[i]) * G_GUINT64_CONSTANT(1099511628211);
	return GSIZE_TO_POINTER((gsize)digest | 1);
}

/* --- reading --- */

/* the name in a line of ours; NULL: it is none */
static gchar *
ods_zone_list_dup_name(const gchar *line, gsize length)
{
	const gchar *name = line + strlen(BEGIN);
	const gchar *quote;

	if (length <= strlen(BEGIN) || !g_str_has_prefix(line, BEGIN))
		return NULL;
	quote = memchr(name, '"', length - strlen(BEGIN));
	return quote != NULL ? g_strndup(name, (gsize)(quote - name)) : NULL;
}

/* FALSE: it is not in our form, whatever it is */
static gboolean
ods_zone_list_read_lines(OdsZoneList *self, const gchar *text, gsize length)
{
	const gchar *end = text + length;
	const gchar *line = text + strlen(HEAD);

	if (length < strlen(HEAD TAIL) || memcmp(text, HEAD, strlen(HEAD)) != 0 ||
	    memcmp(end - strlen(TAIL), TAIL, strlen(TAIL)) != 0)
		return FALSE;
	while (line < end - strlen(TAIL)) {
		const gchar *newline = memchr(line, '\n', (gsize)(end - line));
		gsize n = (gsize)(newline + 1 - line);
		gchar *name = ods_zone_list_dup_name(line, n);

		if (name == NULL)
			return FALSE;
		g_hash_table_replace(self->zones, name, ods_zone_list_digest(line, n));
		line = newline + 1;
	}
	return TRUE;
}

static void
ods_zone_list_change(OdsZoneList *self, const gchar *name, gchar *line)
{
	self->changed += line != NULL ? strlen(line) : 0;
	g_hash_table_replace(self->changes, g_strdup(name), line);
}

static void
ods_zone_list_take_foreign(const OdsListedZone *zone, gpointer data)
{
	OdsZoneList *self = data;
	g_autofree gchar *line = ods_listed_zone_to_line(zone);
	g_autofree gchar *name = ods_zone_list_dup_name(line, strlen(line));

	g_hash_table_replace(self->zones, g_strdup(name), ods_zone_list_digest(line, strlen(line)));
	/* what we want of it already is newer */
	if (!g_hash_table_contains(self->changes, name))
		ods_zone_list_change(self, name, g_steal_pointer(&line));
}

static gboolean
ods_zone_list_is_untouched(const OdsZoneList *self)
{
	struct stat st;

	if (stat(self->path, &st) != 0)
		memset(&st, 0, sizeof st);
	return self->loaded && st.st_dev == self->seen.st_dev && st.st_ino == self->seen.st_ino &&
	       st.st_size == self->seen.st_size && st.st_mtim.tv_sec == self->seen.st_mtim.tv_sec &&
	       st.st_mtim.tv_nsec == self->seen.st_mtim.tv_nsec;
}

static void
ods_zone_list_note(OdsZoneList *self)
{
	self->loaded = TRUE;
	if (stat(self->path, &self->seen) != 0)
		memset(&self->seen, 0, sizeof self->seen);
}

gboolean
ods_zone_list_load(OdsZoneList *self, GError **error)
{
	g_autoptr(GMappedFile) file = NULL;
	g_autoptr(GError) error_local = NULL;

	if (ods_zone_list_is_untouched(self))
		return TRUE;
	file = g_mapped_file_new(self->path, FALSE, &error_local);
	if (file == NULL && !g_error_matches(error_local, G_FILE_ERROR, G_FILE_ERROR_NOENT)) {
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_AUTH,
			    "the signer's list of zones %s cannot be read: %s",
			    self->path,
			    error_local->message);
		return FALSE;
	}
	/* the others in it are not known here: a list without them would end them at the signer */
	if (file == NULL && g_hash_table_size(self->zones) > 0) {
		g_set_error(
		    error,
		    KASPER_ERROR,
		    KASPER_ERROR_NOT_FOUND,
		    "the signer's list of zones %s has vanished; put a copy of zonelist.xml "
		    "in its place",
		    self->path);
		return FALSE;
	}
	self->loaded = FALSE;
	self->foreign = FALSE;
	g_hash_table_remove_all(self->zones);
	if (file == NULL) {
		self->foreign = TRUE; /* nothing of it is there to be kept */
	} else if (!ods_zone_list_read_lines(self,
					     g_mapped_file_get_contents(file),
					     g_mapped_file_get_length(file))) {
		self->foreign = TRUE;
		g_hash_table_remove_all(self->zones);
		if (!ods_zone_list_parse(self->path, ods_zone_list_take_foreign, self, error))
			return FALSE;
	}
	ods_zone_list_note(self);
	return TRUE;
}

/* --- changes --- */

gboolean
ods_zone_list_put(OdsZoneList *self, KasperZoneOrder *order)
{
	const OdsListedZone zone = {
	    .name = kasper_zone_order_get_zone(order),
	    .signconf = kasper_zone_order_get_signer_configuration(order),
	    .input_type = kasper_zone_order_get_input_type(order),
	    .input = kasper_zone_order_get_input(order),
	    .output_type = kasper_zone_order_get_output_type(order),
	    .output = kasper_zone_order_get_output_adapter(order),
	};
	g_autofree gchar *line = ods_listed_zone_to_line(&zone);
	g_autofree gchar *name = ods_zone_list_dup_name(line, strlen(line));
	const gchar *change;

	if (g_hash_table_lookup_extended(self->changes, name, NULL, (gpointer *)&change)) {
		if (g_strcmp0(change, line) == 0)
			return TRUE;
	} else if (g_hash_table_lookup(self->zones, name) ==
		   ods_zone_list_digest(line, strlen(line))) {
		return FALSE;
	}
	ods_zone_list_change(self, name, g_steal_pointer(&line));
	return TRUE;
}

gboolean
ods_zone_list_remove(OdsZoneList *self, const gchar *zone)
{
	g_autoptr(GString) name = g_string_new(NULL);

	ods_xml_append(name, zone);
	if (!g_hash_table_contains(self->zones, name->str)) {
		g_hash_table_remove(self->changes, name->str);
		return FALSE;
	}
	ods_zone_list_change(self, name->str, NULL);
	return TRUE;
}

gboolean
ods_zone_list_has_changes(OdsZoneList *self)
{
	return g_hash_table_size(self->changes) > 0;
}

gboolean
ods_zone_list_is_due(OdsZoneList *self)
{
	gsize size = (gsize)MAX(self->seen.st_size, 0);

	return ods_zone_list_has_changes(self) &&
	       (self->foreign || size < SMALL || self->changed >= size / PARTS);
}

/* --- writing --- */

/* what has not changed, in as few pieces as there are changes between */
static gboolean
ods_zone_list_copy(OdsZoneList *self, int fd)
{
	g_autoptr(GMappedFile) file =
	    self->foreign ? NULL : g_mapped_file_new(self->path, FALSE, NULL);
	const gchar *line, *piece, *end;

	if (file == NULL)
		return self->foreign;
	line = piece = g_mapped_file_get_contents(file) + strlen(HEAD);
	end = g_mapped_file_get_contents(file) + g_mapped_file_get_length(file) - strlen(TAIL);
	while (line < end) {
		const gchar *next = (const gchar *)memchr(line, '\n', (gsize)(end - line)) + 1;
		g_autofree gchar *name = ods_zone_list_dup_name(line, (gsize)(next - line));

		if (g_hash_table_contains(self->changes, name)) {
			if (!ods_write_all(fd, piece, (gsize)(line - piece)))
				return FALSE;
			piece = next;
		}
		line = next;
	}
	return ods_write_all(fd, piece, (gsize)(end - piece));
}

static gboolean
ods_zone_list_write_to(OdsZoneList *self, int fd)
{
	g_autoptr(GString) lines = g_string_new(NULL);
	GHashTableIter iter;
	gpointer value;

	if (!ods_write_all(fd, HEAD, strlen(HEAD)) || !ods_zone_list_copy(self, fd))
		return FALSE;
	g_hash_table_iter_init(&iter, self->changes);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		if (value != NULL)
			g_string_append(lines, value);
	}
	g_string_append(lines, TAIL);
	return ods_write_all(fd, lines->str, lines->len);
}

void
ods_zone_list_settle(OdsZoneList *self)
{
	GHashTableIter iter;
	gpointer name, line;

	g_hash_table_iter_init(&iter, self->changes);
	while (g_hash_table_iter_next(&iter, &name, &line)) {
		if (line == NULL)
			g_hash_table_remove(self->zones, name);
		else
			g_hash_table_replace(self->zones,
					     g_strdup(name),
					     ods_zone_list_digest(line, strlen(line)));
	}
	g_hash_table_remove_all(self->changes);
	self->changed = 0;
	self->foreign = FALSE;
	ods_zone_list_note(self);
}

OdsFile *
ods_zone_list_write(OdsZoneList *self, OdsFiles *files, GError **error)
{
	int fd;
	OdsFile *file = ods_files_begin(files, self->path, &fd, error);

	if (file == NULL)
		return NULL;
	if (ods_zone_list_write_to(self, fd))
		return ods_files_finish(files, file, fd, error) ? file : NULL;
	g_set_error(error,
		    KASPER_ERROR,
		    KASPER_ERROR_TRY_AGAIN,
		    "the signer's list of zones %s cannot be written: %s",
		    self->path,
		    g_strerror(errno));
	ods_files_abandon(file, fd);
	return NULL;
}
