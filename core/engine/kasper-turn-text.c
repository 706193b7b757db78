/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-engine-private.h"

/* the event of a step; NULL: nobody is told of it by itself */
const gchar *
kasper_turn_get_event(KasperStepKind kind, KasperEventLevel *ret_level)
{
	*ret_level = KASPER_EVENT_INFO;
	switch (kind) {
	case KASPER_STEP_ACTIVE:
		return "key-active";
	case KASPER_STEP_GOAL_OUT:
		return "key-retire";
	case KASPER_STEP_DEAD:
		return "key-dead";
	case KASPER_STEP_DESTROY:
		return "key-destroy";
	case KASPER_STEP_ROLLOVER:
		return "rollover-started";
	case KASPER_STEP_NOTICE:
		*ret_level = KASPER_EVENT_NOTICE;
		return "rollover-soon";
	case KASPER_STEP_NEED_KEY:
	case KASPER_STEP_ORDER:
	case KASPER_STEP_SUBMIT_DS:
	case KASPER_STEP_STATE:
		return NULL;
	}
	g_assert_not_reached();
}

static const gchar *
kasper_turn_get_words(KasperStepKind kind)
{
	switch (kind) {
	case KASPER_STEP_ACTIVE:
		return "is relied upon from now on";
	case KASPER_STEP_GOAL_OUT:
		return "is being retired";
	case KASPER_STEP_DEAD:
		return "is dead: nobody can hold anything that needs it";
	case KASPER_STEP_DESTROY:
		return "is being destroyed";
	case KASPER_STEP_ROLLOVER:
		return "is being rolled over";
	case KASPER_STEP_NOTICE:
	case KASPER_STEP_NEED_KEY:
	case KASPER_STEP_ORDER:
	case KASPER_STEP_SUBMIT_DS:
	case KASPER_STEP_STATE:
		return "";
	}
	g_assert_not_reached();
}

/* @key: NULL: the step is about the zone as a whole */
gchar *
kasper_turn_dup_event_text(const KasperZoneRow *row, const KasperKey *key, const KasperStep *step)
{
	g_autofree gchar *when = NULL;
	const gchar *role;

	if (key == NULL)
		return g_strdup_printf("zone %s: a rollover has started", row->name);
	role = kasper_role_to_string(key->roles);
	if (step->kind != KASPER_STEP_NOTICE)
		return g_strdup_printf("zone %s: %s %u %s",
				       row->name,
				       role,
				       key->tag,
				       kasper_turn_get_words(step->kind));
	when = kasper_time_format(step->time);
	return g_strdup_printf("zone %s: the rollover of %s %u will start at %s UTC",
			       row->name,
			       role,
			       key->tag,
			       when);
}

static void kasper_turn_append(GString *text, const gchar *format, ...) G_GNUC_PRINTF(2, 3);

static void
kasper_turn_append(GString *text, const gchar *format, ...)
{
	va_list args;

	if (text->len > 0)
		g_string_append(text, "; ");
	va_start(args, format);
	g_string_append_vprintf(text, format, args);
	va_end(args);
}

static void
kasper_turn_append_step(GString *text, const KasperSnapshot *work, const KasperStep *step)
{
	KasperEventLevel level;
	const gchar *event = kasper_turn_get_event(step->kind, &level);
	const KasperKey *key = step->slot >= 0 ? &work->keys[step->slot] : NULL;

	if (event == NULL || step->kind == KASPER_STEP_NOTICE)
		return;
	if (key == NULL)
		kasper_turn_append(text, "%s", event);
	else
		kasper_turn_append(text,
				   "%s %s %u",
				   event,
				   kasper_role_to_string(key->roles),
				   key->tag);
}

/* what a turn did, for the journal; empty: nothing of note */
gchar *
kasper_turn_dup_journal_text(const gchar *detail,
			     const KasperSnapshot *work,
			     const KasperPlan *plan)
{
	GString *text = g_string_new(detail);

	for (guint i = 0; i < plan->steps->len; i++)
		kasper_turn_append_step(text, work, &g_array_index(plan->steps, KasperStep, i));
	if (plan->orders)
		kasper_turn_append(text, "order %" G_GINT64_FORMAT, plan->after.revision);
	if (plan->submits)
		kasper_turn_append(text, "submission %" G_GINT64_FORMAT, plan->after.submission);
	return g_string_free(text, FALSE);
}

/* what `zone list` says of the zone */
const gchar *
kasper_turn_get_zone_state(const KasperSnapshot *after)
{
	if ((after->holds & (guint32)KASPER_HOLD_SIGNED) != 0)
		return "held";
	if (after->holds != 0)
		return "frozen";
	if (after->revision == 0)
		return "unsigned";
	if (after->confirmed == 0)
		return "signing";
	for (guint i = 0; i < after->n_keys; i++) {
		const KasperKey *key = &after->keys[i];

		if (key->number != 0 && key->state[KASPER_INDEX_DS] == KASPER_RECORD_OMNIPRESENT)
			return "secure";
	}
	return "signed";
}
