/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-engine-private.h"

#include "kasper-dnskey.h"

/* the set that we want at the parent: keys with the desired bit */
static KasperKeySet
kasper_ds_set_get_wanted(const KasperSnapshot *snapshot)
{
	KasperKeySet wanted = 0;

	for (guint i = 0; i < snapshot->n_keys; i++) {
		if (snapshot->keys[i].number != 0 && (snapshot->keys[i].records & KASPER_RECORD_DS))
			wanted |= (KasperKeySet)1 << i;
	}
	return wanted;
}

/* the set that the parent was last seen with */
static KasperKeySet
kasper_ds_set_get_seen(const KasperSnapshot *snapshot)
{
	const KasperLedger *ledger = &snapshot->ledgers[KASPER_LEDGER_DS];

	for (guint i = 0; i < ledger->n_versions; i++) {
		if (ledger->versions[i].flags & (guint)KASPER_VERSION_OBSERVED)
			return ledger->versions[i].keys;
	}
	return 0;
}

/* with single blanks: lines for people and for scripts have them since OpenDNSSEC 1.x */
static gchar *
kasper_ds_set_dup_dnskey(const KasperZoneRow *row,
			 const KasperSnapshot *snapshot,
			 const KasperKey *key,
			 GBytes *public_key)
{
	return g_strdelimit(kasper_dnskey_to_text(row->name,
						  snapshot->policy.dnskey_ttl,
						  key->flags,
						  key->algorithm,
						  public_key),
			    "\t",
			    ' ');
}

/* NULL-terminated */
static GStrv
kasper_ds_set_dup_ds(const KasperZoneRow *row,
		     const KasperSnapshot *snapshot,
		     const KasperKey *key,
		     GBytes *public_key,
		     GError **error)
{
	g_autoptr(GStrvBuilder) lines = g_strv_builder_new();

	for (guint digest = 1; digest < 8; digest++) {
		g_autofree gchar *text = NULL;

		if ((snapshot->policy.digests & (1u << digest)) == 0)
			continue;
		text = kasper_dnskey_to_ds(row->name,
					   snapshot->policy.ds_ttl,
					   key->flags,
					   key->algorithm,
					   public_key,
					   (KasperDigest)digest,
					   error);
		if (text == NULL)
			return NULL;
		g_strv_builder_add(lines, g_strdelimit(text, "\t", ' '));
	}
	return g_strv_builder_end(lines);
}

static KasperDsKey *
kasper_ds_set_make_key(KasperEngine *self,
		       const KasperZoneRow *row,
		       const KasperSnapshot *snapshot,
		       guint slot,
		       GError **error)
{
	const KasperKey *key = &snapshot->keys[slot];
	g_auto(KasperPairRow) pair = {0};
	g_autofree gchar *dnskey = NULL;
	g_auto(GStrv) ds = NULL;

	if (!kasper_store_get_pair(self->store, key->number, &pair, error))
		return NULL;
	ds = kasper_ds_set_dup_ds(row, snapshot, key, pair.public_key, error);
	if (ds == NULL)
		return NULL;
	dnskey = kasper_ds_set_dup_dnskey(row, snapshot, key, pair.public_key);
	return kasper_ds_key_new(pair.id,
				 key->tag,
				 key->flags,
				 key->algorithm,
				 pair.public_key,
				 dnskey,
				 (const gchar *const *)ds);
}

static KasperDsPhaseKind
kasper_ds_set_get_phase(KasperKeySet wanted, KasperKeySet seen)
{
	if (wanted == 0)
		return KASPER_DS_PHASE_GO_INSECURE;
	if (seen == 0)
		return KASPER_DS_PHASE_BOOTSTRAP;
	if ((seen & ~wanted) == 0)
		return KASPER_DS_PHASE_INTRODUCE;
	return (wanted & ~seen) == 0 ? KASPER_DS_PHASE_WITHDRAW : KASPER_DS_PHASE_SWAP;
}

static gboolean
kasper_ds_set_add_keys(KasperEngine *self,
		       const KasperZoneRow *row,
		       const KasperSnapshot *snapshot,
		       KasperKeySet keys,
		       KasperDsRequest *request,
		       void (*add)(KasperDsRequest *request, KasperDsKey *key),
		       GError **error)
{
	for (guint i = 0; i < snapshot->n_keys; i++) {
		g_autoptr(KasperDsKey) key = NULL;

		if ((keys & ((KasperKeySet)1 << i)) == 0 || snapshot->keys[i].number == 0)
			continue;
		key = kasper_ds_set_make_key(self, row, snapshot, i, error);
		if (key == NULL)
			return FALSE;
		add(request, key);
	}
	return TRUE;
}

/* what a channel is asked for: the set as it is wanted now, whatever it was at the first try */
KasperDsRequest *
kasper_engine_make_ds_request(KasperEngine *self,
			      const KasperZoneRow *row,
			      const KasperSnapshot *snapshot,
			      const KasperIntentRow *intent,
			      GError **error)
{
	KasperKeySet wanted = kasper_ds_set_get_wanted(snapshot);
	KasperKeySet seen = kasper_ds_set_get_seen(snapshot);
	g_autoptr(KasperDsRequest) request =
	    kasper_ds_request_new(row->name,
				  intent->id,
				  kasper_ds_set_get_phase(wanted, seen),
				  intent->tries + 1,
				  intent->token);

	if (!kasper_ds_set_add_keys(self,
				    row,
				    snapshot,
				    wanted,
				    request,
				    kasper_ds_request_add_wanted,
				    error) ||
	    !kasper_ds_set_add_keys(self,
				    row,
				    snapshot,
				    seen,
				    request,
				    kasper_ds_request_add_seen,
				    error))
		return NULL;
	return g_steal_pointer(&request);
}

/* --- what people are told --- */

static gboolean
kasper_ds_set_append_line(KasperEngine *self,
			  const KasperZoneRow *row,
			  const KasperSnapshot *snapshot,
			  guint slot,
			  GString *text,
			  GError **error)
{
	const KasperKey *key = &snapshot->keys[slot];
	g_auto(KasperPairRow) pair = {0};
	g_autofree gchar *dnskey = NULL;

	if (!kasper_store_get_pair(self->store, key->number, &pair, error))
		return FALSE;
	dnskey = kasper_ds_set_dup_dnskey(row, snapshot, key, pair.public_key);
	g_string_append_printf(text,
			       "\n%s ;{id = %u (ksk), size = %ub}",
			       dnskey,
			       key->tag,
			       key->bits);
	return TRUE;
}

/* the lines that operators have watched for since OpenDNSSEC 1.x, word by word */
gboolean
kasper_engine_announce_ds(KasperEngine *self,
			  const KasperZoneRow *row,
			  const KasperSnapshot *snapshot,
			  GError **error)
{
	KasperKeySet wanted = kasper_ds_set_get_wanted(snapshot);
	g_autoptr(GString) text =
	    g_string_new("DS Record set has changed, the current set looks like:");

	for (guint i = 0; i < snapshot->n_keys; i++) {
		if ((wanted & ((KasperKeySet)1 << i)) != 0 &&
		    !kasper_ds_set_append_line(self, row, snapshot, i, text, error))
			return FALSE;
	}
	if (wanted == 0)
		g_string_append_printf(text, "\n%s. has no DS records any more", row->name);
	return kasper_engine_emit(self,
				  "ds-set-changed",
				  KASPER_EVENT_INFO,
				  row->name,
				  NULL,
				  text->str,
				  error);
}

/* who has to look at the parent next, once the channel (or a person) has the set */
gboolean
kasper_engine_announce_ds_wait(KasperEngine *self,
			       const KasperZoneRow *row,
			       const KasperSnapshot *snapshot,
			       GError **error)
{
	KasperKeySet awaited =
	    kasper_ds_set_get_wanted(snapshot) & ~kasper_ds_set_get_seen(snapshot);
	g_autoptr(GString) text = g_string_new(NULL);

	if (awaited == 0)
		return TRUE;
	g_string_printf(text,
			"Once the new DS records are seen in DNS please issue the ds-seen command "
			"for zone %s with the following cka_ids",
			row->name);
	for (guint i = 0; i < snapshot->n_keys; i++) {
		g_auto(KasperPairRow) pair = {0};

		if ((awaited & ((KasperKeySet)1 << i)) == 0)
			continue;
		if (!kasper_store_get_pair(self->store, snapshot->keys[i].number, &pair, error))
			return FALSE;
		g_string_append_printf(text, ", %s", pair.id);
	}
	return kasper_engine_emit(self,
				  "ds-seen-wanted",
				  KASPER_EVENT_INFO,
				  row->name,
				  NULL,
				  text->str,
				  error);
}

/* --- it has been handed over --- */

typedef struct {
	gint64 submission;
	KasperTime accepted_at;
} KasperAcceptance;

static gboolean
kasper_ds_set_take_acceptance(KasperSnapshot *snapshot, gpointer data, GError **error)
{
	const KasperAcceptance *acceptance = data;

	kasper_snapshot_take_submission(snapshot, acceptance->submission, acceptance->accepted_at);
	return TRUE;
}

gboolean
kasper_engine_accept_submission(KasperEngine *self,
				const KasperIntentRow *intent,
				const gchar *actor,
				GError **error)
{
	KasperAcceptance acceptance = {intent->sequence, kasper_engine_now(self)};
	const KasperTurn turn = {
	    .zone = intent->zone,
	    .take = kasper_ds_set_take_acceptance,
	    .data = &acceptance,
	    .actor = actor,
	    .action = "ds-submitted",
	};
	KasperSnapshot snapshot;
	g_auto(KasperZoneRow) row = {0};

	return kasper_engine_turn(self, &turn, error) &&
	       kasper_engine_load(self, intent->zone, &snapshot, &row, error) &&
	       kasper_engine_announce_ds_wait(self, &row, &snapshot, error) &&
	       kasper_store_finish_intent(self->store, intent->number, error);
}
