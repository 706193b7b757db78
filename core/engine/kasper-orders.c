/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-engine-private.h"

/* stages of an order's intent */
#define STAGE_APPLY   0 /* to be handed to the signer */
#define STAGE_READ    1 /* handed over: is it published? */
#define STAGE_REPLACE 2 /* published: are the old signatures gone? */

/* worker jobs at a time: one writes while the next is being decided */
#define MAX_ORDER_JOBS 2
/* with a test clock, a signer that runs in real time is asked again after so many milliseconds,
 * and so many times, before the engine says that it waits for time */
#define TEST_POLL_MS 200
#define TEST_POLLS   50

void
kasper_outgoing_order_free(KasperOutgoingOrder *self)
{
	if (self == NULL)
		return;
	g_clear_object(&self->order);
	g_free(self);
}

static guint
kasper_orders_get_use(const KasperKey *key)
{
	guint use = 0;

	if (key->records & KASPER_RECORD_DNSKEY)
		use |= KASPER_KEY_USE_PUBLISH;
	if (key->records & KASPER_RECORD_RSK)
		use |= KASPER_KEY_USE_SIGN_KEYS;
	if (key->records & KASPER_RECORD_RSZ)
		use |= KASPER_KEY_USE_SIGN_DATA;
	return use;
}

static gboolean
kasper_orders_add_key(KasperEngine *self,
		      KasperZoneOrder *order,
		      const KasperKey *key,
		      GError **error)
{
	g_auto(KasperPairRow) pair = {0};
	g_autoptr(KasperOrderKey) item = NULL;
	const gchar *repository;
	guint use = kasper_orders_get_use(key);

	if (use == 0)
		return TRUE;
	if (!kasper_store_get_pair(self->store, key->number, &pair, error))
		return FALSE;
	repository = kasper_store_get_repository_name(self->store, pair.repository);
	item = kasper_order_key_new(pair.id,
				    repository,
				    key->flags,
				    key->algorithm,
				    use,
				    pair.public_key);
	kasper_zone_order_add_key(order, item);
	return TRUE;
}

/* all that the signer is to publish, from the desired bits; KSKs and CSKs first, oldest first */
KasperZoneOrder *
kasper_engine_make_order(KasperEngine *self,
			 const KasperZoneRow *row,
			 const KasperSnapshot *snapshot,
			 GError **error)
{
	KasperEnginePolicy *policy = kasper_engine_get_policy(self, row->policy);
	KasperSigningPolicy *signing = kasper_engine_get_signing_policy(self, policy, error);
	g_autoptr(KasperZoneOrder) order = NULL;

	if (signing == NULL)
		return NULL;
	order = kasper_zone_order_new(row->name, snapshot->revision, signing);
	kasper_zone_order_set_files(order,
				    row->signer_configuration,
				    row->input,
				    g_strcmp0(row->output_type, "File") == 0 ? row->output : NULL);
	kasper_zone_order_set_adapters(order,
				       row->input_type != NULL ? row->input_type : "File",
				       row->output_type != NULL ? row->output_type : "File",
				       row->output);
	for (guint pass = 0; pass < 2; pass++) {
		for (guint i = 0; i < snapshot->n_keys; i++) {
			const KasperKey *key = &snapshot->keys[i];
			gboolean first = (key->roles & (guint)KASPER_ROLE_KEY) != 0;

			if (key->number == 0 || first != (pass == 0))
				continue;
			if (!kasper_orders_add_key(self, order, key, error))
				return NULL;
		}
	}
	return g_steal_pointer(&order);
}

typedef struct {
	KasperEngine *engine;
	GPtrArray *orders; /* of KasperOutgoingOrder */
	gboolean read;	   /* read back instead of apply */
} KasperOrderJob;

static void
kasper_order_job_free(KasperOrderJob *self)
{
	g_object_unref(self->engine);
	g_ptr_array_unref(self->orders);
	g_free(self);
}

static gpointer
kasper_orders_apply(KasperPlugin *plugin, gpointer data, GCancellable *cancellable, GError **error)
{
	g_autoptr(GListStore) list = g_list_store_new(KASPER_TYPE_ZONE_ORDER);
	GPtrArray *orders = data;

	for (guint i = 0; i < orders->len; i++) {
		KasperOutgoingOrder *outgoing = g_ptr_array_index(orders, i);

		g_list_store_append(list, outgoing->order);
	}
	return kasper_signer_apply_orders(KASPER_SIGNER(plugin),
					  G_LIST_MODEL(list),
					  cancellable,
					  error);
}

/* a zone that cannot be read is an answer about that zone, not about the others */
static gpointer
kasper_orders_read(KasperPlugin *plugin, gpointer data, GCancellable *cancellable, GError **error)
{
	g_autoptr(GListStore) answers = g_list_store_new(KASPER_TYPE_SIGNER_ANSWER);
	GPtrArray *orders = data;

	for (guint i = 0; i < orders->len; i++) {
		KasperOutgoingOrder *outgoing = g_ptr_array_index(orders, i);
		g_autoptr(GError) error_local = NULL;
		g_autoptr(KasperSignerAnswer) answer =
		    kasper_signer_read_back(KASPER_SIGNER(plugin),
					    outgoing->order,
					    cancellable,
					    &error_local);

		if (answer == NULL)
			answer = kasper_signer_answer_new(KASPER_SIGNER_PENDING,
							  0,
							  error_local->message);
		g_list_store_append(answers, answer);
	}
	return g_steal_pointer(&answers);
}

/* --- what came of it: a second transaction --- */

typedef struct {
	KasperSignerReport report;
	gboolean gradual; /* old signatures are still counted on after it */
} KasperReportTurn;

static gboolean
kasper_orders_take_report(KasperSnapshot *snapshot, gpointer data, GError **error)
{
	KasperReportTurn *turn = data;

	kasper_snapshot_take_signer_report(snapshot, &turn->report);
	turn->gradual = snapshot->gradual_until != KASPER_TIME_UNSET;
	return TRUE;
}

/* the signer published it: evidence for the ledgers, and the next decision */
static gboolean
kasper_orders_record_published(KasperEngine *self,
			       const KasperOutgoingOrder *outgoing,
			       KasperSignerAnswer *answer,
			       GError **error)
{
	KasperTime now = kasper_engine_now(self);
	KasperReportTurn report = {
	    .report =
		{
		    .revision = kasper_zone_order_get_revision(outgoing->order),
		    .published_at = now,
		    .max_ttl = kasper_signer_answer_get_max_ttl(answer),
		    .dnskey_ttl = kasper_signer_answer_get_dnskey_ttl(answer),
		    .all_replaced = kasper_signer_answer_get_all_replaced(answer),
		    .assumed = kasper_signer_answer_get_assumed(answer),
		},
	};
	const KasperTurn turn = {
	    .zone = outgoing->zone,
	    .take = kasper_orders_take_report,
	    .data = &report,
	};

	if (!kasper_engine_turn(self, &turn, error))
		return FALSE;
	if (!report.gradual || report.report.assumed)
		return kasper_store_finish_intent(self->store, outgoing->intent, error);
	return kasper_store_postpone_intent(
	    self->store,
	    outgoing->intent,
	    STAGE_REPLACE,
	    kasper_time_add(now, MAX(kasper_engine_back_off(outgoing->tries, 60, 3600), 60)),
	    NULL,
	    NULL,
	    error);
}

static gboolean
kasper_orders_record_answer(KasperEngine *self,
			    const KasperOutgoingOrder *outgoing,
			    KasperSignerAnswer *answer,
			    gboolean *ret_pending,
			    GError **error)
{
	KasperTime now = kasper_engine_now(self);
	KasperSpan wait = kasper_engine_back_off(outgoing->tries, 5, 300);
	gint stage = MAX(outgoing->stage, STAGE_READ);
	const gchar *text = kasper_signer_answer_get_text(answer);

	switch (kasper_signer_answer_get_status(answer)) {
	case KASPER_SIGNER_PUBLISHED:
		return kasper_orders_record_published(self, outgoing, answer, error);
	case KASPER_SIGNER_PENDING:
		*ret_pending = TRUE;
		break;
	case KASPER_SIGNER_FAILED:
		stage = STAGE_APPLY;
		if (outgoing->tries == 0 &&
		    !kasper_engine_emit(self,
					"signer-failed",
					KASPER_EVENT_ERROR,
					kasper_zone_order_get_zone(outgoing->order),
					NULL,
					text != NULL ? text : "the signer did not take the order",
					error))
			return FALSE;
		break;
	}
	return kasper_store_postpone_intent(self->store,
					    outgoing->intent,
					    stage,
					    kasper_time_add(now, wait),
					    NULL,
					    stage == STAGE_APPLY || outgoing->tries > 3 ? text
											: NULL,
					    error);
}

/* @answers: NULL: the call itself failed, with @failed */
static gboolean
kasper_orders_record(KasperEngine *self,
		     GPtrArray *orders,
		     GListModel *answers,
		     const GError *failed,
		     gboolean *ret_pending,
		     GError **error)
{
	g_autoptr(KasperTransaction) transaction = kasper_store_begin(self->store, error);

	if (transaction == NULL)
		return FALSE;
	for (guint i = 0; i < orders->len; i++) {
		KasperOutgoingOrder *outgoing = g_ptr_array_index(orders, i);
		g_autoptr(KasperSignerAnswer) answer =
		    answers != NULL
			? g_list_model_get_item(answers, i)
			: kasper_signer_answer_new(KASPER_SIGNER_FAILED, 0, failed->message);
		g_autoptr(GError) error_local = NULL;

		if (kasper_orders_record_answer(self, outgoing, answer, ret_pending, &error_local))
			continue;
		/* a zone that is gone in the meantime must not hold up the others */
		if (!g_error_matches(error_local, KASPER_ERROR, KASPER_ERROR_NOT_FOUND)) {
			g_propagate_error(error, g_steal_pointer(&error_local));
			return FALSE;
		}
		if (!kasper_store_finish_intent(self->store, outgoing->intent, error))
			return FALSE;
	}
	return kasper_engine_commit(self, transaction, error);
}

static gboolean
kasper_orders_poll_again(gpointer data)
{
	KasperEngine *self = data;

	self->polls++;
	self->poll_pending = FALSE;
	self->poll_now = TRUE;
	kasper_engine_kick(self);
	return G_SOURCE_REMOVE;
}

/* the signer works in real time, also where our clock is turned by hand */
static void
kasper_orders_poll_soon(KasperEngine *self)
{
	g_autoptr(GSource) source = NULL;

	if (!kasper_clock_is_test(self->clock) || self->poll_pending || self->polls >= TEST_POLLS)
		return;
	self->poll_pending = TRUE;
	source = g_timeout_source_new(TEST_POLL_MS);
	g_source_set_callback(source, kasper_orders_poll_again, g_object_ref(self), g_object_unref);
	g_source_attach(source, self->context);
}

static void
kasper_orders_done(GObject *source, GAsyncResult *result, gpointer data)
{
	KasperOrderJob *job = data;
	g_autoptr(KasperEngine) self = g_object_ref(job->engine);
	g_autoptr(GListModel) answers = NULL;
	g_autoptr(GError) failed = NULL;
	g_autoptr(GError) error = NULL;
	gboolean pending = FALSE;

	answers = kasper_plugin_host_call_finish(KASPER_PLUGIN_HOST(source), result, &failed);
	self->order_jobs--;
	if (failed != NULL)
		kasper_engine_set_problem(self, "signer", failed->message);
	else
		kasper_engine_clear_problem(self, "signer");
	if (!kasper_orders_record(self, job->orders, answers, failed, &pending, &error))
		g_warning("the signer's answers could not be recorded: %s", error->message);
	for (guint i = 0; i < job->orders->len; i++) {
		KasperOutgoingOrder *outgoing = g_ptr_array_index(job->orders, i);

		g_hash_table_remove(self->in_hand, &outgoing->intent);
	}
	if (pending)
		kasper_orders_poll_soon(self);
	kasper_order_job_free(job);
	kasper_engine_send_orders(self);
	kasper_engine_kick(self);
}

static void
kasper_orders_start(KasperEngine *self, GPtrArray *orders, gboolean read)
{
	KasperOrderJob *job = g_new0(KasperOrderJob, 1);

	for (guint i = 0; i < orders->len; i++) {
		KasperOutgoingOrder *outgoing = g_ptr_array_index(orders, i);

		g_hash_table_add(self->in_hand, g_memdup2(&outgoing->intent, sizeof(gint64)));
	}
	job->engine = g_object_ref(self);
	job->orders = g_ptr_array_ref(orders);
	job->read = read;
	self->order_jobs++;
	kasper_plugin_host_call_async(self->host,
				      KASPER_PLUGIN(self->signer),
				      self->signer_deadline,
				      FALSE,
				      read ? kasper_orders_read : kasper_orders_apply,
				      g_ptr_array_ref(orders),
				      (GDestroyNotify)g_ptr_array_unref,
				      g_object_unref,
				      kasper_orders_done,
				      job);
}

/* hands committed orders to the signer, in batches, as long as a worker is free */
void
kasper_engine_send_orders(KasperEngine *self)
{
	while (self->signer != NULL && self->outgoing->len > 0 &&
	       self->order_jobs < MAX_ORDER_JOBS) {
		g_autoptr(GPtrArray) batch =
		    g_ptr_array_new_with_free_func((GDestroyNotify)kasper_outgoing_order_free);
		guint n = MIN(self->outgoing->len, KASPER_BATCH);

		for (guint i = 0; i < n; i++) {
			g_ptr_array_add(batch, g_ptr_array_index(self->outgoing, i));
			self->outgoing->pdata[i] = NULL;
		}
		g_ptr_array_remove_range(self->outgoing, 0, n);
		kasper_orders_start(self, batch, FALSE);
	}
}

/* --- orders of an earlier run, tries that failed, and read-backs --- */

typedef struct {
	KasperEngine *engine;
	GPtrArray *apply;
	GPtrArray *read;
	GArray *stale; /* of gint64: intents of zones that are gone */
	KasperTime now;
} KasperOrderScan;

static gboolean
kasper_orders_collect(const KasperIntentRow *row, gpointer data)
{
	KasperOrderScan *scan = data;
	KasperEngine *self = scan->engine;
	KasperSnapshot snapshot;
	g_auto(KasperZoneRow) zone = {0};
	g_autoptr(KasperOutgoingOrder) outgoing = NULL;
	g_autoptr(GError) error = NULL;
	gint64 number = row->number;

	if (g_hash_table_contains(self->in_hand, &number))
		return TRUE;
	if (row->due > scan->now && row->stage != STAGE_READ)
		return TRUE;
	if (!kasper_engine_load(self, row->zone, &snapshot, &zone, &error)) {
		if (g_error_matches(error, KASPER_ERROR, KASPER_ERROR_NOT_FOUND))
			g_array_append_val(scan->stale, number);
		return TRUE;
	}
	outgoing = g_new0(KasperOutgoingOrder, 1);
	outgoing->intent = row->number;
	outgoing->zone = row->zone;
	outgoing->stage = row->stage;
	outgoing->tries = row->tries;
	outgoing->order = kasper_engine_make_order(self, &zone, &snapshot, &error);
	if (outgoing->order == NULL) {
		g_warning("zone %s: no order can be made: %s", zone.name, error->message);
		return TRUE;
	}
	g_ptr_array_add(row->stage == STAGE_APPLY ? scan->apply : scan->read,
			g_steal_pointer(&outgoing));
	return TRUE;
}

static void
kasper_orders_finish_stale(KasperEngine *self, GArray *stale)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(KasperTransaction) transaction = NULL;

	if (stale->len == 0)
		return;
	transaction = kasper_store_begin(self->store, &error);
	for (guint i = 0; transaction != NULL && i < stale->len; i++)
		kasper_store_finish_intent(self->store, g_array_index(stale, gint64, i), NULL);
	if (transaction == NULL || !kasper_engine_commit(self, transaction, &error))
		g_warning("stale orders could not be dropped: %s", error->message);
}

/* takes up orders whose time has come; gives whether there were any. While a test clock stands
 * still, read-backs are made ahead of their time: the signer's is real */
gboolean
kasper_engine_retry_orders(KasperEngine *self, KasperTime now)
{
	g_autoptr(GPtrArray) apply =
	    g_ptr_array_new_with_free_func((GDestroyNotify)kasper_outgoing_order_free);
	g_autoptr(GPtrArray) read =
	    g_ptr_array_new_with_free_func((GDestroyNotify)kasper_outgoing_order_free);
	g_autoptr(GArray) stale = g_array_new(FALSE, FALSE, sizeof(gint64));
	KasperOrderScan scan = {self, apply, read, stale, now};
	KasperTime until = self->poll_now ? KASPER_TIME_NEVER : now;

	if (self->signer == NULL || self->order_jobs > 0 || self->outgoing->len > 0)
		return FALSE;
	self->poll_now = FALSE;
	if (!kasper_store_each_intent(self->store,
				      KASPER_INTENT_ORDER,
				      until,
				      KASPER_BATCH,
				      kasper_orders_collect,
				      &scan,
				      NULL))
		return FALSE;
	kasper_orders_finish_stale(self, stale);
	if (apply->len > 0)
		kasper_orders_start(self, apply, FALSE);
	if (read->len > 0)
		kasper_orders_start(self, read, TRUE);
	return apply->len > 0 || read->len > 0;
}
