/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-client-private.h"

/**
 * kasper_client_list_zones_page:
 * @self: a client
 * @after: (nullable): the last zone of the page before, or %NULL
 * @limit: at most so many rows
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * One page of zones in canonical order.
 *
 * Returns: (transfer full): rows, aa{sv}; none after the last page
 *
 * Since: 0.1
 */
GVariant *
kasper_client_list_zones_page(KasperClient *self,
			      const gchar *after,
			      guint limit,
			      GCancellable *cancellable,
			      GError **error)
{
	g_return_val_if_fail(KASPER_IS_CLIENT(self), NULL);

	return kasper_client_ask(self,
				 "ListZones",
				 g_variant_new("(su)", kasper_client_text(after), limit),
				 cancellable,
				 error);
}

/**
 * kasper_client_show_zone:
 * @self: a client
 * @zone: a zone's name
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * One zone, with its `keys` and the `reasons` why they wait.
 *
 * Errors: %KASPER_ERROR_NOT_FOUND.
 *
 * Returns: (transfer full): the row, a{sv}
 *
 * Since: 0.1
 */
GVariant *
kasper_client_show_zone(KasperClient *self,
			const gchar *zone,
			GCancellable *cancellable,
			GError **error)
{
	g_return_val_if_fail(KASPER_IS_CLIENT(self), NULL);
	g_return_val_if_fail(zone != NULL, NULL);

	return kasper_client_ask(self, "ShowZone", g_variant_new("(s)", zone), cancellable, error);
}

/**
 * kasper_client_explain:
 * @self: a client
 * @zone: a zone's name
 * @id: (nullable): the CKA_ID of one of its keys, in hexadecimal
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * What each key of a zone waits for, and the zone itself; without @id for all keys that are not
 * dead. `text` is a sentence for people, without a full stop.
 *
 * Errors: %KASPER_ERROR_NOT_FOUND.
 *
 * Returns: (transfer full): rows, aa{sv}
 *
 * Since: 0.1
 */
GVariant *
kasper_client_explain(KasperClient *self,
		      const gchar *zone,
		      const gchar *id,
		      GCancellable *cancellable,
		      GError **error)
{
	g_return_val_if_fail(KASPER_IS_CLIENT(self), NULL);
	g_return_val_if_fail(zone != NULL, NULL);

	return kasper_client_ask(self,
				 "Explain",
				 g_variant_new("(ss)", zone, kasper_client_text(id)),
				 cancellable,
				 error);
}

/**
 * kasper_client_plan:
 * @self: a client
 * @zone: a zone's name
 * @until: seconds since 1970-01-01 UTC
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * What will come to pass in a zone, at the earliest: if everybody who is asked for something does it
 * at once, and the parent takes the policy's RegistrationDelay.
 *
 * Errors: %KASPER_ERROR_NOT_FOUND.
 *
 * Returns: (transfer full): `rows` aa{sv}, `until` x: up to when these are all
 *
 * Since: 0.1
 */
GVariant *
kasper_client_plan(KasperClient *self,
		   const gchar *zone,
		   gint64 until,
		   GCancellable *cancellable,
		   GError **error)
{
	g_return_val_if_fail(KASPER_IS_CLIENT(self), NULL);
	g_return_val_if_fail(zone != NULL, NULL);

	return kasper_client_ask(self,
				 "Plan",
				 g_variant_new("(sx)", zone, until),
				 cancellable,
				 error);
}

/**
 * kasper_client_zone_add:
 * @self: a client
 * @zone: a zone's name
 * @policy: a policy's name
 * @files: (nullable): a{ss} of `signconf`, `input`, `input_type`, `output`, `output_type`; what is
 * missing gets its default
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Puts a zone into Kasper's care.
 *
 * Errors: %KASPER_ERROR_EXISTS, %KASPER_ERROR_NOT_FOUND for the policy, %KASPER_ERROR_INVALID.
 *
 * Returns: whether it was done
 *
 * Since: 0.1
 */
gboolean
kasper_client_zone_add(KasperClient *self,
		       const gchar *zone,
		       const gchar *policy,
		       GVariant *files,
		       GCancellable *cancellable,
		       GError **error)
{
	GVariant *given = files != NULL ? files : g_variant_new("a{ss}", NULL);

	g_return_val_if_fail(KASPER_IS_CLIENT(self), FALSE);
	g_return_val_if_fail(zone != NULL && policy != NULL, FALSE);

	return kasper_client_tell(self,
				  "ZoneAdd",
				  g_variant_new("(ss@a{ss})", zone, policy, given),
				  cancellable,
				  error);
}

/**
 * kasper_client_zone_delete:
 * @self: a client
 * @zone: a zone's name
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Takes a zone out of Kasper's care.
 *
 * Errors: %KASPER_ERROR_NOT_FOUND.
 *
 * Returns: whether it was done
 *
 * Since: 0.1
 */
gboolean
kasper_client_zone_delete(KasperClient *self,
			  const gchar *zone,
			  GCancellable *cancellable,
			  GError **error)
{
	g_return_val_if_fail(KASPER_IS_CLIENT(self), FALSE);
	g_return_val_if_fail(zone != NULL, FALSE);

	return kasper_client_tell(self,
				  "ZoneDelete",
				  g_variant_new("(s)", zone),
				  cancellable,
				  error);
}

/**
 * kasper_client_zone_set_policy:
 * @self: a client
 * @zone: a zone's name
 * @policy: a policy's name
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Puts a zone under another policy. Its keys roll over as far as the policies differ.
 *
 * Errors: %KASPER_ERROR_NOT_FOUND.
 *
 * Returns: whether it was done
 *
 * Since: 0.1
 */
gboolean
kasper_client_zone_set_policy(KasperClient *self,
			      const gchar *zone,
			      const gchar *policy,
			      GCancellable *cancellable,
			      GError **error)
{
	g_return_val_if_fail(KASPER_IS_CLIENT(self), FALSE);
	g_return_val_if_fail(zone != NULL, FALSE);
	g_return_val_if_fail(policy != NULL, FALSE);

	return kasper_client_tell(self,
				  "ZoneSetPolicy",
				  g_variant_new("(ss)", zone, policy),
				  cancellable,
				  error);
}

/**
 * kasper_client_zone_adopt_unsigned:
 * @self: a client
 * @zone: a zone's name
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Says of a new zone that nobody relies on the signatures that it has: it is signed anew, with new
 * keys. If its parent has a DS of it, the zone is bogus from then on.
 *
 * Errors: %KASPER_ERROR_NOT_FOUND; %KASPER_ERROR_UNSAFE if the zone is no longer new.
 *
 * Returns: whether it was done
 *
 * Since: 0.1
 */
gboolean
kasper_client_zone_adopt_unsigned(KasperClient *self,
				  const gchar *zone,
				  GCancellable *cancellable,
				  GError **error)
{
	g_return_val_if_fail(KASPER_IS_CLIENT(self), FALSE);
	g_return_val_if_fail(zone != NULL, FALSE);

	return kasper_client_tell(self,
				  "ZoneAdoptUnsigned",
				  g_variant_new("(s)", zone),
				  cancellable,
				  error);
}

/**
 * kasper_client_list_policies:
 * @self: a client
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * The policies.
 *
 * Returns: (transfer full): rows, aa{sv}
 *
 * Since: 0.1
 */
GVariant *
kasper_client_list_policies(KasperClient *self, GCancellable *cancellable, GError **error)
{
	g_return_val_if_fail(KASPER_IS_CLIENT(self), NULL);

	return kasper_client_ask(self, "ListPolicies", NULL, cancellable, error);
}

/**
 * kasper_client_show_policy:
 * @self: a client
 * @policy: a policy's name
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * One policy.
 *
 * Errors: %KASPER_ERROR_NOT_FOUND.
 *
 * Returns: (transfer full): the row, a{sv}
 *
 * Since: 0.1
 */
GVariant *
kasper_client_show_policy(KasperClient *self,
			  const gchar *policy,
			  GCancellable *cancellable,
			  GError **error)
{
	g_return_val_if_fail(KASPER_IS_CLIENT(self), NULL);
	g_return_val_if_fail(policy != NULL, NULL);

	return kasper_client_ask(self,
				 "ShowPolicy",
				 g_variant_new("(s)", policy),
				 cancellable,
				 error);
}

/**
 * kasper_client_list_repositories:
 * @self: a client
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * The repositories, with their state.
 *
 * Returns: (transfer full): rows, aa{sv}
 *
 * Since: 0.1
 */
GVariant *
kasper_client_list_repositories(KasperClient *self, GCancellable *cancellable, GError **error)
{
	g_return_val_if_fail(KASPER_IS_CLIENT(self), NULL);

	return kasper_client_ask(self, "ListRepositories", NULL, cancellable, error);
}

/**
 * kasper_client_test_repository:
 * @self: a client
 * @repository: a repository's name
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Asks the repository's token which keys it holds and compares them with what the daemon knows.
 *
 * Returns: (transfer full): `name` s, `keys_in_token` u, `keys_in_store` u, `missing` as, `unknown`
 * as
 *
 * Since: 0.1
 */
GVariant *
kasper_client_test_repository(KasperClient *self,
			      const gchar *repository,
			      GCancellable *cancellable,
			      GError **error)
{
	g_return_val_if_fail(KASPER_IS_CLIENT(self), NULL);
	g_return_val_if_fail(repository != NULL, NULL);

	return kasper_client_ask(self,
				 "TestRepository",
				 g_variant_new("(s)", repository),
				 cancellable,
				 error);
}

/* so many at once: a message of about 300 KiB */
#define KASPER_CLIENT_ZONES_PAGE 1000

/**
 * kasper_client_list_zones:
 * @self: a client
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * All zones in canonical order, fetched page by page. Who has very many of them uses
 * kasper_client_list_zones_page().
 *
 * Returns: (transfer full): rows, aa{sv}: `zone` s, `policy` s, `state` s, `next_due` x and more
 *
 * Since: 0.1
 */
GVariant *
kasper_client_list_zones(KasperClient *self, GCancellable *cancellable, GError **error)
{
	g_auto(GVariantBuilder) rows = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE("aa{sv}"));
	g_autofree gchar *after = NULL;
	gsize n_rows;

	g_return_val_if_fail(KASPER_IS_CLIENT(self), NULL);

	do {
		g_autoptr(GVariant) page = kasper_client_list_zones_page(self,
									 after,
									 KASPER_CLIENT_ZONES_PAGE,
									 cancellable,
									 error);

		if (page == NULL)
			return NULL;
		n_rows = g_variant_n_children(page);
		for (gsize i = 0; i < n_rows; i++) {
			g_autoptr(GVariant) row = g_variant_get_child_value(page, i);

			g_variant_builder_add_value(&rows, row);
			if (i + 1 < n_rows)
				continue;
			g_free(g_steal_pointer(&after));
			if (!g_variant_lookup(row, "zone", "s", &after))
				n_rows = 0;
		}
	} while (n_rows > 0);
	return g_variant_ref_sink(g_variant_builder_end(&rows));
}
