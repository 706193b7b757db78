/* SPDX-License-Identifier: BSD-2-Clause */
#include "command-private.h"
#include "kasper-config.h"
#include "ksmutil.h"

static void
ksmutil_print_repositories(Ksmutil *self, KasperConfig *config)
{
	GPtrArray *repositories = kasper_config_get_repositories(config);

	for (guint i = 0; i < repositories->len; i++) {
		const KasperRepositoryConfig *repository = repositories->pdata[i];

		ksmutil_say(self, "Repository %s found", repository->name);
		if (repository->capacity < 0)
			ksmutil_say(self, "No Maximum Capacity set.");
		else
			ksmutil_say(self,
				    "Capacity set to %" G_GINT64_FORMAT ".",
				    repository->capacity);
		ksmutil_say(
		    self,
		    "%s",
		    repository->require_backup
			? "RequireBackup set."
			: "RequireBackup NOT set; please make sure that you know the potential "
			  "problems of using keys which are not recoverable");
	}
}

static void
ksmutil_print_policies(Ksmutil *self, KasperConfig *config)
{
	GPtrArray *policies = kasper_config_get_policies(config);

	for (guint i = 0; i < policies->len; i++) {
		const KasperPolicyConfig *policy = policies->pdata[i];

		ksmutil_say(self, "Policy %s found", policy->name);
	}
}

static void
ksmutil_print_zones(Ksmutil *self, KasperConfig *config)
{
	GPtrArray *zones = kasper_config_get_zones(config);

	for (guint i = 0; i < zones->len; i++) {
		const KasperZoneConfig *zone = zones->pdata[i];

		ksmutil_say(self, "Zone %s found; policy set to %s", zone->name, zone->policy);
	}
}

static void
ksmutil_print_files(Ksmutil *self)
{
	ksmutil_print_file(self, "Common/ZoneListFile", "zonelist");
	ksmutil_print_file(self, "Common/PolicyFile", "kasp");
}

/* @failure: what 1.4 says when nothing was taken. What was found the daemon says, in 1.4's words */
static gint
ksmutil_update(Ksmutil *self, KasperUpdateFlags what, const gchar *failure)
{
	GError *error = NULL;
	g_autoptr(GVariant) result = NULL;
	g_autofree const gchar **messages = NULL;

	if (!ksmutil_open(self))
		return 1;
	result = kasper_client_update(self->cli->client, what, FALSE, NULL, &error);
	if (result == NULL) {
		if (what != KASPER_UPDATE_FLAGS_CONF)
			ksmutil_print_files(self);
		ksmutil_fail(self, error);
		ksmutil_say(self, "%s", failure);
		return 1;
	}
	g_variant_lookup(result, "messages", "^a&s", &messages);
	for (guint i = 0; messages != NULL && messages[i] != NULL; i++)
		ksmutil_say(self, "%s", messages[i]);
	ksmutil_print_notified(self);
	return 0;
}

gint
ksmutil_update_conf(Ksmutil *self)
{
	return ksmutil_update(self, KASPER_UPDATE_FLAGS_CONF, "Failed to update repositories");
}

gint
ksmutil_update_kasp(Ksmutil *self)
{
	return ksmutil_update(self, KASPER_UPDATE_FLAGS_KASP, "Failed to update policies");
}

gint
ksmutil_update_zonelist(Ksmutil *self)
{
	return ksmutil_update(self, KASPER_UPDATE_FLAGS_ZONELIST, "Failed to update zones");
}

gint
ksmutil_update_all(Ksmutil *self)
{
	return ksmutil_update(self, KASPER_UPDATE_FLAGS_ALL, "Failed to update policies");
}

gint
ksmutil_setup(Ksmutil *self)
{
	g_autoptr(KasperConfig) config = NULL;

	if (!ksmutil_ask(
		self,
		"*WARNING* This will erase all data in the database; are you sure? [y/N] "))
		return 0;
	/* says itself what is in the way */
	self->cli->quiet = TRUE;
	if (cli_setup(self->cli, NULL) != CLI_DONE) {
		ksmutil_say(self, "SETUP FAILED");
		return 1;
	}
	ksmutil_print_files(self);
	config = kasper_config_load(self->cli->config, NULL, NULL);
	if (config == NULL)
		return 0;
	ksmutil_print_repositories(self, config);
	ksmutil_print_policies(self, config);
	ksmutil_print_zones(self, config);
	return 0;
}

static gint
ksmutil_refuse_service(Ksmutil *self, const gchar *verb)
{
	cli_complain(self->cli,
		     "%s: kasperd is a service of the system: systemctl %s kasperd",
		     verb,
		     verb);
	return 1;
}

gint
ksmutil_start(Ksmutil *self)
{
	return ksmutil_refuse_service(self, "start");
}

gint
ksmutil_stop(Ksmutil *self)
{
	return ksmutil_refuse_service(self, "stop");
}

gint
ksmutil_notify(Ksmutil *self)
{
	GError *error = NULL;

	if (!ksmutil_open(self))
		return 1;
	if (kasper_client_enforce(self->cli->client, NULL, NULL, &error) < 0)
		return ksmutil_fail(self, error);
	ksmutil_print_notified(self);
	return 0;
}

gint
ksmutil_database_backup(Ksmutil *self)
{
	cli_complain(
	    self->cli,
	    "database backup: a copy of the file alone would miss what is in its "
	    "write-ahead log: sqlite3 FILE \".backup COPY\" makes a whole one while kasperd "
	    "runs");
	return KSMUTIL_MISUSE;
}
