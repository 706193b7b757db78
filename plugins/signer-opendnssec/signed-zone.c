/* SPDX-License-Identifier: BSD-2-Clause */
#include "signed-zone.h"

#include <errno.h>
#include <fcntl.h>
#include <ldns/ldns.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ways in which the RRsets of a zone are signed; a zone in transition has two or three */
#define CLASSES_MAX 256
/* types at one owner that are counted apart: 65536 cannot all be there */
#define TYPES_MAX 512
/* after so many records somebody may want us to stop */
#define CHECK_EVERY 8192

/* the signatures at the owner that is being read */
typedef struct {
	ldns_rr_type type;
	guint64 signers;
} OdsSignatures;

typedef struct {
	OdsSignedZone *zone;
	ldns_rdf *apex;
	ldns_rdf *owner;
	GArray *signatures; /* of OdsSignatures */
	GError *error;
} OdsZoneReader;

static void
ods_class_clear(gpointer data)
{
	g_free(((OdsClass *)data)->example);
}

static OdsSignedZone *
ods_signed_zone_new(void)
{
	OdsSignedZone *self = g_new0(OdsSignedZone, 1);

	self->classes = g_array_new(FALSE, FALSE, sizeof(OdsClass));
	g_array_set_clear_func(self->classes, ods_class_clear);
	return self;
}

void
ods_signed_zone_free(OdsSignedZone *self)
{
	if (self == NULL)
		return;
	for (guint i = 0; i < self->n_dnskeys; i++)
		g_bytes_unref(self->dnskeys[i].public_key);
	g_array_unref(self->classes);
	g_free(self);
}

guint
ods_dnskey_get_tag(guint flags, guint algorithm, GBytes *public_key)
{
	gsize length;
	const guint8 *octets = g_bytes_get_data(public_key, &length);
	g_autoptr(GByteArray) wire = g_byte_array_sized_new((guint)length + 4);
	const guint8 head[] = {(guint8)(flags >> 8), (guint8)flags, 3, (guint8)algorithm};

	g_byte_array_append(wire, head, sizeof head);
	g_byte_array_append(wire, octets, (guint)length);
	return ldns_calc_keytag_raw(wire->data, wire->len);
}

/* --- one owner --- */

static gboolean
ods_reader_fail(OdsZoneReader *self, const gchar *what)
{
	g_set_error_literal(&self->error, KASPER_ERROR, KASPER_ERROR_INVALID, what);
	return FALSE;
}

static gboolean
ods_reader_add_class(OdsZoneReader *self, const OdsSignatures *signatures)
{
	GArray *classes = self->zone->classes;
	g_autofree char *owner = NULL;
	g_autofree char *type = NULL;
	OdsClass class = {.signers = signatures->signers};

	for (guint i = 0; i < classes->len; i++) {
		if (g_array_index(classes, OdsClass, i).signers == signatures->signers)
			return TRUE;
	}
	if (classes->len >= CLASSES_MAX)
		return ods_reader_fail(self, "its RRsets are signed in more than 256 ways");
	owner = ldns_rdf2str(self->owner);
	type = ldns_rr_type2str(signatures->type);
	class.example = g_strconcat(owner, " ", type, NULL);
	g_array_append_val(classes, class);
	return TRUE;
}

/* the signatures of an owner are together, so that what is known of it can go into the sum */
static gboolean
ods_reader_finish_owner(OdsZoneReader *self)
{
	gboolean at_apex = self->owner != NULL && ldns_dname_compare(self->owner, self->apex) == 0;

	for (guint i = 0; i < self->signatures->len; i++) {
		const OdsSignatures *signatures =
		    &g_array_index(self->signatures, OdsSignatures, i);

		if (at_apex && signatures->type == LDNS_RR_TYPE_DNSKEY) {
			self->zone->dnskey_signers |= signatures->signers;
			continue;
		}
		if (at_apex && signatures->type == LDNS_RR_TYPE_SOA)
			self->zone->soa_signers |= signatures->signers;
		if (!ods_reader_add_class(self, signatures))
			return FALSE;
	}
	g_array_set_size(self->signatures, 0);
	ldns_rdf_deep_free(self->owner);
	self->owner = NULL;
	return TRUE;
}

/* --- one record --- */

/* the bit of the signer; 0: there are too many */
static guint64
ods_reader_get_signer(OdsZoneReader *self, guint algorithm, guint tag)
{
	OdsSignedZone *zone = self->zone;

	for (guint i = 0; i < zone->n_signers; i++) {
		if (zone->signers[i].algorithm == algorithm && zone->signers[i].tag == tag)
			return G_GUINT64_CONSTANT(1) << i;
	}
	if (zone->n_signers >= ODS_SIGNERS_MAX)
		return 0;
	zone->signers[zone->n_signers] = (OdsSigner){algorithm, tag};
	return G_GUINT64_CONSTANT(1) << zone->n_signers++;
}

static gboolean
ods_reader_take_signature(OdsZoneReader *self, const ldns_rr *rr)
{
	ldns_rr_type type = ldns_rdf2rr_type(ldns_rr_rrsig_typecovered(rr));
	guint64 signer = ods_reader_get_signer(self,
					       ldns_rdf2native_int8(ldns_rr_rrsig_algorithm(rr)),
					       ldns_rdf2native_int16(ldns_rr_rrsig_keytag(rr)));
	OdsSignatures signatures = {type, signer};

	if (signer == 0)
		return ods_reader_fail(self, "it has signatures of more than 64 keys");
	for (guint i = 0; i < self->signatures->len; i++) {
		OdsSignatures *known = &g_array_index(self->signatures, OdsSignatures, i);

		if (known->type != type)
			continue;
		known->signers |= signer;
		return TRUE;
	}
	if (self->signatures->len >= TYPES_MAX)
		return ods_reader_fail(self, "it has more than 512 types at one owner");
	g_array_append_val(self->signatures, signatures);
	return TRUE;
}

static gboolean
ods_reader_take_dnskey(OdsZoneReader *self, const ldns_rr *rr)
{
	OdsSignedZone *zone = self->zone;
	const ldns_rdf *key = ldns_rr_dnskey_key(rr);
	OdsDnskey *dnskey = &zone->dnskeys[zone->n_dnskeys];

	if (zone->n_dnskeys >= ODS_SIGNERS_MAX)
		return ods_reader_fail(self, "it has more than 64 DNSKEY records");
	dnskey->flags = ldns_rdf2native_int16(ldns_rr_dnskey_flags(rr));
	dnskey->algorithm = ldns_rdf2native_int8(ldns_rr_dnskey_algorithm(rr));
	dnskey->public_key = g_bytes_new(ldns_rdf_data(key), ldns_rdf_size(key));
	dnskey->tag = ods_dnskey_get_tag(dnskey->flags, dnskey->algorithm, dnskey->public_key);
	zone->n_dnskeys++;
	zone->dnskey_ttl = MAX(zone->dnskey_ttl, (gint64)ldns_rr_ttl(rr));
	return TRUE;
}

static gboolean
ods_reader_take(OdsZoneReader *self, const ldns_rr *rr)
{
	OdsSignedZone *zone = self->zone;

	if (self->owner != NULL && ldns_dname_compare(self->owner, ldns_rr_owner(rr)) != 0 &&
	    !ods_reader_finish_owner(self))
		return FALSE;
	if (self->owner == NULL)
		self->owner = ldns_rdf_clone(ldns_rr_owner(rr));
	zone->max_ttl = MAX(zone->max_ttl, (gint64)ldns_rr_ttl(rr));
	switch ((guint)ldns_rr_get_type(rr)) {
	case LDNS_RR_TYPE_RRSIG:
		return ods_reader_take_signature(self, rr);
	case LDNS_RR_TYPE_DNSKEY:
		return ldns_dname_compare(self->owner, self->apex) != 0 ||
		       ods_reader_take_dnskey(self, rr);
	case LDNS_RR_TYPE_SOA:
		zone->has_soa |= ldns_dname_compare(self->owner, self->apex) == 0;
		return TRUE;
	default:
		return TRUE;
	}
}

/* --- the file --- */

static gboolean
ods_reader_read(OdsZoneReader *self, FILE *file, GCancellable *cancellable)
{
	uint32_t ttl = 0;
	ldns_rdf *origin = ldns_rdf_clone(self->apex);
	ldns_rdf *previous = NULL;
	gboolean good = TRUE;
	int line = 0;

	for (guint n = 1; good && !feof(file); n++) {
		ldns_rr *rr = NULL;
		ldns_status status =
		    ldns_rr_new_frm_fp_l(&rr, file, &ttl, &origin, &previous, &line);

		if (status == LDNS_STATUS_OK)
			good = ods_reader_take(self, rr);
		else if (status != LDNS_STATUS_SYNTAX_EMPTY && status != LDNS_STATUS_SYNTAX_TTL &&
			 status != LDNS_STATUS_SYNTAX_ORIGIN)
			good = ods_reader_fail(self, ldns_get_errorstr_by_id(status));
		ldns_rr_free(rr);
		if (n % CHECK_EVERY == 0 && g_cancellable_is_cancelled(cancellable))
			good = ods_reader_fail(self, "it was not read to its end in time");
	}
	good = good && ods_reader_finish_owner(self);
	if (good && ferror(file))
		good = ods_reader_fail(self, g_strerror(errno));
	if (!good)
		g_prefix_error(&self->error, "near line %d: ", line);
	ldns_rdf_deep_free(origin);
	ldns_rdf_deep_free(previous);
	return good;
}

static FILE *
ods_signed_zone_open(const gchar *path, GError **error)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	FILE *file = NULL;
	struct stat st;
	int code = errno;

	if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		file = fdopen(fd, "r");
	else if (fd >= 0)
		code = EINVAL;
	if (file != NULL)
		return file;
	if (fd >= 0)
		close(fd);
	g_set_error(error,
		    KASPER_ERROR,
		    code == ENOENT ? KASPER_ERROR_NOT_FOUND : KASPER_ERROR_AUTH,
		    code == ENOENT ? "the signer has not written %s yet"
				   : "the signed zone %s cannot be read (%s); the daemon needs the "
				     "right to, as member of its group",
		    path,
		    g_strerror(code));
	return NULL;
}

OdsSignedZone *
ods_signed_zone_read(const gchar *path,
		     const gchar *zone,
		     GCancellable *cancellable,
		     GError **error)
{
	g_autoptr(OdsSignedZone) signed_zone = ods_signed_zone_new();
	OdsZoneReader reader = {.zone = signed_zone};
	FILE *file = ods_signed_zone_open(path, error);
	gboolean good;

	if (file == NULL)
		return NULL;
	reader.apex = ldns_dname_new_frm_str(zone);
	reader.signatures = g_array_new(FALSE, FALSE, sizeof(OdsSignatures));
	good = reader.apex != NULL ? ods_reader_read(&reader, file, cancellable)
				   : ods_reader_fail(&reader, "its name is no domain name");
	fclose(file);
	ldns_rdf_deep_free(reader.apex);
	ldns_rdf_deep_free(reader.owner);
	g_array_unref(reader.signatures);
	if (good)
		return g_steal_pointer(&signed_zone);
	g_propagate_prefixed_error(error, reader.error, "the signed zone %s: ", path);
	return NULL;
}
