/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-time.h"
#include "ksmutil-row.h"

static GVariant *
make_row(const gchar *keytype, const gchar *state, const gchar *waiting_for, gint64 next)
{
	return g_variant_ref_sink(g_variant_new_parsed(
	    "{'zone': <'example.com'>, 'keytype': <%s>, 'state': <%s>, 'keytag': <uint32 12345>,"
	    " 'algorithm': <uint32 8>, 'bits': <uint32 2048>, 'cka_id': "
	    "<'04260cd6eac67280cd2dea94c6e38cb7'>,"
	    " 'repository': <'softHSM'>, 'next_transition': <%x>, 'next_state': <''>,"
	    " 'waiting_for': <%s>}",
	    keytype,
	    state,
	    next,
	    waiting_for));
}

/* the lines that 1.4's documentation shows, to the letter */
static void
test_lines(void)
{
	static const struct {
		const gchar *keytype;
		const gchar *state;
		const gchar *waiting_for;
		gint64 next;
		const gchar *line;
	} rows[] = {
	    {"KSK",
	     "active",
	     "",
	     1296475200,
	     "example.com                     KSK           active    2011-01-31 12:00:00 "},
	    {"KSK",
	     "ready",
	     "ds-seen",
	     KASPER_TIME_UNSET,
	     "example.com                     KSK           ready     waiting for ds-seen "},
	    {"CSK",
	     "ready",
	     "ds-seen",
	     KASPER_TIME_UNSET,
	     "example.com                     CSK           ready     waiting for ds-seen "},
	    {"ZSK",
	     "ready",
	     "",
	     KASPER_TIME_UNSET,
	     "example.com                     ZSK           ready     next rollover       "},
	    {"ZSK",
	     "generate",
	     "",
	     KASPER_TIME_NEVER,
	     "example.com                     ZSK           generate  (not scheduled)     "},
	    {"ZSK",
	     "dead",
	     "",
	     1296475200,
	     "example.com                     ZSK           dead      to be deleted       "},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GVariant) fields =
		    make_row(rows[i].keytype, rows[i].state, rows[i].waiting_for, rows[i].next);
		g_autofree gchar *line = NULL;
		KsmutilRow row;

		ksmutil_row_read(&row, fields);
		line = ksmutil_row_to_text(&row, FALSE);
		g_assert_cmpstr(line, ==, rows[i].line);
	}
}

static void
test_verbose(void)
{
	g_autoptr(GVariant) fields = make_row("KSK", "publish", "", 1296475200);
	g_autofree gchar *line = NULL;
	KsmutilRow row;

	ksmutil_row_read(&row, fields);
	line = ksmutil_row_to_text(&row, TRUE);
	g_assert_cmpstr(
	    line,
	    ==,
	    "example.com                     KSK           publish   2011-01-31 12:00:00 "
	    "(ready)    2048    8            04260cd6eac67280cd2dea94c6e38cb7  "
	    "softHSM                           12345");
}

/* a stream's row reads as a list's */
static void
test_tuple(void)
{
	static const gchar *const fields[] = {"keytag", "zone", "state", "next_transition", NULL};
	g_autoptr(GVariant) tuple =
	    g_variant_ref_sink(g_variant_new("(ussx)", 7, "a.example", "retire", (gint64)5));
	KsmutilRow row;

	ksmutil_row_read_tuple(&row, fields, tuple);
	g_assert_cmpuint(row.tag, ==, 7);
	g_assert_cmpstr(row.zone, ==, "a.example");
	g_assert_cmpstr(row.state, ==, "retire");
	g_assert_cmpint(row.next_transition, ==, 5);
	g_assert_cmpstr(ksmutil_row_get_next(&row), ==, "(dead)     ");
	/* what did not come is empty, not NULL */
	g_assert_cmpstr(row.id, ==, "");
}

/* a field of a type that nobody expects is not read */
static void
test_wrong_type(void)
{
	g_autoptr(GVariant) fields =
	    g_variant_ref_sink(g_variant_new_parsed("{'keytag': <'x'>, 'zone': <12>}"));
	KsmutilRow row;

	ksmutil_row_read(&row, fields);
	g_assert_cmpuint(row.tag, ==, 0);
	g_assert_cmpstr(row.zone, ==, "");
}

int
main(int argc, char **argv)
{
	g_setenv("TZ", "UTC", TRUE);
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/cli/ksmutil-row/lines", test_lines);
	g_test_add_func("/cli/ksmutil-row/verbose", test_verbose);
	g_test_add_func("/cli/ksmutil-row/tuple", test_tuple);
	g_test_add_func("/cli/ksmutil-row/wrong-type", test_wrong_type);
	return g_test_run();
}
