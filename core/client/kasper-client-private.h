/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "kasper-client.h"

G_BEGIN_DECLS

/* milliseconds that a call may take; the two that wait for the world's work have no limit */
#define KASPER_CLIENT_TIMEOUT	 (10 * 60 * 1000)
#define KASPER_CLIENT_NO_TIMEOUT G_MAXINT

/* the reply's tuple; @parameters is taken if it floats; opens the connection if there is none */
GVariant *kasper_client_call(KasperClient *self,
			     const gchar *method,
			     GVariant *parameters,
			     gint timeout,
			     GUnixFDList **ret_fds,
			     GCancellable *cancellable,
			     GError **error);
/* the one value of the reply */
GVariant *kasper_client_ask(KasperClient *self,
			    const gchar *method,
			    GVariant *parameters,
			    GCancellable *cancellable,
			    GError **error);
/* all rows, page by page; the page's place and length are put behind @arguments, a tuple that is
 * taken if it floats */
GVariant *kasper_client_ask_pages(KasperClient *self,
				  const gchar *method,
				  GVariant *arguments,
				  GCancellable *cancellable,
				  GError **error);
/* the one number of the reply, or -1 */
gint64 kasper_client_count(KasperClient *self,
			   const gchar *method,
			   GVariant *parameters,
			   GCancellable *cancellable,
			   GError **error);
/* a reply without a value */
gboolean kasper_client_tell(KasperClient *self,
			    const gchar *method,
			    GVariant *parameters,
			    GCancellable *cancellable,
			    GError **error);

/* a reply whose last value is a stream; @ret_reply may be NULL */
GInputStream *kasper_client_call_stream(KasperClient *self,
					const gchar *method,
					GVariant *parameters,
					GVariant **ret_reply,
					GCancellable *cancellable,
					GError **error);

/* on the wire, what is not given is empty */
static inline const gchar *
kasper_client_text(const gchar *text)
{
	return text != NULL ? text : "";
}

static inline GVariant *
kasper_client_filter(GVariant *filter)
{
	return g_variant_new("(@a{sv})", filter != NULL ? filter : g_variant_new("a{sv}", NULL));
}

G_END_DECLS
