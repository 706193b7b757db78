/* SPDX-License-Identifier: BSD-2-Clause */

/* durations and instants; what is read is printed and read again */

#include "fuzz.h"
#include "kasper-time.h"

gint
LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
	g_autofree gchar *text = g_strndup((const gchar *)data, size);
	KasperTime time = KASPER_TIME_UNSET;
	KasperSpan span = -1;

	if (kasper_span_parse(text, &span, NULL)) {
		g_autofree gchar *printed = kasper_span_format(span);
		g_autofree gchar *words = kasper_span_format_words(span);
		KasperSpan again = -1;

		g_assert_cmpint(span, >=, 0);
		g_assert_nonnull(words);
		g_assert_true(kasper_span_parse(printed, &again, NULL));
		g_assert_cmpint(again, ==, span);
	}
	if (kasper_time_parse(text, &time, NULL)) {
		g_autofree gchar *printed = kasper_time_format(time);
		KasperTime again = KASPER_TIME_UNSET;

		g_assert_true(kasper_time_parse(printed, &again, NULL));
		g_assert_cmpint(again, ==, time);
	}
	return 0;
}
