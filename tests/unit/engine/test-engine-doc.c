/* SPDX-License-Identifier: BSD-2-Clause */
#include "rows-fixture.h"

#include <string.h>

/*
 * doc/json.md promises names and types, doc/events.md names; here they are held against what is
 * really answered, and told, in both directions.
 */

static gchar *
read_file(const gchar *first, ...)
{
	g_autoptr(GPtrArray) parts = g_ptr_array_new();
	g_autofree gchar *path = NULL;
	gchar *text = NULL;
	va_list args;

	g_ptr_array_add(parts, (gpointer)g_getenv("KASPER_SOURCE_ROOT"));
	va_start(args, first);
	for (const gchar *part = first; part != NULL; part = va_arg(args, const gchar *))
		g_ptr_array_add(parts, (gpointer)part);
	va_end(args);
	g_ptr_array_add(parts, NULL);
	path = g_build_filenamev((gchar **)parts->pdata);
	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	return text;
}

/* name to type, both text, of the table under the heading that has `@command` in it */
static GHashTable *
read_table(const gchar *command)
{
	g_autofree gchar *quoted = g_strdup_printf("`%s`", command);
	g_autofree gchar *text = read_file("doc", "json.md", NULL);
	g_auto(GStrv) lines = NULL;
	GHashTable *table = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	gboolean is_here = FALSE;

	lines = g_strsplit(text, "\n", -1);
	for (guint i = 0; lines[i] != NULL; i++) {
		g_auto(GStrv) cells = NULL;

		if (g_str_has_prefix(lines[i], "#"))
			is_here = strstr(lines[i], quoted) != NULL;
		if (!is_here || !g_str_has_prefix(lines[i], "| `"))
			continue;
		cells = g_strsplit(lines[i], " | ", 3);
		g_hash_table_insert(table,
				    g_strndup(cells[0] + 3, strlen(cells[0]) - 4),
				    g_strdup(cells[1]));
	}
	g_assert_cmpuint(g_hash_table_size(table), >, 0);
	return table;
}

static void
assert_type(const gchar *command, const gchar *name, const gchar *type, GVariant *value)
{
	const gchar *real = g_variant_get_type_string(value);
	gboolean fits = FALSE;

	if (strcmp(type, "text") == 0)
		fits = strcmp(real, "s") == 0;
	else if (strcmp(type, "number") == 0)
		fits = strcmp(real, "u") == 0 || strcmp(real, "x") == 0;
	else if (strcmp(type, "time") == 0)
		fits = strcmp(real, "x") == 0;
	else if (strcmp(type, "flag") == 0)
		fits = strcmp(real, "b") == 0;
	else if (strcmp(type, "list of text") == 0)
		fits = strcmp(real, "as") == 0;
	else if (strcmp(type, "list of number") == 0)
		fits = strcmp(real, "au") == 0;
	else if (g_str_has_prefix(type, "list of `"))
		fits = strcmp(real, "aa{sv}") == 0;
	if (!fits)
		g_error("%s: %s is of type %s, and not: %s", command, name, real, type);
}

/* "list of `zone` (text), `step` (text)": each row of @value has these names, and no others */
static void
assert_inner(const gchar *command, const gchar *name, const gchar *type, GVariant *value)
{
	g_auto(GStrv) parts = g_strsplit(type, "`", -1);
	guint n_names = g_strv_length(parts) / 2;

	/* rows of another command are looked at there */
	if (strchr(type, '(') == NULL || !g_variant_is_of_type(value, G_VARIANT_TYPE("aa{sv}")))
		return;
	for (gsize i = 0; i < g_variant_n_children(value); i++) {
		g_autoptr(GVariant) row = g_variant_get_child_value(value, i);

		for (guint k = 0; k < n_names; k++) {
			g_autoptr(GVariant) field =
			    g_variant_lookup_value(row, parts[2 * k + 1], NULL);

			if (field == NULL)
				g_error("%s: %s lacks %s", command, name, parts[2 * k + 1]);
		}
		g_assert_cmpuint(g_variant_n_children(row), ==, n_names);
	}
}

/* @table is used up */
static void
assert_documented(const gchar *command, GHashTable *table, GVariant *row)
{
	GHashTableIter iter;
	gpointer left;

	for (gsize i = 0; i < g_variant_n_children(row); i++) {
		g_autoptr(GVariant) value = NULL;
		const gchar *name;
		const gchar *type;

		g_variant_get_child(row, i, "{&sv}", &name, &value);
		type = g_hash_table_lookup(table, name);
		if (type == NULL)
			g_error("%s: %s is not in doc/json.md, or comes twice", command, name);
		assert_type(command, name, type, value);
		assert_inner(command, name, type, value);
		g_hash_table_remove(table, name);
	}
	g_hash_table_iter_init(&iter, table);
	if (g_hash_table_iter_next(&iter, &left, NULL))
		g_error("%s: nobody gives %s", command, (const gchar *)left);
	g_hash_table_unref(table);
}

static void
assert_row(const gchar *command, GVariant *row)
{
	assert_documented(command, read_table(command), row);
}

/* what one command has, and another in addition */
static void
assert_more(const gchar *command, const gchar *base, const gchar *but, GVariant *row)
{
	g_auto(GStrv) left_out = g_strsplit(but, ",", -1);
	GHashTable *table = read_table(base);
	g_autoptr(GHashTable) more = read_table(command);
	GHashTableIter iter;
	gpointer name, type;

	for (guint i = 0; left_out[i] != NULL; i++)
		g_assert_true(g_hash_table_remove(table, left_out[i]));
	g_hash_table_iter_init(&iter, more);
	while (g_hash_table_iter_next(&iter, &name, &type))
		g_assert_true(g_hash_table_insert(table, g_strdup(name), g_strdup(type)));
	assert_documented(command, table, row);
}

static GVariant *
first(GVariant *rows)
{
	g_autoptr(GVariant) sunk = g_variant_ref_sink(rows);

	g_assert_cmpuint(g_variant_n_children(sunk), >, 0);
	return g_variant_get_child_value(sunk, 0);
}

static void
test_daemon(RowsFixture *fixture, gconstpointer data)
{
	g_autoptr(GVariant) status = NULL;
	g_autoptr(GVariant) item = NULL;
	g_autoptr(GVariant) repository = NULL;
	g_autoptr(GVariant) plugin = NULL;

	rows_fixture_fill(fixture);
	status = g_variant_ref_sink(kasper_engine_status(fixture->engine));
	assert_row("status", status);
	item = first(kasper_engine_list_queue(fixture->engine, 1));
	assert_row("queue", item);
	repository = first(kasper_engine_list_repositories(fixture->engine));
	assert_row("repository list", repository);
	plugin = first(kasper_engine_list_plugins(fixture->engine));
	assert_row("plugin list", plugin);
}

static void
test_zones(RowsFixture *fixture, gconstpointer data)
{
	g_autoptr(GVariant) row = NULL;
	g_autoptr(GVariant) zone = NULL;
	g_autoptr(GVariant) policy = NULL;
	g_autoptr(GVariant) values = NULL;
	g_autoptr(GVariant) why = NULL;

	rows_fixture_fill(fixture);
	row = first(kasper_engine_list_zones(fixture->engine, NULL, 1, NULL));
	assert_row("zone list", row);
	zone = g_variant_ref_sink(kasper_engine_show_zone(fixture->engine, "a.example", NULL));
	assert_more("zone show", "zone list", "", zone);
	why = first(kasper_engine_explain(fixture->engine, "a.example", NULL, NULL));
	assert_row("explain", why);
	policy = first(kasper_engine_list_policies(fixture->engine));
	assert_row("policy list", policy);
	/* the one with NSEC3 */
	values = g_variant_ref_sink(kasper_engine_show_policy(fixture->engine, "csk", NULL));
	assert_more("policy show", "policy list", "", values);
}

static void
test_keys(RowsFixture *fixture, gconstpointer data)
{
	g_autofree gchar *id = NULL;
	g_autoptr(GVariant) zone = NULL;
	g_autoptr(GVariant) keys = NULL;
	g_autoptr(GVariant) row = NULL;
	g_autoptr(GVariant) key = NULL;
	g_autoptr(GVariant) exported = NULL;
	g_autoptr(GVariant) backup = NULL;
	KasperTransaction *transaction;
	gint64 next;

	rows_fixture_fill(fixture);
	id = rows_fixture_dup_id(fixture, 1);
	zone = g_variant_ref_sink(kasper_engine_show_zone(fixture->engine, "a.example", NULL));
	keys = rows_value(zone, "keys", "aa{sv}");
	row = g_variant_get_child_value(keys, 0);
	assert_row("key list", row);
	key = g_variant_ref_sink(kasper_engine_show_key(fixture->engine, "a.example", id, NULL));
	assert_more("key show", "key list", "ds,dnskey", key);
	exported =
	    first(kasper_engine_export_keys(fixture->engine, NULL, NULL, NULL, 0, 1, &next, NULL));
	assert_row("key export", exported);
	transaction = store_fixture_begin(&fixture->store);
	kasper_store_put_repository(fixture->store.store, "SoftHSM", TRUE, NULL, NULL);
	store_fixture_commit(transaction);
	backup = first(kasper_engine_list_backups(fixture->engine, NULL, 0, 1, &next, NULL));
	assert_row("backup list", backup);
}

static void
on_tested(GObject *source, GAsyncResult *result, gpointer data)
{
	GVariant **report = data;

	*report = kasper_engine_test_repository_finish(KASPER_ENGINE(source), result, NULL);
	g_assert_nonnull(*report);
}

static void
test_repository(RowsFixture *fixture, gconstpointer data)
{
	g_autoptr(GVariant) report = NULL;

	kasper_engine_test_repository_async(fixture->engine, "SoftHSM", NULL, on_tested, &report);
	while (report == NULL)
		g_main_context_iteration(NULL, TRUE);
	assert_row("repository test", report);
}

/* --- events --- */

/* all of the engine's sources */
static gchar *
read_sources(void)
{
	g_autofree gchar *folder =
	    g_build_filename(g_getenv("KASPER_SOURCE_ROOT"), "core", "engine", NULL);
	g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
	GString *text = g_string_new(NULL);
	const gchar *name;

	while ((name = g_dir_read_name(dir)) != NULL) {
		g_autofree gchar *source = NULL;

		if (!g_str_has_suffix(name, ".c"))
			continue;
		source = read_file("core", "engine", name, NULL);
		g_string_append(text, source);
	}
	return g_string_free(text, FALSE);
}

/* each name that the first group of @pattern finds in @text is in @other, between those two */
static guint
assert_each(const gchar *text,
	    const gchar *pattern,
	    const gchar *other,
	    const gchar *before,
	    const gchar *after)
{
	g_autoptr(GRegex) regex = g_regex_new(pattern, G_REGEX_MULTILINE, 0, NULL);
	g_autoptr(GMatchInfo) match = NULL;
	guint n = 0;

	g_assert_nonnull(regex);
	g_regex_match(regex, text, 0, &match);
	for (; g_match_info_matches(match); g_match_info_next(match, NULL), n++) {
		g_autofree gchar *name = g_match_info_fetch(match, 1);
		g_autofree gchar *wanted = g_strconcat(before, name, after, NULL);

		if (strstr(other, wanted) == NULL)
			g_error("event %s is told and not in doc/events.md, or the other way round",
				name);
	}
	return n;
}

static void
test_events(void)
{
	g_autofree gchar *doc = read_file("doc", "events.md", NULL);
	g_autofree gchar *sources = read_sources();

	g_assert_cmpuint(assert_each(sources,
				     "kasper_engine_emit(?:_now)?\\(\\s*\\w+,\\s*\"([a-z-]+)\"",
				     doc,
				     "| `",
				     "` | "),
			 >,
			 5);
	g_assert_cmpuint(assert_each(doc, "^\\| `([a-z]+-[a-z-]+)` \\|", sources, "\"", "\""),
			 >,
			 20);
}

int
main(int argc, char **argv)
{
	rows_test_init(&argc, &argv);
	ROWS_TEST("/engine/doc/daemon", test_daemon);
	ROWS_TEST("/engine/doc/zones", test_zones);
	ROWS_TEST("/engine/doc/keys", test_keys);
	ROWS_TEST("/engine/doc/repository", test_repository);
	g_test_add_func("/engine/doc/events", test_events);
	return g_test_run();
}
