/* SPDX-License-Identifier: BSD-2-Clause */
#include <getopt.h>
#include <string.h>

#include "ksmutil.h"

const KsmutilOption ksmutil_options[KSMUTIL_N_OPTIONS] = {
    [KSMUTIL_ALL] = {"all", 'a', NULL, "all zones, keys, policies or types"},
    [KSMUTIL_AUTO_ACCEPT] = {"auto-accept", 'A', NULL, "key generate does not ask"},
    [KSMUTIL_BITS] = {"bits", 'b', "size", "size of a key"},
    [KSMUTIL_CHECK_REPOSITORY] = {"check-repository",
				  'C',
				  NULL,
				  "the key must lie in its repository; it must in any case"},
    [KSMUTIL_CONFIG] = {"config", 'c', "file", "conf.xml"},
    [KSMUTIL_DS] = {"ds", 'd', NULL, "DS records rather than DNSKEY records"},
    [KSMUTIL_KEYSTATE] = {"keystate", 'e', "state", "keys in this state"},
    [KSMUTIL_NO_RETIRE] = {"no-retire", 'f', NULL, "ds-seen leaves the old key active"},
    [KSMUTIL_FORCE] = {"force", 'F', NULL, "backup done does not ask"},
    [KSMUTIL_ALGORITHM] = {"algorithm", 'g', "algorithm", "number or name of an algorithm"},
    [KSMUTIL_HELP] = {"help", 'h', NULL, "print the usage"},
    [KSMUTIL_INPUT] = {"input", 'i', "path", "where the unsigned zone comes from"},
    [KSMUTIL_IN_TYPE] = {"in-type", 'j', "type", "File or DNS"},
    [KSMUTIL_CKA_ID] = {"cka_id", 'k', "CKA_ID", "a key"},
    [KSMUTIL_NO_NOTIFY] = {"no-notify",
			   'l',
			   NULL,
			   "accepted; the daemon knows at once in any case"},
    [KSMUTIL_NO_XML] = {"no-xml", 'm', NULL, "accepted; zonelist.xml is written in any case"},
    [KSMUTIL_NO_HSM] = {"no-hsm", 'M', NULL, "accepted"},
    [KSMUTIL_INTERVAL] = {"interval", 'n', "interval", "so long are keys to last"},
    [KSMUTIL_OUTPUT] = {"output", 'o', "path", "where the signed zone goes"},
    [KSMUTIL_POLICY] = {"policy", 'p', "policy", "a policy"},
    [KSMUTIL_OUT_TYPE] = {"out-type", 'q', "type", "File or DNS"},
    [KSMUTIL_REPOSITORY] = {"repository", 'r', "repository", "a repository"},
    [KSMUTIL_SIGNERCONF] = {"signerconf", 's', "file", "where the orders to the signer go"},
    [KSMUTIL_KEYTYPE] = {"keytype", 't', "type", "KSK or ZSK"},
    [KSMUTIL_VERBOSE] = {"verbose", 'v', NULL, "print more"},
    [KSMUTIL_VERSION] = {"version", 'V', NULL, "print the version"},
    [KSMUTIL_TIME] = {"time", 'w', "time", "when the key entered its state"},
    [KSMUTIL_KEYTAG] = {"keytag", 'x', "keytag", "a key, by its tag"},
    [KSMUTIL_RETIRE] = {"retire", 'y', "time", "when the key is to be retired"},
    [KSMUTIL_TDEAD] = {"tdead", 'Y', "time", "when a revoked key is to go"},
    [KSMUTIL_ZONE] = {"zone", 'z', "zone", "a zone"},
    [KSMUTIL_ZONETOTAL] = {"zonetotal", 'Z', "number", "for so many zones"},
    [KSMUTIL_RFC5011] = {"rfc5011", '5', NULL, "the key is managed after RFC 5011"},
};

void
ksmutil_clear(Ksmutil *self)
{
	for (guint i = 0; i < KSMUTIL_N_OPTIONS; i++)
		g_clear_pointer(&self->values[i], g_free);
	g_clear_pointer(&self->command, g_free);
	g_clear_pointer(&self->verb, g_free);
}

static gchar *
ksmutil_make_letters(void)
{
	GString *letters = g_string_new(NULL);

	for (guint i = 0; i < KSMUTIL_N_OPTIONS; i++) {
		g_string_append_c(letters, ksmutil_options[i].letter);
		if (ksmutil_options[i].value != NULL)
			g_string_append_c(letters, ':');
	}
	return g_string_free(letters, FALSE);
}

/* "---cka_id", as the wiki's page on key management has it */
static gchar **
ksmutil_dup_argv(Ksmutil *self, const gchar *const *argv)
{
	g_autoptr(GStrvBuilder) builder = g_strv_builder_new();

	g_strv_builder_add(builder, self->cli->name);
	for (argv++; *argv != NULL; argv++)
		g_strv_builder_add(builder, *argv + (g_str_has_prefix(*argv, "---") ? 1 : 0));
	return g_strv_builder_end(builder);
}

static void
ksmutil_set(Ksmutil *self, gint letter, const gchar *value)
{
	for (guint i = 0; i < KSMUTIL_N_OPTIONS; i++) {
		if (ksmutil_options[i].letter != letter)
			continue;
		g_free(self->values[i]);
		self->values[i] = g_strdup(value != NULL ? value : "");
	}
}

/* one dot at the end is no part of a name, unless it is all of it */
static void
ksmutil_trim_zone(Ksmutil *self)
{
	gchar *zone = self->values[KSMUTIL_ZONE];
	gsize length = zone != NULL ? strlen(zone) : 0;

	if (length > 1 && zone[length - 1] == '.')
		zone[length - 1] = '\0';
}

gboolean
ksmutil_parse(Ksmutil *self, const gchar *const *argv)
{
	struct option longs[KSMUTIL_N_OPTIONS + 1] = {{NULL}};
	g_autofree gchar *letters = ksmutil_make_letters();
	g_auto(GStrv) owned = ksmutil_dup_argv(self, argv);
	gint argc = (gint)g_strv_length(owned);
	/* getopt_long() reorders, and g_strfreev() wants to see every one again */
	g_autofree gchar **words = g_memdup2(owned, sizeof(gchar *) * (gsize)(argc + 1));
	gint letter;

	for (guint i = 0; i < KSMUTIL_N_OPTIONS; i++) {
		longs[i].name = ksmutil_options[i].name;
		longs[i].has_arg =
		    ksmutil_options[i].value != NULL ? required_argument : no_argument;
		longs[i].val = ksmutil_options[i].letter;
	}
	/* 0: begin again, which a second call in one process needs */
	optind = 0;
	while ((letter = getopt_long(argc, words, letters, longs, NULL)) != -1) {
		if (letter == '?') {
			ksmutil_print_usage(self->cli->err, NULL);
			return FALSE;
		}
		ksmutil_set(self, letter, optarg);
	}
	ksmutil_trim_zone(self);
	if (optind < argc)
		self->command = g_strdup(words[optind]);
	if (optind + 1 < argc)
		self->verb = g_strdup(words[optind + 1]);
	return TRUE;
}
