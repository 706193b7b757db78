/* SPDX-License-Identifier: BSD-2-Clause */
#include <dlfcn.h>
#include <errno.h>
#include <glib/gstdio.h>
#include <kasper.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kasper-plugin-host-private.h"

#define SECOND 20 /* milliseconds */

static const gchar *
get_zoo(void)
{
	return g_getenv("KASPER_ZOO");
}

static gchar *
get_path(const gchar *module)
{
	return g_strdup_printf("%s/%s.so", get_zoo(), module);
}

static KasperPluginHost *
make_host(void)
{
	const gchar *const folders[] = {get_zoo(), NULL};
	KasperPluginHost *host = kasper_plugin_host_new(folders);

	kasper_plugin_host_set_second(host, SECOND);
	return host;
}

static KasperPlugin *
open_module(KasperPluginHost *host, const gchar *module, GType kind, GError **error)
{
	return kasper_plugin_host_open(host, module, module, kind, NULL, error);
}

/* a plugin that is fine still is, whatever happened before */
static void
assert_works(KasperPluginHost *host)
{
	g_autoptr(KasperEvent) event =
	    kasper_event_new("test", KASPER_EVENT_INFO, 0, NULL, NULL, "text");
	g_autoptr(GError) error = NULL;
	KasperPlugin *plugin = open_module(host, "zoo-twin-one", KASPER_TYPE_NOTIFIER, &error);

	g_assert_no_error(error);
	g_assert_true(kasper_notifier_deliver(KASPER_NOTIFIER(plugin), event, NULL, &error));
	g_assert_no_error(error);
	kasper_plugin_host_close(host, "zoo-twin-one", KASPER_TYPE_NOTIFIER);
}

static gboolean
is_in_memory(const gchar *module)
{
	g_autofree gchar *path = get_path(module);
	void *handle = dlopen(path, RTLD_NOLOAD | RTLD_NOW);

	if (handle != NULL)
		dlclose(handle);
	return handle != NULL;
}

/* --- refused when they are loaded --- */

typedef struct {
	const gchar *module;
	KasperError code;
	const gchar *text;
	gboolean stays; /* its code has been run */
} Refusal;

static const Refusal refusals[] = {
    {"zoo-no-symbol",
     KASPER_ERROR_INVALID,
     "it has no symbol kasper_plugin_descriptor; it is no plugin of Kasper",
     FALSE},
    {"zoo-other-abi", KASPER_ERROR_NOT_SUPPORTED, "it was built for plugin ABI 7.", FALSE},
    {"zoo-newer-abi", KASPER_ERROR_NOT_SUPPORTED, "it was built for plugin ABI 0.", FALSE},
    {"zoo-wrong-name", KASPER_ERROR_INVALID, "it calls itself \"somebody-else\"", FALSE},
    {"zoo-no-type", KASPER_ERROR_INVALID, "its descriptor has no get_type", FALSE},
    {"zoo-unresolved", KASPER_ERROR_NOT_SUPPORTED, "zoo_of_another_library", FALSE},
    {"zoo-no-plugin", KASPER_ERROR_INVALID, "GFileInfo does not implement KasperPlugin", TRUE},
    {"zoo-abstract", KASPER_ERROR_INVALID, "no object of it can be made", TRUE},
};

static void
test_refused(gconstpointer data)
{
	const Refusal *refusal = data;
	g_autoptr(KasperPluginHost) host = make_host();
	g_autofree gchar *path = get_path(refusal->module);
	g_autofree gchar *state = NULL;
	g_autoptr(GVariant) rows = NULL;

	/* as often as one likes */
	for (guint i = 0; i < 3; i++) {
		g_autoptr(GError) error = NULL;

		g_assert_null(open_module(host, refusal->module, KASPER_TYPE_NOTIFIER, &error));
		g_assert_error(error, KASPER_ERROR, (gint)refusal->code);
		g_test_message("%s", error->message);
		g_assert_nonnull(strstr(error->message, path));
		g_assert_nonnull(strstr(error->message, refusal->text));
	}
	/* the operator can look it up */
	rows = g_variant_ref_sink(kasper_plugin_host_describe(host));
	state = g_variant_print(rows, FALSE);
	g_assert_nonnull(strstr(state, "failing"));
	g_assert_nonnull(strstr(state, refusal->module));
	g_assert_cmpint(is_in_memory(refusal->module), ==, refusal->stays);
	assert_works(host);
}

static void
test_missing(void)
{
	g_autoptr(KasperPluginHost) host = make_host();
	g_autoptr(GError) error = NULL;
	g_autofree gchar *text = g_strdup_printf(
	    "there is no zoo-unicorn.so in %s; install the package that has it, or name its folder "
	    "in conf.xml with a PluginFolder element",
	    get_zoo());

	g_assert_null(open_module(host, "zoo-unicorn", KASPER_TYPE_NOTIFIER, &error));
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_NOT_FOUND);
	g_assert_cmpstr(error->message, ==, text);
}

/* a name becomes part of a path */
static void
test_bad_names(void)
{
	static const gchar *const names[] = {"",
					     "../broken/zoo-twin-one",
					     "/etc/passwd",
					     "zoo-twin-one.so",
					     "Zoo",
					     "zoo twin",
					     "zoo_twin_one"};
	g_autoptr(KasperPluginHost) host = make_host();

	for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autoptr(GError) error = NULL;

		g_assert_null(open_module(host, names[i], KASPER_TYPE_NOTIFIER, &error));
		g_assert_error(error, KASPER_ERROR, KASPER_ERROR_INVALID);
	}
}

static void
test_wrong_kind(void)
{
	g_autoptr(KasperPluginHost) host = make_host();
	g_autoptr(GError) error = NULL;

	g_assert_null(open_module(host, "zoo-twin-one", KASPER_TYPE_KEY_STORE, &error));
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_INVALID);
	g_assert_cmpstr(error->message,
			==,
			"module zoo-twin-one is a notifier, and not a key store");
	assert_works(host);
}

static void
test_no_kind(void)
{
	g_autoptr(KasperPluginHost) host = make_host();
	g_autoptr(GError) error = NULL;

	g_assert_null(open_module(host, "zoo-no-kind", KASPER_TYPE_NOTIFIER, &error));
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_INVALID);
	g_assert_cmpstr(error->message,
			==,
			"module zoo-no-kind is no kind of plugin, and not a notifier");
}

static guint complaints;

static void
count_complaint(const gchar *domain, GLogLevelFlags level, const gchar *text, gpointer data)
{
	complaints++;
}

/* GObject complains loudly, and leaves a lock behind that the next one would wait at for ever */
static void
test_twins(void)
{
	g_autoptr(KasperPluginHost) host = make_host();
	GLogLevelFlags fatal;
	GLogFunc handler;

	assert_works(host);
	fatal = g_log_set_always_fatal(G_LOG_LEVEL_ERROR);
	handler = g_log_set_default_handler(count_complaint, NULL);
	for (guint i = 0; i < 3; i++) {
		g_autoptr(GError) error = NULL;

		g_assert_null(open_module(host, "zoo-twin-two", KASPER_TYPE_NOTIFIER, &error));
		g_assert_error(error, KASPER_ERROR, KASPER_ERROR_EXISTS);
		g_assert_nonnull(strstr(error->message, "its type could not be registered"));
	}
	g_log_set_default_handler(handler, NULL);
	g_log_set_always_fatal(fatal);
	g_assert_cmpuint(complaints, >, 0);
	assert_works(host);
}

static void
test_mimic(void)
{
	g_autoptr(KasperPluginHost) host = make_host();
	g_autoptr(GError) error = NULL;

	assert_works(host);
	g_assert_null(open_module(host, "zoo-mimic", KASPER_TYPE_NOTIFIER, &error));
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_EXISTS);
	g_assert_nonnull(strstr(error->message, "its type ZooTwin is that of module zoo-twin-one"));
	assert_works(host);
}

/* --- where they lie --- */

typedef struct {
	gchar *folder;
	gchar *inner;
	gchar *path;
} Place;

/* FOLDER/MODULE/MODULE.so, with these permissions */
static void
place_set_up(Place *place, gconstpointer data)
{
	g_autofree gchar *from = get_path("zoo-twin-one");
	g_autofree gchar *octets = NULL;
	gsize length = 0;

	place->folder = g_dir_make_tmp("kasper-broken-XXXXXX", NULL);
	place->inner = g_build_filename(place->folder, "zoo-twin-one", NULL);
	place->path = g_build_filename(place->inner, "zoo-twin-one.so", NULL);
	g_assert_true(g_file_get_contents(from, &octets, &length, NULL));
	g_assert_cmpint(g_mkdir(place->inner, 0755), ==, 0);
	g_assert_true(g_file_set_contents(place->path, octets, (gssize)length, NULL));
	g_assert_cmpint(g_chmod(place->path, 0644), ==, 0);
}

static void
place_tear_down(Place *place, gconstpointer data)
{
	g_assert_cmpint(g_remove(place->path), ==, 0);
	g_assert_cmpint(g_rmdir(place->inner), ==, 0);
	g_assert_cmpint(g_rmdir(place->folder), ==, 0);
	g_free(place->folder);
	g_free(place->inner);
	g_free(place->path);
}

static void
refuse_place(Place *place, const gchar *text)
{
	const gchar *const folders[] = {place->folder, NULL};
	g_autoptr(KasperPluginHost) host = kasper_plugin_host_new(folders);
	g_autoptr(GError) error = NULL;

	g_assert_null(open_module(host, "zoo-twin-one", KASPER_TYPE_NOTIFIER, &error));
	g_test_message("%s", error->message);
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_AUTH);
	g_assert_nonnull(strstr(error->message, place->inner));
	g_assert_nonnull(strstr(error->message, text));
}

static void
test_writable_file(Place *place, gconstpointer data)
{
	g_assert_cmpint(g_chmod(place->path, 0666), ==, 0);
	refuse_place(place, "can be written to by everybody");
}

static void
test_writable_folder(Place *place, gconstpointer data)
{
	g_assert_cmpint(g_chmod(place->inner, 0777), ==, 0);
	refuse_place(place, "can be written to by everybody");
}

static void
test_foreign_owner(Place *place, gconstpointer data)
{
	if (geteuid() != 0) {
		g_test_skip("only root can give a file away");
		return;
	}
	g_assert_cmpint(chown(place->path, 12345, 0), ==, 0);
	refuse_place(place, "belongs to another user");
	g_assert_cmpint(chown(place->path, 0, 12345), ==, 0);
	g_assert_cmpint(g_chmod(place->path, 0664), ==, 0);
	refuse_place(place, "can be written to by another group");
}

static void
test_no_module(Place *place, gconstpointer data)
{
	const gchar *const folders[] = {place->folder, NULL};
	g_autoptr(KasperPluginHost) host = kasper_plugin_host_new(folders);
	g_autoptr(GError) error = NULL;

	g_assert_true(g_file_set_contents(place->path, "#!/bin/sh\n", -1, NULL));
	g_assert_null(open_module(host, "zoo-twin-one", KASPER_TYPE_NOTIFIER, &error));
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_NOT_SUPPORTED);
	g_assert_nonnull(strstr(error->message, place->path));
}

/* the environment's folders come first; both layouts of a folder are found */
static void
test_path_variable(Place *place, gconstpointer data)
{
	g_autofree gchar *path = g_strdup_printf("/nonexistent::%s", place->folder);
	const gchar *const folders[] = {get_zoo(), NULL};
	g_autoptr(KasperPluginHost) host = NULL;
	g_autoptr(GError) error = NULL;

	g_assert_true(g_setenv("KASPER_PLUGIN_PATH", path, TRUE));
	host = kasper_plugin_host_new(folders);
	g_unsetenv("KASPER_PLUGIN_PATH");
	g_assert_true(g_file_set_contents(place->path, "no module", -1, NULL));
	/* there is a good one in the zoo, and it is not what was asked for */
	g_assert_null(open_module(host, "zoo-twin-one", KASPER_TYPE_NOTIFIER, &error));
	g_assert_nonnull(strstr(error->message, place->path));
	g_clear_error(&error);
	/* what it does not have comes from there */
	g_assert_nonnull(open_module(host, "zoo-hangs", KASPER_TYPE_NOTIFIER, &error));
	g_assert_no_error(error);
}

/* --- refused when they are opened --- */

static void
expect_critical(const gchar *text)
{
	g_test_expect_message("Kasper-ports", G_LOG_LEVEL_CRITICAL, text);
}

static void
test_opens_silently(void)
{
	g_autoptr(KasperPluginHost) host = make_host();
	g_autoptr(GError) error = NULL;

	expect_critical("ZooOpensSilently: open() failed without an error*");
	g_assert_null(open_module(host, "zoo-opens-silently", KASPER_TYPE_NOTIFIER, &error));
	g_test_assert_expected_messages();
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_INTERNAL);
	assert_works(host);
}

static void
test_opens_with_error(void)
{
	g_autoptr(KasperPluginHost) host = make_host();
	g_autoptr(GError) error = NULL;

	expect_critical("ZooOpensWithError: open() succeeded with an error*");
	g_assert_null(open_module(host, "zoo-opens-with-error", KASPER_TYPE_NOTIFIER, &error));
	g_test_assert_expected_messages();
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_INTERNAL);
	g_assert_nonnull(strstr(error->message, "somebody else has it"));
}

static void
test_foreign_error(void)
{
	g_autoptr(KasperPluginHost) host = make_host();
	g_autoptr(GError) error = NULL;

	g_assert_null(open_module(host, "zoo-foreign-error", KASPER_TYPE_NOTIFIER, &error));
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_INTERNAL);
	g_assert_cmpstr(error->message, ==, "ZooForeignError: /dev/hsm is not there");
}

static void
test_forgets_settings(void)
{
	g_autoptr(KasperPluginHost) host = make_host();
	g_autoptr(GHashTable) settings = g_hash_table_new(g_str_hash, g_str_equal);
	g_autoptr(GError) error = NULL;

	g_hash_table_insert(settings, (gpointer) "server", (gpointer) "ns.example");
	g_test_expect_message("zoo", G_LOG_LEVEL_WARNING, "*invalid property id*");
	g_test_expect_message("zoo", G_LOG_LEVEL_WARNING, "*invalid property id*");
	g_assert_null(kasper_plugin_host_open(host,
					      "one",
					      "zoo-forgets-settings",
					      KASPER_TYPE_NOTIFIER,
					      settings,
					      &error));
	g_test_assert_expected_messages();
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_INTERNAL);
	g_assert_nonnull(strstr(error->message, "zoo-forgets-settings"));
	g_assert_nonnull(strstr(error->message, "did not take setting \"server\""));
}

/* --- contained when they are called --- */

static KasperKeyStore *
open_store(KasperPluginHost *host, const gchar *module)
{
	g_autoptr(GError) error = NULL;
	KasperPlugin *plugin = open_module(host, module, KASPER_TYPE_KEY_STORE, &error);

	g_assert_no_error(error);
	return KASPER_KEY_STORE(plugin);
}

static void
test_gives_nothing(void)
{
	g_autoptr(KasperPluginHost) host = make_host();
	KasperKeyStore *store = open_store(host, "zoo-gives-nothing");
	g_autoptr(KasperKeyInfo) key = kasper_key_info_new("aa", 13, 256, NULL);
	g_autoptr(GBytes) data = g_bytes_new_static("x", 1);
	GError *errors[5] = {NULL};

	expect_critical("ZooGivesNothing: make_key() failed without an error*");
	g_assert_null(kasper_key_store_make_key(store, key, NULL, &errors[0]));
	expect_critical("ZooGivesNothing: look_up_key() failed without an error*");
	g_assert_null(kasper_key_store_look_up_key(store, "aa", NULL, &errors[1]));
	expect_critical("ZooGivesNothing: list_keys() failed without an error*");
	g_assert_null(kasper_key_store_list_keys(store, NULL, &errors[2]));
	expect_critical("ZooGivesNothing: sign_data() failed without an error*");
	g_assert_null(kasper_key_store_sign_data(store, key, data, NULL, &errors[3]));
	g_test_assert_expected_messages();
	/* and never NOT_FOUND */
	for (guint i = 0; i < 4; i++) {
		g_assert_error(errors[i], KASPER_ERROR, KASPER_ERROR_INTERNAL);
		g_error_free(errors[i]);
	}
	g_assert_false(kasper_key_store_destroy_key(store, "aa", NULL, &errors[4]));
	g_assert_error(errors[4], KASPER_ERROR, KASPER_ERROR_NOT_SUPPORTED);
	g_assert_cmpstr(errors[4]->message, ==, "ZooGivesNothing does not implement destroy_key()");
	g_error_free(errors[4]);
	assert_works(host);
}

static void
test_gives_junk(void)
{
	g_autoptr(KasperPluginHost) host = make_host();
	KasperKeyStore *store = open_store(host, "zoo-gives-junk");
	g_autoptr(KasperKeyInfo) key = kasper_key_info_new("aa", 13, 256, NULL);
	g_autoptr(GBytes) data = g_bytes_new_static("x", 1);
	GError *errors[5] = {NULL};

	expect_critical("ZooGivesJunk: make_key() returned a malformed public key*");
	g_assert_null(kasper_key_store_make_key(store, key, NULL, &errors[0]));
	expect_critical("ZooGivesJunk: look_up_key() returned another key than was asked for*");
	g_assert_null(kasper_key_store_look_up_key(store, "aa", NULL, &errors[1]));
	expect_critical("ZooGivesJunk: list_keys() returned a list of something else*");
	g_assert_null(kasper_key_store_list_keys(store, NULL, &errors[2]));
	expect_critical("ZooGivesJunk: sign_data() returned an empty signature*");
	g_assert_null(kasper_key_store_sign_data(store, key, data, NULL, &errors[3]));
	expect_critical("ZooGivesJunk: get_free_room() returned less than -1*");
	g_assert_cmpint(kasper_key_store_get_free_room(store, NULL, &errors[4]), ==, -1);
	g_test_assert_expected_messages();
	for (guint i = 0; i < G_N_ELEMENTS(errors); i++) {
		g_assert_error(errors[i], KASPER_ERROR, KASPER_ERROR_INTERNAL);
		g_error_free(errors[i]);
	}
	assert_works(host);
}

/* --- late --- */

typedef struct {
	GError *error;
	guint n;
} Answers;

static void
answered(GObject *source, GAsyncResult *result, gpointer data)
{
	Answers *answers = data;

	g_clear_error(&answers->error);
	g_assert_null(
	    kasper_plugin_host_call_finish(KASPER_PLUGIN_HOST(source), result, &answers->error));
	answers->n++;
}

static gpointer
deliver(KasperPlugin *plugin, gpointer data, GCancellable *cancellable, GError **error)
{
	g_autoptr(KasperEvent) event =
	    kasper_event_new("test", KASPER_EVENT_INFO, 0, NULL, NULL, "text");

	return kasper_notifier_deliver(KASPER_NOTIFIER(plugin), event, cancellable, error)
		   ? g_strdup("done")
		   : NULL;
}

static void
call(KasperPluginHost *host, KasperPlugin *plugin, Answers *answers)
{
	guint before = answers->n;

	kasper_plugin_host_call_async(host,
				      plugin,
				      2,
				      FALSE,
				      deliver,
				      NULL,
				      NULL,
				      g_free,
				      answered,
				      answers);
	while (answers->n == before)
		g_main_context_iteration(NULL, TRUE);
}

static void
count_down(gpointer counter, GObject *where_the_object_was)
{
	--*(guint *)counter;
}

static void
test_hangs(void)
{
	g_autoptr(KasperPluginHost) host = make_host();
	KasperPlugin *plugin =
	    g_object_ref(open_module(host, "zoo-hangs", KASPER_TYPE_NOTIFIER, NULL));
	Answers answers = {NULL, 0};
	guint returned = 0, there = 1;

	call(host, plugin, &answers);
	g_assert_error(answers.error, KASPER_ERROR, KASPER_ERROR_UNKNOWN_OUTCOME);
	/* it does not even try what it would only have to wait for */
	call(host, plugin, &answers);
	g_assert_error(answers.error, KASPER_ERROR, KASPER_ERROR_TRY_AGAIN);
	assert_works(host);
	/* what it says in the end is that it failed, without a reason; and nobody hears it but the
	 * log */
	expect_critical("ZooHangs: deliver() failed without an error*");
	g_object_set(plugin, "let-go", TRUE, NULL);
	kasper_plugin_host_close(host, "zoo-hangs", KASPER_TYPE_NOTIFIER);
	g_object_weak_ref(G_OBJECT(plugin), count_down, &there);
	do {
		g_main_context_iteration(NULL, FALSE);
		g_object_get(plugin, "returned", &returned, NULL);
	} while (returned == 0);
	g_object_unref(plugin);
	while (there > 0)
		g_main_context_iteration(NULL, TRUE);
	g_test_assert_expected_messages();
	g_assert_cmpuint(answers.n, ==, 2);
	g_clear_error(&answers.error);
}

/* --- never unloaded --- */

static void
test_resident(void)
{
	g_autoptr(KasperPluginHost) host = make_host();

	assert_works(host);
	g_clear_object(&host);
	g_assert_true(is_in_memory("zoo-twin-one"));
	/* another host finds the same type, and no twin */
	host = make_host();
	assert_works(host);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (guint i = 0; i < G_N_ELEMENTS(refusals); i++) {
		g_autofree gchar *path = g_strdup_printf("/broken/%s", refusals[i].module);

		g_test_add_data_func(path, &refusals[i], test_refused);
	}
	g_test_add_func("/broken/missing", test_missing);
	g_test_add_func("/broken/bad-names", test_bad_names);
	g_test_add_func("/broken/wrong-kind", test_wrong_kind);
	g_test_add_func("/broken/no-kind", test_no_kind);
	g_test_add_func("/broken/twins", test_twins);
	g_test_add_func("/broken/mimic", test_mimic);
#define ADD(name, test)                                                                            \
	g_test_add("/broken/place/" name, Place, NULL, place_set_up, test, place_tear_down)
	ADD("writable-file", test_writable_file);
	ADD("writable-folder", test_writable_folder);
	ADD("foreign-owner", test_foreign_owner);
	ADD("no-module", test_no_module);
	ADD("path-variable", test_path_variable);
#undef ADD
	g_test_add_func("/broken/opens-silently", test_opens_silently);
	g_test_add_func("/broken/opens-with-error", test_opens_with_error);
	g_test_add_func("/broken/foreign-error", test_foreign_error);
	g_test_add_func("/broken/forgets-settings", test_forgets_settings);
	g_test_add_func("/broken/gives-nothing", test_gives_nothing);
	g_test_add_func("/broken/gives-junk", test_gives_junk);
	g_test_add_func("/broken/hangs", test_hangs);
	g_test_add_func("/broken/resident", test_resident);
	return g_test_run();
}
