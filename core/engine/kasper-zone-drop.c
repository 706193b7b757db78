/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-engine-private.h"

/* a zone leaves: its signer is told, its keys are destroyed in time, and somebody is warned if its
 * DS is still there */

/* keys that were published are kept for so long after their zone was deleted: it may have been a
 * mistake, and signatures that they made are still in use */
#define GRACE ((KasperSpan)30 * KASPER_SPAN_DAY)

static gboolean
kasper_zone_drop_has_ds(KasperEngine *self, gint64 zone)
{
	KasperSnapshot snapshot;

	if (!kasper_store_load_snapshot(self->store, zone, &snapshot, NULL, NULL))
		return FALSE;
	for (guint i = 0; i < snapshot.n_keys; i++) {
		guint8 state = snapshot.keys[i].state[KASPER_INDEX_DS];

		if (snapshot.keys[i].number != 0 && state != KASPER_RECORD_HIDDEN &&
		    state != KASPER_RECORD_NA)
			return TRUE;
	}
	return FALSE;
}

static gboolean
kasper_zone_drop_warn_of_ds(KasperEngine *self, const KasperZoneRow *row, GError **error)
{
	g_autofree gchar *text = NULL;

	if (!kasper_zone_drop_has_ds(self, row->number))
		return TRUE;
	text =
	    g_strdup_printf("zone %s was deleted, and a DS of it may still be at the parent: take "
			    "it away, or the zone becomes bogus when its signatures expire",
			    row->name);
	return kasper_engine_emit(self,
				  "zone-deleted-with-ds",
				  KASPER_EVENT_WARNING,
				  row->name,
				  NULL,
				  text,
				  error);
}

/* a zone has no keys before it shows them, unless somebody else showed them: those that were
 * imported are in use all the more */
static KasperTime
kasper_zone_drop_get_end(KasperEngine *self, const KasperZoneRow *row)
{
	KasperEnginePolicy *policy = kasper_engine_get_policy(self, row->policy);

	if (policy == NULL || policy->values.purge < 0)
		return KASPER_TIME_NEVER;
	return kasper_time_add(kasper_engine_now(self), MAX(policy->values.purge, GRACE));
}

gboolean
kasper_engine_drop_zone(KasperEngine *self,
			const KasperZoneRow *row,
			const gchar *actor,
			GError **error)
{
	KasperTime now = kasper_engine_now(self);

	return kasper_zone_drop_warn_of_ds(self, row, error) &&
	       kasper_engine_add_forget(self, row, now, error) &&
	       kasper_store_delete_zone(self->store,
					row->number,
					kasper_zone_drop_get_end(self, row),
					error) &&
	       kasper_store_add_audit(self->store,
				      now,
				      actor,
				      "zone-delete",
				      row->name,
				      NULL,
				      "",
				      error);
}
