/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "kasper-algorithm.h"
#include "kasper-error.h"
#include "kasper-time.h"
#include "ksmutil-row.h"

/* --- import --- */

static const struct {
	KsmutilOptionId id;
	const gchar *complaint;
} ksmutil_import_needs[] = {
    {KSMUTIL_CKA_ID, "Error: please specify a CKA_ID with the --cka_id <CKA_ID>"},
    {KSMUTIL_REPOSITORY, "Error: please specify a repository with the --repository <repository>"},
    {KSMUTIL_ZONE, "Error: please specify a zone with the --zone <zone>"},
    {KSMUTIL_BITS, "Error: please specify the number of bits with the --bits <size>"},
    {KSMUTIL_ALGORITHM, "Error: please specify the algorithm with the --algorithm <algorithm>"},
    {KSMUTIL_KEYSTATE, "Error: please specify the state with the --keystate <state>"},
    {KSMUTIL_KEYTYPE, "Error: please specify a keytype, KSK or ZSK, with the --keytype <type>"},
    {KSMUTIL_TIME,
     "Error: please specify the time of when the key entered the given state with the --time "
     "<time>"},
};

typedef struct {
	guint algorithm;
	guint bits;
	const gchar *state;
	const gchar *type;
	gint64 time;
} KsmutilImport;

static gboolean
ksmutil_import_parse_key(Ksmutil *self, KsmutilImport *import)
{
	const gchar *algorithm = ksmutil_get(self, KSMUTIL_ALGORITHM);
	const gchar *bits = ksmutil_get(self, KSMUTIL_BITS);
	gint64 number;

	if (g_ascii_string_to_signed(algorithm, 10, 0, 255, &number, NULL))
		import->algorithm = kasper_algorithm_is_known((guint)number) ? (guint)number : 0;
	else
		import->algorithm = kasper_algorithm_from_string(algorithm);
	if (import->algorithm == 0) {
		ksmutil_say(self,
			    "Error: Key algorithm %s not supported; try one of RSASHA256 or "
			    "ECDSAP256SHA256",
			    algorithm);
		return FALSE;
	}
	if (!g_ascii_string_to_signed(bits, 10, 0, 65536, &number, NULL)) {
		ksmutil_say(self, "Error: Bits \"%s\"; should be numeric only", bits);
		return FALSE;
	}
	import->bits = (guint)number;
	return TRUE;
}

static gboolean
ksmutil_import_parse_state(Ksmutil *self, KsmutilImport *import)
{
	static const gchar *const states[] =
	    {"generate", "publish", "ready", "active", "retire", NULL};
	const gchar *time = ksmutil_get(self, KSMUTIL_TIME);
	g_autofree gchar *converted = NULL;

	import->state = ksmutil_parse_keystate(ksmutil_get(self, KSMUTIL_KEYSTATE));
	if (import->state == NULL || !g_strv_contains(states, import->state)) {
		ksmutil_say(
		    self,
		    "Error: Unrecognised state %s; should be one of GENERATE, PUBLISH, READY, "
		    "ACTIVE or RETIRE",
		    ksmutil_get(self, KSMUTIL_KEYSTATE));
		return FALSE;
	}
	import->type = ksmutil_parse_keytype(ksmutil_get(self, KSMUTIL_KEYTYPE));
	if (import->type == NULL) {
		ksmutil_refuse_keytype(self);
		return FALSE;
	}
	if (!ksmutil_time_parse(time, &import->time)) {
		ksmutil_say(self, "Error: unable to convert \"%s\" into a date", time);
		return FALSE;
	}
	converted = ksmutil_time_to_text(import->time);
	ksmutil_say(self, "Converted time is %s", converted);
	return TRUE;
}

static gint
ksmutil_import_fail(Ksmutil *self, GError *error)
{
	g_autoptr(GError) owned = error;

	if (!g_error_matches(owned, KASPER_ERROR, KASPER_ERROR_EXISTS))
		return ksmutil_fail(self, g_steal_pointer(&owned));
	ksmutil_say(self,
		    "Error: key with CKA_ID \"%s\" already exists in database",
		    ksmutil_get(self, KSMUTIL_CKA_ID));
	return 1;
}

gint
ksmutil_key_import(Ksmutil *self)
{
	GError *error = NULL;
	g_autoptr(GVariant) key = NULL;
	KsmutilImport import = {0};

	for (guint i = 0; i < G_N_ELEMENTS(ksmutil_import_needs); i++)
		if (!ksmutil_has(self, ksmutil_import_needs[i].id))
			return ksmutil_misuse(self, 1, "%s", ksmutil_import_needs[i].complaint);
	if (!ksmutil_import_parse_key(self, &import) || !ksmutil_import_parse_state(self, &import))
		return 1;
	/* a policy's lifetime would move it */
	if (ksmutil_has(self, KSMUTIL_RETIRE)) {
		ksmutil_say(
		    self,
		    "Error: --retire: a key retires at the end of its policy's lifetime, or "
		    "when it is rolled");
		return 1;
	}
	if (!ksmutil_open(self))
		return 1;
	key = g_variant_ref_sink(g_variant_new_parsed(
	    "{'cka_id': <%s>, 'repository': <%s>, 'algorithm': <%u>, 'bits': <%u>,"
	    " 'keytype': <%s>, 'keystate': <%s>, 'time': <%x>}",
	    ksmutil_get(self, KSMUTIL_CKA_ID),
	    ksmutil_get(self, KSMUTIL_REPOSITORY),
	    import.algorithm,
	    import.bits,
	    import.type,
	    import.state,
	    import.time));
	if (!kasper_client_key_import(self->cli->client,
				      ksmutil_get(self, KSMUTIL_ZONE),
				      key,
				      NULL,
				      &error))
		return ksmutil_import_fail(self, error);
	ksmutil_say(self, "Key imported into zone(s)");
	return 0;
}

/* --- purge --- */

static GVariant *
ksmutil_purge_list(Ksmutil *self, GError **error)
{
	const gchar *zone = ksmutil_get(self, KSMUTIL_ZONE);
	const gchar *policy = ksmutil_get(self, KSMUTIL_POLICY);
	GVariant *filter = g_variant_new_parsed("{'keystate': <'dead'>, 'all': <true>, %s: <%s>}",
						zone != NULL ? "zone" : "policy",
						zone != NULL ? zone : policy);

	return kasper_client_list_keys(self->cli->client, filter, NULL, error);
}

gint
ksmutil_key_purge(Ksmutil *self)
{
	GError *error = NULL;
	const gchar *zone = ksmutil_get(self, KSMUTIL_ZONE);
	const gchar *policy = ksmutil_get(self, KSMUTIL_POLICY);
	g_autoptr(GVariant) rows = NULL;
	gint64 n_keys;

	if ((zone != NULL) == (policy != NULL))
		return ksmutil_misuse(self,
				      KSMUTIL_MISUSE,
				      "Please provide either a zone OR a policy to key purge");
	if (!ksmutil_open(self))
		return 1;
	rows = ksmutil_purge_list(self, &error);
	if (rows == NULL)
		return ksmutil_fail(self, error);
	n_keys = kasper_client_key_purge(self->cli->client, zone, policy, NULL, &error);
	if (n_keys < 0)
		return ksmutil_fail(self, error);
	if (n_keys == 0)
		ksmutil_say(self, "No keys to purge.");
	for (gsize i = 0; n_keys > 0 && i < g_variant_n_children(rows); i++) {
		g_autoptr(GVariant) fields = g_variant_get_child_value(rows, i);
		KsmutilRow row;

		ksmutil_row_read(&row, fields);
		ksmutil_say(self, "Key remove successful: %s", row.id);
	}
	return 0;
}

gint
ksmutil_key_delete(Ksmutil *self)
{
	if (!ksmutil_has(self, KSMUTIL_CKA_ID))
		return ksmutil_misuse(self,
				      KSMUTIL_MISUSE,
				      "Please provide a CKA_ID for the key to delete");
	cli_complain(
	    self->cli,
	    "key delete: a key that the world may still need is not deleted; one that is dead "
	    "goes with: ods-ksmutil key purge --zone ZONE");
	return 1;
}

/* --- generate --- */

typedef struct {
	guint n_keys[2]; /* KSKs (and CSKs), ZSKs */
	guint bits[2];
} KsmutilGenerate;

static void
ksmutil_generate_count(Ksmutil *self, KsmutilGenerate *generate, GVariant *result)
{
	g_autoptr(GVariant) rows = g_variant_lookup_value(result, "rows", G_VARIANT_TYPE("aa{sv}"));

	for (gsize i = 0; rows != NULL && i < g_variant_n_children(rows); i++) {
		g_autoptr(GVariant) row = g_variant_get_child_value(rows, i);
		const gchar *keytype = "";
		guint count = 0;
		guint place;

		g_variant_lookup(row, "keytype", "&s", &keytype);
		g_variant_lookup(row, "count", "u", &count);
		place = strcmp(keytype, "ZSK") == 0 ? 1 : 0;
		generate->n_keys[place] += count;
		g_variant_lookup(row, "bits", "u", &generate->bits[place]);
		ksmutil_say(self,
			    "%u new %s(s) (%u bits) need to be created for policy %s.",
			    count,
			    keytype,
			    generate->bits[place],
			    ksmutil_get(self, KSMUTIL_POLICY));
	}
}

static gint
ksmutil_generate_fail(Ksmutil *self, GError *error)
{
	g_autoptr(GError) owned = error;

	if (!g_error_matches(owned, KASPER_ERROR, KASPER_ERROR_NOT_FOUND))
		return ksmutil_fail(self, g_steal_pointer(&owned));
	ksmutil_say(self,
		    "Error: policy %s doesn't exist in database",
		    ksmutil_get(self, KSMUTIL_POLICY));
	return 1;
}

static gboolean
ksmutil_generate_confirm(Ksmutil *self, const KsmutilGenerate *generate)
{
	ksmutil_say(self,
		    "*WARNING* This will create %u KSKs (%u bits) and %u ZSKs (%u bits)",
		    generate->n_keys[0],
		    generate->bits[0],
		    generate->n_keys[1],
		    generate->bits[1]);
	return ksmutil_has(self, KSMUTIL_AUTO_ACCEPT) ||
	       ksmutil_ask(self, "Are you sure? [y/N] \n");
}

/* asks what would be made, then has it made */
static gint
ksmutil_generate(Ksmutil *self, KasperSpan span)
{
	GError *error = NULL;
	const gchar *policy = ksmutil_get(self, KSMUTIL_POLICY);
	KasperClient *client = self->cli->client;
	g_autoptr(GVariant) planned =
	    kasper_client_key_generate(client, policy, span, TRUE, NULL, &error);
	g_autoptr(GVariant) result = NULL;
	KsmutilGenerate generate = {{0}};

	if (planned == NULL)
		return ksmutil_generate_fail(self, error);
	ksmutil_generate_count(self, &generate, planned);
	if (generate.n_keys[0] + generate.n_keys[1] == 0) {
		ksmutil_say(self, "No keys need to be created, quitting...\nall done!");
		return 0;
	}
	if (!ksmutil_generate_confirm(self, &generate))
		return 0;
	result = kasper_client_key_generate(client, policy, span, FALSE, NULL, &error);
	if (result == NULL)
		return ksmutil_generate_fail(self, error);
	ksmutil_say(self, "all done!");
	return 0;
}

gint
ksmutil_key_generate(Ksmutil *self)
{
	const gchar *interval = ksmutil_get(self, KSMUTIL_INTERVAL);
	KasperSpan span;

	if (!ksmutil_has(self, KSMUTIL_POLICY))
		return ksmutil_misuse(self,
				      1,
				      "Please provide a policy name with the --policy option");
	if (interval == NULL)
		return ksmutil_misuse(self,
				      1,
				      "Please provide an interval with the --interval option");
	if (!kasper_span_parse(interval, &span, NULL)) {
		ksmutil_say(self,
			    "Error: unable to convert Interval %s to seconds, error: unable to "
			    "translate string.",
			    interval);
		return 1;
	}
	if (ksmutil_has(self, KSMUTIL_ZONETOTAL)) {
		ksmutil_say(
		    self,
		    "Error: --zonetotal: keys are made for the zones that there are; add the "
		    "zones first");
		return 1;
	}
	return ksmutil_open(self) ? ksmutil_generate(self, span) : 1;
}
