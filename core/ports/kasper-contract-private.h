/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "kasper-plugin.h"

G_BEGIN_DECLS

/* what the public function of a slot does when the plugin has no such slot */
gboolean kasper_contract_missing(gpointer plugin, const gchar *slot, GError **error);
/* ... when the slot failed; @cause is taken, and where there is none the plugin broke its word */
gboolean kasper_contract_failed(gpointer plugin, const gchar *slot, GError *cause, GError **error);
/* ... when the slot returned: TRUE if it was done and there is no @cause, which is taken */
gboolean kasper_contract_settle(gpointer plugin,
				const gchar *slot,
				gboolean done,
				GError *cause,
				GError **error);
/* ... when the slot returned something that its contract forbids */
gboolean
kasper_contract_broken(gpointer plugin, const gchar *slot, const gchar *what, GError **error);

/* is @id the CKA_ID of a key, in lower-case hex? */
gboolean kasper_contract_is_key_id(const gchar *id);

G_END_DECLS
