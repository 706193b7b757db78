/* SPDX-License-Identifier: BSD-2-Clause */
#include "command-private.h"

static gboolean
cli_key_check_named(const CliArgs *args, GError **error)
{
	if (cli_args_get_text(args, "cka_id") != NULL || cli_args_get_text(args, "keytag") != NULL)
		return TRUE;
	g_set_error(error,
		    KASPER_ERROR,
		    KASPER_ERROR_INVALID,
		    "which key? --cka_id CKA_ID or --keytag TAG is needed");
	return FALSE;
}

static gboolean
cli_key_check_scope(const CliArgs *args, GError **error)
{
	return cli_args_check_one_of(args, "zone", "policy", error);
}

gboolean
cli_args_check_one_of(const CliArgs *args, const gchar *one, const gchar *other, GError **error)
{
	if ((cli_args_get_text(args, one) != NULL) != (cli_args_get_text(args, other) != NULL))
		return TRUE;
	g_set_error(error,
		    KASPER_ERROR,
		    KASPER_ERROR_INVALID,
		    "either --%s or --%s is needed",
		    one,
		    other);
	return FALSE;
}

static const CliOption cli_key_list_options[] = {
    CLI_OPTION_ZONE("those of this zone"),
    CLI_OPTION_POLICY("those of zones on this policy"),
    CLI_OPTION_KEYTYPE("those of this type"),
    CLI_OPTION_KEYSTATE("those in this state"),
    {"all", 'a', CLI_OPTION_FLAG, NULL, "dead ones, too"},
    {"verbose", 'v', CLI_OPTION_FLAG, NULL, "sizes, identities, repositories and backups, too"},
    CLI_OPTION_END,
};

static const CliOption cli_key_show_options[] = {
    CLI_OPTION_ZONE("the zone; needed if the key has several"),
    CLI_OPTION_CKA_ID("the key"),
    CLI_OPTION_KEYTAG("the key, by its tag"),
    CLI_OPTION_END,
};

static const CliOption cli_key_export_options[] = {
    CLI_OPTION_ZONE("this zone; without it: all"),
    {"all", 'a', CLI_OPTION_FLAG, NULL, "all zones, as if no zone were given"},
    CLI_OPTION_KEYSTATE("those in this state; without it: ready and active ones"),
    CLI_OPTION_KEYTYPE("those of this type; without it: KSKs and CSKs"),
    {"ds", 'd', CLI_OPTION_FLAG, NULL, "DS records rather than DNSKEY records"},
    CLI_OPTION_END,
};

static const CliOption cli_key_generate_options[] = {
    CLI_OPTION_POLICY("for this policy"),
    {"all", 'a', CLI_OPTION_FLAG, NULL, "or for all of them"},
    {"interval",
     'i',
     CLI_OPTION_TEXT,
     "DURATION",
     "so long are they to last, P90D; without it: as conf.xml says"},
    CLI_OPTION_DRY_RUN,
    CLI_OPTION_END,
};

static const CliOption cli_key_import_options[] = {
    CLI_OPTION_ZONE_NEEDED("the zone that it is for"),
    {"cka_id", 'k', CLI_OPTION_TEXT, "CKA_ID", "the key in its repository", NULL, TRUE},
    {"repository", 'r', CLI_OPTION_TEXT, "REPOSITORY", "where it lies", NULL, TRUE},
    {"algorithm", 'g', CLI_OPTION_TEXT, "ALGORITHM", "its number or name", NULL, TRUE},
    {"bits", 'b', CLI_OPTION_NUMBER, "BITS", "its size", NULL, FALSE, 16384},
    {"keytype", 't', CLI_OPTION_TEXT, "TYPE", "what it is", "KSK|ZSK|CSK", TRUE},
    {"keystate",
     'e',
     CLI_OPTION_TEXT,
     "STATE",
     "how far the world knows it",
     "generate|publish|ready|active|retire",
     TRUE},
    {"time", 'w', CLI_OPTION_TEXT, "TIME", "since when, 2026-11-24T08:30:00", NULL, TRUE},
    CLI_OPTION_END,
};

static const CliOption cli_key_rollover_options[] = {
    CLI_OPTION_ZONE("of this zone"),
    CLI_OPTION_POLICY("or of all zones on this policy"),
    {"keytype",
     't',
     CLI_OPTION_TEXT,
     "TYPE",
     "which keys; all if it is not given",
     "KSK|ZSK|CSK|all"},
    {"all", 'a', CLI_OPTION_FLAG, NULL, "keys of every type"},
    CLI_OPTION_END,
};

static const CliOption cli_key_named_options[] = {
    CLI_OPTION_ZONE_NEEDED("the zone"),
    CLI_OPTION_CKA_ID("the key"),
    CLI_OPTION_KEYTAG("the key, by its tag"),
    CLI_OPTION_END,
};

static const CliOption cli_key_ds_seen_options[] = {
    CLI_OPTION_ZONE_NEEDED("the zone"),
    CLI_OPTION_CKA_ID("the key"),
    CLI_OPTION_KEYTAG("the key, by its tag"),
    {"no-retire", 'f', CLI_OPTION_FLAG, NULL, "the old DS is still there, so the old key stays"},
    CLI_OPTION_END,
};

static const CliOption cli_key_purge_options[] = {
    CLI_OPTION_ZONE("of this zone"),
    CLI_OPTION_POLICY("or of all zones on this policy"),
    CLI_OPTION_END,
};

const CliCommand cli_commands_key[] = {
    {"key",
     "list",
     "Keys, and what they wait for",
     cli_key_list_options,
     cli_key_list,
     .word = "zone"},
    {"key",
     "show",
     "One key: its records, and its DNSKEY and DS",
     cli_key_show_options,
     cli_key_show,
     .check = cli_key_show_check,
     .word = "cka_id"},
    {"key",
     "export",
     "Public keys as DNSKEY or DS records",
     cli_key_export_options,
     cli_key_export,
     .word = "zone"},
    {"key",
     "generate",
     "Make keys ahead of need",
     cli_key_generate_options,
     cli_key_generate,
     .check = cli_key_generate_check,
     .word = "policy"},
    {"key",
     "import",
     "Take a key that lies in a repository into a zone",
     cli_key_import_options,
     cli_key_import,
     .check = cli_key_import_check},
    {"key",
     "rollover",
     "Replace keys",
     cli_key_rollover_options,
     cli_key_rollover,
     .check = cli_key_check_scope,
     .word = "zone",
     .detail =
	 "The new key is made, published and used in the order and at the pace of the policy.\n"
	 "For a KSK somebody has to bring its DS to the parent: see key export and key ds-seen."},
    {"key",
     "ds-submit",
     "Say that a key's DS was handed to the parent",
     cli_key_named_options,
     cli_key_ds_submit,
     .check = cli_key_check_named},
    {"key",
     "ds-seen",
     "Say that a key's DS is seen in the parent zone",
     cli_key_ds_seen_options,
     cli_key_ds_seen,
     .check = cli_key_check_named},
    {"key",
     "ds-gone",
     "Say that a key's DS is no longer seen in the parent zone",
     cli_key_named_options,
     cli_key_ds_gone,
     .check = cli_key_check_named},
    {"key",
     "ksk-retire",
     "Retire a KSK; without a key: the oldest active one",
     cli_key_named_options,
     cli_key_ksk_retire,
     .detail = "The last active key of a zone is never retired."},
    {"key",
     "purge",
     "Destroy dead keys, without waiting for the policy's Purge",
     cli_key_purge_options,
     cli_key_purge,
     .check = cli_key_check_scope,
     .detail = "With a policy, also keys of zones that were deleted; but not within 30 days if\n"
	       "a DS of theirs may be at the parent."},
    {NULL, NULL},
};
