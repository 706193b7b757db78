/* SPDX-License-Identifier: BSD-2-Clause */
#include "engine-fixture.h"

#include <glib/gstdio.h>
#include <string.h>

#include "kasper-engine-private.h"

/* real seconds that anything may take that is not turned by the clock */
#define PATIENCE 30

/* --- files --- */

void
engine_fixture_write(EngineFixture *fixture, const gchar *name, const gchar *text)
{
	g_autofree gchar *path = g_build_filename(fixture->folder, name, NULL);
	g_autoptr(GError) error = NULL;

	g_file_set_contents(path, text, -1, &error);
	g_assert_no_error(error);
	g_chmod(path, 0600);
}

gchar *
engine_fixture_dup_file(EngineFixture *fixture, const gchar *name)
{
	g_autofree gchar *path = g_build_filename(fixture->folder, name, NULL);
	g_autoptr(GError) error = NULL;
	gchar *text = NULL;

	g_file_get_contents(path, &text, NULL, &error);
	g_assert_no_error(error);
	return text;
}

void
engine_fixture_edit(EngineFixture *fixture, const gchar *name, const gchar *from, const gchar *to)
{
	g_autofree gchar *text = engine_fixture_dup_file(fixture, name);
	g_autoptr(GString) edited = g_string_new(text);

	g_assert_cmpuint(g_string_replace(edited, from, to, 0), >, 0);
	engine_fixture_write(fixture, name, edited->str);
}

static gchar *
engine_fixture_dup_conf(EngineFixture *fixture)
{
	const gchar *d = fixture->folder;

	return g_strdup_printf(
	    "<Configuration xmlns:p='urn:kasper:plugin:1'>\n<RepositoryList>\n"
	    "<Repository name='main'><Module>fake</Module><TokenLabel>t</TokenLabel>%s%s"
	    "<p:Plugin module='fake-token'><p:Setting name='note'>%s</p:Setting></p:Plugin>"
	    "</Repository>\n%s</RepositoryList>\n<Common>"
	    "<Logging><Syslog><Facility>local0</Facility></Syslog></Logging>"
	    "<PolicyFile>%s/kasp.xml</PolicyFile><ZoneListFile>%s/zonelist.xml</ZoneListFile>"
	    "</Common>\n<Enforcer><WorkingDirectory>%s/enforcer</WorkingDirectory><Datastore>"
	    "<SQLite>%s/state.db</SQLite></Datastore>%s<AutomaticKeyGenerationPeriod>P1Y"
	    "</AutomaticKeyGenerationPeriod></Enforcer>\n<Signer><WorkingDirectory>%s/signer"
	    "</WorkingDirectory></Signer>\n"
	    "<p:Plugin name='signer' module='fake-signer' kind='signer'/>\n"
	    "<p:Plugin name='log' module='fake-log' kind='notifier'/>\n"
	    "<p:Plugin name='guard' module='fake-guard' kind='backup-guard'/>\n%s%s"
	    "</Configuration>\n",
	    fixture->require_backup ? "<RequireBackup/>" : "",
	    fixture->with_guard ? "<p:BackupGuard>guard</p:BackupGuard>" : "",
	    fixture->note,
	    fixture->repository_xml,
	    d,
	    d,
	    d,
	    d,
	    fixture->manual_generation ? "<ManualKeyGeneration/>" : "",
	    d,
	    fixture->with_channel
		? "<p:Plugin name='ds' module='fake-channel' kind='ds-channel'/>\n"
		: "",
	    fixture->plugin_xml);
}

static gchar *
engine_fixture_dup_key(const gchar *kind, guint lifetime)
{
	return g_strdup_printf("<%s><Algorithm length='256'>13</Algorithm><Lifetime>PT%uS"
			       "</Lifetime><Repository>main</Repository></%s>",
			       kind,
			       lifetime,
			       kind);
}

static gchar *
engine_fixture_dup_policy(EngineFixture *fixture)
{
	g_autofree gchar *ksk = engine_fixture_dup_key("KSK", fixture->ksk_lifetime);
	g_autofree gchar *zsk = engine_fixture_dup_key("ZSK", fixture->zsk_lifetime);
	g_autofree gchar *purge =
	    fixture->purge < 0
		? g_strdup("")
		: g_strdup_printf("<Purge>PT%" G_GINT64_FORMAT "S</Purge>", fixture->purge);

	return g_strdup_printf(
	    "<Policy name='default'><Description>of the tests</Description><Signatures>"
	    "<Resign>PT%dS</Resign><Refresh>PT%dS</Refresh><Validity><Default>PT%dS</Default>"
	    "<Denial>PT%dS</Denial></Validity><Jitter>PT%dS</Jitter>"
	    "<InceptionOffset>PT3600S</InceptionOffset><MaxZoneTTL>PT%dS</MaxZoneTTL></Signatures>"
	    "<Denial>%s</Denial><Keys><TTL>PT%uS</TTL><RetireSafety>PT%dS</RetireSafety>"
	    "<PublishSafety>PT%dS</PublishSafety>%s%s%s%s</Keys><Zone><PropagationDelay>PT%dS"
	    "</PropagationDelay><SOA><TTL>PT3600S</TTL><Minimum>PT1800S</Minimum>"
	    "<Serial>unixtime</Serial></SOA></Zone><Parent><PropagationDelay>PT%dS"
	    "</PropagationDelay><DS><TTL>PT%dS</TTL></DS><SOA><TTL>PT3600S</TTL>"
	    "<Minimum>PT%dS</Minimum></SOA></Parent></Policy>\n",
	    T_RESIGN,
	    T_REFRESH,
	    T_VALIDITY,
	    T_VALIDITY,
	    T_JITTER,
	    T_MAX_ZONE_TTL,
	    fixture->nsec3 ? "<NSEC3><Resalt>P100D</Resalt><Hash><Algorithm>1</Algorithm>"
			     "<Iterations>0</Iterations><Salt length='8'/></Hash></NSEC3>"
			   : "<NSEC/>",
	    fixture->dnskey_ttl,
	    T_RETIRE_SAFETY,
	    T_PUBLISH_SAFETY,
	    fixture->share_keys ? "<ShareKeys/>" : "",
	    purge,
	    ksk,
	    zsk,
	    T_ZONE_PROPAGATION,
	    T_PARENT_PROPAGATION,
	    T_DS_TTL,
	    T_DS_NEGATIVE);
}

static void
engine_fixture_append_zone(EngineFixture *fixture, const gchar *text, GString *list)
{
	g_auto(GStrv) words = g_strsplit(text, " ", 2);
	const gchar *d = fixture->folder;

	g_string_append_printf(list,
			       "<Zone name='%s'><Policy>%s</Policy><SignerConfiguration>%s/"
			       "signconf/%s.xml</SignerConfiguration><Adapters><Input><Adapter "
			       "type='File'>%s/unsigned/%s</Adapter></Input><Output><Adapter "
			       "type='File'>%s/signed/%s</Adapter></Output></Adapters></Zone>\n",
			       words[0],
			       words[1] != NULL ? words[1] : "default",
			       d,
			       words[0],
			       d,
			       words[0],
			       d,
			       words[0]);
}

void
engine_fixture_write_files(EngineFixture *fixture)
{
	g_autofree gchar *conf = engine_fixture_dup_conf(fixture);
	g_autofree gchar *policy = engine_fixture_dup_policy(fixture);
	g_autofree gchar *kasp =
	    g_strconcat("<KASP>\n", policy, fixture->policy_xml, "</KASP>\n", NULL);
	g_autoptr(GString) list = g_string_new("<ZoneList>\n");

	for (guint i = 0; i < fixture->zones->len; i++)
		engine_fixture_append_zone(fixture, g_ptr_array_index(fixture->zones, i), list);
	g_string_append(list, "</ZoneList>\n");
	engine_fixture_write(fixture, "conf.xml", conf);
	engine_fixture_write(fixture, "kasp.xml", kasp);
	engine_fixture_write(fixture, "zonelist.xml", list->str);
}

/* --- up and down --- */

void
engine_fixture_set_up(EngineFixture *fixture, gconstpointer data)
{
	static const gchar *const folders[] = {
	    "enforcer",
	    "signer",
	    "signconf",
	    "unsigned",
	    "signed",
	};
	g_autoptr(GError) error = NULL;

	fake_world_begin();
	fixture->folder = g_dir_make_tmp("kasper-engine-XXXXXX", &error);
	g_assert_no_error(error);
	for (guint i = 0; i < G_N_ELEMENTS(folders); i++) {
		g_autofree gchar *path = g_build_filename(fixture->folder, folders[i], NULL);

		g_assert_cmpint(g_mkdir(path, 0755), ==, 0);
	}
	fixture->conf_path = g_build_filename(fixture->folder, "conf.xml", NULL);
	fixture->start = START;
	fixture->dnskey_ttl = T_DNSKEY_TTL;
	fixture->purge = -1;
	fixture->note = "one";
	fixture->repository_xml = "";
	fixture->plugin_xml = "";
	fixture->policy_xml = "";
	fixture->zones = g_ptr_array_new_with_free_func(g_free);
	g_ptr_array_add(fixture->zones, g_strdup("example.org"));
	fixture->events = g_ptr_array_new_with_free_func(g_free);
}

static void
engine_fixture_on_event(KasperEngine *engine, KasperEvent *event, EngineFixture *fixture)
{
	g_ptr_array_add(fixture->events, g_strdup(kasper_event_get_name(event)));
}

static void
engine_fixture_open(EngineFixture *fixture)
{
	g_autofree gchar *path = g_build_filename(fixture->folder, "state.db", NULL);
	g_autoptr(GError) error = NULL;

	fixture->config = kasper_config_load(fixture->conf_path, NULL, &error);
	g_assert_no_error(error);
	fixture->store = kasper_store_open(path, &error);
	g_assert_no_error(error);
	fixture->host = kasper_plugin_host_new(NULL);
	kasper_plugin_host_add_type(fixture->host, "fake-token", FAKE_TYPE_TOKEN);
	kasper_plugin_host_add_type(fixture->host,
				    "fake-signer",
				    fixture->blind_signer ? FAKE_TYPE_BLIND_SIGNER
							  : FAKE_TYPE_SIGNER);
	kasper_plugin_host_add_type(fixture->host, "fake-channel", FAKE_TYPE_CHANNEL);
	kasper_plugin_host_add_type(fixture->host, "fake-log", FAKE_TYPE_LOG);
	kasper_plugin_host_add_type(fixture->host, "fake-guard", FAKE_TYPE_GUARD);
	fixture->clock = kasper_clock_new_test(fixture->start);
	kasper_clock_step(fixture->clock, fixture->start_step);
	fixture->engine = kasper_engine_new(fixture->clock, fixture->store, fixture->conf_path);
	g_object_set(fixture->engine, "poll-interval", 0u, NULL);
	g_signal_connect(fixture->engine, "event", G_CALLBACK(engine_fixture_on_event), fixture);
	kasper_engine_open(fixture->engine, fixture->config, fixture->host, &error);
	g_assert_no_error(error);
}

void
engine_fixture_start(EngineFixture *fixture)
{
	engine_fixture_write_files(fixture);
	engine_fixture_open(fixture);
	kasper_engine_start(fixture->engine);
}

void
engine_fixture_run(EngineFixture *fixture)
{
	engine_fixture_start(fixture);
	engine_fixture_settle(fixture);
}

static void
engine_fixture_close(EngineFixture *fixture)
{
	if (fixture->engine == NULL)
		return;
	fixture->start = engine_fixture_now(fixture);
	kasper_engine_close(fixture->engine);
	g_clear_object(&fixture->engine);
	kasper_store_close(fixture->store);
	g_clear_object(&fixture->store);
	g_clear_object(&fixture->host);
	g_clear_object(&fixture->config);
	g_clear_object(&fixture->clock);
}

void
engine_fixture_restart(EngineFixture *fixture)
{
	engine_fixture_close(fixture);
	engine_fixture_open(fixture);
	kasper_engine_start(fixture->engine);
	engine_fixture_settle(fixture);
}

static void
engine_fixture_copy(const gchar *folder, const gchar *name, const gchar *to)
{
	g_autofree gchar *from_path = g_build_filename(folder, name, NULL);
	g_autofree gchar *to_path = g_build_filename(folder, to, NULL);
	g_autofree gchar *octets = NULL;
	gsize length = 0;

	if (!g_file_get_contents(from_path, &octets, &length, NULL)) {
		g_unlink(to_path);
		return;
	}
	g_assert_true(g_file_set_contents(to_path, octets, (gssize)length, NULL));
}

static void
engine_fixture_unlink(const gchar *folder, const gchar *name)
{
	g_autofree gchar *path = g_build_filename(folder, name, NULL);

	g_unlink(path);
}

void
engine_fixture_lose_store(EngineFixture *fixture)
{
	engine_fixture_close(fixture);
	engine_fixture_unlink(fixture->folder, "state.db");
	engine_fixture_unlink(fixture->folder, "state.db.witness");
	engine_fixture_open(fixture);
	kasper_engine_start(fixture->engine);
	engine_fixture_settle(fixture);
}

/* what the process had written is what the next one finds; nothing that it does from here on counts
 */
void
engine_fixture_crash(EngineFixture *fixture)
{
	static const gchar *const names[] = {"state.db", "state.db-wal", "state.db.witness"};

	fake_world_crash();
	for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree gchar *kept = g_strconcat(names[i], ".kept", NULL);

		engine_fixture_copy(fixture->folder, names[i], kept);
	}
	engine_fixture_close(fixture);
	engine_fixture_unlink(fixture->folder, "state.db-shm");
	for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree gchar *kept = g_strconcat(names[i], ".kept", NULL);

		engine_fixture_copy(fixture->folder, kept, names[i]);
		engine_fixture_unlink(fixture->folder, kept);
	}
	engine_fixture_open(fixture);
	kasper_engine_start(fixture->engine);
}

static void
engine_fixture_remove(const gchar *path)
{
	g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
	const gchar *name;

	while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
		g_autofree gchar *child = g_build_filename(path, name, NULL);

		engine_fixture_remove(child);
	}
	g_remove(path);
}

void
engine_fixture_tear_down(EngineFixture *fixture, gconstpointer data)
{
	fake_world_release();
	engine_fixture_close(fixture);
	engine_fixture_remove(fixture->folder);
	g_free(fixture->folder);
	g_free(fixture->conf_path);
	g_ptr_array_unref(fixture->zones);
	g_ptr_array_unref(fixture->events);
	fake_world_end();
}

/* --- time --- */

typedef struct {
	gboolean done;
	KasperTime now;
	GError *error;
} EngineWait;

static void
engine_fixture_on_settled(GObject *source, GAsyncResult *result, gpointer data)
{
	EngineWait *wait = data;

	kasper_engine_settle_finish(KASPER_ENGINE(source), result, &wait->error);
	wait->done = TRUE;
}

static gboolean
engine_fixture_is_done(gpointer data)
{
	return ((EngineWait *)data)->done;
}

static gboolean
engine_fixture_lose_patience(gpointer data)
{
	g_error("the test waits in vain");
	return G_SOURCE_REMOVE;
}

void
engine_fixture_wait_for(gboolean (*done)(gpointer data), gpointer data)
{
	guint timeout = g_timeout_add_seconds(PATIENCE, engine_fixture_lose_patience, NULL);

	while (!done(data))
		g_main_context_iteration(NULL, TRUE);
	g_source_remove(timeout);
}

void
engine_fixture_settle(EngineFixture *fixture)
{
	EngineWait wait = {0};

	kasper_engine_settle_async(fixture->engine, NULL, engine_fixture_on_settled, &wait);
	engine_fixture_wait_for(engine_fixture_is_done, &wait);
	g_assert_no_error(wait.error);
}

static void
engine_fixture_on_leapt(GObject *source, GAsyncResult *result, gpointer data)
{
	EngineWait *wait = data;

	wait->now = kasper_engine_leap_finish(KASPER_ENGINE(source), result, &wait->error);
	wait->done = TRUE;
}

void
engine_fixture_leap_to(EngineFixture *fixture, KasperTime to)
{
	EngineWait wait = {0};

	kasper_engine_leap_async(fixture->engine, to, NULL, engine_fixture_on_leapt, &wait);
	engine_fixture_wait_for(engine_fixture_is_done, &wait);
	g_assert_no_error(wait.error);
}

KasperTime
engine_fixture_leap(EngineFixture *fixture)
{
	KasperTime before = engine_fixture_now(fixture);

	engine_fixture_leap_to(fixture, KASPER_TIME_UNSET);
	/* a leap that leads nowhere is one that would be made for ever */
	g_assert_cmpint(engine_fixture_now(fixture), >, before);
	return engine_fixture_now(fixture);
}

KasperTime
engine_fixture_now(EngineFixture *fixture)
{
	return kasper_engine_now(fixture->engine);
}

void
engine_fixture_leap_through(EngineFixture *fixture, KasperTime to)
{
	engine_fixture_settle(fixture);
	while (kasper_engine_get_next_due(fixture->engine) <= to)
		engine_fixture_leap(fixture);
	if (engine_fixture_now(fixture) < to)
		engine_fixture_leap_to(fixture, to);
}

/* --- looking at it --- */

static GVariant *
engine_fixture_list_keys(EngineFixture *fixture, const gchar *zone)
{
	GVariantBuilder filter = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE_VARDICT);
	g_autoptr(GVariant) built = NULL;
	g_autoptr(GError) error = NULL;
	gint64 next = 0;
	GVariant *rows;

	g_variant_builder_add(&filter, "{sv}", "zone", g_variant_new_string(zone));
	g_variant_builder_add(&filter, "{sv}", "all", g_variant_new_boolean(TRUE));
	built = g_variant_ref_sink(g_variant_builder_end(&filter));
	rows = kasper_engine_list_keys(fixture->engine, built, 0, 1000, &next, &error);
	g_assert_no_error(error);
	return g_variant_take_ref(rows);
}

/* columns of KASPER_KEY_ROW_TYPE */
static const gchar *
engine_fixture_get_column(GVariant *row, guint column)
{
	g_autoptr(GVariant) value = g_variant_get_child_value(row, column);

	return g_intern_string(g_variant_get_string(value, NULL));
}

gchar *
engine_fixture_dup_words(EngineFixture *fixture, const gchar *zone)
{
	g_autoptr(GVariant) rows = engine_fixture_list_keys(fixture, zone);
	g_autoptr(GString) text = g_string_new(NULL);

	for (gsize i = 0; i < g_variant_n_children(rows); i++) {
		g_autoptr(GVariant) row = g_variant_get_child_value(rows, i);
		const gchar *state = engine_fixture_get_column(row, 2);

		if (g_str_equal(state, "dead"))
			continue;
		g_string_append_printf(text,
				       "%s%s:%s",
				       text->len > 0 ? " " : "",
				       engine_fixture_get_column(row, 1),
				       state);
	}
	return g_strdup(text->str);
}

static guint
engine_fixture_find(EngineFixture *fixture,
		    const gchar *zone,
		    const gchar *keytype,
		    const gchar *state,
		    const gchar **ret_id)
{
	g_autoptr(GVariant) rows = engine_fixture_list_keys(fixture, zone);
	guint n = 0;

	for (gsize i = 0; i < g_variant_n_children(rows); i++) {
		g_autoptr(GVariant) row = g_variant_get_child_value(rows, i);

		if ((keytype != NULL && !g_str_equal(engine_fixture_get_column(row, 1), keytype)) ||
		    (state != NULL && !g_str_equal(engine_fixture_get_column(row, 2), state)))
			continue;
		*ret_id = engine_fixture_get_column(row, 6);
		n++;
	}
	return n;
}

guint
engine_fixture_count_keys(EngineFixture *fixture,
			  const gchar *zone,
			  const gchar *keytype,
			  const gchar *state)
{
	const gchar *id;

	return engine_fixture_find(fixture, zone, keytype, state, &id);
}

gchar *
engine_fixture_dup_id(EngineFixture *fixture,
		      const gchar *zone,
		      const gchar *keytype,
		      const gchar *state)
{
	const gchar *id = NULL;
	guint n = engine_fixture_find(fixture, zone, keytype, state, &id);

	if (n != 1) {
		g_autofree gchar *words = engine_fixture_dup_words(fixture, zone);

		g_error("%u keys of zone %s are %s %s: %s", n, zone, keytype, state, words);
	}
	return g_strdup(id);
}

static gchar *
engine_fixture_dup_zone_field(EngineFixture *fixture, const gchar *zone, const gchar *field)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GVariant) row = kasper_engine_show_zone(fixture->engine, zone, &error);
	gchar *text = NULL;

	g_assert_no_error(error);
	g_variant_ref_sink(row);
	g_variant_lookup(row, field, "s", &text);
	return text;
}

gchar *
engine_fixture_dup_state(EngineFixture *fixture, const gchar *zone)
{
	return engine_fixture_dup_zone_field(fixture, zone, "state");
}

gchar *
engine_fixture_dup_waiting(EngineFixture *fixture, const gchar *zone)
{
	return engine_fixture_dup_zone_field(fixture, zone, "waiting_for");
}

gchar *
engine_fixture_wait_for_ds(EngineFixture *fixture, const gchar *zone)
{
	for (guint i = 0; i < 200; i++) {
		if (engine_fixture_count_keys(fixture, zone, "KSK", "ready") == 1) {
			g_autofree gchar *waiting = engine_fixture_dup_waiting(fixture, zone);

			if (g_strcmp0(waiting, "ds-seen") == 0)
				return engine_fixture_dup_id(fixture, zone, "KSK", "ready");
		}
		engine_fixture_leap(fixture);
	}
	g_error("no KSK of zone %s waits for ds-seen", zone);
	return NULL;
}

void
engine_fixture_ds_seen(EngineFixture *fixture, const gchar *zone, const gchar *id)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GVariant) result =
	    kasper_engine_key_ds_seen(fixture->engine, zone, id, -1, FALSE, "tester", &error);

	g_assert_no_error(error);
	g_variant_ref_sink(result);
	engine_fixture_settle(fixture);
}

void
engine_fixture_make_secure(EngineFixture *fixture, const gchar *zone)
{
	g_autofree gchar *id = engine_fixture_wait_for_ds(fixture, zone);

	engine_fixture_ds_seen(fixture, zone, id);
	for (guint i = 0; i < 200; i++) {
		g_autofree gchar *state = engine_fixture_dup_state(fixture, zone);

		if (g_strcmp0(state, "secure") == 0)
			return;
		engine_fixture_leap(fixture);
	}
	g_error("zone %s does not become secure", zone);
}

void
engine_fixture_roll(EngineFixture *fixture, const gchar *zone, guint roles)
{
	g_autoptr(GError) error = NULL;

	g_assert_cmpint(
	    kasper_engine_key_rollover(fixture->engine, zone, NULL, roles, "tester", &error),
	    >,
	    0);
	g_assert_no_error(error);
	engine_fixture_settle(fixture);
}

GVariant *
engine_fixture_update(EngineFixture *fixture, guint what, gboolean dry_run)
{
	g_autoptr(GError) error = NULL;
	GVariant *result = kasper_engine_update(fixture->engine, what, dry_run, "tester", &error);

	g_assert_no_error(error);
	return g_variant_ref_sink(result);
}

gboolean
engine_fixture_has_problem(EngineFixture *fixture, const gchar *what, const gchar *text)
{
	g_autoptr(GVariant) status = g_variant_ref_sink(kasper_engine_status(fixture->engine));
	g_autoptr(GVariant) problems =
	    g_variant_lookup_value(status, "problems", G_VARIANT_TYPE("aa{sv}"));

	for (gsize i = 0; i < g_variant_n_children(problems); i++) {
		g_autoptr(GVariant) problem = g_variant_get_child_value(problems, i);
		const gchar *its_what = "";
		const gchar *its_text = "";

		g_variant_lookup(problem, "what", "&s", &its_what);
		g_variant_lookup(problem, "text", "&s", &its_text);
		if (g_str_equal(its_what, what) && strstr(its_text, text) != NULL)
			return TRUE;
	}
	return FALSE;
}

void
engine_fixture_assert_refused(GError **error, KasperError code, const gchar *text)
{
	g_assert_error(*error, KASPER_ERROR, (gint)code);
	if (strstr((*error)->message, text) == NULL)
		g_error("'%s' is not in '%s'", text, (*error)->message);
	g_clear_error(error);
}

static gboolean
engine_fixture_check_pair(const KasperPairRow *row, gpointer data)
{
	guint *n = data;

	/* one that has not been tried yet, or cannot be tried now */
	if (row->state == KASPER_PAIR_DESTROYED ||
	    (row->state == KASPER_PAIR_PLANNED && !fake_world_has_key(row->id)))
		return TRUE;
	if (!fake_world_has_key(row->id))
		g_error("key %s is in the store (state %d), and not in the token",
			row->id,
			(gint)row->state);
	(*n)++;
	return TRUE;
}

void
engine_fixture_assert_no_orphans(EngineFixture *fixture)
{
	guint n = 0;

	g_assert_true(
	    kasper_store_each_pair(fixture->store, 0, -1, engine_fixture_check_pair, &n, NULL));
	g_assert_cmpuint(n, ==, fake_world_count_keys());
}

guint
engine_fixture_count_events(EngineFixture *fixture, const gchar *name)
{
	guint n = 0;

	for (guint i = 0; i < fixture->events->len; i++)
		n += g_str_equal(g_ptr_array_index(fixture->events, i), name) ? 1 : 0;
	return n;
}

static GLogWriterOutput
engine_test_write_log(GLogLevelFlags level, const GLogField *fields, gsize n, gpointer data)
{
	if ((level & (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL)) != 0)
		return g_log_writer_default(level, fields, n, data);
	if (g_getenv("KASPER_TEST_VERBOSE") != NULL)
		return g_log_writer_standard_streams(level, fields, n, data);
	return G_LOG_WRITER_HANDLED;
}

void
engine_test_init(int *argc, char ***argv)
{
	g_test_init(argc, argv, NULL);
	g_log_set_writer_func(engine_test_write_log, NULL, NULL);
}
