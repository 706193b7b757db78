/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "public-key.h"
#include "rv.h"
#include "store.h"

#define HSM_MIN_RSA 1024 /* bits; policies warn below 2048 */
#define HSM_MAX_RSA 4096 /* bits; RFC 3110, section 2 */

typedef struct {
	HsmStore *store;
	KasperKeyInfo *wanted;
	const gchar *id;
	GBytes *id_octets;
	const HsmAlgorithm *algorithm;
	gboolean is_reserved;
	gboolean has_written; /* something may be on the token */
	GBytes *public_key;
	GError *refusal;
} HsmMake;

typedef struct {
	CK_OBJECT_HANDLE public_key;
	CK_OBJECT_HANDLE private_key;
} HsmPair;

/* @params: CKA_EC_PARAMS; NULL for RSA */
static CK_RV
hsm_make_generate_with(HsmMake *make,
		       const HsmSession *session,
		       gboolean on_token,
		       const guint8 *params,
		       gsize params_length,
		       HsmPair *ret_pair)
{
	static guint8 exponent[] = {1, 0, 1};
	CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
	CK_BBOOL extractable = make->store->allow_extraction ? CK_TRUE : CK_FALSE;
	CK_BBOOL private_on_token = on_token ? CK_TRUE : CK_FALSE;
	CK_BBOOL public_on_token = on_token && !make->store->skip_public_key ? CK_TRUE : CK_FALSE;
	CK_MECHANISM mechanism = {make->algorithm->generate, NULL, 0};
	CK_ULONG bits = kasper_key_info_get_bits(make->wanted);
	gsize id_length = 0;
	gpointer id = (gpointer)g_bytes_get_data(make->id_octets, &id_length);
	CK_ATTRIBUTE public_template[] = {
	    {CKA_TOKEN, &public_on_token, sizeof public_on_token},
	    {CKA_PRIVATE, &no, sizeof no},
	    {CKA_ID, id, id_length},
	    {CKA_LABEL, (gpointer)make->id, strlen(make->id)},
	    {CKA_VERIFY, &yes, sizeof yes},
	    {CKA_ENCRYPT, &no, sizeof no},
	    {CKA_WRAP, &no, sizeof no},
	    {CKA_EC_PARAMS, (gpointer)params, params_length},
	    {CKA_PUBLIC_EXPONENT, exponent, sizeof exponent},
	};
	CK_ATTRIBUTE private_template[] = {
	    {CKA_TOKEN, &private_on_token, sizeof private_on_token},
	    {CKA_PRIVATE, &yes, sizeof yes},
	    {CKA_ID, id, id_length},
	    {CKA_LABEL, (gpointer)make->id, strlen(make->id)},
	    {CKA_SENSITIVE, &yes, sizeof yes},
	    {CKA_EXTRACTABLE, &extractable, sizeof extractable},
	    {CKA_SIGN, &yes, sizeof yes},
	    {CKA_DECRYPT, &no, sizeof no},
	    {CKA_UNWRAP, &no, sizeof no},
	};
	CK_ULONG n_public = 8;

	if (params == NULL) {
		public_template[7] = (CK_ATTRIBUTE){CKA_MODULUS_BITS, &bits, sizeof bits};
		n_public = 9;
	}
	return session->functions->C_GenerateKeyPair(session->handle,
						     &mechanism,
						     public_template,
						     n_public,
						     private_template,
						     G_N_ELEMENTS(private_template),
						     &ret_pair->public_key,
						     &ret_pair->private_key);
}

static CK_RV
hsm_make_generate(HsmMake *make, const HsmSession *session, gboolean on_token, HsmPair *ret_pair)
{
	const HsmAlgorithm *algorithm = make->algorithm;
	CK_RV rv = hsm_make_generate_with(make,
					  session,
					  on_token,
					  algorithm->oid,
					  algorithm->oid_length,
					  ret_pair);

	/* tokens from before PKCS#11 3.0 know the Edwards curves by name only */
	if (hsm_rv_classify(rv) == HSM_RV_REQUEST && rv != CKR_MECHANISM_INVALID &&
	    algorithm->name != NULL)
		rv = hsm_make_generate_with(make,
					    session,
					    on_token,
					    algorithm->name,
					    algorithm->name_length,
					    ret_pair);
	return rv;
}

static CK_RV
hsm_make_read_public_key(HsmMake *make, const HsmSession *session, CK_OBJECT_HANDLE object)
{
	const HsmAlgorithm *algorithm = NULL;
	g_autoptr(GBytes) octets = NULL;
	CK_RV rv = hsm_public_key_read(session, object, &algorithm, &octets);

	if (rv != CKR_OK)
		return rv;
	/* a public key that cannot be read cannot be published */
	if (algorithm == NULL || octets == NULL || algorithm->type != make->algorithm->type)
		return CKR_ATTRIBUTE_TYPE_INVALID;
	g_clear_pointer(&make->public_key, g_bytes_unref);
	make->public_key = g_steal_pointer(&octets);
	return CKR_OK;
}

static CK_RV
hsm_make_copy(const HsmSession *session, CK_OBJECT_HANDLE object, CK_OBJECT_HANDLE *ret_copy)
{
	CK_BBOOL yes = CK_TRUE;
	CK_ATTRIBUTE template[] = {{CKA_TOKEN, &yes, sizeof yes}};

	return session->functions->C_CopyObject(session->handle, object, template, 1, ret_copy);
}

/* the private key last: only with it the key exists, and a half without it is known for one */
static CK_RV
hsm_make_copy_pair(HsmMake *make, const HsmSession *session, const HsmPair *pair, HsmPair *ret_pair)
{
	CK_RV rv = CKR_OK;

	make->has_written = TRUE;
	if (!make->store->skip_public_key)
		rv = hsm_make_copy(session, pair->public_key, &ret_pair->public_key);
	if (rv == CKR_OK)
		rv = hsm_make_copy(session, pair->private_key, &ret_pair->private_key);
	return rv;
}

static CK_RV
hsm_make_by_copy(HsmMake *make, const HsmSession *session, HsmPair *ret_pair)
{
	HsmPair pair = {CK_INVALID_HANDLE, CK_INVALID_HANDLE};
	CK_RV rv = hsm_make_generate(make, session, FALSE, &pair);

	if (rv != CKR_OK)
		return rv;
	rv = hsm_make_read_public_key(make, session, pair.public_key);
	if (rv == CKR_OK)
		rv = hsm_make_copy_pair(make, session, &pair, ret_pair);
	/* they would go with the session, which may live long */
	(void)session->functions->C_DestroyObject(session->handle, pair.private_key);
	(void)session->functions->C_DestroyObject(session->handle, pair.public_key);
	return rv;
}

static CK_RV
hsm_make_on_token(HsmMake *make, const HsmSession *session, HsmPair *ret_pair)
{
	CK_RV rv;

	make->has_written = TRUE;
	rv = hsm_make_generate(make, session, TRUE, ret_pair);
	if (rv == CKR_OK)
		rv = hsm_make_read_public_key(make, session, ret_pair->public_key);
	if (rv == CKR_OK && make->store->skip_public_key) {
		(void)session->functions->C_DestroyObject(session->handle, ret_pair->public_key);
		ret_pair->public_key = CK_INVALID_HANDLE;
	}
	return rv;
}

/* what a failed way left behind is taken away; where that fails, has_written stays */
static void
hsm_make_clean(HsmMake *make, const HsmSession *session)
{
	if (make->has_written && hsm_store_clear_id(make->store, session, make->id) == CKR_OK)
		make->has_written = FALSE;
}

static CK_RV
hsm_make_any_way(HsmMake *make, const HsmSession *session, HsmPair *ret_pair)
{
	HsmWay way = (HsmWay)g_atomic_int_get(&make->store->way);
	CK_RV rv = CKR_FUNCTION_NOT_SUPPORTED;

	if (way != HSM_WAY_TOKEN) {
		rv = hsm_make_by_copy(make, session, ret_pair);
		if (rv == CKR_OK)
			g_atomic_int_set(&make->store->way, HSM_WAY_COPY);
		/* only a token that never did it is taken for one that cannot */
		if (way == HSM_WAY_COPY || hsm_rv_classify(rv) != HSM_RV_REQUEST)
			return rv;
		hsm_make_clean(make, session);
	}
	rv = hsm_make_on_token(make, session, ret_pair);
	if (rv == CKR_OK)
		g_atomic_int_set(&make->store->way, HSM_WAY_TOKEN);
	return rv;
}

/* After a fault the key may be there: then it is taken, for nobody else could choose its id. */
static CK_RV
hsm_make_adopt(HsmMake *make, const HsmSession *session, gboolean *ret_adopted)
{
	HsmEntry entry;
	CK_RV rv = hsm_index_search(make->store->index, session, make->id, &entry);

	if (rv != CKR_OK)
		return rv;
	if (entry.n_private == 1 && entry.n_public == 1) {
		*ret_adopted = TRUE;
		return hsm_make_read_public_key(make, session, entry.public_key);
	}
	/* a copy, whose public key was read before */
	*ret_adopted = entry.n_private == 1 && make->store->skip_public_key &&
		       make->public_key != NULL &&
		       g_atomic_int_get(&make->store->way) != HSM_WAY_TOKEN;
	if (!*ret_adopted)
		rv = hsm_store_clear_id(make->store, session, make->id);
	return rv;
}

static CK_RV
hsm_make_run(const HsmSession *session, gpointer data)
{
	HsmMake *make = data;
	HsmIndex *index = make->store->index;
	HsmPair pair = {CK_INVALID_HANDLE, CK_INVALID_HANDLE};
	gboolean adopted = FALSE;
	CK_RV rv = hsm_index_load(index, session);

	if (rv != CKR_OK)
		return rv;
	if (!make->is_reserved) {
		make->is_reserved =
		    hsm_index_reserve(index, make->id, make->store->capacity, &make->refusal);
		if (!make->is_reserved)
			return CKR_OK;
	}
	if (make->has_written)
		rv = hsm_make_adopt(make, session, &adopted);
	else if (hsm_index_get(index, make->id).n_public > 0)
		/* half a key, left by a process that died while it made it */
		rv = hsm_store_clear_id(make->store, session, make->id);
	if (rv != CKR_OK || adopted)
		return rv;
	make->has_written = FALSE;
	rv = hsm_make_any_way(make, session, &pair);
	if (rv == CKR_OK) {
		guint n_public = pair.public_key != CK_INVALID_HANDLE ? 1 : 0;

		hsm_index_set(index,
			      session,
			      make->id,
			      &(HsmEntry){pair.private_key, pair.public_key, 1, n_public});
		return CKR_OK;
	}
	switch (hsm_rv_classify(rv)) {
	case HSM_RV_REQUEST:
	case HSM_RV_FULL:
	case HSM_RV_RESOURCES:
	case HSM_RV_READ_ONLY:
		/* it is not tried again, so this is the time to clean up */
		hsm_make_clean(make, session);
		break;
	case HSM_RV_OK:
	case HSM_RV_SESSION:
	case HSM_RV_HANDLE:
	case HSM_RV_DEVICE:
	case HSM_RV_LOST:
	case HSM_RV_AUTH:
		break;
	}
	return rv;
}

static gboolean
hsm_make_check(HsmMake *make, GError **error)
{
	guint number = kasper_key_info_get_algorithm(make->wanted);
	guint bits = kasper_key_info_get_bits(make->wanted);

	make->algorithm = hsm_algorithm_find(number);
	if (make->algorithm == NULL) {
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_NOT_SUPPORTED,
			    "keys of algorithm %u cannot be made",
			    number);
		return FALSE;
	}
	if (make->algorithm->type == CKK_RSA && (bits < HSM_MIN_RSA || bits > HSM_MAX_RSA)) {
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_INVALID,
			    "an RSA key has %d to %d bits, not %u",
			    HSM_MIN_RSA,
			    HSM_MAX_RSA,
			    bits);
		return FALSE;
	}
	make->id_octets = hsm_parse_id(make->id, error);
	return make->id_octets != NULL;
}

static gboolean
hsm_make_try(HsmMake *make, GCancellable *cancellable, GError **error)
{
	guint number = kasper_key_info_get_algorithm(make->wanted);
	g_autofree gchar *what =
	    g_strdup_printf("make %s key %s", kasper_algorithm_to_string(number), make->id);
	g_autoptr(GError) cause = NULL;
	gboolean made =
	    hsm_token_call(make->store->token, what, hsm_make_run, make, cancellable, &cause);

	if (make->is_reserved)
		hsm_index_unreserve(make->store->index, make->id);
	if (made && make->refusal == NULL)
		return TRUE;
	if (make->refusal != NULL)
		g_propagate_error(error, g_steal_pointer(&make->refusal));
	else if (make->has_written)
		hsm_store_set_unknown(error, g_steal_pointer(&cause));
	else
		g_propagate_error(error, g_steal_pointer(&cause));
	return FALSE;
}

KasperKeyInfo *
hsm_store_make(HsmStore *self, KasperKeyInfo *wanted, GCancellable *cancellable, GError **error)
{
	HsmMake make = {.store = self, .wanted = wanted, .id = kasper_key_info_get_id(wanted)};
	guint number = kasper_key_info_get_algorithm(wanted);
	KasperKeyInfo *made = NULL;

	if (hsm_make_check(&make, error) && hsm_make_try(&make, cancellable, error))
		made = kasper_key_info_new(make.id,
					   number,
					   kasper_algorithm_count_bits(number, make.public_key),
					   make.public_key);
	g_clear_pointer(&make.id_octets, g_bytes_unref);
	g_clear_pointer(&make.public_key, g_bytes_unref);
	return made;
}
