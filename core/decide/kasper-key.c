/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-key-private.h"

/**
 * kasper_role_to_string:
 * @roles: #KasperRole, ored
 *
 * Returns: `KSK`, `ZSK` or `CSK`; `none` for no role
 *
 * Since: 0.1
 */
const gchar *
kasper_role_to_string(guint roles)
{
	if (roles == KASPER_ROLE_CSK)
		return "CSK";
	if (roles == KASPER_ROLE_KSK)
		return "KSK";
	if (roles == KASPER_ROLE_ZSK)
		return "ZSK";
	return "none";
}

/**
 * kasper_role_from_string:
 * @text: `KSK`, `ZSK` or `CSK` in any case
 *
 * Returns: #KasperRole, ored; 0 if @text is none of them
 *
 * Since: 0.1
 */
guint
kasper_role_from_string(const gchar *text)
{
	if (g_ascii_strcasecmp(text, "KSK") == 0)
		return KASPER_ROLE_KSK;
	if (g_ascii_strcasecmp(text, "ZSK") == 0)
		return KASPER_ROLE_ZSK;
	if (g_ascii_strcasecmp(text, "CSK") == 0)
		return KASPER_ROLE_CSK;
	return 0;
}

/**
 * kasper_backup_to_string:
 * @backup: how far a key's backup has got
 *
 * Returns: `not-needed`, `needed`, `prepared` or `done`
 *
 * Since: 0.1
 */
const gchar *
kasper_backup_to_string(KasperBackup backup)
{
	switch (backup) {
	case KASPER_BACKUP_NOT_NEEDED:
		return "not-needed";
	case KASPER_BACKUP_NEEDED:
		return "needed";
	case KASPER_BACKUP_PREPARED:
		return "prepared";
	case KASPER_BACKUP_DONE:
		return "done";
	}
	g_assert_not_reached();
}

guint
kasper_role_get_records(guint roles)
{
	guint records = KASPER_RECORD_DNSKEY;

	if ((roles & KASPER_ROLE_KEY) != 0)
		records |= (guint)KASPER_RECORD_DS | (guint)KASPER_RECORD_RSK;
	if ((roles & KASPER_ROLE_ZONE) != 0)
		records |= KASPER_RECORD_RSZ;
	return records;
}

guint
kasper_key_get_goal_records(const KasperKey *self)
{
	guint records = kasper_role_get_records(self->roles);

	if (self->goal == KASPER_GOAL_OUT)
		return 0;
	if (!self->standby)
		return records;
	/* a standby KSK waits with its DS at the parent, a standby ZSK with its DNSKEY in the zone
	 */
	return (self->roles & KASPER_ROLE_KEY) != 0 ? KASPER_RECORD_DS : KASPER_RECORD_DNSKEY;
}

gboolean
kasper_key_can_sign(const KasperKey *self)
{
	return self->availability != KASPER_AVAILABILITY_UNAVAILABLE &&
	       self->availability != KASPER_AVAILABILITY_LOST;
}

gboolean
kasper_key_is_backed_up(const KasperKey *self)
{
	return self->backup == KASPER_BACKUP_NOT_NEEDED || self->backup == KASPER_BACKUP_DONE;
}
