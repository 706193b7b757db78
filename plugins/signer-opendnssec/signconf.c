/* SPDX-License-Identifier: BSD-2-Clause */
#include "signconf.h"

#include <string.h>

/* what comes before and after the keys */
typedef struct {
	KasperSigningPolicy *policy;
	gboolean passthrough;
	gchar *head;
	gchar *tail;
} OdsFrame;

struct OdsSignconf {
	GPtrArray *frames; /* of OdsFrame: a batch has few policies */
	GString *text;
};

static void
ods_frame_free(OdsFrame *self)
{
	g_object_unref(self->policy);
	g_free(self->head);
	g_free(self->tail);
	g_free(self);
}

OdsSignconf *
ods_signconf_new(void)
{
	OdsSignconf *self = g_new0(OdsSignconf, 1);

	self->frames = g_ptr_array_new_with_free_func((GDestroyNotify)ods_frame_free);
	self->text = g_string_new(NULL);
	return self;
}

void
ods_signconf_free(OdsSignconf *self)
{
	if (self == NULL)
		return;
	g_ptr_array_unref(self->frames);
	g_string_free(self->text, TRUE);
	g_free(self);
}

void
ods_xml_append(GString *xml, const gchar *text)
{
	g_autofree gchar *escaped = NULL;

	if (strpbrk(text, "<>&'\"") == NULL) {
		g_string_append(xml, text);
		return;
	}
	escaped = g_markup_escape_text(text, -1);
	g_string_append(xml, escaped);
}

/* --- what a policy says --- */

static void
ods_frame_add_span(GString *xml, guint depth, const gchar *name, gint64 seconds)
{
	for (guint i = 0; i < depth; i++)
		g_string_append_c(xml, '\t');
	g_string_append_printf(xml, "<%s>PT%" G_GINT64_FORMAT "S</%s>\n", name, seconds, name);
}

static gint64
ods_frame_get_span(KasperSigningPolicy *policy, const gchar *name)
{
	gint64 seconds = 0;

	g_object_get(policy, name, &seconds, NULL);
	return seconds;
}

static void
ods_frame_add_signatures(GString *xml, KasperSigningPolicy *policy)
{
	gint64 keyset = ods_frame_get_span(policy, "validity-keyset");
	gint64 max_zone_ttl = ods_frame_get_span(policy, "max-zone-ttl");

	g_string_append(xml, "\t\t<Signatures>\n");
	ods_frame_add_span(xml, 3, "Resign", ods_frame_get_span(policy, "resign"));
	ods_frame_add_span(xml, 3, "Refresh", ods_frame_get_span(policy, "refresh"));
	g_string_append(xml, "\t\t\t<Validity>\n");
	ods_frame_add_span(xml, 4, "Default", ods_frame_get_span(policy, "validity"));
	ods_frame_add_span(xml, 4, "Denial", ods_frame_get_span(policy, "validity-denial"));
	if (keyset > 0)
		ods_frame_add_span(xml, 4, "Keyset", keyset);
	g_string_append(xml, "\t\t\t</Validity>\n");
	ods_frame_add_span(xml, 3, "Jitter", ods_frame_get_span(policy, "jitter"));
	ods_frame_add_span(xml,
			   3,
			   "InceptionOffset",
			   ods_frame_get_span(policy, "inception-offset"));
	if (max_zone_ttl > 0)
		ods_frame_add_span(xml, 3, "MaxZoneTTL", max_zone_ttl);
	g_string_append(xml, "\t\t</Signatures>\n");
}

static void
ods_frame_add_nsec3(GString *xml, KasperSigningPolicy *policy)
{
	gint64 ttl = ods_frame_get_span(policy, "nsec3-ttl");
	g_autofree gchar *salt = NULL;
	gboolean opt_out;
	guint algorithm, iterations;

	g_object_get(policy,
		     "nsec3-opt-out",
		     &opt_out,
		     "nsec3-algorithm",
		     &algorithm,
		     "nsec3-iterations",
		     &iterations,
		     "nsec3-salt",
		     &salt,
		     NULL);
	g_string_append(xml, "\t\t\t<NSEC3>\n");
	if (ttl > 0)
		ods_frame_add_span(xml, 4, "TTL", ttl);
	if (opt_out)
		g_string_append(xml, "\t\t\t\t<OptOut/>\n");
	g_string_append_printf(xml,
			       "\t\t\t\t<Hash>\n"
			       "\t\t\t\t\t<Algorithm>%u</Algorithm>\n"
			       "\t\t\t\t\t<Iterations>%u</Iterations>\n"
			       "\t\t\t\t\t<Salt>%s</Salt>\n"
			       "\t\t\t\t</Hash>\n",
			       algorithm,
			       iterations,
			       salt != NULL && *salt != '\0' ? salt : "-");
	g_string_append(xml, "\t\t\t</NSEC3>\n");
}

static gchar *
ods_frame_make_head(KasperSigningPolicy *policy)
{
	GString *xml = g_string_new(NULL);
	gboolean nsec3;

	g_object_get(policy, "nsec3", &nsec3, NULL);
	ods_frame_add_signatures(xml, policy);
	g_string_append(xml, "\t\t<Denial>\n");
	if (nsec3)
		ods_frame_add_nsec3(xml, policy);
	else
		g_string_append(xml, "\t\t\t<NSEC/>\n");
	g_string_append(xml, "\t\t</Denial>\n\t\t<Keys>\n");
	ods_frame_add_span(xml, 3, "TTL", ods_frame_get_span(policy, "dnskey-ttl"));
	return g_string_free(xml, FALSE);
}

static gchar *
ods_frame_make_tail(KasperSigningPolicy *policy)
{
	GString *xml = g_string_new("\t\t</Keys>\n\t\t<SOA>\n");
	g_autofree gchar *serial = NULL;

	g_object_get(policy, "soa-serial", &serial, NULL);
	ods_frame_add_span(xml, 3, "TTL", ods_frame_get_span(policy, "soa-ttl"));
	ods_frame_add_span(xml, 3, "Minimum", ods_frame_get_span(policy, "soa-minimum"));
	g_string_append_printf(xml,
			       "\t\t\t<Serial>%s</Serial>\n\t\t</SOA>\n\t</Zone>\n"
			       "</SignerConfiguration>\n",
			       serial != NULL ? serial : "unixtime");
	return g_string_free(xml, FALSE);
}

static const OdsFrame *
ods_signconf_get_frame(OdsSignconf *self, KasperSigningPolicy *policy)
{
	OdsFrame *frame;

	for (guint i = 0; i < self->frames->len; i++) {
		frame = g_ptr_array_index(self->frames, i);
		if (frame->policy == policy)
			return frame;
	}
	frame = g_new0(OdsFrame, 1);
	frame->policy = g_object_ref(policy);
	g_object_get(policy, "passthrough", &frame->passthrough, NULL);
	frame->head = ods_frame_make_head(policy);
	frame->tail = ods_frame_make_tail(policy);
	g_ptr_array_add(self->frames, frame);
	return frame;
}

/* --- an order --- */

static void
ods_signconf_append_keys(GString *xml, GListModel *keys)
{
	for (guint i = 0; i < g_list_model_get_n_items(keys); i++) {
		g_autoptr(KasperOrderKey) key = g_list_model_get_item(keys, i);
		guint use = kasper_order_key_get_use(key);

		if (use == 0)
			continue;
		g_string_append_printf(xml,
				       "\t\t\t<Key>\n"
				       "\t\t\t\t<Flags>%u</Flags>\n"
				       "\t\t\t\t<Algorithm>%u</Algorithm>\n"
				       "\t\t\t\t<Locator>%s</Locator>\n"
				       "%s%s%s"
				       "\t\t\t</Key>\n",
				       kasper_order_key_get_flags(key),
				       kasper_order_key_get_algorithm(key),
				       kasper_order_key_get_id(key),
				       use & KASPER_KEY_USE_SIGN_KEYS ? "\t\t\t\t<KSK/>\n" : "",
				       use & KASPER_KEY_USE_SIGN_DATA ? "\t\t\t\t<ZSK/>\n" : "",
				       use & KASPER_KEY_USE_PUBLISH ? "\t\t\t\t<Publish/>\n" : "");
	}
}

static gboolean
ods_signconf_has_keys(GListModel *keys)
{
	for (guint i = 0; i < g_list_model_get_n_items(keys); i++) {
		g_autoptr(KasperOrderKey) key = g_list_model_get_item(keys, i);

		if (kasper_order_key_get_use(key) != 0)
			return TRUE;
	}
	return FALSE;
}

const gchar *
ods_signconf_make(OdsSignconf *self, KasperZoneOrder *order, gsize *ret_length)
{
	const OdsFrame *frame = ods_signconf_get_frame(self, kasper_zone_order_get_policy(order));
	GListModel *keys = kasper_zone_order_get_keys(order);
	GString *text = self->text;

	g_string_assign(text,
			"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<SignerConfiguration>\n"
			"\t<Zone name=\"");
	ods_xml_append(text, kasper_zone_order_get_zone(order));
	g_string_append(text, "\">\n");
	/* the signer refuses a zone without keys, and goes on with the old ones; a zone that is to
	 * be unsigned has to pass through it */
	if (frame->passthrough || !ods_signconf_has_keys(keys))
		g_string_append(text, "\t\t<Passthrough/>\n");
	g_string_append(text, frame->head);
	ods_signconf_append_keys(text, keys);
	g_string_append(text, frame->tail);
	*ret_length = text->len;
	return text->str;
}
