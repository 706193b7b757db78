/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * The whole life of a zone, again and again, and each time the process is killed somewhere else:
 * before a call of a plugin has an effect, after it and before anybody has heard of that, and
 * between any two turns of the main loop. What comes out is the same every time.
 */

#include "engine-fixture.h"

#include <string.h>

#include "kasper-engine-private.h"

typedef enum {
	CHAPTER_FIRST_DS,
	CHAPTER_SECURE,
	CHAPTER_ZSK,
	CHAPTER_KSK_DS,
	CHAPTER_KSK,
	CHAPTER_DELETED,
	CHAPTER_END,
} Chapter;

typedef struct {
	gboolean with_channel;
	gboolean require_backup;
	gboolean by_turns;
	gboolean again; /* ... and again */
} Kind;

/* points or turns at which a process that is killed again and again lives on average */
#define LIFE 8

typedef struct {
	const Kind *kind;
	EngineFixture fixture;
	Chapter chapter;
	gint turns_left; /* of the main loop until the process is killed; 0: it lives on */
	guint killed;	 /* how often */
	gint killed_in;	 /* the chapter of the last time */
	gboolean over;	 /* the asynchronous call */
	gchar *outcome;
} Story;

/* --- what a person does, when the time has come --- */

static gboolean
is_settled_on(Story *story, const gchar *words)
{
	g_autofree gchar *now = engine_fixture_dup_words(&story->fixture, "example.org");

	return g_str_equal(now, words);
}

static gboolean
is_waiting_for(Story *story, const gchar *actor)
{
	g_autofree gchar *waiting = engine_fixture_dup_waiting(&story->fixture, "example.org");

	return g_strcmp0(waiting, actor) == 0;
}

static void
make_backup(Story *story)
{
	g_autoptr(GError) error = NULL;

	kasper_engine_backup(story->fixture.engine,
			     KASPER_BACKUP_VERB_PREPARE,
			     NULL,
			     "tester",
			     &error);
	g_assert_no_error(error);
	g_assert_cmpint(kasper_engine_backup(story->fixture.engine,
					     KASPER_BACKUP_VERB_COMMIT,
					     NULL,
					     "tester",
					     &error),
			>,
			0);
	g_assert_no_error(error);
}

static void
say_ds_seen(Story *story)
{
	g_autofree gchar *id =
	    engine_fixture_dup_id(&story->fixture, "example.org", "KSK", "ready");
	g_autoptr(GError) error = NULL;
	g_autoptr(GVariant) result = kasper_engine_key_ds_seen(story->fixture.engine,
							       "example.org",
							       id,
							       -1,
							       FALSE,
							       "tester",
							       &error);

	g_assert_no_error(error);
	g_variant_ref_sink(result);
}

static void
roll(Story *story, guint role)
{
	g_autoptr(GError) error = NULL;

	kasper_engine_key_rollover(story->fixture.engine,
				   "example.org",
				   NULL,
				   role,
				   "tester",
				   &error);
	g_assert_no_error(error);
}

/* the order with the keys' uses, not their names; the parent's sets with their number of keys */
static gchar *
dup_outcome(Story *story)
{
	g_autofree gchar *order = fake_world_dup_order("example.org");
	g_autofree gchar *uses = NULL;
	g_autoptr(GRegex) ids =
	    g_regex_new("[0-9a-f]{4}:|[0-9a-f]{4}(?=[ ,])| attempt.*", 0, 0, NULL);
	g_autoptr(GString) text = g_string_new(NULL);
	g_autofree gchar *last = NULL;

	uses = g_regex_replace_literal(ids, order, -1, 0, "", 0, NULL);
	g_string_printf(text,
			"%s, revision %d, %u keys in the token",
			uses,
			(gint)fake_world_get_revision("example.org"),
			fake_world_count_keys());
	for (guint i = 0; i < fake_world_count_submissions(); i++) {
		g_autofree gchar *submission = fake_world_dup_submission(i);
		gchar *end = strstr(submission, " attempt");

		*end = '\0';
		if (g_strcmp0(submission, last) == 0)
			continue;
		g_free(last);
		last = g_strdup(submission);
		g_string_append(text, i > 0 ? "; " : "\n");
		g_string_append_len(text, submission, strlen("submit example.org 0"));
	}
	return g_strdup(text->str);
}

static void
delete_zone(Story *story)
{
	g_autoptr(GError) error = NULL;

	story->outcome = dup_outcome(story);
	engine_fixture_assert_no_orphans(&story->fixture);
	g_assert_cmpint(kasper_store_count_intents(story->fixture.store, FALSE), ==, 0);
	kasper_engine_zone_delete(story->fixture.engine, "example.org", "tester", &error);
	g_assert_no_error(error);
}

/* gives whether there was something to be done */
static gboolean
act(Story *story)
{
	switch (story->chapter) {
	case CHAPTER_FIRST_DS:
	case CHAPTER_KSK_DS:
		if (!is_waiting_for(story, "ds-seen"))
			return FALSE;
		say_ds_seen(story);
		break;
	case CHAPTER_SECURE: {
		g_autofree gchar *state = engine_fixture_dup_state(&story->fixture, "example.org");

		if (!g_str_equal(state, "secure"))
			return FALSE;
		roll(story, KASPER_ROLE_ZONE);
		break;
	}
	case CHAPTER_ZSK:
		if (!is_settled_on(story, "KSK:active ZSK:active") ||
		    fake_world_get_revision("example.org") < 4)
			return FALSE;
		roll(story, KASPER_ROLE_KEY);
		break;
	case CHAPTER_KSK:
		if (!is_settled_on(story, "KSK:active ZSK:active") ||
		    kasper_store_count_intents(story->fixture.store, FALSE) > 0)
			return FALSE;
		delete_zone(story);
		break;
	case CHAPTER_DELETED:
		if (fake_world_count_keys() > 0 ||
		    kasper_store_count_intents(story->fixture.store, FALSE) > 0)
			return FALSE;
		break;
	case CHAPTER_END:
		g_assert_not_reached();
	}
	story->chapter++;
	return TRUE;
}

/* --- the process --- */

static void
on_over(GObject *source, GAsyncResult *result, gpointer data)
{
	Story *story = data;
	g_autoptr(GError) error = NULL;

	if (g_task_get_source_tag(G_TASK(result)) == kasper_engine_leap_async)
		kasper_engine_leap_finish(KASPER_ENGINE(source), result, &error);
	else
		kasper_engine_settle_finish(KASPER_ENGINE(source), result, &error);
	if (error != NULL && !g_error_matches(error, KASPER_ERROR, KASPER_ERROR_BUSY)) {
		g_autofree gchar *words = engine_fixture_dup_words(&story->fixture, "example.org");

		g_error("chapter %d: %s: %s", (gint)story->chapter, words, error->message);
	}
	story->over = TRUE;
}

static void
arm(Story *story, gint n)
{
	if (story->kind->by_turns)
		story->turns_left = n;
	else
		fake_world_stop_at(n);
}

static gboolean
has_to_die(Story *story)
{
	return fake_world_is_stopped() || (story->turns_left > 0 && --story->turns_left == 0);
}

static gboolean
is_over(gpointer data)
{
	Story *story = data;

	if (has_to_die(story)) {
		story->killed++;
		story->killed_in = (gint)story->chapter;
		engine_fixture_crash(&story->fixture);
		if (story->kind->again)
			arm(story, g_test_rand_int_range(1, 2 * LIFE));
	}
	return story->over;
}

static void
settle(Story *story)
{
	story->over = FALSE;
	kasper_engine_settle_async(story->fixture.engine, NULL, on_over, story);
	engine_fixture_wait_for(is_over, story);
}

static void
leap(Story *story)
{
	story->over = FALSE;
	kasper_engine_leap_async(story->fixture.engine, KASPER_TIME_UNSET, NULL, on_over, story);
	engine_fixture_wait_for(is_over, story);
}

/* gives how often the process was killed on the way */
static guint
tell(Story *story, const Kind *kind, gint kill_at)
{
	EngineFixture *fixture = &story->fixture;
	guint killed_before;

	*story = (Story){.kind = kind};
	engine_fixture_set_up(fixture, NULL);
	fixture->with_channel = kind->with_channel;
	fixture->require_backup = kind->require_backup;
	fixture->purge = 1000;
	engine_fixture_start(fixture);
	arm(story, kill_at);
	while (story->chapter != CHAPTER_END) {
		killed_before = story->killed;
		settle(story);
		/* the question was put to an engine that is gone */
		if (story->killed != killed_before)
			continue;
		if (story->chapter < CHAPTER_DELETED && is_waiting_for(story, "backup"))
			make_backup(story);
		else if (!act(story))
			leap(story);
	}
	g_assert_cmpuint(fake_world_count_keys(), ==, 0);
	g_assert_cmpuint(fake_world.forgotten->len, >=, 1);
	g_assert_null(fake_world_dup_order("example.org"));
	return story->killed;
}

static void
end(Story *story)
{
	engine_fixture_tear_down(&story->fixture, NULL);
	g_free(story->outcome);
}

static void
test_crash(gconstpointer data)
{
	const Kind *kind = data;
	Story story;
	g_autofree gchar *wanted = NULL;
	gint stride = g_test_slow() ? 1 : 5;
	guint n = 0, killed = 1;

	g_assert_cmpuint(tell(&story, kind, 0), ==, 0);
	wanted = g_strdup(story.outcome);
	g_test_message("%s", wanted);
	end(&story);
	for (gint i = 1; killed > 0 && (!kind->again || i < 40);
	     i += stride > 1 ? g_test_rand_int_range(1, stride + 1) : 1) {
		killed = tell(&story, kind, i);
		g_test_message("killed at %d, in chapter %d, %u times", i, story.killed_in, killed);
		g_assert_cmpstr(story.outcome, ==, wanted);
		end(&story);
		n += killed;
	}
	g_assert_cmpuint(n, >, 12);
}

gint
main(gint argc, gchar **argv)
{
	static const Kind calls = {.with_channel = TRUE};
	static const Kind backup = {.require_backup = TRUE};
	static const Kind turns = {.with_channel = TRUE, .require_backup = TRUE, .by_turns = TRUE};
	static const Kind again = {.with_channel = TRUE, .require_backup = TRUE, .again = TRUE};

	engine_test_init(&argc, &argv);
	g_test_add_data_func("/engine/crash/calls", &calls, test_crash);
	g_test_add_data_func("/engine/crash/backup", &backup, test_crash);
	g_test_add_data_func("/engine/crash/turns", &turns, test_crash);
	g_test_add_data_func("/engine/crash/again", &again, test_crash);
	return g_test_run();
}
