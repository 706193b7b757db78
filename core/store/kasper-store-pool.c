/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-store-private.h"

#include "kasper-dnskey.h"

/**
 * kasper_store_count_pool: (skip)
 * @self: a store
 * @repository: a repository's number
 * @algorithm: the algorithm's number
 * @bits: the size, as kasper_algorithm_get_bits() gives it
 * @planned: whether those count, too, that are on their way
 *
 * Returns: how many pairs of this kind there are that no zone has ever had; costs nothing
 *
 * Since: 0.1
 */
gint64
kasper_store_count_pool(KasperStore *self,
			gint64 repository,
			guint algorithm,
			guint bits,
			gboolean planned)
{
	const KasperPool *pool = kasper_store_get_pool(self, repository, algorithm, bits);

	return pool->made + (planned ? pool->planned : 0);
}

static guint
kasper_pool_get_flags(const KasperDemand *demand)
{
	return KASPER_DNSKEY_ZONE |
	       ((demand->roles & KASPER_ROLE_KSK) != 0 ? KASPER_DNSKEY_SEP : 0u);
}

static gboolean
kasper_pool_is_taken(guint tag, const guint16 *taken, guint n_taken)
{
	for (guint i = 0; i < n_taken; i++) {
		if (taken[i] == tag)
			return TRUE;
	}
	return FALSE;
}

/* columns: number, backup, created, public key */
static void
kasper_pool_read_key(KasperStatement *statement,
		     const KasperDemand *demand,
		     KasperKey *key,
		     guint *ret_revoked)
{
	g_autoptr(GBytes) public_key = NULL;
	gconstpointer data;
	gsize length;

	*key = (KasperKey){
	    .store = demand->store,
	    .algorithm = demand->algorithm,
	    .bits = demand->bits,
	    .flags = (guint16)kasper_pool_get_flags(demand),
	};
	key->number = kasper_statement_get(statement);
	key->backup = (guint8)kasper_statement_get(statement);
	key->created = kasper_statement_get_time(statement);
	data = kasper_statement_get_octets(statement, &length);
	public_key = g_bytes_new_static(data, length);
	key->tag = kasper_dnskey_get_tag(key->flags, key->algorithm, public_key);
	*ret_revoked = kasper_dnskey_get_tag((guint)key->flags | KASPER_DNSKEY_REVOKE,
					     key->algorithm,
					     public_key);
}

static void
kasper_pool_reserve(KasperStore *self, const KasperKey *key)
{
	KasperReserved *reserved = g_new(KasperReserved, 1);

	*reserved = (KasperReserved){key->number, key->store, key->algorithm, key->bits};
	g_hash_table_insert(self->reserved, &reserved->number, reserved);
}

/* from the pool of @policy (0: of those made for any): FALSE without an error: none suits */
static gboolean
kasper_pool_take(KasperStore *self,
		 const KasperDemand *demand,
		 gint64 policy,
		 const guint16 *taken,
		 guint n_taken,
		 KasperKey *ret_key,
		 GError **error)
{
	g_auto(KasperStatement) statement =
	    kasper_statement(self->database,
			     "SELECT number, backup, created, public_key FROM pair "
			     "INDEXED BY pair_pool WHERE repository = ? AND algorithm = ? "
			     "AND bits = ? AND policy IS ? AND state = 1 AND pooled = 1 "
			     "ORDER BY number");

	kasper_statement_bind(&statement, demand->store);
	kasper_statement_bind(&statement, demand->algorithm);
	kasper_statement_bind(&statement, demand->bits);
	kasper_statement_bind_number(&statement, policy);
	while (kasper_statement_next(&statement)) {
		KasperKey key;
		guint revoked;

		kasper_pool_read_key(&statement, demand, &key, &revoked);
		if (g_hash_table_contains(self->reserved, &key.number) ||
		    kasper_pool_is_taken(key.tag, taken, n_taken) ||
		    kasper_pool_is_taken(revoked, taken, n_taken))
			continue;
		kasper_pool_reserve(self, &key);
		*ret_key = key;
		return TRUE;
	}
	kasper_statement_finish(&statement, error);
	return FALSE;
}

/**
 * kasper_store_take_pair: (skip)
 * @self: a store with an open transaction
 * @demand: what kind of key is wanted
 * @policy: number of the policy that wants it
 * @taken: (array length=n_taken): key tags that the zone has
 * @n_taken: how many
 * @ret_key: (out): the key: number, store, tag, bits, algorithm, flags, backup, created; the rest
 *   is zero
 * @error: return location for an error
 *
 * Takes the oldest pair out of the pool that was made for @policy, or else for any. A pair whose
 * tag is among @taken, as it is or as it would be with the REVOKE bit (RFC 5011), is passed over:
 * two keys of a zone that look the same are not to be told apart in a DS or an RRSIG. It stays in
 * the pool for another zone.
 *
 * What was taken is kept for the caller until the transaction ends; it leaves the pool for good
 * when a snapshot that has it is saved.
 *
 * Returns: %FALSE without an error if the pool has none that suits
 *
 * Since: 0.1
 */
gboolean
kasper_store_take_pair(KasperStore *self,
		       const KasperDemand *demand,
		       gint64 policy,
		       const guint16 *taken,
		       guint n_taken,
		       KasperKey *ret_key,
		       GError **error)
{
	GError *error_local = NULL;

	if (kasper_store_count_pool(self, demand->store, demand->algorithm, demand->bits, FALSE) <=
	    0)
		return FALSE;
	if (policy != 0 && self->bound &&
	    kasper_pool_take(self, demand, policy, taken, n_taken, ret_key, &error_local))
		return TRUE;
	if (error_local != NULL) {
		g_propagate_error(error, error_local);
		return FALSE;
	}
	return kasper_pool_take(self, demand, 0, taken, n_taken, ret_key, error);
}

/**
 * kasper_store_find_shared_pair: (skip)
 * @self: a store
 * @demand: what kind of key is wanted
 * @policy: number of a policy that shares keys
 * @ret_key: (out): the key: number, store, tag, bits, algorithm, flags, backup, created; the rest
 *   is zero
 * @error: return location for an error
 *
 * The pair that zones of the policy use for this role: the newest one that a snapshot was saved
 * with as a key that is not on its way out. So the first zone that rolls takes a new one out of the
 * pool, and the others follow it.
 *
 * Returns: %FALSE without an error if there is none
 *
 * Since: 0.1
 */
gboolean
kasper_store_find_shared_pair(KasperStore *self,
			      const KasperDemand *demand,
			      gint64 policy,
			      KasperKey *ret_key,
			      GError **error)
{
	g_auto(KasperStatement) statement = kasper_statement(
	    self->database,
	    "SELECT p.number, p.backup, p.created, p.public_key FROM shared s "
	    "JOIN pair p ON p.number = s.pair WHERE s.policy = ? AND s.repository = ? "
	    "AND s.algorithm = ? AND s.bits = ? AND s.roles = ? AND p.state = 1");
	guint revoked;

	kasper_statement_bind(&statement, policy);
	kasper_statement_bind(&statement, demand->store);
	kasper_statement_bind(&statement, demand->algorithm);
	kasper_statement_bind(&statement, demand->bits);
	kasper_statement_bind(&statement, demand->roles);
	if (!kasper_statement_next(&statement)) {
		kasper_statement_finish(&statement, error);
		return FALSE;
	}
	kasper_pool_read_key(&statement, demand, ret_key, &revoked);
	return TRUE;
}
