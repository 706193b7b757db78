/* SPDX-License-Identifier: BSD-2-Clause */
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "kasper-canary.h"
#include "keys-memory.h"

/* what the contract suite asks of every key store is not repeated here */

typedef struct {
	gchar *folder;
	gchar *path;
} Folder;

static void
folder_set_up(Folder *folder, gconstpointer data)
{
	folder->folder = g_dir_make_tmp("keys-memory-XXXXXX", NULL);
	folder->path = g_build_filename(folder->folder, "keys", NULL);
}

static void
folder_tear_down(Folder *folder, gconstpointer data)
{
	g_remove(folder->path);
	g_assert_cmpint(g_rmdir(folder->folder), ==, 0);
	g_free(folder->path);
	g_free(folder->folder);
}

static KasperKeyStore *
try_store(const gchar *path, gboolean hollow, GError **error)
{
	g_autoptr(KasperKeyStore) store =
	    g_object_new(KEYS_TYPE_MEMORY, "state-file", path, "hollow", hollow, NULL);

	if (!kasper_plugin_open(KASPER_PLUGIN(store), NULL, error))
		return NULL;
	return g_steal_pointer(&store);
}

static KasperKeyStore *
open_store(const gchar *path, gboolean hollow)
{
	g_autoptr(GError) error = NULL;
	KasperKeyStore *store = try_store(path, hollow, &error);

	g_assert_no_error(error);
	return store;
}

static KasperKeyInfo *
make_key(KasperKeyStore *store, const gchar *id, guint algorithm)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(KasperKeyInfo) wanted =
	    kasper_key_info_new(id, algorithm, kasper_algorithm_get_bits(algorithm, 2048), NULL);
	KasperKeyInfo *made = kasper_key_store_make_key(store, wanted, NULL, &error);

	g_assert_no_error(error);
	return made;
}

static KasperKeyInfo *
look_up(KasperKeyStore *store, const gchar *id)
{
	g_autoptr(GError) error = NULL;
	KasperKeyInfo *found = kasper_key_store_look_up_key(store, id, NULL, &error);

	if (found == NULL)
		g_assert_error(error, KASPER_ERROR, KASPER_ERROR_NOT_FOUND);
	return found;
}

static void
assert_same(KasperKeyInfo *a, KasperKeyInfo *b)
{
	g_assert_cmpstr(kasper_key_info_get_id(a), ==, kasper_key_info_get_id(b));
	g_assert_cmpuint(kasper_key_info_get_algorithm(a), ==, kasper_key_info_get_algorithm(b));
	g_assert_cmpuint(kasper_key_info_get_bits(a), ==, kasper_key_info_get_bits(b));
	g_assert_true(
	    g_bytes_equal(kasper_key_info_get_public_key(a), kasper_key_info_get_public_key(b)));
}

static void
assert_signs(KasperKeyStore *store, KasperKeyInfo *key)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) block = kasper_canary_get_block(kasper_key_info_get_id(key));
	g_autoptr(GBytes) signature = kasper_key_store_sign_data(store, key, block, NULL, &error);

	g_assert_no_error(error);
	g_assert_true(kasper_canary_verify(kasper_key_info_get_algorithm(key),
					   kasper_key_info_get_public_key(key),
					   block,
					   signature,
					   &error));
	g_assert_no_error(error);
}

static void
write_file(const gchar *path, const gchar *text)
{
	g_autoptr(GError) error = NULL;

	g_file_set_contents(path, text, -1, &error);
	g_assert_no_error(error);
}

static void
append_file(const gchar *path, const gchar *text)
{
	FILE *file = fopen(path, "a");

	g_assert_nonnull(file);
	g_assert_cmpint(fputs(text, file), >=, 0);
	g_assert_cmpint(fclose(file), ==, 0);
}

static void
test_restart(Folder *folder, gconstpointer data)
{
	static const guint algorithms[] = {5, 7, 8, 10, 13, 14, 15, 16};
	g_autoptr(KasperKeyStore) store = open_store(folder->path, FALSE);
	KasperKeyInfo *made[G_N_ELEMENTS(algorithms)];
	struct stat status;

	for (guint i = 0; i < G_N_ELEMENTS(algorithms); i++) {
		g_autofree gchar *id = g_strdup_printf("00%02x", i);

		made[i] = make_key(store, id, algorithms[i]);
	}
	g_assert_true(kasper_key_store_destroy_key(store, "0000", NULL, NULL));
	kasper_plugin_close(KASPER_PLUGIN(store));
	/* whatever the umask is */
	g_assert_cmpint(g_stat(folder->path, &status), ==, 0);
	g_assert_cmpuint(status.st_mode & 0777, ==, 0600);

	g_clear_object(&store);
	store = open_store(folder->path, FALSE);
	g_assert_null(look_up(store, "0000"));
	for (guint i = 1; i < G_N_ELEMENTS(algorithms); i++) {
		g_autoptr(KasperKeyInfo) found = look_up(store, kasper_key_info_get_id(made[i]));

		assert_same(found, made[i]);
		assert_signs(store, found);
	}
	for (guint i = 0; i < G_N_ELEMENTS(algorithms); i++)
		g_object_unref(made[i]);
}

static void
test_without_file(void)
{
	g_autoptr(KasperKeyStore) store = open_store(NULL, FALSE);
	g_autoptr(KasperKeyInfo) made = make_key(store, "aa", 13);
	g_autoptr(KasperKeyStore) other = open_store(NULL, FALSE);

	assert_signs(store, made);
	g_assert_null(look_up(other, "aa"));
}

static void
test_id_again(Folder *folder, gconstpointer data)
{
	g_autoptr(KasperKeyStore) store = open_store(folder->path, FALSE);
	g_autoptr(KasperKeyInfo) first G_GNUC_UNUSED = make_key(store, "aa", 13);
	g_autoptr(KasperKeyInfo) second = NULL;
	g_autoptr(KasperKeyInfo) found = NULL;

	g_assert_true(kasper_key_store_destroy_key(store, "aa", NULL, NULL));
	second = make_key(store, "aa", 15);
	g_clear_object(&store);
	store = open_store(folder->path, FALSE);
	found = look_up(store, "aa");
	assert_same(found, second);
}

/* a process that was killed left half a line */
static void
test_torn(Folder *folder, gconstpointer data)
{
	g_autoptr(KasperKeyStore) store = open_store(folder->path, FALSE);
	g_autoptr(KasperKeyInfo) first = make_key(store, "aa", 13);
	g_autoptr(KasperKeyInfo) second = NULL;
	g_autoptr(KasperKeyInfo) found = NULL;

	kasper_plugin_close(KASPER_PLUGIN(store));
	g_clear_object(&store);
	append_file(folder->path, "+bb 13 25");
	store = open_store(folder->path, FALSE);
	g_assert_null(look_up(store, "bb"));
	second = make_key(store, "cc", 13);
	g_clear_object(&store);
	store = open_store(folder->path, FALSE);
	found = look_up(store, "cc");
	assert_same(found, second);
	g_clear_object(&found);
	found = look_up(store, "aa");
	assert_same(found, first);
}

/* somebody else's file is left as it is */
static void
test_wrong_file(Folder *folder, gconstpointer data)
{
	static const struct {
		const gchar *text;
		guint line;
	} files[] = {
	    {"root:x:0:0:root:/root:/bin/sh\n", 1},
	    {"kasper", 1},
	    {"kasper-keys-memory 2\n", 1},
	    {"kasper-keys-memory 1\n\n", 2},
	    {"kasper-keys-memory 1\n+\n", 2},
	    {"kasper-keys-memory 1\n+aa 13 256\n+abc 13 256\n", 3},
	    {"kasper-keys-memory 1\n+aa 13\n", 2},
	    {"kasper-keys-memory 1\n+aa 12 256\n", 2},
	    {"kasper-keys-memory 1\n+aa 13 99999\n", 2},
	    {"kasper-keys-memory 1\n+aa 13 256 00\n", 2},
	    {"kasper-keys-memory 1\n+aa 13 256 00 xx\n", 2},
	    {"kasper-keys-memory 1\n*aa\n", 2},
	};

	for (guint i = 0; i < G_N_ELEMENTS(files); i++) {
		g_autofree gchar *where = g_strdup_printf(":%u: ", files[i].line);
		g_autofree gchar *after = NULL;
		g_autoptr(GError) error = NULL;

		g_test_message("%s", files[i].text);
		write_file(folder->path, files[i].text);
		g_assert_null(try_store(folder->path, FALSE, &error));
		g_assert_error(error, KASPER_ERROR, KASPER_ERROR_INVALID);
		g_assert_nonnull(strstr(error->message, where));
		g_assert_true(g_file_get_contents(folder->path, &after, NULL, NULL));
		g_assert_cmpstr(after, ==, files[i].text);
	}
}

static void
test_no_folder(void)
{
	g_autoptr(GError) error = NULL;

	g_assert_null(try_store("/nonexistent/keys", FALSE, &error));
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_TRY_AGAIN);
	g_assert_nonnull(strstr(error->message, "/nonexistent/keys"));
}

/* what cannot be written has not been made */
static void
test_full_disk(void)
{
	g_autoptr(KasperKeyStore) store = NULL;
	g_autoptr(GError) error = NULL;

	if (!g_file_test("/dev/full", G_FILE_TEST_EXISTS)) {
		g_test_skip("there is no /dev/full");
		return;
	}
	store = try_store("/dev/full", FALSE, &error);
	g_assert_null(store);
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_TRY_AGAIN);
}

static void
test_hollow(Folder *folder, gconstpointer data)
{
	static const guint algorithms[] = {5, 7, 8, 10, 13, 14, 15, 16};
	g_autoptr(KasperKeyStore) store = open_store(folder->path, TRUE);
	g_autoptr(GBytes) block = g_bytes_new_static("x", 1);
	g_autoptr(GError) error = NULL;

	g_assert_cmpuint(kasper_key_store_get_capabilities(store), ==, KASPER_KEY_STORE_PARALLEL);
	for (guint i = 0; i < G_N_ELEMENTS(algorithms); i++) {
		g_autofree gchar *id = g_strdup_printf("00%02x", i);
		g_autoptr(KasperKeyInfo) made = make_key(store, id, algorithms[i]);
		g_autoptr(KasperKeyInfo) found = NULL;

		g_clear_object(&store);
		store = open_store(folder->path, TRUE);
		found = look_up(store, id);
		assert_same(found, made);
		g_assert_null(kasper_key_store_sign_data(store, found, block, NULL, &error));
		g_assert_error(error, KASPER_ERROR, KASPER_ERROR_NOT_SUPPORTED);
		g_clear_error(&error);
	}
}

/* no two of them are the same, or one of a real key of the other algorithm */
static void
test_hollow_unique(void)
{
	g_autoptr(KasperKeyStore) store = open_store(NULL, TRUE);
	g_autoptr(GHashTable) seen =
	    g_hash_table_new_full(g_bytes_hash, g_bytes_equal, (GDestroyNotify)g_bytes_unref, NULL);

	for (guint i = 0; i < 1000; i++) {
		g_autofree gchar *id = g_strdup_printf("%08x", i);
		g_autoptr(KasperKeyInfo) made = make_key(store, id, 13);

		g_assert_true(
		    g_hash_table_add(seen, g_bytes_ref(kasper_key_info_get_public_key(made))));
	}
}

/* benchmarks rest on this; the limit is ten times what a slow machine needs */
static void
test_hollow_fast(void)
{
	g_autoptr(KasperKeyStore) store = open_store(NULL, TRUE);
	gint64 start = g_get_monotonic_time();
	gdouble seconds;

	for (guint i = 0; i < 100000; i++) {
		gchar id[33];
		g_autoptr(KasperKeyInfo) wanted = NULL;
		g_autoptr(KasperKeyInfo) made = NULL;

		g_snprintf(id, sizeof id, "%032x", i);
		wanted = kasper_key_info_new(id, 13, 256, NULL);
		made = kasper_key_store_make_key(store, wanted, NULL, NULL);
		g_assert_nonnull(made);
	}
	seconds = (gdouble)(g_get_monotonic_time() - start) / G_USEC_PER_SEC;
	g_test_minimized_result(seconds, "100,000 hollow keys in %.2f s", seconds);
	g_assert_cmpfloat(seconds, <, 10);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
#define ADD(name, test)                                                                            \
	g_test_add("/keys-memory/" name, Folder, NULL, folder_set_up, test, folder_tear_down)
	ADD("restart", test_restart);
	ADD("id-again", test_id_again);
	ADD("torn", test_torn);
	ADD("wrong-file", test_wrong_file);
	ADD("hollow", test_hollow);
#undef ADD
	g_test_add_func("/keys-memory/without-file", test_without_file);
	g_test_add_func("/keys-memory/no-folder", test_no_folder);
	g_test_add_func("/keys-memory/full-disk", test_full_disk);
	g_test_add_func("/keys-memory/hollow-unique", test_hollow_unique);
	g_test_add_func("/keys-memory/hollow-fast", test_hollow_fast);
	return g_test_run();
}
