/* SPDX-License-Identifier: BSD-2-Clause */
#include "ksmutil-row.h"

#include <string.h>

#include "kasper-time.h"

static void
ksmutil_row_take(KsmutilRow *self, const gchar *field, GVariant *value)
{
	const struct {
		const gchar *field;
		gpointer place;
		const gchar *type;
	} places[] = {
	    {"zone", &self->zone, "s"},
	    {"keytype", &self->keytype, "s"},
	    {"state", &self->state, "s"},
	    {"cka_id", &self->id, "s"},
	    {"repository", &self->repository, "s"},
	    {"next_state", &self->next_state, "s"},
	    {"waiting_for", &self->waiting_for, "s"},
	    {"next_transition", &self->next_transition, "x"},
	    {"keytag", &self->tag, "u"},
	    {"algorithm", &self->algorithm, "u"},
	    {"bits", &self->bits, "u"},
	};

	for (guint i = 0; i < G_N_ELEMENTS(places); i++) {
		if (strcmp(places[i].field, field) != 0 ||
		    !g_variant_is_of_type(value, G_VARIANT_TYPE(places[i].type)))
			continue;
		/* the text belongs to the row that the value is a part of */
		if (*places[i].type == 's')
			*(const gchar **)places[i].place = g_variant_get_string(value, NULL);
		else
			g_variant_get(value, places[i].type, places[i].place);
	}
}

static void
ksmutil_row_init(KsmutilRow *self)
{
	*self = (KsmutilRow){
	    .zone = "",
	    .keytype = "",
	    .state = "",
	    .id = "",
	    .repository = "",
	    .next_state = "",
	    .waiting_for = "",
	    .next_transition = KASPER_TIME_UNSET,
	};
}

void
ksmutil_row_read(KsmutilRow *self, GVariant *row)
{
	GVariantIter iter;
	const gchar *field;
	GVariant *value;

	ksmutil_row_init(self);
	g_variant_iter_init(&iter, row);
	while (g_variant_iter_next(&iter, "{&sv}", &field, &value)) {
		ksmutil_row_take(self, field, value);
		g_variant_unref(value);
	}
}

void
ksmutil_row_read_tuple(KsmutilRow *self, const gchar *const *fields, GVariant *row)
{
	gsize n_values = g_variant_n_children(row);

	ksmutil_row_init(self);
	for (gsize i = 0; i < n_values && fields[i] != NULL; i++) {
		g_autoptr(GVariant) value = g_variant_get_child_value(row, i);

		ksmutil_row_take(self, fields[i], value);
	}
}

gboolean
ksmutil_row_is_ksk(const KsmutilRow *self)
{
	return strcmp(self->keytype, "ZSK") != 0;
}

gboolean
ksmutil_row_waits_for_ds(const KsmutilRow *self)
{
	return ksmutil_row_is_ksk(self) && strcmp(self->state, "ready") == 0 &&
	       strstr(self->waiting_for, "ds-seen") != NULL;
}

gchar *
ksmutil_row_dup_date(const KsmutilRow *self)
{
	if (strcmp(self->state, "dead") == 0)
		return g_strdup("to be deleted");
	if (ksmutil_row_waits_for_ds(self))
		return g_strdup("waiting for ds-seen");
	if (strcmp(self->state, "ready") == 0 && !ksmutil_row_is_ksk(self))
		return g_strdup("next rollover");
	return ksmutil_time_to_text(self->next_transition);
}

const gchar *
ksmutil_row_get_next(const KsmutilRow *self)
{
	static const struct {
		const gchar *state;
		const gchar *next;
	} states[] = {
	    {"generate", "(publish)  "},
	    {"publish", "(ready)    "},
	    {"ready", "(active)   "},
	    {"active", "(retire)   "},
	    {"retire", "(dead)     "},
	    {"revoke", "(dead)     "},
	    {"dead", "(deleted)  "},
	    {"dssub", "(dspub)    "},
	    {"dspublish", "(dsready)  "},
	    {"dsready", "(keypub)   "},
	    {"keypublish", "(active)   "},
	};

	for (guint i = 0; i < G_N_ELEMENTS(states); i++)
		if (strcmp(states[i].state, self->state) == 0)
			return states[i].next;
	return "           ";
}

gchar *
ksmutil_row_to_text(const KsmutilRow *self, gboolean verbose)
{
	g_autofree gchar *date = ksmutil_row_dup_date(self);

	if (!verbose)
		return g_strdup_printf("%-31s %-13s %-9s %-20s",
				       self->zone,
				       self->keytype,
				       self->state,
				       date);
	return g_strdup_printf("%-31s %-13s %-9s %-20s%s%-7u %-12u %-33s %-33s %u",
			       self->zone,
			       self->keytype,
			       self->state,
			       date,
			       ksmutil_row_get_next(self),
			       self->bits,
			       self->algorithm,
			       self->id,
			       self->repository,
			       self->tag);
}

GVariant *
ksmutil_list_keys(Ksmutil *self, GError **error)
{
	const gchar *zone = ksmutil_get(self, KSMUTIL_ZONE);
	const gchar *id = ksmutil_get(self, KSMUTIL_CKA_ID);
	g_auto(GVariantBuilder) filter = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE_VARDICT);

	g_variant_builder_add(&filter, "{sv}", "all", g_variant_new_boolean(TRUE));
	if (zone != NULL)
		g_variant_builder_add(&filter, "{sv}", "zone", g_variant_new_string(zone));
	else if (id != NULL)
		g_variant_builder_add(&filter, "{sv}", "cka_id", g_variant_new_string(id));
	return kasper_client_list_keys(self->cli->client,
				       g_variant_builder_end(&filter),
				       NULL,
				       error);
}
