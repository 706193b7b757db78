/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "kasper-export.h"

G_BEGIN_DECLS

/**
 * KasperRecordState:
 * @KASPER_RECORD_HIDDEN: in no version that anybody may hold
 * @KASPER_RECORD_RUMOURED: in some, and we publish it
 * @KASPER_RECORD_OMNIPRESENT: in every version that anybody may hold
 * @KASPER_RECORD_UNRETENTIVE: in some, and we no longer publish it
 * @KASPER_RECORD_NA: the key's role has no such record
 *
 * Derived from the ledgers; never what is reasoned from.
 *
 * Since: 0.1
 */
typedef enum {
	KASPER_RECORD_HIDDEN,
	KASPER_RECORD_RUMOURED,
	KASPER_RECORD_OMNIPRESENT,
	KASPER_RECORD_UNRETENTIVE,
	KASPER_RECORD_NA,
} KasperRecordState;

/**
 * KasperRecord:
 * @KASPER_RECORD_DS: DS at the parent
 * @KASPER_RECORD_DNSKEY: DNSKEY in the zone's key set
 * @KASPER_RECORD_RSK: the key's RRSIG over the DNSKEY RRset
 * @KASPER_RECORD_RSZ: the key's RRSIGs over the zone's data
 *
 * The four records of a key, as bits; %KASPER_N_RECORDS indexes arrays in this order.
 *
 * Since: 0.1
 */
typedef enum {
	KASPER_RECORD_DS = 1 << 0,
	KASPER_RECORD_DNSKEY = 1 << 1,
	KASPER_RECORD_RSK = 1 << 2,
	KASPER_RECORD_RSZ = 1 << 3,
} KasperRecord;

#define KASPER_N_RECORDS 4
/* places in KasperKey.state[] and .since[] */
#define KASPER_INDEX_DS     0
#define KASPER_INDEX_DNSKEY 1
#define KASPER_INDEX_RSK    2
#define KASPER_INDEX_RSZ    3

KASPER_EXPORT
const gchar *kasper_record_state_to_string(KasperRecordState state);
KASPER_EXPORT
gboolean kasper_record_state_can_move(KasperRecordState from, KasperRecordState to);

G_END_DECLS
