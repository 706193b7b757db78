/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "kasper-export.h"

G_BEGIN_DECLS

/**
 * KasperTime:
 *
 * An instant: seconds since 1970-01-01 UTC.
 *
 * Since: 0.1
 */
typedef gint64 KasperTime;

/**
 * KasperSpan:
 *
 * A length of time in seconds.
 *
 * Since: 0.1
 */
typedef gint64 KasperSpan;

/**
 * KASPER_TIME_UNSET:
 *
 * The instant that has not come: nothing of the kind has happened yet.
 *
 * Since: 0.1
 */
#define KASPER_TIME_UNSET ((KasperTime)G_MININT64)

/**
 * KASPER_TIME_NEVER:
 *
 * The instant that will not come by itself. Sums saturate here.
 *
 * Since: 0.1
 */
#define KASPER_TIME_NEVER ((KasperTime)G_MAXINT64)

#define KASPER_SPAN_MINUTE ((KasperSpan)60)
#define KASPER_SPAN_HOUR   ((KasperSpan)3600)
#define KASPER_SPAN_DAY    ((KasperSpan)86400)

KASPER_EXPORT
KasperTime kasper_time_add(KasperTime time, KasperSpan span);
KASPER_EXPORT
KasperSpan kasper_time_since(KasperTime later, KasperTime earlier);
KASPER_EXPORT
gchar *kasper_time_format(KasperTime time);
KASPER_EXPORT
gboolean kasper_time_parse(const gchar *text, KasperTime *ret_time, GError **error);
KASPER_EXPORT
gboolean kasper_span_parse(const gchar *text, KasperSpan *ret_span, GError **error);
KASPER_EXPORT
gchar *kasper_span_format(KasperSpan span);
KASPER_EXPORT
gchar *kasper_span_format_words(KasperSpan span);

G_END_DECLS
