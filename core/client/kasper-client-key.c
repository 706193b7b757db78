/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-client-private.h"

#include "kasper-error.h"

/**
 * kasper_client_key_rollover:
 * @self: a client
 * @zone: (nullable): a zone's name
 * @policy: (nullable): or else a policy's
 * @keytype: `KSK`, `ZSK`, `CSK` or `all`; case does not matter
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Starts a rollover.
 *
 * Errors: %KASPER_ERROR_NOT_FOUND, %KASPER_ERROR_INVALID.
 *
 * Returns: in how many zones; -1 on an error
 *
 * Since: 0.1
 */
gint64
kasper_client_key_rollover(KasperClient *self,
			   const gchar *zone,
			   const gchar *policy,
			   const gchar *keytype,
			   GCancellable *cancellable,
			   GError **error)
{
	/* KSK 1, ZSK 2; a CSK is both */
	static const struct {
		const gchar *name;
		guint roles;
	} types[] = {{"ksk", 1}, {"zsk", 2}, {"csk", 3}, {"all", 3}};
	guint roles = 0;

	g_return_val_if_fail(KASPER_IS_CLIENT(self), -1);
	g_return_val_if_fail(keytype != NULL, -1);

	for (guint i = 0; i < G_N_ELEMENTS(types); i++)
		if (g_ascii_strcasecmp(keytype, types[i].name) == 0)
			roles = types[i].roles;
	if (roles == 0) {
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_INVALID,
			    "key type %s: should be KSK, ZSK, CSK or all",
			    keytype);
		return -1;
	}
	return kasper_client_count(
	    self,
	    "KeyRollover",
	    g_variant_new("(ssu)", kasper_client_text(zone), kasper_client_text(policy), roles),
	    cancellable,
	    error);
}

/**
 * kasper_client_key_ds_submit:
 * @self: a client
 * @zone: a zone's name
 * @id: (nullable): the key's CKA_ID, in hexadecimal
 * @tag: if there is no @id: the key's tag, or -1
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Says that the key's DS was handed to the parent.
 *
 * Errors: %KASPER_ERROR_NOT_FOUND, %KASPER_ERROR_INVALID, %KASPER_ERROR_UNSAFE.
 *
 * Returns: (transfer full): `cka_id` s, `keytag` u, `text` s
 *
 * Since: 0.1
 */
GVariant *
kasper_client_key_ds_submit(KasperClient *self,
			    const gchar *zone,
			    const gchar *id,
			    gint tag,
			    GCancellable *cancellable,
			    GError **error)
{
	g_return_val_if_fail(KASPER_IS_CLIENT(self), NULL);
	g_return_val_if_fail(zone != NULL, NULL);

	return kasper_client_ask(self,
				 "KeyDsSubmit",
				 g_variant_new("(ssi)", zone, kasper_client_text(id), tag),
				 cancellable,
				 error);
}

/**
 * kasper_client_key_ds_seen:
 * @self: a client
 * @zone: a zone's name
 * @id: (nullable): the key's CKA_ID, in hexadecimal
 * @tag: if there is no @id: the key's tag, or -1
 * @no_retire: the old DS stays in the parent for now, so the old key stays, too
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Says that the key's DS is seen in the parent zone.
 *
 * Errors: %KASPER_ERROR_NOT_FOUND, %KASPER_ERROR_INVALID, %KASPER_ERROR_UNSAFE.
 *
 * Returns: (transfer full): `cka_id` s, `keytag` u, `text` s
 *
 * Since: 0.1
 */
GVariant *
kasper_client_key_ds_seen(KasperClient *self,
			  const gchar *zone,
			  const gchar *id,
			  gint tag,
			  gboolean no_retire,
			  GCancellable *cancellable,
			  GError **error)
{
	g_return_val_if_fail(KASPER_IS_CLIENT(self), NULL);
	g_return_val_if_fail(zone != NULL, NULL);

	return kasper_client_ask(
	    self,
	    "KeyDsSeen",
	    g_variant_new("(ssib)", zone, kasper_client_text(id), tag, no_retire),
	    cancellable,
	    error);
}

/**
 * kasper_client_key_ds_gone:
 * @self: a client
 * @zone: a zone's name
 * @id: (nullable): the key's CKA_ID, in hexadecimal
 * @tag: if there is no @id: the key's tag, or -1
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Says that the key's DS is no longer seen in the parent zone.
 *
 * Errors: %KASPER_ERROR_NOT_FOUND, %KASPER_ERROR_INVALID, %KASPER_ERROR_UNSAFE.
 *
 * Returns: (transfer full): `cka_id` s, `keytag` u, `text` s
 *
 * Since: 0.1
 */
GVariant *
kasper_client_key_ds_gone(KasperClient *self,
			  const gchar *zone,
			  const gchar *id,
			  gint tag,
			  GCancellable *cancellable,
			  GError **error)
{
	g_return_val_if_fail(KASPER_IS_CLIENT(self), NULL);
	g_return_val_if_fail(zone != NULL, NULL);

	return kasper_client_ask(self,
				 "KeyDsGone",
				 g_variant_new("(ssi)", zone, kasper_client_text(id), tag),
				 cancellable,
				 error);
}

/**
 * kasper_client_key_ksk_retire:
 * @self: a client
 * @zone: a zone's name
 * @id: (nullable): the key's CKA_ID, in hexadecimal
 * @tag: if there is no @id: the key's tag, or -1
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Retires a KSK; with neither @id nor @tag the oldest active one. The last active key of a zone
 * is never retired.
 *
 * Errors: %KASPER_ERROR_NOT_FOUND, %KASPER_ERROR_UNSAFE.
 *
 * Returns: (transfer full): `cka_id` s, `keytag` u, `text` s
 *
 * Since: 0.1
 */
GVariant *
kasper_client_key_ksk_retire(KasperClient *self,
			     const gchar *zone,
			     const gchar *id,
			     gint tag,
			     GCancellable *cancellable,
			     GError **error)
{
	g_return_val_if_fail(KASPER_IS_CLIENT(self), NULL);
	g_return_val_if_fail(zone != NULL, NULL);

	return kasper_client_ask(self,
				 "KeyKskRetire",
				 g_variant_new("(ssi)", zone, kasper_client_text(id), tag),
				 cancellable,
				 error);
}

/**
 * kasper_client_key_generate:
 * @self: a client
 * @policy: (nullable): a policy's name, or %NULL for all
 * @span: seconds for which keys are to suffice; 0: as configured
 * @dry_run: only say what would be made
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Makes keys ahead of need.
 *
 * Returns: (transfer full): `planned` u, `rows` aa{sv}
 *
 * Since: 0.1
 */
GVariant *
kasper_client_key_generate(KasperClient *self,
			   const gchar *policy,
			   gint64 span,
			   gboolean dry_run,
			   GCancellable *cancellable,
			   GError **error)
{
	g_return_val_if_fail(KASPER_IS_CLIENT(self), NULL);

	return kasper_client_ask(self,
				 "KeyGenerate",
				 g_variant_new("(sxb)", kasper_client_text(policy), span, dry_run),
				 cancellable,
				 error);
}

/**
 * kasper_client_key_import:
 * @self: a client
 * @zone: a zone's name
 * @key: a{sv} of `cka_id` s, `repository` s, `algorithm` u, `bits` u, `keytype` s, `keystate` s,
 * `time` x
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Takes a key pair that lies in a repository into a zone.
 *
 * Errors: %KASPER_ERROR_EXISTS, %KASPER_ERROR_NOT_FOUND, %KASPER_ERROR_INVALID.
 *
 * Returns: whether it was done
 *
 * Since: 0.1
 */
gboolean
kasper_client_key_import(KasperClient *self,
			 const gchar *zone,
			 GVariant *key,
			 GCancellable *cancellable,
			 GError **error)
{
	g_return_val_if_fail(KASPER_IS_CLIENT(self), FALSE);
	g_return_val_if_fail(zone != NULL && key != NULL, FALSE);

	return kasper_client_tell(self,
				  "KeyImport",
				  g_variant_new("(s@a{sv})", zone, key),
				  cancellable,
				  error);
}

/**
 * kasper_client_key_purge:
 * @self: a client
 * @zone: (nullable): a zone's name
 * @policy: (nullable): or else a policy's
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Destroys dead keys without waiting for the policy's Purge.
 *
 * Returns: how many; -1 on an error
 *
 * Since: 0.1
 */
gint64
kasper_client_key_purge(KasperClient *self,
			const gchar *zone,
			const gchar *policy,
			GCancellable *cancellable,
			GError **error)
{
	g_return_val_if_fail(KASPER_IS_CLIENT(self), -1);

	return kasper_client_count(
	    self,
	    "KeyPurge",
	    g_variant_new("(ss)", kasper_client_text(zone), kasper_client_text(policy)),
	    cancellable,
	    error);
}
