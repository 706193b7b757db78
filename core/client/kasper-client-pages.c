/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-client-private.h"

/* rows at once: a message of some hundred kilobytes */
#define KASPER_CLIENT_PAGE 1000

static GVariant *
kasper_client_make_page_arguments(GVariant *arguments, gint64 after)
{
	GVariantBuilder tuple = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE_TUPLE);
	gsize n_arguments = g_variant_n_children(arguments);

	for (gsize i = 0; i < n_arguments; i++) {
		g_autoptr(GVariant) argument = g_variant_get_child_value(arguments, i);

		g_variant_builder_add_value(&tuple, argument);
	}
	g_variant_builder_add(&tuple, "x", after);
	g_variant_builder_add(&tuple, "u", KASPER_CLIENT_PAGE);
	return g_variant_builder_end(&tuple);
}

static void
kasper_client_add_rows(GVariantBuilder *rows, GVariant *page)
{
	gsize n_rows = g_variant_n_children(page);

	for (gsize i = 0; i < n_rows; i++) {
		g_autoptr(GVariant) row = g_variant_get_child_value(page, i);

		g_variant_builder_add_value(rows, row);
	}
}

GVariant *
kasper_client_ask_pages(KasperClient *self,
			const gchar *method,
			GVariant *arguments,
			GCancellable *cancellable,
			GError **error)
{
	g_auto(GVariantBuilder) rows = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE("aa{sv}"));
	g_autoptr(GVariant) sunk = g_variant_ref_sink(arguments);
	gint64 after = 0;

	do {
		g_autoptr(GVariant) page = NULL;
		g_autoptr(GVariant) reply =
		    kasper_client_call(self,
				       method,
				       kasper_client_make_page_arguments(sunk, after),
				       KASPER_CLIENT_TIMEOUT,
				       NULL,
				       cancellable,
				       error);

		if (reply == NULL)
			return NULL;
		g_variant_get(reply, "(@aa{sv}x)", &page, &after);
		kasper_client_add_rows(&rows, page);
	} while (after != 0);
	return g_variant_ref_sink(g_variant_builder_end(&rows));
}
