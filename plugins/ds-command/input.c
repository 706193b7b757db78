/* SPDX-License-Identifier: BSD-2-Clause */
#include "input.h"

static const gchar *const modes[] = {"1.4", "2.1", "ds"};

gboolean
ds_mode_parse(const gchar *text, DsMode *ret_mode)
{
	for (guint i = 0; i < G_N_ELEMENTS(modes); i++) {
		if (g_strcmp0(text, modes[i]) != 0)
			continue;
		*ret_mode = (DsMode)i;
		return TRUE;
	}
	return FALSE;
}

const gchar *
ds_mode_to_string(DsMode mode)
{
	return modes[mode];
}

/* byte for byte what OpenDNSSEC wrote, with the blank that its comment left before the newline;
 * but the newline after the id is ours: without it a second record was glued to the comment */
static void
ds_input_add_dnskey(GString *input, KasperDsKey *key, DsMode mode, gboolean cka_id)
{
	g_string_append_printf(input, "%s ", kasper_ds_key_get_dnskey(key));
	if (cka_id)
		g_string_append_printf(input,
				       "%s; {cka_id = %s}",
				       mode == DS_MODE_SINGLE ? "" : "\n",
				       kasper_ds_key_get_id(key));
	g_string_append_c(input, '\n');
}

static void
ds_input_add_ds(GString *input, KasperDsKey *key, gboolean cka_id)
{
	const gchar *const *ds = kasper_ds_key_get_ds(key);

	for (guint i = 0; ds[i] != NULL; i++) {
		g_string_append(input, ds[i]);
		if (cka_id)
			g_string_append_printf(input,
					       " ; {cka_id = %s}",
					       kasper_ds_key_get_id(key));
		g_string_append_c(input, '\n');
	}
}

gchar *
ds_input_new(GPtrArray *keys, DsMode mode, gboolean cka_id)
{
	GString *input = g_string_new(NULL);

	for (guint i = 0; i < keys->len; i++) {
		KasperDsKey *key = g_ptr_array_index(keys, i);

		switch (mode) {
		case DS_MODE_SET:
		case DS_MODE_SINGLE:
			ds_input_add_dnskey(input, key, mode, cka_id);
			break;
		case DS_MODE_DS:
			ds_input_add_ds(input, key, cka_id);
			break;
		}
	}
	return g_string_free(input, FALSE);
}

/* a key is its public key with its algorithm; its id is ours and its tag may be another's */
static gboolean
ds_keys_contain(GListModel *keys, KasperDsKey *wanted)
{
	for (guint i = 0; i < g_list_model_get_n_items(keys); i++) {
		g_autoptr(KasperDsKey) key = g_list_model_get_item(keys, i);

		if (kasper_ds_key_get_algorithm(key) == kasper_ds_key_get_algorithm(wanted) &&
		    g_bytes_equal(kasper_ds_key_get_public_key(key),
				  kasper_ds_key_get_public_key(wanted)))
			return TRUE;
	}
	return FALSE;
}

GPtrArray *
ds_keys_subtract(GListModel *keys, GListModel *others)
{
	GPtrArray *left = g_ptr_array_new_with_free_func(g_object_unref);

	for (guint i = 0; i < g_list_model_get_n_items(keys); i++) {
		g_autoptr(KasperDsKey) key = g_list_model_get_item(keys, i);

		if (others == NULL || !ds_keys_contain(others, key))
			g_ptr_array_add(left, g_steal_pointer(&key));
	}
	return left;
}

gchar *
ds_keys_to_tags(GPtrArray *keys)
{
	GString *tags = g_string_new(NULL);

	for (guint i = 0; i < keys->len; i++)
		g_string_append_printf(tags,
				       "%s%u",
				       i > 0 ? " " : "",
				       kasper_ds_key_get_tag(g_ptr_array_index(keys, i)));
	return g_string_free(tags, FALSE);
}
