/* SPDX-License-Identifier: BSD-2-Clause */

/* files as OpenDNSSEC 1.4 and 2.1 have them, and as only Kasper has them: every element arrives */

#include "config-fixture.h"
#include "kasper-algorithm.h"

#include <string.h>

#define DAY KASPER_SPAN_DAY

static KasperPluginConfig *
find_plugin(ConfigFixture *fixture, const gchar *name)
{
	GPtrArray *plugins = kasper_config_get_plugins(fixture->config);

	for (guint i = 0; i < plugins->len; i++) {
		KasperPluginConfig *plugin = g_ptr_array_index(plugins, i);

		if (strcmp(plugin->name, name) == 0)
			return plugin;
	}
	return NULL;
}

static const gchar *
find_setting(GHashTable *settings, const gchar *name)
{
	return g_hash_table_lookup(settings, name);
}

static void
assert_place(ConfigFixture *fixture, const gchar *path, const gchar *name)
{
	g_autofree gchar *wanted = config_fixture_path(fixture, name);

	g_assert_cmpstr(path, ==, wanted);
}

static void
load(ConfigFixture *fixture, const gchar *set)
{
	config_fixture_set_up(fixture, set);
	config_fixture_load(fixture);
	config_fixture_assert_loaded(fixture);
}

static void
test_conf_1_4(void)
{
	ConfigFixture fixture = {0};
	const KasperRepositoryConfig *other;
	const KasperPluginConfig *plugin;
	KasperConfig *config;

	load(&fixture, "1.4");
	config = fixture.config;
	g_assert_cmpstr(kasper_config_get_path(config), ==, fixture.conf);
	assert_place(&fixture, kasper_config_get_policy_file(config), "kasp.xml");
	assert_place(&fixture, kasper_config_get_zone_list_file(config), "zonelist.xml");
	assert_place(&fixture, kasper_config_get_pid_file(config), "enforcerd.pid");
	assert_place(&fixture, kasper_config_get_signer_working_directory(config), "tmp");
	g_assert_true(g_str_has_suffix(kasper_config_get_store_file(config), "/kasper.db"));
	g_assert_cmpstr(kasper_config_get_socket_file(config), ==, "/run/kasper/kasper.sock");
	g_assert_cmpstr(kasper_config_get_user(config), ==, "root");
	g_assert_cmpstr(kasper_config_get_group(config), ==, "root");
	g_assert_cmpstr(kasper_config_get_syslog_facility(config), ==, "local0");
	g_assert_cmpuint(kasper_config_get_verbosity(config), ==, 5);
	g_assert_true(kasper_config_get_manual_generation(config));
	g_assert_cmpint(kasper_config_get_generation_period(config), ==, 365 * DAY);
	g_assert_cmpint(kasper_config_get_rollover_notification(config), ==, 14 * DAY);
	g_assert_true(
	    g_str_has_suffix(kasper_config_get_ds_submit_command(config), "/submit --cka_id"));
	g_assert_null(kasper_config_get_ds_retract_command(config));
	g_assert_null(kasper_config_get_plugin_folders(config)[0]);

	g_assert_cmpuint(kasper_config_get_repositories(config)->len, ==, 2);
	other = kasper_config_find_repository(config, "other");
	g_assert_cmpstr(other->plugin, ==, "hsm-pkcs11");
	assert_place(&fixture, other->module, "libsofthsm.so");
	g_assert_cmpstr(other->token_label, ==, "other token");
	g_assert_cmpstr(other->pin, ==, "test:1234");
	g_assert_cmpint(other->capacity, ==, 1000);
	g_assert_true(other->require_backup);
	g_assert_true(other->skip_public_key);
	g_assert_true(other->allow_extraction);
	g_assert_cmpint(other->line,
			==,
			config_fixture_find_line(&fixture, "conf.xml", "\"other\""));
	g_assert_cmpstr(find_setting(other->settings, "module-path"), ==, other->module);
	g_assert_cmpstr(find_setting(other->settings, "token-label"), ==, "other token");
	g_assert_cmpstr(find_setting(other->settings, "pin"), ==, "test:1234");
	g_assert_cmpstr(find_setting(other->settings, "capacity"), ==, "1000");
	g_assert_cmpstr(find_setting(other->settings, "skip-public-key"), ==, "true");
	g_assert_cmpstr(find_setting(other->settings, "allow-extraction"), ==, "true");
	other = kasper_config_find_repository(config, "SoftHSM");
	g_assert_cmpint(other->capacity, ==, -1);
	g_assert_false(other->require_backup);
	g_assert_cmpstr(find_setting(other->settings, "capacity"), ==, "-1");
	g_assert_cmpstr(find_setting(other->settings, "allow-extraction"), ==, "false");
	g_assert_null(kasper_config_find_repository(config, "absent"));

	/* the built-in ones */
	g_assert_cmpuint(kasper_config_get_plugins(config)->len, ==, 4);
	plugin = find_plugin(&fixture, "notify-syslog");
	g_assert_cmpstr(plugin->kind, ==, "notifier");
	g_assert_true(plugin->enabled);
	g_assert_false(plugin->critical);
	g_assert_cmpstr(find_setting(plugin->settings, "facility"), ==, "local0");
	plugin = find_plugin(&fixture, "ds-command");
	g_assert_cmpstr(find_setting(plugin->settings, "submit-command"),
			==,
			kasper_config_get_ds_submit_command(config));
	g_assert_null(find_setting(plugin->settings, "mode"));
	g_assert_nonnull(find_plugin(&fixture, "backup-manual"));
	g_assert_nonnull(find_plugin(&fixture, "signer-opendnssec"));
	config_fixture_tear_down(&fixture);
}

static void
test_kasp_1_4(void)
{
	ConfigFixture fixture = {0};
	const KasperPolicyConfig *policy;
	const KasperPolicy *values;

	load(&fixture, "1.4");
	g_assert_cmpuint(kasper_config_get_policies(fixture.config)->len, ==, 2);
	policy = kasper_config_find_policy(fixture.config, "default");
	values = &policy->values;
	g_assert_cmpint(policy->line, ==, 4);
	g_assert_cmpstr(policy->description, ==, "what everybody has");
	g_assert_cmpint(values->resign, ==, 7200);
	g_assert_cmpint(values->refresh, ==, 3 * DAY);
	g_assert_cmpint(values->validity, ==, 7 * DAY);
	g_assert_cmpint(values->validity_denial, ==, 7 * DAY);
	g_assert_cmpint(values->validity_keyset, ==, 7 * DAY);
	g_assert_false(policy->has_keyset_validity);
	g_assert_cmpint(values->jitter, ==, 43200);
	g_assert_cmpint(policy->inception_offset, ==, 3600);
	g_assert_cmpint(values->max_zone_ttl, ==, DAY);
	g_assert_false(policy->has_max_zone_ttl);
	g_assert_true(policy->nsec3);
	g_assert_true(policy->nsec3_opt_out);
	g_assert_cmpint(policy->nsec3_ttl, ==, 0);
	g_assert_cmpint(policy->nsec3_resalt, ==, 100 * DAY);
	g_assert_cmpuint(policy->nsec3_algorithm, ==, 1);
	g_assert_cmpuint(policy->nsec3_iterations, ==, 5);
	g_assert_cmpuint(policy->nsec3_salt_length, ==, 8);
	g_assert_cmpint(values->dnskey_ttl, ==, 3600);
	g_assert_cmpint(values->retire_safety, ==, 3600);
	g_assert_cmpint(values->publish_safety, ==, 3600);
	g_assert_true(values->share_keys);
	g_assert_cmpint(values->purge, ==, 14 * DAY);
	g_assert_cmpint(values->zone_propagation, ==, 9999);
	g_assert_cmpint(policy->soa_ttl, ==, 3600);
	g_assert_cmpint(policy->soa_minimum, ==, 1800);
	g_assert_cmpstr(policy->soa_serial, ==, "datecounter");
	g_assert_cmpint(values->dnskey_negative, ==, 1800);
	g_assert_cmpint(values->parent_propagation, ==, 9999);
	g_assert_cmpint(values->ds_ttl, ==, 3600);
	g_assert_cmpint(values->ds_negative, ==, 10800);
	g_assert_cmpint(values->registration_delay, ==, 0);
	g_assert_false(values->passthrough);
	/* what 1.4 does not know */
	g_assert_cmpint(values->level, ==, KASPER_LEVEL_STRICT);
	g_assert_cmpint(values->parent_model, ==, KASPER_PARENT_ADD_FIRST);
	g_assert_cmpint(values->ds_evidence, ==, KASPER_EVIDENCE_OPERATOR);
	g_assert_cmpuint(values->digests, ==, 1u << KASPER_DIGEST_SHA256);
	g_assert_false(values->backup_holds_dnskey);
	g_assert_cmpint(values->signer_delay, ==, 0);

	g_assert_cmpuint(values->n_demands, ==, 2);
	g_assert_cmpuint(values->demands[0].roles, ==, KASPER_ROLE_KSK);
	g_assert_cmpuint(values->demands[0].algorithm, ==, 8);
	g_assert_cmpuint(values->demands[0].bits, ==, 2048);
	g_assert_cmpint(values->demands[0].lifetime, ==, 365 * DAY);
	g_assert_cmpuint(values->demands[0].standby, ==, 1);
	g_assert_cmpuint(values->demands[0].gates, ==, KASPER_GATE_DS);
	g_assert_true(values->demands[0].manual_rollover);
	g_assert_false(values->demands[0].manual_switch);
	g_assert_false(values->demands[0].rfc5011);
	g_assert_cmpstr(policy->demand_repositories[0], ==, "SoftHSM");
	g_assert_cmpuint(values->demands[1].roles, ==, KASPER_ROLE_ZSK);
	g_assert_cmpuint(values->demands[1].bits, ==, 1024);
	g_assert_cmpuint(values->demands[1].gates, ==, KASPER_GATE_SIG);
	g_assert_cmpstr(policy->demand_repositories[1], ==, "other");

	policy = kasper_config_find_policy(fixture.config, "lab");
	g_assert_cmpuint(policy->values.demands[0].bits, ==, 2048);
	g_assert_false(policy->values.demands[0].manual_rollover);
	g_assert_cmpint(policy->values.purge, ==, -1);
	g_assert_false(policy->values.share_keys);
	g_assert_false(policy->nsec3);
	config_fixture_tear_down(&fixture);
}

static void
test_zone_list_1_4(void)
{
	ConfigFixture fixture = {0};
	const KasperZoneConfig *zone;

	load(&fixture, "1.4");
	g_assert_cmpuint(kasper_config_get_zones(fixture.config)->len, ==, 2);
	zone = g_ptr_array_index(kasper_config_get_zones(fixture.config), 0);
	g_assert_cmpstr(zone->name, ==, "example.com");
	g_assert_cmpint(zone->line, ==, 4);
	g_assert_cmpstr(zone->policy, ==, "default");
	g_assert_cmpstr(zone->signer_configuration, ==, "/var/opendnssec/signconf/example.com.xml");
	g_assert_cmpstr(zone->input_type, ==, "File");
	g_assert_cmpstr(zone->input, ==, "/var/opendnssec/unsigned/example.com");
	g_assert_cmpstr(zone->output_type, ==, "File");
	g_assert_cmpstr(zone->output, ==, "/var/opendnssec/signed/example.com");
	zone = g_ptr_array_index(kasper_config_get_zones(fixture.config), 1);
	g_assert_cmpstr(zone->name, ==, "example.net");
	g_assert_cmpstr(zone->input_type, ==, "DNS");
	g_assert_cmpstr(zone->input, ==, "/etc/opendnssec/addns.xml");
	g_assert_cmpstr(zone->output_type, ==, "File");
	config_fixture_tear_down(&fixture);
}

static void
test_conf_2_1(void)
{
	ConfigFixture fixture = {0};
	const KasperPluginConfig *plugin;
	KasperConfig *config;

	load(&fixture, "2.1");
	config = fixture.config;
	assert_place(&fixture, kasper_config_get_store_file(config), "kasp.db");
	assert_place(&fixture, kasper_config_get_socket_file(config), "enforcer.sock");
	assert_place(&fixture, kasper_config_get_working_directory(config), "enforcer");
	assert_place(&fixture, kasper_config_get_signer_working_directory(config), "signer");
	assert_place(&fixture, kasper_config_get_ds_submit_command(config), "submit");
	assert_place(&fixture, kasper_config_get_ds_retract_command(config), "retract");
	g_assert_cmpint(kasper_config_get_generation_period(config), ==, 90 * DAY);
	g_assert_false(kasper_config_get_manual_generation(config));
	g_assert_cmpuint(kasper_config_get_verbosity(config), ==, 1);
	plugin = find_plugin(&fixture, "ds-command");
	g_assert_cmpstr(find_setting(plugin->settings, "mode"), ==, "2.1");
	g_assert_cmpstr(find_setting(plugin->settings, "retract-command"),
			==,
			kasper_config_get_ds_retract_command(config));
	plugin = find_plugin(&fixture, "signer-opendnssec");
	assert_place(&fixture, find_setting(plugin->settings, "zones-file"), "enforcer/zones.xml");
	config_fixture_tear_down(&fixture);
}

static void
test_kasp_2_1(void)
{
	ConfigFixture fixture = {0};
	const KasperPolicyConfig *policy;
	const KasperDemand *demands;

	load(&fixture, "2.1");
	policy = kasper_config_find_policy(fixture.config, "default");
	demands = policy->values.demands;
	g_assert_true(policy->has_keyset_validity);
	g_assert_cmpint(policy->values.validity_keyset, ==, 21 * DAY);
	g_assert_true(policy->has_max_zone_ttl);
	g_assert_cmpint(policy->values.registration_delay, ==, DAY + 12 * 3600 + 30 * 60 + 5);
	g_assert_cmpuint(policy->values.n_demands, ==, 3);
	g_assert_cmpuint(demands[0].gates, ==, KASPER_GATE_KEY);
	g_assert_true(demands[0].rfc5011);
	g_assert_cmpuint(demands[1].gates, ==, KASPER_GATE_KEY);
	g_assert_cmpuint(demands[2].roles, ==, KASPER_ROLE_CSK);
	g_assert_cmpuint(demands[2].gates, ==, KASPER_GATE_SIG);
	g_assert_cmpuint(demands[2].bits, ==, 256);
	g_assert_cmpint(demands[2].lifetime, ==, 28 * DAY);
	g_assert_true(demands[2].manual_rollover);
	policy = kasper_config_find_policy(fixture.config, "unsigned");
	g_assert_true(policy->values.passthrough);
	g_assert_cmpuint(policy->values.n_demands, ==, 0);
	g_assert_cmpstr(policy->soa_serial, ==, "keep");
	config_fixture_tear_down(&fixture);
}

static void
test_own_conf(void)
{
	ConfigFixture fixture = {0};
	const KasperRepositoryConfig *repository;
	const KasperPluginConfig *plugin;
	const gchar *const *folders;
	g_autofree gchar *pin_source = NULL;

	load(&fixture, "kasper");
	pin_source = g_strconcat("file:", fixture.folder, "/pin", NULL);
	repository = kasper_config_find_repository(fixture.config, "main");
	g_assert_cmpstr(repository->plugin, ==, "hsm-pkcs11");
	g_assert_cmpstr(repository->backup_guard, ==, "second-token");
	g_assert_null(repository->pin);
	g_assert_cmpstr(find_setting(repository->settings, "pin-source"), ==, pin_source);
	g_assert_cmpstr(find_setting(repository->settings, "session-limit"), ==, "4");
	g_assert_cmpstr(find_setting(repository->settings, "capacity"), ==, "500");
	g_assert_null(find_setting(repository->settings, "pin"));
	/* a plugin of another kind is told only what it asks for */
	repository = kasper_config_find_repository(fixture.config, "memory");
	g_assert_cmpstr(repository->plugin, ==, "keys-memory");
	g_assert_cmpuint(g_hash_table_size(repository->settings), ==, 1);
	g_assert_cmpstr(find_setting(repository->settings, "hollow"), ==, "true");

	folders = kasper_config_get_plugin_folders(fixture.config);
	assert_place(&fixture, folders[0], "plugins");
	assert_place(&fixture, folders[1], "more-plugins");
	g_assert_null(folders[2]);
	/* four of the file, and the built-in notifier */
	g_assert_cmpuint(kasper_config_get_plugins(fixture.config)->len, ==, 5);
	plugin = find_plugin(&fixture, "signer");
	g_assert_cmpstr(plugin->module, ==, "signer-opendnssec");
	g_assert_cmpstr(plugin->kind, ==, "signer");
	g_assert_true(plugin->critical);
	g_assert_cmpint(plugin->deadline, ==, 30);
	g_assert_cmpstr(find_setting(plugin->settings, "notify-command"), ==, "/bin/true");
	assert_place(&fixture, find_setting(plugin->settings, "zones-file"), "enforcer/zones.xml");
	plugin = find_plugin(&fixture, "ds");
	g_assert_false(plugin->enabled);
	g_assert_cmpint(plugin->deadline, ==, 0);
	plugin = find_plugin(&fixture, "notify-syslog");
	g_assert_cmpstr(find_setting(plugin->settings, "facility"), ==, "daemon");
	config_fixture_tear_down(&fixture);
}

static void
test_own_kasp(void)
{
	ConfigFixture fixture = {0};
	const KasperPolicyConfig *policy;
	const KasperPolicy *values;

	load(&fixture, "kasper");
	policy = kasper_config_find_policy(fixture.config, "default");
	values = &policy->values;
	g_assert_true(g_str_has_suffix(policy->description, "\"quotes\" & <brackets>"));
	g_assert_cmpint(values->signer_delay, ==, 300);
	g_assert_true(values->backup_holds_dnskey);
	g_assert_cmpint(values->level, ==, KASPER_LEVEL_DS);
	g_assert_cmpint(values->ds_evidence, ==, KASPER_EVIDENCE_OBSERVED);
	g_assert_cmpuint(values->digests,
			 ==,
			 1u << KASPER_DIGEST_SHA256 | 1u << KASPER_DIGEST_SHA384);
	g_assert_cmpint(values->demands[0].lifetime, ==, 0);
	g_assert_cmpuint(values->demands[0].bits, ==, 256);
	g_assert_true(values->demands[1].manual_switch);
	g_assert_cmpuint(config_fixture_count(&fixture, KASPER_FINDING_WARNING), ==, 0);
	config_fixture_tear_down(&fixture);
}

/* a policy that is exported and read again says the same, and is written in the same way */
static void
test_round_trip(gconstpointer set)
{
	ConfigFixture fixture = {0};
	g_autofree gchar *first = NULL;
	g_autofree gchar *second = NULL;
	KasperPolicyConfig *policy;
	KasperPolicy before;

	load(&fixture, set);
	policy = kasper_config_find_policy(fixture.config, "default");
	before = policy->values;
	first = kasper_policy_config_to_xml(kasper_config_get_policies(fixture.config));
	config_fixture_write(&fixture, "kasp.xml", first, -1);
	config_fixture_load(&fixture);
	config_fixture_assert_loaded(&fixture);
	policy = kasper_config_find_policy(fixture.config, "default");
	g_assert_cmpmem(&policy->values, sizeof policy->values, &before, sizeof before);
	second = kasper_policy_config_to_xml(kasper_config_get_policies(fixture.config));
	g_assert_cmpstr(first, ==, second);
	/* a namespace that OpenDNSSEC does not know only where it is needed */
	g_assert_cmpint(strstr(first, "xmlns:p") != NULL, ==, g_strcmp0(set, "kasper") == 0);
	config_fixture_tear_down(&fixture);
}

/* each roll type goes to its gates and comes back; none has gates that wait for each other */
static void
test_roll_types(void)
{
	static const struct {
		const gchar *kind;
		const gchar *name;
		guint demand;
		guint gates;
	} types[] = {
	    {"Ksk", "KskDoubleSignature", 0, KASPER_GATE_DS},
	    {"Ksk", "KskDoubleDS", 0, KASPER_GATE_KEY},
	    {"Ksk", "KskDoubleRRset", 0, 0},
	    {"Zsk", "ZskPrePublication", 1, KASPER_GATE_SIG},
	    {"Zsk", "ZskDoubleRRsig", 1, KASPER_GATE_KEY},
	    {"Zsk", "ZskDoubleSignature", 1, 0},
	    {"Csk", "CskPrePublication", 2, (guint)KASPER_GATE_DS | (guint)KASPER_GATE_SIG},
	    {"Csk", "CskDoubleSignature", 2, KASPER_GATE_DS},
	    {"Csk", "CskDoubleDS", 2, KASPER_GATE_KEY},
	    {"Csk", "CskSingleSignature", 2, KASPER_GATE_SIG},
	    {"Csk", "CskDoubleRRset", 2, 0},
	};
	static const gchar *const before[] = {"KskDoubleDS",
					      "ZskDoubleRRsig",
					      "CskSingleSignature"};

	for (gsize i = 0; i < G_N_ELEMENTS(types); i++) {
		ConfigFixture fixture = {0};
		const KasperPolicyConfig *policy;
		g_autofree gchar *xml = NULL;

		config_fixture_set_up(&fixture, "2.1");
		config_fixture_replace(&fixture,
				       "kasp.xml",
				       before[types[i].demand],
				       types[i].name);
		config_fixture_load(&fixture);
		config_fixture_assert_loaded(&fixture);
		policy = kasper_config_find_policy(fixture.config, "default");
		g_assert_cmpuint(policy->values.demands[types[i].demand].gates, ==, types[i].gates);
		/* the DNSKEY waits for the DS or the signature, and they for it: never */
		g_assert_true((types[i].gates & KASPER_GATE_KEY) == 0 ||
			      types[i].gates == KASPER_GATE_KEY);
		xml = kasper_policy_config_to_xml(kasper_config_get_policies(fixture.config));
		g_assert_nonnull(strstr(xml, types[i].name));
		config_fixture_tear_down(&fixture);
	}
}

/* what is installed to begin with has nothing that one would have to say something about */
static void
test_examples(void)
{
	ConfigFixture fixture = {0};
	GPtrArray *policies;

	config_fixture_set_up_examples(&fixture);
	config_fixture_load(&fixture);
	config_fixture_assert_loaded(&fixture);
	for (guint i = 0; i < fixture.findings->len; i++)
		g_test_message("%s",
			       ((KasperFinding *)g_ptr_array_index(fixture.findings, i))->text);
	g_assert_cmpuint(fixture.findings->len, ==, 0);
	policies = kasper_config_get_policies(fixture.config);
	g_assert_cmpuint(policies->len, ==, 1);
	/* and the zone that stands in it as a comment is good, too */
	config_fixture_replace(&fixture, "zonelist.xml", "  <!--\n  <Zone", "  <Zone");
	config_fixture_replace(&fixture, "zonelist.xml", "  -->\n</ZoneList>", "</ZoneList>");
	config_fixture_load(&fixture);
	config_fixture_assert_loaded(&fixture);
	g_assert_cmpuint(fixture.findings->len, ==, 0);
	g_assert_cmpuint(kasper_config_get_zones(fixture.config)->len, ==, 1);
	config_fixture_tear_down(&fixture);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/config/1.4/conf", test_conf_1_4);
	g_test_add_func("/config/1.4/kasp", test_kasp_1_4);
	g_test_add_func("/config/1.4/zonelist", test_zone_list_1_4);
	g_test_add_func("/config/2.1/conf", test_conf_2_1);
	g_test_add_func("/config/2.1/kasp", test_kasp_2_1);
	g_test_add_func("/config/own/conf", test_own_conf);
	g_test_add_func("/config/own/kasp", test_own_kasp);
	g_test_add_data_func("/config/round-trip/1.4", "1.4", test_round_trip);
	g_test_add_data_func("/config/round-trip/2.1", "2.1", test_round_trip);
	g_test_add_data_func("/config/round-trip/own", "kasper", test_round_trip);
	g_test_add_func("/config/roll-types", test_roll_types);
	g_test_add_func("/config/examples", test_examples);
	return g_test_run();
}
