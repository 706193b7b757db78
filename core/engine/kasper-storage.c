/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-engine-private.h"

/*
 * A store that cannot be written. What cannot be recorded is not done, and what was done and could
 * not be recorded is not done again and again: the store is tried by itself, before anything else.
 */

/* real seconds until a store that failed is tried again: a disk does not wait for a test clock */
#define STORAGE_RETRY 10

/* nothing was recorded, so nothing is done; the store is tried again in a while */
void
kasper_engine_storage_failed(KasperEngine *self, const GError *error)
{
	kasper_engine_forget_fresh(self);
	if (self->storage_retry > g_get_monotonic_time())
		return;
	if (!g_hash_table_contains(self->problems, "store"))
		g_warning("%s: nothing is done until it can be recorded: %s",
			  kasper_store_get_path(self->store),
			  error->message);
	kasper_engine_set_problem(self, "store", error->message);
	self->storage_retry = g_get_monotonic_time() + STORAGE_RETRY * G_USEC_PER_SEC;
}

/* something was recorded */
void
kasper_engine_storage_works(KasperEngine *self)
{
	if (self->storage_retry == 0)
		return;
	self->storage_retry = 0;
	kasper_engine_clear_problem(self, "store");
	g_message("%s: it can be written again", kasper_store_get_path(self->store));
}

/* the journal has to say why nothing happened for a while, and shows by that whether it can */
static void
kasper_storage_try(KasperEngine *self)
{
	const KasperProblem *problem = g_hash_table_lookup(self->problems, "store");
	g_autoptr(GError) error = NULL;
	g_autoptr(KasperTransaction) transaction = kasper_engine_begin(self, &error);

	if (transaction == NULL)
		return;
	if (!kasper_store_add_audit(self->store,
				    kasper_engine_now(self),
				    "kasperd",
				    "store-works",
				    NULL,
				    NULL,
				    problem != NULL ? problem->text : "",
				    &error) ||
	    !kasper_engine_commit(self, transaction, &error))
		kasper_engine_storage_failed(self, error);
}

/* whether anything may be done now: FALSE while nothing can be recorded */
gboolean
kasper_engine_can_record(KasperEngine *self)
{
	if (self->storage_retry != 0 && self->storage_retry <= g_get_monotonic_time())
		kasper_storage_try(self);
	return self->storage_retry == 0;
}

void
kasper_engine_wait_for_storage(KasperEngine *self)
{
	gint64 wait = self->storage_retry - g_get_monotonic_time();
	g_autoptr(GError) error = NULL;

	kasper_engine_kick_in(self, (guint)(MAX(wait, 0) / 1000 + 1));
	error = g_error_new(KASPER_ERROR,
			    KASPER_ERROR_TRY_AGAIN,
			    "%s: nothing can be recorded, so nothing is done: see 'kasper status'",
			    kasper_store_get_path(self->store));
	kasper_engine_fail_settlers(self, error);
}
