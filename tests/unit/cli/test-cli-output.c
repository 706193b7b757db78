/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "cli-fixture.h"
#include "export.h"
#include "kasper-time.h"
#include "output.h"

static const CliColumn columns[] = {
    {"zone", "Zone", CLI_VALUE_PLAIN, 8},
    {"keytag", "Tag"},
    {"next", "Next change", CLI_VALUE_TIME},
    {"why", "Waiting for"},
    {NULL},
};

static GVariant *
make_row(const gchar *zone, guint tag, gint64 next, const gchar *why)
{
	return g_variant_ref_sink(g_variant_new_parsed(
	    "{'zone': <%s>, 'keytag': <%u>, 'next': <%x>, 'why': <%s>, 'more': <7>}",
	    zone,
	    tag,
	    next,
	    why));
}

static void
test_table(void)
{
	g_auto(CliFixture) fixture = {{NULL}};
	g_autoptr(GVariant) one = make_row("a.example", 12345, 1800000000, "ds-seen");
	g_autoptr(GVariant) two = make_row("long.a.example", 7, KASPER_TIME_UNSET, "");
	g_autoptr(CliTable) table = NULL;

	cli_fixture_init(&fixture, "kasper");
	table = cli_table_new(&fixture.cli, columns);
	cli_table_add(table, one);
	/* who waits sees the first row before there is a second one: no flush of ours */
	g_assert_cmpstr(fixture.out,
			==,
			"Zone      Tag  Next change  Waiting for\n"
			"a.example  12345  2027-01-15 08:00:00  ds-seen\n");
	cli_table_add(table, two);
	/* columns are as wide as what was seen before */
	cli_table_add(table, one);
	cli_table_end(table);
	cli_fixture_flush(&fixture);
	g_assert_cmpstr(fixture.out,
			==,
			"Zone      Tag  Next change  Waiting for\n"
			"a.example  12345  2027-01-15 08:00:00  ds-seen\n"
			"long.a.example  7      -                    -\n"
			"a.example       12345  2027-01-15 08:00:00  ds-seen\n");
}

static void
test_table_fits(void)
{
	g_auto(CliFixture) fixture = {{NULL}};
	g_autoptr(GVariant) one = make_row("a.example", 5, 0, "x");
	g_autoptr(GVariant) two = make_row("long.a.example", 12345, KASPER_TIME_NEVER, "y");
	g_autoptr(GVariant) rows =
	    g_variant_ref_sink(g_variant_new_array(NULL, (GVariant *[]){one, two}, 2));

	cli_fixture_init(&fixture, "kasper");
	cli_print_rows(&fixture.cli, columns, rows);
	cli_fixture_flush(&fixture);
	g_assert_cmpstr(fixture.out,
			==,
			"Zone            Tag    Next change          Waiting for\n"
			"a.example       5      1970-01-01 00:00:00  x\n"
			"long.a.example  12345  never                y\n");
}

static void
test_table_empty(void)
{
	g_auto(CliFixture) fixture = {{NULL}};
	g_autoptr(GVariant) rows = g_variant_ref_sink(g_variant_new("aa{sv}", NULL));

	cli_fixture_init(&fixture, "kasper");
	cli_print_rows(&fixture.cli, columns, rows);
	cli_fixture_flush(&fixture);
	g_assert_cmpstr(fixture.out, ==, "Zone      Tag  Next change  Waiting for\n");
	fixture.cli.format = CLI_FORMAT_JSON;
	cli_print_rows(&fixture.cli, columns, rows);
	cli_fixture_flush(&fixture);
	g_assert_true(g_str_has_suffix(fixture.out, "\n[]\n"));
}

static void
test_quiet(void)
{
	g_auto(CliFixture) fixture = {{NULL}};
	g_autoptr(GVariant) row = make_row("a", 1, 0, "x");
	g_autoptr(GVariant) rows = g_variant_ref_sink(g_variant_new_array(NULL, &row, 1));

	cli_fixture_init(&fixture, "kasper");
	fixture.cli.quiet = TRUE;
	cli_print_rows(&fixture.cli, columns, rows);
	cli_say(&fixture.cli, "nobody wants to know");
	cli_fixture_flush(&fixture);
	g_assert_cmpstr(fixture.out, ==, "a         1    1970-01-01 00:00:00  x\n");
}

static void
test_json(void)
{
	g_auto(CliFixture) fixture = {{NULL}};
	g_autoptr(GVariant) one = make_row("a", 1, KASPER_TIME_UNSET, "say \"x\"");
	g_autoptr(GVariant) two = make_row("b", 2, 5, "");
	g_autoptr(CliTable) table = NULL;

	cli_fixture_init(&fixture, "kasper");
	fixture.cli.format = CLI_FORMAT_JSON;
	table = cli_table_new(&fixture.cli, columns);
	cli_table_add(table, one);
	cli_table_add(table, two);
	cli_fixture_flush(&fixture);
	/* not whole yet: who reads it now must not take it for the list */
	g_assert_false(g_str_has_suffix(fixture.out, "]\n"));
	cli_table_end(table);
	cli_fixture_flush(&fixture);
	/* all fields, whatever the columns are */
	g_assert_cmpstr(fixture.out,
			==,
			"[\n {\"zone\":\"a\",\"keytag\":1,\"next\":null,\"why\":\"say "
			"\\\"x\\\"\",\"more\":7},\n"
			" {\"zone\":\"b\",\"keytag\":2,\"next\":5,\"why\":\"\",\"more\":7}\n]\n");
}

static void
test_tuples(void)
{
	static const gchar *const fields[] = {"next", "zone", "keytag", NULL};
	g_auto(CliFixture) fixture = {{NULL}};
	g_autoptr(GVariant) row =
	    g_variant_ref_sink(g_variant_new("(xsu)", (gint64)0, "a.example", 12));
	g_autoptr(CliTable) table = NULL;
	g_autoptr(CliTable) json = NULL;

	cli_fixture_init(&fixture, "kasper");
	table = cli_table_new(&fixture.cli, columns);
	cli_table_add_tuple(table, fields, row);
	cli_table_end(table);
	cli_fixture_flush(&fixture);
	g_assert_true(g_str_has_suffix(fixture.out, "\na.example  12   1970-01-01 00:00:00  -\n"));
	fixture.cli.format = CLI_FORMAT_JSON;
	json = cli_table_new(&fixture.cli, columns);
	cli_table_add_tuple(json, fields, row);
	cli_table_end(json);
	cli_fixture_flush(&fixture);
	g_assert_true(
	    g_str_has_suffix(fixture.out,
			     "[\n {\"next\":0,\"zone\":\"a.example\",\"keytag\":12}\n]\n"));
}

static void
test_row(void)
{
	g_auto(CliFixture) fixture = {{NULL}};
	g_autoptr(GVariant) row = make_row("a.example", 9, 0, "");

	cli_fixture_init(&fixture, "kasper");
	cli_print_row(&fixture.cli, columns, row);
	cli_fixture_flush(&fixture);
	g_assert_cmpstr(fixture.out,
			==,
			"Zone:        a.example\n"
			"Tag:         9\n"
			"Next change: 1970-01-01 00:00:00\n"
			"Waiting for: -\n");
}

static void
test_values(void)
{
	static const struct {
		const gchar *value;
		CliValueKind kind;
		const gchar *text;
	} rows[] = {
	    {"'x'", CLI_VALUE_PLAIN, "x"},
	    {"''", CLI_VALUE_PLAIN, "-"},
	    {"true", CLI_VALUE_PLAIN, "yes"},
	    {"false", CLI_VALUE_PLAIN, "no"},
	    {"uint32 4294967295", CLI_VALUE_PLAIN, "4294967295"},
	    {"byte 0x07", CLI_VALUE_PLAIN, "7"},
	    {"['a', 'b']", CLI_VALUE_PLAIN, "a, b"},
	    {"@as []", CLI_VALUE_PLAIN, "-"},
	    {"int64 90000", CLI_VALUE_SPAN, "1d 1h"},
	    {"int64 -1", CLI_VALUE_SPAN, "never"},
	    {"int64 0", CLI_VALUE_LIFETIME, "for ever"},
	    {"int64 60", CLI_VALUE_LIFETIME, "1m"},
	    {"uint32 13", CLI_VALUE_ALGORITHM, "13 (ECDSAP256SHA256)"},
	    {"uint32 250", CLI_VALUE_ALGORITHM, "250 (unknown)"},
	    {"int64 -1", CLI_VALUE_LIMIT, "unlimited"},
	    {"int64 12", CLI_VALUE_LIMIT, "12"},
	    {"int64 1800000000", CLI_VALUE_TIME, "2027-01-15 08:00:00"},
	    /* one line, and nothing that a terminal would obey */
	    {"'a\\u001b[31mb\\nc\\td'", CLI_VALUE_PLAIN, "a [31mb c d"},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GVariant) value = g_variant_parse(NULL, rows[i].value, NULL, NULL, NULL);
		g_autofree gchar *text = cli_value_to_text(value, rows[i].kind);

		g_assert_cmpstr(text, ==, rows[i].text);
	}
}

static void
test_answer(void)
{
	g_auto(CliFixture) fixture = {{NULL}};

	cli_fixture_init(&fixture, "kasper");
	cli_answer(&fixture.cli, g_variant_new_parsed("{'keys': <3>}"), "%d keys", 3);
	fixture.cli.format = CLI_FORMAT_JSON;
	cli_answer(&fixture.cli, g_variant_new_parsed("{'keys': <3>}"), "%d keys", 3);
	cli_fixture_flush(&fixture);
	g_assert_cmpstr(fixture.out, ==, "3 keys\n{\"keys\":3}\n");
}

/* a disk that is full, or a reader that went away, is a failure */
static void
test_lost(void)
{
	g_auto(CliFixture) fixture = {{NULL}};
	FILE *full = fopen("/dev/full", "w");
	FILE *out;

	g_assert_nonnull(full);
	cli_fixture_init(&fixture, "kasper");
	out = fixture.cli.out;
	fixture.cli.out = full;
	cli_say(&fixture.cli, "this goes nowhere");
	g_assert_cmpint(cli_finish(&fixture.cli, 0), ==, 1);
	g_assert_cmpint(cli_finish(&fixture.cli, 3), ==, 3);
	fixture.cli.out = out;
	g_assert_cmpint(cli_finish(&fixture.cli, 0), ==, 0);
	fclose(full);
	cli_fixture_flush(&fixture);
	g_assert_nonnull(strstr(fixture.err, "cannot write to standard output"));
}

static GVariant *
make_export(const gchar *keytype)
{
	return g_variant_ref_sink(
	    g_variant_new_parsed("{'zone': <'example.org'>, 'keytype': <%s>, 'state': <'ready'>, "
				 "'keytag': <uint32 12345>,"
				 " 'bits': <uint32 256>, 'dnskey': "
				 "<'example.org. 3600 IN DNSKEY 257 3 13 AwEA'>,"
				 " 'ds': <['example.org.\\t10800\\tIN\\tDS\\t12345 13 2 00ff', "
				 "'example.org.\\t10800\\tIN\\tDS"
				 "\\t12345 13 4 ff00']>}",
				 keytype));
}

static void
test_export(void)
{
	g_auto(CliFixture) fixture = {{NULL}};
	g_autoptr(GVariant) row = make_export("KSK");

	cli_fixture_init(&fixture, "kasper");
	cli_export_print(fixture.cli.out, row, FALSE, "\n");
	cli_export_print(fixture.cli.out, row, TRUE, "");
	cli_fixture_flush(&fixture);
	g_assert_cmpstr(
	    fixture.out,
	    ==,
	    "\n;ready KSK DNSKEY record:\n"
	    "example.org.\t3600\tIN\tDNSKEY\t257 3 13 AwEA ;{id = 12345 (ksk), size = 256b}\n"
	    ";ready KSK DS record (SHA256):\n"
	    "example.org.\t10800\tIN\tDS\t12345 13 2 00ff\n"
	    ";ready KSK DS record (SHA384):\n"
	    "example.org.\t10800\tIN\tDS\t12345 13 4 ff00\n");
}

static void
test_export_digest(void)
{
	g_assert_cmpstr(cli_export_get_digest("a. 1 IN DS 1 13 1 00"), ==, "SHA1");
	g_assert_cmpstr(cli_export_get_digest("a.\t1\tIN\tDS\t1 13 4 00"), ==, "SHA384");
	g_assert_null(cli_export_get_digest("a. 1 IN DS 1 13 99 00"));
	g_assert_null(cli_export_get_digest("a. 1 IN DS 1 13 2"));
	g_assert_null(cli_export_get_digest(""));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/cli/output/table", test_table);
	g_test_add_func("/cli/output/table/fits", test_table_fits);
	g_test_add_func("/cli/output/table/empty", test_table_empty);
	g_test_add_func("/cli/output/quiet", test_quiet);
	g_test_add_func("/cli/output/json", test_json);
	g_test_add_func("/cli/output/tuples", test_tuples);
	g_test_add_func("/cli/output/row", test_row);
	g_test_add_func("/cli/output/values", test_values);
	g_test_add_func("/cli/output/answer", test_answer);
	g_test_add_func("/cli/output/lost", test_lost);
	g_test_add_func("/cli/output/export", test_export);
	g_test_add_func("/cli/output/export/digest", test_export_digest);
	return g_test_run();
}
