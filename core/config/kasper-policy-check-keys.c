/* SPDX-License-Identifier: BSD-2-Clause */

/* can such keys be made, and do they fit together? */

#include "kasper-check-private.h"

#define MIN_RSA_BITS  1024u
#define WISE_RSA_BITS 2048u
#define MAX_RSA_BITS  4096u

/* RFC 5155, section 2: older algorithms promise nothing about NSEC3 */
#define LAST_WITHOUT_NSEC3 5

typedef struct {
	const KasperPolicyCheck *check;
	const xmlNode *node; /* the KSK, ZSK or CSK element */
	const KasperDemand *demand;
	const gchar *repository;
} KasperKeyCheck;

#define SAY(self, level, path, ...)                                                                \
	kasper_policy_check_say((self)->check,                                                     \
				KASPER_FINDING_##level,                                            \
				(self)->node,                                                      \
				(path),                                                            \
				__VA_ARGS__)

static void
kasper_key_check_algorithm(const KasperKeyCheck *self)
{
	guint algorithm = self->demand->algorithm;

	if (!kasper_algorithm_is_known(algorithm))
		SAY(self,
		    ERROR,
		    "Algorithm",
		    "Kasper cannot make keys of algorithm %u; use 13 (ECDSAP256SHA256), or one of "
		    "5, 7, 8, 10, 14, 15 and 16",
		    algorithm);
	else if (algorithm == KASPER_ALGORITHM_RSASHA1 ||
		 algorithm == KASPER_ALGORITHM_RSASHA1_NSEC3)
		SAY(self,
		    WARNING,
		    "Algorithm",
		    "%s rests on SHA-1, and more and more validators treat such zones as unsigned; "
		    "change to 13 (ECDSAP256SHA256)",
		    kasper_algorithm_to_string(algorithm));
	if (self->check->policy->nsec3 && algorithm <= LAST_WITHOUT_NSEC3)
		SAY(self,
		    ERROR,
		    "Algorithm",
		    "algorithm %u cannot be used with NSEC3; use 13 (ECDSAP256SHA256), or <NSEC/>",
		    algorithm);
}

static void
kasper_key_check_rsa(const KasperKeyCheck *self)
{
	guint bits = self->demand->bits;

	if (bits < MIN_RSA_BITS || bits > MAX_RSA_BITS)
		SAY(self,
		    ERROR,
		    "Algorithm",
		    "an RSA key of %u bits cannot be made; write %u to %u",
		    bits,
		    WISE_RSA_BITS,
		    MAX_RSA_BITS);
	else if (bits % 8 != 0)
		SAY(self,
		    ERROR,
		    "Algorithm",
		    "%u is no size of a key; write a multiple of 8, such as %u",
		    bits,
		    WISE_RSA_BITS);
	else if (bits < WISE_RSA_BITS)
		SAY(self,
		    WARNING,
		    "Algorithm",
		    "an RSA key of %u bits is weak; use %u or more, or algorithm 13 "
		    "(ECDSAP256SHA256)",
		    bits,
		    WISE_RSA_BITS);
}

static void
kasper_key_check_bits(const KasperKeyCheck *self)
{
	guint algorithm = self->demand->algorithm;
	g_autofree gchar *said =
	    kasper_xml_dup_attribute(kasper_xml_first(self->node, "Algorithm"), "length");

	if (!kasper_algorithm_is_known(algorithm))
		return;
	if (kasper_algorithm_is_rsa(algorithm)) {
		kasper_key_check_rsa(self);
		if (said == NULL)
			SAY(self,
			    INFO,
			    "Algorithm",
			    "the attribute length is not there, so keys have %u bits",
			    self->demand->bits);
	} else if (said != NULL && g_ascii_strtoull(said, NULL, 10) != self->demand->bits) {
		SAY(self,
		    INFO,
		    "Algorithm",
		    "%s has keys of %u bits, whatever the attribute length says; it can be removed",
		    kasper_algorithm_to_string(algorithm),
		    self->demand->bits);
	}
}

static gboolean
kasper_key_check_has_signerd(KasperConfig *config)
{
	GPtrArray *plugins = kasper_config_get_plugins(config);

	for (guint i = 0; i < plugins->len; i++) {
		const KasperPluginConfig *plugin = g_ptr_array_index(plugins, i);

		if (plugin->enabled && g_strcmp0(plugin->module, "signer-opendnssec") == 0)
			return TRUE;
	}
	return FALSE;
}

/* the signer makes the DNSKEY record out of what it finds on the token; of an RSA key the private
 * object has all that it needs */
static void
kasper_key_check_public(const KasperKeyCheck *self, const KasperRepositoryConfig *repository)
{
	guint algorithm = self->demand->algorithm;

	if (repository->skip_public_key && !kasper_algorithm_is_rsa(algorithm) &&
	    kasper_algorithm_is_known(algorithm) &&
	    kasper_key_check_has_signerd(self->check->config))
		SAY(self,
		    WARNING,
		    "Repository",
		    "ods-signerd cannot sign with %s keys of repository %s: it needs their public "
		    "keys on the token, and <SkipPublicKey/> keeps them off; remove that element "
		    "before keys are made",
		    kasper_algorithm_to_string(algorithm),
		    repository->name);
}

static void
kasper_key_check_repository(const KasperKeyCheck *self)
{
	KasperConfig *config = self->check->config;
	const KasperRepositoryConfig *repository =
	    kasper_config_find_repository(config, self->repository);
	g_autofree gchar *shown = NULL;

	if (config->has_no_conf)
		return;
	if (repository != NULL) {
		kasper_key_check_public(self, repository);
		return;
	}
	shown = kasper_findings_quote(self->repository);
	SAY(self,
	    ERROR,
	    "Repository",
	    "repository %s is not in %s; correct the name, or add the repository there",
	    shown,
	    config->path);
}

/* two elements that ask for the same key cannot be told apart when keys are looked for */
static void
kasper_key_check_twin(const KasperKeyCheck *self)
{
	const KasperPolicyConfig *policy = self->check->policy;

	for (guint i = 0; &policy->values.demands[i] != self->demand; i++) {
		const KasperDemand *other = &policy->values.demands[i];

		if (other->roles == self->demand->roles &&
		    other->algorithm == self->demand->algorithm &&
		    other->bits == self->demand->bits &&
		    g_strcmp0(policy->demand_repositories[i], self->repository) == 0)
			SAY(self,
			    WARNING,
			    "Algorithm",
			    "two <%s> ask for the same: algorithm, length and repository; zones "
			    "get two such keys "
			    "that are in use: remove one (for a spare key there is <Standby>)",
			    self->node->name);
	}
}

/* who trusts the key itself learns of its successor only after a month (RFC 5011, section 2.4) */
static void
kasper_key_check_rfc5011(const KasperKeyCheck *self)
{
	if (self->demand->rfc5011)
		SAY(self,
		    WARNING,
		    "RFC5011",
		    "rollovers wait for resolvers that follow the DS, and for none that trusts "
		    "this "
		    "key by RFC 5011; if there are such resolvers, add <ManualRollover/>, and do "
		    "not "
		    "withdraw a key before they know the next one");
}

/* every algorithm that signs keys must sign data, and the other way round (RFC 4035, 2.2) */
static void
kasper_keys_check_algorithms(const KasperPolicyCheck *self)
{
	const KasperPolicy *values = &self->policy->values;
	guint32 key[8] = {0}, zone[8] = {0};

	for (guint i = 0; i < values->n_demands; i++) {
		guint word = values->demands[i].algorithm / 32u;
		guint32 bit = 1u << values->demands[i].algorithm % 32u;

		if ((values->demands[i].roles & KASPER_ROLE_KEY) != 0)
			key[word] |= bit;
		if ((values->demands[i].roles & KASPER_ROLE_ZONE) != 0)
			zone[word] |= bit;
	}
	for (guint i = 0; i < 256; i++) {
		gboolean signs_keys = (key[i / 32] >> i % 32 & 1) != 0;
		gboolean signs_zone = (zone[i / 32] >> i % 32 & 1) != 0;

		if (signs_keys != signs_zone)
			kasper_policy_check_say(self,
						KASPER_FINDING_ERROR,
						self->node,
						"Keys",
						"there is a %s with algorithm %u and no %s; each "
						"algorithm needs both, or a CSK",
						signs_keys ? "KSK" : "ZSK",
						i,
						signs_keys ? "ZSK" : "KSK");
	}
}

static void
kasper_keys_check_present(const KasperPolicyCheck *self)
{
	const KasperPolicy *values = &self->policy->values;

	if (values->n_demands == 0 && !values->passthrough)
		kasper_policy_check_say(self,
					KASPER_FINDING_ERROR,
					self->node,
					"Keys",
					"there is no <KSK>, <ZSK> or <CSK>; add keys, or say "
					"<Passthrough/> if the zones are to be unsigned");
	else if (values->n_demands > 0 && values->passthrough)
		kasper_policy_check_say(self,
					KASPER_FINDING_INFO,
					self->node,
					"Passthrough",
					"the zones are unsigned, whatever keys the policy has");
}

void
kasper_policy_check_keys(const KasperPolicyCheck *self)
{
	const xmlNode *keys = kasper_xml_first(self->node, "Keys");
	guint place = 0;

	kasper_keys_check_present(self);
	kasper_keys_check_algorithms(self);
	for (gsize i = 0; i < G_N_ELEMENTS(kasper_key_elements); i++) {
		const gchar *name = kasper_key_elements[i].element;

		for (const xmlNode *n = kasper_xml_first(keys, name);
		     n != NULL && place < self->policy->values.n_demands;
		     n = kasper_xml_next(n, name), place++) {
			KasperKeyCheck key = {self,
					      n,
					      &self->policy->values.demands[place],
					      self->policy->demand_repositories[place]};

			kasper_key_check_algorithm(&key);
			kasper_key_check_bits(&key);
			kasper_key_check_repository(&key);
			kasper_key_check_twin(&key);
			kasper_key_check_rfc5011(&key);
		}
	}
}
