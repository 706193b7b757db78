/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-store-private.h"

/*
 * The hash of a row is SHA-256 over the hash of the row before it (32 zero octets before the
 * first), then its number and its time, 8 octets each with the highest first, then each of its
 * texts: 4 octets of length and the text, or 4 octets 0xff for a NULL. Lengths come first so that
 * no text can be moved from one column to the next. Table store knows the number of rows and the
 * last hash, so that rows cut off at the end are missed, too.
 */

typedef struct {
	gint64 number;
	KasperTime time;
	const gchar *texts[5]; /* actor, action, zone, key_id, detail */
} KasperAuditRow;

static void
kasper_audit_hash_number(GChecksum *checksum, guint64 value, guint length)
{
	guint8 octets[8];

	for (guint i = 0; i < length; i++)
		octets[i] = (guint8)(value >> (8 * (length - 1 - i)));
	g_checksum_update(checksum, octets, length);
}

static void
kasper_audit_hash(GChecksum *checksum, const guint8 *last, const KasperAuditRow *row, guint8 *ret)
{
	gsize length = KASPER_HASH_LENGTH;

	g_checksum_reset(checksum);
	g_checksum_update(checksum, last, KASPER_HASH_LENGTH);
	kasper_audit_hash_number(checksum, (guint64)row->number, 8);
	kasper_audit_hash_number(checksum, (guint64)row->time, 8);
	for (guint i = 0; i < G_N_ELEMENTS(row->texts); i++) {
		gsize size = row->texts[i] != NULL ? strlen(row->texts[i]) : 0;

		kasper_audit_hash_number(checksum, row->texts[i] != NULL ? size : G_MAXUINT32, 4);
		if (size > 0)
			g_checksum_update(checksum, (const guchar *)row->texts[i], (gssize)size);
	}
	g_checksum_get_digest(checksum, ret, &length);
}

/**
 * kasper_store_add_audit: (skip)
 * @self: a store with an open transaction
 * @time: when
 * @actor: (nullable): who: a user's name, or `kasperd`
 * @action: (nullable): what was done
 * @zone: (nullable): a zone's name
 * @key_id: (nullable): a key's id
 * @detail: (nullable): why, and what else there is to say
 * @error: return location for an error
 *
 * Adds a row to the journal, chained to the one before it, in the transaction that does what it
 * tells of.
 *
 * Returns: whether it is part of the transaction
 *
 * Since: 0.1
 */
gboolean
kasper_store_add_audit(KasperStore *self,
		       KasperTime time,
		       const gchar *actor,
		       const gchar *action,
		       const gchar *zone,
		       const gchar *key_id,
		       const gchar *detail,
		       GError **error)
{
	g_auto(KasperStatement) statement = kasper_statement(
	    self->database,
	    "INSERT INTO audit (number, time, actor, action, zone, key_id, detail, "
	    "hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
	const KasperAuditRow row = {
	    .number = self->head.audit_rows + 1,
	    .time = time,
	    .texts = {actor, action, zone, key_id, detail},
	};
	guint8 hash[KASPER_HASH_LENGTH];

	kasper_audit_hash(self->checksum, self->head.audit_hash, &row, hash);
	kasper_statement_bind(&statement, row.number);
	kasper_statement_bind(&statement, time);
	for (guint i = 0; i < G_N_ELEMENTS(row.texts); i++)
		kasper_statement_bind_text(&statement, row.texts[i]);
	kasper_statement_bind_octets(&statement, hash, sizeof hash);
	if (!kasper_statement_run(&statement, error))
		return FALSE;
	self->head.audit_rows = row.number;
	memcpy(self->head.audit_hash, hash, sizeof hash);
	return TRUE;
}

/* reads a row; @ret_hash: what it is said to hash to */
static void
kasper_audit_row_read(KasperAuditRow *row, KasperStatement *statement, guint8 *ret_hash)
{
	gconstpointer data;
	gsize length;

	row->number = kasper_statement_get(statement);
	row->time = kasper_statement_get(statement);
	for (guint i = 0; i < G_N_ELEMENTS(row->texts); i++)
		row->texts[i] = kasper_statement_get_text(statement);
	data = kasper_statement_get_octets(statement, &length);
	memset(ret_hash, 0, KASPER_HASH_LENGTH);
	if (length == KASPER_HASH_LENGTH)
		memcpy(ret_hash, data, length);
}

/* the first row that does not follow from the one before it; -1: they all do */
static gint64
kasper_audit_follow(KasperStore *self, KasperStatement *statement, gint64 *ret_rows, guint8 *last)
{
	while (kasper_statement_next(statement)) {
		KasperAuditRow row;
		guint8 stored[KASPER_HASH_LENGTH], wanted[KASPER_HASH_LENGTH];

		kasper_audit_row_read(&row, statement, stored);
		if (row.number != *ret_rows + 1)
			return *ret_rows + 1;
		kasper_audit_hash(self->checksum, last, &row, wanted);
		if (memcmp(stored, wanted, sizeof wanted) != 0)
			return row.number;
		memcpy(last, wanted, sizeof wanted);
		*ret_rows = row.number;
	}
	return -1;
}

/**
 * kasper_store_verify_audit: (skip)
 * @self: a store
 * @ret_rows: (out) (optional): how many rows hold together, from the first on
 * @error: return location for an error
 *
 * Reads the whole journal and follows its chain.
 *
 * Returns: number of the first row that was changed, removed or moved; -1 if the chain holds; 0 on
 * error
 *
 * Since: 0.1
 */
gint64
kasper_store_verify_audit(KasperStore *self, gint64 *ret_rows, GError **error)
{
	g_auto(KasperStatement) statement =
	    kasper_statement(self->database,
			     "SELECT number, time, actor, action, zone, key_id, detail, hash "
			     "FROM audit ORDER BY number");
	guint8 last[KASPER_HASH_LENGTH] = {0};
	gint64 rows = 0;
	gint64 broken = kasper_audit_follow(self, &statement, &rows, last);

	if (!kasper_statement_finish(&statement, error))
		return 0;
	if (ret_rows != NULL)
		*ret_rows = rows;
	if (broken > 0)
		return broken;
	if (rows == self->head.audit_rows && memcmp(last, self->head.audit_hash, sizeof last) == 0)
		return -1;
	/* rows are missing at the end, or were added behind it */
	return MIN(rows, self->head.audit_rows) + 1;
}
