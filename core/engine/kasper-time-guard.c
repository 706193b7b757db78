/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-engine-private.h"

/*
 * A clock that was set satisfies no wait. What time it is, and what the clock that counts since the
 * machine was started said then, is kept with what is decided, so that a step while the daemon did
 * not run is noticed, too. Over a restart of the machine nothing can be said but that so much time
 * seems to have passed.
 */

#define APPLIED "clock"
/* how often it is kept, in seconds, while something is recorded, and while nothing is */
#define KEEP_EVERY ((gint64)60)
#define KEEP_IDLE  ((gint64)86400)
/* what a machine that was off may have slept before somebody has to say that it did */
#define LONGEST_SLEEP ((KasperSpan)30 * KASPER_SPAN_DAY)
/* a clock that is behind by more than this is worth a word */
#define BEHIND ((KasperSpan)300)

/* what kasper_clock_get_boot() counts from */
static gchar *
kasper_time_guard_dup_boot(KasperEngine *self)
{
	gchar *text = NULL;

	if (kasper_clock_is_test(self->clock))
		return g_strdup("test");
	if (!g_file_get_contents("/proc/sys/kernel/random/boot_id", &text, NULL, NULL))
		return g_strdup("-");
	return g_strdelimit(g_strstrip(text), " ", '_');
}

/* what the run before knew */
void
kasper_engine_take_up_time(KasperEngine *self)
{
	g_autofree gchar *kept = kasper_store_dup_applied(self->store, APPLIED);
	g_autofree gchar *boot = kasper_time_guard_dup_boot(self);
	g_auto(GStrv) parts = g_strsplit(kept != NULL ? kept : "", " ", -1);
	KasperTime highest = kasper_store_get_highest_time(self->store);

	if (g_strv_length(parts) == 3 && g_str_equal(parts[0], boot))
		kasper_clock_anchor(self->clock,
				    g_ascii_strtoll(parts[2], NULL, 10),
				    g_ascii_strtoll(parts[1], NULL, 10));
	else if (kept != NULL && !kasper_clock_is_test(self->clock) &&
		 kasper_time_since(kasper_clock_now(self->clock), highest) > LONGEST_SLEEP)
		kasper_clock_anchor(self->clock, highest, kasper_clock_get_boot(self->clock));
}

/* in a transaction: with what is recorded at this time */
gboolean
kasper_engine_keep_time(KasperEngine *self, KasperTime now, GError **error)
{
	gint64 since = kasper_clock_get_boot(self->clock);
	g_autofree gchar *boot = NULL;
	g_autofree gchar *text = NULL;

	if (self->time_kept != 0 && since - self->time_kept < KEEP_EVERY)
		return TRUE;
	boot = kasper_time_guard_dup_boot(self);
	text = g_strdup_printf("%s %" G_GINT64_FORMAT " %" G_GINT64_FORMAT,
			       boot,
			       since,
			       kasper_clock_now(self->clock));
	if (!kasper_store_set_applied(self->store, APPLIED, text, error))
		return FALSE;
	self->time_kept = since;
	return TRUE;
}

static void
kasper_time_guard_keep_idle(KasperEngine *self)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(KasperTransaction) transaction = NULL;

	if (kasper_clock_is_test(self->clock) ||
	    kasper_clock_get_boot(self->clock) - self->time_kept < KEEP_IDLE)
		return;
	transaction = kasper_engine_begin(self, &error);
	if (transaction == NULL || !kasper_engine_commit(self, transaction, &error))
		kasper_engine_storage_failed(self, error);
}

static gchar *
kasper_time_guard_dup_problem(KasperEngine *self)
{
	KasperSpan jump = kasper_clock_get_jump(self->clock);
	KasperSpan behind =
	    kasper_time_since(kasper_engine_now(self), kasper_clock_now(self->clock));
	g_autofree gchar *span = kasper_span_format(jump > 0 ? jump : behind);

	if (jump > 0)
		return g_strdup_printf(
		    "the system's clock has jumped ahead by %s, or the machine "
		    "was stopped for so long: no wait ends by that; if the clock "
		    "is right now, say so with 'kasper time accept'",
		    span);
	if (behind > BEHIND)
		return g_strdup_printf("the system's clock is %s behind the time of the last "
				       "decision: time stands still until it gets there; see to "
				       "the clock",
				       span);
	return NULL;
}

void
kasper_engine_watch_time(KasperEngine *self)
{
	g_autofree gchar *text = kasper_time_guard_dup_problem(self);
	gboolean known = g_hash_table_contains(self->problems, APPLIED);

	if (text == NULL) {
		kasper_engine_clear_problem(self, APPLIED);
	} else {
		kasper_engine_set_problem(self, APPLIED, text);
		if (!known)
			kasper_engine_emit_now(self,
					       "clock-suspect",
					       KASPER_EVENT_CRITICAL,
					       NULL,
					       text);
	}
	kasper_time_guard_keep_idle(self);
}

static gboolean
kasper_time_guard_record(KasperEngine *self, KasperSpan jump, const gchar *actor, GError **error)
{
	g_autofree gchar *span = kasper_span_format(jump);
	g_autofree gchar *detail = g_strdup_printf("%s ahead", span);
	g_autoptr(KasperTransaction) transaction = kasper_engine_begin(self, error);

	return transaction != NULL &&
	       kasper_store_add_audit(self->store,
				      kasper_engine_now(self),
				      actor,
				      "time-accept",
				      NULL,
				      NULL,
				      detail,
				      error) &&
	       kasper_engine_commit(self, transaction, error);
}

/**
 * kasper_engine_accept_time: (skip)
 * @self: an engine
 * @actor: who says so
 * @error: return location for a #GError, or %NULL
 *
 * A person says that the system's clock, which has jumped ahead, is right.
 *
 * Returns: the time from now on; %KASPER_TIME_UNSET on error, with %KASPER_ERROR_INVALID if nobody
 * doubts the clock
 *
 * Since: 0.1
 */
KasperTime
kasper_engine_accept_time(KasperEngine *self, const gchar *actor, GError **error)
{
	KasperSpan jump = kasper_clock_get_jump(self->clock);

	if (jump == 0) {
		g_set_error_literal(
		    error,
		    KASPER_ERROR,
		    KASPER_ERROR_INVALID,
		    "the system's clock is not in doubt: there is nothing to accept");
		return KASPER_TIME_UNSET;
	}
	if (!kasper_time_guard_record(self, jump, actor, error))
		return KASPER_TIME_UNSET;
	kasper_clock_accept(self->clock);
	self->time_kept = 0;
	kasper_engine_kick(self);
	return kasper_engine_now(self);
}
