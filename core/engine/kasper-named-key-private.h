/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "kasper-engine-private.h"

G_BEGIN_DECLS

typedef struct {
	gint64 number; /* of the pair; 0: none was named */
	guint tag;
	gchar *id;
} KasperNamedKey;

void kasper_named_key_clear(KasperNamedKey *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(KasperNamedKey, kasper_named_key_clear)

/* zone and key; neither @id nor @tag (-1): leaves the key open, if @open allows that */
gboolean kasper_named_key_find(KasperEngine *self,
			       const gchar *zone,
			       const gchar *id,
			       gint tag,
			       gboolean open,
			       KasperZoneRow *ret_row,
			       KasperNamedKey *ret_key,
			       GError **error);
gboolean kasper_named_key_fill(KasperEngine *self,
			       const KasperSnapshot *snapshot,
			       guint slot,
			       KasperNamedKey *ret_key,
			       GError **error);
/* {"cka_id", "keytag", "text"} */
GVariant *kasper_named_key_make_result(const KasperNamedKey *key, const gchar *text);

G_END_DECLS
