/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-client-private.h"

#include <string.h>

#include "kasper-error.h"

/**
 * kasper_client_show_key:
 * @self: a client
 * @zone: a zone's name
 * @id: the key's CKA_ID, in hexadecimal
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * One key, with its four records and its DNSKEY and DS.
 *
 * Errors: %KASPER_ERROR_NOT_FOUND.
 *
 * Returns: (transfer full): the row, a{sv}
 *
 * Since: 0.1
 */
GVariant *
kasper_client_show_key(KasperClient *self,
		       const gchar *zone,
		       const gchar *id,
		       GCancellable *cancellable,
		       GError **error)
{
	g_return_val_if_fail(KASPER_IS_CLIENT(self), NULL);
	g_return_val_if_fail(zone != NULL, NULL);
	g_return_val_if_fail(id != NULL, NULL);

	return kasper_client_ask(self,
				 "ShowKey",
				 g_variant_new("(ss)", zone, id),
				 cancellable,
				 error);
}

/**
 * kasper_client_export_keys:
 * @self: a client
 * @zone: (nullable): a zone's name, or %NULL for all
 * @keystate: (nullable): keys in this state only; %NULL: those that can be trust anchors, ready
 *   or active
 * @keytype: (nullable): keys of this type only; %NULL or `KSK`: KSKs and CSKs
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Public keys as resource records, fetched page by page.
 *
 * Returns: (transfer full): rows, aa{sv}: `zone` s, `keytype` s, `state` s, `keytag` u,
 *   `algorithm` u, `bits` u, `cka_id` s, `dnskey` s, `ds` as
 *
 * Since: 0.1
 */
GVariant *
kasper_client_export_keys(KasperClient *self,
			  const gchar *zone,
			  const gchar *keystate,
			  const gchar *keytype,
			  GCancellable *cancellable,
			  GError **error)
{
	g_return_val_if_fail(KASPER_IS_CLIENT(self), NULL);

	return kasper_client_ask_pages(self,
				       "ExportKeys",
				       g_variant_new("(sss)",
						     kasper_client_text(zone),
						     kasper_client_text(keystate),
						     kasper_client_text(keytype)),
				       cancellable,
				       error);
}

/* a row is some hundred bytes; whoever says more is not our daemon */
#define KASPER_CLIENT_ROW_MAX (1024 * 1024)

typedef struct {
	GInputStream *stream;
	guint8 buffer[64 * 1024];
	gsize used; /* of what is in the buffer */
	gsize length;
} KasperClientFrames;

static gboolean
kasper_client_frames_read(KasperClientFrames *self,
			  guint8 *bytes,
			  gsize length,
			  GCancellable *cancellable,
			  GError **error)
{
	while (length > 0) {
		gsize n = MIN(length, self->length - self->used);
		gssize n_read;

		memcpy(bytes, self->buffer + self->used, n);
		self->used += n;
		bytes += n;
		length -= n;
		if (length == 0)
			break;
		n_read = g_input_stream_read(self->stream,
					     self->buffer,
					     sizeof(self->buffer),
					     cancellable,
					     error);
		if (n_read < 0)
			return FALSE;
		if (n_read == 0) {
			g_set_error(error,
				    KASPER_ERROR,
				    KASPER_ERROR_TRY_AGAIN,
				    "the list of keys broke off before its end; the daemon's log "
				    "says why; ask again");
			return FALSE;
		}
		self->used = 0;
		self->length = (gsize)n_read;
	}
	return TRUE;
}

/* @ret_row: NULL at the end */
static gboolean
kasper_client_frames_next(KasperClientFrames *self,
			  const GVariantType *type,
			  GVariant **ret_row,
			  GCancellable *cancellable,
			  GError **error)
{
	guint32 length_le;
	guint32 length;
	g_autofree guint8 *bytes = NULL;

	if (!kasper_client_frames_read(self,
				       (guint8 *)&length_le,
				       sizeof(length_le),
				       cancellable,
				       error))
		return FALSE;
	length = GUINT32_FROM_LE(length_le);
	*ret_row = NULL;
	if (length == 0)
		return TRUE;
	if (length > KASPER_CLIENT_ROW_MAX) {
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_INTERNAL,
			    "a row of %u bytes came from the daemon; client and daemon are not of "
			    "one version",
			    length);
		return FALSE;
	}
	bytes = g_malloc(length);
	if (!kasper_client_frames_read(self, bytes, length, cancellable, error))
		return FALSE;
	*ret_row =
	    g_variant_ref_sink(g_variant_new_from_data(type, bytes, length, FALSE, g_free, bytes));
	bytes = NULL;
	if (G_BYTE_ORDER == G_BIG_ENDIAN) {
		GVariant *swapped = g_variant_byteswap(*ret_row);

		g_variant_unref(*ret_row);
		*ret_row = swapped;
	}
	return TRUE;
}

/* the description came over the wire: a row must be a tuple with a value a name */
static gboolean
kasper_client_row_is_sane(const gchar *const *fields, const gchar *type)
{
	return g_variant_type_string_is_valid(type) &&
	       g_variant_type_is_tuple(G_VARIANT_TYPE(type)) &&
	       g_variant_type_n_items(G_VARIANT_TYPE(type)) == g_strv_length((gchar **)fields);
}

/**
 * kasper_client_foreach_key:
 * @self: a client
 * @filter: (nullable): a{sv} of `zone` s, `policy` s, `keystate` s, `keytype` s, `cka_id` s, and
 *   `all` b for dead keys, too
 * @func: (scope call): is told of each key
 * @user_data: for @func
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Reads a list of keys of any length in constant memory, while the daemon writes it.
 *
 * Errors: %KASPER_ERROR_TRY_AGAIN if the list broke off: @func saw some of the keys then, not all.
 *
 * Returns: whether @func saw all keys, or wanted no more
 *
 * Since: 0.1
 */
gboolean
kasper_client_foreach_key(KasperClient *self,
			  GVariant *filter,
			  KasperKeyFunc func,
			  gpointer user_data,
			  GCancellable *cancellable,
			  GError **error)
{
	g_autofree KasperClientFrames *frames = NULL;
	g_autoptr(GInputStream) stream = NULL;
	g_autoptr(GVariant) reply = NULL;
	g_autofree const gchar **fields = NULL;
	const gchar *type;

	g_return_val_if_fail(KASPER_IS_CLIENT(self), FALSE);
	g_return_val_if_fail(func != NULL, FALSE);

	stream = kasper_client_call_stream(self,
					   "StreamKeys",
					   kasper_client_filter(filter),
					   &reply,
					   cancellable,
					   error);
	if (stream == NULL)
		return FALSE;
	g_variant_get(reply, "(^a&s&sh)", &fields, &type, NULL);
	if (!kasper_client_row_is_sane(fields, type)) {
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_INTERNAL,
			    "the daemon describes a key in words that do not fit its rows");
		return FALSE;
	}
	frames = g_new0(KasperClientFrames, 1);
	frames->stream = stream;
	while (TRUE) {
		g_autoptr(GVariant) row = NULL;

		if (!kasper_client_frames_next(frames,
					       G_VARIANT_TYPE(type),
					       &row,
					       cancellable,
					       error))
			return FALSE;
		if (row == NULL || !func(fields, row, user_data))
			return TRUE;
	}
}

static void
kasper_client_add_page(GVariantBuilder *rows, const gchar *const *fields, GVariant *page)
{
	gsize n_rows = g_variant_n_children(page);

	for (gsize i = 0; i < n_rows; i++) {
		g_autoptr(GVariant) tuple = g_variant_get_child_value(page, i);
		gsize n_values = g_variant_n_children(tuple);

		g_variant_builder_open(rows, G_VARIANT_TYPE_VARDICT);
		for (gsize k = 0; k < n_values && fields[k] != NULL; k++) {
			g_autoptr(GVariant) value = g_variant_get_child_value(tuple, k);

			g_variant_builder_add(rows, "{sv}", fields[k], value);
		}
		g_variant_builder_close(rows);
	}
}

/**
 * kasper_client_list_keys:
 * @self: a client
 * @filter: (nullable): as kasper_client_foreach_key() takes it
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * A list of keys, fetched page by page. For long ones use kasper_client_foreach_key().
 *
 * Returns: (transfer full): rows, aa{sv}: `zone` s, `keytype` s, `state` s, `keytag` u, `cka_id` s
 *   and more
 *
 * Since: 0.1
 */
GVariant *
kasper_client_list_keys(KasperClient *self,
			GVariant *filter,
			GCancellable *cancellable,
			GError **error)
{
	g_auto(GVariantBuilder) rows = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE("aa{sv}"));
	g_autoptr(GVariant) sunk = NULL;
	gint64 after = 0;

	g_return_val_if_fail(KASPER_IS_CLIENT(self), NULL);

	sunk = g_variant_ref_sink(filter != NULL ? filter : g_variant_new("a{sv}", NULL));
	do {
		g_autoptr(GVariant) page = NULL;
		g_autoptr(GVariant) reply =
		    kasper_client_call(self,
				       "ListKeys",
				       g_variant_new("(@a{sv}xu)", sunk, after, 1000),
				       KASPER_CLIENT_TIMEOUT,
				       NULL,
				       cancellable,
				       error);
		g_autofree const gchar **fields = NULL;

		if (reply == NULL)
			return NULL;
		g_variant_get(reply, "(^a&s@*x)", &fields, &page, &after);
		kasper_client_add_page(&rows, fields, page);
	} while (after != 0);
	return g_variant_ref_sink(g_variant_builder_end(&rows));
}
