/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-error.h"
#include "kasper-time.h"

static void
test_add_saturates(void)
{
	g_assert_cmpint(kasper_time_add(100, 20), ==, 120);
	g_assert_cmpint(kasper_time_add(100, -120), ==, -20);
	g_assert_cmpint(kasper_time_add(KASPER_TIME_NEVER, -5), ==, KASPER_TIME_NEVER);
	g_assert_cmpint(kasper_time_add(KASPER_TIME_UNSET, 5), ==, KASPER_TIME_UNSET);
	g_assert_cmpint(kasper_time_add(G_MAXINT64 - 3, 5), ==, KASPER_TIME_NEVER);
	g_assert_cmpint(kasper_time_add(G_MININT64 + 3, -5), ==, KASPER_TIME_UNSET);
}

static void
test_since_saturates(void)
{
	g_assert_cmpint(kasper_time_since(10, 4), ==, 6);
	g_assert_cmpint(kasper_time_since(4, 10), ==, -6);
	g_assert_cmpint(kasper_time_since(KASPER_TIME_NEVER, KASPER_TIME_UNSET), ==, G_MAXINT64);
	g_assert_cmpint(kasper_time_since(KASPER_TIME_UNSET, 1), ==, G_MININT64);
}

static void
test_span_good(void)
{
	static const struct {
		const gchar *text;
		KasperSpan span;
	} rows[] = {
	    {"PT0S", 0},
	    {"PT3600S", 3600},
	    {"P1D", 86400},
	    {"P14D", 14 * 86400},
	    {"P2W", 14 * 86400},
	    {"P1M", 31 * 86400},
	    {"PT1M", 60},
	    {"P1Y", 365 * 86400},
	    {"P1Y2M3DT4H5M6S", (365 + 62 + 3) * 86400 + 4 * 3600 + 5 * 60 + 6},
	    {"T5M", 300},
	    {"3600", 3600},
	    {"0", 0},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		KasperSpan span = -1;

		g_test_message("%s", rows[i].text);
		g_assert_true(kasper_span_parse(rows[i].text, &span, &error));
		g_assert_no_error(error);
		g_assert_cmpint(span, ==, rows[i].span);
	}
}

static void
test_span_bad(void)
{
	static const gchar *rows[] = {
	    "",
	    "P",
	    "PT",
	    "P1",
	    "-P1D",
	    "P-1D",
	    "PT1H2H",
	    "PT1S1M",
	    "P1H",
	    "P1DT",
	    "P99999999999999999999Y",
	    "P2000Y",
	    "1.5",
	    "P1D ",
	    "x",
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		KasperSpan span = -1;

		g_test_message("'%s'", rows[i]);
		g_assert_false(kasper_span_parse(rows[i], &span, &error));
		g_assert_error(error, KASPER_ERROR, KASPER_ERROR_INVALID);
	}
}

static void
test_span_words(void)
{
	static const struct {
		KasperSpan span;
		const gchar *words;
	} rows[] = {
	    {0, "0s"},
	    {59, "59s"},
	    {60, "1m"},
	    {3661, "1h 1m"},
	    {3601, "1h 1s"},
	    {90000, "1d 1h"},
	    {-60, "-1m"},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree gchar *words = kasper_span_format_words(rows[i].span);

		g_assert_cmpstr(words, ==, rows[i].words);
	}
}

static void
test_time_round_trip(void)
{
	static const KasperTime rows[] = {0, 1, 951782400, 1795509000, 4102444800};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		g_autofree gchar *text = kasper_time_format(rows[i]);
		KasperTime time = -1;

		g_assert_true(kasper_time_parse(text, &time, &error));
		g_assert_no_error(error);
		g_assert_cmpint(time, ==, rows[i]);
	}
}

static void
test_time_forms(void)
{
	g_autoptr(GError) error = NULL;
	KasperTime time = -1;

	g_assert_true(kasper_time_parse("@1795509000", &time, &error));
	g_assert_cmpint(time, ==, 1795509000);
	g_assert_true(kasper_time_parse("2026-11-24", &time, &error));
	g_assert_cmpint(time, ==, 1795478400);
	g_assert_true(kasper_time_parse("2026-11-24T09:30:00+01:00", &time, &error));
	g_assert_cmpint(time, ==, 1795509000);
	g_assert_no_error(error);
	g_assert_false(kasper_time_parse("0226-11-24", &time, NULL));
	g_assert_false(kasper_time_parse("tomorrow", &time, &error));
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_INVALID);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/time/add/saturates", test_add_saturates);
	g_test_add_func("/time/since/saturates", test_since_saturates);
	g_test_add_func("/time/span/good", test_span_good);
	g_test_add_func("/time/span/bad", test_span_bad);
	g_test_add_func("/time/span/words", test_span_words);
	g_test_add_func("/time/round-trip", test_time_round_trip);
	g_test_add_func("/time/forms", test_time_forms);
	return g_test_run();
}
