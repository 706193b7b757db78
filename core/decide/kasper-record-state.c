/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-record-state.h"

/**
 * kasper_record_state_to_string:
 * @state: a record state
 *
 * The words of OpenDNSSEC 2.1's `key list --debug`.
 *
 * Returns: the word
 *
 * Since: 0.1
 */
const gchar *
kasper_record_state_to_string(KasperRecordState state)
{
	switch (state) {
	case KASPER_RECORD_HIDDEN:
		return "hidden";
	case KASPER_RECORD_RUMOURED:
		return "rumoured";
	case KASPER_RECORD_OMNIPRESENT:
		return "omnipresent";
	case KASPER_RECORD_UNRETENTIVE:
		return "unretentive";
	case KASPER_RECORD_NA:
		return "NA";
	}
	g_assert_not_reached();
}

/**
 * kasper_record_state_can_move:
 * @from: a record state
 * @to: a record state
 *
 * Which changes a derived state can make, where staying is no change. A record that is everywhere
 * becomes rumoured only when a set without it is seen that nobody ordered.
 *
 * Returns: whether a record can go from @from to @to
 *
 * Since: 0.1
 */
gboolean
kasper_record_state_can_move(KasperRecordState from, KasperRecordState to)
{
	switch (from) {
	case KASPER_RECORD_HIDDEN:
		return to == KASPER_RECORD_RUMOURED;
	case KASPER_RECORD_RUMOURED:
		return to == KASPER_RECORD_OMNIPRESENT || to == KASPER_RECORD_UNRETENTIVE;
	case KASPER_RECORD_OMNIPRESENT:
		return to == KASPER_RECORD_UNRETENTIVE || to == KASPER_RECORD_RUMOURED;
	case KASPER_RECORD_UNRETENTIVE:
		return to == KASPER_RECORD_HIDDEN || to == KASPER_RECORD_RUMOURED;
	case KASPER_RECORD_NA:
		return FALSE;
	}
	g_assert_not_reached();
}
