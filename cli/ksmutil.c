/* SPDX-License-Identifier: BSD-2-Clause */
#include "ksmutil.h"

#include <string.h>

const KsmutilCommand ksmutil_commands[] = {
    {"SETUP", NULL, "", ksmutil_setup},
    {"START", NULL, "", ksmutil_start},
    {"STOP", NULL, "", ksmutil_stop},
    {"NOTIFY", NULL, "", ksmutil_notify},
    {"UPDATE", "KASP", "[--force]", ksmutil_update_kasp},
    {"UPDATE", "ZONELIST", "", ksmutil_update_zonelist},
    {"UPDATE", "CONF", "", ksmutil_update_conf},
    {"UPDATE", "ALL", "[--force]", ksmutil_update_all},
    {"ZONE",
     "ADD",
     "--zone <zone> [--policy <policy>] [--signerconf <signerconf.xml>] [--input <input>] "
     "[--in-type "
     "<DNS|File>] [--output <output>] [--out-type <DNS|File>] [--no-xml]",
     ksmutil_zone_add},
    {"ZONE", "DELETE", "--zone <zone> | --all [--no-xml]", ksmutil_zone_delete},
    {"ZONE", "LIST", "", ksmutil_zone_list},
    {"ZONELIST", "EXPORT", "", ksmutil_zonelist_export},
    {"ZONELIST", "IMPORT", "", ksmutil_update_zonelist},
    {"REPOSITORY", "LIST", "", ksmutil_repository_list},
    {"POLICY", "EXPORT", "--policy <policy> | --all", ksmutil_policy_export},
    {"POLICY", "IMPORT", "[--force]", ksmutil_update_kasp},
    {"POLICY", "LIST", "", ksmutil_policy_list},
    {"POLICY", "PURGE", "", ksmutil_policy_purge},
    {"KEY",
     "LIST",
     "[--zone <zone>] [--verbose] [--keystate <state> | --all] [--keytype <type>]",
     ksmutil_key_list},
    {"KEY",
     "EXPORT",
     "[--zone <zone> | --all] [--keystate <state>] [--keytype <type>] [--ds]",
     ksmutil_key_export},
    {"KEY",
     "IMPORT",
     "--cka_id <CKA_ID> --repository <repository> --zone <zone> --bits <size> --algorithm "
     "<algorithm> "
     "--keystate <state> --keytype <type> --time <time> [--check-repository] [--retire <time>]",
     ksmutil_key_import},
    {"KEY",
     "ROLLOVER",
     "--zone <zone> --keytype <type> | --zone <zone> --all | --policy <policy> --keytype <type> | "
     "--policy <policy> --all",
     ksmutil_key_rollover},
    {"KEY", "PURGE", "--zone <zone> | --policy <policy>", ksmutil_key_purge},
    {"KEY", "DELETE", "--cka_id <CKA_ID> [--no-hsm]", ksmutil_key_delete},
    {"KEY",
     "GENERATE",
     "--policy <policy> --interval <interval> [--zonetotal <total number of zones>] "
     "[--auto-accept]",
     ksmutil_key_generate},
    {"KEY",
     "KSK-RETIRE",
     "--zone <zone> | --keytag <keytag> | --cka_id <CKA_ID>",
     ksmutil_key_ksk_retire},
    {"KEY",
     "KSK-REVOKE",
     "--zone <zone> | --keytag <keytag> | --cka_id <CKA_ID>",
     ksmutil_key_ksk_revoke},
    {"KEY",
     "DS-SEEN",
     "--zone <zone> --keytag <keytag> | --cka_id <CKA_ID> [--no-notify] [--no-retire]",
     ksmutil_key_ds_seen},
    {"BACKUP", "PREPARE", "[--repository <repository>]", ksmutil_backup_prepare},
    {"BACKUP", "COMMIT", "[--repository <repository>]", ksmutil_backup_commit},
    {"BACKUP", "ROLLBACK", "[--repository <repository>]", ksmutil_backup_rollback},
    {"BACKUP", "LIST", "[--repository <repository>] [--verbose]", ksmutil_backup_list},
    {"BACKUP", "DONE", "[--repository <repository>] [--force]", ksmutil_backup_done},
    {"ROLLOVER", "LIST", "[--zone <zone>] [--verbose]", ksmutil_rollover_list},
    {"DATABASE", "BACKUP", "[--output <output>]", ksmutil_database_backup},
    {NULL},
};

/* what the user typed may go on after the keyword, "keys", "LISTING", but not end before it */
static gboolean
ksmutil_word_is(const gchar *word, const gchar *keyword)
{
	/* the one keyword that another begins with */
	if (strcmp(keyword, "ZONE") == 0)
		return g_ascii_strcasecmp(word, keyword) == 0;
	return g_ascii_strncasecmp(word, keyword, strlen(keyword)) == 0;
}

/* 1.4 takes this one mistake for a success */
static gint
ksmutil_refuse_update(Ksmutil *self)
{
	ksmutil_say(self,
		    "Unrecognised command update %s. Please specify one of:",
		    self->verb != NULL ? self->verb : "");
	ksmutil_print_usage(self->cli->err, "UPDATE");
	return 0;
}

static gint
ksmutil_refuse_verb(Ksmutil *self, const gchar *command)
{
	g_autofree gchar *group = g_ascii_strdown(command, -1);
	g_autofree gchar *verb = g_ascii_strup(self->verb != NULL ? self->verb : "", -1);

	if (strcmp(command, "UPDATE") == 0)
		return ksmutil_refuse_update(self);
	ksmutil_say(self, "Unknown command: %s %s", group, verb);
	ksmutil_print_usage(self->cli->err, command);
	return KSMUTIL_MISUSE;
}

static gint
ksmutil_dispatch(Ksmutil *self)
{
	const gchar *group = NULL;

	for (const KsmutilCommand *c = ksmutil_commands; c->command != NULL; c++) {
		if (!ksmutil_word_is(self->command, c->command))
			continue;
		group = c->command;
		if (c->verb == NULL || (self->verb != NULL && ksmutil_word_is(self->verb, c->verb)))
			return c->run(self);
	}
	if (group != NULL)
		return ksmutil_refuse_verb(self, group);
	ksmutil_say(self, "Unknown command: %s", self->command);
	ksmutil_print_usage(self->cli->err, NULL);
	return KSMUTIL_MISUSE;
}

gint
ksmutil_run(Cli *cli, const gchar *const *argv)
{
	g_auto(Ksmutil) self = {.cli = cli};
	g_autofree gchar *text = NULL;

	if (g_strcmp0(argv[1], "--complete") == 0)
		text = ksmutil_complete(argv + 2);
	else if (g_strcmp0(argv[1], "--manual") == 0)
		text = ksmutil_manual();
	if (text != NULL) {
		fputs(text, cli->out);
		return 0;
	}
	if (!ksmutil_parse(&self, argv))
		return 1;
	if (ksmutil_has(&self, KSMUTIL_HELP)) {
		ksmutil_print_usage(cli->err, NULL);
		return 0;
	}
	if (ksmutil_has(&self, KSMUTIL_VERSION)) {
		ksmutil_say(&self, "opendnssec version 1.4 (kasper %s)", KASPER_VERSION);
		return 0;
	}
	if (self.command == NULL) {
		ksmutil_print_usage(cli->err, NULL);
		return 1;
	}
	if (ksmutil_has(&self, KSMUTIL_CONFIG)) {
		g_free(cli->config);
		cli->config = g_strdup(ksmutil_get(&self, KSMUTIL_CONFIG));
	}
	return ksmutil_dispatch(&self);
}
