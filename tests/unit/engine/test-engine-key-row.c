/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-engine-rows-private.h"

#include <string.h>

/* the same row, laid out by GVariant itself */
static GVariant *
make_tuple(const KasperKeyRow *row)
{
	return g_variant_ref_sink(g_variant_new(
	    KASPER_KEY_ROW_TYPE,
	    row->zone,
	    kasper_role_to_string(row->key.roles),
	    row->state,
	    (guint32)row->key.tag,
	    (guint32)row->key.algorithm,
	    (guint32)row->key.bits,
	    row->id,
	    row->repository,
	    row->next_time,
	    row->next_state,
	    row->waiting_for,
	    kasper_backup_to_string(row->backup),
	    row->policy,
	    kasper_record_state_to_string((KasperRecordState)row->key.state[KASPER_INDEX_DS]),
	    kasper_record_state_to_string((KasperRecordState)row->key.state[KASPER_INDEX_DNSKEY]),
	    kasper_record_state_to_string((KasperRecordState)row->key.state[KASPER_INDEX_RSK]),
	    kasper_record_state_to_string((KasperRecordState)row->key.state[KASPER_INDEX_RSZ]),
	    (guint32)row->key.flags,
	    row->key.active,
	    row->key.retired));
}

static void
assert_row(const KasperKeyRow *row)
{
	g_autoptr(GVariant) wanted = make_tuple(row);
	g_autoptr(GVariant) tuple = kasper_key_row_to_tuple(row);
	g_autoptr(GByteArray) octets = g_byte_array_new();
	g_autoptr(GVariant) ordered = NULL;

	g_assert_true(g_variant_is_normal_form(tuple));
	g_assert_true(g_variant_equal(tuple, wanted));
	/* what was in the array before does not shine through */
	g_byte_array_append(octets, (const guint8 *)"rubbish", 7);
	kasper_key_row_write(row, octets);
	ordered = G_BYTE_ORDER == G_BIG_ENDIAN ? g_variant_byteswap(wanted) : g_variant_ref(wanted);
	g_assert_cmpmem(octets->data,
			octets->len,
			g_variant_get_data(ordered),
			g_variant_get_size(ordered));
}

static const KasperKeyRow example = {
    .zone = "example.org",
    .policy = "default",
    .id = "0123456789abcdef0123456789abcdef",
    .repository = "SoftHSM",
    .state = "ready",
    .next_state = "active",
    .waiting_for = "ds-seen",
    .next_time = KASPER_TIME_NEVER,
    .backup = KASPER_BACKUP_DONE,
    .key =
	{
	    .tag = 65535,
	    .algorithm = 13,
	    .bits = 256,
	    .flags = 257,
	    .roles = KASPER_ROLE_KSK,
	    .state = {1, 2, 2, 4},
	    .active = KASPER_TIME_UNSET,
	    .retired = 1700000000,
	},
};

static void
test_example(void)
{
	assert_row(&example);
}

static void
test_empty(void)
{
	const KasperKeyRow empty = {
	    .zone = "",
	    .policy = "",
	    .id = "",
	    .repository = "",
	    .state = "",
	    .next_state = "",
	    .waiting_for = "",
	};

	assert_row(&empty);
}

/* offsets are one, two or four octets wide, and the width counts towards itself */
static void
test_lengths(void)
{
	g_autofree gchar *text = g_malloc(70001);
	KasperKeyRow row = example;

	memset(text, 'x', 70000);
	text[70000] = '\0';
	for (gsize length = 0; length < 300; length++) {
		row.zone = text + 70000 - length;
		assert_row(&row);
	}
	for (gsize length = 65100; length < 65600; length++) {
		row.policy = text + 70000 - length;
		row.zone = "a";
		assert_row(&row);
	}
}

static void
test_fields(void)
{
	g_auto(GStrv) names = g_strsplit(KASPER_KEY_ROW_FIELDS, ",", -1);
	GVariantBuilder fields = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE_VARDICT);
	g_autoptr(GVariant) row = NULL;
	const gchar *text = NULL;
	guint32 tag = 0;
	gint64 retired = 0;

	g_assert_cmpuint(g_variant_type_n_items(G_VARIANT_TYPE(KASPER_KEY_ROW_TYPE)),
			 ==,
			 g_strv_length(names));
	kasper_key_row_add_fields(&example, "", &fields);
	row = g_variant_ref_sink(g_variant_builder_end(&fields));
	g_assert_cmpuint(g_variant_n_children(row), ==, g_strv_length(names));
	g_assert_true(g_variant_lookup(row, "waiting_for", "&s", &text));
	g_assert_cmpstr(text, ==, "ds-seen");
	g_assert_true(g_variant_lookup(row, "rrsig", "&s", &text));
	g_assert_cmpstr(text, ==, "NA");
	g_assert_true(g_variant_lookup(row, "keytag", "u", &tag));
	g_assert_cmpuint(tag, ==, 65535);
	g_assert_true(g_variant_lookup(row, "retired", "x", &retired));
	g_assert_cmpint(retired, ==, 1700000000);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/engine/key-row/example", test_example);
	g_test_add_func("/engine/key-row/empty", test_empty);
	g_test_add_func("/engine/key-row/lengths", test_lengths);
	g_test_add_func("/engine/key-row/fields", test_fields);
	return g_test_run();
}
