/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-engine-private.h"

/*
 * Asking the signer, on a worker, which new zones are signed already; what becomes of the answer is
 * in kasper-adoption.c. A zone that is asked after stays due in the store, and is passed over until
 * there is an answer: should the process end before, it is asked after anew.
 */

/* worker jobs at a time, as with orders */
#define MAX_LOOK_JOBS 2
/* a signer that does not answer */
#define FIRST_RETRY   ((KasperSpan)5)
#define LONGEST_RETRY ((KasperSpan)300)
/* ... and has no time of its own to be asked again */
#define OTHER_RETRY ((KasperSpan)300)

static gboolean
kasper_looks_can_ask(KasperEngine *self, KasperTime now)
{
	return self->signer != NULL && kasper_signer_can_find_zones(self->signer) &&
	       self->looks_at <= now;
}

/* nobody can be asked now */
KasperTime
kasper_engine_get_look_retry(KasperEngine *self, KasperTime now)
{
	KasperTime at = self->signer == NULL ? self->plugins_at : self->looks_at;

	return at > now && at < KASPER_TIME_NEVER ? at : kasper_time_add(now, OTHER_RETRY);
}

/* a new zone has its turn: instead of a decision, the signer is asked. What a person has commanded
 * is kept for when there is an answer */
gboolean
kasper_engine_ask_first(KasperEngine *self,
			const KasperTurn *turn,
			const KasperZoneRow *row,
			const KasperSnapshot *before,
			const KasperSnapshot *work,
			GError **error)
{
	KasperOutgoingOrder *outgoing;

	if (turn->action != NULL)
		return kasper_engine_save_new(self, before, work, work->now, error) &&
		       kasper_store_add_audit(self->store,
					      work->now,
					      turn->actor,
					      turn->action,
					      row->name,
					      turn->key_id,
					      turn->detail,
					      error);
	if (!kasper_looks_can_ask(self, work->now))
		return kasper_engine_save_new(self,
					      before,
					      work,
					      kasper_engine_get_look_retry(self, work->now),
					      error);
	outgoing = g_new0(KasperOutgoingOrder, 1);
	outgoing->zone = row->number;
	outgoing->order = kasper_engine_make_order(self, row, work, NULL);
	g_ptr_array_add(self->fresh_looks, outgoing);
	return TRUE;
}

/* --- the call --- */

/* there is an answer, or none is waited for any longer */
static void
kasper_looks_forget(KasperEngine *self, const KasperOutgoingOrder *outgoing)
{
	if (g_hash_table_lookup(self->looking, &outgoing->zone) == outgoing)
		g_hash_table_remove(self->looking, &outgoing->zone);
}

typedef struct {
	GListModel *findings; /* in the order of the zones; NULL: the call itself failed */
	const GError *failed;
} KasperLookAnswers;

static gboolean
kasper_looks_record_one(KasperEngine *self, gpointer item, gpointer data, GError **error)
{
	const KasperLookAnswers *answers = data;
	KasperOutgoingOrder *outgoing = item;
	g_autoptr(KasperSignerFinding) finding = NULL;

	/* its files are others by now than those that were looked at: it is asked after anew */
	if (g_hash_table_lookup(self->looking, &outgoing->zone) != outgoing)
		return TRUE;
	if (answers->findings != NULL)
		finding = g_list_model_get_item(answers->findings, outgoing->place);
	return kasper_engine_record_finding(self, outgoing->zone, finding, error);
}

static gboolean
kasper_looks_give_up(KasperEngine *self,
		     gpointer item,
		     const GError *why,
		     gpointer data,
		     GError **error)
{
	return kasper_engine_put_off_zone(self, ((KasperOutgoingOrder *)item)->zone, why, error);
}

typedef struct {
	KasperEngine *engine;
	GPtrArray *orders; /* of KasperOutgoingOrder */
} KasperLookJob;

static gpointer
kasper_looks_find(KasperPlugin *plugin, gpointer data, GCancellable *cancellable, GError **error)
{
	g_autoptr(GListModel) orders = kasper_outgoing_orders_to_model(data);

	return kasper_signer_find_zones(KASPER_SIGNER(plugin), orders, cancellable, error);
}

/* nothing is asked of it for a while; one problem, however many zones wait for it */
static void
kasper_looks_judge_signer(KasperEngine *self, const GError *failed)
{
	gboolean known = g_hash_table_contains(self->problems, "new zones");
	g_autofree gchar *text = NULL;

	if (failed == NULL) {
		self->look_failures = 0;
		self->looks_at = 0;
		kasper_engine_clear_problem(self, "new zones");
		return;
	}
	self->looks_at =
	    kasper_engine_get_retry(self, 0, self->look_failures++, FIRST_RETRY, LONGEST_RETRY);
	text = g_strdup_printf("they wait: the signer does not tell which of them are signed "
			       "already: %s",
			       failed->message);
	kasper_engine_set_problem(self, "new zones", text);
	if (!known)
		kasper_engine_emit_now(self, "signer-failed", KASPER_EVENT_ERROR, NULL, text);
}

static void
kasper_looks_found(GObject *source, GAsyncResult *result, gpointer data)
{
	g_autofree KasperLookJob *job = data;
	g_autoptr(KasperEngine) self = job->engine;
	g_autoptr(GPtrArray) orders = job->orders;
	g_autoptr(GListModel) findings = NULL;
	g_autoptr(GError) failed = NULL;
	g_autoptr(GError) error = NULL;
	KasperLookAnswers answers;
	KasperRecorder recorder = {
	    .record = kasper_looks_record_one,
	    .give_up = kasper_looks_give_up,
	    .data = &answers,
	};

	findings = kasper_plugin_host_call_finish(KASPER_PLUGIN_HOST(source), result, &failed);
	answers = (KasperLookAnswers){findings, failed};
	self->look_jobs--;
	kasper_looks_judge_signer(self, failed);
	if (!kasper_engine_record_each(self, orders, &recorder, &error))
		g_warning("what there is of new zones could not be recorded: %s", error->message);
	kasper_engine_count_held(self);
	for (guint i = 0; i < orders->len; i++)
		kasper_looks_forget(self, g_ptr_array_index(orders, i));
	kasper_engine_send_looks(self);
	kasper_engine_kick(self);
}

static GPtrArray *
kasper_looks_new_batch(void)
{
	return g_ptr_array_new_with_free_func((GDestroyNotify)kasper_outgoing_order_free);
}

static void
kasper_looks_start(KasperEngine *self, GPtrArray *orders)
{
	KasperLookJob *job = g_new0(KasperLookJob, 1);

	for (guint i = 0; i < orders->len; i++)
		((KasperOutgoingOrder *)g_ptr_array_index(orders, i))->place = i;
	job->engine = g_object_ref(self);
	job->orders = g_ptr_array_ref(orders);
	self->look_jobs++;
	kasper_plugin_host_call_async(self->host,
				      KASPER_PLUGIN(self->signer),
				      self->signer_deadline,
				      FALSE,
				      kasper_looks_find,
				      g_ptr_array_ref(orders),
				      (GDestroyNotify)g_ptr_array_unref,
				      g_object_unref,
				      kasper_looks_found,
				      job);
}

/* asks after zones whose turn is committed, in batches, as long as a worker is free */
void
kasper_engine_send_looks(KasperEngine *self)
{
	while (self->signer != NULL && !self->closing && self->looks->len > 0 &&
	       self->look_jobs < MAX_LOOK_JOBS) {
		g_autoptr(GPtrArray) batch = kasper_looks_new_batch();
		guint n = MIN(self->looks->len, KASPER_BATCH);

		for (guint i = 0; i < n; i++) {
			g_ptr_array_add(batch, g_ptr_array_index(self->looks, i));
			self->looks->pdata[i] = NULL;
		}
		g_ptr_array_remove_range(self->looks, 0, n);
		kasper_looks_start(self, batch);
	}
}

/* a transaction with such turns is committed. A zone that is asked after stays due, and is passed
 * over until there is an answer: should that never come, nothing is lost */
void
kasper_engine_queue_looks(KasperEngine *self)
{
	for (guint i = 0; i < self->fresh_looks->len; i++) {
		KasperOutgoingOrder *outgoing = g_ptr_array_index(self->fresh_looks, i);

		g_hash_table_replace(self->looking, &outgoing->zone, outgoing);
	}
	g_ptr_array_extend_and_steal(self->looks, g_steal_pointer(&self->fresh_looks));
	self->fresh_looks = kasper_looks_new_batch();
	kasper_engine_send_looks(self);
}

/* the zone's files are others now, or it is gone: an answer about it is no longer waited for */
void
kasper_engine_forget_look(KasperEngine *self, gint64 zone)
{
	g_hash_table_remove(self->looking, &zone);
	kasper_engine_forget_unsigned(self, zone);
}

/* zones that may turn out to be signed already, and then ask for no keys */
gboolean
kasper_engine_is_looking(KasperEngine *self)
{
	return self->fresh_looks->len > 0 || g_hash_table_size(self->looking) > 0;
}

/* what no worker has yet is asked after anew, of whichever signer there is then */
void
kasper_engine_drop_looks(KasperEngine *self)
{
	for (guint i = 0; i < self->looks->len; i++)
		kasper_looks_forget(self, g_ptr_array_index(self->looks, i));
	g_ptr_array_set_size(self->looks, 0);
}
