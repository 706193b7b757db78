/* SPDX-License-Identifier: BSD-2-Clause */
#include <kasper.h>
#include <string.h>

#include "index.h"
#include "public-key.h"

#define HSM_FIND_BATCH 256
#define HSM_MAX_ID     256 /* octets; ours have 16 */

GBytes *
hsm_parse_id(const gchar *id, GError **error)
{
	gsize length = strlen(id);
	GByteArray *octets;

	if (length == 0 || length % 2 != 0 || length > 2 * HSM_MAX_ID ||
	    strspn(id, "0123456789abcdef") != length) {
		g_set_error(
		    error,
		    KASPER_ERROR,
		    KASPER_ERROR_INVALID,
		    "\"%s\" is not a key id: an even number of lower-case hex digits, at most %d",
		    id,
		    2 * HSM_MAX_ID);
		return NULL;
	}
	octets = g_byte_array_sized_new((guint)length / 2);
	for (gsize i = 0; i < length; i += 2) {
		guint8 octet =
		    (guint8)(g_ascii_xdigit_value(id[i]) << 4 | g_ascii_xdigit_value(id[i + 1]));

		g_byte_array_append(octets, &octet, 1);
	}
	return g_byte_array_free_to_bytes(octets);
}

CK_RV
hsm_read_id(const HsmSession *session, CK_OBJECT_HANDLE object, gchar **ret_id)
{
	static const gchar digits[] = "0123456789abcdef";
	guint8 octets[HSM_MAX_ID];
	gsize length = 0;
	CK_RV rv = hsm_read_attribute(session, object, CKA_ID, octets, sizeof octets, &length);

	*ret_id = NULL;
	if (rv == CKR_ATTRIBUTE_TYPE_INVALID)
		return CKR_OK;
	if (rv != CKR_OK || length == 0)
		return rv;
	*ret_id = g_malloc(2 * length + 1);
	for (gsize i = 0; i < length; i++) {
		(*ret_id)[2 * i] = digits[octets[i] >> 4];
		(*ret_id)[2 * i + 1] = digits[octets[i] & 15];
	}
	(*ret_id)[2 * length] = '\0';
	return CKR_OK;
}

static CK_RV
hsm_find_all(const HsmSession *session, GArray *ret_handles)
{
	CK_OBJECT_HANDLE batch[HSM_FIND_BATCH];
	CK_ULONG count = 0;
	CK_RV rv, rv_final;

	do {
		count = 0;
		rv = session->functions->C_FindObjects(session->handle,
						       batch,
						       HSM_FIND_BATCH,
						       &count);
		/* a module that claims to have found more than fits wrote past the end, or lies */
		if (rv == CKR_OK && count > HSM_FIND_BATCH)
			rv = CKR_GENERAL_ERROR;
		if (rv == CKR_OK)
			g_array_append_vals(ret_handles, batch, (guint)count);
	} while (rv == CKR_OK && count > 0);
	rv_final = session->functions->C_FindObjectsFinal(session->handle);
	return rv != CKR_OK ? rv : rv_final;
}

CK_RV
hsm_find_objects(const HsmSession *session,
		 CK_OBJECT_CLASS class,
		 const gchar *id,
		 GArray *ret_handles)
{
	g_autoptr(GBytes) octets = id != NULL ? hsm_parse_id(id, NULL) : NULL;
	/* session objects of keys that other threads are making are not on the token yet */
	CK_BBOOL on_token = CK_TRUE;
	CK_ATTRIBUTE template[] = {
	    {CKA_TOKEN, &on_token, sizeof on_token},
	    {CKA_CLASS, &class, sizeof class},
	    {CKA_ID, NULL, 0},
	};
	CK_ULONG n = 2;
	CK_RV rv;

	g_array_set_size(ret_handles, 0);
	if (octets != NULL) {
		gsize length = 0;

		template[2].pValue = (gpointer)g_bytes_get_data(octets, &length);
		template[2].ulValueLen = length;
		n = 3;
	}
	rv = session->functions->C_FindObjectsInit(session->handle, template, n);
	return rv != CKR_OK ? rv : hsm_find_all(session, ret_handles);
}
