/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-store-private.h"

struct _KasperStoreReader {
	GObject parent_instance;

	KasperDatabase *database;
	GHashTable *policies;	  /* gint64 number to name: a row of a list needs no join for it */
	GHashTable *repositories; /* the same; names are given for good */
};

G_DEFINE_FINAL_TYPE(KasperStoreReader, kasper_store_reader, G_TYPE_OBJECT)

/* a key's place in the listing survives in one number: its zone and its slot */
#define CURSOR_SLOTS 32

static void
kasper_store_reader_finalize(GObject *object)
{
	KasperStoreReader *self = KASPER_STORE_READER(object);

	g_clear_pointer(&self->database, kasper_database_free);
	g_hash_table_unref(self->policies);
	g_hash_table_unref(self->repositories);
	G_OBJECT_CLASS(kasper_store_reader_parent_class)->finalize(object);
}

static void
kasper_store_reader_class_init(KasperStoreReaderClass *klass)
{
	G_OBJECT_CLASS(klass)->finalize = kasper_store_reader_finalize;
}

static void
kasper_store_reader_init(KasperStoreReader *self)
{
	self->policies = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
	self->repositories = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
}

/**
 * kasper_store_reader_open: (skip)
 * @path: (type filename): the database of a store that is open
 * @error: return location for an error
 *
 * Opens a second connection to the database, which only reads. It may be used in any one thread at
 * a time, and sees what was committed when a listing began; the store goes on writing meanwhile.
 *
 * Returns: (transfer full): the reader
 *
 * Since: 0.1
 */
KasperStoreReader *
kasper_store_reader_open(const gchar *path, GError **error)
{
	g_autoptr(KasperStoreReader) self = g_object_new(KASPER_TYPE_STORE_READER, NULL);
	gint version;

	self->database = kasper_database_open(path, KASPER_DATABASE_READER, &version, error);
	if (self->database == NULL)
		return NULL;
	return g_steal_pointer(&self);
}

/* what every row has, what a list shows of a key, and the rest of it */
#define KEY_ROW                                                                                    \
	"SELECT z.number, k.slot, z.name, z.policy, p.repository, k.word, k.next_word, "           \
	"k.waiting_for, k.next_time, p.id, "
#define KEY_BRIEF                                                                                  \
	"p.number, p.algorithm, p.bits, p.backup, k.tag, k.flags, k.roles, k.ds_state, "           \
	"k.dnskey_state, k.rsk_state, k.rsz_state, k.active, k.retired "
#define KEY_FULL "p.public_key, " KASPER_KEY_COLUMNS " "

#define KEY_JOINS                                                                                  \
	"CROSS JOIN zone_key k ON k.zone = z.number CROSS JOIN pair p ON p.number = k.pair "

/* KSK and CSK before ZSK, then age: within a zone, so that rows come as the zones are read */
#define KEY_ORDER " ORDER BY z.name, (k.roles & 1) = 0, p.number"

#define KEY_FILTER                                                                                 \
	"(?2 IS NULL OR z.policy = (SELECT number FROM policy WHERE name = ?2)) AND (?3 IS NULL "  \
	"OR k.word = ?3 COLLATE NOCASE) AND "                                                      \
	"(?4 = 0 OR k.roles = ?4) AND (?5 OR k.word IS NULL OR k.word <> 'dead')"

/* the way in decides which index is used: names in order, one name, or one pair */
#define KEY_BY_NAME                                                                                \
	"FROM zone z " KEY_JOINS                                                                   \
	"WHERE z.name >= ?1 AND ?6 IS NULL AND ?7 IS NULL AND " KEY_FILTER KEY_ORDER
#define KEY_OF_ZONE                                                                                \
	"FROM zone z " KEY_JOINS                                                                   \
	"WHERE z.name = ?7 AND z.name >= ?1 AND ?6 IS NULL AND " KEY_FILTER KEY_ORDER
#define KEY_OF_PAIR                                                                                \
	"FROM pair i CROSS JOIN zone_key f ON f.pair = i.number "                                  \
	"CROSS JOIN zone z ON z.number = f.zone " KEY_JOINS                                        \
	"WHERE i.id = ?6 AND k.slot = f.slot AND z.name >= ?1 "                                    \
	"AND (?7 IS NULL OR z.name = ?7) AND " KEY_FILTER KEY_ORDER

static const gchar *
kasper_reader_get_statement(const KasperKeyFilter *filter)
{
	if (filter->id != NULL)
		return filter->brief ? KEY_ROW KEY_BRIEF KEY_OF_PAIR : KEY_ROW KEY_FULL KEY_OF_PAIR;
	if (filter->zone != NULL)
		return filter->brief ? KEY_ROW KEY_BRIEF KEY_OF_ZONE : KEY_ROW KEY_FULL KEY_OF_ZONE;
	return filter->brief ? KEY_ROW KEY_BRIEF KEY_BY_NAME : KEY_ROW KEY_FULL KEY_BY_NAME;
}

/* the zone that @after lies in; "" from the start */
static gchar *
kasper_reader_dup_start(KasperStoreReader *self, gint64 after, GError **error)
{
	g_auto(KasperStatement) statement =
	    kasper_statement(self->database, "SELECT name FROM zone WHERE number = ?");

	if (after == 0)
		return g_strdup("");
	kasper_statement_bind(&statement, after / CURSOR_SLOTS);
	if (kasper_statement_next(&statement))
		return kasper_statement_dup_text(&statement);
	if (kasper_statement_finish(&statement, error))
		g_set_error_literal(
		    error,
		    KASPER_ERROR,
		    KASPER_ERROR_TRY_AGAIN,
		    "the zone where the list was left off was deleted: begin again");
	return NULL;
}

static const gchar *
kasper_reader_get_word(KasperStatement *statement)
{
	const gchar *text = kasper_statement_get_text(statement);

	return text != NULL ? text : "";
}

/* the name that goes with @number; @sql: asks for it */
static const gchar *
kasper_reader_get_name(KasperStoreReader *self, GHashTable *names, const gchar *sql, gint64 number)
{
	const gchar *name = g_hash_table_lookup(names, &number);
	g_auto(KasperStatement) statement = {NULL};

	if (name != NULL)
		return name;
	/* read in the same view of the database as the row that has the number */
	statement = kasper_statement(self->database, sql);
	kasper_statement_bind(&statement, number);
	if (!kasper_statement_next(&statement))
		return "";
	name = g_intern_string(kasper_statement_get_text(&statement));
	g_hash_table_insert(names, g_memdup2(&number, sizeof number), (gpointer)name);
	return name;
}

/* what KEY_BRIEF selects */
static void
kasper_reader_read_brief(KasperStatement *statement, KasperKey *key)
{
	key->number = kasper_statement_get(statement);
	key->algorithm = (guint8)kasper_statement_get(statement);
	key->bits = (guint16)kasper_statement_get(statement);
	key->backup = (guint8)kasper_statement_get(statement);
	key->tag = (guint16)kasper_statement_get(statement);
	key->flags = (guint16)kasper_statement_get(statement);
	key->roles = (guint8)kasper_statement_get(statement);
	for (guint i = 0; i < KASPER_N_RECORDS; i++)
		key->state[i] = (guint8)kasper_statement_get(statement);
	key->active = kasper_statement_get_time(statement);
	key->retired = kasper_statement_get_time(statement);
}

/* @ret_id: room for the id in hex */
static void
kasper_reader_read_row(KasperStoreReader *self,
		       KasperStatement *statement,
		       gboolean brief,
		       KasperKeyRow *row,
		       gchar **ret_id)
{
	gint64 zone = kasper_statement_get(statement);
	gconstpointer id;
	gsize length;

	row->cursor = zone * CURSOR_SLOTS + kasper_statement_get(statement);
	row->zone = kasper_statement_get_text(statement);
	row->policy = kasper_reader_get_name(self,
					     self->policies,
					     "SELECT name FROM policy WHERE number = ?",
					     kasper_statement_get(statement));
	row->key.store = kasper_statement_get(statement);
	row->repository = kasper_reader_get_name(self,
						 self->repositories,
						 "SELECT name FROM repository WHERE number = ?",
						 row->key.store);
	row->state = kasper_reader_get_word(statement);
	row->next_state = kasper_reader_get_word(statement);
	row->waiting_for = kasper_reader_get_word(statement);
	row->next_time = kasper_statement_get_time(statement);
	id = kasper_statement_get_octets(statement, &length);
	row->id = *ret_id = kasper_pair_id_to_text(id, length);
	if (brief) {
		kasper_reader_read_brief(statement, &row->key);
	} else {
		row->public_key = kasper_statement_get_octets(statement, &row->public_key_length);
		kasper_key_read(&row->key, statement);
	}
	row->backup = (KasperBackup)row->key.backup;
}

static void
kasper_reader_bind_filter(KasperStatement *statement,
			  const KasperKeyFilter *filter,
			  const gchar *start,
			  GBytes *id)
{
	kasper_statement_bind_text(statement, start);
	kasper_statement_bind_text(statement, filter->policy);
	kasper_statement_bind_text(statement, filter->state);
	kasper_statement_bind(statement, filter->roles);
	kasper_statement_bind(statement, filter->dead || filter->state != NULL);
	kasper_statement_bind_octets(statement,
				     id != NULL ? g_bytes_get_data(id, NULL) : NULL,
				     id != NULL ? g_bytes_get_size(id) : 0);
	kasper_statement_bind_text(statement, filter->zone);
}

/**
 * kasper_store_reader_each_key: (skip)
 * @self: a reader
 * @filter: which keys; a zone's name as kasper_zone_name_parse() gives it
 * @func: (scope call): is given each row, which is gone when it returns; gives %FALSE to stop
 * @user_data: for @func
 * @error: return location for an error
 *
 * Hands out the zones' keys in order of zone name, KSK (and CSK) before ZSK, older before newer, as
 * they are read. @filter->after is the cursor of a row that was given before: the listing goes on
 * behind it. A filter that matches nothing gives no row and no error.
 *
 * Returns: %FALSE on error; %KASPER_ERROR_TRY_AGAIN if the zone where it was left off is gone,
 * %KASPER_ERROR_INVALID if the id is no hex
 *
 * Since: 0.1
 */
gboolean
kasper_store_reader_each_key(KasperStoreReader *self,
			     const KasperKeyFilter *filter,
			     KasperKeyRowFunc func,
			     gpointer user_data,
			     GError **error)
{
	g_autofree gchar *start = kasper_reader_dup_start(self, filter->after, error);
	g_autoptr(GBytes) id = NULL;
	gboolean skip = filter->after != 0;
	gboolean go_on = TRUE;
	g_auto(KasperStatement) statement =
	    kasper_statement(self->database, kasper_reader_get_statement(filter));

	if (filter->id != NULL)
		id = kasper_pair_id_from_text(filter->id, error);
	if (start == NULL || (filter->id != NULL && id == NULL))
		return FALSE;
	kasper_reader_bind_filter(&statement, filter, start, id);
	while (go_on && kasper_statement_next(&statement)) {
		g_autofree gchar *text = NULL;
		KasperKeyRow row = {0};

		kasper_reader_read_row(self, &statement, filter->brief, &row, &text);
		/* rows of the zone where it was left off were given before, up to the cursor */
		if (skip && row.cursor / CURSOR_SLOTS == filter->after / CURSOR_SLOTS) {
			skip = row.cursor != filter->after;
			continue;
		}
		skip = FALSE;
		go_on = func(&row, user_data);
	}
	return kasper_statement_finish(&statement, error);
}
