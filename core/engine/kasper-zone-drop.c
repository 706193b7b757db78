/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-engine-private.h"

/* a zone leaves: its signer is told, its keys are destroyed in time, and somebody is warned if its
 * DS is still there */

/* what the world may know of the zone */
typedef struct {
	gboolean published; /* keys of it, in our time or before */
	gboolean has_ds;    /* at its parent, for all that we know */
} KasperZoneTraces;

static gboolean
kasper_zone_drop_look(KasperEngine *self, gint64 zone, KasperZoneTraces *ret_traces, GError **error)
{
	KasperSnapshot snapshot;

	*ret_traces = (KasperZoneTraces){0};
	if (!kasper_store_load_snapshot(self->store, zone, &snapshot, NULL, error))
		return FALSE;
	for (guint i = 0; i < snapshot.n_keys; i++) {
		const KasperKey *key = &snapshot.keys[i];
		guint8 state = key->state[KASPER_INDEX_DS];

		if (key->number == 0)
			continue;
		ret_traces->published |= key->published != KASPER_TIME_UNSET;
		ret_traces->has_ds |= state != KASPER_RECORD_HIDDEN && state != KASPER_RECORD_NA;
	}
	return TRUE;
}

static gboolean
kasper_zone_drop_warn_of_ds(KasperEngine *self, const KasperZoneRow *row, GError **error)
{
	g_autofree gchar *text =
	    g_strdup_printf("zone %s was deleted, and a DS of it may still be at the parent: take "
			    "it away, or the zone becomes bogus when its signatures expire; if it "
			    "was deleted by mistake, add it again: its keys are kept",
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
	return kasper_time_add(kasper_engine_now(self), MAX(policy->values.purge, KASPER_GRACE));
}

static gboolean
kasper_zone_drop_delete(KasperEngine *self,
			const KasperZoneRow *row,
			const KasperZoneTraces *traces,
			GError **error)
{
	KasperTime now = kasper_engine_now(self);

	if (traces->published &&
	    !kasper_store_keep_former(self->store, row->number, traces->has_ds, now, error))
		return FALSE;
	return kasper_store_delete_zone(self->store,
					row->number,
					kasper_zone_drop_get_end(self, row),
					error);
}

/* the signer has nothing of a zone that we never ordered: what it may have of it is somebody
 * else's, and stays */
static gboolean
kasper_zone_drop_forget(KasperEngine *self, const KasperZoneRow *row, GError **error)
{
	kasper_engine_forget_look(self, row->number);
	kasper_engine_forget_held(self, row->number);
	kasper_engine_clear_zone_problem(self, row->name);
	return row->revision == 0 ||
	       kasper_engine_add_forget(self, row, kasper_engine_now(self), error);
}

gboolean
kasper_engine_drop_zone(KasperEngine *self,
			const KasperZoneRow *row,
			const gchar *actor,
			GError **error)
{
	KasperTime now = kasper_engine_now(self);
	KasperZoneTraces traces;

	return kasper_zone_drop_look(self, row->number, &traces, error) &&
	       (!traces.has_ds || kasper_zone_drop_warn_of_ds(self, row, error)) &&
	       kasper_zone_drop_forget(self, row, error) &&
	       kasper_zone_drop_delete(self, row, &traces, error) &&
	       kasper_store_add_audit(self->store,
				      now,
				      actor,
				      "zone-delete",
				      row->name,
				      NULL,
				      "",
				      error);
}
