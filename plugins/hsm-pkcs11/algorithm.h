/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <glib.h>
#include <p11-kit/pkcs11.h>

G_BEGIN_DECLS

/* how PKCS#11 names what DNSSEC numbers */
typedef struct {
	guint number;
	CK_KEY_TYPE type;
	CK_MECHANISM_TYPE generate;
	CK_MECHANISM_TYPE sign;
	GChecksumType hash; /* of what is signed; Edwards curves take the message whole */
	const guint8 *oid;  /* CKA_EC_PARAMS, with tag and length */
	gsize oid_length;
	const guint8 *name; /* the other coding: a PrintableString; NULL: there is none */
	gsize name_length;
	gsize public_key; /* octets in a DNSKEY; 0: RSA */
	gsize signature;  /* octets in an RRSIG; 0: RSA */
} HsmAlgorithm;

/* PKCS#11 3.0, section 2.3.14; older headers do not have it */
typedef struct {
	CK_BBOOL ph_flag;
	CK_ULONG context_data_length;
	CK_BYTE *context_data;
} HsmEddsaParams;

/* NULL: not one of ours */
const HsmAlgorithm *hsm_algorithm_find(guint number);
const HsmAlgorithm *hsm_algorithm_find_curve(const guint8 *params, gsize length);

G_END_DECLS
