/* SPDX-License-Identifier: BSD-2-Clause */
#include "verdict.h"

#include <string.h>

/* what was ordered, in terms of the signers that were met in the zone */
typedef struct {
	const OdsSignedZone *zone;
	KasperZoneOrder *order;
	guint64 sign_keys;	/* bits of zone->signers */
	guint64 sign_data;	/* bits of zone->signers */
	guint64 published;	/* bits of zone->signers whose DNSKEY is in the zone */
	guint8 algorithms[256]; /* of the keys that are to sign data: 1 */
} OdsVerdict;

static KasperSignerAnswer *
ods_verdict_not_yet(const OdsVerdict *self, gchar *text)
{
	KasperSignerAnswer *answer =
	    kasper_signer_answer_new(KASPER_SIGNER_PENDING,
				     kasper_zone_order_get_revision(self->order),
				     text);

	g_free(text);
	return answer;
}

static guint
ods_verdict_get_tag(KasperOrderKey *key)
{
	return ods_dnskey_get_tag(kasper_order_key_get_flags(key),
				  kasper_order_key_get_algorithm(key),
				  kasper_order_key_get_public_key(key));
}

/* 0: no signature of it was met */
static guint64
ods_verdict_get_bit(const OdsSignedZone *zone, guint algorithm, guint tag)
{
	for (guint i = 0; i < zone->n_signers; i++) {
		if (zone->signers[i].algorithm == algorithm && zone->signers[i].tag == tag)
			return G_GUINT64_CONSTANT(1) << i;
	}
	return 0;
}

/* a key is in the zone if the whole of it is, not if some key of the same tag is */
static gboolean
ods_verdict_is_dnskey(const OdsDnskey *dnskey, KasperOrderKey *key)
{
	GBytes *public_key = kasper_order_key_get_public_key(key);

	return public_key != NULL && dnskey->flags == kasper_order_key_get_flags(key) &&
	       dnskey->algorithm == kasper_order_key_get_algorithm(key) &&
	       g_bytes_equal(dnskey->public_key, public_key);
}

static const OdsDnskey *
ods_verdict_find_dnskey(const OdsSignedZone *zone, KasperOrderKey *key)
{
	for (guint i = 0; i < zone->n_dnskeys; i++) {
		if (ods_verdict_is_dnskey(&zone->dnskeys[i], key))
			return &zone->dnskeys[i];
	}
	return NULL;
}

/* the DNSKEY RRset: exactly the keys that were ordered */
static KasperSignerAnswer *
ods_verdict_check_keys(OdsVerdict *self)
{
	GListModel *keys = kasper_zone_order_get_keys(self->order);
	gboolean ordered[ODS_SIGNERS_MAX] = {FALSE};

	for (guint i = 0; i < g_list_model_get_n_items(keys); i++) {
		g_autoptr(KasperOrderKey) key = g_list_model_get_item(keys, i);
		const OdsDnskey *dnskey = ods_verdict_find_dnskey(self->zone, key);

		if ((kasper_order_key_get_use(key) & KASPER_KEY_USE_PUBLISH) == 0)
			continue;
		if (dnskey == NULL)
			return ods_verdict_not_yet(
			    self,
			    g_strdup_printf("the DNSKEY of key %s is not in the zone yet",
					    kasper_order_key_get_id(key)));
		ordered[dnskey - self->zone->dnskeys] = TRUE;
	}
	for (guint i = 0; i < self->zone->n_dnskeys; i++) {
		if (!ordered[i])
			return ods_verdict_not_yet(
			    self,
			    g_strdup_printf("the DNSKEY with tag %u is still in the zone",
					    self->zone->dnskeys[i].tag));
	}
	return NULL;
}

/* who is to sign; a key that is to and of which there is no signature is an answer */
static KasperSignerAnswer *
ods_verdict_take_order(OdsVerdict *self)
{
	GListModel *keys = kasper_zone_order_get_keys(self->order);

	for (guint i = 0; i < g_list_model_get_n_items(keys); i++) {
		g_autoptr(KasperOrderKey) key = g_list_model_get_item(keys, i);
		guint use = kasper_order_key_get_use(key);
		guint64 bit;

		if ((use & (KASPER_KEY_USE_SIGN_KEYS | KASPER_KEY_USE_SIGN_DATA)) == 0 ||
		    kasper_order_key_get_public_key(key) == NULL)
			continue;
		bit = ods_verdict_get_bit(self->zone,
					  kasper_order_key_get_algorithm(key),
					  ods_verdict_get_tag(key));
		if (bit == 0)
			return ods_verdict_not_yet(self,
						   g_strdup_printf("key %s does not sign yet",
								   kasper_order_key_get_id(key)));
		if (use & KASPER_KEY_USE_SIGN_KEYS)
			self->sign_keys |= bit;
		if (use & KASPER_KEY_USE_SIGN_DATA) {
			self->sign_data |= bit;
			self->algorithms[kasper_order_key_get_algorithm(key)] = 1;
		}
	}
	for (guint i = 0; i < self->zone->n_dnskeys; i++)
		self->published |= ods_verdict_get_bit(self->zone,
						       self->zone->dnskeys[i].algorithm,
						       self->zone->dnskeys[i].tag);
	return NULL;
}

static gchar *
ods_verdict_dup_tags(const OdsVerdict *self, guint64 signers)
{
	GString *tags = g_string_new(NULL);

	for (guint i = 0; i < self->zone->n_signers; i++) {
		if (signers & (G_GUINT64_CONSTANT(1) << i))
			g_string_append_printf(tags,
					       "%s%u",
					       tags->len > 0 ? ", " : "",
					       self->zone->signers[i].tag);
	}
	return g_string_free(g_string_append(tags, tags->len > 0 ? "" : "nobody"), FALSE);
}

/* an RRset that the signer renews with every change shows who signs now */
static KasperSignerAnswer *
ods_verdict_check_signers(OdsVerdict *self, const gchar *what, guint64 are, guint64 wanted)
{
	g_autofree gchar *are_tags = NULL;
	g_autofree gchar *wanted_tags = NULL;

	if (are == wanted)
		return NULL;
	are_tags = ods_verdict_dup_tags(self, are);
	wanted_tags = ods_verdict_dup_tags(self, wanted);
	return ods_verdict_not_yet(
	    self,
	    g_strdup_printf("%s is signed by %s and not yet by %s (key tags)",
			    what,
			    are_tags,
			    wanted_tags));
}

/* every signed RRset has, for each algorithm that signs, a signature that can be checked with a
 * published key (RFC 4035, section 2.2), old or new */
static KasperSignerAnswer *
ods_verdict_check_class(OdsVerdict *self, const OdsClass *class)
{
	guint8 found[256] = {0};

	for (guint i = 0; i < self->zone->n_signers; i++) {
		guint64 bit = G_GUINT64_CONSTANT(1) << i;

		if (class->signers & self->published & bit)
			found[self->zone->signers[i].algorithm] = 1;
	}
	for (guint i = 0; i < G_N_ELEMENTS(found); i++) {
		if (self->algorithms[i] && !found[i])
			return ods_verdict_not_yet(
			    self,
			    g_strdup_printf("%s is not yet signed with algorithm %u",
					    class->example,
					    i));
	}
	return NULL;
}

static KasperSignerAnswer *
ods_verdict_check(OdsVerdict *self)
{
	const OdsSignedZone *zone = self->zone;
	KasperSignerAnswer *answer;

	if (!zone->has_soa)
		return ods_verdict_not_yet(self, g_strdup("the zone has no SOA record"));
	answer = ods_verdict_check_keys(self);
	if (answer == NULL)
		answer = ods_verdict_take_order(self);
	if (answer == NULL)
		answer = ods_verdict_check_signers(self,
						   "the DNSKEY RRset",
						   zone->dnskey_signers,
						   self->sign_keys);
	if (answer == NULL)
		answer = ods_verdict_check_signers(self,
						   "the SOA record",
						   zone->soa_signers,
						   self->sign_data);
	for (guint i = 0; answer == NULL && i < zone->classes->len; i++)
		answer = ods_verdict_check_class(self, &g_array_index(zone->classes, OdsClass, i));
	return answer;
}

KasperSignerAnswer *
ods_verdict_make(const OdsSignedZone *zone, KasperZoneOrder *order)
{
	OdsVerdict self = {.zone = zone, .order = order};
	KasperSignerAnswer *answer = ods_verdict_check(&self);
	g_autofree gchar *text = NULL;
	const OdsClass *old = NULL;

	if (answer != NULL)
		return answer;
	for (guint i = 0; old == NULL && i < zone->classes->len; i++) {
		const OdsClass *class = &g_array_index(zone->classes, OdsClass, i);

		if (class->signers != self.sign_data)
			old = class;
	}
	if (old != NULL) {
		g_autofree gchar *tags = ods_verdict_dup_tags(&self, old->signers);

		text = g_strdup_printf("%s is still signed by %s", old->example, tags);
	}
	answer = kasper_signer_answer_new(KASPER_SIGNER_PUBLISHED,
					  kasper_zone_order_get_revision(order),
					  text);
	kasper_signer_answer_set_seen(answer, zone->max_ttl, zone->dnskey_ttl, old == NULL);
	return answer;
}
