/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-engine-private.h"

/*
 * A zone that was deleted, and is added again. Its DS may be at the parent all the time, so it must
 * not be signed with other keys: it comes back with the keys that it had, and with all that is
 * known of what the world may hold of it.
 */

/* the signer has forgotten it, and its parent may not have heard the last word */
static gboolean
kasper_zone_return_resume(KasperEngine *self,
			  KasperZoneRow *row,
			  const KasperEnginePolicy *policy,
			  GError **error)
{
	KasperSnapshot before, after;
	KasperTime now = kasper_engine_now(self);

	if (!kasper_store_load_snapshot(self->store, row->number, &before, NULL, error))
		return FALSE;
	after = before;
	after.policy = policy->values;
	after.now = now;
	kasper_snapshot_take_absence(&after);
	row->revision = after.revision;
	if (!kasper_store_save_snapshot(self->store,
					&before,
					&after,
					NULL,
					now,
					NULL,
					NULL,
					error) ||
	    !kasper_engine_reorder_zone(self, row->number, after.revision, error))
		return FALSE;
	return after.submission == 0 || after.submitted_at != KASPER_TIME_UNSET ||
	       kasper_engine_add_submission(self, row, &after, error);
}

static gboolean
kasper_zone_return_tell(KasperEngine *self,
			const KasperZoneRow *row,
			const KasperFormerRow *former,
			gboolean returned,
			GError **error)
{
	g_autofree gchar *text = NULL;

	if (returned)
		text = g_strdup_printf("zone %s is back, with the keys that it had", row->name);
	else
		text = g_strdup_printf("zone %s begins anew, since keys that it had have been "
				       "destroyed: if a DS of them is still at its parent, it is "
				       "bogus until that is taken away",
				       row->name);
	return (!returned && !former->has_ds) ||
	       kasper_engine_emit(self,
				  returned ? "zone-returned" : "zone-begins-anew",
				  returned ? KASPER_EVENT_NOTICE : KASPER_EVENT_WARNING,
				  row->name,
				  NULL,
				  text,
				  error);
}

gboolean
kasper_engine_take_in_zone(KasperEngine *self,
			   KasperZoneRow *row,
			   const KasperEnginePolicy *policy,
			   GError **error)
{
	KasperTime now = kasper_engine_now(self);
	KasperFormerRow former;
	gboolean returned = FALSE;

	if (!kasper_store_add_zone(self->store, row, now, error))
		return FALSE;
	if (!kasper_store_find_former(self->store, row->name, &former))
		return TRUE;
	return kasper_store_return_former(self->store,
					  former.number,
					  row->number,
					  now,
					  &returned,
					  error) &&
	       (!returned || kasper_zone_return_resume(self, row, policy, error)) &&
	       kasper_zone_return_tell(self, row, &former, returned, error);
}
