/* SPDX-License-Identifier: BSD-2-Clause */
#include "rows-fixture.h"

#include <glib/gstdio.h>

RowsToken rows_token;

/* --- a key store that has what the test says --- */

#define ROWS_TYPE_STORE (rows_store_get_type())
G_DECLARE_FINAL_TYPE(RowsStore, rows_store, ROWS, STORE, GObject)

struct _RowsStore {
	GObject parent_instance;
};

static KasperKeyInfo *
rows_store_make_key(KasperKeyStore *self, KasperKeyInfo *wanted, GCancellable *c, GError **error)
{
	g_set_error_literal(error, KASPER_ERROR, KASPER_ERROR_NOT_SUPPORTED, "not here");
	return NULL;
}

static KasperKeyInfo *
rows_store_look_up_key(KasperKeyStore *self, const gchar *id, GCancellable *c, GError **error)
{
	g_set_error_literal(error, KASPER_ERROR, KASPER_ERROR_NOT_FOUND, "not here");
	return NULL;
}

static GListModel *
rows_store_list_keys(KasperKeyStore *self, GCancellable *cancellable, GError **error)
{
	g_autoptr(GListStore) keys = g_list_store_new(KASPER_TYPE_KEY_INFO);

	if (rows_token.error != NULL) {
		g_propagate_error(error, g_error_copy(rows_token.error));
		return NULL;
	}
	for (guint i = 0; i < rows_token.ids->len; i++) {
		g_autoptr(KasperKeyInfo) key =
		    kasper_key_info_new(g_ptr_array_index(rows_token.ids, i), 13, 256, NULL);

		g_list_store_append(keys, key);
	}
	return G_LIST_MODEL(g_steal_pointer(&keys));
}

static gboolean
rows_store_destroy_key(KasperKeyStore *self, const gchar *id, GCancellable *c, GError **error)
{
	g_set_error_literal(error, KASPER_ERROR, KASPER_ERROR_NOT_FOUND, "not here");
	return FALSE;
}

static void
rows_store_iface_init(KasperKeyStoreInterface *iface)
{
	iface->make_key = rows_store_make_key;
	iface->look_up_key = rows_store_look_up_key;
	iface->list_keys = rows_store_list_keys;
	iface->destroy_key = rows_store_destroy_key;
}

static void
rows_plugin_iface_init(KasperPluginInterface *iface)
{
}

/* clang-format off */
G_DEFINE_FINAL_TYPE_WITH_CODE(RowsStore, rows_store, G_TYPE_OBJECT,
	G_IMPLEMENT_INTERFACE(KASPER_TYPE_PLUGIN, rows_plugin_iface_init)
	G_IMPLEMENT_INTERFACE(KASPER_TYPE_KEY_STORE, rows_store_iface_init))
/* clang-format on */

static void
rows_store_class_init(RowsStoreClass *klass)
{
}

static void
rows_store_init(RowsStore *self)
{
}

/* --- configuration --- */

static const gchar conf_xml[] =
    "<Configuration xmlns:p='urn:kasper:plugin:1'><RepositoryList>"
    "<Repository name='SoftHSM'><Module>fake</Module><TokenLabel>t</TokenLabel>"
    "<p:Plugin module='fake'/></Repository>"
    "<Repository name='Spare'><Module>absent</Module><TokenLabel>t</TokenLabel>"
    "<Capacity>7</Capacity><RequireBackup/><p:Plugin module='absent'/></Repository>"
    "</RepositoryList><Common><Logging><Syslog><Facility>local0</Facility></Syslog></Logging>"
    "<PolicyFile>%1$s/kasp.xml</PolicyFile><ZoneListFile>%1$s/zonelist.xml</ZoneListFile></Common>"
    "<Enforcer><WorkingDirectory>%1$s</WorkingDirectory><Datastore><SQLite>%1$s/state.db</SQLite>"
    "</Datastore></Enforcer><Signer><WorkingDirectory>%1$s/signer</WorkingDirectory></Signer>"
    "</Configuration>";

static const gchar policy_xml[] =
    "<Policy name='%s'><Description>one of two</Description><Signatures><Resign>PT2H</Resign>"
    "<Refresh>P3D</Refresh><Validity><Default>P7D</Default><Denial>P7D</Denial></Validity>"
    "<Jitter>PT12H</Jitter><InceptionOffset>PT1H</InceptionOffset></Signatures>"
    "<Denial>%s</Denial><Keys><TTL>PT3600S</TTL><RetireSafety>PT900S</RetireSafety>"
    "<PublishSafety>PT600S</PublishSafety>%s</Keys><Zone><PropagationDelay>PT300S"
    "</PropagationDelay><SOA><TTL>PT3600S</TTL><Minimum>PT1800S</Minimum><Serial>unixtime</Serial>"
    "</SOA></Zone><Parent><PropagationDelay>PT1200S</PropagationDelay><DS><TTL>PT10800S</TTL></DS>"
    "<SOA><TTL>PT3600S</TTL><Minimum>PT900S</Minimum></SOA></Parent></Policy>";

#define KEY_XML(kind, lifetime, repository, more)                                                  \
	"<" kind "><Algorithm length='256'>13</Algorithm><Lifetime>" lifetime "</Lifetime>"        \
	"<Repository>" repository "</Repository>" more "</" kind ">"

static void
rows_fixture_write(RowsFixture *fixture, const gchar *name, const gchar *text)
{
	g_autofree gchar *path = g_build_filename(fixture->store.folder, name, NULL);
	g_autoptr(GError) error = NULL;

	g_file_set_contents(path, text, -1, &error);
	g_assert_no_error(error);
	g_chmod(path, 0600);
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
static void
rows_fixture_write_files(RowsFixture *fixture)
{
	g_autofree gchar *conf = g_strdup_printf(conf_xml, fixture->store.folder);
	g_autofree gchar *first =
	    g_strdup_printf(policy_xml,
			    "default",
			    "<NSEC/>",
			    KEY_XML("KSK", "P1Y", "SoftHSM", "")
				KEY_XML("ZSK", "P90D", "SoftHSM", "<ManualRollover/>"));
	g_autofree gchar *second = g_strdup_printf(
	    policy_xml,
	    "csk",
	    "<NSEC3><OptOut/><Resalt>P100D</Resalt><Hash><Algorithm>1</Algorithm><Iterations>0"
	    "</Iterations><Salt length='8'/></Hash></NSEC3>",
	    KEY_XML("CSK", "PT0S", "Spare", ""));
	g_autofree gchar *kasp = g_strconcat("<KASP>", first, second, "</KASP>", NULL);

	rows_fixture_write(fixture, "conf.xml", conf);
	rows_fixture_write(fixture, "kasp.xml", kasp);
	rows_fixture_write(fixture, "zonelist.xml", "<ZoneList/>");
}
#pragma GCC diagnostic pop

static void
rows_fixture_load(RowsFixture *fixture)
{
	g_autofree gchar *path = g_build_filename(fixture->store.folder, "conf.xml", NULL);
	g_autoptr(GError) error = NULL;

	rows_fixture_write_files(fixture);
	fixture->config = kasper_config_load(path, NULL, &error);
	g_assert_no_error(error);
	fixture->clock = kasper_clock_new_test(NOW);
	fixture->host = kasper_plugin_host_new(NULL);
	kasper_plugin_host_add_type(fixture->host, "fake", ROWS_TYPE_STORE);
	fixture->engine = kasper_engine_new(fixture->clock, fixture->store.store, path);
}

void
rows_fixture_set_up(RowsFixture *fixture, gconstpointer data)
{
	g_autoptr(GPtrArray) fresh = g_ptr_array_new();
	KasperTransaction *transaction;
	g_autoptr(GError) error = NULL;

	store_fixture_set_up(&fixture->store, data);
	rows_fixture_load(fixture);
	rows_token.ids = g_ptr_array_new_with_free_func(g_free);
	fixture->engine->config = g_object_ref(fixture->config);
	fixture->engine->host = g_object_ref(fixture->host);
	transaction = store_fixture_begin(&fixture->store);
	kasper_engine_put_repositories(fixture->engine, fixture->config, fresh, &error);
	g_assert_no_error(error);
	g_hash_table_unref(fixture->engine->policies);
	kasper_engine_adopt_policies(fixture->engine,
				     fixture->config,
				     &fixture->engine->policies,
				     &error);
	g_assert_no_error(error);
	store_fixture_commit(transaction);
	kasper_engine_adopt_repositories(fixture->engine, fixture->config);
	kasper_engine_open_repositories(fixture->engine);
}

void
rows_fixture_tear_down(RowsFixture *fixture, gconstpointer data)
{
	kasper_engine_close(fixture->engine);
	g_assert_finalize_object(fixture->engine);
	g_object_unref(fixture->host);
	g_object_unref(fixture->config);
	g_object_unref(fixture->clock);
	store_fixture_tear_down(&fixture->store, data);
	g_clear_pointer(&rows_token.ids, g_ptr_array_unref);
	g_clear_error(&rows_token.error);
}

/* --- contents --- */

void
rows_fixture_set_word(RowsFixture *fixture,
		      const gchar *zone,
		      guint slot,
		      const gchar *state,
		      const gchar *waiting_for)
{
	KasperTransaction *transaction = store_fixture_begin(&fixture->store);
	KasperKeyWord words[KASPER_KEYS_MAX] = {0};
	g_autoptr(GError) error = NULL;
	g_auto(KasperZoneRow) row = {0};
	KasperSnapshot before, after;

	g_assert_true(kasper_store_find_zone(fixture->store.store, zone, &row, NULL));
	g_assert_true(
	    kasper_store_load_snapshot(fixture->store.store, row.number, &before, NULL, NULL));
	after = before;
	for (guint i = 0; i < before.n_keys; i++)
		words[i] = (KasperKeyWord){.state = "active", .next_time = NOW + 60};
	words[slot] = (KasperKeyWord){.state = state,
				      .next_state = "retire",
				      .waiting_for = waiting_for,
				      .next_time = NOW + 3600};
	kasper_store_save_snapshot(fixture->store.store,
				   &before,
				   &after,
				   words,
				   NOW + 3600,
				   "signed",
				   waiting_for,
				   &error);
	g_assert_no_error(error);
	store_fixture_commit(transaction);
}

void
rows_fixture_fill(RowsFixture *fixture)
{
	StoreFixture *store = &fixture->store;
	KasperTransaction *transaction = store_fixture_begin(store);
	gint64 a = store_fixture_add_zone(store, "a.example");
	gint64 b = store_fixture_add_zone(store, "b.example");

	for (guint i = 0; i < 5; i++)
		store_fixture_make_pair(store);
	store_fixture_give_key(store, a, KASPER_ROLE_KSK, FALSE);
	store_fixture_give_key(store, a, KASPER_ROLE_ZSK, FALSE);
	store_fixture_give_key(store, a, KASPER_ROLE_KSK, FALSE);
	store_fixture_give_key(store, b, KASPER_ROLE_CSK, FALSE);
	store_fixture_commit(transaction);
	rows_fixture_set_word(fixture, "a.example", 2, "ready", "ds-seen");
}

gchar *
rows_fixture_dup_id(RowsFixture *fixture, gint64 pair)
{
	g_auto(KasperPairRow) row = {0};

	g_assert_true(kasper_store_get_pair(fixture->store.store, pair, &row, NULL));
	return g_steal_pointer(&row.id);
}

GVariant *
rows_filter(const gchar *text)
{
	g_autofree gchar *full = g_strdup_printf("@a{sv} {%s}", text);
	g_autoptr(GError) error = NULL;
	GVariant *filter = g_variant_parse(NULL, full, NULL, NULL, &error);

	g_assert_no_error(error);
	return filter;
}

GVariant *
rows_value(GVariant *row, const gchar *name, const gchar *type)
{
	GVariant *value = g_variant_lookup_value(row, name, G_VARIANT_TYPE(type));

	if (value == NULL)
		g_error("no %s of type %s in %s", name, type, g_variant_print(row, TRUE));
	return value;
}

/* as long as the row; its texts have one place from when it is serialized */
const gchar *
rows_text(GVariant *row, const gchar *name)
{
	const gchar *text = NULL;

	g_variant_get_data(row);
	if (!g_variant_lookup(row, name, "&s", &text))
		g_error("no text %s in %s", name, g_variant_print(row, TRUE));
	return text;
}

gint64
rows_number(GVariant *row, const gchar *name)
{
	g_autoptr(GVariant) value = g_variant_lookup_value(row, name, NULL);

	if (value != NULL && g_variant_is_of_type(value, G_VARIANT_TYPE_UINT32))
		return g_variant_get_uint32(value);
	if (value != NULL && g_variant_is_of_type(value, G_VARIANT_TYPE_INT64))
		return g_variant_get_int64(value);
	if (value != NULL && g_variant_is_of_type(value, G_VARIANT_TYPE_BOOLEAN))
		return g_variant_get_boolean(value);
	g_error("no number %s in %s", name, g_variant_print(row, TRUE));
}

/* what operators are warned of is what these tests provoke; a broken promise is not */
static GLogWriterOutput
rows_write_log(GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer data)
{
	if ((level & (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL)) == 0)
		return G_LOG_WRITER_HANDLED;
	return g_log_writer_default(level, fields, n_fields, data);
}

void
rows_test_init(int *argc, char ***argv)
{
	g_test_init(argc, argv, NULL);
	g_log_set_writer_func(rows_write_log, NULL, NULL);
}
