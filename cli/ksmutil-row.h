/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "ksmutil.h"

G_BEGIN_DECLS

/* what 1.4's lists need of a row of kasper_client_foreach_key() or kasper_client_list_keys() */
typedef struct {
	const gchar *zone;
	const gchar *keytype;
	const gchar *state;
	const gchar *id;
	const gchar *repository;
	const gchar *next_state;
	const gchar *waiting_for;
	gint64 next_transition;
	guint tag;
	guint algorithm;
	guint bits;
} KsmutilRow;

/* @self points into @row */
void ksmutil_row_read(KsmutilRow *self, GVariant *row);
void ksmutil_row_read_tuple(KsmutilRow *self, const gchar *const *fields, GVariant *row);
/* a KSK, or a CSK, which 1.4 did not know and which is both */
gboolean ksmutil_row_is_ksk(const KsmutilRow *self);
gboolean ksmutil_row_waits_for_ds(const KsmutilRow *self);
/* the column "Date of next transition" */
gchar *ksmutil_row_dup_date(const KsmutilRow *self);
/* "(ready)    ", what comes then, as --verbose shows it */
const gchar *ksmutil_row_get_next(const KsmutilRow *self);
/* the line of "key list" */
gchar *ksmutil_row_to_text(const KsmutilRow *self, gboolean verbose);
/* rows of the zone's keys, dead ones, too; without a zone: of the key that was named. NULL: @error
 */
GVariant *ksmutil_list_keys(Ksmutil *self, GError **error);

G_END_DECLS
