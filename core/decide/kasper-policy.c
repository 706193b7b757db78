/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-policy.h"

#include "kasper-key.h"

typedef struct {
	const gchar *name;
	guint roles;
	guint gates;
} KasperRollType;

/* the names of the OpenDNSSEC 2.1 schema; what each means is its gates (RFC 7583, section 2.1) */
static const KasperRollType roll_types[] = {
    {"KskDoubleRRset", KASPER_ROLE_KSK, 0},
    {"KskDoubleDS", KASPER_ROLE_KSK, KASPER_GATE_KEY},
    {"KskDoubleSignature", KASPER_ROLE_KSK, KASPER_GATE_DS},
    {"ZskDoubleSignature", KASPER_ROLE_ZSK, 0},
    {"ZskPrePublication", KASPER_ROLE_ZSK, KASPER_GATE_SIG},
    {"ZskDoubleRRsig", KASPER_ROLE_ZSK, KASPER_GATE_KEY},
    {"CskDoubleRRset", KASPER_ROLE_CSK, 0},
    {"CskSingleSignature", KASPER_ROLE_CSK, KASPER_GATE_SIG},
    {"CskDoubleDS", KASPER_ROLE_CSK, KASPER_GATE_KEY},
    {"CskDoubleSignature", KASPER_ROLE_CSK, KASPER_GATE_DS},
    {"CskPrePublication", KASPER_ROLE_CSK, (guint)KASPER_GATE_DS | (guint)KASPER_GATE_SIG},
};

static const KasperRollType *
kasper_policy_find_roll_type(const gchar *name)
{
	for (gsize i = 0; i < G_N_ELEMENTS(roll_types); i++) {
		if (g_strcmp0(roll_types[i].name, name) == 0)
			return &roll_types[i];
	}
	return NULL;
}

/**
 * kasper_policy_get_roll_gates:
 * @roll_type: the name of a roll type, such as `KskDoubleDS`
 *
 * Returns: #KasperGate, ored; 0 as well if there is no such roll type
 *
 * Since: 0.1
 */
guint
kasper_policy_get_roll_gates(const gchar *roll_type)
{
	const KasperRollType *type = kasper_policy_find_roll_type(roll_type);

	return type != NULL ? type->gates : 0;
}

/**
 * kasper_policy_is_roll_type:
 * @roll_type: the name of a roll type, such as `KskDoubleDS`
 * @roles: #KasperRole, ored
 *
 * Returns: whether @roll_type is one for keys with exactly @roles
 *
 * Since: 0.1
 */
gboolean
kasper_policy_is_roll_type(const gchar *roll_type, guint roles)
{
	const KasperRollType *type = kasper_policy_find_roll_type(roll_type);

	return type != NULL && type->roles == roles;
}
