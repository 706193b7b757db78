/* SPDX-License-Identifier: BSD-2-Clause */
#include "look.h"

#include <string.h>
#include <sys/stat.h>

#include "verdict.h"

/* a smaller file is read faster than it is remembered */
#define LARGE ((off_t)1 << 20)
/* what a remembered one takes is about a kilobyte */
#define REMEMBERED_MAX 1024

typedef struct {
	struct stat seen;
	OdsSignedZone *zone;
} OdsRemembered;

struct OdsLook {
	GHashTable *remembered; /* path to OdsRemembered */
};

static void
ods_remembered_free(OdsRemembered *self)
{
	ods_signed_zone_free(self->zone);
	g_free(self);
}

OdsLook *
ods_look_new(void)
{
	OdsLook *self = g_new0(OdsLook, 1);

	self->remembered = g_hash_table_new_full(g_str_hash,
						 g_str_equal,
						 g_free,
						 (GDestroyNotify)ods_remembered_free);
	return self;
}

void
ods_look_free(OdsLook *self)
{
	if (self == NULL)
		return;
	g_hash_table_unref(self->remembered);
	g_free(self);
}

static gboolean
ods_look_is_same(const struct stat *one, const struct stat *other)
{
	return one->st_dev == other->st_dev && one->st_ino == other->st_ino &&
	       one->st_size == other->st_size && one->st_mtim.tv_sec == other->st_mtim.tv_sec &&
	       one->st_mtim.tv_nsec == other->st_mtim.tv_nsec &&
	       one->st_ctim.tv_sec == other->st_ctim.tv_sec &&
	       one->st_ctim.tv_nsec == other->st_ctim.tv_nsec;
}

static void
ods_look_remember(OdsLook *self, const gchar *path, const struct stat *st, OdsSignedZone *zone)
{
	OdsRemembered *remembered = g_new0(OdsRemembered, 1);

	if (g_hash_table_size(self->remembered) >= REMEMBERED_MAX)
		g_hash_table_remove_all(self->remembered);
	remembered->seen = *st;
	remembered->zone = zone;
	g_hash_table_replace(self->remembered, g_strdup(path), remembered);
}

KasperSignerAnswer *
ods_look_at(OdsLook *self, KasperZoneOrder *order, GCancellable *cancellable)
{
	const gchar *path = kasper_zone_order_get_output(order);
	const OdsRemembered *remembered = g_hash_table_lookup(self->remembered, path);
	g_autoptr(OdsSignedZone) zone = NULL;
	g_autoptr(GError) error = NULL;
	KasperSignerAnswer *answer;
	struct stat st;

	/* looked at before it is read: a change while it is read is seen the next time */
	if (stat(path, &st) != 0)
		memset(&st, 0, sizeof st);
	if (remembered != NULL && ods_look_is_same(&remembered->seen, &st))
		return ods_verdict_make(remembered->zone, order);
	zone = ods_signed_zone_read(path, kasper_zone_order_get_zone(order), cancellable, &error);
	if (zone == NULL)
		return kasper_signer_answer_new(KASPER_SIGNER_PENDING,
						kasper_zone_order_get_revision(order),
						error->message);
	answer = ods_verdict_make(zone, order);
	if (st.st_size >= LARGE)
		ods_look_remember(self, path, &st, g_steal_pointer(&zone));
	return answer;
}
