/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-store-private.h"

struct _KasperTransaction {
	KasperStore *store;
	gboolean open;
};

G_DEFINE_FINAL_TYPE(KasperStore, kasper_store, G_TYPE_OBJECT)

static void
kasper_store_finalize(GObject *object)
{
	KasperStore *self = KASPER_STORE(object);

	kasper_store_close(self);
	g_clear_pointer(&self->secret, g_bytes_unref);
	g_checksum_free(self->checksum);
	g_hash_table_unref(self->repositories);
	g_hash_table_unref(self->policies);
	g_hash_table_unref(self->reserved);
	g_clear_pointer(&self->pairs, g_hash_table_unref);
	g_array_unref(self->pools);
	g_free(self->path);
	G_OBJECT_CLASS(kasper_store_parent_class)->finalize(object);
}

static void
kasper_store_class_init(KasperStoreClass *klass)
{
	G_OBJECT_CLASS(klass)->finalize = kasper_store_finalize;
}

static void
kasper_store_init(KasperStore *self)
{
	self->lock = -1;
	self->witness = -1;
	self->checksum = g_checksum_new(G_CHECKSUM_SHA256);
	self->repositories = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
	self->policies = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
	self->reserved = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, g_free);
	self->pools = g_array_new(FALSE, FALSE, sizeof(KasperPool));
}

/**
 * kasper_store_get_path: (skip)
 * @self: a store
 *
 * Returns: (transfer none): the path that it was opened with
 *
 * Since: 0.1
 */
const gchar *
kasper_store_get_path(KasperStore *self)
{
	return self->path;
}

/* after a failed flush nobody knows what the disk holds, and asking this connection again would
 * be answered from memory: only what another one reads from the file counts. While there is no
 * other one, because the disk is still full, say, this one answers those who only ask */
static gboolean
kasper_store_reopen(KasperStore *self, GError **error)
{
	gint version;
	KasperDatabase *fresh =
	    kasper_database_open(self->path, KASPER_DATABASE_WRITER, &version, error);

	if (fresh == NULL)
		return FALSE;
	kasper_database_free(self->database);
	self->database = fresh;
	if (!kasper_store_load_counts(self, error))
		return FALSE;
	self->doubtful = FALSE;
	return TRUE;
}

static gboolean
kasper_store_check_begin(KasperStore *self, GError **error)
{
	if (self->transaction != NULL || self->witness < 0) {
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_INTERNAL,
			    self->witness < 0 ? "%s is closed"
					      : "%s: a transaction is open already",
			    self->path);
		return FALSE;
	}
	return !self->doubtful || kasper_store_reopen(self, error);
}

/**
 * kasper_store_begin: (skip)
 * @self: a store
 * @error: return location for an error
 *
 * Begins the one transaction that a store can have open. All that is changed until
 * kasper_transaction_commit() is done as a whole or not at all; a transaction that is dropped is
 * rolled back. If a change fails in between, other than for what was handed in
 * (%KASPER_ERROR_NOT_FOUND, %KASPER_ERROR_EXISTS), the transaction is spoiled and its commit is
 * refused.
 *
 * Returns: (transfer full): the transaction; %NULL with %KASPER_ERROR_BUSY if another program holds
 * the database
 *
 * Since: 0.1
 */
KasperTransaction *
kasper_store_begin(KasperStore *self, GError **error)
{
	KasperTransaction *transaction;

	if (!kasper_store_check_begin(self, error) ||
	    !kasper_database_execute(self->database, "BEGIN IMMEDIATE", error))
		return NULL;
	transaction = g_new0(KasperTransaction, 1);
	transaction->store = g_object_ref(self);
	transaction->open = TRUE;
	self->transaction = transaction;
	self->database->spoiled = FALSE;
	self->before = self->head;
	self->changes = sqlite3_total_changes(self->database->handle);
	return transaction;
}

/* memory follows the file; if it cannot be read now, the next transaction begins with that */
static void
kasper_transaction_roll_back(KasperTransaction *self)
{
	KasperStore *store = self->store;
	g_autoptr(GError) error = NULL;

	if (!self->open)
		return;
	self->open = FALSE;
	store->transaction = NULL;
	if (store->database == NULL)
		return;
	if (sqlite3_get_autocommit(store->database->handle) == 0)
		sqlite3_exec(store->database->handle, "ROLLBACK", NULL, NULL, NULL);
	if (!kasper_store_load_counts(store, &error)) {
		g_debug("%s", error->message);
		store->doubtful = TRUE;
	}
}

static gboolean
kasper_transaction_is_empty(KasperTransaction *self)
{
	KasperStore *store = self->store;

	return sqlite3_total_changes(store->database->handle) == store->changes &&
	       memcmp(&store->before, &store->head, sizeof store->head) == 0;
}

static gboolean
kasper_transaction_write(KasperTransaction *self, GError **error)
{
	KasperStore *store = self->store;
	gint rc;

	if (!kasper_transaction_is_empty(self) && !kasper_store_write_counts(store, error))
		return FALSE;
	rc = sqlite3_exec(store->database->handle, "COMMIT", NULL, NULL, NULL);
	if (rc == SQLITE_OK)
		return TRUE;
	kasper_database_set_error(store->database, rc, error);
	store->doubtful = TRUE;
	/* a write that was refused left no commit; a flush that failed may have left one */
	if ((rc & 0xff) == SQLITE_IOERR && rc != SQLITE_IOERR_WRITE && error != NULL)
		(*error)->code = KASPER_ERROR_UNKNOWN_OUTCOME;
	return FALSE;
}

/**
 * kasper_transaction_commit: (skip)
 * @self: a transaction
 * @error: return location for an error
 *
 * Makes what was changed durable: it is on the disk when this returns %TRUE. After an error nothing
 * of it was done (with %KASPER_ERROR_UNKNOWN_OUTCOME: it may have been, and the next transaction
 * works with what is found in the file). The transaction is over in either case and only has to be
 * freed.
 *
 * Returns: whether it was committed
 *
 * Since: 0.1
 */
gboolean
kasper_transaction_commit(KasperTransaction *self, GError **error)
{
	KasperStore *store = self->store;

	if (!self->open || store->database->spoiled ||
	    sqlite3_get_autocommit(store->database->handle) != 0) {
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_TRY_AGAIN,
			    "%s: nothing was recorded, because a part of it could not be",
			    store->path);
		kasper_transaction_roll_back(self);
		return FALSE;
	}
	if (!kasper_transaction_write(self, error)) {
		kasper_transaction_roll_back(self);
		return FALSE;
	}
	self->open = FALSE;
	store->transaction = NULL;
	g_hash_table_remove_all(store->reserved);
	if (store->head.epoch != store->before.epoch)
		kasper_witness_write(store->witness, store->secret, store->head.epoch);
	return TRUE;
}

/**
 * kasper_transaction_free: (skip)
 * @self: (nullable) (transfer full): a transaction
 *
 * Frees a transaction; what was not committed is rolled back.
 *
 * Since: 0.1
 */
void
kasper_transaction_free(KasperTransaction *self)
{
	if (self == NULL)
		return;
	kasper_transaction_roll_back(self);
	g_object_unref(self->store);
	g_free(self);
}

/**
 * kasper_store_get_highest_time: (skip)
 * @self: a store
 *
 * Returns: the latest time of any decision so far: time does not go back behind it, whatever the
 * system's clock does; 0 in a new store
 *
 * Since: 0.1
 */
KasperTime
kasper_store_get_highest_time(KasperStore *self)
{
	return self->head.highest_time;
}

/**
 * kasper_store_set_highest_time: (skip)
 * @self: a store with an open transaction
 * @time: the time of a decision
 * @error: return location for an error
 *
 * Remembers @time if it is later than what is known.
 *
 * Returns: %FALSE if no transaction is open
 *
 * Since: 0.1
 */
gboolean
kasper_store_set_highest_time(KasperStore *self, KasperTime time, GError **error)
{
	if (self->transaction == NULL) {
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_INTERNAL,
			    "%s: a change outside of a transaction was refused",
			    self->path);
		return FALSE;
	}
	self->head.highest_time = MAX(self->head.highest_time, time);
	return TRUE;
}

/**
 * kasper_store_get_secret: (skip)
 * @self: a store
 *
 * A secret of this installation, which was drawn when the store was made. It keys what must not be
 * the same, or be foreseen, elsewhere: the spreading of rollovers, the ids of operations.
 *
 * Returns: (transfer full): 16 octets
 *
 * Since: 0.1
 */
GBytes *
kasper_store_get_secret(KasperStore *self)
{
	return g_bytes_ref(self->secret);
}
